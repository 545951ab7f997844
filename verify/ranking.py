"""The official ranking computed again from its input and a rulebook: who has which rank, who is above which line.

Equal scores share a rank; only a tie across a line is parted, by the rulebook's chain. Levels are filled from above; whoever
finds no seat at one waits for the next, in the official order.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import groupby
from typing import Any

from rules import Book, Room, is_above, levels_of, onward
from scores import Scores

Names = list[str]
Tie = tuple[Names, int]  # dossiers that nothing parts, and how many of them are still to be placed


def grouped(names: Iterable[str], score: dict[str, Any]) -> list[Names]:
    ordered = sorted(names, key=lambda name: (-score[name], name))
    return [list(part) for _, part in groupby(ordered, key=score.__getitem__)]


class Line:
    """One level while it is filled."""

    def __init__(self, level: Book, scores: Scores, final: dict[str, Fraction]) -> None:
        self.level, self.scores, self.final, self.room = level, scores, final, Room(level, scores.traits)
        chain = scores.combined["ties"]
        self.chain = chain[: chain.index("committee")] if "committee" in chain else chain
        self.sure: Names = []
        self.tied: Names = []
        self.open: Names = []
        self.steps: Names = []
        self.shut_out: Names = []
        self.passed: Names = []
        self.open_seats = 0
        self.rest: list[Tie] = []

    def offer(self, group: Names, places: int) -> None:
        kinds = self.level.get("kinds")
        above = is_above(self.level, self.final[group[0]])
        able = [name for name in group if above and (not kinds or self.scores.traits[name]["kind"] in kinds)]
        free = [name for name in able if self.room.has(name)]
        if self.room.seats:
            self.shut_out += [name for name in able if name not in free]
        if places < len(group):
            self.offer_open(group, places, free)
            return
        start = len(self.rest)
        if not self.room.fits(free, len(free)):
            self.tied += free
        self.settle(free, self.chain)
        if len(free) < len(group):  # equal scores that wait from here on wait together
            waiting = [*self.rest[start:], ([name for name in group if name not in free], len(group) - len(free))]
            names = sorted(name for tie in waiting for name in tie[0])
            self.rest[start:] = [(names, sum(tie[1] for tie in waiting))]

    def offer_open(self, group: Names, places: int, free: Names) -> None:
        """What a line above left open is seated here only where it fits whoever it will be, else it stays open."""
        if not free:
            self.rest.append((group, places))
        elif len(free) == len(group) and self.room.fits(group, places):
            self.seat(group, places)
        else:
            self.tied += group
            self.leave_open(group, places)

    def settle(self, group: Names, chain: Names) -> bool:
        """Seat a group, or part it by the next step; whether no step was needed."""
        free = [name for name in group if self.room.has(name)]
        if len(free) < len(group):
            self.rest.append(([name for name in group if name not in free], len(group) - len(free)))
        if not free:
            return True
        if self.room.fits(free, len(free)):
            self.seat(free, len(free))
            return True
        if not chain:
            self.leave_open(free, len(free))
            return False
        parts = grouped(free, {name: self.scores.step(chain[0], name, free) for name in free})
        if all([self.settle(part, chain[1:]) for part in parts]):  # noqa: C419 - each of them
            self.steps.append(chain[0])
        return False

    def seat(self, group: Names, places: int) -> None:
        """Whoever had the score and found no seat, though there were some, is passed over by these."""
        self.passed, self.shut_out = self.passed + self.shut_out, []
        self.sure += group
        self.room.take(group, places)

    def leave_open(self, group: Names, places: int) -> None:
        """As many as could have a seat are left to the committee; the others go on to the levels below."""
        given = self.room.most(group, places)
        self.open += group
        self.open_seats += given
        self.room.take(group, given)
        if places > given:
            self.rest.append((group, places - given))

    def cut(self) -> Book:
        return {
            "level": self.level["key"],
            "seats": self.level["seats"],
            "filled": self.level["seats"] - self.room.seats - self.open_seats,
            "tied": self.tied,
            "decided_by": ",".join(dict.fromkeys(self.steps)),
            "open": self.open,
            "open_seats": self.open_seats,
            **({"passed": self.passed} if self.passed else {}),
        }


def filled(scores: Scores, levels: list[Book], final: dict[str, Fraction]) -> list[Line]:
    lines = [Line(level, scores, final) for level in levels]
    queue = [(group, len(group)) for group in grouped(final, final)]
    for line in lines:
        for group, places in queue:
            line.offer(group, places)
        queue = line.rest
    return lines


# --- what is shown ------------------------------------------------------------------------------------------------


def display(value: Fraction, decimals: int, rounding: str) -> str:
    scaled = abs(value) * 10**decimals
    whole = int(scaled + Fraction(1, 2)) if rounding == "half_up" else round(scaled)
    digits, sign = str(whole).rjust(decimals + 1, "0"), "-" if value < 0 and whole else ""
    return sign + (f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits)


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


def written(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


# --- the ranking --------------------------------------------------------------------------------------------------


def rank(book: Book, key: str, dossiers: Iterable[str], given: Book) -> tuple[list[Book], list[Book]]:
    """Rows and cuts, in the form in which the bundle holds them (reasons apart); `given`: the input in its snapshot, with
    the traits of all dossiers."""
    scores, every = Scores(book, key, given), sorted(dossiers)
    final = {dossier: scores.final(dossier) for dossier in every if not scores.lacks(dossier)}
    lines, texts = filled(scores, levels_of(book, key), final), shown(final, scores.combined)
    line_of = {dossier: place for place, line in enumerate(lines) for dossier in line.sure}
    ordered = sorted(final.values(), reverse=True)
    ranks = {dossier: ordered.index(score) + 1 for dossier, score in final.items()}
    order = sorted(final, key=lambda name: (ranks[name], line_of.get(name, len(lines)), name))
    still_open = {dossier for line in lines for dossier in line.open}

    def row(position: int, dossier: str) -> Book:
        score = final.get(dossier)
        return {
            "dossier": dossier,
            "position": position,
            "rank": ranks.get(dossier),
            "score": "" if score is None else written(score),
            "shown": texts.get(dossier, ""),
            "tied": score is not None and ordered.count(score) > 1,
            "straddles": dossier in still_open,
            "line": lines[line_of[dossier]].level["key"] if dossier in line_of else "",
            "advances": score is not None and goes_on(book, key, ranks[dossier], score),
            "reviews": sum(len(scores.sheets.get((dossier, rule["key"]), [])) for rule in scores.rounds),
            "rounds": {} if score is None else {name: written(each) for name, each in scores.values(dossier).items()},
        }

    order += [dossier for dossier in every if dossier not in final]
    return [row(position, dossier) for position, dossier in enumerate(order, start=1)], [line.cut() for line in lines]


def goes_on(book: Book, key: str, place: int, score: Fraction) -> bool:
    rule = onward(book, key)
    if rule is None:
        return False
    places, floor = rule
    return (places is None or place <= places) and (floor is None or score >= floor)
