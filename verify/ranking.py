"""The official ranking computed again from score sheets and a rulebook: exact fractions, no line shared with the product.

Scores are in 1/20 point. A round's value is the panel's agreed total, else what its sheets come to; overtime is taken off;
addends are weighed, corrections move within their bound. Equal scores share a rank; only a tie across a line is parted,
by the rulebook's chain. docs/bundle.md says where each number comes from.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby
from typing import Any

Book = dict[str, Any]
Review = tuple[str, str, str, int, int, str]  # dossier, round, reviewer, total, results, role
DEFAULT = {"consensus": True, "trim_from": 5, "trim_each": 1, "trim_fallback": "mean"}
METHODS = ("mean", "trimmed", "median", "weighted_mean")


def unknown(book: Book, key: str) -> str:
    """What of a rulebook this program does not compute, by its place there; empty: nothing."""
    kinds = {kind for group in book.get("groups", []) if group["enabled"] for kind in group["kinds"]}
    if book["aggregation"]["method"] not in METHODS:
        return "aggregation.method = " + str(book["aggregation"]["method"])
    if levels_of(book, key) and "lot" in book["aggregation"]["ties"]:
        return "aggregation.ties: lot"
    for level in levels_of(book, key):
        if level.get("limits") or level.get("reserved") or kinds - set(level.get("kinds", kinds)):
            return "levels." + str(level["key"])
    return ""


def closest_pair(totals: list[int]) -> list[int]:
    """The two neighbours closest together, the higher ones of several; of one or two scores all."""
    pairs = [totals[place - 1 : place + 1] for place in range(len(totals) - 1, 0, -1)]
    return min(pairs, key=lambda pair: pair[1] - pair[0]) if pairs else totals


def round_rules(book: Book, last: str) -> list[Book]:
    rounds = []
    for rule in book["rounds"]:
        rounds.append(rule)
        if rule["key"] == last:
            return rounds
    raise KeyError(last)


def is_final(book: Book, key: str) -> bool:
    return bool(book["rounds"][-1]["key"] == key)


def levels_of(book: Book, key: str) -> list[Book]:
    return list(book["levels"]) if is_final(book, key) else []


def onward(book: Book, key: str) -> tuple[int | None, int | None] | None:
    """Places and floor (in points) of those who go on; None after the last round."""
    if is_final(book, key):
        return None
    factor = next(rule for rule in book["rounds"] if rule["key"] == key).get("advance_factor")
    seats = sum(level["seats"] for level in book["levels"])
    floors = [level.get("floor") for level in book["levels"]]
    places = None if factor is None else -(-(seats * Fraction(str(factor))) // 1)
    return places, None if None in floors else min(floors)


def display(value: Fraction, decimals: int, rounding: str) -> str:
    scaled = abs(value) * 10**decimals
    below, rest = scaled // 1, scaled % 1
    up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and (rounding == "half_up" or below % 2 == 1))
    digits = str(below + up).rjust(decimals + 1, "0")
    shown = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    return "-" + shown if value < 0 and below + up else shown


class Scores:
    """Everything about the dossiers of one ranking; `compared`: who was put higher by those who scored both, where sheets
    do not say whose they are."""

    def __init__(self, book: Book, key: str, reviews: list[Review], further: dict[str, Any]) -> None:
        self.rounds, self.combined = round_rules(book, key), {**DEFAULT, **book["aggregation"]}
        self.sheets: dict[tuple[str, str], list[Review]] = {}
        for review in sorted(reviews):
            self.sheets.setdefault(review[:2], []).append(review)
        self.agreed = {(each[0], each[1]): each[2:] for each in further["agreed"]}
        self.off = {(each[0], each[1]): each[2] for each in further["deductions"]}
        self.compared = further.get("compared")

    def lacks(self, dossier: str) -> bool:
        """Whether a round has too few valid sheets."""
        for rule in self.rounds:
            least = max(rule["minimum_reviews"], 1) if rule["mode"] == "addend" else rule["minimum_reviews"]
            if len(self.sheets.get((dossier, rule["key"]), [])) < least:
                return True
        return False

    def combine_sheets(self, sheets: list[Review], part: int, method: str) -> Fraction:
        """In points, from totals (`part` 0) or from what the results categories earned (1)."""
        if method == "weighted_mean":
            weight = Fraction(str(self.combined["leader_weight"]))
            weights = [weight if sheet[5] == "leader" else Fraction(1) for sheet in sheets]
            total = sum((each * sheet[3 + part] for each, sheet in zip(weights, sheets)), Fraction(0))
            return total / sum(weights) / 20
        totals, each = sorted(sheet[3 + part] for sheet in sheets), self.combined["trim_each"]
        if method == "trimmed" and len(totals) < max(self.combined["trim_from"], 2 * each + 1):
            method = self.combined["trim_fallback"]
        if method == "median":
            half = len(totals) // 2
            totals = totals[half : half + 1] if len(totals) % 2 else totals[half - 1 : half + 1]
        elif method == "trimmed":
            totals = totals[each : len(totals) - each]
        elif method == "closest_pair":
            totals = closest_pair(totals)
        return Fraction(sum(totals), 20 * len(totals))

    def value(self, dossier: str, key: str, part: int = 0, method: str = "") -> Fraction:
        """Of a round in points; `part` 0: the total, 1: what the results categories earned."""
        if (dossier, key) in self.agreed:
            found = Fraction(self.agreed[dossier, key][part], 20)
        else:
            found = self.combine_sheets(self.sheets[dossier, key], part, method or self.combined["method"])
        return found if part else max(found - self.off.get((dossier, key), 0), Fraction(0))

    def values(self, dossier: str) -> dict[str, Fraction]:
        scored = [rule["key"] for rule in self.rounds if (dossier, rule["key"]) in self.sheets]
        return {key: self.value(dossier, key) for key in scored}

    def addends(self, values: dict[str, Fraction]) -> Fraction:
        rules = [rule for rule in self.rounds if rule["mode"] == "addend"]
        total = sum(rule["weight"] for rule in rules)
        return sum((rule["weight"] * values[rule["key"]] for rule in rules), Fraction(0)) / total

    def final(self, dossier: str) -> Fraction:
        values = self.values(dossier)
        score = self.addends(values)
        for rule in self.rounds:
            if rule["mode"] == "correction" and rule["key"] in values:
                bound = Fraction(rule["correction_bound"])
                score += min(max(values[rule["key"]] - score, -bound), bound)
        return score

    # --- the chain of ties -----------------------------------------------------------------------------------------

    def step(self, name: str, dossier: str, group: tuple[str, ...]) -> Fraction:
        keys = [rule["key"] for rule in self.rounds if rule["mode"] == "addend"]
        if name == "results":
            return self.addends({key: self.value(dossier, key, 1) for key in keys})
        if name == "median":
            return self.addends({key: self.value(dossier, key, 0, "median") for key in keys})
        if name == "head_to_head":
            return Fraction(sum(self.higher(dossier, rival) for rival in group if rival != dossier))
        return self.values(dossier).get(name, Fraction(0))

    def higher(self, one: str, other: str) -> int:
        """By how many more experts of those who scored both the first was put higher than lower."""
        if self.compared is not None:
            found = {(pair[0], pair[1]): pair[2] - pair[3] for pair in self.compared}
            return int(found[one, other] if (one, other) in found else -found[other, one])
        mine = {sheet[1:3]: sheet[3] for key, sheets in self.sheets.items() if key[0] == one for sheet in sheets}
        theirs = {sheet[1:3]: sheet[3] for key, sheets in self.sheets.items() if key[0] == other for sheet in sheets}
        both = mine.keys() & theirs.keys()
        return sum((mine[each] > theirs[each]) - (mine[each] < theirs[each]) for each in both)


Tie = tuple[tuple[str, ...], int]  # dossiers that nothing parts, and how many of them are still to be placed


class Lines:
    """Levels filled from above: who is sure of which, and what stays open for the committee."""

    def __init__(self, scores: Scores, levels: list[Book], final: dict[str, Fraction]) -> None:
        self.scores, self.placed, self.cuts = scores, {}, []  # type: Scores, Dict[str, str], List[Book]
        chain = scores.combined["ties"]
        self.chain = chain[: chain.index("committee")] if "committee" in chain else chain
        queue = [(group, len(group)) for group in grouped(tuple(final), final)]
        for level in levels:
            floor = level.get("floor")
            above = [tie for tie in queue if floor is None or final[tie[0][0]] >= floor]
            queue = self.fill(level, above) + queue[len(above) :]

    def fill(self, level: Book, above: list[Tie]) -> list[Tie]:
        left = level["seats"]
        cut = {"level": level["key"], "seats": left, "tied": [], "decided_by": "", "open": [], "open_seats": 0}
        self.cuts.append(cut)
        rest: list[Tie] = []
        for place, (group, places) in enumerate(above):
            if places > left:
                rest = above[place:] if not left else self.part(cut, (group, places), left) + above[place + 1 :]
                left = 0
                break
            self.placed.update(dict.fromkeys(group, level["key"]))
            left -= places
        cut["filled"] = level["seats"] - left - cut["open_seats"]
        return rest

    def part(self, cut: Book, tie: Tie, left: int) -> list[Tie]:
        """Part a tie across the line; what is below it, and what the chain leaves open, goes on to the levels below."""
        (group, places), below = tie, []  # type: Tie, List[Tie]
        cut["tied"] = list(group)
        for name in self.chain if places >= len(group) else ():
            parts = grouped(group, {dossier: self.scores.step(name, dossier, group) for dossier in group})
            while len(parts[0]) <= left:
                self.placed.update(dict.fromkeys(parts[0], cut["level"]))
                left -= len(parts.pop(0))
            if not left:
                cut["decided_by"] = name
                return [(part, len(part)) for part in parts] + below
            below = [(part, len(part)) for part in parts[1:]] + below
            group, places = parts[0], len(parts[0])
        cut["open"], cut["open_seats"] = list(group), left
        return [(group, places - left), *below]


def grouped(group: tuple[str, ...], score: dict[str, Fraction]) -> list[tuple[str, ...]]:
    ordered = sorted(group, key=lambda dossier: (-score[dossier], dossier))
    return [tuple(part) for _, part in groupby(ordered, key=score.__getitem__)]


def shown(final: dict[str, Fraction], combined: Book) -> dict[str, str]:
    """Rounded once; with two more decimals where different scores would look alike."""
    texts: dict[Fraction, str] = {}
    alike, decimals = set(final.values()), combined["decimals"]
    while alike:
        found = {score: display(score, decimals, combined["rounding"]) for score in alike}
        counts = list(found.values())
        texts.update({score: text for score, text in found.items() if counts.count(text) == 1})
        alike -= texts.keys()
        decimals += 2
    return {dossier: texts[score] for dossier, score in final.items()}


def rank(
    book: Book, key: str, dossiers: list[str], *, reviews: list[Review], further: dict[str, Any]
) -> tuple[list[Book], list[Book]]:
    """Rows and cuts, in the form in which the bundle holds them (reasons apart)."""
    scores = Scores(book, key, reviews, further)
    final = {dossier: scores.final(dossier) for dossier in sorted(dossiers) if not scores.lacks(dossier)}
    lines, texts = Lines(scores, levels_of(book, key), final), shown(final, scores.combined)
    ordered = sorted(final.values(), reverse=True)
    ranks = {dossier: ordered.index(score) + 1 for dossier, score in final.items()}
    depth = {level["key"]: place for place, level in enumerate(levels_of(book, key))}
    order = sorted(final, key=lambda d: (ranks[d], depth.get(lines.placed.get(d, ""), len(depth)), d))
    order += [dossier for dossier in sorted(dossiers) if dossier not in final]
    still_open = {dossier for cut in lines.cuts for dossier in cut["open"]}
    rows = []
    for position, dossier in enumerate(order, start=1):
        score = final.get(dossier)
        rows.append(
            {
                "dossier": dossier,
                "position": position,
                "rank": ranks.get(dossier),
                "score": "" if score is None else written(score),
                "shown": texts.get(dossier, ""),
                "tied": score is not None and ordered.count(score) > 1,
                "straddles": dossier in still_open,
                "line": lines.placed.get(dossier, ""),
                "advances": goes_on(book, key, ranks.get(dossier), score, total=len(dossiers)),
                "reviews": sum(len(scores.sheets.get((dossier, rule["key"]), [])) for rule in scores.rounds),
                "rounds": {} if score is None else {k: written(v) for k, v in scores.values(dossier).items()},
            }
        )
    return rows, lines.cuts


def goes_on(book: Book, key: str, place: int | None, score: Fraction | None, *, total: int) -> bool:
    rule = onward(book, key)
    if rule is None or place is None or score is None:
        return False
    places, floor = rule
    return place <= (total if places is None else places) and (floor is None or score >= floor)


def written(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"
