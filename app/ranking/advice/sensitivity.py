"""Whose seat hangs on what: the winners under other ways to combine the same scores, with weights moved, without one expert."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, filterfalse

from app.ranking.official import Agreed, Deduction, Review, Rules, rank
from app.ranking.official.data import NOTHING_MORE, Facts, Method

METHODS: tuple[Method, ...] = ("mean", "trimmed", "median")
MOVED = ((11, "more"), (9, "less"))
"""A weight moved by a tenth, in tenths."""
CALIBRATED, RESULTS, WITHOUT = "calibrated", "results", "without"


@dataclass(frozen=True)
class Counted:
    """What the official ranking was computed from."""

    dossiers: tuple[str, ...]
    rules: Rules
    reviews: tuple[Review, ...]
    agreed: tuple[Agreed, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    facts: Facts = NOTHING_MORE


@dataclass(frozen=True, order=True)
class Change:
    """Under a variant these lose their place above a cut and those gain one. `subject`: the round whose weight moved, or the
    expert who was left out."""

    variant: str
    subject: str
    places: int
    lost: tuple[str, ...]
    gained: tuple[str, ...]


@dataclass(frozen=True)
class Sensitivity:
    """`tried`: every variant with its subject. `changes`: where a cut has other winners. `stable`: by cut, in official order,
    the winners whom no variant moves."""

    tried: tuple[tuple[str, str], ...]
    changes: tuple[Change, ...]
    stable: Mapping[int, tuple[str, ...]]


Scores = dict[str, float]
Variant = tuple[str, str, Scores]


def sensitivity(
    counted: Counted, ordered: Sequence[str], cuts: Iterable[int], calibrated: Mapping[str, float] | None
) -> Sensitivity:
    """`ordered`: the ranked dossiers in official order; `calibrated`: their calibrated scores, where there are any.

    Scores are compared as the nearest floats of exact fractions, which keeps their order and their ties.
    """
    counted = replace(counted, dossiers=tuple(ordered), rules=replace(counted.rules, levels=()))
    variants = list(_variants(counted, calibrated))
    changes, stable = list[Change](), {}
    for places in sorted(set(cuts)):
        winners = ordered[:places]
        found = [change for variant in variants for change in _change(variant, winners)]
        moved = frozenset[str]().union(*(each.lost for each in found))
        stable[places] = tuple(filterfalse(moved.__contains__, winners))
        changes += found
    return Sensitivity(tuple((key, subject) for key, subject, _scores in variants), tuple(changes), stable)


def _variants(counted: Counted, calibrated: Mapping[str, float] | None) -> Iterator[Variant]:
    for method in METHODS:
        yield method, "", _scored(_by_method(counted, method))
    if calibrated is not None:
        yield CALIBRATED, "", dict(calibrated)
    for tenths, name in MOVED:
        yield f"{RESULTS}_{name}", "", _scored(_results_moved(counted, tenths))
        for key in _addends(counted.rules):
            yield f"weight_{name}", key, _scored(_weight_moved(counted, key, tenths))
    if not counted.rules.is_standardised:
        yield from _without_each(counted)


def _scored(counted: Counted) -> Scores:
    beside = {"agreed": counted.agreed, "deductions": counted.deductions, "facts": counted.facts}
    ranked = rank(counted.dossiers, counted.reviews, counted.rules, **beside)  # type: ignore[arg-type]
    return {row.dossier: float(row.score) for row in ranked.rows if row.score is not None}


def _change(variant: Variant, winners: Sequence[str]) -> Iterator[Change]:
    """Who shares the last place is in."""
    key, subject, scores = variant
    last = sorted(scores.values(), reverse=True)[: len(winners)]
    chosen = {name for name, score in scores.items() if score >= last[-1]} if last else set[str]()
    lost = tuple(name for name in winners if name not in chosen)
    if lost:
        yield Change(key, subject, len(winners), lost, tuple(sorted(chosen - set(winners))))


def _by_method(counted: Counted, method: Method) -> Counted:
    rounds = tuple(replace(rule, method=method) for rule in counted.rules.rounds)
    return replace(counted, rules=replace(counted.rules, rounds=rounds))


def _addends(rules: Rules) -> list[str]:
    """The rounds among which weights can be moved."""
    found = [rule.key for rule in rules.rounds if rule.mode == "addend"]
    return found if len(found) > 1 else []


def _weight_moved(counted: Counted, key: str, tenths: int) -> Counted:
    rounds = tuple(
        replace(rule, weight=rule.weight * (tenths if rule.key == key else 10)) for rule in counted.rules.rounds
    )
    return replace(counted, rules=replace(counted.rules, rounds=rounds))


def _results_moved(counted: Counted, tenths: int) -> Counted:
    """All in tenths of what they were: totals, what is taken off, and bounds; the results categories by a tenth more or less."""

    def moved(total: int, results: int) -> int:
        return 10 * total + (tenths - 10) * results

    return replace(
        counted,
        rules=replace(
            counted.rules, rounds=tuple(replace(rule, bound=10 * rule.bound) for rule in counted.rules.rounds)
        ),
        reviews=tuple(replace(each, total=moved(each.total, each.results)) for each in counted.reviews),
        agreed=tuple(replace(each, total=moved(each.total, each.results)) for each in counted.agreed),
        deductions=tuple(replace(each, points=10 * each.points) for each in counted.deductions),
    )


def _without_each(counted: Counted) -> Iterator[Variant]:
    """One expert after the other left out; only where a dossier's value hangs on its own sheets alone. Nobody falls out for too
    few reviews because of it."""
    rounds = tuple(replace(rule, minimum_reviews=min(rule.minimum_reviews, 1)) for rule in counted.rules.rounds)
    counted = replace(counted, rules=replace(counted.rules, rounds=rounds))
    whole = _scored(counted)
    of_expert = _grouped(counted.reviews, lambda review: review.reviewer)
    of_dossier = _grouped(counted.reviews, lambda review: review.dossier)
    for expert, own in sorted(of_expert.items()):
        read = {review.dossier for review in own}
        touched = sorted(read & set(counted.dossiers))
        given = chain.from_iterable(map(of_dossier.__getitem__, touched))
        left = tuple(filterfalse(own.__contains__, given))
        again = _scored(replace(counted, dossiers=tuple(touched), reviews=left))
        yield WITHOUT, expert, {name: whole[name] for name in whole if name not in read} | again


def _grouped(reviews: Iterable[Review], key: Callable[[Review], str]) -> dict[str, list[Review]]:
    found: dict[str, list[Review]] = {}
    for review in reviews:
        found.setdefault(key(review), []).append(review)
    return found
