"""Entry on behalf: one person types a signed paper, another confirms it against the paper; never one alone."""

from collections.abc import Mapping, Sequence
from datetime import date

from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady, WrongState
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.panels import letters as mail
from app.policy import demand
from app.scoring import letters, queries, rules
from app.scoring.models import PaperEntry, ScoreSheet, SubmittedSheet
from app.scoring.services.sheets import demand_open_round, gaps_of, put_on_record

ENTERER = Actor.system("paper_entry")
NOT_COMPARED = Message(N_("请先对照纸质评分表逐条核对，再勾选确认。"))
WAITING = Message(N_("这份评分表已经有一份录入待核对。请先核对或作废它。"))
FROM_THE_FUTURE = Message(N_("纸质评分表的签署日期不能晚于今天。"))


def type_entry(
    actor: Actor, sheet: ScoreSheet, judgements: Mapping[str, rules.Judgement], *, signed_on: date
) -> PaperEntry:
    """The signed paper as typed; it counts for nothing until somebody else has compared it with the paper."""
    demand(actor, "paper_entry.type", sheet)
    _demand_possible(sheet, signed_on)
    rows = queries.item_rows(sheet.id)
    entries = [_typed(row.entry, judgements[row.code]) for row in rows]
    _demand_complete(sheet, entries)
    assert actor.user_id is not None
    entry = PaperEntry(
        sheet_id=sheet.id,
        edition_id=sheet.edition_id,
        signed_on=signed_on,
        items=_stored(entries),
        total_twentieths=rules.total_twentieths(entries),
        before=_stored([row.entry for row in rows]),
        proposed_by=actor.user_id,
        proposed_at=clock.now(),
    )
    db.session.add(entry)
    db.session.flush()
    audit.record(actor, "paper_entry.type", entry, after=entry.state, detail={"sheet": sheet.id})
    return entry


def _demand_possible(sheet: ScoreSheet, signed_on: date) -> None:
    demand_open_round(sheet.round)
    if signed_on > clock.today():
        raise Invalid(FROM_THE_FUTURE, field="signed_on")
    if queries.waiting_entry(sheet.id) is not None:
        raise WrongState(WAITING)


def _demand_complete(sheet: ScoreSheet, entries: Sequence[rules.Entry]) -> None:
    if missing := gaps_of(sheet, entries):
        raise NotReady([message for _code, message in missing])


def _typed(entry: rules.Entry, judgement: rules.Judgement) -> rules.Entry:
    return rules.Entry(entry.code, entry.points, *judgement.content)


def _stored(entries: Sequence[rules.Entry]) -> list[list[object]]:
    return [[each.code, each.points, each.percent, each.strengths, each.improvements, each.reason] for each in entries]


def confirm_entry(actor: Actor, entry: PaperEntry, *, compared: bool) -> SubmittedSheet:
    """Written into the sheet and handed in for the expert, who is told; who typed and who confirmed stands on the sheet."""
    demand(actor, "paper_entry.confirm", entry)
    sheet = entry.sheet
    demand_open_round(sheet.round)
    if not compared:
        raise Invalid(NOT_COMPARED, field="compared")
    entry.confirmed_by, entry.confirmed_at = actor.user_id, clock.now()
    advance(entry, "paper_entry.confirm", actor, detail={"sheet": sheet.id, "typed_by": entry.proposer.name})
    entries = queries.entries_of_paper(entry)
    _write(sheet, entries)
    people = {"typed_by": entry.proposer.name, "confirmed_by": actor.name, "signed_on": entry.signed_on.isoformat()}
    submitted = put_on_record(sheet, entries, on_behalf=people)
    advance(sheet, "score_sheet.take_over", ENTERER, detail={**people, "entry": entry.id, "digest": submitted.digest})
    _tell(sheet)
    return submitted


def _write(sheet: ScoreSheet, entries: Sequence[rules.Entry]) -> None:
    items = queries.items_for_writing(sheet, {entry.code for entry in entries})
    for entry in entries:
        item = items[entry.code]
        item.percent, item.reason = entry.percent, entry.reason
        item.strengths, item.improvements = entry.strengths, entry.improvements
    sheet.total_twentieths, sheet.items_scored = rules.total_twentieths(entries), rules.scored(entries)


def _tell(sheet: ScoreSheet) -> None:
    seat = sheet.assignment
    mail.tell(
        "score_sheet.take_over",
        seat.expert,
        letters.TAKEN_OVER,
        seat.round.edition,
        number=seat.application.number,
        digest=sheet.receipt_digest,
    )


def refuse_entry(actor: Actor, entry: PaperEntry, *, reason: str) -> None:
    """It differs from the paper: it stays on record and counts for nothing; the paper may be typed again."""
    demand(actor, "paper_entry.refuse", entry)
    advance(entry, "paper_entry.refuse", actor, reason=reason)


def note_entry_look(actor: Actor, entry: PaperEntry) -> None:
    audit.record_look(actor, "paper_entry.read", entry)
