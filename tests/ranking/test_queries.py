"""What each person may see of rankings, the same by query and by policy."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.policy import allows
from app.ranking import queries, services
from app.ranking.models import Ranking
from tests.factories.decisions import office, supervisor
from tests.factories.ranking import ranked
from tests.factories.scoring import Panel, acting

pytestmark = pytest.mark.usefixtures("app_context")


def member(editions: set[int]) -> Actor:
    return Actor(user_id=90, name="m", roles=frozenset({Role.COMMITTEE}), editions=frozenset(editions))


ACTORS: dict[str, Callable[[Panel], Actor]] = {
    "office": lambda _made: office(),
    "supervisor": lambda _made: supervisor(),
    "head": lambda made: acting(made.experts[0], Role.HEAD),
    "leader": lambda made: acting(made.experts[0], Role.LEADER),
    "expert": lambda made: made.actors[0],
    "member": lambda made: member({made.edition.id}),
    "member of another edition": lambda made: member({made.edition.id + 1}),
    "applicant": lambda _made: replace(member(set()), roles=frozenset({Role.APPLICANT})),
    "visitor": lambda _made: Actor.anonymous(),
}


@pytest.mark.databases
@pytest.mark.parametrize("who", ACTORS)
def test_the_rankings_that_are_listed_are_those_the_policy_allows(who: str) -> None:
    made, _first = ranked([(60, 60, 60)])
    services.confirm(office(), services.compute(office(), made.round))
    actor = ACTORS[who](made)
    listed = {view.id for view in queries.views(actor, made.edition.id)}
    allowed = {each.id for each in db.session.scalars(select(Ranking)) if allows(actor, "ranking.read", each)}
    assert listed == allowed


def test_results_of_a_sheet_are_the_points_of_its_results_items() -> None:
    made, _ranking = ranked([(60, 60, 60)])
    results = {review.results for review in queries.reviews(made.round)}
    assert results == {400 * 60 * 20 // 100}


def test_there_is_no_final_ranking_before_it_is_confirmed() -> None:
    made, _ranking = ranked([(60, 60, 60)], confirm=True)
    assert queries.final_ranking(made.edition) is None
