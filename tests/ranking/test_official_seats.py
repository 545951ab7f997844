"""Seats that not everybody may have: kinds, limits, seats kept for a tag; and the lot at the end of the chain."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ranking.official import Facts, Level, Ranking, Review, RoundRule, Rules, Traits, rank, snapshot

PAPER = RoundRule("paper")
SME = frozenset({"sme"})
SEED = "5e" * 32


def ranked(
    scores: Mapping[str, int | Sequence[int]],
    *levels: Level,
    small: str = "",
    people: str = "",
    ties: tuple[str, ...] = ("committee",),
    seed: str = "",
) -> Ranking:
    """Totals in points by dossier (a letter); the small firms and the individuals among them."""
    reviews = [
        Review(dossier, "paper", f"E{place}", total * 20)
        for dossier, given_scores in scores.items()
        for place, total in enumerate([given_scores] if isinstance(given_scores, int) else given_scores)
    ]
    traits = {
        dossier: Traits(
            kind="individual" if dossier in people else "organisation", tags=SME if dossier in small else frozenset()
        )
        for dossier in scores
    }
    return rank(list(scores), reviews, Rules((PAPER,), levels, ties), facts=Facts(traits, seed))


def seated(ranking: Ranking) -> dict[str, str]:
    """By level the dossiers in the order of the list."""
    keys = [cut.level for cut in ranking.cuts]
    return {key: "".join(row.dossier for row in ranking.rows if row.line == key) for key in keys}


FALLING = {"A": 690, "B": 680, "C": 670, "D": 660, "E": 650}
ONE_KEPT = Level("award", 2, reserved={"sme": 1})


def test_a_seat_is_kept_for_the_best_small_firm() -> None:
    ranking = ranked(FALLING, ONE_KEPT, Level("nomination", 2), small="DE")
    assert seated(ranking) == {"award": "AD", "nomination": "BC"}
    award, nomination = ranking.cuts
    assert (award.filled, award.vacant, award.passed, award.tied) == (2, 0, ("B", "C"), ())
    assert nomination.passed == ()
    assert [(row.dossier, row.rank) for row in ranking.rows] == [(name, place) for place, name in enumerate("ABCDE", 1)]


def test_a_small_firm_that_is_good_enough_leaves_the_other_seats_to_all() -> None:
    ranking = ranked(FALLING, ONE_KEPT, Level("nomination", 2), small="A")
    assert seated(ranking) == {"award": "AB", "nomination": "CD"}
    assert ranking.cuts[0].passed == ()


@pytest.mark.parametrize(("small", "floor"), [("", None), ("E", 655)], ids=["there is none", "it is below the floor"])
def test_a_kept_seat_stays_empty_where_nobody_can_have_it(small: str, floor: int | None) -> None:
    ranking = ranked(FALLING, Level("award", 2, floor, reserved={"sme": 1}), Level("nomination", 2), small=small)
    assert seated(ranking) == {"award": "A", "nomination": "BC"}
    assert (ranking.cuts[0].vacant, ranking.cuts[0].passed) == (1, ())


def test_a_kind_that_a_level_does_not_take_goes_on_to_the_next() -> None:
    levels = Level("award", 1, kinds=("organisation",)), Level("nomination", 2)
    assert seated(ranked(FALLING, *levels, people="AB")) == {"award": "C", "nomination": "AB"}


def test_limits_of_two_kinds_leave_no_more_seats_open_than_both_together_allow() -> None:
    """Four equals, one seat for either kind: two seats are for the committee to give, though four are to be had."""
    level = Level("award", 4, limits={"individual": 1, "organisation": 1})
    (cut,) = ranked(dict.fromkeys("ABCD", 650), level, people="AB").cuts
    assert (cut.filled, cut.open_seats, cut.vacant) == (0, 2, 2)


def test_of_a_limited_kind_only_so_many_are_seated() -> None:
    ranking = ranked(FALLING, Level("award", 3, limits={"individual": 1}), people="ABC")
    assert seated(ranking) == {"award": "ADE"}
    assert ranking.cuts[0].passed == ("B", "C")


def test_two_tags_keep_their_seats_side_by_side() -> None:
    reviews = [Review(name, "paper", "E", 20 * (700 - place)) for place, name in enumerate("ABCDE")]
    traits = {"D": Traits(tags=frozenset({"sme"})), "E": Traits(tags=frozenset({"schools"}))}
    rules = Rules((PAPER,), (Level("award", 3, reserved={"sme": 1, "schools": 1}),))
    assert seated(rank(list("ABCDE"), reviews, rules, facts=Facts(traits))) == {"award": "ADE"}


# --- ties across such a line --------------------------------------------------------------------------------------


def test_a_tie_for_the_seats_that_are_open_to_all_does_not_touch_the_kept_one() -> None:
    ranking = ranked({"A": 690, "B": 690, "C": 650}, ONE_KEPT, Level("nomination", 1), small="C")
    award, nomination = ranking.cuts
    assert (award.tied, award.open, award.open_seats, award.filled) == (("A", "B"), ("A", "B"), 1, 1)
    assert ranking.row("C").line == "award"
    assert (nomination.filled, nomination.open) == (1, ())
    assert {ranking.row(name).line for name in "AB"} == {"nomination"}
    assert [ranking.row(name).straddles for name in "ABC"] == [True, True, False]


def test_small_firms_may_tie_for_the_kept_seat() -> None:
    ranking = ranked({"A": 690, "B": 650, "C": 650}, ONE_KEPT, small="BC")
    assert (ranking.cuts[0].open, ranking.cuts[0].open_seats, ranking.cuts[0].filled) == (("B", "C"), 1, 1)


def test_the_chain_parts_those_who_may_have_a_seat() -> None:
    scores = {"A": 690, "B": (640, 650, 660), "C": (630, 655, 665), "D": (650, 650, 650)}
    ranking = ranked(scores, ONE_KEPT, Level("nomination", 1), small="BC", ties=("median", "committee"))
    award, nomination = ranking.cuts
    assert seated(ranking)["award"] == "AC"
    assert (award.tied, award.decided_by, award.passed) == (("B", "C"), "median", ("D",))
    # B lost the kept seat and D had none to hope for: they are equal, and equal they stand at the next line
    assert (nomination.tied, nomination.open) == (("B", "D"), ("B", "D"))


def test_who_had_no_seat_to_hope_for_joins_a_tie_left_open() -> None:
    levels = ONE_KEPT, Level("nomination", 2)
    ranking = ranked({"A": 690, "B": 650, "C": 650, "D": 650}, *levels, small="BC")
    award, nomination = ranking.cuts
    assert (award.open, award.open_seats) == (("B", "C"), 1)
    assert (nomination.filled, nomination.open) == (2, ())
    assert {ranking.row(name).line for name in "BCD"} == {"nomination"}


def test_an_open_tie_that_a_limit_may_touch_stays_open_below() -> None:
    levels = Level("award", 1), Level("nomination", 2, limits={"individual": 0})
    ranking = ranked({"A": 690, "B": 690, "C": 690}, *levels, people="C")
    assert [(cut.open, cut.open_seats) for cut in ranking.cuts] == [(("A", "B", "C"), 1), (("A", "B", "C"), 2)]


def test_an_open_tie_of_which_none_may_be_seated_waits() -> None:
    levels = Level("award", 1), Level("team", 1, kinds=("team",)), Level("nomination", 1)
    ranking = ranked({"A": 690, "B": 690}, *levels)
    assert [(cut.filled, cut.vacant) for cut in ranking.cuts] == [(0, 0), (0, 1), (1, 0)]


def test_two_ties_may_stand_at_one_line() -> None:
    scores = {"A": (640, 690), "B": (650, 680), "C": (600, 610), "D": (605, 605)}
    ranking = ranked(scores, ONE_KEPT, small="CD", ties=("lot",), seed=SEED)
    (cut,) = ranking.cuts
    assert (cut.tied, cut.decided_by, cut.filled) == (("A", "B", "C", "D"), "lot", 2)
    assert len([row for row in ranking.rows if row.line == "award"]) == 2


# --- the lot ------------------------------------------------------------------------------------------------------


def test_a_lot_from_the_published_seed_ends_the_chain() -> None:
    scores = {"A": 690, "B": 690, "C": 690}
    found = {
        seed: seated(ranked(scores, Level("award", 1), ties=("median", "lot"), seed=seed))["award"]
        for seed in (f"{number:064x}" for number in range(60))
    }
    assert set(found.values()) == {"A", "B", "C"}
    assert ranked(scores, Level("award", 1), ties=("lot",), seed=SEED).cuts[0].decided_by == "lot"


def test_a_lot_does_not_depend_on_who_else_is_tied() -> None:
    seeds = [f"{number:064x}" for number in range(20)]
    for seed in seeds:
        all_three = ranked({"A": 690, "B": 690, "C": 690}, Level("award", 1), ties=("lot",), seed=seed)
        winner = seated(all_three)["award"]
        two = "".join(sorted({winner, "ABC"[("ABC".index(winner) + 1) % 3]}))
        assert seated(ranked(dict.fromkeys(two, 690), Level("award", 1), ties=("lot",), seed=seed))["award"] == winner


def test_without_a_published_seed_the_committee_decides() -> None:
    ranking = ranked({"A": 690, "B": 690}, Level("award", 1), ties=("lot",))
    assert (ranking.cuts[0].open, ranking.cuts[0].decided_by) == (("A", "B"), "")


# --- whatever the edition -----------------------------------------------------------------------------------------

TRAITS = st.builds(
    Traits, kind=st.sampled_from(["organisation", "individual"]), tags=st.sampled_from([frozenset(), SME])
)


@st.composite
def editions(draw: st.DrawFn) -> tuple[list[Review], Facts, Rules]:
    names = [f"D{number}" for number in range(draw(st.integers(1, 9)))]
    reviews = [Review(name, "paper", "E", draw(st.integers(600, 603)) * 20) for name in names]
    traits = {name: draw(TRAITS) for name in names}
    levels = tuple(draw(level(key)) for key in ("award", "nomination")[: draw(st.integers(1, 2))])
    ties = draw(st.sampled_from([("committee",), ("lot",)]))
    return reviews, Facts(traits, SEED), Rules((PAPER,), levels, ties)


@st.composite
def level(draw: st.DrawFn, key: str) -> Level:
    seats = draw(st.integers(1, 4))
    return Level(
        key,
        seats,
        draw(st.sampled_from([None, 601])) if key == "nomination" else None,
        kinds=draw(st.sampled_from([(), ("organisation",)])),
        limits=draw(st.sampled_from([{}, {"individual": 1}])),
        reserved=draw(st.sampled_from([{}, {"sme": 1}])),
    )


def standings(edition: tuple[list[Review], Facts, Rules]) -> Ranking:
    reviews, facts, rules = edition
    return rank([review.dossier for review in reviews], reviews, rules, facts=facts)


@given(editions())
def test_every_limit_holds(edition: tuple[list[Review], Facts, Rules]) -> None:
    _reviews, facts, rules = edition
    ranking = standings(edition)
    for each, cut in zip(rules.levels, ranking.cuts, strict=True):
        sure = [facts.of(row.dossier) for row in ranking.rows if row.line == each.key and not row.straddles]
        assert cut.filled + cut.open_seats + cut.vacant == each.seats
        assert min(cut.filled, cut.open_seats, cut.vacant) >= 0
        assert sum("sme" not in traits.tags for traits in sure) <= each.seats - each.reserved.get("sme", 0)
        assert sum(traits.kind == "individual" for traits in sure) <= each.limits.get("individual", each.seats)
        assert {traits.kind for traits in sure} <= set(each.kinds or ("organisation", "individual"))


@given(editions())
def test_nobody_is_below_one_alike_with_a_lower_score(edition: tuple[list[Review], Facts, Rules]) -> None:
    _reviews, facts, rules = edition
    depth = {key: place for place, key in enumerate([*(level.key for level in rules.levels), ""])}
    rows = [row for row in standings(edition).rows if not row.straddles]
    for above, below in permutations(rows, 2):
        alike = facts.of(above.dossier) == facts.of(below.dossier)
        if alike and (above.rank or 0) < (below.rank or 0):
            assert depth[above.line] <= depth[below.line]


@given(editions(), st.integers())
def test_the_order_of_the_input_does_not_matter(edition: tuple[list[Review], Facts, Rules], shuffled: int) -> None:
    reviews, facts, rules = edition
    mixed = random.Random(shuffled).sample(reviews, len(reviews))
    again = standings((mixed, facts, rules))
    assert snapshot(again, mixed, rules, facts=facts) == snapshot(standings(edition), reviews, rules, facts=facts)


@given(editions())
def test_a_lot_leaves_nothing_open(edition: tuple[list[Review], Facts, Rules]) -> None:
    reviews, facts, rules = edition
    assert not any(cut.open for cut in standings((reviews, facts, replace(rules, ties=("lot",)))).cuts)


def test_a_record_tells_limits_and_facts_only_where_there_are_any() -> None:
    reviews = [Review("A", "paper", "E", 12000), Review("B", "paper", "E", 11000)]
    plain, limited = (
        Rules((PAPER,), (Level("award", 1),)),
        Rules((PAPER,), (ONE_KEPT, Level("n", 1, limits={"team": 0}))),
    )
    facts = Facts({"B": Traits("g", "organisation", SME), "A": Traits("g", "team")}, SEED)
    before = snapshot(rank(["A", "B"], reviews, plain), reviews, plain)
    assert {"traits", "seed"}.isdisjoint(before)
    assert before["rules"]["levels"] == [{"key": "award", "seats": 1, "floor": None}]
    told = snapshot(rank(["A", "B"], reviews, limited, facts=facts), reviews, limited, facts=facts)
    assert told["traits"] == [["A", "g", "team", []], ["B", "g", "organisation", ["sme"]]]
    assert told["seed"] == SEED
    assert told["rules"]["levels"][0]["reserved"] == {"sme": 1}
    assert told["rules"]["levels"][1]["limits"] == {"team": 0}
