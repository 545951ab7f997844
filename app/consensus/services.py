"""A panel's talk: opened by itself when all independent scores are in, proposed, answered, agreed or given up, released."""

from collections.abc import Sequence

from app.applications.models import Application
from app.audit import services as audit
from app.consensus import queries, rules
from app.consensus.models import Consensus, ConsensusAnswer, ConsensusItem, ConsensusNote, PanelReport
from app.kernel import clock, outbox
from app.kernel.actor import Actor
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import Invalid, NotFound, NotReady, Stale, WrongState
from app.kernel.exact import STEP
from app.kernel.words import N_, Message
from app.lifecycle import advance, demand_step
from app.panels.models import SeatRole
from app.policy import demand
from app.programmes.models import Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.values import ConsensusWhen
from app.scoring.models import ItemScore, ScoreSheet
from app.scoring.rules import percent_problem, text_problem

OPENER = Actor.system("consensus")
WRITTEN = ("percent", "reason", "strengths", "improvements")


# --- opened by the last sheet, or by the end of the round ---------------------------------------------------------


def open_when_complete(sheet: ScoreSheet, _actor: Actor) -> None:
    """What follows from a submitted sheet: the panel's talk, once no independent score of the dossier is missing."""
    if not _is_never(sheet.round) and not queries.is_waited_for(sheet.round, sheet.application_id):
        _open(sheet.round, sheet.assignment.application)


def open_rest(round_: Round, _actor: Actor) -> None:
    """What follows from the end of scoring: no score can come any more, so whoever handed in talks."""
    if not _is_never(round_):
        for application in queries.without_consensus(round_):
            _open(round_, application)


def keep_independent(sheet: ScoreSheet, _actor: Actor) -> None:
    """Nobody gets a sheet back who may have seen the others': the independent scores stay what they were."""
    if queries.find_for(sheet.round_id, sheet.application_id) is not None:
        raise WrongState(
            Message(
                N_("这份申报已经进入合议，独立评分从此不再改动，评分表不能退回。不同意见请在合议中提出并记录。"),
            )
        )


def _is_never(round_: Round) -> bool:
    return rulebook_of(round_.edition).round(round_.key).consensus is ConsensusWhen.NEVER


def _open(round_: Round, application: Application) -> None:
    rulebook = rulebook_of(round_.edition)
    criteria = rulebook.criteria_for(application.group_key)
    sheets = queries.sheets_in(round_.id, application.id)
    independent = queries.independent(sheets)
    found = rules.disagreement(independent, list(criteria.item_codes), rulebook.scoring)
    when = rulebook.round(round_.key).consensus
    known = queries.find_for(round_.id, application.id)
    if known is not None or not rules.is_called_for(when, found, len(sheets)):
        return
    consensus = Consensus(
        edition_id=round_.edition_id,
        round_id=round_.id,
        application_id=application.id,
        criteria_key=criteria.key,
        opened_at=clock.now(),
        found=_found_record(found, sheets),
    )
    consensus.items = [
        _first_item(position, code, sheets, found) for position, code in enumerate(criteria.item_codes, start=1)
    ]
    db.session.add(consensus)
    db.session.flush()
    demand(OPENER, "consensus.open", consensus)
    audit.record(OPENER, "consensus.open", consensus, after=consensus.state, detail=consensus.found)
    _call_together(consensus, sheets)


def _found_record(found: rules.Disagreement, sheets: Sequence[ScoreSheet]) -> dict[str, object]:
    return {
        "items": [[item.code, item.lowest, item.highest] for item in found.items],
        "total": found.total,
        "sheets": [[sheet.assignment.expert.number, sheet.receipt_digest] for sheet in sheets],
    }


def _entries(sheets: Sequence[ScoreSheet], code: str) -> list[ItemScore]:
    return [item for sheet in sheets for item in sheet.items if item.item_code == code]


def _first_item(position: int, code: str, sheets: Sequence[ScoreSheet], found: rules.Disagreement) -> ConsensusItem:
    rows = _entries(sheets, code)
    between = rules.spread(code, [row.percent or 0 for row in rows])
    return ConsensusItem(
        item_code=code,
        position=position,
        points=rows[0].points,
        percent=rules.first_proposal(between, STEP, disputed=code in found.codes),
        strengths=rules.gathered(row.strengths for row in rows),
        improvements=rules.gathered(row.improvements for row in rows),
    )


def _call_together(consensus: Consensus, sheets: Sequence[ScoreSheet]) -> None:
    """Everybody at the table is told that the talk is open, and nothing of what is in it."""
    number = consensus.application.number
    for sheet in sheets:
        expert = sheet.assignment.expert
        leads = sheet.assignment.role is SeatRole.LEADER
        zh, en = ("请主持合议", "please lead it") if leads else ("请参加合议", "please take part")
        outbox.post(
            "consensus.open",
            expert.email,
            subject=f"合议已开始：{number} / Consensus opened: {number}",
            body=(
                f"{expert.name}：\n\n{number} 的独立评分已经收齐，{zh}。请登录后在“合议”中打开它。\n\n"
                f"All independent scores for {number} are in; {en}. Sign in and open it under Consensus.\n"
            ),
            edition_id=consensus.edition_id,
        )


# --- talked about -------------------------------------------------------------------------------------------------


def discuss(actor: Actor, consensus: Consensus, *, code: str, text: str) -> ConsensusNote:
    """A word on one item, or on the whole (`code` empty), with who and when; it cannot be taken back."""
    demand(actor, "consensus.discuss", consensus)
    if code and code not in queries.criteria_of(consensus).item_codes:
        raise NotFound
    _demand_text(text, "remark")
    assert actor.expert_id is not None
    note = ConsensusNote(
        consensus_id=consensus.id, item_code=code, expert_id=actor.expert_id, text=text, at=clock.now()
    )
    db.session.add(note)
    audit.record(actor, "consensus.discuss", consensus, detail={"item": code})
    return note


def _demand_text(text: str, field: str) -> None:
    if not text.strip():
        raise Invalid(Message(N_("请先写下您的意见。")), field=field)
    problem = text_problem(text)
    if problem is not None:
        raise Invalid(problem, field=field)


def save_item(
    actor: Actor, consensus: Consensus, code: str, proposal: rules.Proposal, *, version: int
) -> ConsensusItem:
    """The leader's draft of one item. The same content sent twice is stored once; a stale one answers with both texts."""
    demand(actor, "consensus.edit", consensus)
    item = queries.item_for_writing(consensus, code)
    if item is None:
        raise NotFound
    _demand_sound(consensus, proposal)
    if _content(item) == _content(proposal):
        return item
    if item.version != version:
        raise _stale(item, proposal)
    before = item.percent
    for name in WRITTEN:
        setattr(item, name, getattr(proposal, name))
    audit.record(actor, "consensus.edit", consensus, detail={"item": code, "from": before, "to": item.percent})
    return item


def _content(of: ConsensusItem | rules.Proposal) -> list[object]:
    return [getattr(of, name) for name in WRITTEN]


def _demand_sound(consensus: Consensus, proposal: rules.Proposal) -> None:
    typed = "" if proposal.percent is None else str(proposal.percent)
    problems = {"percent": percent_problem(typed, queries.criteria_of(consensus).percents)}
    problems |= {name: text_problem(getattr(proposal, name)) for name in WRITTEN[1:]}
    for name, problem in problems.items():
        if problem is not None:
            raise Invalid(problem, field=name)


def _stale(item: ConsensusItem, proposal: rules.Proposal) -> Stale:
    stored, typed = ({name: _text(getattr(of, name)) for name in WRITTEN} for of in (item, proposal))
    return Stale(stored=stored, typed=typed, current_version=item.version)


def _text(value: object) -> str:
    return "" if value is None else str(value)


# --- proposed and answered ----------------------------------------------------------------------------------------


def missing_for_proposing(consensus: Consensus) -> list[Message]:
    medians = {code: found.median for code, found in queries.spreads(consensus).items()}
    return rules.missing(queries.proposals(consensus), medians, queries.criteria_of(consensus).step_percent)


def propose(actor: Actor, consensus: Consensus) -> None:
    """Put the percentages before the panel: from now on they stand still until they are agreed or taken back."""
    demand_step(consensus, "consensus.propose", actor)
    if missing := missing_for_proposing(consensus):
        raise NotReady(missing)
    consensus.proposal += 1
    said = queries.proposals(consensus)
    detail = {
        "proposal": consensus.proposal,
        "total": rules.total_twentieths(said),
        "percents": {each.code: each.percent for each in said},
    }
    advance(consensus, "consensus.propose", actor, detail=detail)


def revise(actor: Actor, consensus: Consensus) -> None:
    """Back to the table; the answers to this proposal stay on record, the next one asks anew."""
    advance(consensus, "consensus.revise", actor, detail={"proposal": consensus.proposal})


def answer(actor: Actor, consensus: Consensus, *, confirms: bool, text: str = "") -> ConsensusAnswer:
    """A member stands behind the proposal or puts a dissent on record; once for each proposal."""
    demand(actor, "consensus.answer", consensus)
    assert actor.expert_id is not None
    _demand_unanswered(consensus, actor.expert_id)
    if not confirms:
        _demand_text(text, "remark")
    made = ConsensusAnswer(
        consensus_id=consensus.id,
        proposal=consensus.proposal,
        expert_id=actor.expert_id,
        confirms=confirms,
        text=text,
        at=clock.now(),
    )
    db.session.add(made)
    detail = {"proposal": consensus.proposal, "confirms": confirms}
    audit.record(actor, "consensus.answer", consensus, detail=detail)
    return made


def _demand_unanswered(consensus: Consensus, expert_id: int) -> None:
    if expert_id == consensus.led_by:
        raise WrongState(Message(N_("组长提出合议结果即表示确认，不另作答复。")))
    given = ((each.proposal, each.expert_id) for each in queries.answers(consensus))
    if (consensus.proposal, expert_id) in given:
        raise WrongState(Message(N_("您已经答复过这次提出的结果。组长收回重提之后可以再次答复。")))


# --- closed -------------------------------------------------------------------------------------------------------


def missing_for_agreeing(consensus: Consensus) -> list[Message]:
    by = rulebook_of(consensus.round.edition).aggregation.confirmed_by
    return rules.unconfirmed(queries.tally(consensus), by)


def agree(actor: Actor, consensus: Consensus) -> None:
    """The proposal is the panel's agreement as soon as those have confirmed it whom the rulebook names."""
    demand_step(consensus, "consensus.agree", actor)
    if missing := missing_for_agreeing(consensus):
        raise NotReady(missing)
    consensus.total_twentieths = rules.total_twentieths(queries.proposals(consensus))
    detail = {"proposal": consensus.proposal, "total": consensus.total_twentieths}
    advance(consensus, "consensus.agree", actor, detail=detail)


def give_up(actor: Actor, consensus: Consensus, *, reason: str) -> None:
    """No agreement: the independent scores count, combined as the rulebook says."""
    advance(consensus, "consensus.give_up", actor, reason=reason)


def release(actor: Actor, consensus: Consensus, *, text: str) -> PanelReport:
    """The panel's report with its digest; from now on the office and the head of panel may read what was agreed."""
    demand_step(consensus, "consensus.release", actor)
    if not text.strip():
        raise Invalid(Message(N_("请写明合议报告。")), field="remark")
    content = rules.report_content(
        _about(consensus),
        queries.proposals(consensus),
        [_answer_record(each) for each in queries.answers(consensus)],
        total=consensus.total_twentieths,
        text=text,
    )
    report = PanelReport(consensus_id=consensus.id, content=content, digest=digest(content), released_at=clock.now())
    db.session.add(report)
    advance(consensus, "consensus.release", actor, detail={"digest": report.digest})
    return report


def _about(consensus: Consensus) -> dict[str, object]:
    rulebook = rulebook_of(consensus.round.edition)
    sheets = [sheet.total_twentieths for sheet in consensus.sheets]
    return {
        "edition": consensus.round.edition.code,
        "rulebook_digest": consensus.round.edition.rulebook_digest,
        "round": consensus.round.key,
        "application": consensus.application.number,
        "criteria": consensus.criteria_key,
        "found": consensus.found,
        "proposal": consensus.proposal,
        "fallback": rules.fallback(len(sheets), rulebook.aggregation).value,
        "independent_totals": sorted(sheets),
    }


def _answer_record(answer: ConsensusAnswer) -> dict[str, object]:
    return {
        "proposal": answer.proposal,
        "expert": answer.expert.number,
        "confirms": answer.confirms,
        "text": answer.text,
    }


def note_look(actor: Actor, consensus: Consensus) -> None:
    """Whoever does not sit at the table and looks at it leaves a trace before the page does."""
    if actor.expert_id not in consensus.panel:
        audit.record_look(actor, "consensus.read", consensus)
