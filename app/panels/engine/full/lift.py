"""Lifts the worst panel by exchanging members where every rule binds: each panel that a step touches stays lawful."""

from collections.abc import Iterator

import numpy as np

from app.panels.engine.full.openings import addable, completing
from app.panels.engine.full.terms import Integers, Mask, Terms
from app.panels.engine.matching.instance import Instance
from app.panels.engine.matching.swaps import NEVER, Move, Panels


def lifted(terms: Terms, pairs: Integers, goal: int) -> Integers:
    """The pairs with their worst panel lifted as far as exchanges do, at most to `goal` basis points."""
    panels = LawfulPanels(terms, pairs)
    panels.lift(goal)
    return panels.pairs


class LawfulPanels(Panels):
    """Under the terms: standing seats stay; an expert who serves one group only is exchanged within it."""

    tried = 60

    def __init__(self, terms: Terms, pairs: Integers) -> None:
        points = terms.worth // terms.parts if terms.parts > 1 else terms.worth
        super().__init__(Instance(points, terms.eligible, terms.size, terms.low, terms.high), pairs)
        self.terms = terms
        self.stands = np.isin(pairs, terms.standing)
        self.fitting: dict[int, Mask] = {}

    def _fits(self, seat: int) -> Mask:
        """Who keeps the panel lawful in the place of a seat's holder, as the panel is now."""
        dossier = int(self.dossier[seat])
        if dossier not in self.fitting:
            self.fitting[dossier] = self._fitting(dossier)
        row: Mask = self.fitting[dossier][int(np.flatnonzero(self._of(dossier) == seat)[0])]
        return row

    def _fitting(self, dossier: int) -> Mask:
        """One row a seat of the dossier: the panel without that seat's holder, completed."""
        mine = self._of(dossier)
        at, other = np.nonzero(~np.eye(len(mine), dtype=bool))
        rows, experts = np.full(len(mine), dossier), self.expert[mine[other]]
        fits = addable(self.terms, rows, at, experts) & completing(self.terms, rows, at, experts)
        fits[self.stands[mine]] = False
        return fits

    def _replacement(self, dossier: int, open_to: Integers, goal: int) -> Iterator[Move]:
        free = np.where((self.loads < self.instance.highest) & self._may_join(dossier), open_to, -1)
        for seat in self._of(dossier).tolist():
            holder = int(self.expert[seat])
            coming = np.where(self._fits(seat), free, -1)
            expert = int(coming.argmax())
            gain = int(coming[expert] - self.points[seat])
            if gain > 0 and self.loads[holder] > self.instance.lowest[holder]:
                yield Move(min(int(self.values[dossier]) + gain, goal), gain, seat, expert, -1)

    def _may_join(self, dossier: int) -> Mask:
        """Who serves no other group, where an expert serves one only."""
        group = self.terms.group
        serves: Mask = np.ones(self.instance.experts, dtype=bool)
        if len(group):
            serves[self.expert[group[self.dossier] != group[dossier]]] = False
        return serves

    def _exchange(self, seat: int, takers: Integers, open_to: Integers) -> tuple[Integers, Integers]:
        gain, back = super()._exchange(seat, takers, open_to)
        fits = self._fits(seat)[self.expert[takers]] & ~self.stands[takers]
        if len(self.terms.group):
            fits &= self.terms.group[self.dossier[takers]] == self.terms.group[self.dossier[seat]]
        return np.where(fits, gain, NEVER), np.where(fits, back, NEVER)

    def _may_follow(self, expert: int, other: int) -> bool:
        return bool(self._fits(other)[expert])

    def _seat(self, seat: int, expert: int) -> None:
        super()._seat(seat, expert)
        self.fitting.pop(int(self.dossier[seat]), None)
