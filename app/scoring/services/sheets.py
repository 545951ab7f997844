"""Score sheets: opened by a clear declaration, saved item by item, submitted for good, reopened only with a reason."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select, update

from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import Invalid, NotFound, NotReady, Stale, WrongState
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.panels.models import Assignment
from app.policy import demand
from app.programmes.models import Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.criteria import CriteriaSet
from app.scoring import earlier, queries, rules
from app.scoring.models import ItemScore, ScoreSheet, SubmittedSheet
from app.workflow import RoundState, ScoreSheetState

FIELD_LABELS = {
    "percent": N_("得分比例"),
    "strengths": N_("优势"),
    "improvements": N_("改进机会"),
    "reason": N_("改动的理由"),
}
COMMENTS_ONLY = Message(N_("这份评分表只退回补写意见，得分比例已经锁定。确需修改评分的，请联系秘书处退回评分表。"))
VOIDED_BECAUSE = N_("专家已回避或任务已收回，评分表作废，内容留存备查。")


# --- opened and made void by the assignment -----------------------------------------------------------------------


def open_sheet(assignment: Assignment, actor: Actor) -> None:
    """What follows from a clear declaration: an empty sheet with a row for each item of the group's criteria."""
    demand(actor, "score_sheet.open", assignment)
    criteria = rulebook_of(assignment.round.edition).criteria_for(assignment.application.group_key)
    sheet = ScoreSheet(
        assignment_id=assignment.id,
        edition_id=assignment.edition_id,
        round_id=assignment.round_id,
        application_id=assignment.application_id,
        expert_id=assignment.expert_id,
        criteria_key=criteria.key,
        items_total=len(criteria.items),
        opened_at=clock.now(),
    )
    db.session.add(sheet)
    db.session.flush()
    db.session.execute(insert(ItemScore.__table__), _empty_items(sheet.id, criteria))  # type: ignore[arg-type]
    audit.record(actor, "score_sheet.open", sheet, after=sheet.state, detail={"criteria": criteria.key})


def _empty_items(sheet_id: int, criteria: CriteriaSet) -> list[dict[str, object]]:
    return [
        {
            "sheet_id": sheet_id,
            "item_code": item.code,
            "position": position,
            "points": item.points,
            "strengths": "",
            "improvements": "",
            "version": 1,
        }
        for position, item in enumerate(criteria.items, start=1)
    ]


def void_sheet(assignment: Assignment, _actor: Actor) -> None:
    """What follows from a recusal or an exchange: the sheet counts no more, its content stays on record.

    Nobody voids a sheet by himself; the line before in the record says who recused or exchanged.
    """
    sheet = queries.sheet_of_assignment(assignment.id)
    if sheet is not None and sheet.state is not ScoreSheetState.VOID:
        advance(sheet, "score_sheet.void", Actor.system("recusal"), reason=VOIDED_BECAUSE)


def criteria_of(sheet: ScoreSheet) -> CriteriaSet:
    return rulebook_of(sheet.round.edition).criteria(sheet.criteria_key)


def note_look(actor: Actor, sheet: queries.SheetHead) -> None:
    """Whoever is not the sheet's own expert and looks at it leaves a trace before the page does."""
    if sheet.expert_id != actor.expert_id:
        audit.record_look(actor, "score_sheet.read", sheet)


def note_reading(actor: Actor, sheet: queries.SheetHead) -> bool:
    """Put on record that the dossier beside the sheet is read, once an expert, dossier and day of the award's zone.

    True when this was the day's first opening.
    """
    today = clock.now().astimezone(ZoneInfo(sheet.time_zone)).date()
    if sheet.looked_on == today:
        return False
    mark = update(ScoreSheet).where(ScoreSheet.id == sheet.id, ScoreSheet.looked_on.is_distinct_from(today))
    audit.record_look(actor, "assignment.read_dossier", sheet, unless_marked=mark.values(looked_on=today))
    return True


# --- saved --------------------------------------------------------------------------------------------------------


def save_item(
    actor: Actor,
    sheet: ScoreSheet,
    item_code: str,
    *,
    percent: int | None,
    strengths: str,
    improvements: str,
    version: int,
) -> ItemScore:
    """One item as the expert has it now. The same content sent twice is stored once."""
    judgement = rules.Judgement(percent, strengths, improvements, version)
    return save_items(actor, sheet, {item_code: judgement})[item_code]


def save_loaded_item(actor: Actor, item: ItemScore, judgement: rules.Judgement) -> ItemScore:
    """The same for an item that `queries.item_for_writing` has read and locked with its sheet."""
    demand(actor, "score_sheet.save", item.sheet)
    demand_open_round(item.sheet.round)
    _save(actor, item.sheet, {item.item_code: item}, judgements={item.item_code: judgement})
    return item


def save_items(actor: Actor, sheet: ScoreSheet, judgements: Mapping[str, rules.Judgement]) -> dict[str, ItemScore]:
    """Several items at once, all or none: what is wrong is said at its field, what is stale with both texts."""
    demand(actor, "score_sheet.save", sheet)
    demand_open_round(sheet.round)
    items = queries.items_for_writing(sheet, set(judgements))
    if len(items) != len(judgements):
        raise NotFound
    _save(actor, sheet, items, judgements=judgements)
    return items


def _demand_fresh(items: Mapping[str, ItemScore], judgements: Mapping[str, rules.Judgement]) -> None:
    if stale := [item for code, item in items.items() if item.version != judgements[code].version]:
        raise _stale(stale, judgements)


def _save(
    actor: Actor, sheet: ScoreSheet, items: Mapping[str, ItemScore], *, judgements: Mapping[str, rules.Judgement]
) -> None:
    _demand_sound(sheet, judgements)
    _demand_same_scores(sheet, items, judgements)
    changed = {code: item for code, item in items.items() if _content(item) != judgements[code].content}
    _demand_fresh(changed, judgements)
    if changed:
        detail = {code: _written(sheet, item, judgements[code]) for code, item in changed.items()}
        audit.record(actor, "score_sheet.save", sheet, detail=detail)


def _demand_same_scores(
    sheet: ScoreSheet, items: Mapping[str, ItemScore], judgements: Mapping[str, rules.Judgement]
) -> None:
    """A sheet that was sent back for its comments keeps its scores: nobody asks for another score."""
    other = [code for code, item in items.items() if item.percent != judgements[code].percent]
    if sheet.comments_only and other:
        raise Invalid(COMMENTS_ONLY, field=f"{other[0]}-percent")


def _content(item: ItemScore) -> tuple[int | None, str, str, str]:
    return item.percent, item.strengths, item.improvements, item.reason


def demand_open_round(round_: Round) -> None:
    if round_.state is not RoundState.SCORING:
        raise WrongState(
            Message(
                N_("“%(round)s”不在评分期，评分表不能改动。如有疑问请联系秘书处。"),
                {"round": round_.name},
            )
        )


def _demand_sound(sheet: ScoreSheet, judgements: Mapping[str, rules.Judgement]) -> None:
    percents = criteria_of(sheet).percents
    for code, judgement in judgements.items():
        checks = {
            "percent": rules.percent_problem("" if judgement.percent is None else str(judgement.percent), percents),
            "strengths": rules.text_problem(judgement.strengths),
            "improvements": rules.text_problem(judgement.improvements),
            "reason": rules.text_problem(judgement.reason),
        }
        for name, problem in checks.items():
            if problem is not None:
                raise Invalid(problem, field=f"{code}-{name}")


def _stale(items: Sequence[ItemScore], judgements: Mapping[str, rules.Judgement]) -> Stale:
    """Both texts of every field of the items in question, under the names that the page gives its fields."""
    stored: dict[str, str] = {}
    typed: dict[str, str] = {}
    for item in items:
        mine = judgements[item.item_code]
        for name in FIELD_LABELS:
            stored[f"{item.item_code}-{name}"] = _text(getattr(item, name))
            typed[f"{item.item_code}-{name}"] = _text(getattr(mine, name))
    return Stale(stored=stored, typed=typed, current_version=items[0].version)


def _text(value: int | str | None) -> str:
    return "" if value is None else str(value)


def _written(sheet: ScoreSheet, item: ItemScore, judgement: rules.Judgement) -> dict[str, object]:
    """Store one item and carry its change into the sheet's total; the record keeps the percentages, not the prose."""
    before, was_scored = item.percent, item.percent is not None
    points = rules.Entry(item.item_code, item.points, before).twentieths or 0
    item.percent, item.strengths, item.improvements, item.reason = judgement.content
    now = rules.Entry(item.item_code, item.points, item.percent).twentieths or 0
    sheet.total_twentieths += now - points
    sheet.items_scored += (item.percent is not None) - was_scored
    return {"from": before, "to": item.percent}


# --- submitted, reopened ------------------------------------------------------------------------------------------


def submit(actor: Actor, sheet: ScoreSheet) -> SubmittedSheet:
    """Hand the sheet in: locked from now on, its whole content kept with a digest that is the expert's receipt."""
    demand(actor, "score_sheet.submit", sheet)
    demand_open_round(sheet.round)
    entries = [row.entry for row in queries.item_rows(sheet.id)]
    if missing := gaps_of(sheet, entries):
        raise NotReady([message for _code, message in missing])
    submitted = put_on_record(sheet, entries)
    advance(sheet, "score_sheet.submit", actor, detail={"number": submitted.number, "digest": submitted.digest})
    return submitted


def gaps_of(sheet: ScoreSheet, entries: Sequence[rules.Entry]) -> Sequence[tuple[str, Message]]:
    rulebook = rulebook_of(sheet.round.edition)
    rule = rulebook.round(sheet.round.key)
    return earlier.gaps(rule, entries, sheet, rulebook.criteria(sheet.criteria_key))


def put_on_record(sheet: ScoreSheet, entries: Sequence[rules.Entry], **further: object) -> SubmittedSheet:
    """The content as it is handed in now, for good; `further` is what else it says of itself. The step itself is the caller's."""
    sheet.submitted_at = clock.now()
    sheet.skipped_at = sheet.returned_at = None
    sheet.returned_for, sheet.comments_only = "", False
    submitted = _submitted(sheet, entries, sheet.submitted_at, further)
    sheet.receipt_digest = submitted.digest
    db.session.add(submitted)
    return submitted


def _submitted(
    sheet: ScoreSheet, entries: Sequence[rules.Entry], at: datetime, further: Mapping[str, object]
) -> SubmittedSheet:
    number = 1 + (
        db.session.scalar(select(func.max(SubmittedSheet.number)).where(SubmittedSheet.sheet_id == sheet.id)) or 0
    )
    edition = sheet.round.edition
    about = {
        "edition": edition.code,
        "rulebook_digest": edition.rulebook_digest,
        "round": sheet.round.key,
        "application": sheet.assignment.application.number,
        "expert": sheet.assignment.expert.number,
        "criteria": sheet.criteria_key,
        "sheet": sheet.id,
        **further,
    }
    content = rules.submitted_content(about, entries, number=number, submitted_at=at)
    return SubmittedSheet(sheet_id=sheet.id, number=number, submitted_at=at, content=content, digest=digest(content))


def skip(actor: Actor, sheet: ScoreSheet) -> None:
    """Put the dossier off: it comes back at the end of its expert's order. Nothing that was written changes."""
    demand(actor, "score_sheet.skip", sheet)
    demand_open_round(sheet.round)
    sheet.skipped_at = clock.now()
    audit.record(actor, "score_sheet.skip", sheet)


def abstain(actor: Actor, sheet: ScoreSheet, *, reason: str) -> None:
    """The expert gives no score, which is never a zero: the sheet leaves the count, its content stays on record.

    The office and the leader see that a review is missing; the office replaces the expert or gives the sheet back.
    """
    demand(actor, "score_sheet.abstain", sheet)
    demand_open_round(sheet.round)
    advance(sheet, "score_sheet.abstain", actor, reason=reason)
    sheet.abstained_for = reason.strip()
