"""Levels filled from above: who is above each line, which ties straddle one, and how the rulebook's chain parts them.

A seat may be closed to some: an applicant of another kind, a kind whose limit is reached, a dossier without the tag for which
the last seats are kept. Whoever finds no seat at a level waits for the levels below, in the official order.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations, filterfalse, groupby

from app.ranking.official.data import COMMITTEE, Cut, Level
from app.ranking.official.scores import Scores


@dataclass(frozen=True)
class _Tie:
    """Dossiers that nothing parts, of whom `places` are still to be placed (fewer than all when a line above is open)."""

    dossiers: tuple[str, ...]
    places: int

    @property
    def is_open(self) -> bool:
        return self.places < len(self.dossiers)


@dataclass(frozen=True)
class _Cap:
    """Of the dossiers that `covers` at most so many more may be seated."""

    covers: Callable[[str], bool]
    left: int

    def count(self, dossiers: Iterable[str]) -> int:
        return sum(map(self.covers, dossiers))


@dataclass(frozen=True)
class _Room:
    """What is left of a level: seats in all, and caps on some dossiers."""

    seats: int
    caps: tuple[_Cap, ...] = ()

    def has(self, dossier: str) -> bool:
        return self.seats > 0 and all(cap.left > 0 or not cap.covers(dossier) for cap in self.caps)

    def fits(self, tie: _Tie) -> bool:
        """Whether all places of the tie can be filled, whoever of an open one it will be."""
        return tie.places <= self.seats and all(
            min(tie.places, cap.count(tie.dossiers)) <= cap.left for cap in self.caps
        )

    def most(self, tie: _Tie) -> int:
        """At most so many of the tie can be seated: whichever caps are taken together, those whom one of them covers are no
        more than these leave in all."""
        together = (caps for size in range(len(self.caps) + 1) for caps in combinations(self.caps, size))
        return min(tie.places, self.seats, *(_within(caps, tie.dossiers) for caps in together))

    def less(self, dossiers: Sequence[str], places: int) -> "_Room":
        """Without what these take, as many of a cap as they may."""
        caps = (replace(cap, left=max(0, cap.left - min(places, cap.count(dossiers)))) for cap in self.caps)
        return _Room(self.seats - places, tuple(caps))


def _within(caps: Sequence[_Cap], dossiers: Sequence[str]) -> int:
    free = [dossier for dossier in dossiers if not any(cap.covers(dossier) for cap in caps)]
    return len(free) + sum(cap.left for cap in caps)


@dataclass
class _Filling:
    """One level while it is filled."""

    level: Level
    room: _Room
    sure: list[str] = field(default_factory=list)
    tied: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    open_seats: int = 0
    rest: list[_Tie] = field(default_factory=list)
    without_seat: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)

    def seat(self, tie: _Tie) -> None:
        """Whoever found no seat before, though there were some, is passed over by these."""
        self.passed += self.without_seat
        self.without_seat.clear()
        self.sure += tie.dossiers
        self.room = self.room.less(tie.dossiers, tie.places)

    def leave_open(self, tie: _Tie) -> None:
        """As many as could have a seat are left to the committee."""
        places = self.room.most(tie)
        self.open += tie.dossiers
        self.open_seats += places
        self.room = self.room.less(tie.dossiers, places)
        if tie.places > places:
            self.rest.append(_Tie(tie.dossiers, tie.places - places))

    def cut(self) -> Cut:
        filled = self.level.seats - self.room.seats - self.open_seats
        steps = ",".join(dict.fromkeys(self.steps))
        tied, still_open, passed = tuple(self.tied), tuple(self.open), tuple(self.passed)
        return Cut(self.level.key, self.level.seats, filled, tied, steps, still_open, self.open_seats, passed)

    def miss(self, dossiers: Sequence[str]) -> None:
        """These could have a seat if the ones that are left were not kept for others."""
        self.without_seat += dossiers if self.room.seats else ()

    def wait(self, dossiers: tuple[str, ...]) -> None:
        if dossiers:
            self.rest.append(_Tie(dossiers, len(dossiers)))

    def reunite(self, start: int, waiting: Sequence[str]) -> None:
        """Equal scores that wait from here on wait together, also those for whom no seat was free to begin with."""
        if not waiting:
            return
        ties = [*self.rest[start:], _Tie(tuple(waiting), len(waiting))]
        members = sorted(dossier for tie in ties for dossier in tie.dossiers)
        self.rest[start:] = [_Tie(tuple(members), sum(tie.places for tie in ties))]


def lines(scores: Scores, final: Mapping[str, Fraction]) -> tuple[tuple[Cut, ...], dict[str, str]]:
    """Fill the levels from above; who is on which side of a line, and what is open there."""
    queue = [_Tie(group, len(group)) for group in _by_step(final.__getitem__, tuple(final))]
    placed: dict[str, str] = {}
    cuts = []
    for level in scores.rules.levels:
        filling = _Filling(level, _room(scores, level))
        for tie in queue:
            _offer(scores, filling, final, tie)
        placed |= dict.fromkeys(filling.sure, level.key)
        cuts.append(filling.cut())
        queue = filling.rest
    return tuple(cuts), placed


def _room(scores: Scores, level: Level) -> _Room:
    """A seat kept for a tag is one less for all who don't carry it: of those who carry none of some tags, only so many may be
    seated as are not kept for these."""

    def of_kind(kind: str) -> Callable[[str], bool]:
        return lambda dossier: scores.facts.of(dossier).kind == kind

    def without(tags: Collection[str]) -> Callable[[str], bool]:
        return lambda dossier: scores.facts.of(dossier).tags.isdisjoint(tags)

    limits = (_Cap(of_kind(kind), seats) for kind, seats in level.limits.items())
    together = (tags for size in range(len(level.reserved)) for tags in combinations(level.reserved, size + 1))
    kept = (_Cap(without(tags), level.seats - sum(map(level.reserved.__getitem__, tags))) for tags in together)
    return _Room(level.seats, (*limits, *kept))


def _offer(scores: Scores, filling: _Filling, final: Mapping[str, Fraction], tie: _Tie) -> None:
    """Seat the tie at this level, part it, leave it open, or let it wait for the next."""
    score = final[tie.dossiers[0]]
    admitted, others = _split(tie.dossiers, lambda dossier: filling.level.admits(score, scores.facts.of(dossier).kind))
    seatable, too_many = _split(admitted, filling.room.has)
    filling.miss(too_many)
    if tie.is_open:
        _offer_open(filling, tie, seatable)
        return
    start = len(filling.rest)
    if seatable:
        _seat(scores, filling, _Tie(seatable, len(seatable)))
    filling.reunite(start, others + too_many)


def _split(dossiers: Sequence[str], test: Callable[[str], bool]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(filter(test, dossiers)), tuple(filterfalse(test, dossiers))


def _offer_open(filling: _Filling, tie: _Tie, seatable: Sequence[str]) -> None:
    """What a line above has left open is seated here only where it fits whoever it will be, else it stays open."""
    if not seatable:
        filling.rest.append(tie)
    elif len(seatable) == len(tie.dossiers) and filling.room.fits(tie):
        filling.seat(tie)
    else:
        filling.tied += tie.dossiers
        filling.leave_open(tie)


def _seat(scores: Scores, filling: _Filling, tie: _Tie) -> None:
    if filling.room.fits(tie):
        filling.seat(tie)
        return
    filling.tied += tie.dossiers
    ties = scores.rules.ties
    _part(scores, filling, tie, ties[: _chain_length(ties)])


def _part(scores: Scores, filling: _Filling, tie: _Tie, chain: Sequence[str]) -> None:
    """By the first step of the chain, and what that leaves across the line by the next; what is left then stays open."""
    if not chain:
        filling.leave_open(tie)
        return
    decided = True
    for part in _by_step(scores.step(chain[0], tie.dossiers), tie.dossiers):
        decided &= _place(scores, filling, part, chain[1:])
    if decided:
        filling.steps.append(chain[0])


def _place(scores: Scores, filling: _Filling, part: Sequence[str], chain: Sequence[str]) -> bool:
    """Seat a part, let it wait, or part it further; whether no further step was needed."""
    seatable, waiting = _split(part, filling.room.has)
    filling.wait(waiting)
    if not seatable:
        return True
    tie = _Tie(seatable, len(seatable))
    if filling.room.fits(tie):
        filling.seat(tie)
        return True
    _part(scores, filling, tie, chain)
    return False


def _chain_length(ties: Sequence[str]) -> int:
    return ties.index(COMMITTEE) if COMMITTEE in ties else len(ties)


def _by_step(score: Callable[[str], Fraction], group: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The dossiers of a group by falling score, those of one score together."""
    scored = {dossier: score(dossier) for dossier in group}
    for _value, part in groupby(sorted(group, key=lambda dossier: -scored[dossier]), key=scored.__getitem__):
        yield tuple(sorted(part))
