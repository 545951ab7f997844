"""An expert apart for every group served: with who reads how much where once settled, the group rule is one of loads."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np

from app.panels.engine.full.exact import Steps
from app.panels.engine.full.programme import Vector
from app.panels.engine.full.terms import Integers, Mask, Terms, Worth


@dataclass(frozen=True)
class Clones:
    """One row for every expert and group served, by expert, then group: `low` to `high` dossiers there. Away from home the
    count is settled; at home it is free, but never below what the expert reads in any other group. `before` are the
    dossiers that the expert's other rows count first."""

    terms: Terms
    expert: Integers
    group: Integers
    home: Mask
    low: Integers
    high: Integers
    before: Integers

    @cached_property
    def apart(self) -> Terms:
        """The terms with clones for experts and no group rule left."""
        terms = self.terms
        return replace(
            terms,
            worth=cast("Worth", np.ascontiguousarray(terms.worth[:, self.expert])),
            eligible=terms.eligible[:, self.expert] & (terms.group[:, None] == self.group[None, :]),
            low=self.low,
            high=self.high,
            roles=tuple(replace(role, who=role.who[:, self.expert]) for role in terms.roles),
            employer=terms.employer[self.expert] if len(terms.employer) else terms.employer,
            province=terms.province[self.expert] if len(terms.province) else terms.province,
            group=np.zeros(0, dtype=np.int64),
            crossing=(0, 0),
            standing=self.over(terms.standing),
        )

    def steps(self, steps: Steps) -> Steps:
        """Each expert's steps dealt to the clones: those away from home count first."""
        first, last = (np.searchsorted(steps.experts, self.expert, side=side) for side in ("left", "right"))
        begin = np.minimum(first + self.before, last)
        count = np.minimum(begin + self.high, last) - begin
        rows = np.repeat(np.arange(len(self.expert)), count)
        place = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
        return Steps(rows, steps.costs[begin[rows] + place])

    def over(self, pairs: Integers) -> Integers:
        """Pairs of experts as pairs of their clones."""
        dossiers, experts = self.terms.split(pairs)
        mine = _key(self.terms, self.expert, self.group)
        place = np.searchsorted(mine, _key(self.terms, experts, self.terms.group[dossiers]))
        return np.sort(dossiers * len(self.expert) + place)

    def back(self, pairs: Integers) -> Integers:
        """Pairs of clones as pairs of experts."""
        dossiers, clones = pairs // len(self.expert), pairs % len(self.expert)
        return np.sort(self.terms.pairs(dossiers, self.expert[clones]))


def cloned(terms: Terms, served: Integers, gains: Vector) -> Clones:
    """`served` (experts × groups) says how many dossiers of each group every expert reads; whoever reads none stays ready for
    the group that gains most. Home is where most are read, the first of equals."""
    everybody = np.arange(terms.experts)
    offered = np.where(terms.eligible, gains, -np.inf)
    idle = np.stack([offered[terms.group == one].max(axis=0) for one in range(served.shape[1])]).argmax(axis=0)
    home = np.where(served.any(axis=1), served.argmax(axis=1), idle)
    away = served.copy()
    away[everybody, home] = 0
    visits, busiest = away.sum(axis=1), away.max(axis=1)
    present = away > 0
    present[everybody, home] = True
    expert, group = np.nonzero(present)
    at_home = group == home[expert]
    count = away[expert, group]
    settled = np.cumsum(count) - count
    first = np.searchsorted(expert, expert)
    return Clones(
        terms,
        expert,
        group,
        at_home,
        low=np.where(at_home, np.maximum(terms.low - visits, busiest)[expert], count),
        high=np.where(at_home, np.maximum(terms.high - visits, 0)[expert], count),
        before=np.where(at_home, visits[expert], settled - settled[first]),
    )


def served_by(terms: Terms, pairs: Integers) -> Integers:
    """Experts × groups: how many dossiers."""
    dossiers, experts = terms.split(pairs)
    counts = np.zeros((terms.experts, int(terms.group.max(initial=0)) + 1), dtype=np.int64)
    np.add.at(counts, (experts, terms.group[dossiers]), 1)
    return counts


def _key(terms: Terms, expert: Integers, group: Integers) -> Integers:
    return expert * (int(terms.group.max(initial=0)) + 1) + group
