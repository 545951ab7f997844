"""Reads of inquiries: who may handle one, what was asked and said, the record of its clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, false, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.accounts.models import User
from app.applications.models import Application
from app.audit.models import AuditEvent
from app.audit.queries import Row, history
from app.decisions.queries import member_of
from app.experts.models import Expert
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.words import N_, LocalText, Message
from app.notices import rules as notice_rules
from app.notices.inquiries import rules
from app.notices.inquiries.models import ObjectionExtension, ObjectionPaper, ObjectionRequest
from app.notices.models import Notice, Objection
from app.notices.queries import objected_to, today_in
from app.panels.models import Assignment, Conflict
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of, working_calendar
from app.workflow import OPEN_OBJECTIONS, ConflictState, ObjectionState

# --- who may handle it --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Handler:
    """Somebody of the office, and what stands against his handling this objection."""

    user: User
    obstacles: list[Message]


def handlers(objection: Objection) -> list[Handler]:
    return [Handler(user, obstacles(user, objection)) for user in people(Role.OFFICE)]


def people(*roles: Role) -> Sequence[User]:
    found = select(User).where(User.active, or_(*(User.grants.any(role=role) for role in roles)))
    return db.session.scalars(found.options(selectinload(User.grants)).order_by(User.name, User.id)).all()


def find_handler(user_id: int) -> User | None:
    return next((user for user in people(Role.OFFICE) if user.id == user_id), None)


def obstacles(user: User, objection: Objection) -> list[Message]:
    return rules.obstacles(_ties(user, objection))


def _ties(user: User, objection: Objection) -> rules.Ties:
    dossiers = _concerned(objection)
    experts = {grant.expert_id for grant in user.grants} - {None}
    chosen, about = (select(Expert.id).where(Expert.id.in_(experts)), [dossier.id for dossier in dossiers])
    seats = select(Assignment.id).where(Assignment.expert_id.in_(experts), Assignment.application_id.in_(about))
    employers = chosen.where(Expert.employer_code.in_({dossier.credit_code for dossier in dossiers}))
    return rules.Ties(
        objects=_is_objector(user, objection),
        owns=user.id in {dossier.owner_id for dossier in dossiers},
        recommends=not {grant.body_id for grant in user.grants}.isdisjoint(_bodies(dossiers)),
        employed=_any(employers),
        interested=_any(_interests(experts, about, objection.notice.edition)),
        reviewed=_any(seats),
        heads=(Role.HEAD, objection.edition_id) in {(grant.role, grant.edition_id) for grant in user.grants},
        votes=member_of(objection.edition_id, user.id) is not None,
    )


def _concerned(objection: Objection) -> Sequence[Application]:
    """The dossier objected to; all that were published where the objection names none."""
    about = (
        {objection.application_id} if objection.application_id else notice_rules.listed_names(objection.notice.content)
    )
    return db.session.scalars(select(Application).where(Application.id.in_(about))).all()


def _bodies(dossiers: Sequence[Application]) -> set[int | None]:
    return {dossier.body_id for dossier in dossiers} - {None}


def _is_objector(user: User, objection: Objection) -> bool:
    return rules.same_contact(
        name=user.name, email=user.email, objector=objection.name, contacts=(objection.contact, objection.contact_name)
    )


def _interests(experts: set[int | None], about: Sequence[int], edition: Edition) -> Select[int]:
    """Recorded interests that bar today, as they bar from a seat."""
    since = rulebook_of(edition).panel.conflicts_since(today_in(edition))
    return select(Conflict.id).where(
        Conflict.expert_id.in_(experts),
        Conflict.application_id.in_(about),
        Conflict.state == ConflictState.STANDING,
        or_(Conflict.until.is_(None), Conflict.until >= since),
    )


def _any(found: Select[int]) -> bool:
    return db.session.scalar(found.limit(1)) is not None


# --- what was asked -----------------------------------------------------------------------------------------------


def listed(actor: Actor) -> Select[ObjectionRequest]:
    """`objection_request.read` as a query."""
    found = select(ObjectionRequest)
    if actor.has(Role.OFFICE, Role.SUPERVISOR):
        return found
    return found.where(ObjectionRequest.owner_id == actor.user_id if actor.has(Role.APPLICANT) else false())


def find_request(request_id: int) -> ObjectionRequest | None:
    return db.session.get(ObjectionRequest, request_id)


def find_paper(asked: ObjectionRequest, paper_id: int) -> ObjectionPaper | None:
    return next((paper for paper in asked.papers if paper.id == paper_id), None)


def requests_of(objection: Objection) -> Sequence[ObjectionRequest]:
    found = select(ObjectionRequest).where(ObjectionRequest.objection_id == objection.id)
    return db.session.scalars(found.options(selectinload(ObjectionRequest.papers)).order_by(ObjectionRequest.id)).all()


def own_requests(actor: Actor) -> Sequence[ObjectionRequest]:
    """For the applicant's desk, the newest first."""
    mine = listed(actor).where(ObjectionRequest.owner_id == actor.user_id)
    return db.session.scalars(mine.options(_whole()).order_by(ObjectionRequest.id.desc())).all()


def unanswered() -> Sequence[ObjectionRequest]:
    """Those of objections that are still open."""
    found = select(ObjectionRequest).join(Objection, Objection.id == ObjectionRequest.objection_id)
    found = found.where(ObjectionRequest.answered_at.is_(None), Objection.state.in_(OPEN_OBJECTIONS))
    return db.session.scalars(found.options(_whole()).order_by(ObjectionRequest.id)).all()


def _whole() -> ORMOption:
    notice = joinedload(ObjectionRequest.objection).joinedload(Objection.notice)
    return notice.joinedload(Notice.edition)


def asked_dossier(asked: ObjectionRequest) -> Application | None:
    return objected_to(asked.objection)


# --- the clock ----------------------------------------------------------------------------------------------------


def extensions_of(objection: Objection) -> Sequence[ObjectionExtension]:
    found = select(ObjectionExtension).where(ObjectionExtension.objection_id == objection.id)
    return db.session.scalars(found.order_by(ObjectionExtension.id)).all()


def is_late(objection: Objection) -> bool:
    return objection.state in OPEN_OBJECTIONS and today_in(objection.notice.edition) > objection.due_on


def days_left(edition: Edition, due_on: date) -> int:
    """Working days until the end of a term, today among them."""
    return working_calendar().days_between(today_in(edition), due_on)


def every_open() -> Sequence[Objection]:
    found = select(Objection).where(Objection.state.in_(OPEN_OBJECTIONS))
    whole = joinedload(Objection.notice).joinedload(Notice.edition)
    return db.session.scalars(found.options(whole, joinedload(Objection.handler)).order_by(Objection.id)).all()


@dataclass(frozen=True)
class Line:
    """One act of the inquiry as it stands on record."""

    at: datetime
    label: str
    who: Message
    note: Message | LocalText
    reason: str


LOOKS = frozenset({"objection.read", "objection.read_evidence"})
NOTES: dict[str, tuple[str, str]] = {
    "objection.assign": ("handler", N_("办理人：%(value)s")),
    "objection.ask": ("due_on", N_("请于 %(value)s 前说明")),
    "objection.extend": ("due_on", N_("期限延长到 %(value)s")),
    "objection_request.answer": ("files", N_("附文件 %(value)s 个")),
}


def record_of(objection: Objection) -> list[Line]:
    """The record of the clock, the oldest first; looks are not part of it."""
    acts = [row for row in reversed(history(objection)) if row.event.action not in LOOKS]
    return [Line(row.event.at, row.action, row.actor, _note(row), _reason(row)) for row in acts]


def _note(row: Row) -> Message | LocalText:
    event: AuditEvent = row.event
    if event.action in NOTES:
        name, text = NOTES[event.action]
        return Message(text, {"value": event.detail[name]})
    return LocalText.same("")


def _reason(row: Row) -> str:
    """Not of a conclusion, whose reason is the answer and has its own place."""
    return "" if row.event.state_after in (ObjectionState.UPHELD, ObjectionState.REJECTED) else row.event.reason
