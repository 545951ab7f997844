"""The verifier's own arithmetic against the product's: written twice, it must come out the same on anything."""

from __future__ import annotations

import sys
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from app.decisions.rules import Candidate, LevelSeats, decide
from app.defences import rules as lots
from app.panels.ceremony import normal
from app.programmes.rules.review import Majority
from app.programmes.rules.values import ApplicantKind
from app.ranking import official
from app.ranking.official import Agreed, Deduction, Level, Review, RoundRule, Rules
from app.ranking.rules import role_weights

VERIFY = str(Path(__file__).resolve().parents[2] / "verify")
sys.path.insert(0, VERIFY)
try:
    import ballot
    import ed25519
    import hearing
    import ranking
finally:
    sys.path.remove(VERIFY)

Drawn = st.DataObject

# --- signatures ---------------------------------------------------------------------------------------------------


@settings(max_examples=15)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 63), st.integers(1, 255))
def test_signatures_are_judged_as_the_library_judges_them(
    secret: bytes, message: bytes, place: int, change: int
) -> None:
    key = Ed25519PrivateKey.from_private_bytes(secret)
    public, signature = key.public_key().public_bytes_raw().hex(), key.sign(message)
    changed = bytearray(signature)
    changed[place] ^= change
    assert ed25519.is_signed(message, signature.hex(), public)
    assert not ed25519.is_signed(message, bytes(changed).hex(), public)
    assert not ed25519.is_signed(message + b"x", signature.hex(), public)
    assert not ed25519.is_signed(message, signature.hex().upper() + " ", public)


# --- lots of the hearings -----------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(
    dossiers=st.lists(st.from_regex(r"SX[0-9]{1,4}", fullmatch=True), min_size=1, max_size=300, unique=True),
    questions=st.integers(0, 300),
    order_by_lot=st.booleans(),
    public=st.text(min_size=1, max_size=12).filter(lambda text: bool(normal(text))),
    secret=st.text(alphabet="abcdef0123456789", min_size=8, max_size=32),
)
def test_order_and_questions_come_out_as_the_product_draws_them(
    dossiers: list[str], questions: int, *, order_by_lot: bool, public: str, secret: str
) -> None:
    sealed = {
        "dossiers": dossiers,
        "questions": [str(number) for number in range(questions)],
        "order_by_lot": order_by_lot,
        "drawn_questions": min(questions, 2),
    }
    record = {"input_digest": "a" * 64, "public": public, "secret": secret, "nonce": "b" * 32}
    seed = lots.seed(record["input_digest"], public, secret=secret, nonce=record["nonce"])
    assert hearing.seed_of(record) == seed
    assert hearing.drawn(sealed, seed) == lots.drawn(sealed, seed)


# --- rankings -----------------------------------------------------------------------------------------------------

CHAINS = st.sampled_from(
    [
        ("results", "median", "head_to_head", "committee"),
        ("head_to_head", "committee"),
        ("second",),
        ("committee", "results"),
    ]
)
METHODS = st.sampled_from(["mean", "trimmed", "median", "weighted_mean"])
FALLBACKS = st.sampled_from(["mean", "median", "closest_pair"])
TOTALS = st.integers(0, 6).map(lambda step: 10_000 + 100 * step)


def books(draw: Any) -> dict[str, Any]:
    """Rulebooks of two rounds, as far as a ranking looks into one."""
    second: dict[str, Any] = draw(
        st.sampled_from([{"mode": "addend", "weight": 40}, {"mode": "correction", "correction_bound": 5}])
    )
    levels = [
        {"key": key, "seats": draw(st.integers(1, 3)), **draw(st.sampled_from([{}, {"floor": 505}, {"floor": 520}]))}
        for key in ("gold", "silver")
    ]
    return {
        "rounds": [
            {
                "key": "first",
                "mode": "addend",
                "weight": 60,
                "minimum_reviews": 1,
                "advance_factor": draw(st.sampled_from([1, "3/2"])),
            },
            {"key": "second", "minimum_reviews": draw(st.integers(0, 1)), **second},
        ],
        "levels": levels,
        "aggregation": {
            "method": draw(METHODS),
            "trim_from": draw(st.integers(3, 5)),
            "trim_each": 1,
            "trim_fallback": draw(FALLBACKS),
            "leader_weight": draw(st.sampled_from(["3/2", 2])),
            "ties": list(draw(CHAINS)),
            "decimals": draw(st.integers(0, 2)),
            "rounding": draw(st.sampled_from(["half_even", "half_up"])),
        },
    }


def rules_of(book: dict[str, Any], last: str) -> Rules:
    combined = book["aggregation"]
    rounds = [
        RoundRule(
            rule["key"],
            minimum_reviews=rule["minimum_reviews"],
            method=combined["method"],
            mode=rule["mode"],
            weight=rule.get("weight", 0),
            bound=rule.get("correction_bound", 0),
            trim_from=combined["trim_from"],
            trim_each=combined["trim_each"],
            fallback=combined["trim_fallback"],
            role_weights=role_weights(Fraction(str(combined["leader_weight"]))),
        )
        for rule in book["rounds"][: 2 if last == "second" else 1]
    ]
    levels = [Level(level["key"], level["seats"], level.get("floor")) for level in book["levels"]]
    shown = {name: combined[name] for name in ("decimals", "rounding")}
    return Rules(tuple(rounds), tuple(levels) if last == "second" else (), tuple(combined["ties"]), **shown)


def given_scores(draw: Any, last: str) -> tuple[list[Review], list[Agreed], list[Deduction]]:
    reviews = []
    for dossier in "ABCDEF":
        for key in ("first", "second")[: 2 if last == "second" else 1]:
            panel = draw(st.sets(st.sampled_from("pqrstu"), max_size=6))
            reviews += [
                Review(
                    dossier, key, who, draw(TOTALS), draw(st.integers(0, 3)) * 100, "leader" if who < "r" else "member"
                )
                for who in sorted(panel)
            ]
    scored = sorted({(review.dossier, review.round) for review in reviews})
    some = st.sets(st.sampled_from(scored), max_size=3) if scored else st.just(set[tuple[str, str]]())
    agreed = [Agreed(*pair, draw(TOTALS), 100) for pair in sorted(draw(some))]
    return reviews, agreed, [Deduction(*pair, draw(st.integers(1, 9))) for pair in sorted(draw(some))]


@settings(max_examples=150)
@given(st.data(), st.sampled_from(["first", "second"]))
def test_rankings_come_out_as_the_product_makes_them(data: Drawn, last: str) -> None:
    book = books(data.draw)
    reviews, agreed, off = given_scores(data.draw, last)
    made = official.rank("ABCDEF", reviews, rules_of(book, last), agreed=agreed, deductions=off)
    onward = ranking.onward(book, last)
    if onward is not None:
        made = official.shortlist(made, onward[0], floor=onward[1])
    wanted = official.snapshot(made, reviews, rules_of(book, last), agreed=agreed, deductions=off)
    further = {
        "agreed": [[each.dossier, each.round, each.total, each.results] for each in agreed],
        "deductions": [[each.dossier, each.round, each.points] for each in off],
    }
    sheets = [(each.dossier, each.round, each.reviewer, each.total, each.results, each.role) for each in reviews]
    rows, cuts = ranking.rank(book, last, list("FEDCBA"), reviews=sheets, further=further)
    assert [{**row, "reason": stored["reason"]} for row, stored in zip(rows, wanted["rows"], strict=True)] == wanted[
        "rows"
    ]
    assert cuts == wanted["cuts"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"aggregation": {"method": "group_z", "ties": []}}, "aggregation.method = group_z"),
        ({"levels": [{"key": "gold"}], "aggregation": {"method": "mean", "ties": ["lot"]}}, "aggregation.ties: lot"),
        ({"levels": [{"key": "gold", "reserved": [{"tag": "sme", "seats": 1}]}]}, "levels.gold"),
        ({"levels": [{"key": "gold", "kinds": ["organisation"]}]}, "levels.gold"),
        ({}, ""),
    ],
)
def test_a_rule_that_the_verifier_does_not_compute_is_named(change: dict[str, Any], named: str) -> None:
    group = {"enabled": True, "kinds": ["organisation", "individual"]}
    book = {
        "groups": [group],
        "rounds": [{"key": "first"}],
        "levels": [],
        "aggregation": {"method": "mean", "ties": []},
    }
    assert ranking.unknown(book | change, "first") == named


# --- the count ----------------------------------------------------------------------------------------------------

KINDS = st.sampled_from(["organisation", "individual"])


def candidates(draw: Any, levels: list[str]) -> list[dict[str, Any]]:
    found = []
    for number in range(draw(st.integers(1, 7))):
        able = [level for level in levels if draw(st.booleans())]
        votes = {choice: draw(st.integers(0, 4)) for choice in (*able, "reject", "abstain")}
        tags = sorted(draw(st.sets(st.sampled_from(["sme", "public"]))))
        rank = draw(st.none() | st.integers(1, 4))
        about = {"rank": rank, "kind": draw(KINDS), "tags": tags, "levels": able, "entitled": draw(st.integers(3, 9))}
        found.append({"id": str(number), **about, "votes": votes})
    return found


def levels(draw: Any) -> list[dict[str, Any]]:
    limits = st.lists(
        st.builds(lambda kind, seats: {"kind": kind, "seats": seats}, KINDS, st.integers(0, 2)), max_size=1
    )
    kept = st.sampled_from(
        [[], [{"tag": "sme", "seats": 1}], [{"tag": "sme", "seats": 1}, {"tag": "public", "seats": 1}]]
    )
    return [
        {"key": key, "seats": draw(st.integers(1, 3)), "limits": draw(limits), "reserved": draw(kept)}
        for key in ("gold", "silver")
    ]


@settings(max_examples=200)
@given(st.data(), st.booleans())
def test_counts_come_out_as_the_product_makes_them(data: Drawn, strict: bool) -> None:  # noqa: FBT001 - drawn
    chosen = levels(data.draw)
    majorities = [
        {"level": key, "share": share, "strict": strict} for key, share in (("gold", "2/3"), ("silver", "1/2"))
    ]
    book = {"levels": chosen, "committee": {"majorities": majorities}}
    dossiers = candidates(data.draw, ["gold", "silver"])
    taken = [("gold", {"kind": "organisation", "tags": ["sme"]})] if data.draw(st.booleans()) else []
    seats = [
        _seats(level, rule, [each for key, each in taken if key == level["key"]])
        for level, rule in zip(chosen, majorities, strict=True)
    ]
    verdicts = decide([_candidate(each) for each in dossiers], seats)
    made = ballot.decide(book, dossiers, taken)
    assert [(each["dossier"], each["level"], each["new_vote"], each["yes"]) for each in made] == [
        (str(each.id), each.level_key, each.new_vote, dict(each.yes)) for each in verdicts
    ]


def _seats(level: dict[str, Any], rule: dict[str, Any], used: list[dict[str, Any]]) -> LevelSeats:
    kinds = {
        ApplicantKind(limit["kind"]): limit["seats"] - sum(each["kind"] == limit["kind"] for each in used)
        for limit in level["limits"]
    }
    kept = {each["tag"]: each["seats"] for each in level["reserved"]}
    together = [tags for size in range(len(kept)) for tags in combinations(kept, size + 1)]
    others = {
        frozenset(tags): max(0, level["seats"] - sum(map(kept.__getitem__, tags)) - _without(tags, used))
        for tags in together
    }
    majority = Majority(rule["level"], Fraction(rule["share"]), rule["strict"])
    return LevelSeats(majority, level["seats"] - len(used), kinds, others)


def _without(tags: tuple[str, ...], used: list[dict[str, Any]]) -> int:
    return sum(set(tags).isdisjoint(each["tags"]) for each in used)


def _candidate(each: dict[str, Any]) -> Candidate:
    return Candidate(
        int(each["id"]),
        each["rank"],
        ApplicantKind(each["kind"]),
        tuple(each["levels"]),
        each["votes"],
        each["entitled"],
        frozenset(each["tags"]),
    )
