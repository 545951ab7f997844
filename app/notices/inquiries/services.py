"""Handling an objection: name a handler, declare, ask the applicant, make the term longer, find and answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app import lifecycle
from app.accounts.models import User
from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.notices.inquiries import letters, queries, rules
from app.notices.inquiries.models import ObjectionExtension, ObjectionPaper, ObjectionRequest
from app.notices.models import Objection, ObjectionEffect
from app.notices.queries import objected_to, today_in
from app.notices.services import Evidence, keep_file
from app.policy import demand
from app.programmes.queries import rulebook_of, working_calendar
from app.programmes.rules.calendar import last_working_day
from app.workflow import OPEN_OBJECTIONS, ApplicationState

MOST_FILES = 10
EMPTY_FINDING = N_("请写明核查情况：查了什么，依据是什么。")
EMPTY_ANSWER = N_("请写明核查结论，答复会发给异议人。")

# --- the handler --------------------------------------------------------------------------------------------------


def assign(actor: Actor, objection: Objection, handler: User) -> None:
    """Name who handles it; where the data show a tie, nobody can. The handler still has to declare."""
    lifecycle.demand_step(objection, "objection.assign", actor)
    if found := queries.obstacles(handler, objection):
        sentence = N_("不能指定%(name)s：%(why)s。请另选办理人。")
        raise Invalid(Message(sentence, {"name": handler.name, "why": tuple(found)}), field="handler_id")
    objection.handler_id, objection.declared_at = handler.id, None
    lifecycle.advance(objection, "objection.assign", actor, detail={"handler": handler.name})
    if handler.id != actor.user_id:
        letters.tell("objection.assign", handler, objection, letters.ASSIGNED)


def declare(actor: Actor, objection: Objection) -> None:
    """The handler has no interest and takes the task; what the data say meanwhile outweighs his word."""
    lifecycle.demand_step(objection, "objection.declare", actor)
    handler = db.session.get_one(User, objection.handler_id)
    if found := queries.obstacles(handler, objection):
        raise NotReady([Message(N_("您不能承办：%(why)s。请办理回避。"), {"why": tuple(found)})])
    objection.declared_at = clock.now()
    lifecycle.advance(objection, "objection.declare", actor)


def recuse(actor: Actor, objection: Objection, *, reason: str) -> None:
    """The handler steps back; the office names another."""
    lifecycle.demand_step(objection, "objection.recuse", actor)
    if not reason.strip():
        raise Invalid(Message(N_("请写明回避的理由。")), field="reason")
    lifecycle.advance(objection, "objection.recuse", actor, reason=reason.strip())
    objection.handler_id = objection.declared_at = None


# --- the applicant ------------------------------------------------------------------------------------------------


def ask(actor: Actor, objection: Objection, *, question: str, due_on: date) -> ObjectionRequest:
    """Put a question to the applicant, due within the term; the clock goes on."""
    demand(actor, "objection.ask", objection)
    dossier = objected_to(objection)
    if dossier is None:
        raise NotReady([Message(N_("这件异议针对整个公示，没有可以询问的申报者。"))])
    if not today_in(objection.notice.edition) < due_on <= objection.due_on:
        sentence = N_("说明期限须在明天到 %(day)s 之间；需要更长时间的，请先延长答复期限。")
        raise Invalid(Message(sentence, {"day": objection.due_on}), field="due_on")
    asked = ObjectionRequest(
        objection_id=objection.id,
        owner_id=dossier.owner_id,
        question=question.strip(),
        asked_by=actor.user_id or 0,
        asked_at=clock.now(),
        due_on=due_on,
    )
    db.session.add(asked)
    db.session.flush()
    audit.record(actor, "objection.ask", objection, detail={"request": asked.id, "due_on": due_on.isoformat()})
    letters.ask(dossier, question=asked.question, due=due_on.isoformat())
    return asked


def answer_request(actor: Actor, asked: ObjectionRequest, *, text: str, papers: Sequence[Evidence]) -> None:
    """The applicant's word, once, with files through the same door as evidence; it may come late while nothing is decided."""
    demand(actor, "objection_request.answer", asked)
    if missing := missing_to_answer(asked):
        raise NotReady(missing)
    if not text.strip():
        raise Invalid(Message(N_("请写明您的说明。")), field="answer")
    if len(papers) > MOST_FILES:
        raise Invalid(Message(N_("一次最多附 %(n)s 个文件，请合并后再传。"), {"n": MOST_FILES}), field="papers")
    rulebook = rulebook_of(asked.objection.notice.edition)
    for paper in papers:
        sha256 = keep_file(rulebook, paper, field="papers")
        db.session.add(ObjectionPaper(request_id=asked.id, name=paper.filename, sha256=sha256))
    asked.answer, asked.answered_at = text.strip(), clock.now()
    db.session.flush()
    detail = {"request": asked.id, "files": len(papers)}
    audit.record(actor, "objection_request.answer", asked.objection, detail=detail)
    if asked.objection.handler is not None:
        letters.tell("objection_request.answer", asked.objection.handler, asked.objection, letters.COMMENTED)


def missing_to_answer(asked: ObjectionRequest) -> list[Message]:
    checks = (
        (asked.answered_at is not None, Message(N_("已经说明过，不能改动。"))),
        (asked.objection.state not in OPEN_OBJECTIONS, Message(N_("这件异议已有结论，不再接受说明。"))),
    )
    return [sentence for failed, sentence in checks if failed]


# --- the clock ----------------------------------------------------------------------------------------------------


def missing_to_extend(objection: Objection) -> list[Message]:
    rule, given = rulebook_of(objection.notice.edition).objection, len(queries.extensions_of(objection))
    days = rule.extension_working_days
    checks = (
        (not days or not rule.extensions, Message(N_("规则不允许延长答复期限。"))),
        (0 < rule.extensions <= given, Message(N_("已经延长 %(n)s 次，规则不允许再延长。"), {"n": given})),
        (queries.is_late(objection), Message(N_("答复期限已过，不能再延长。"))),
    )
    return [sentence for failed, sentence in checks if failed]


def extend(actor: Actor, objection: Objection, *, reason: str) -> ObjectionExtension:
    """Move the end of the term by the rulebook's working days, for a reason that the objector reads."""
    demand(actor, "objection.extend", objection)
    if missing := missing_to_extend(objection):
        raise NotReady(missing)
    if not reason.strip():
        raise Invalid(Message(N_("请写明延长的理由，异议人会看到。")), field="reason")
    before, days = objection.due_on, rulebook_of(objection.notice.edition).objection.extension_working_days
    objection.due_on = last_working_day(before, days, is_working=working_calendar().is_working)
    longer = ObjectionExtension(
        objection_id=objection.id,
        working_days=days,
        reason=reason.strip(),
        due_before=before,
        due_after=objection.due_on,
        extended_by=actor.user_id or 0,
        extended_at=clock.now(),
    )
    db.session.add(longer)
    db.session.flush()
    detail = {"due_before": before.isoformat(), "due_on": objection.due_on.isoformat()}
    audit.record(actor, "objection.extend", objection, reason=longer.reason, detail=detail)
    letters.tell_objector("objection.extend", objection, letters.EXTENDED, words=longer.reason)
    return longer


def remind(actor: Actor) -> int:
    """For the clock: whoever is to answer soon, or is late; how many objections and requests somebody was reminded of."""
    demand(actor, "objection.remind")
    waiting = [each for each in queries.every_open() if _is_due(each, each.due_on)]
    for objection in waiting:
        late = queries.is_late(objection)
        for receiver in _answerable(objection, is_late=late):
            letters.tell("objection.remind", receiver, objection, letters.LATE if late else letters.DUE)
        objection.reminded_on = today_in(objection.notice.edition)
    return len(waiting) + _remind_applicants()


def _is_due(each: Objection | ObjectionRequest, due_on: date) -> bool:
    edition = each.notice.edition if isinstance(each, Objection) else each.objection.notice.edition
    today = today_in(edition)
    return rules.is_to_be_reminded(
        today,
        days_left=queries.days_left(edition, due_on),
        reminded_on=each.reminded_on,
        is_working=working_calendar().is_working(today),
    )


def _answerable(objection: Objection, *, is_late: bool) -> Sequence[User]:
    """The handler, or the whole office where there is none; what is late the supervisor hears too."""
    own = [objection.handler] if objection.handler is not None else queries.people(Role.OFFICE)
    return [*own, *(queries.people(Role.SUPERVISOR) if is_late else ())]


def _remind_applicants() -> int:
    """Each request once, while it can still come in time."""
    due = [each for each in queries.unanswered() if each.reminded_on is None and _is_due(each, each.due_on)]
    for asked in due:
        dossier = queries.asked_dossier(asked)
        asked.reminded_on = today_in(asked.objection.notice.edition)
        if dossier is not None:
            letters.ask_again(dossier, due=asked.due_on.isoformat())
    return len(due)


# --- the finding --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """What was found out, for the house; and what the objector is told."""

    text: str
    answer: str


def missing_to_decide(objection: Objection) -> list[Message]:
    """Nobody is judged while the time that he was given to answer still runs."""
    today = today_in(objection.notice.edition)
    running = [each for each in queries.requests_of(objection) if each.answered_at is None and each.due_on >= today]
    sentence = N_("申报者的说明期限到 %(day)s 为止，尚未收到说明。")
    return [Message(sentence, {"day": each.due_on}) for each in running]


def uphold(actor: Actor, objection: Objection, found: Finding) -> None:
    """The objection is right: the dossier leaves the proposed list and goes back to the committee for a new vote.

    Nobody moves up in its place; that too would need a vote.
    """
    dossier = objected_to(objection)
    effect = ObjectionEffect.NEW_VOTE if dossier else ObjectionEffect.NEW_NOTICE
    _decide(actor, objection, "objection.uphold", found=found, effect=effect)
    if dossier is not None and dossier.state == ApplicationState.PROPOSED:
        dossier.level_key = ""
        lifecycle.advance(dossier, "application.reconsider", actor, reason=objection.answer)


def reject(actor: Actor, objection: Objection, found: Finding) -> None:
    """The objection is not borne out; the list stands."""
    _decide(actor, objection, "objection.reject", found=found, effect=ObjectionEffect.NONE)


def _decide(actor: Actor, objection: Objection, action: str, *, found: Finding, effect: ObjectionEffect) -> None:
    lifecycle.demand_step(objection, action, actor)
    for text, sentence, field in ((found.text, EMPTY_FINDING, "finding"), (found.answer, EMPTY_ANSWER, "answer")):
        if not text.strip():
            raise Invalid(Message(sentence), field=field)
    if missing := missing_to_decide(objection):
        raise NotReady(missing)
    objection.finding, objection.answer, objection.effect = found.text.strip(), found.answer.strip(), effect
    objection.answered_at, objection.answered_by = clock.now(), actor.user_id
    lifecycle.advance(objection, action, actor, reason=objection.answer, detail={"effect": effect})
    letters.tell_objector("objection.answer", objection, letters.ANSWERED, words=objection.answer)
