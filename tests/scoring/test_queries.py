"""What each person may see of scoring, the same by query and by policy."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from app import lifecycle
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.policy import allows
from app.programmes import services as programmes
from app.scoring import queries
from app.scoring.models import ScoreSheet
from app.scoring.rules import Standing, WorkGroup
from app.workflow import RoundState
from tests.factories.decisions import office, supervisor
from tests.factories.scoring import Panel, acting, hand_in, judge, panel
from tests.support.rulebooks import TEXTS, edited

pytestmark = pytest.mark.usefixtures("app_context")

ACTORS: dict[str, Callable[[Panel], Actor]] = {
    "first expert": lambda made: made.actors[0],
    "second expert": lambda made: made.actors[1],
    "leader": lambda made: acting(made.experts[0], Role.LEADER),
    "head": lambda made: acting(made.experts[1], Role.HEAD),
    "office": lambda _made: office(),
    "supervisor": lambda _made: supervisor(),
    "applicant": lambda _made: Actor(user_id=99, name="a", roles=frozenset({Role.APPLICANT})),
    "committee": lambda _made: Actor(user_id=98, name="c", roles=frozenset({Role.COMMITTEE})),
    "visitor": lambda _made: Actor.anonymous(),
}


@pytest.mark.databases
@pytest.mark.parametrize("who", ACTORS)
def test_the_sheets_that_are_listed_are_those_the_policy_allows(who: str) -> None:
    made = panel(3, 2)
    hand_in(made.sheet(1, 0))
    lifecycle.advance(made.assignment(2, 0), "assignment.recuse", made.actors[0], reason="亲属任职")
    actor = ACTORS[who](made)
    listed = set(db.session.scalars(select(ScoreSheet.id).where(queries.visible_to(actor))))
    allowed = {sheet.id for sheet in db.session.scalars(select(ScoreSheet)) if allows(actor, "score_sheet.read", sheet)}
    assert listed == allowed


@pytest.mark.databases
def test_the_work_list_holds_each_task_in_its_group() -> None:
    made = panel(4, 1, declared=False)
    for number in (1, 2, 3):
        lifecycle.advance(made.assignment(number), "assignment.clear", made.actors[0])
    judge(made.sheet(2), {"4.1.2": 50})
    hand_in(made.sheet(3))
    found = queries.worklist(made.actors[0], made.edition.id)
    assert {group: [task.title for task in tasks] for group, tasks in found.tasks.items()} == {
        WorkGroup.TO_DECLARE: ["示例制造001有限公司"],
        WorkGroup.RETURNED: [],
        WorkGroup.TO_SCORE: ["示例制造002有限公司"],
        WorkGroup.IN_PROGRESS: ["示例制造003有限公司"],
        WorkGroup.SUBMITTED: ["示例制造004有限公司"],
        WorkGroup.ABSTAINED: [],
    }
    assert (found.submitted, found.total) == (1, 4)
    assert found.windows[made.round.id].due is not None
    following = queries.next_task(made.actors[0], made.sheet(1))
    assert following is not None
    assert following.sheet_id == made.sheet(2).id


def test_a_recused_dossier_and_a_foreign_one_are_not_on_the_list() -> None:
    made = panel(1, 2)
    lifecycle.advance(made.assignment(0, 0), "assignment.recuse", made.actors[0], reason="亲属任职")
    assert queries.worklist(made.actors[0], made.edition.id).total == 0
    assert queries.worklist(made.actors[1], made.edition.id).total == 1


def test_a_blind_round_shows_numbers_instead_of_names() -> None:
    edition = programmes.create_edition(
        office(), rulebook_key="shanxi-2021", number=4, code="SX2026", starts=date(2026, 3, 2)
    )
    programmes.replace_rulebook(office(), edition, edited(TEXTS["shanxi-2021"], {"rounds[0].blind": True}))
    programmes.open_edition(office(), edition)
    made = panel(1, 1, edition=edition)
    (task,) = queries.worklist(made.actors[0], made.edition.id).tasks[WorkGroup.TO_SCORE]
    assert (task.title, task.number) == (made.dossiers[0].number, "")


@pytest.mark.databases
@pytest.mark.parametrize(
    ("who", "seats"),
    [("office", 4), ("supervisor", 4), ("head", 4), ("leader", 4), ("first expert", 0), ("applicant", 0)],
)
def test_progress_is_for_those_who_watch_and_for_leaders_of_their_own(who: str, seats: int) -> None:
    made = panel(2, 2)
    panel(1, 1, edition=made.edition, first_expert=5)
    watched = queries.seats(made.round.id, watched_by=ACTORS[who](made))
    assert len(watched) == (5 if seats == 4 and who != "leader" else seats)


def test_progress_says_how_far_each_seat_is() -> None:
    made = panel(1, 3)
    hand_in(made.sheet(0, 0))
    judge(made.sheet(0, 1), {"4.1.2": 50})
    assert [(seat.expert, seat.standing) for seat in queries.seats(made.round.id)] == [
        ("专家001", Standing.SUBMITTED),
        ("专家002", Standing.BEGUN),
        ("专家003", Standing.NOT_BEGUN),
    ]


def test_the_round_that_is_being_scored_is_shown_first() -> None:
    made = panel(1, 1)
    rounds = queries.rounds_of(made.edition.id)
    shown = queries.current_round(rounds)
    assert shown is not None
    assert (shown.key, shown.state) == ("paper", RoundState.SCORING)
    assert queries.current_round(rounds, 999) is None
    assert queries.current_round([]) is None
