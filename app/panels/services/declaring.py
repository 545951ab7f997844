"""What an expert declares about one dossier: no interest, with a pledge; an interest, which ends the task at once; or a doubt."""

from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.panels import letters
from app.panels.interests import last_question
from app.panels.models import Assignment, ConflictSource, InterestQuestion
from app.panels.pledge import PLEDGE_VERSION, signed_text
from app.panels.services.conflicts import Interest, add_conflict, demand_known, record_conflict, recorded
from app.panels.services.leading import let_go
from app.policy import demand
from app.practice import queries as practice
from app.practice.rules import PracticeCase
from app.programmes.queries import rulebook_of
from app.workflow import InterestQuestionState, RoundState

ENDED = N_("这项评审任务已经结束。")


def declare_clear(actor: Actor, assignment: Assignment, *, text: str) -> None:
    """No interest: the pledge is stored in the very words that were shown (`text` is their version); the dossier opens."""
    demand(actor, "assignment.clear", assignment)
    _demand_open(assignment)
    if open_question(assignment) is not None:
        raise NotReady(
            [Message(N_("您已请秘书处认定是否有利害关系。答复之前还不能声明；如果改变主意，可以直接申请回避。"))]
        )
    _demand_practised(assignment)
    if text != PLEDGE_VERSION:
        raise Invalid(Message(N_("承诺书已经更新。请阅读新的文字后再声明。")), field="pledge")
    assignment.declared_at, assignment.declaration_text = clock.now(), signed_text()
    advance(assignment, "assignment.clear", actor, detail={"pledge": PLEDGE_VERSION})


def declare_conflict(actor: Actor, assignment: Assignment, interest: Interest) -> None:
    """A direct or indirect interest: recorded for good, the dossier is hidden at once, the seat waits for somebody else."""
    demand(actor, "assignment.recuse", assignment)
    _demand_open(assignment)
    edition, expert, application = assignment.round.edition, assignment.expert, assignment.application
    demand_known(edition, interest.kind)
    if interest.degree is None:
        raise Invalid(Message(N_("请说明利害关系是直接的还是间接的。")), field="degree")
    if not recorded(expert, application, interest.kind):
        add_conflict(expert, application, interest, source=ConflictSource.DECLARED, by=actor)
    assignment.declared_at = clock.now()
    kinds = {known.key: known.name.zh for known in rulebook_of(edition).panel.conflicts}
    reason = "：".join(filter(None, (kinds[interest.kind], interest.note.strip())))
    detail = {"kind": interest.kind, "degree": interest.degree.value}
    advance(assignment, "assignment.recuse", actor, reason=reason, detail=detail)
    let_go(actor, "assignment.recuse", assignment)


def ask(actor: Actor, assignment: Assignment, *, text: str) -> InterestQuestion:
    """Not sure: the facts are put before the office; until it has answered the dossier stays closed."""
    demand(actor, "interest_question.ask", assignment)
    _demand_open(assignment)
    if not text.strip():
        raise Invalid(Message(N_("请写明拿不准的情况，秘书处才能认定。")), field="facts")
    if open_question(assignment) is not None:
        raise NotReady([Message(N_("您已请秘书处认定，正在等待答复。"))])
    question = InterestQuestion(
        edition_id=assignment.edition_id,
        assignment_id=assignment.id,
        expert_id=assignment.expert_id,
        text=text.strip(),
        asked_at=clock.now(),
    )
    db.session.add(question)
    db.session.flush()
    audit.record(actor, "interest_question.ask", question, after=question.state, detail=_pair(assignment))
    return question


def find_no_interest(actor: Actor, question: InterestQuestion, *, reason: str) -> None:
    """The expert may declare; he still decides himself, and gives the pledge himself."""
    _answer(actor, question, "interest_question.deny", reason)
    assignment = question.assignment
    letters.tell(
        "interest_question.deny",
        assignment.expert,
        letters.NO_INTEREST,
        assignment.round.edition,
        round=assignment.round.name,
        number=assignment.application.number,
        reason=question.answer,
    )


def find_interest(actor: Actor, question: InterestQuestion, *, kind: str, reason: str) -> None:
    """The interest is recorded as if the office had known of it: the seat is taken back and waits for somebody else."""
    assignment = question.assignment
    demand_known(assignment.round.edition, kind)
    _answer(actor, question, "interest_question.affirm", reason)
    interest = Interest(kind, f"{question.text}\n{question.answer}")
    record_conflict(actor, assignment.expert, assignment.application, interest)


def lapse_question(assignment: Assignment, _actor: Actor) -> None:
    """What follows when the task ends otherwise: there is nothing left to be answered."""
    question = open_question(assignment)
    if question is not None:
        advance(question, "interest_question.lapse", Actor.system("recusal"), reason=ENDED)


def open_question(assignment: Assignment) -> InterestQuestion | None:
    question = last_question(assignment)
    return question if question is not None and question.state is InterestQuestionState.OPEN else None


def _answer(actor: Actor, question: InterestQuestion, action: str, reason: str) -> None:
    question.answer, question.answered_by, question.answered_at = reason.strip(), actor.user_id, clock.now()
    advance(question, action, actor, reason=reason, detail=_pair(question.assignment))


def _pair(assignment: Assignment) -> dict[str, str]:
    return {"expert": assignment.expert.number, "dossier": assignment.application.number}


def case_to_practise(assignment: Assignment) -> PracticeCase | None:
    """The practice case that this expert must finish before the dossier opens; None where there is nothing left to do."""
    group = assignment.application.group_key
    criteria = rulebook_of(assignment.round.edition).criteria_for(group)
    asked = practice.case_before(assignment.round, criteria.key)
    if asked is None or practice.has_finished(assignment.edition_id, assignment.expert_id, asked.case.key):
        return None
    return asked.case


def _demand_practised(assignment: Assignment) -> None:
    case = case_to_practise(assignment)
    if case is not None:
        raise NotReady([Message(N_("请先完成“%(case)s”，再声明并打开材料。"), {"case": case.name})])


def _demand_open(assignment: Assignment) -> None:
    if assignment.round.state is not RoundState.SCORING:
        raise NotReady([Message(N_("本轮评分已经结束，不能再声明。如有利害关系，请立即联系秘书处。"))])
