"""A committee's count computed again from the opened box: no line shared with the product; docs/ballot.md has the rule.

Levels are filled from the highest down; a voice for a higher level counts for every lower one; seats go by voices, then by
official rank; where both are equal and not all fit, all of them wait for a new vote.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations, groupby
from typing import Any

Book = dict[str, Any]
Taken = list[tuple[str, Book]]  # level and dossier of every seat that earlier sessions gave


def open_levels(book: Book, dossier: Book) -> list[str]:
    """Levels open to a dossier's kind and not above its score."""
    if dossier["score"] is None:
        return []
    floors = [(level, level.get("floor")) for level in book["levels"] if dossier["kind"] in level["kinds"]]
    return [level["key"] for level, floor in floors if floor is None or dossier["score"] >= floor]


class Room:
    """What is left to give at one level: in all, to a kind of applicant, to dossiers with none of some tags."""

    def __init__(self, level: Book, taken: Taken) -> None:
        used = [dossier for key, dossier in taken if key == level["key"]]
        kinds = Counter(each["kind"] for each in used)
        self.seats = level["seats"] - len(used)
        self.kinds = {limit["kind"]: limit["seats"] - kinds[limit["kind"]] for limit in level.get("limits", [])}
        kept = {each["tag"]: each["seats"] for each in level.get("reserved", [])}
        together = [tags for size in range(len(kept)) for tags in combinations(kept, size + 1)]
        self.others = {
            tags: max(0, level["seats"] - sum(kept[tag] for tag in tags) - without(tags, used)) for tags in together
        }

    def has_room(self, dossier: Book) -> bool:
        kept = [left for tags, left in self.others.items() if not set(tags) & set(dossier["tags"])]
        return min([self.seats, self.kinds.get(dossier["kind"], self.seats), *kept]) > 0

    def fits(self, wanted: list[Book]) -> bool:
        kinds = Counter(each["kind"] for each in wanted)
        within = all(count <= self.kinds.get(kind, count) for kind, count in kinds.items())
        kept = all(without(tags, wanted) <= left for tags, left in self.others.items())
        return len(wanted) <= self.seats and within and kept

    def give(self, wanted: list[Book]) -> None:
        """Also where they wait for a new vote: so many seats as they could get stay open."""
        kinds = Counter(each["kind"] for each in wanted)
        most = {kind: min(count, self.kinds.get(kind, count)) for kind, count in kinds.items()}
        kept = [left + len(wanted) - without(tags, wanted) for tags, left in self.others.items()]
        self.seats -= min([self.seats, sum(most.values()), *kept])
        self.kinds = {kind: left - most.get(kind, 0) for kind, left in self.kinds.items()}
        self.others = {tags: max(0, left - without(tags, wanted)) for tags, left in self.others.items()}


def without(tags: tuple[str, ...], dossiers: list[Book]) -> int:
    """How many carry none of these tags."""
    return sum(not set(tags) & set(each["tags"]) for each in dossiers)


def reached(book: Book, level: str, yes: int, voters: int) -> bool:
    rule = next(each for each in book["committee"]["majorities"] if each["level"] == level)
    needed = Fraction(str(rule["share"])) * voters
    return yes > needed if rule["strict"] else voters > 0 and yes >= needed


def decide(book: Book, dossiers: list[Book], taken: Taken) -> list[Book]:
    """The list in its order; a dossier: `id rank kind tags levels votes entitled`."""
    keys = [level["key"] for level in book["levels"]]
    seated: dict[str, str] = {}
    waiting: set[str] = set()
    for place, level in enumerate(book["levels"]):
        above, room = keys[: place + 1], Room(level, taken)
        left = [each for each in dossiers if each["id"] not in seated and each["id"] not in waiting]
        able = [
            each
            for each in left
            if level["key"] in each["levels"] and reached(book, level["key"], voices(each, above), each["entitled"])
        ]
        for _, alike in groupby(sorted(able, key=lambda each: order(each, above)), key=lambda each: order(each, above)):
            wanted = [each for each in alike if room.has_room(each)]
            if room.fits(wanted):
                seated.update((each["id"], level["key"]) for each in wanted)
            else:
                waiting.update(each["id"] for each in wanted)
            room.give(wanted)
    by_id = {each["id"]: each for each in dossiers}
    found = []
    for position, name in enumerate(dict.fromkeys([*seated, *by_id]), start=1):
        each = by_id[name]
        yes = {key: voices(each, keys[: at + 1]) for at, key in enumerate(keys) if key in each["levels"]}
        found.append(
            {
                "position": position,
                "dossier": name,
                "level": seated.get(name, ""),
                "entitled": each["entitled"],
                "votes": each["votes"],
                "yes": yes,
                "new_vote": name in waiting,
            }
        )
    return found


def voices(dossier: Book, levels: list[str]) -> int:
    return sum(dossier["votes"].get(level, 0) for level in levels)


def order(dossier: Book, levels: list[str]) -> tuple[int, float]:
    rank = dossier["rank"]
    return -voices(dossier, levels), float("inf") if rank is None else rank
