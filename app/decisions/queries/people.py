"""Members of a committee, and who could be one."""

from sqlalchemy import select

from app.accounts.models import RoleGrant, User
from app.decisions.models import CommitteeMember
from app.kernel.actor import Role
from app.kernel.database import db


def members_of(edition_id: int) -> list[CommitteeMember]:
    found = select(CommitteeMember, User).join(User).where(CommitteeMember.edition_id == edition_id)
    rows = db.session.execute(found.order_by(CommitteeMember.id))
    return [row.CommitteeMember for row in rows]


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
