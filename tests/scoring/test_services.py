"""Each way out of the services of scoring, with what it leaves in the record."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from app import lifecycle
from app.audit.models import AuditEvent
from app.kernel.actor import Actor, Role
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotFound, NotReady, Stale, WrongState
from app.kernel.outbox import OutboxMessage
from app.scoring import queries, rules, services
from app.scoring.models import ItemScore, ScoreSheet, SubmittedSheet
from app.scoring.rules import Judgement
from app.workflow import RoundState, ScoreSheetState
from tests.factories.decisions import office, supervisor
from tests.factories.scoring import Panel, acting, expert, hand_in, judge, panel, reviewed

pytestmark = pytest.mark.usefixtures("app_context")


def last_event() -> AuditEvent:
    """The facts that go into a credit file are lines of their own, after the step that they follow from."""
    steps = select(AuditEvent).where(AuditEvent.subject_type != "credit_fact")
    return db.session.scalars(steps.order_by(AuditEvent.id.desc()).limit(1)).one()


def save(made: Panel, code: str = "4.1.2", *, percent: int | None = 65, text: str = "", version: int = 1) -> ItemScore:
    return services.save_item(
        made.actors[0], made.sheet(), code, percent=percent, strengths=text, improvements="", version=version
    )


# --- opened and made void -----------------------------------------------------------------------------------------


@pytest.mark.databases
def test_a_clear_declaration_opens_a_sheet_with_every_item_of_the_groups_criteria() -> None:
    sheet = panel(1, 1).sheet()
    assert (sheet.state, sheet.items_total, sheet.items_scored) == (ScoreSheetState.DRAFT, 23, 0)
    assert [row.code for row in queries.item_rows(sheet.id)][:3] == ["4.1.2", "4.1.3", "4.1.4"]
    assert last_event().action == "score_sheet.open"


def test_an_individual_is_judged_by_the_criteria_for_individuals() -> None:
    assert panel(1, 1, groups=["individual"]).sheet().criteria_key == "individual"


def test_a_recusal_makes_the_sheet_void_and_keeps_what_was_written() -> None:
    made = panel(1, 1)
    hand_in(made.sheet(), 65)
    lifecycle.advance(made.assignment(), "assignment.recuse", made.actors[0], reason="曾任顾问")
    sheet = made.sheet()
    assert (sheet.state, sheet.total_twentieths) == (ScoreSheetState.VOID, 13000)
    assert len(queries.submitted_versions(sheet.id)) == 1
    assert last_event().action == "score_sheet.void"
    with pytest.raises(Forbidden):
        save(made)


def test_an_exchange_before_the_declaration_leaves_no_sheet() -> None:
    made = panel(1, 1, declared=False)
    lifecycle.advance(made.assignment(), "assignment.excuse", office(), reason="出差")
    assert queries.sheet_of_assignment(made.assignment().id) is None


# --- saved --------------------------------------------------------------------------------------------------------


@pytest.mark.databases
def test_a_saved_item_moves_the_total_exactly_and_is_on_record() -> None:
    made = panel(1, 1)
    item = save(made, percent=5)
    sheet = made.sheet()
    assert (item.version, sheet.total_twentieths, sheet.items_scored) == (2, 50, 1)
    save(made, percent=100, version=2)
    assert (sheet.total_twentieths, sheet.items_scored) == (1000, 1)
    save(made, percent=None, version=3)
    assert (sheet.total_twentieths, sheet.items_scored) == (0, 0)
    event = last_event()
    assert (event.action, event.detail) == ("score_sheet.save", {"4.1.2": {"from": 100, "to": None}})


def test_the_record_of_a_save_holds_no_prose() -> None:
    save(panel(1, 1), text="机密意见")
    assert "机密意见" not in str(last_event().detail)


@pytest.mark.parametrize(
    ("judgement", "field"),
    [
        (Judgement(62), "4.1.2-percent"),
        (Judgement(105), "4.1.2-percent"),
        (Judgement(50, "好" * 1001), "4.1.2-strengths"),
        (Judgement(50, "", "改" * 1001), "4.1.2-improvements"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_stored(judgement: Judgement, field: str) -> None:
    made = panel(1, 1)
    with pytest.raises(Invalid) as refused:
        services.save_items(made.actors[0], made.sheet(), {"4.1.3": Judgement(50, version=1), "4.1.2": judgement})
    assert refused.value.field == field
    assert {row.percent for row in queries.item_rows(made.sheet().id)} == {None}


def test_an_item_that_the_criteria_do_not_know_is_not_found() -> None:
    with pytest.raises(NotFound):
        save(panel(1, 1), "9.9.9")


def test_a_stale_item_gives_both_texts_and_the_same_content_again_is_no_conflict() -> None:
    made = panel(1, 1)
    save(made, text="先存的")
    with pytest.raises(Stale) as stale:
        save(made, percent=50, text="后写的")
    assert stale.value.stored["4.1.2-strengths"] == "先存的"
    assert stale.value.typed["4.1.2-strengths"] == "后写的"
    assert stale.value.current_version == 2
    assert save(made, text="先存的").version == 2


def someone_else(_made: Panel) -> Actor:
    return expert(9)[1]


def the_office(_made: Panel) -> Actor:
    return office()


def the_supervisor(_made: Panel) -> Actor:
    return supervisor()


def a_colleague(made: Panel) -> Actor:
    return made.actors[1]


def a_leader(made: Panel) -> Actor:
    return acting(made.experts[1], Role.LEADER)


@pytest.mark.parametrize("who", [someone_else, the_office, the_supervisor, a_colleague, a_leader])
def test_only_the_sheets_own_expert_writes_or_submits(who: Callable[[Panel], Actor]) -> None:
    made = panel(1, 2)
    with pytest.raises(Forbidden):
        services.save_items(who(made), made.sheet(), {"4.1.2": Judgement(50, version=1)})
    with pytest.raises(Forbidden):
        services.submit(who(made), made.sheet())


def test_nothing_is_saved_or_submitted_after_the_round() -> None:
    made = panel(1, 1)
    judge(made.sheet(), 50)
    lifecycle.advance(made.round, "round.close", office())
    for act in (lambda: save(made, version=2), lambda: services.submit(made.actors[0], made.sheet())):
        with pytest.raises(WrongState) as refused:
            act()
        assert "不在评分期" in str(refused.value)


# --- submitted, reopened ------------------------------------------------------------------------------------------


@pytest.mark.databases
def test_a_submitted_sheet_is_kept_whole_with_its_digest() -> None:
    made = panel(1, 1)
    judge(made.sheet(), 65, text="好")
    submitted = services.submit(made.actors[0], made.sheet())
    assert submitted.digest == digest(submitted.content) == made.sheet().receipt_digest
    assert submitted.content["total_twentieths"] == 13000
    assert submitted.content["application"] == made.dossiers[0].number
    assert len(submitted.content["items"]) == 23
    event = last_event()
    assert (event.action, event.state_after) == ("score_sheet.submit", "submitted")
    assert event.detail["digest"] == submitted.digest


def test_every_gap_is_named_before_a_sheet_is_submitted() -> None:
    made = panel(1, 1)
    judge(made.sheet(), dict.fromkeys(("4.1.2", "4.1.3"), 50))
    with pytest.raises(NotReady) as refused:
        services.submit(made.actors[0], made.sheet())
    assert len(refused.value.missing) == 21
    assert made.sheet().state is ScoreSheetState.DRAFT


def test_a_submitted_sheet_is_not_submitted_again() -> None:
    made = panel(1, 1)
    hand_in(made.sheet())
    with pytest.raises(WrongState):
        services.submit(made.actors[0], made.sheet())


def test_a_reopened_sheet_keeps_both_versions_and_its_expert_is_told_why() -> None:
    made = panel(1, 1)
    hand_in(made.sheet(), 65)
    services.reopen(office(), made.sheet(), reason="4.7 漏写依据")
    assert made.sheet().state is ScoreSheetState.DRAFT
    assert last_event().reason == "4.7 漏写依据"
    mail = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1)).one()
    assert (mail.recipient, "4.7 漏写依据" in mail.body) == ("expert1@example.org", True)
    hand_in(made.sheet(), 70)
    versions = queries.submitted_versions(made.sheet().id)
    assert [(each.number, each.content["total_twentieths"]) for each in versions] == [(2, 14000), (1, 13000)]


@pytest.mark.parametrize(
    ("actor", "reason", "error"),
    [(supervisor, "理由", Forbidden), (lambda: expert(1)[1], "理由", Forbidden), (office, "  ", NotReady)],
)
def test_a_sheet_is_reopened_by_the_office_and_with_a_reason_only(
    actor: Callable[[], Actor], reason: str, error: type[Exception]
) -> None:
    made = panel(1, 1)
    hand_in(made.sheet())
    with pytest.raises(error):
        services.reopen(actor(), made.sheet(), reason=reason)


def test_a_draft_is_not_reopened() -> None:
    with pytest.raises(WrongState):
        services.reopen(office(), panel(1, 1).sheet(), reason="理由")


@pytest.mark.databases
def test_the_database_refuses_to_change_what_was_submitted() -> None:
    hand_in(panel(1, 1).sheet())
    with pytest.raises(DBAPIError):
        db.session.execute(update(SubmittedSheet).values(digest="0" * 64))
    db.session.rollback()


def test_an_abstention_is_no_zero_keeps_its_reason_and_may_be_given_back() -> None:
    made = panel(1, 1)
    judge(made.sheet(), {"4.1.2": 50})
    services.abstain(made.actors[0], made.sheet(), reason="超出专业范围")
    sheet = made.sheet()
    assert (sheet.state, sheet.abstained_for) == (ScoreSheetState.ABSTAINED, "超出专业范围")
    event = last_event()
    assert (event.action, event.reason, event.state_after) == ("score_sheet.abstain", "超出专业范围", "abstained")
    assert queries.submitted_versions(sheet.id) == []
    assert services.closing(made.round).short[0].submitted == 0
    with pytest.raises(Forbidden):
        save(made, version=2)
    services.reopen(office(), sheet, reason="请再考虑")
    assert (sheet.state, sheet.abstained_for) == (ScoreSheetState.DRAFT, "")
    assert sheet.returned_at is not None
    hand_in(sheet, 60)
    assert sheet.returned_at is None


@pytest.mark.parametrize("who", [someone_else, the_office, a_colleague])
def test_only_the_sheets_own_expert_abstains_or_skips(who: Callable[[Panel], Actor]) -> None:
    made = panel(1, 2)
    with pytest.raises(Forbidden):
        services.abstain(who(made), made.sheet(), reason="理由")
    with pytest.raises(Forbidden):
        services.skip(who(made), made.sheet())


def test_an_abstention_needs_a_reason_and_a_sheet_that_is_not_handed_in() -> None:
    made = panel(1, 1)
    with pytest.raises(NotReady):
        services.abstain(made.actors[0], made.sheet(), reason=" ")
    hand_in(made.sheet())
    with pytest.raises(WrongState):
        services.abstain(made.actors[0], made.sheet(), reason="理由")


def test_an_abstained_sheet_is_void_once_its_expert_is_replaced() -> None:
    made = panel(1, 1)
    services.abstain(made.actors[0], made.sheet(), reason="理由")
    lifecycle.advance(made.assignment(), "assignment.excuse", office(), reason="弃评")
    assert made.sheet().state is ScoreSheetState.VOID


def test_a_skipped_dossier_comes_back_after_all_others_and_is_on_record(frozen_clock) -> None:
    made = panel(3, 1)
    actor, first = made.actors[0], made.sheet(0)
    services.skip(actor, first)
    assert last_event().action == "score_sheet.skip"
    second = queries.next_task(actor, first)
    third = queries.next_task(actor, db.session.get_one(ScoreSheet, second.sheet_id))
    assert {second.sheet_id, third.sheet_id} == {made.sheet(1).id, made.sheet(2).id}
    for sheet_id in (second.sheet_id, third.sheet_id):
        hand_in(db.session.get_one(ScoreSheet, sheet_id))
    assert queries.next_task(actor, db.session.get_one(ScoreSheet, third.sheet_id)).sheet_id == first.id


def test_next_is_the_dossier_with_the_fewest_reviews() -> None:
    made = panel(3, 2)
    hand_in(made.sheet(1, 1))
    hand_in(made.sheet(2, 1))
    assert queries.next_task(made.actors[0], made.sheet(1, 0)).sheet_id == made.sheet(0, 0).id
    assert queries.next_task(made.actors[0], made.sheet(0, 0)).sheet_id in (made.sheet(1).id, made.sheet(2).id)


# --- the round ends -----------------------------------------------------------------------------------------------


@pytest.mark.databases
def test_a_round_with_all_sheets_in_is_closed_at_any_time() -> None:
    made = reviewed([[50, 55, 60], [60, 60, 60]])
    assert made.round.state is RoundState.CLOSED
    assert last_event().detail == {"without_enough_reviews": [], "not_submitted": []}


def test_a_round_is_not_closed_while_a_dossier_lacks_reviews(frozen_clock) -> None:
    made = reviewed([[50, 55, 60]], close=False)
    lacking = panel(1, 3, edition=made.edition, first_expert=4)
    with pytest.raises(NotReady) as refused:
        services.close_round(office(), made.round)
    assert lacking.dossiers[0].number in str(refused.value.missing[0])


def test_a_late_round_is_closed_with_a_reason_that_is_on_record(frozen_clock) -> None:
    made = panel(1, 3)
    hand_in(made.sheet(0, 0))
    frozen_clock.move_to(frozen_clock.moment.replace(year=2027))
    with pytest.raises(Invalid) as refused:
        services.close_round(office(), made.round)
    assert refused.value.field == "reason"
    services.close_round(office(), made.round, reason="专家住院")
    event = last_event()
    assert (event.action, event.reason) == ("round.close", "专家住院")
    assert event.detail["without_enough_reviews"] == [made.dossiers[0].number]


@pytest.mark.parametrize("actor", [supervisor, lambda: expert(1)[1]])
def test_only_the_office_closes_a_round(actor: Callable[[], Actor]) -> None:
    made = panel(1, 1)
    with pytest.raises(Forbidden):
        services.close_round(actor(), made.round)


def test_a_closed_round_is_not_closed_again() -> None:
    made = reviewed([[50, 50, 50]])
    with pytest.raises(WrongState):
        services.close_round(office(), made.round)


def test_totals_on_the_sheets_equal_the_sum_of_their_items() -> None:
    made = panel(2, 2)
    judge(made.sheet(0, 0), {"4.1.2": 35, "4.7.2": 85})
    judge(made.sheet(1, 1), {"4.1.2": 35})
    judge(made.sheet(1, 1), {"4.1.2": 40})
    for sheet in db.session.scalars(select(ScoreSheet)):
        entries = [row.entry for row in queries.item_rows(sheet.id)]
        assert sheet.total_twentieths == rules.total_twentieths(entries)
        assert sheet.items_scored == rules.scored(entries)
