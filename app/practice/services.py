"""Use cases of practice: begin, keep, finish; and the door that stays shut until it is done."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.policy import demand
from app.practice import queries, rules
from app.practice.models import PracticeAnswer, PracticeSheet
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of


@dataclass(frozen=True)
class Answered:
    percent: int | None
    reason: str = ""


def begin(actor: Actor, edition: Edition, shipped: queries.ShippedCase) -> PracticeSheet:
    """The actor's sheet of this case: the one he began, or a new one with an empty answer for each item."""
    demand(actor, "practice_sheet.begin")
    found = queries.find_sheet(edition.id, actor.expert_id or 0, shipped.case.key)
    if found is not None:
        return found
    sheet = PracticeSheet(
        edition_id=edition.id, expert_id=actor.expert_id or 0, case_key=shipped.case.key, started_at=clock.now()
    )
    db.session.add(sheet)
    db.session.flush()
    db.session.add_all(PracticeAnswer(sheet_id=sheet.id, item_code=code) for code in shipped.case.codes)
    db.session.flush()
    audit.record(actor, "practice_sheet.begin", sheet, after=sheet.state, detail={"case": sheet.case_key})
    return sheet


def save(actor: Actor, sheet: PracticeSheet, answers: Mapping[str, Answered]) -> None:
    """What was answered so far; nothing of it leaves this sheet."""
    demand(actor, "practice_sheet.save", sheet)
    case = queries.shipped()[sheet.case_key].case
    steps = rulebook_of(sheet.edition).criteria(case.criteria).percents
    for stored in sheet.answers:
        given = answers.get(stored.item_code)
        if given is None:
            continue
        if given.percent is not None and given.percent not in steps:
            raise Invalid(Message(N_("请选择评分刻度上的百分比。")), field=f"percent_{stored.item_code}")
        stored.percent, stored.reason = given.percent, given.reason.strip()[: rules.REASON_LIMIT]


def finish(actor: Actor, sheet: PracticeSheet) -> None:
    """All items are answered: they are locked, and the model answer is shown beside them."""
    demand(actor, "practice_sheet.finish", sheet)
    shipped = queries.shipped()[sheet.case_key]
    gaps = rules.missing(shipped.case, sheet.percents())
    if gaps:
        raise NotReady(gaps)
    sheet.finished_at, sheet.case_digest = clock.now(), shipped.digest
    advance(sheet, "practice_sheet.finish", actor, detail={"case": sheet.case_key, "digest": shipped.digest})
