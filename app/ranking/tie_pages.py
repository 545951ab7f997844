"""What the page of the experts says of ties between experts and dossiers, put into the reader's words."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.kernel.canonical import Record
from app.panels.rules import Level
from app.ranking.advice.record import message_of
from app.ranking.tied import LABELS, NEAR, NEAR_LABELS
from app.web.formats import say
from app.web.language import _

NORMAL_95 = 1.96
PERCENT = 100
ORDER = (NEAR, *LABELS)


@dataclass(frozen=True)
class OwnRow:
    """One expert's scores of dossiers that he is tied to."""

    name: str
    number: str
    relation: str
    tied: int
    reviews: int
    effect: str
    is_unusual: bool


@dataclass(frozen=True)
class TieRow:
    """One relation over all experts of a round; `refused` says why nothing is told of it."""

    relation: str
    tied: int
    reviews: int
    effect: str
    dealt: str
    refused: str
    is_unusual: bool


@dataclass(frozen=True)
class Ties:
    """One round's relations, and its experts, those to be looked at first."""

    rows: tuple[TieRow, ...]
    own: tuple[OwnRow, ...]

    @property
    def unusual(self) -> int:
        return sum(each.is_unusual for each in self.own)


def ties(content: Record, people: Mapping[str, str], level: Level) -> dict[str, Ties]:
    """By round."""
    return {key: _of_round(found, people, level) for key, found in content["ties"].items()}


def _of_round(found: list[Record], people: Mapping[str, str], level: Level) -> Ties:
    own = [(each, relation) for relation in found for each in relation["own"]]
    own.sort(
        key=lambda pair: (not pair[0]["is_unusual"], -abs(pair[0]["effect"]) / pair[0]["error"], pair[0]["expert"])
    )
    return Ties(
        tuple(_row(relation, level) for relation in sorted(found, key=_place)),
        tuple(_own(each, name_of(relation["key"], level), people) for each, relation in own),
    )


def _place(relation: Record) -> int:
    return ORDER.index(relation["key"])


def name_of(key: str, level: Level) -> str:
    return _(NEAR_LABELS[level]) if key == NEAR else _(LABELS[key])


def _row(relation: Record, level: Level) -> TieRow:
    refused = relation["refused"]
    return TieRow(
        relation=name_of(relation["key"], level),
        tied=relation["tied"],
        reviews=relation["reviews"],
        effect="—" if refused else _effect(relation),
        dealt="—" if refused else _dealt(relation["dealt"]),
        refused=say(message_of(refused)) if refused else "",
        is_unusual=relation["is_unusual"],
    )


def _own(each: Record, relation: str, people: Mapping[str, str]) -> OwnRow:
    return OwnRow(
        name=people.get(each["expert"], ""),
        number=each["expert"],
        relation=relation,
        tied=each["tied"],
        reviews=each["reviews"],
        effect=_effect(each),
        is_unusual=each["is_unusual"],
    )


def _effect(each: Record) -> str:
    """With the ends of its 95 % interval."""
    reach = NORMAL_95 * each["error"]
    return f"{each['effect']:+.1f}（{each['effect'] - reach:+.1f} … {each['effect'] + reach:+.1f}）"


def _dealt(share: float) -> str:
    return "< 1%" if share < 1 / PERCENT else f"{round(PERCENT * share)}%"
