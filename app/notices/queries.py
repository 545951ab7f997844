"""Reads of notices and objections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.applications.models import Application
from app.decisions.models import CommitteeSession, Proposal
from app.decisions.queries import city_of
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.words import LocalText
from app.notices.models import Notice, Objection
from app.notices.rules import Listed, token_hash
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of, working_calendar
from app.workflow import OPEN_OBJECTIONS, ApplicationState, NoticeState, ObjectionState, SessionState

PUBLIC_STATES = (NoticeState.PUBLISHED, NoticeState.ENDED)


@dataclass(frozen=True)
class Overview:
    """The office's list: notices of an edition, and closed sessions whose list waits for one."""

    notices: Sequence[Notice]
    waiting: Sequence[CommitteeSession]


@dataclass(frozen=True)
class ObjectionRow:
    id: int
    edition_id: int
    number: str
    state: ObjectionState
    name: str
    against: str | None
    received_at: datetime
    due_on: date
    answered_at: datetime | None
    late: bool
    lifecycle: str = "objection"


def visible_to(actor: Actor) -> Select[Notice]:
    """`notice.read` as a query: everybody sees what was published, the office and the supervisor also drafts."""
    if actor.has(Role.OFFICE, Role.SUPERVISOR):
        return select(Notice)
    return select(Notice).where(Notice.state.in_(PUBLIC_STATES))


def find(notice_id: int) -> Notice | None:
    return db.session.get(Notice, notice_id, options=[joinedload(Notice.edition)])


def find_session(session_id: int) -> CommitteeSession | None:
    return db.session.get(CommitteeSession, session_id)


def notices_of(actor: Actor, edition_id: int) -> Sequence[Notice]:
    found = visible_to(actor).where(Notice.edition_id == edition_id).order_by(Notice.id.desc())
    return db.session.scalars(found).all()


def overview(actor: Actor, edition_id: int) -> Overview:
    notices = notices_of(actor, edition_id)
    noticed = {notice.session_id for notice in notices}
    sessions = db.session.scalars(
        select(CommitteeSession)
        .where(CommitteeSession.edition_id == edition_id, CommitteeSession.state == SessionState.CLOSED)
        .order_by(CommitteeSession.id.desc())
    )
    return Overview(notices, [session for session in sessions if session.id not in noticed])


def published_now() -> Sequence[Notice]:
    """Notices whose term runs."""
    found = select(Notice).where(Notice.state == NoticeState.PUBLISHED).options(joinedload(Notice.edition))
    return db.session.scalars(found.order_by(Notice.id.desc())).all()


def running_or_draft(session_id: int) -> Notice | None:
    return db.session.scalar(
        select(Notice).where(Notice.session_id == session_id, Notice.state != NoticeState.ENDED).limit(1)
    )


def ended_of(session_id: int) -> Sequence[Notice]:
    found = select(Notice).where(Notice.session_id == session_id, Notice.state == NoticeState.ENDED)
    return db.session.scalars(found).all()


def listed(session: CommitteeSession, edition: Edition) -> list[Listed]:
    """Those whom this session proposed and who still stand."""
    rulebook = rulebook_of(edition)
    found = (
        select(Application, Proposal.level_key)
        .join(Proposal, Proposal.application_id == Application.id)
        .where(
            Proposal.session_id == session.id,
            Proposal.level_key != "",
            Application.state == ApplicationState.PROPOSED,
        )
    )
    return [
        Listed(
            application_id=dossier.id,
            level_key=level_key,
            name=dossier.name,
            region_code=dossier.region_code,
            city=city_of(dossier.region_code),
            group=rulebook.group(dossier.group_key).name,
        )
        for dossier, level_key in db.session.execute(found)
    ]


def zone_of(edition: Edition) -> ZoneInfo:
    return ZoneInfo(edition.time_zone)


def today_in(edition: Edition) -> date:
    return clock.now().astimezone(zone_of(edition)).date()


def days_left(notice: Notice) -> int:
    """Working days of the term that are not over; the day of publication is none of them, today else is."""
    if notice.published_at is None or notice.last_day is None or notice.state != NoticeState.PUBLISHED:
        return 0
    first = notice.published_at.astimezone(zone_of(notice.edition)).date() + timedelta(days=1)
    return working_calendar().days_between(max(first, today_in(notice.edition)), notice.last_day)


def takes_objections(notice: Notice) -> bool:
    """Inside the term: published, and its last day not over."""
    return notice.state == NoticeState.PUBLISHED and notice.closes_at is not None and clock.now() < notice.closes_at


# --- objections ---------------------------------------------------------------------------------------------------


def objections(edition_id: int) -> list[ObjectionRow]:
    """The register, open ones first."""
    found = (
        select(Objection, Application.name.label("against"), Edition.time_zone)
        .outerjoin(Application, Application.id == Objection.application_id)
        .join(Edition, Edition.id == Objection.edition_id)
        .where(Objection.edition_id == edition_id)
        .order_by(Objection.answered_at.is_not(None), Objection.due_on, Objection.id)
    )
    return [_register_line(row.Objection, row.against, ZoneInfo(row.time_zone)) for row in db.session.execute(found)]


def _register_line(objection: Objection, against: str | None, zone: ZoneInfo) -> ObjectionRow:
    late = objection.state in OPEN_OBJECTIONS and clock.now().astimezone(zone).date() > objection.due_on
    return ObjectionRow(
        objection.id,
        objection.edition_id,
        objection.number,
        objection.state,
        objection.name,
        against,
        objection.received_at,
        objection.due_on,
        objection.answered_at,
        late,
    )


def find_objection(objection_id: int) -> Objection | None:
    return db.session.get(Objection, objection_id)


def objection_by_token(token: str) -> Objection | None:
    return db.session.scalar(select(Objection).where(Objection.token_hash == token_hash(token)))


def objected_to(objection: Objection) -> Application | None:
    return None if objection.application_id is None else db.session.get(Application, objection.application_id)


def count_of_edition(edition_id: int) -> int:
    return db.session.scalar(select(func.count(Objection.id)).where(Objection.edition_id == edition_id)) or 0


def open_objections(edition_id: int) -> Sequence[Objection]:
    found = select(Objection).where(Objection.edition_id == edition_id, Objection.state.in_(OPEN_OBJECTIONS))
    return db.session.scalars(found.order_by(Objection.id)).all()


def upheld_against_the_whole(notice_id: int) -> Objection | None:
    """An upheld objection that names no dossier: the notice itself cannot stand."""
    return db.session.scalar(
        select(Objection)
        .where(
            Objection.notice_id == notice_id,
            Objection.application_id.is_(None),
            Objection.state == ObjectionState.UPHELD,
        )
        .limit(1)
    )


def name_of(text: dict[str, str]) -> LocalText:
    return LocalText(text["zh"], text["en"])
