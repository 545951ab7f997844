"""When declarations are due, and which letter goes out on which day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.outcomes.watch import rules
from app.outcomes.watch.rules import Letter, Statement
from app.programmes.rules.review import WatchRule, years_after

RULE = WatchRule(years=3, yearly_declaration=True, declaration_days=30, reminder_days=7)
APPROVED = date(2026, 8, 31)
OPENS, DUE = date(2027, 9, 1), date(2027, 9, 30)


def test_one_declaration_a_year_is_due_so_many_days_after_each_anniversary() -> None:
    found = rules.owed(RULE, APPROVED)
    assert [(each.year, each.begins_on, each.ends_on, each.due_on) for each in found] == [
        (1, date(2026, 9, 1), date(2027, 8, 31), date(2027, 9, 30)),
        (2, date(2027, 9, 1), date(2028, 8, 31), date(2028, 9, 30)),
        (3, date(2028, 9, 1), date(2029, 8, 31), date(2029, 9, 30)),
    ]
    assert rules.ends_on(RULE, APPROVED) == date(2029, 8, 31)


@given(st.dates(date(2000, 1, 1), date(2080, 12, 31)), st.integers(1, 9))
@example(date(2024, 2, 29), 5)
@example(date(2023, 2, 28), 5)
@example(date(2024, 3, 1), 5)
def test_every_day_of_the_watch_period_belongs_to_one_year(approved_on: date, years: int) -> None:
    found = rules.owed(replace(RULE, years=years), approved_on)
    days = [
        each.begins_on + timedelta(days=n) for each in found for n in range((each.ends_on - each.begins_on).days + 1)
    ]
    assert days == [approved_on + timedelta(days=n) for n in range(1, len(days) + 1)], "none twice, none left out"
    assert days[-1] == rules.ends_on(replace(RULE, years=years), approved_on)


@pytest.mark.parametrize(
    ("approved_on", "last_days"),
    [
        (date(2024, 2, 29), [(2025, 2, 28), (2026, 2, 28), (2027, 2, 28), (2028, 2, 29)]),
        (date(2023, 2, 28), [(2024, 2, 28), (2025, 2, 28), (2026, 2, 28), (2027, 2, 28)]),
    ],
)
def test_a_leap_day_ends_a_year_where_there_is_one(approved_on: date, last_days: list[tuple[int, int, int]]) -> None:
    found = rules.owed(replace(RULE, years=4), approved_on)
    assert [each.ends_on for each in found] == [date(*day) for day in last_days]


def test_a_rulebook_without_declarations_or_years_asks_for_none() -> None:
    never = WatchRule(years=3, yearly_declaration=False, declaration_days=30, reminder_days=7)
    no_year = WatchRule(years=0, yearly_declaration=True, declaration_days=30, reminder_days=7)
    assert rules.owed(never, APPROVED) == rules.owed(no_year, APPROVED) == ()


def test_who_was_approved_on_a_leap_day_has_an_anniversary_every_year() -> None:
    assert [years_after(date(2024, 2, 29), years) for years in (1, 4)] == [date(2025, 2, 28), date(2028, 2, 29)]


@pytest.mark.parametrize(
    ("today", "letter"),
    [
        (OPENS - timedelta(days=1), Letter.NONE),
        (OPENS, Letter.OPEN),
        (date(2027, 9, 22), Letter.OPEN),
        (date(2027, 9, 23), Letter.SOON),
        (DUE, Letter.SOON),
        (DUE + timedelta(days=1), Letter.LATE),
    ],
)
def test_the_letter_of_the_day(today: date, letter: Letter) -> None:
    assert rules.letter_due(today, opens_on=OPENS, due_on=DUE, reminder_days=7) is letter


@given(st.integers(-40, 80), st.integers(0, 30))
def test_letters_only_go_forward_and_lateness_needs_no_reminder(day: int, reminder: int) -> None:
    def letter(offset: int) -> Letter:
        return rules.letter_due(OPENS + timedelta(days=offset), opens_on=OPENS, due_on=DUE, reminder_days=reminder)

    assert letter(day) <= letter(day + 1)
    assert (letter(day) is Letter.LATE) == (OPENS + timedelta(days=day) > DUE)


def test_a_yes_needs_words_and_figures_and_a_name_must_be_there() -> None:
    assert set(rules.problems(Statement({"accident": " "}, "", " "))) == {"accident_text", "figures", "signatory"}
    assert rules.problems(Statement({}, "甲", "乙")) == {}


def test_a_change_of_name_is_no_fact_against_the_holder() -> None:
    assert rules.facts_told({"changes": "迁址", "penalty": "罚款"}) == {"penalty": "罚款"}
