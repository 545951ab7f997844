"""Quorum, ballot papers and the count, from tables of cases."""

from dataclasses import replace
from fractions import Fraction

import pytest

from app.decisions import rules
from app.decisions.rules import Candidate, LevelSeats
from app.kernel.words import LocalText
from app.programmes.rules.admission import Level, ReservedSeats
from app.programmes.rules.review import Majority
from app.programmes.rules.values import ApplicantKind
from tests.support.rulebooks import rulebook

ORGANISATION, INDIVIDUAL = ApplicantKind.ORGANISATION, ApplicantKind.INDIVIDUAL
TWO_THIRDS = Majority("award", Fraction(2, 3), strict=False)
MORE_THAN_HALF = Majority("nomination", Fraction(1, 2), strict=True)
BOTH = ("award", "nomination")


def candidate(number: int, award: int, nomination: int = 0, *, entitled: int = 9, rank: int | None = None) -> Candidate:
    votes = {"award": award, "nomination": nomination, "reject": entitled - award - nomination}
    return Candidate(number, rank or number, ORGANISATION, BOTH, votes, entitled)


def levels(award: int = 2, nomination: int = 2) -> list[LevelSeats]:
    return [LevelSeats(TWO_THIRDS, award), LevelSeats(MORE_THAN_HALF, nomination)]


def result(candidates: list[Candidate], seats: list[LevelSeats]) -> list[str]:
    """`1:award 2:- 3:again`, in the order of the proposed list."""
    verdicts = rules.decide(candidates, seats)
    return [f"{each.id}:{each.level_key or ('again' if each.new_vote else '-')}" for each in verdicts]


@pytest.mark.parametrize(
    ("total", "share", "needed"),
    [(9, "2/3", 6), (10, "2/3", 7), (11, "2/3", 8), (1, "2/3", 1), (7, "1/2", 4), (8, "1/2", 4), (5, "1/1", 5)],
)
def test_the_quorum_is_a_share_of_all_members_rounded_up(total: int, share: str, needed: int) -> None:
    assert rules.quorum_needed(total, Fraction(share)) == needed


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ({"present": 6}, []),
        ({"present": 5}, ["委员共 9 人，按规则须有 2/3（6 人）到会，现到会 5 人"]),
        ({"present": 0, "total": 0}, ["未达到法定人数"]),
        ({"present": 6, "papers": 0}, ["没有待表决的申报"]),
        ({"present": 5, "papers": 0, "secret": False}, ["没有待表决的申报", "只办理无记名投票", "未达到法定人数"]),
    ],
)
def test_opening_says_everything_that_is_missing(case: dict[str, int], said: list[str]) -> None:
    whole = {"total": 9, "share": Fraction(2, 3), "papers": 3, "secret": True} | case
    missing = rules.missing_for_opening(**whole)
    assert len(missing) == len(said)
    for sentence, part in zip(missing, said, strict=True):
        assert part in str(sentence)


LEVELS = (
    Level("award", LocalText.same("a"), 5, vacancy_allowed=True, kinds=(ORGANISATION,), floor=600),
    Level("nomination", LocalText.same("n"), 10, vacancy_allowed=True, kinds=(ORGANISATION, INDIVIDUAL), floor=550),
)


@pytest.mark.parametrize(
    ("score", "kind", "may_become"),
    [
        (Fraction(600), ORGANISATION, BOTH),
        (Fraction(11999, 20), ORGANISATION, ("nomination",)),
        (Fraction(700), INDIVIDUAL, ("nomination",)),
        (Fraction(10999, 20), ORGANISATION, ()),
        (None, ORGANISATION, ()),
    ],
)
def test_a_floor_and_the_kind_of_applicant_close_a_level(
    score: Fraction | None, kind: ApplicantKind, may_become: tuple[str, ...]
) -> None:
    assert rules.open_levels(LEVELS, kind=kind, score=score) == may_become


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({1: "award", 2: "abstain"}, []),
        ({1: "award"}, ["还有 1 件没有选择"]),
        ({1: "", 2: ""}, ["还有 2 件没有选择"]),
        ({1: "award", 2: "award"}, ["有 1 项选择不在您的选票上"]),
        ({1: "award", 2: "reject", 3: "award"}, ["有 1 项选择不在您的选票上"]),
        ({2: "gold"}, ["还有 1 件没有选择", "有 1 项选择不在您的选票上"]),
    ],
)
def test_a_ballot_paper_is_complete_or_says_why_not(choices: dict[int, str], said: list[str]) -> None:
    allowed = {1: ("award", "nomination", "reject", "abstain"), 2: ("nomination", "reject", "abstain")}
    problems = rules.ballot_problems(allowed, choices)
    assert len(problems) == len(said)
    assert all(part in str(problem) for problem, part in zip(problems, said, strict=True))


COUNTS = [
    ("two thirds are reached exactly", [candidate(1, 6)], levels(), ["1:award"]),
    ("one voice short falls to nomination", [candidate(1, 5)], levels(), ["1:nomination"]),
    ("award and nomination voices count together", [candidate(1, 2, 3)], levels(), ["1:nomination"]),
    ("half is not more than half", [candidate(1, 2, 2, entitled=8)], levels(), ["1:-"]),
    ("nobody reaches anything: all seats stay vacant", [candidate(1, 1), candidate(2, 0)], levels(), ["1:-", "2:-"]),
    ("fewer than seats: the rest stays vacant", [candidate(1, 9)], levels(5, 10), ["1:award"]),
    ("a recused member lowers the denominator: 5 of 9", [candidate(1, 5, entitled=9)], levels(), ["1:nomination"]),
    ("a recused member lowers the denominator: 5 of 7", [candidate(1, 5, entitled=7)], levels(), ["1:award"]),
    ("everybody recused", [candidate(1, 0, entitled=0)], levels(), ["1:-"]),
    ("seats go by voices", [candidate(1, 6), candidate(2, 7), candidate(3, 8)], levels(), ["3:award", "2:award", "1:nomination"]),
    ("equal voices: the official rank", [candidate(2, 7), candidate(1, 7), candidate(3, 7)], levels(), ["1:award", "2:award", "3:nomination"]),
    (
        "a tie at the last seat seats nobody and waits for a new vote",
        [candidate(1, 9), candidate(2, 7, rank=2), candidate(3, 7, rank=2), candidate(4, 6)],
        levels(2, 2),
        ["1:award", "4:nomination", "2:again", "3:again"],
    ),
    ("a tie that fits is none", [candidate(1, 7, rank=1), candidate(2, 7, rank=1)], levels(2, 0), ["1:award", "2:award"]),
    (
        "a tie behind the last seat falls to the next level",
        [candidate(1, 9), candidate(2, 6, rank=2), candidate(3, 6, rank=2)],
        levels(1, 2),
        ["1:award", "2:nomination", "3:nomination"],
    ),
    ("more nominees than seats", [candidate(1, 0, 9), candidate(2, 0, 8), candidate(3, 0, 7)], levels(2, 2), ["1:nomination", "2:nomination", "3:-"]),
    ("seats given in an earlier session are gone", [candidate(1, 9)], levels(0, 1), ["1:nomination"]),
]  # fmt: skip


@pytest.mark.parametrize(("candidates", "seats", "expected"), [c[1:] for c in COUNTS], ids=[c[0] for c in COUNTS])
def test_the_count(candidates: list[Candidate], seats: list[LevelSeats], expected: list[str]) -> None:
    assert result(candidates, seats) == expected


def test_a_level_closed_to_a_dossier_is_not_given_whatever_the_voices() -> None:
    below_the_floor = Candidate(1, 1, ORGANISATION, ("nomination",), {"nomination": 9}, 9)
    assert result([below_the_floor], levels()) == ["1:nomination"]


def person(number: int, award: int, rank: int) -> Candidate:
    return Candidate(number, rank, INDIVIDUAL, BOTH, {"award": award}, 9)


def test_a_limit_for_a_kind_of_applicant_is_kept_and_its_tie_is_voted_on_again() -> None:
    seats = [LevelSeats(TWO_THIRDS, 3, {INDIVIDUAL: 1}), LevelSeats(MORE_THAN_HALF, 3)]
    assert result([person(1, 9, 1), person(2, 8, 2), candidate(3, 7)], seats) == [
        "1:award",
        "3:award",
        "2:nomination",
    ]
    assert result([person(1, 9, 1), person(2, 9, 1), candidate(3, 7)], seats) == ["3:award", "1:again", "2:again"]


def test_the_count_tells_the_voices_of_each_level() -> None:
    verdict = rules.decide([candidate(1, 4, 3)], levels())[0]
    assert dict(verdict.yes) == {"award": 4, "nomination": 7}


# --- several rounds -----------------------------------------------------------------------------------------------


def counted(number: int, level: str, *, of: int = 1, new_vote: bool = False) -> rules.Counted:
    return rules.Counted(number, of, level, 9, {}, {}, new_vote)


def test_the_last_round_of_a_dossier_decides_and_levels_come_from_the_highest() -> None:
    first = [
        counted(2, "award"),
        counted(5, "nomination"),
        counted(1, ""),
        counted(3, "", new_vote=True),
        counted(4, ""),
    ]
    second = [counted(3, "award", of=2), counted(4, "nomination", of=2)]
    listed = rules.settled([first, second], BOTH, [1, 2, 3, 4, 5])
    assert [(each.application_id, each.level_key, each.round_number) for each in listed] == [
        (2, "award", 1), (3, "award", 2), (5, "nomination", 1), (4, "nomination", 2), (1, "", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "levels_of", "expected"),
    [
        ("in order", {1: "award", 2: "nomination", 3: ""}, []),
        ("the first falls behind the second", {1: "nomination", 2: "award", 3: ""}, [(1, "award", (2,))]),
        ("passed over altogether", {1: "", 2: "award", 3: "nomination"}, [(1, "award", (2,)), (1, "nomination", (3,))]),
        ("who waits for a new vote keeps an open seat", {1: "again", 2: "award", 3: ""}, []),
        ("the third was never open to the award", {1: "award", 2: "", 3: "nomination"}, [(2, "nomination", (3,))]),
    ],
)
def test_departures_from_the_official_order(
    case: str, levels_of: dict[int, str], expected: list[tuple[int, str, tuple[int, ...]]]
) -> None:
    listed = [
        counted(number, "" if level == "again" else level, new_vote=level == "again")
        for number, level in levels_of.items()
    ]
    found = rules.departures(listed, [candidate(number, 0) for number in levels_of], BOTH)
    assert [(each.passed, each.level_key, each.for_whom) for each in found] == expected, case


def test_equal_ranks_and_closed_levels_are_no_departure() -> None:
    equal = [candidate(1, 0, rank=1), candidate(2, 0, rank=1)]
    assert rules.departures([counted(1, ""), counted(2, "award")], equal, BOTH) == []
    closed = [Candidate(1, 1, ORGANISATION, ("nomination",), {}, 9), candidate(2, 0)]
    assert rules.departures([counted(1, "nomination"), counted(2, "award")], closed, BOTH) == []


# --- reserved seats -----------------------------------------------------------------------------------------------


def marked(number: int, award: int, *tags: str, rank: int = 0) -> Candidate:
    return Candidate(number, rank or number, ORGANISATION, ("award",), {"award": award}, 9, frozenset(tags))


@pytest.mark.parametrize(
    ("case", "candidates", "expected"),
    [
        ("the kept seat goes to the small one behind", [marked(1, 9), marked(2, 8), marked(3, 7, "sme")], "1 3"),
        ("a small one ahead fills it, the other seat is open to all", [marked(1, 9, "sme"), marked(2, 8)], "1 2"),
        ("small ones may take both", [marked(1, 9, "sme"), marked(2, 8, "sme"), marked(3, 7)], "1 2"),
        (
            "it stays empty where no small one reaches the majority",
            [marked(1, 9), marked(2, 8), marked(3, 5, "sme")],
            "1",
        ),
        ("equals for the one open seat vote again", [marked(1, 9), marked(2, 9, rank=1), marked(3, 7, "sme")], "3"),
    ],
)
def test_a_reserved_seat_is_kept_for_those_it_is_meant_for(
    case: str, candidates: list[Candidate], expected: str
) -> None:
    verdicts = rules.decide(candidates, [LevelSeats(TWO_THIRDS, 2, others={frozenset({"sme"}): 1})])
    assert [str(each.id) for each in verdicts if each.level_key] == expected.split(), case


def test_equals_for_one_seat_take_no_more_of_their_kind_than_that_seat() -> None:
    """Three individuals are alike for the one seat open to them; the seat kept for a small one is no more than two of three."""
    alike = [replace(marked(number, 9, rank=1), kind=INDIVIDUAL) for number in (1, 2, 3)]
    small = replace(marked(4, 7, "sme"), kind=INDIVIDUAL)
    seats = LevelSeats(TWO_THIRDS, 2, {INDIVIDUAL: 3}, others={frozenset({"sme"}): 1})
    verdicts = rules.decide([*alike, small], [seats])
    assert [each.id for each in verdicts if each.level_key] == [4]
    assert [each.id for each in verdicts if each.new_vote] == [1, 2, 3]


def test_seats_kept_for_two_tags_leave_the_others_what_neither_needs() -> None:
    kept = replace(
        rulebook().levels[0], seats=3, reserved=(ReservedSeats("sme", 1), ReservedSeats("schools", 1))
    ).open_without()
    assert kept == {frozenset({"sme"}): 2, frozenset({"schools"}): 2, frozenset({"sme", "schools"}): 1}
    candidates = [marked(1, 9), marked(2, 8), marked(3, 7, "sme"), marked(4, 6, "schools")]
    verdicts = rules.decide(candidates, [LevelSeats(TWO_THIRDS, 3, others=kept)])
    assert [each.id for each in verdicts if each.level_key] == [1, 3, 4]


def test_a_lot_may_follow_the_vote() -> None:
    equals = [marked(number, 9, rank=1) for number in (1, 2, 3)]
    drawn = [replace(each, lot=lot) for each, lot in zip(equals, (4, 9, 7), strict=True)]
    seats = [LevelSeats(TWO_THIRDS, 2)]
    assert [each.id for each in rules.decide(equals, seats) if each.new_vote] == [1, 2, 3]
    assert [each.id for each in rules.decide(drawn, seats) if each.level_key] == [2, 3]
    voices_first = [replace(drawn[0], votes={"award": 10}), *drawn[1:]]
    assert [each.id for each in rules.decide(voices_first, seats) if each.level_key] == [1, 2]


def test_seats_of_a_kind_and_reserved_seats_are_kept_together() -> None:
    person = Candidate(1, 1, INDIVIDUAL, ("award",), {"award": 9}, 9)
    other = Candidate(2, 2, INDIVIDUAL, ("award",), {"award": 8}, 9)
    verdicts = rules.decide(
        [person, other, marked(3, 7), marked(4, 6, "sme")],
        [LevelSeats(TWO_THIRDS, 3, {INDIVIDUAL: 1}, {frozenset({"sme"}): 2})],
    )
    assert [each.id for each in verdicts if each.level_key] == [1, 3, 4]
