"""Computing and confirming: what is refused, what is stored, who goes on."""

import pytest
from sqlalchemy import select

from app import lifecycle
from app.audit.models import AuditEvent
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import Forbidden, NotReady, WrongState
from app.panels.models import Assignment
from app.ranking import queries, services
from app.workflow import ApplicationState, RankingState
from tests.factories import scoring
from tests.factories.decisions import office, supervisor
from tests.factories.ranking import next_round, ranked
from tests.factories.scoring import acting, panel, reviewed

pytestmark = pytest.mark.usefixtures("app_context")


def actions() -> list[str]:
    return list(db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


@pytest.mark.databases
def test_a_ranking_is_exact_and_says_who_would_go_on() -> None:
    _made, ranking = ranked([(60, 60, 60), (75, 70, 70), (65, 60, 70), (40, 40, 40)])
    assert [(row.application.name[4:7], row.rank, row.shown, row.advances) for row in ranking.rows] == [
        ("002", 1, "716.67", True),
        ("003", 2, "650.00", True),
        ("001", 3, "600.00", True),
        ("004", 4, "400.00", False),
    ]
    assert ranking.rows[0].score == "2150/3"
    assert ranking.rows[0].rounds == {"paper": "716.67"}
    assert ranking.digest == digest(ranking.snapshot)
    assert actions()[-1] == "ranking.compute"
    assert queries.recomputes(ranking)


def test_equal_scores_share_a_rank() -> None:
    _made, ranking = ranked([(60, 60, 60), (65, 60, 55), (70, 70, 70)])
    assert [(row.rank, row.tied) for row in ranking.rows] == [(1, False), (2, True), (2, True)]


def test_a_dossier_without_enough_reviews_is_listed_with_its_reason(frozen_clock) -> None:
    made = reviewed([(60, 60, 60), (70, 70, 70)], close=False)
    assignment = made.assignment(1, 2)
    lifecycle.advance(assignment, "assignment.recuse", acting(assignment.expert), reason="亲属任职")
    frozen_clock.move_to(frozen_clock.moment.replace(year=2027))
    scoring.services.close_round(office(), made.round, reason="专家回避，已无替补")
    ranking = services.compute(office(), made.round)
    last = ranking.rows[-1]
    assert (last.rank, last.reviews, last.shown) == (None, 2, "")
    assert last.reason["values"] == {"round": "paper", "found": 2, "needed": 3}
    assert not last.advances


def test_a_round_still_being_scored_is_not_ranked() -> None:
    with pytest.raises(NotReady) as refused:
        services.compute(office(), panel(1, 1).round)
    assert "评分还没有结束" in str(refused.value.missing[0])


def test_only_the_office_computes_and_confirms() -> None:
    made, ranking = ranked([(60, 60, 60)])
    with pytest.raises(Forbidden):
        services.compute(supervisor(), made.round)
    with pytest.raises(Forbidden):
        services.confirm(supervisor(), ranking)


def test_computing_again_supersedes_and_gives_the_same_digest() -> None:
    made, first = ranked([(60, 60, 60), (70, 70, 70)])
    second = services.compute(office(), made.round)
    assert (first.state, second.number) == (RankingState.SUPERSEDED, 2)
    assert first.digest == second.digest
    with pytest.raises(WrongState):
        services.confirm(office(), first)


def test_confirming_sends_the_first_on_and_lets_the_others_go() -> None:
    made, ranking = ranked([(70, 70, 70), (40, 40, 40)])
    services.confirm(office(), ranking)
    winner, loser = made.dossiers
    assert (winner.state, winner.round.key) == (ApplicationState.UNDER_REVIEW, "site")
    assert loser.state is ApplicationState.NOT_ADVANCED
    assert actions()[-3:] == ["ranking.confirm", "application.shortlist", "application.drop"]
    assert queries.recomputes(ranking)


def test_a_confirmed_ranking_is_neither_confirmed_nor_computed_again() -> None:
    made, ranking = ranked([(70, 70, 70)], confirm=True)
    with pytest.raises(WrongState):
        services.confirm(office(), ranking)
    with pytest.raises(NotReady) as refused:
        services.compute(office(), made.round)
    assert "已经确认" in str(refused.value.missing[0])


def test_what_changed_since_the_computation_asks_for_a_new_one() -> None:
    made, ranking = ranked([(70, 70, 70), (60, 60, 60)])
    assignment: Assignment = made.assignment(1, 2)
    lifecycle.advance(assignment, "assignment.recuse", acting(assignment.expert), reason="亲属任职")
    with pytest.raises(NotReady) as refused:
        services.confirm(office(), ranking)
    assert "请重新计算" in str(refused.value.missing[0])


def test_an_applicant_who_withdrew_is_not_ranked() -> None:
    made = reviewed([(70, 70, 70), (60, 60, 60)])
    gone = made.dossiers[0]
    owner = scoring.decisions.acting(db.session.get(scoring.User, gone.owner_id))
    lifecycle.advance(gone, "application.withdraw", owner, reason="改制")
    assert [row.application_id for row in services.compute(office(), made.round).rows] == [made.dossiers[1].id]


@pytest.mark.databases
def test_the_final_ranking_combines_all_rounds_and_draws_the_lines() -> None:
    made, _paper = ranked([(70,) * 3, (65,) * 3, (60,) * 3], confirm=True)
    site = next_round(made, "site", [(60,) * 5, (80,) * 5, (60,) * 5])
    services.confirm(office(), services.compute(office(), site.round))
    defence = next_round(made, "defence", [(60,) * 7, (60,) * 7, (30,) * 7])
    final = services.compute(office(), defence.round)
    assert final.is_final
    assert [(row.application.name[4:7], row.shown, row.line) for row in final.rows] == [
        ("002", "715.00", "award"),
        ("001", "630.00", "award"),
        ("003", "540.00", ""),
    ]
    assert final.summary["floors"] == [{"floor": 600, "after": 2}, {"floor": 550, "after": 2}]
    assert [(line["level"], line["vacant"]) for line in final.summary["lines"]] == [("award", 3), ("nomination", 10)]
    services.confirm(office(), final)
    assert queries.final_ranking(made.edition) is final
    assert {dossier.state for dossier in made.dossiers} == {ApplicationState.UNDER_REVIEW}
    assert queries.recomputes(final)


@pytest.mark.parametrize("change", ["digest", "row", "snapshot", "review"])
def test_whatever_is_changed_in_a_stored_ranking_shows(change: str) -> None:
    _made, ranking = ranked([(70, 70, 70), (60, 60, 60)])
    if change == "digest":
        ranking.digest = "0" * 64
    elif change == "row":
        ranking.rows[0].rank = 2
    elif change == "snapshot":
        ranking.snapshot = ranking.snapshot | {"round": "site"}
    else:
        invented = ranking.snapshot | {"reviews": []}
        invented["reviews"] = [[*each[:4], each[4] + 20, each[5]] for each in ranking.snapshot["reviews"]]
        ranking.snapshot = queries.rules.compute(
            queries.rulebook_of(ranking.edition), "paper", *queries.rules.stored_input(invented)[:2]
        ).record
        ranking.digest = digest(ranking.snapshot)
    db.session.flush()
    assert not queries.recomputes(ranking)
