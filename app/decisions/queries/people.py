"""Members of a committee, and who could be one."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.accounts.models import RoleGrant, User
from app.decisions.models import CommitteeMember, CommitteeSession
from app.decisions.rules import Term
from app.kernel.actor import Role
from app.kernel.database import db
from app.programmes.models import Edition


def members_of(edition_id: int) -> list[CommitteeMember]:
    found = select(CommitteeMember, User).join(User).where(CommitteeMember.edition_id == edition_id)
    rows = db.session.execute(found.order_by(CommitteeMember.id))
    return [row.CommitteeMember for row in rows]


def sitting_members(session: CommitteeSession) -> list[CommitteeMember]:
    """Those whose term covers the day of the session: they make the quorum."""
    edition = db.session.get_one(Edition, session.edition_id)
    day = session.held_at.astimezone(ZoneInfo(edition.time_zone)).date()
    return in_term(members_of(session.edition_id), day)


def in_term(members: list[CommitteeMember], day: date) -> list[CommitteeMember]:
    return [each for each in members if Term(each.term_from, each.term_until).holds_on(day)]


def member_of(edition_id: int, user_id: int | None) -> CommitteeMember | None:
    return db.session.scalar(
        select(CommitteeMember).where(CommitteeMember.edition_id == edition_id, CommitteeMember.user_id == user_id)
    )


def possible_members(edition_id: int) -> list[tuple[int, str, str]]:
    """Active people who hold the committee's role and are not yet on this edition's committee."""
    already = select(CommitteeMember.user_id).where(CommitteeMember.edition_id == edition_id)
    found = (
        select(User.id, User.name, User.email)
        .join(RoleGrant, RoleGrant.user_id == User.id)
        .where(RoleGrant.role == Role.COMMITTEE, User.active, User.id.not_in(already))
        .distinct()
        .order_by(User.name, User.id)
    )
    return [(row.id, row.name, row.email) for row in db.session.execute(found)]


def get_user(user_id: int) -> User:
    return db.session.get_one(User, user_id)
