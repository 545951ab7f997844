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
from app.kernel.spreadsheets import harmless
from app.outcomes.bundle import files
from app.panels.ceremony import normal
from app.programmes.rules.review import Majority
from app.programmes.rules.values import ApplicantKind
from app.ranking import official
from app.ranking.official import Agreed, Deduction, Facts, Level, Review, RoundRule, Rules, Traits, Unscorable
from app.ranking.rules import role_weights
from tests.support.effort import examples

VERIFY = str(Path(__file__).resolve().parents[2] / "verify")
sys.path.insert(0, VERIFY)
try:
    import archive
    import ballot
    import ed25519
    import hearing
    import ranking
    import rules as rulebook
finally:
    sys.path.remove(VERIFY)

Drawn = st.DataObject

# --- signatures ---------------------------------------------------------------------------------------------------


@settings(max_examples=examples(15))
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


# --- cells ----------------------------------------------------------------------------------------------------------

CELLS = st.text(alphabet="=+-@＝＋－＠'\t 　7.a甲", max_size=6).filter(lambda text: not text.startswith("'"))


@given(CELLS)
def test_a_cell_says_what_it_said_before_it_was_kept_from_being_a_formula(text: str) -> None:
    assert archive.plain(harmless(text)) == text


@pytest.mark.parametrize("text", ["=1+1", " \t-2+3", "　＝1", "＠x"])
def test_a_bundle_holds_no_formula(text: str) -> None:
    rows = files.table("a.csv", "a", ("name",), [[text]]).content.decode().splitlines()[1:]
    assert [row.strip('"')[0] for row in rows] == ["'"]


# --- lots of the hearings -----------------------------------------------------------------------------------------


@settings(max_examples=examples(40))
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
        ("results", "lot"),
        ("lot",),
        ("committee", "lot"),
    ]
)
METHODS = st.sampled_from(["mean", "trimmed", "median", "weighted_mean", "judge_z", "group_z"])
FALLBACKS = st.sampled_from(["mean", "median", "closest_pair"])
TOTALS = st.integers(0, 6).map(lambda step: 10_000 + 100 * step)
KINDS = st.sampled_from(["organisation", "individual"])
LIMITS = st.lists(st.builds(lambda kind, seats: {"kind": kind, "seats": seats}, KINDS, st.integers(0, 2)), max_size=1)
RESERVED = st.sampled_from(
    [[], [{"tag": "sme", "seats": 1}], [{"tag": "sme", "seats": 1}, {"tag": "public", "seats": 1}]]
)
DOSSIERS = "ABCDEFGH"


def level(draw: Any, key: str) -> dict[str, Any]:
    reserved = draw(RESERVED)
    return {
        "key": key,
        "seats": draw(st.integers(max(1, len(reserved)), 3)),
        "kinds": draw(st.sampled_from([["individual", "organisation"], ["organisation"]])),
        "limits": draw(LIMITS),
        "reserved": reserved,
        **draw(st.sampled_from([{}, {"floor": 505}, {"floor": 520}])),
    }


def books(draw: Any) -> dict[str, Any]:
    """Rulebooks of two rounds, as far as a ranking looks into one."""
    second: dict[str, Any] = draw(
        st.sampled_from([{"mode": "addend", "weight": 40}, {"mode": "correction", "correction_bound": 5}])
    )
    method = draw(METHODS)
    levels = [level(draw, key) for key in ("gold", "silver")]
    for each in levels if method.endswith("_z") else ():
        each.pop("floor", None)
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
            "method": method,
            "trim_from": draw(st.integers(3, 5)),
            "trim_each": 1,
            "trim_fallback": draw(FALLBACKS),
            "leader_weight": draw(st.sampled_from(["3/2", 2])),
            "spread": draw(st.sampled_from(["sample", "population"])),
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
            spread=combined["spread"],
        )
        for rule in book["rounds"][: 2 if last == "second" else 1]
    ]
    shown = {name: combined[name] for name in ("decimals", "rounding")}
    levels = tuple(map(line_of, book["levels"])) if last == "second" else ()
    return Rules(tuple(rounds), levels, tuple(combined["ties"]), **shown)


def line_of(level: dict[str, Any]) -> Level:
    limits = {limit["kind"]: limit["seats"] for limit in level["limits"]}
    reserved = {kept["tag"]: kept["seats"] for kept in level["reserved"]}
    return Level(level["key"], level["seats"], level.get("floor"), tuple(level["kinds"]), limits, reserved)


def handed_in(draw: Any, dossier: str, key: str, *, full: bool) -> list[Review]:
    """`full`: every expert on every panel, as standardised scores by expert need it."""
    panel = set("pqr") if full else draw(st.sets(st.sampled_from("pqrstu"), max_size=6))
    roles = {who: "leader" if who < "r" else "member" for who in panel}
    results = st.integers(0, 3).map(lambda each: 100 * each)
    return [Review(dossier, key, who, draw(TOTALS), draw(results), roles[who]) for who in sorted(panel)]


def given_scores(draw: Any, last: str, *, full: bool) -> tuple[list[Review], list[Agreed], list[Deduction]]:
    keys = ("first", "second")[: 2 if last == "second" else 1]
    reviews = [review for dossier in DOSSIERS for key in keys for review in handed_in(draw, dossier, key, full=full)]
    scored = sorted({(review.dossier, review.round) for review in reviews})
    some = st.sets(st.sampled_from(scored), max_size=3) if scored else st.just(set[tuple[str, str]]())
    agreed = [Agreed(*pair, draw(TOTALS), 100) for pair in sorted(draw(some))]
    return reviews, agreed, [Deduction(*pair, draw(st.integers(1, 9))) for pair in sorted(draw(some))]


def traits(draw: Any) -> dict[str, Traits]:
    tags = st.sets(st.sampled_from(["sme", "public"]))
    group = st.sampled_from(["one", "one", "other"])
    return {dossier: Traits(draw(group), draw(KINDS), frozenset(draw(tags))) for dossier in DOSSIERS}


@settings(max_examples=examples(200))
@given(st.data(), st.sampled_from(["first", "second"]), st.sampled_from(["", "5eed"]))
def test_rankings_come_out_as_the_product_makes_them(data: Drawn, last: str, seed: str) -> None:
    book = books(data.draw)
    standard = book["aggregation"]["method"].endswith("_z")
    reviews, agreed, off = given_scores(data.draw, last, full=standard)
    facts = Facts(traits(data.draw), seed)
    asked = DOSSIERS[:6] if standard else DOSSIERS
    rules = rules_of(book, last)
    try:
        made = official.rank(asked, reviews, rules, agreed=agreed, deductions=off, facts=facts)
    except Unscorable:
        with pytest.raises(archive.Fault):
            ranking.rank(book, last, asked, official.snapshot(NOBODY, reviews, rules, agreed=agreed, facts=facts))
        return
    onward = rulebook.onward(book, last)
    if onward is not None:
        made = official.shortlist(made, onward[0], floor=onward[1])
    wanted = official.snapshot(made, reviews, rules, agreed=agreed, deductions=off, facts=facts)
    rows, cuts = ranking.rank(book, last, asked[::-1], wanted)
    assert [{**row, "reason": stored["reason"]} for row, stored in zip(rows, wanted["rows"], strict=True)] == wanted[
        "rows"
    ]
    assert cuts == wanted["cuts"]


NOBODY = official.Ranking((), ())


# --- the count ----------------------------------------------------------------------------------------------------


def candidates(draw: Any, levels: list[str]) -> list[dict[str, Any]]:
    found, lots = [], draw(st.sampled_from([st.just(0), st.integers(1, 2), st.integers(1, 999)]))
    for number in range(draw(st.integers(1, 7))):
        able = [level for level in levels if draw(st.booleans())]
        votes = {choice: draw(st.integers(0, 4)) for choice in (*able, "reject", "abstain")}
        tags = sorted(draw(st.sets(st.sampled_from(["sme", "public"]))))
        rank = draw(st.none() | st.integers(1, 4))
        about = {"rank": rank, "kind": draw(KINDS), "tags": tags, "levels": able, "entitled": draw(st.integers(3, 9))}
        about["lot"] = draw(lots)
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


@settings(max_examples=examples(200))
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
    made = ballot.count(book, dossiers, taken)
    assert [
        (each["dossier"], each["level"], each["new_vote"], each["yes"], each.get("lot_at", "")) for each in made
    ] == [(str(each.id), each.level_key, each.new_vote, dict(each.yes), each.lot_at) for each in verdicts]


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
        each["lot"],
    )
