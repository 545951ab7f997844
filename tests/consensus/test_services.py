"""A panel's talk from the last sheet to the report: who may what, when, and what stays untouched for good."""

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app import doctor, lifecycle
from app.audit.models import AuditEvent
from app.consensus import queries, services
from app.consensus.models import Consensus
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, Stale, WrongState
from app.policy import allows
from app.ranking import services as ranking
from app.scoring import services as scoring
from app.workflow import ConsensusState
from tests.factories.consensus import agreed, found, proposed, released, settle, talking
from tests.factories.decisions import office
from tests.factories.scoring import Panel, acting, hand_in, panel

pytestmark = pytest.mark.usefixtures("app_context")


OURS = ("每个状态", "保存的排名", "合议总分", "评分表总分", "与其摘要一致")


def healthy() -> bool:
    """By the checks that concern scores; the seats of these tests come from no real draw."""
    return not any(found.faults for found in doctor.examine() if any(word in str(found.check) for word in OURS))


def supervisor() -> Actor:
    return Actor(user_id=1, name="监督员", roles=frozenset({Role.SUPERVISOR}))


# --- opened -------------------------------------------------------------------------------------------------------


def test_nothing_opens_and_nobody_sees_anything_before_the_last_sheet_is_in() -> None:
    made = panel(1, 3)
    for position, percent in enumerate((20, 80)):
        hand_in(made.sheet(0, position), percent)
        assert queries.find_for(made.round.id, made.dossiers[0].id) is None
    hand_in(made.sheet(0, 2), 50)
    consensus = found(made)
    assert consensus.state is ConsensusState.OPEN
    assert {actor.expert_id for actor in made.actors if allows(actor, "consensus.read", consensus)} == consensus.panel


def test_it_opens_only_where_scores_lie_too_far_apart() -> None:
    made = panel(2, 2)
    for dossier, percents in enumerate(((50, 50), (50, 75))):
        for position, percent in enumerate(percents):
            hand_in(made.sheet(dossier, position), percent)
    assert queries.find_for(made.round.id, made.dossiers[0].id) is None
    assert found(made, 1).found["total"] == 5000


def test_a_lost_seat_is_waited_for_until_the_round_ends() -> None:
    made = panel(1, 4)
    lifecycle.advance(made.assignment(0, 3), "assignment.recuse", made.actors[3], reason="近亲属在该单位任职")
    for position, percent in enumerate((20, 50, 80)):
        hand_in(made.sheet(0, position), percent)
    assert queries.find_for(made.round.id, made.dossiers[0].id) is None
    scoring.close_round(office(), made.round)
    assert len(found(made).panel) == 3


def test_the_office_and_the_head_see_it_only_when_it_is_released_the_supervisor_always() -> None:
    made, consensus = talking(20, 80, 50)
    head = Actor(user_id=2, name="大组长", roles=frozenset({Role.HEAD}))
    assert [allows(actor, "consensus.read", consensus) for actor in (office(), head, supervisor())] == [
        False,
        False,
        True,
    ]
    released(made, consensus)
    assert [allows(actor, "consensus.read", consensus) for actor in (office(), head, supervisor())] == [True] * 3


def test_an_expert_of_another_panel_sees_nothing() -> None:
    _made, consensus = talking(20, 80, 50)
    stranger = acting(panel(1, 1, first_expert=9, edition=consensus.edition).experts[0])
    assert not allows(stranger, "consensus.read", consensus)


# --- the independent scores stay ----------------------------------------------------------------------------------


def test_no_sheet_is_given_back_once_the_panel_talks() -> None:
    made, _consensus = talking(20, 80, 50)
    with pytest.raises(WrongState, match="不再改动"):
        scoring.reopen(office(), made.sheet(0, 1), reason="请补充意见")


@pytest.mark.databases
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE score_sheet SET total_twentieths = total_twentieths + 5",
        "UPDATE item_score SET percent = 100",
        "UPDATE consensus_note SET text = 'x'",
        "DELETE FROM consensus_answer",
        "UPDATE panel_report SET digest = ''",
        "UPDATE consensus_item SET percent = 100",
    ],
)
def test_the_database_keeps_the_series_apart_and_for_good(app_context: Flask, statement: str) -> None:
    made, consensus = talking(20, 80, 50)
    services.discuss(made.actors[1], consensus, code="", text="建议先看结果类目。")
    released(made, consensus)
    db.session.flush()
    with pytest.raises(DBAPIError, match=r"in_consensus|append_only|frozen"):
        db.session.execute(text(statement))


def test_consensus_leaves_every_independent_sheet_as_it_was() -> None:
    made, consensus = talking(20, 80, 50)
    before = [sheet.total_twentieths for sheet in queries.sheets_in(made.round.id, made.dossiers[0].id)]
    released(made, consensus, 65)
    assert [sheet.total_twentieths for sheet in queries.sheets_in(made.round.id, made.dossiers[0].id)] == before
    assert consensus.total_twentieths == 13_000
    assert healthy()


# --- talked about -------------------------------------------------------------------------------------------------


def test_the_leader_writes_the_items_and_nobody_else() -> None:
    made, consensus = talking(20, 80, 50)
    said, item = queries.proposals(consensus)[0], consensus.items[0]
    for actor in (*made.actors[1:], office(), supervisor()):
        with pytest.raises(Forbidden):
            services.save_item(actor, consensus, said.code, said, version=item.version)


def test_a_stale_item_answers_with_both_texts() -> None:
    made, consensus = talking(20, 80, 50)
    version = consensus.items[0].version
    settle(made, consensus, 60)
    db.session.flush()
    said = queries.proposals(consensus)[0]
    other = type(said)(said.code, said.points, 70, "另有依据。")
    with pytest.raises(Stale) as refused:
        services.save_item(made.actors[0], consensus, said.code, other, version=version)
    assert (refused.value.stored["percent"], refused.value.typed["percent"]) == ("60", "70")


def test_an_item_off_the_step_or_too_long_is_refused_at_its_field() -> None:
    made, consensus = talking(20, 80, 50)
    said, item = queries.proposals(consensus)[0], consensus.items[0]
    for wrong, field in (
        (type(said)(said.code, 10, 52), "percent"),
        (type(said)(said.code, 10, 50, "长" * 1001), "reason"),
    ):
        with pytest.raises(Invalid) as refused:
            services.save_item(made.actors[0], consensus, said.code, wrong, version=item.version)
        assert refused.value.field == field


def test_disputed_items_must_be_settled_before_they_are_proposed() -> None:
    made, consensus = talking(20, 80, 50)
    with pytest.raises(NotReady) as refused:
        services.propose(made.actors[0], consensus)
    assert len(refused.value.missing) == len(consensus.items)


def test_a_word_of_discussion_has_its_author_and_its_item() -> None:
    made, consensus = talking(20, 80, 50)
    code = consensus.items[3].item_code
    services.discuss(made.actors[2], consensus, code=code, text="对标数据只有一年。")
    (note,) = queries.notes(consensus, code)
    assert (note.expert_id, note.text) == (made.experts[2].id, "对标数据只有一年。")
    with pytest.raises(Invalid):
        services.discuss(made.actors[2], consensus, code=code, text=" ")


# --- answered, agreed, given up -----------------------------------------------------------------------------------


def test_more_than_half_of_the_panel_makes_an_agreement_and_dissent_stays_on_record() -> None:
    made, consensus = talking(20, 80, 50)
    proposed(made, consensus)
    with pytest.raises(NotReady):
        services.agree(made.actors[0], consensus)
    services.answer(made.actors[1], consensus, confirms=False, text="4.7 的依据不足，应为 45%。")
    services.answer(made.actors[2], consensus, confirms=True)
    services.agree(made.actors[0], consensus)
    report = services.release(made.actors[0], consensus, text="多数意见如上。")
    assert [answer["confirms"] for answer in report.content["answers"]] == [False, True]
    assert "应为 45%" in report.content["answers"][0]["text"]


def test_a_dissent_says_why_and_an_answer_is_given_once() -> None:
    made, consensus = talking(20, 80, 50)
    proposed(made, consensus)
    with pytest.raises(Invalid):
        services.answer(made.actors[1], consensus, confirms=False)
    services.answer(made.actors[1], consensus, confirms=True)
    with pytest.raises(WrongState):
        services.answer(made.actors[1], consensus, confirms=True)
    with pytest.raises(WrongState):
        services.answer(made.actors[0], consensus, confirms=True)


def test_a_revised_proposal_asks_the_panel_anew() -> None:
    made, consensus = talking(20, 80, 50)
    proposed(made, consensus)
    services.answer(made.actors[1], consensus, confirms=True)
    services.revise(made.actors[0], consensus)
    proposed(made, consensus, 65)
    assert (queries.tally(consensus).confirmed, len(queries.answers(consensus))) == (1, 1)


def test_who_recuses_after_the_opening_has_no_voice_any_more() -> None:
    made, consensus = talking(20, 80, 50)
    proposed(made, consensus)
    services.answer(made.actors[1], consensus, confirms=True)
    lifecycle.advance(made.assignment(0, 1), "assignment.recuse", made.actors[1], reason="刚获知利害关系")
    db.session.expire(consensus)
    tally = queries.tally(consensus)
    assert (tally.members, tally.confirmed) == (2, 1)
    assert not allows(made.actors[1], "consensus.read", consensus)


def test_giving_up_needs_a_reason_and_leaves_no_total() -> None:
    made, consensus = talking(20, 80, 50)
    with pytest.raises(NotReady):
        services.give_up(made.actors[0], consensus, reason=" ")
    services.give_up(made.actors[0], consensus, reason="对结果类目的判断无法统一。")
    report = services.release(office(), consensus, text="分歧未能消除。")
    assert (report.content["total_twentieths"], report.content["fallback"]) == (None, "mean")


def test_every_step_is_on_record() -> None:
    made, consensus = talking(20, 80, 50)
    released(made, consensus)
    actions = db.session.scalars(
        select(AuditEvent.action)
        .where(AuditEvent.subject_type == "consensus", AuditEvent.action != "consensus.edit")
        .order_by(AuditEvent.id)
    )
    steps = ("open", "propose", "answer", "answer", "agree", "release")
    assert list(actions) == [f"consensus.{step}" for step in steps]


# --- and the ranking ----------------------------------------------------------------------------------------------


def ranked(made: Panel) -> dict[str, tuple[str, str]]:
    scoring.close_round(office(), made.round)
    computed = ranking.compute(office(), made.round)
    return {row.application.number: (row.score, row.bases["paper"]) for row in computed.rows}


def test_the_ranking_waits_for_the_reports() -> None:
    made, consensus = talking(20, 80, 50)
    scoring.close_round(office(), made.round)
    with pytest.raises(NotReady) as refused:
        ranking.compute(office(), made.round)
    assert [message.values for message in refused.value.missing] == [{"dossier": made.dossiers[0].number}]
    released(made, consensus)
    ranking.compute(office(), made.round)


@pytest.mark.databases
def test_the_agreed_total_counts_or_else_the_named_fallback(app_context: Flask) -> None:
    made = panel(3, 3)
    for dossier, percents in enumerate(((20, 80, 50), (20, 80, 65), (50, 55, 60))):
        for position, percent in enumerate(percents):
            hand_in(made.sheet(dossier, position), percent)
    released(made, found(made, 0), 70)
    services.give_up(made.actors[0], found(made, 1), reason="无法统一。")
    services.release(made.actors[0], found(made, 1), text="分歧未能消除。")
    first, second, third = (dossier.number for dossier in made.dossiers)
    assert ranked(made) == {first: ("700/1", "consensus"), second: ("550/1", "mean"), third: ("550/1", "mean")}
    assert healthy()


def test_an_agreement_that_no_panel_released_is_found_by_the_doctor() -> None:
    made, consensus = talking(20, 80, 50)
    agreed(made, consensus)
    services.release(made.actors[0], consensus, text="一致。")
    ranked(made)
    assert healthy()
    db.session.execute(text("UPDATE consensus SET total_twentieths = total_twentieths + 5"))
    assert not healthy()


def test_those_who_watch_see_all_of_an_edition() -> None:
    _made, consensus = talking(20, 80, 50)
    assert [each.id for each in queries.listed(office(), consensus.edition_id)] == [consensus.id]
    assert db.session.scalars(select(Consensus)).one().id == consensus.id


def test_what_waits_for_whom_follows_the_steps() -> None:
    made, consensus = talking(20, 80, 50)
    edition = consensus.edition_id
    assert [bool(queries.waiting_for(actor, edition)) for actor in made.actors] == [True, True, True]
    proposed(made, consensus)
    services.answer(made.actors[1], consensus, confirms=True)
    assert [bool(queries.waiting_for(actor, edition)) for actor in made.actors] == [True, False, True]
    services.agree(made.actors[0], consensus)
    assert [bool(queries.waiting_for(actor, edition)) for actor in made.actors] == [True, False, False]
    services.release(made.actors[0], consensus, text="一致。")
    assert not any(queries.waiting_for(actor, edition) for actor in made.actors)
