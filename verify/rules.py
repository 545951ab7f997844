"""What several checks read out of a rulebook, and the room that a level has while it is filled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

Book = dict[str, Any]
BEFORE = {"consensus": True, "trim_from": 5, "trim_each": 1, "trim_fallback": "mean", "spread": "sample"}
"""What held of rankings before a rulebook could say it."""


def combined(book: Book) -> Book:
    return {**BEFORE, **book["aggregation"]}


def rounds_until(book: Book, last: str) -> list[Book]:
    keys = [rule["key"] for rule in book["rounds"]]
    return list(book["rounds"][: keys.index(last) + 1])


def levels_of(book: Book, key: str) -> list[Book]:
    """Lines are drawn after the last round only."""
    return list(book["levels"]) if book["rounds"][-1]["key"] == key else []


def onward(book: Book, key: str) -> tuple[int | None, int | None] | None:
    """Places and floor (in points) of those who go on; None after the last round."""
    if levels_of(book, key):
        return None
    factor = rounds_until(book, key)[-1].get("advance_factor")
    seats = sum(level["seats"] for level in book["levels"])
    floors = [level.get("floor") for level in book["levels"]]
    places = None if factor is None else -(-(seats * Fraction(str(factor))) // 1)
    return places, None if None in floors else min(floors)


def is_above(level: Book, score: Fraction) -> bool:
    return level.get("floor") is None or score >= level["floor"]


def caps(level: Book) -> Iterator[tuple[Any, int]]:
    """Who may have only some of a level's seats, and how many: a kind with a limit; whoever carries none of some tags, for
    the seats that are kept for these."""
    for limit in level.get("limits", []):
        yield lambda dossier, kind=limit["kind"]: dossier["kind"] == kind, limit["seats"]
    kept = {each["tag"]: each["seats"] for each in level.get("reserved", [])}
    for tags in (tags for size in range(len(kept)) for tags in combinations(kept, size + 1)):
        left = level["seats"] - sum(kept[tag] for tag in tags)
        yield lambda dossier, tags=tags: not set(tags) & set(dossier["tags"]), left


class Room:
    """What is left of a level: seats in all, and caps: of those whom one covers only so many more may be seated."""

    def __init__(self, level: Book, dossiers: dict[str, Book], taken: Iterable[Book] = ()) -> None:
        """`dossiers` by name, each with `kind` and `tags`; so are those who hold seats of the level already."""
        held, self.level = list(taken), level
        self.seats = level["seats"] - len(held)
        self.caps = [
            [{name for name, each in dossiers.items() if covers(each)}, max(0, seats - sum(map(covers, held)))]
            for covers, seats in caps(level)
        ]

    def has(self, name: str) -> bool:
        return self.seats > 0 and all(left > 0 or name not in covered for covered, left in self.caps)

    def fits(self, names: Iterable[str], places: int) -> bool:
        """Whether all these places can be filled, whoever of the names gets them."""
        within = all(min(places, len(covered & set(names))) <= left for covered, left in self.caps)
        return places <= self.seats and within

    def most(self, names: Iterable[str], places: int) -> int:
        """So many can be seated: whichever caps are taken together, those whom one covers are no more than these leave."""
        wanted, most = set(names), min(places, self.seats)
        for chosen in (chosen for size in range(len(self.caps)) for chosen in combinations(self.caps, size + 1)):
            free = wanted.difference(*(covered for covered, _left in chosen))
            most = min(most, len(free) + sum(left for _covered, left in chosen))
        return most

    def take(self, names: Iterable[str], places: int) -> None:
        self.seats -= places
        for cap in self.caps:
            cap[1] = max(0, cap[1] - min(places, len(cap[0] & set(names))))
