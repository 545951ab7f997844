"""A committee's count computed again from the opened box: no line shared with the product; docs/ballot.md has the rule.

Levels are filled from the highest down; a voice for a higher level counts for every lower one; seats go by voices, then by
official rank; where both are equal and not all fit, the rulebook's lot parts them, or all of them wait for a new vote.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from itertools import groupby

from rules import Book, Room, is_above

Taken = list[tuple[str, Book]]  # level and dossier of every seat that was given before


class Held(Room):
    """While the ballots are counted: a dossier has `id rank kind tags levels votes entitled lot`."""

    def free(self, dossiers: Iterable[Book]) -> list[Book]:
        return [each for each in dossiers if self.has(each["id"])]

    def fit(self, wanted: list[Book]) -> bool:
        return self.fits([each["id"] for each in wanted], len(wanted))

    def hold(self, wanted: list[Book]) -> None:
        """For these, or open for their new vote: as many seats as they could get."""
        names, kinds = {each["id"] for each in wanted}, Counter(each["kind"] for each in wanted)
        limits = zip(self.level.get("limits", []), self.caps)
        surplus = sum(max(0, kinds[limit["kind"]] - left) for limit, (_, left) in limits)
        within = (left + len(names - covered) for covered, left in self.caps)
        taken = min(self.seats, len(names) - surplus, *within)
        self.seats -= taken
        for cap in self.caps:
            cap[1] = max(0, cap[1] - min(taken, len(cap[0] & names)))


def open_levels(book: Book, kind: str, score: Fraction | None) -> list[str]:
    """Levels open to a dossier's kind and not above its score."""
    able = [level for level in book["levels"] if kind in level["kinds"] and score is not None]
    return [level["key"] for level in able if is_above(level, score)]


def voices(dossier: Book, levels: list[str]) -> int:
    return sum(dossier["votes"].get(level, 0) for level in levels)


def reached(book: Book, level: str, yes: int, voters: int) -> bool:
    rule = next(each for each in book["committee"]["majorities"] if each["level"] == level)
    needed = Fraction(str(rule["share"])) * voters
    return yes > needed if rule["strict"] else voters > 0 and yes >= needed


def fill(room: Held, able: list[Book], above: list[str]) -> tuple[list[Book], list[Book], list[Book]]:
    """Who has a seat, in order; who waits for a new vote; among whom the lot was drawn."""

    def order(each: Book) -> tuple[int, float]:
        return -voices(each, above), float("inf") if each["rank"] is None else each["rank"]

    won, tied, drawn = [], [], []  # type: List[Book], List[Book], List[Book]
    for _, equals in groupby(sorted(able, key=order), key=order):
        alike = sorted(room.free(equals), key=lambda each: -each["lot"])
        parts = [alike] if room.fit(alike) else [list(same) for _, same in groupby(alike, key=lambda each: each["lot"])]
        drawn += alike if len(parts) > 1 else []
        for part in parts:
            wanted = room.free(part)
            won, tied = (won + wanted, tied) if room.fit(wanted) else (won, tied + wanted)
            room.hold(wanted)
    return won, tied, drawn


def count(book: Book, dossiers: list[Book], taken: Taken) -> list[Book]:
    """What one round finds, in the order of its list."""
    keys, by_id = [level["key"] for level in book["levels"]], {each["id"]: each for each in dossiers}
    level_of, waiting, lot_at = {}, set(), {}  # type: Dict[str, str], Set[str], Dict[str, str]
    for place, level in enumerate(book["levels"]):
        key, above = level["key"], keys[: place + 1]
        left = [each for each in dossiers if each["id"] not in level_of and each["id"] not in waiting]
        able = [
            each for each in left if key in each["levels"] and reached(book, key, voices(each, above), each["entitled"])
        ]
        room = Held(level, by_id, [dossier for given, dossier in taken if given == key])
        won, tied, drawn = fill(room, able, above)
        level_of.update((each["id"], key) for each in won)
        waiting.update(each["id"] for each in tied)
        lot_at.update((each["id"], key) for each in drawn)
    return [
        {
            "dossier": name,
            "level": level_of.get(name, ""),
            "entitled": by_id[name]["entitled"],
            "votes": by_id[name]["votes"],
            "yes": {
                key: voices(by_id[name], keys[: at + 1]) for at, key in enumerate(keys) if key in by_id[name]["levels"]
            },
            "new_vote": name in waiting,
            **({"lot_at": lot_at[name]} if name in lot_at else {}),
        }
        for name in dict.fromkeys([*level_of, *by_id])
    ]


def settled(book: Book, rounds: list[list[Book]], ranked: list[str]) -> list[Book]:
    """The list after all rounds: of each dossier what its last round found; by level who was seated first, then the rest in
    the official order."""
    keys = [level["key"] for level in book["levels"]]
    found = [{**each, "round": number} for number, results in enumerate(rounds, start=1) for each in results]
    last = {each["dossier"]: (place, each) for place, each in enumerate(found)}

    def position(entry: tuple[int, Book]) -> tuple[int, int]:
        place, each = entry
        return (keys.index(each["level"]), place) if each["level"] else (len(keys), ranked.index(each["dossier"]))

    return [{**each, "position": at} for at, (_, each) in enumerate(sorted(last.values(), key=position), start=1)]
