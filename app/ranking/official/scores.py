"""Scores of a round to one value, values of the rounds to one score: exact, and the same in whatever order they come."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from statistics import median
from typing import Literal

from app.kernel.exact import TWENTIETHS, rounded
from app.kernel.words import N_, Message
from app.ranking.official.data import (
    LOT,
    NOTHING_MORE,
    Agreed,
    Deduction,
    Facts,
    Fallback,
    Method,
    Review,
    RoundRule,
    Rules,
)
from app.ranking.official.lot import lot
from app.ranking.official.standard import SAME, Standardised

Way = Method | Fallback
Part = Literal["total", "results"]


def aggregate(totals: Sequence[int], rule: RoundRule, *, roles: Sequence[str] = ()) -> Fraction:
    """The value of one round in points, exactly, from totals in twentieths; `roles` go with the totals where weighted."""
    if rule.method == "weighted_mean":
        weights = [rule.role_weights[role] for role in roles]
        return Fraction(sum(map(int.__mul__, totals, weights)), TWENTIETHS * sum(weights))
    return middle_of(sorted(totals), rule) / TWENTIETHS


def applied(count: int, rule: RoundRule) -> Way:
    """How so many scores are combined: by the rule's method, by its fallback where they are too few to leave any out."""
    too_few = rule.method == "trimmed" and count < max(rule.trim_from, 2 * rule.trim_each + 1)
    return rule.fallback if too_few else rule.method


def middle_of(ordered: Sequence[int], rule: RoundRule) -> Fraction:
    """The middle of scores in rising order, in their own unit, in the way that is applied to so many."""
    way = applied(len(ordered), rule)
    if way == "median":
        return median(map(Fraction, ordered))
    if way == "trimmed":
        return _mean(ordered[rule.trim_each : len(ordered) - rule.trim_each])
    return _mean(_closest_pair(ordered) if way == "closest_pair" else ordered)


def _mean(scores: Sequence[int]) -> Fraction:
    return Fraction(sum(scores), len(scores))


def _closest_pair(ordered: Sequence[int]) -> Sequence[int]:
    """The two neighbours that lie closest together, the higher ones of several equally close; of one or two scores all."""
    pairs = pairwise(reversed(ordered))
    return min(pairs, key=lambda pair: pair[0] - pair[1], default=ordered)


def _weighted_mean(values: Mapping[str, Fraction], addends: Sequence[RoundRule]) -> Fraction:
    weighted = sum((rule.weight * values[rule.key] for rule in addends), Fraction(0))
    return weighted / sum(rule.weight for rule in addends)


def combine(values: Mapping[str, Fraction], rounds: Sequence[RoundRule]) -> Fraction:
    """The score in points: the addends by their weights; then each correction moves it towards its own value, by no more
    than its bound."""
    score = _weighted_mean(values, [rule for rule in rounds if rule.mode == "addend"])
    for rule in rounds:
        if rule.mode == "correction" and rule.key in values:
            score += min(max(values[rule.key] - score, Fraction(-rule.bound)), Fraction(rule.bound))
    return score


class Scores:
    """Everything computed about the dossiers of one ranking."""

    def __init__(
        self,
        rules: Rules,
        reviews: Iterable[Review],
        agreed: Iterable[Agreed],
        deductions: Iterable[Deduction] = (),
        *,
        facts: Facts = NOTHING_MORE,
    ) -> None:
        self.rules, self.facts = rules, facts
        self._sheets: dict[tuple[str, str], list[Review]] = {}
        for review in sorted(reviews, key=lambda review: (review.dossier, review.round, review.reviewer)):
            sheets = self._sheets.setdefault((review.dossier, review.round), [])
            if sheets and sheets[-1].reviewer == review.reviewer:
                raise ValueError(f"two reviews of {review.dossier} by {review.reviewer} in round {review.round}")
            sheets.append(review)
        self._agreed = {(entry.dossier, entry.round): entry for entry in agreed}
        self._off = {(entry.dossier, entry.round): entry.points for entry in deductions}
        self.standardised = Standardised(rules.rounds, self._sheets, facts)

    def sheets(self, dossier: str, key: str) -> list[Review]:
        return self._sheets.get((dossier, key), [])

    def reasons(self, dossiers: Iterable[str]) -> dict[str, Message | None]:
        """Of every dossier, in their order, why it cannot be ranked; None: it can. Raises Unscorable for those that can."""
        found = {dossier: self.missing(dossier) for dossier in sorted(set(dossiers))}
        self.standardised.demand(dossier for dossier, reason in found.items() if reason is None)
        return found

    def missing(self, dossier: str) -> Message | None:
        """Why a dossier cannot be ranked: the first round without enough valid reviews."""
        for rule in self.rules.rounds:
            found = len(self.sheets(dossier, rule.key))
            if found < rule.needed:
                values = {"round": rule.key, "found": found, "needed": rule.needed}
                return Message(
                    N_("轮次 %(round)s 只有 %(found)s 份有效评审，少于规定的 %(needed)s 份，不参加排名。"), values
                )
        return None

    def final(self, values: Mapping[str, Fraction]) -> Fraction:
        """The rounds together; standardised scores are then rounded, so that what differs only in their last digits is equal."""
        score = combine(values, self.rules.rounds)
        return rounded(score, SAME) if self.rules.is_standardised else score

    def rounds(self, dossier: str, part: Part = "total") -> dict[str, Fraction]:
        """The value of each round in points; a correction that nobody gave is not among them."""
        scored = (rule for rule in self.rules.rounds if self.sheets(dossier, rule.key))
        return {rule.key: self._round(dossier, rule, part) for rule in scored}

    def _round(self, dossier: str, rule: RoundRule, part: Part) -> Fraction:
        """Of the total what was deducted is taken off; what a results category earned stays what it was, in points."""
        if part == "results":
            return self._scored(dossier, replace(rule, method="mean") if rule.is_standardised else rule, part)
        if rule.is_standardised:
            return self.standardised.value(dossier, rule.key)
        return max(self._scored(dossier, rule, part) - self._off.get((dossier, rule.key), 0), Fraction(0))

    def _scored(self, dossier: str, rule: RoundRule, part: Part) -> Fraction:
        if agreed := self._agreed.get((dossier, rule.key)):
            return Fraction(getattr(agreed, part), TWENTIETHS)
        sheets = self.sheets(dossier, rule.key)
        totals = [getattr(sheet, part) for sheet in sheets]
        return aggregate(totals, rule, roles=[sheet.role for sheet in sheets])

    # --- the steps of the chain ---------------------------------------------------------------------------------

    def step(self, name: str, group: Sequence[str]) -> Callable[[str], Fraction]:
        """By what a step of the chain compares the dossiers of a tied group, the higher the better."""
        if name == LOT:
            return self._lot(group).__getitem__
        steps: dict[str, Callable[[str], Fraction]] = {
            "results": lambda dossier: self._addends(self.rounds(dossier, "results")),
            "median": lambda dossier: self._addends(self._medians(dossier)),
            "head_to_head": lambda dossier: self._head_to_head(dossier, group),
        }
        by_round = {rule.key: partial(self._of_round, rule.key) for rule in self.rules.rounds}
        return (by_round | steps)[name]

    def _of_round(self, key: str, dossier: str) -> Fraction:
        return self.rounds(dossier).get(key, Fraction(0))

    def _addends(self, values: Mapping[str, Fraction]) -> Fraction:
        return combine(values, [rule for rule in self.rules.rounds if rule.mode == "addend"])

    def _medians(self, dossier: str) -> dict[str, Fraction]:
        addends = (replace(rule, method="median") for rule in self.rules.rounds if rule.mode == "addend")
        return {rule.key: self._round(dossier, rule, "total") for rule in addends}

    def _head_to_head(self, dossier: str, group: Sequence[str]) -> Fraction:
        """Of the experts who scored this dossier and another of the group: how many more put this one higher than lower."""
        return Fraction(
            sum(
                (mine.total > other.total) - (mine.total < other.total)
                for rule in self.rules.rounds
                for rival in group
                for mine in self.sheets(dossier, rule.key)
                for other in self.sheets(rival, rule.key)
                if mine.reviewer == other.reviewer
            )
        )

    def _lot(self, group: Sequence[str]) -> dict[str, Fraction]:
        """Nobody is parted while there is no seed."""
        seed = self.facts.seed
        return {dossier: Fraction(lot(seed, dossier) if seed else 0) for dossier in group}
