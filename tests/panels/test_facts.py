"""What panels learn of an expert from the pool: the days on which he is away, and the dossiers that he was promised."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from app.experts import services as experts
from app.kernel import clock
from app.panels import eligibility, facts, rules
from app.programmes.queries import period
from app.workflow import AssignmentState
from tests.factories.panels import Setting, pool_row, published, setting

pytestmark = pytest.mark.usefixtures("app_context")
BEFORE_THE_CALL = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _early() -> Iterator[None]:
    with clock.fixed(BEFORE_THE_CALL):
        yield


def scored_days(given: Setting) -> tuple[date, date]:
    window = period(given.edition, "paper")
    assert window is not None
    return facts.local_day(given.edition, window.opens_at), facts.local_day(given.edition, window.closes_at)


def block(given: Setting, number: int, *spans: tuple[date, date]) -> None:
    expert = given.expert(number)
    text = ";".join(f"{first}至{last}" for first, last in spans)
    experts.edit_expert(given.office, expert, {"blocked": text}, version=expert.version)


def state_of(given: Setting, number: int) -> str:
    found = facts.draw_input(given.round, given.dossiers)
    return next(expert.state for expert in found.experts if expert.id == f"E{number:03d}")


def test_whoever_is_away_on_every_day_of_scoring_is_not_drawn_and_the_page_says_why() -> None:
    given = setting(1)
    first, last = scored_days(given)
    middle = first + (last - first) / 2
    block(given, 4, (first - timedelta(days=3), middle), (middle + timedelta(days=1), last))

    assert state_of(given, 4) == "away"
    assert "E004" not in {seat.expert.number for seat in published(given)}
    found = facts.facts_for(given.round, [given.expert(4)], given.dossiers)
    (why,) = rules.judge(found.experts[0], found.dossiers[0], found.rule).objections
    assert (why.rule, why.text.text) == ("state", "专家登记的不能参加的日期占满了本轮余下的评分时间。")


@pytest.mark.parametrize("missing", ["the first day", "a day between", "the last day"])
def test_one_free_day_of_scoring_is_enough_to_be_drawn(missing: str) -> None:
    given = setting(1)
    first, last = scored_days(given)
    day, middle = timedelta(days=1), first + (last - first) / 2
    spans = {
        "the first day": [(first + day, last + day)],
        "a day between": [(first, middle - day), (middle + day, last)],
        "the last day": [(first - day, last - day)],
    }[missing]
    block(given, 4, *spans)
    assert state_of(given, 4) == "available"


def test_while_the_round_is_scored_only_what_is_left_of_it_counts() -> None:
    given = setting(1)
    _, last = scored_days(given)
    block(given, 4, (last - timedelta(days=2), last))
    assert state_of(given, 4) == "available"
    with clock.fixed(clock.start_of(last - timedelta(days=2)) + timedelta(hours=9)):
        assert state_of(given, 4) == "away"
    with clock.fixed(clock.start_of(last + timedelta(days=3))):
        assert state_of(given, 4) == "available"


def test_whoever_is_away_keeps_a_task_already_given() -> None:
    given = setting(1)
    seat = published(given)[0]
    block(given, int(seat.expert.number[1:]), scored_days(given))
    assert eligibility.unlawful_seats(given.edition) == []
    assert seat.state is AssignmentState.WAITING


def test_a_promise_is_kept_and_one_that_the_rules_forbid_stops_no_draw() -> None:
    given = setting(3, rows=[pool_row(90, min_load="3"), pool_row(91, min_load="2") | {"residence_region": "140200"}])
    seats = published(given)
    assert sum(seat.expert.number == "E090" for seat in seats) == 3
    assert "E091" not in {seat.expert.number for seat in seats}
