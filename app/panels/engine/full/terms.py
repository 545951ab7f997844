"""What is asked, as arrays: one row a dossier, one column an expert; a pair is the number dossier × experts + expert."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, combinations, repeat

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Worth = npt.NDArray[np.float32] | npt.NDArray[np.int64]

BLOCK = 4_000_000  # cells looked at in one go, so that a scan stays in the cache


def none() -> Integers:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Role:
    """`needed[d]` seats of panel d are for experts in `who[kind[d]]`: dossiers of one kind (an industry) share a row."""

    name: str
    needed: Integers
    who: Mask
    kind: Integers


@dataclass(frozen=True)
class Terms:
    """A panel has `size[d]` members and an expert takes `low` to `high` dossiers.

    A pair is worth `worth × unit`, rounded: integers all
    the way; a basis point has `parts` of them. `apart`: one member fills one role only, else whoever may
    fill several counts in each. `employer` and `province` are −1 where none is known; who has none is not counted.
    `group[d]` given: an expert serves one group, but for `crossing` reviews (at least, at most) that experts do outside the
    group in which they read most; with any, the groups hang together through experts in common. `standing` pairs are kept.
    """

    worth: Worth
    eligible: Mask
    size: Integers
    low: Integers
    high: Integers
    unit: int = 1
    parts: int = 1
    roles: tuple[Role, ...] = ()
    apart: bool = True
    employer: Integers = field(default_factory=none)
    province: Integers = field(default_factory=none)
    provinces: int = 0
    per_province: int = 0
    group: Integers = field(default_factory=none)
    crossing: tuple[int, int] = (0, 0)
    standing: Integers = field(default_factory=none)

    @property
    def dossiers(self) -> int:
        return int(self.worth.shape[0])

    @property
    def experts(self) -> int:
        return int(self.worth.shape[1])

    def split(self, pairs: Integers) -> tuple[Integers, Integers]:
        """Dossier and expert of every pair."""
        return pairs // self.experts, pairs % self.experts

    def pairs(self, dossiers: Integers, experts: Integers) -> Integers:
        return dossiers.astype(np.int64) * self.experts + experts

    def value(self, pairs: Integers) -> Integers:
        dossiers, experts = self.split(pairs)
        worth = self.worth[dossiers, experts]
        whole = worth if worth.dtype == np.int64 else np.rint(worth * np.float64(self.unit))
        return whole.astype(np.int64)

    def loads(self, pairs: Integers) -> Integers:
        return np.bincount(pairs % self.experts, minlength=self.experts)

    def types(self, pairs: Integers) -> Integers:
        """Which roles the expert of a pair may fill, one bit a role."""
        dossiers, experts = self.split(pairs)
        found = np.zeros(len(pairs), dtype=np.int64)
        for bit, role in enumerate(self.roles):
            found |= role.who[role.kind[dossiers], experts].astype(np.int64) << bit
        return found

    def types_of(self, dossier: int) -> Integers:
        """The type of every expert at one dossier."""
        found = np.zeros(self.experts, dtype=np.int64)
        for bit, role in enumerate(self.roles):
            found |= role.who[role.kind[dossier]].astype(np.int64) << bit
        return found

    @cached_property
    def kinds(self) -> tuple[Integers, ...]:
        """The dossiers at which every expert has the same type, kind by kind."""
        if not self.roles:
            return (np.arange(self.dossiers),)
        alike = np.unique(np.stack([role.kind for role in self.roles]), axis=1, return_inverse=True)[1].reshape(-1)
        order = np.argsort(alike, kind="stable")
        return tuple(np.split(order, np.flatnonzero(np.diff(alike[order])) + 1))

    @cached_property
    def present(self) -> tuple[int, ...]:
        """The types that occur."""
        found = [np.unique(self.types_of(int(kind[0]))) for kind in self.kinds if len(kind)]
        return tuple(np.unique(np.concatenate([*found, none()])).tolist())

    @cached_property
    def free(self) -> Integers:
        """The seats of every panel that no role claims."""
        return self.size - sum((role.needed for role in self.roles), np.zeros(self.dossiers, dtype=np.int64))

    def coverings(self) -> Iterator[tuple[int, Integers]]:
        """Sets of roles (as bits) and how many members able to fill one of them a panel needs: together they say that the
        role seats can be filled. Where roles may overlap each role speaks for itself (Hall's condition otherwise)."""
        counts = range(1, 1 + (len(self.roles) if self.apart else min(1, len(self.roles))))
        sets = chain.from_iterable(map(combinations, repeat(range(len(self.roles))), counts))
        for chosen in filter(self._connected, sets):
            yield sum(1 << bit for bit in chosen), np.sum([self.roles[bit].needed for bit in chosen], axis=0)

    def _connected(self, chosen: tuple[int, ...]) -> bool:
        """Whether some expert links every part of the set with the rest; a set that falls apart follows from its parts."""
        reached, rest = {chosen[0]}, set(chosen[1:])
        while linked := {bit for bit in rest if any(self._linked(bit, other) for other in reached)}:
            reached |= linked
            rest -= linked
        return not rest

    def _linked(self, bit: int, other: int) -> bool:
        return any(kind >> bit & kind >> other & 1 for kind in self.present)

    def province_caps(self) -> Integers:
        """How many members one province may send to every panel (its size where nothing binds)."""
        caps = self.size.copy()
        if self.provinces >= 2:
            caps = np.where(self.size >= self.provinces, self.size - self.provinces + 1, self.size)
        return np.minimum(caps, self.per_province) if self.per_province else caps

    def limits(self) -> Iterator[tuple[Integers, Integers]]:
        """The label of every expert and how many of one label each panel may hold."""
        if (self.employer >= 0).any():
            yield self.employer, np.ones(self.dossiers, dtype=np.int64)
        caps = self.province_caps()
        if (self.province >= 0).any() and (caps < self.size).any():
            yield self.province, caps

    def part(self, chosen: Integers, held: Integers) -> "Terms":
        """The dossiers `chosen` alone, while the pairs `held` elsewhere stay as they are; pairs are numbered anew."""
        loads = self.loads(held)
        eligible = self.eligible[chosen] & (loads < self.high)
        if len(self.group) and len(held):
            serves = np.full(self.experts, -1)
            serves[held % self.experts] = self.group[held // self.experts]
            eligible &= (serves < 0) | (serves == self.group[chosen][:, None])
        dossiers, experts = self.split(self.standing)
        at = np.searchsorted(chosen, dossiers)
        here = (at < len(chosen)) & (chosen[np.minimum(at, len(chosen) - 1)] == dossiers)
        return replace(
            self,
            worth=self.worth[chosen],
            eligible=eligible,
            size=self.size[chosen],
            low=np.maximum(self.low - loads, 0),
            high=np.maximum(self.high - loads, 0),
            roles=tuple(replace(role, needed=role.needed[chosen], kind=role.kind[chosen]) for role in self.roles),
            group=self.group[chosen] if len(self.group) else self.group,
            standing=(at * self.experts + experts)[here],
        )
