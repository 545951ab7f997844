"""Whom to ask for the extra reviews at the borders: lawful, new to the dossier, whose review tells most; the office seats one by name."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from flask import Flask

from app.kernel.actor import Role
from app.kernel.database import db
from app.panels import eligibility
from app.panels import services as panels
from app.ranking import advice_queries, extra_readers, queries
from app.ranking.advice.extra import PROPOSED, Reader, first_choices, tells
from app.ranking.extra_readers import Proposal
from app.ranking.models import Ranking, RankingAdvice
from tests.factories import decisions, scoring
from tests.factories.ranking import ranked
from tests.ranking.test_advice import EXPERT, MEMBER, OFFICE, SUPERVISOR, arrange, many
from tests.support.client import Client

__all__ = ["arrange"]
ONE = Reader("E1", tells=80, error=10, reviews=5, fit=4_000, load=3, limit=10, is_unusual=False)


@pytest.mark.parametrize(
    ("error", "worth"),
    [(0.0, 100), (50.0, 50), (25.0, 80), (60.0, 41)],
)
def test_a_review_tells_less_the_less_is_known_of_its_experts_severity(error: float, worth: int) -> None:
    assert tells(50.0, error) == worth


def test_the_order_of_choice_does_not_hang_on_the_order_of_the_pool() -> None:
    clear = replace(ONE, expert="E2", tells=81)
    fitting = replace(ONE, expert="E3", fit=10_000)
    idle = replace(ONE, expert="E4", load=0)
    odd = replace(ONE, expert="E0", tells=95, is_unusual=True)
    last = replace(ONE, expert="E5")
    for given in ([ONE, clear, fitting, idle, odd], [odd, idle, fitting, clear, ONE]):
        assert [each.expert for each in first_choices(given)] == ["E2", "E3", "E4", "E1", "E0"]
    assert len(first_choices([ONE, clear, fitting, idle, odd, last])) == PROPOSED
    assert odd not in first_choices([ONE, clear, fitting, idle, odd, last]), "to be looked at comes last"


def proposed(ranking: Ranking) -> list[Proposal]:
    advised, view = advice_queries.advised(ranking.id), queries.view(ranking.id)
    assert advised is not None
    assert view is not None
    return extra_readers.proposals(view, advised.content)


def arranged() -> Ranking:
    """A confirmed ranking whose first dossiers have gone on; beside its five readers four more experts, one of them from the
    applicants' own province and one who was taken out of the pool's use."""
    _made, ranking = ranked(many(), confirm=True)
    found = [scoring.expert(number)[0] for number in range(6, 10)]
    for place in found[0].regions:
        place.region_code = "140100"
    found[1].available = False
    db.session.flush()
    return ranking


@pytest.mark.databases
def test_only_lawful_experts_who_have_not_read_the_dossier_are_proposed(app_context: Flask) -> None:
    ranking = arranged()
    found = proposed(ranking)
    assert [each.application.number for each in found] == [
        number for number, _value in db.session.query(RankingAdvice).one().content["worth"]
    ]
    for each in found:
        assert {offer.expert.number for offer in each.offers} == {"E008", "E009"}
        for offer in each.offers:
            assert eligibility.pair(each.round, offer.expert, each.application).as_member.is_lawful
            assert offer.reader.reviews == 0
            assert "没有评过这一轮" in offer.reasons[0].text


def test_where_a_dossier_has_gone_on_the_office_seats_one_of_them_by_name(app_context: Flask) -> None:
    ranking = arranged()
    onward = next(each for each in proposed(ranking) if each.round.key != "paper")
    assert onward.is_open
    offer = onward.offers[0]
    assert offer.against == ()
    panels.seat_by_hand(
        decisions.office(), onward.round, onward.application, offer.expert, is_leader=True, reason="边界申报增加评审"
    )
    (again,) = (each for each in proposed(ranking) if each.application.id == onward.application.id)
    assert offer.expert.number not in {each.expert.number for each in again.offers}


def test_a_round_that_is_over_takes_nobody_and_says_so(app_context: Flask) -> None:
    left = [each for each in proposed(arranged()) if each.round.key == "paper"]
    assert left
    for each in left:
        assert "本轮评分已经结束" in each.closed[0].text
        assert not each.is_open


@pytest.mark.parametrize(("who", "status"), [(OFFICE, 200), (SUPERVISOR, 200), (MEMBER, 403), (EXPERT, 404)])
def test_who_reads_whom_to_ask(
    arrange: Callable[[], AbstractContextManager[None]], signed_in: Callable[[str], Client], *, who: str, status: int
) -> None:
    with arrange():
        ranking = arranged()
        scoring.person(MEMBER, Role.COMMITTEE, edition_id=ranking.edition_id)
        seat = next(each for each in proposed(ranking) if each.is_open)
        address = f"/rounds/{seat.round.id}/panels/{seat.application.number}/seat/{seat.offers[0].expert.number}"
    reader = signed_in(who)
    assert reader.get("/rankings/1/extra").status_code == status
    if status == 200:
        page = reader.page("/rankings/1/extra")
        assert (address in page.links()) == (who == OFFICE), "only the office gives seats"
        assert "/rankings/1/extra" in reader.page("/rankings/1/advice").links()
