"""Lifts the worst panel by exchanging members: a free expert for a member, two members for each other, or two such steps.

A step is taken only if every panel it touches ends above the old worst value.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from app.panels.engine.matching.instance import Instance, Integers

TRIED, MENDED = 8, 24
NEVER = -(1 << 40)


class Move(NamedTuple):
    """`level`: the lower of the values reached, as far as the goal; the seat's holder makes room for `expert`, who comes
    from the seat `other` or, where that is −1, has time left."""

    level: int
    gain: int
    seat: int
    expert: int
    other: int


class Panels:
    """Seats with their experts, dossiers and basis points, changed in place. Further rules are for subclasses."""

    tried = TRIED

    def __init__(self, instance: Instance, pairs: Integers) -> None:
        self.instance, self.expert, self.dossier = instance, instance.expert(pairs), instance.dossier(pairs)
        self.points = instance.basis_points(pairs)
        self.values = np.bincount(self.dossier, weights=self.points, minlength=instance.dossiers).astype(np.int64)
        self.loads = np.bincount(self.expert, minlength=instance.experts)
        self.seats = np.argsort(self.dossier, kind="stable")
        self.firsts = np.searchsorted(self.dossier[self.seats], np.arange(instance.dossiers + 1))
        self.held = set(pairs.tolist())

    @property
    def pairs(self) -> Integers:
        return np.sort(self.dossier * self.instance.experts + self.expert)

    def lift(self, goal: int) -> None:
        """Until the worst panel has reached the goal or nothing helps it."""
        while True:
            worst = int(self.values.argmin())
            floor = int(self.values[worst])
            if floor >= goal:
                return
            move = max(self._moves(worst, floor, goal), default=None)
            if move is not None:
                self._make(move)
            elif not self._in_two_steps(worst, floor, goal):
                return

    def _of(self, dossier: int) -> Integers:
        return self.seats[self.firsts[dossier] : self.firsts[dossier + 1]]

    def _row(self, dossier: int) -> tuple[Integers, Integers]:
        """Basis points of every expert for a dossier, −1 for who may not join it: not eligible or there already."""
        start = dossier * self.instance.experts
        points = self.instance.basis_points(np.arange(start, start + self.instance.experts))
        open_to = np.where(self.instance.eligible[dossier], points, -1)
        open_to[self.expert[self._of(dossier)]] = -1
        return points, open_to

    def _moves(self, dossier: int, floor: int, goal: int, avoid: int = -1) -> Iterator[Move]:
        _, open_to = self._row(dossier)
        yield from self._replacement(dossier, open_to, goal)
        takers = np.flatnonzero((open_to[self.expert] >= 0) & (self.dossier != dossier) & (self.dossier != avoid))
        for seat in self._of(dossier).tolist():
            gain, back = self._exchange(seat, takers, open_to)
            theirs = self.values[self.dossier[takers]] + back
            level = np.minimum(np.minimum(self.values[dossier] + gain, theirs), goal)
            good = np.flatnonzero((level > floor) & (gain > 0))
            yield from self._best(seat, takers[good], level[good], gain[good] + back[good])

    def _replacement(self, dossier: int, open_to: Integers, goal: int) -> Iterator[Move]:
        """The weakest member who may serve less, for the best expert who has time."""
        mine = self._of(dossier)
        going = mine[self.loads[self.expert[mine]] > self.instance.lowest[self.expert[mine]]]
        coming = np.where(self.loads < self.instance.highest, open_to, -1)
        expert = int(coming.argmax())
        if len(going) and coming[expert] >= 0:
            seat = int(going[self.points[going].argmin()])
            gain = int(coming[expert] - self.points[seat])
            if gain > 0:
                yield Move(min(int(self.values[dossier]) + gain, goal), gain, seat, expert, -1)

    def _exchange(self, seat: int, takers: Integers, open_to: Integers) -> tuple[Integers, Integers]:
        """What the seat's dossier gains and what each taker's dossier gains; far below zero where the holder may not go."""
        back = self.dossier[takers] * self.instance.experts + self.expert[seat]
        lawful = self.instance.eligible.reshape(-1)[back]
        theirs = np.where(lawful, self.instance.basis_points(back) - self.points[takers], NEVER)
        return open_to[self.expert[takers]] - self.points[seat], theirs

    def _may_follow(self, expert: int, other: int) -> bool:
        """Whether an expert who may serve there can take the seat `other`: not if already on that panel."""
        return int(self.dossier[other]) * self.instance.experts + expert not in self.held

    def _best(self, seat: int, takers: Integers, level: Integers, gain: Integers) -> Iterator[Move]:
        """The best exchange of a seat whose holder can take the other seat."""
        for place in np.lexsort((-gain, -level))[: self.tried].tolist():
            other = int(takers[place])
            if self._may_follow(int(self.expert[seat]), other):
                yield Move(int(level[place]), int(gain[place]), seat, int(self.expert[other]), other)
                return

    def _make(self, move: Move) -> None:
        leaving = int(self.expert[move.seat])
        if move.other < 0:
            self.loads[leaving] -= 1
            self.loads[move.expert] += 1
            self._seat(move.seat, move.expert)
            return
        self._seat(move.seat, move.expert)
        self._seat(move.other, leaving)

    def _seat(self, seat: int, expert: int) -> None:
        start = int(self.dossier[seat]) * self.instance.experts
        self.held.discard(start + int(self.expert[seat]))
        self.held.add(start + expert)
        points = int(self.instance.basis_points(np.array([start + expert]))[0])
        self.values[self.dossier[seat]] += points - self.points[seat]
        self.expert[seat], self.points[seat] = expert, points

    def _in_two_steps(self, worst: int, floor: int, goal: int) -> bool:
        """Takes a wanted expert although the giver falls too low, if one more step mends the giver."""
        for _, seat, other in self._wanted(worst, floor, goal):
            giver, leaving = int(self.dossier[other]), int(self.expert[seat])
            if not self._may_follow(leaving, other):
                continue
            self._make(Move(0, 0, seat, int(self.expert[other]), other))
            mends = [move for move in self._moves(giver, floor, goal, worst) if move.level > floor]
            if mends:
                self._make(max(mends))
                return True
            self._make(Move(0, 0, seat, leaving, other))
        return False

    def _wanted(self, worst: int, floor: int, goal: int) -> list[tuple[int, int, int]]:
        """Exchanges that lift the worst panel, those first that hurt the giver least."""
        _, open_to = self._row(worst)
        takers = np.flatnonzero((open_to[self.expert] >= 0) & (self.dossier != worst))
        found: list[tuple[int, int, int]] = []
        for seat in self._of(worst).tolist():
            gain, back = self._exchange(seat, takers, open_to)
            score = np.minimum(gain, goal - floor) + self.values[self.dossier[takers]] + back
            score = np.where((gain > 0) & (back > NEVER // 2), score, NEVER)
            best = np.argsort(-score, kind="stable")[:MENDED]
            found += [(int(score[place]), seat, int(takers[place])) for place in best.tolist() if score[place] >= 0]
        return sorted(found, reverse=True)[: 2 * MENDED]
