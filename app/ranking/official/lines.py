"""Levels filled from above: who is above each line, which ties straddle one, and how the rulebook's chain parts them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from app.ranking.official.data import COMMITTEE, Cut, Level
from app.ranking.official.scores import Scores


@dataclass(frozen=True)
class _Tie:
    """Dossiers that nothing parts, of whom `places` are still to be placed (fewer than all when a line above is open)."""

    dossiers: tuple[str, ...]
    places: int


def lines(scores: Scores, final: Mapping[str, Fraction]) -> tuple[tuple[Cut, ...], dict[str, str]]:
    """Fill the levels from above; who is on which side of a line, and what is open there."""
    queue = [_Tie(group, len(group)) for group in _by_step(final.__getitem__, tuple(final))]
    placed: dict[str, str] = {}
    cuts = []
    for level in scores.rules.levels:
        above = [tie for tie in queue if level.admits(final[tie.dossiers[0]])]
        below = queue[len(above) :]
        cut, sure, rest = _fill(scores, level, above)
        placed |= dict.fromkeys(sure, level.key)
        cuts.append(cut)
        queue = rest + below
    return tuple(cuts), placed


def _fill(scores: Scores, level: Level, above: list[_Tie]) -> tuple[Cut, list[str], list[_Tie]]:
    """The cut of one level, the dossiers sure of it, and those left for the levels below."""
    seats, sure = level.seats, list[str]()
    for place, tie in enumerate(above):
        if tie.places <= seats:
            sure += tie.dossiers
            seats -= tie.places
            continue
        if seats == 0:
            return Cut(level.key, level.seats, level.seats), sure, above[place:]
        parted = _part(scores, tie, seats)
        sure += parted.above
        filled = level.seats - parted.open_seats
        cut = Cut(level.key, level.seats, filled, tie.dossiers, parted.decided_by, parted.open, parted.open_seats)
        return cut, sure, [*parted.rest, *above[place + 1 :]]
    return Cut(level.key, level.seats, level.seats - seats), sure, []


@dataclass(frozen=True)
class _Parted:
    above: tuple[str, ...]
    rest: tuple[_Tie, ...]
    decided_by: str = ""
    open: tuple[str, ...] = ()
    open_seats: int = 0


def _part(scores: Scores, tie: _Tie, seats: int) -> _Parted:
    """Part a tie that straddles a line by the rulebook's chain, each step only among those it still concerns."""
    above: list[str] = []
    below: list[_Tie] = []
    group, places = tie.dossiers, tie.places
    steps = () if places < len(group) else scores.rules.ties[: _chain_length(scores.rules.ties)]
    for step in steps:
        parts = list(_by_step(scores.step(step, group), group))
        while len(parts[0]) <= seats:
            first = parts.pop(0)
            above += first
            seats -= len(first)
        if seats == 0:
            rest = [_Tie(part, len(part)) for part in parts]
            return _Parted(tuple(above), (*rest, *below), step)
        below = [_Tie(part, len(part)) for part in parts[1:]] + below
        group, places = parts[0], len(parts[0])
    return _Parted(tuple(above), (_Tie(group, places - seats), *below), "", group, seats)


def _chain_length(ties: Sequence[str]) -> int:
    return ties.index(COMMITTEE) if COMMITTEE in ties else len(ties)


def _by_step(score: Callable[[str], Fraction], group: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The dossiers of a group by falling score, those of one score together."""
    scored = {dossier: score(dossier) for dossier in group}
    for _value, part in groupby(sorted(group, key=lambda dossier: -scored[dossier]), key=scored.__getitem__):
        yield tuple(sorted(part))
