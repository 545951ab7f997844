"""Sheets to one value a round, rounds to one score: exact fractions, in points. No line is shared with the product.

A round's value is what the panel agreed on, else what its sheets come to, less what overtime costs. Addends are weighed,
corrections move within their bound. A standardised value is the mean of the sheets' distances from the means of their
cells, in standard deviations; a cell is what one expert gave in the round, or the means of one group's dossiers.
"""

from __future__ import annotations

from decimal import Context, Decimal
from fractions import Fraction
from itertools import islice
from typing import NamedTuple

from archive import Record, demand
from hearing import stream_of
from rules import Book, combined, rounds_until

STANDARDISED = ("judge_z", "group_z")
DIGITS = Context(prec=34)
LEAST = 5
"""Scores in a cell."""


class Sheet(NamedTuple):
    """Totals in 1/20 point, of all items and of the results categories."""

    who: str
    role: str
    total: int
    results: int


class Scores:
    """Everything about the dossiers of one ranking; `given`: the input in its snapshot."""

    def __init__(self, book: Book, key: str, given: Record) -> None:
        self.rounds, self.combined = rounds_until(book, key), combined(book)
        self.method = self.combined["method"]
        self.sheets: dict[tuple[str, str], list[Sheet]] = {}
        for dossier, round_, *sheet in sorted(given["reviews"]):
            self.sheets.setdefault((dossier, round_), []).append(Sheet(*sheet))
        self.agreed = {(each[0], each[1]): Sheet("", "", *each[2:]) for each in given["agreed"]}
        self.off = {(each[0], each[1]): each[2] for each in given.get("deductions", [])}
        self.traits = {
            name: {"group": group, "kind": kind, "tags": tags} for name, group, kind, tags in given["traits"]
        }
        self.judges = {tuple(each[:3]): each[3] for each in given.get("judges", [])}
        self.compared = given.get("compared")
        self.seed = given.get("seed", "")
        self.standard = {rule["key"]: self.standardised(rule) for rule in self.rounds if self.method in STANDARDISED}

    def needed(self, rule: Book) -> int:
        return max(rule["minimum_reviews"], 1) if rule["mode"] == "addend" else int(rule["minimum_reviews"])

    def lacks(self, dossier: str) -> bool:
        """Whether a round has too few valid sheets."""
        return any(len(self.sheets.get((dossier, rule["key"]), [])) < self.needed(rule) for rule in self.rounds)

    # --- one round -------------------------------------------------------------------------------------------------

    def value(self, dossier: str, key: str, part: str = "total", method: str = "") -> Fraction:
        """`part`: `total`, or `results` for what the results categories earned."""
        method = method or self.method
        if method in STANDARDISED and part == "total":
            demand(dossier in self.standard[key], "cell", key, dossier)
            return self.standard[key][dossier]
        if (dossier, key) in self.agreed:
            found = Fraction(getattr(self.agreed[dossier, key], part), 20)
        else:
            found = self.middle(self.sheets[dossier, key], part, method) / 20
        return found if part == "results" else max(found - self.off.get((dossier, key), 0), Fraction(0))

    def middle(self, sheets: list[Sheet], part: str, method: str) -> Fraction:
        totals, each = sorted(getattr(sheet, part) for sheet in sheets), self.combined["trim_each"]
        if method == "weighted_mean":
            weight = Fraction(str(self.combined["leader_weight"]))
            weights = [weight if sheet.role == "leader" else Fraction(1) for sheet in sheets]
            return sum(w * getattr(sheet, part) for w, sheet in zip(weights, sheets)) / sum(weights)
        if method == "trimmed" and len(totals) < max(self.combined["trim_from"], 2 * each + 1):
            method = self.combined["trim_fallback"]
        if method == "trimmed":
            totals = totals[each : len(totals) - each]
        elif method == "median":
            totals = totals[(len(totals) - 1) // 2 : len(totals) // 2 + 1]
        elif method == "closest_pair":
            totals = closest_pair(totals)
        return Fraction(sum(totals), len(totals))

    def standardised(self, rule: Book) -> dict[str, Fraction]:
        """Of each dossier that lies in no cell which is too small or has no spread."""
        found: dict[str, list[Fraction]] = {}
        without: set[str] = set()
        for cell in self.cells(rule).values():
            values = [score for _, score in cell]
            if len(values) < LEAST or len(set(values)) == 1:
                without.update(dossier for dossier, _ in cell)
                continue
            for (dossier, _), distance in zip(cell, distances(values, self.combined["spread"])):
                found.setdefault(dossier, []).append(distance)
        return {dossier: sum(each) / len(each) for dossier, each in found.items() if dossier not in without}

    def cells(self, rule: Book) -> dict[str, list[tuple[str, Fraction]]]:
        cells: dict[str, list[tuple[str, Fraction]]] = {}
        for (dossier, key), sheets in self.sheets.items():
            if key == rule["key"] and self.method == "judge_z":
                for sheet in sheets:
                    judge = self.judges.get((dossier, key, sheet.who), sheet.who)
                    cells.setdefault(judge, []).append((dossier, Fraction(sheet.total)))
            elif key == rule["key"] and len(sheets) >= self.needed(rule):
                group = self.traits[dossier]["group"]
                cells.setdefault(group, []).append((dossier, self.middle(sheets, "total", "mean")))
        return cells

    # --- all rounds ------------------------------------------------------------------------------------------------

    def values(self, dossier: str) -> dict[str, Fraction]:
        scored = [rule["key"] for rule in self.rounds if (dossier, rule["key"]) in self.sheets]
        return {key: self.value(dossier, key) for key in scored}

    def addends(self, dossier: str, part: str = "total", method: str = "") -> Fraction:
        rules = [rule for rule in self.rounds if rule["mode"] == "addend"]
        weighed = sum(rule["weight"] * self.value(dossier, rule["key"], part, method) for rule in rules)
        return weighed / sum(rule["weight"] for rule in rules)

    def final(self, dossier: str) -> Fraction:
        score, values = self.addends(dossier), self.values(dossier)
        for rule in self.rounds:
            if rule["mode"] == "correction" and rule["key"] in values:
                bound = Fraction(rule["correction_bound"])
                score += min(max(values[rule["key"]] - score, -bound), bound)
        return Fraction(round(score * 10**9), 10**9) if self.standard else score

    # --- the chain of ties -----------------------------------------------------------------------------------------

    def step(self, name: str, dossier: str, group: list[str]) -> Fraction | int:
        """By what a step of the chain compares; the higher the better."""
        if name == "lot":
            return lot(self.seed, dossier)
        if name == "results":
            return self.addends(dossier, "results")
        if name == "median":
            return self.addends(dossier, "total", "median")
        if name == "head_to_head":
            return sum(self.higher(dossier, rival) for rival in group if rival != dossier)
        return self.values(dossier).get(name, Fraction(0))

    def higher(self, one: str, other: str) -> int:
        """By how many more experts of those who scored both the first was put higher than lower; where sheets do not say
        whose they are, as it was counted."""
        if self.compared is not None:
            found = {(pair[0], pair[1]): pair[2] - pair[3] for pair in self.compared}
            return int(found[one, other] if (one, other) in found else -found[other, one])
        mine, theirs = (
            {
                (key, sheet.who): sheet.total
                for (name, key), sheets in self.sheets.items()
                if name == dossier
                for sheet in sheets
            }
            for dossier in (one, other)
        )
        both = mine.keys() & theirs.keys()
        return sum((mine[each] > theirs[each]) - (mine[each] < theirs[each]) for each in both)


def closest_pair(ordered: list[int]) -> list[int]:
    """The two neighbours closest together, the higher ones of several; of one or two scores all."""
    pairs = [ordered[place - 1 : place + 1] for place in range(len(ordered) - 1, 0, -1)]
    return min(pairs, key=lambda pair: pair[1] - pair[0]) if pairs else ordered


def distances(values: list[Fraction], spread: str) -> list[Fraction]:
    """From the mean, in standard deviations: the exact value of 34 digits, rounded half to even."""
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - (spread == "sample"))
    squares = [(value - mean) ** 2 / variance for value in values]
    roots = [DIGITS.divide(Decimal(each.numerator), Decimal(each.denominator)).sqrt(DIGITS) for each in squares]
    return [Fraction(root) * (1 if value > mean else -1) for root, value in zip(roots, values)]


def lot(seed: str, dossier: str) -> int:
    """The dossier's own number from the published seed of the first round's draw; without a seed nobody is parted."""
    if not seed:
        return 0
    drawn = islice(stream_of(bytes.fromhex(seed), f"tie {dossier}"), 16)
    return int.from_bytes(bytes(drawn), "big")
