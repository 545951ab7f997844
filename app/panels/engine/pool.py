"""The problem as arrays, in an order that does not depend on how the rows came."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from app.panels import rules
from app.panels.engine.problem import Need, Problem
from app.panels.rules import DossierFacts, ExpertFacts

LOT_PARTS = 1 << 20  # one basis point is so many parts: two pairs practically never weigh the same

Matrix = npt.NDArray[np.int64]
Mask = rules.Mask


def lot(seed: str, expert: str, dossier: str, span: int) -> int:
    """The seed's lot for a pair: the first eight bytes of SHA-256 of `lot|seed|expert|dossier`, below `span`."""
    digest = hashlib.sha256(f"lot|{seed}|{expert}|{dossier}".encode()).digest()
    return int.from_bytes(digest[:8]) % span if span else 0


@dataclass(frozen=True)
class Role:
    """At least `needed` members of every panel are in `mask` (experts × dossiers)."""

    name: Need
    needed: int
    mask: Mask


class Pool:
    """Experts and dossiers sorted by their numbers; every array is experts × dossiers."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.experts = sorted(problem.experts, key=lambda expert: expert.id)
        self.dossiers = sorted(problem.dossiers, key=lambda dossier: dossier.id)
        self.expert_at = {expert.id: place for place, expert in enumerate(self.experts)}
        self.dossier_at = {dossier.id: place for place, dossier in enumerate(self.dossiers)}

    @cached_property
    def fixed(self) -> Mask:
        mask = np.zeros((len(self.experts), len(self.dossiers)), dtype=bool)
        for seat in self.problem.fixed:
            mask[self.expert_at[seat.expert], self.dossier_at[seat.dossier]] = True
        return mask

    @cached_property
    def eligible(self) -> Mask:
        """Lawful as a member: the rule for all pairs at once."""
        problem = self.problem
        lawful = rules.masks(self.experts, self.dossiers, problem.rule, conflicts=problem.conflicts).lawful
        for expert, dossier in problem.forbidden:
            lawful[self.expert_at[expert], self.dossier_at[dossier]] = False
        return lawful

    @cached_property
    def weights(self) -> Matrix:
        """Affinity and lot of every eligible or fixed pair, in parts of a basis point."""
        problem, span = self.problem, self.problem.lot * LOT_PARTS
        seed = problem.seed
        if problem.policy != "best":  # a lot below one basis point parts equals
            span = LOT_PARTS
        if problem.policy == "random":  # the chances are the same for every seed
            seed = ""
        weights = np.zeros(self.eligible.shape, dtype=np.int64)
        for row, column in zip(*np.nonzero(self.eligible | self.fixed), strict=True):
            expert, dossier = self.experts[row], self.dossiers[column]
            weights[row, column] = self.affinity(expert, dossier) * LOT_PARTS + lot(seed, expert.id, dossier.id, span)
        return weights

    def affinity(self, expert: ExpertFacts, dossier: DossierFacts) -> int:
        given = self.problem.affinity
        return given.get((expert.id, dossier.id), 0) if given else rules.affinity(expert, dossier)

    @cached_property
    def capacity(self) -> npt.NDArray[np.int64]:
        """How many dossiers of this problem each expert may take, those of the fixed seats included."""
        free = [max(expert.max_load - expert.load, 0) for expert in self.experts]
        return np.array(free, dtype=np.int64)

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        shape, rule = self.problem.shape, self.problem.rule
        leads = np.array([[rules.may_lead(expert, rule)] for expert in self.experts], dtype=bool)
        roles = (
            Role("leader", int(shape.leader), leads.reshape(-1, 1) & np.ones(len(self.dossiers), dtype=bool)),
            Role("industry", shape.industry_experts, self._mask(rules.is_industry_expert)),
            Role("examiner", shape.examiners, self._mask(rules.is_examiner)),
            Role("finance", shape.finance_experts, self._mask(rules.is_finance_expert)),
        )
        return tuple(role for role in roles if role.needed)

    @cached_property
    def limits(self) -> tuple[tuple[int, list[str]], ...]:
        """What no panel may hold more of: one expert of an employer, so many of a province; a label for every expert,
        empty for who is not counted."""
        shape = self.problem.shape
        limits: list[tuple[int, list[str]]] = []
        if shape.one_per_employer:
            limits.append((1, [expert.employer_code for expert in self.experts]))
        if shape.max_per_province:
            limits.append((shape.max_per_province, [rules.province_of(expert) for expert in self.experts]))
        return tuple(limits)

    def _mask(self, holds: Callable[[ExpertFacts, DossierFacts], bool]) -> Mask:
        return np.array(
            [[holds(expert, dossier) for dossier in self.dossiers] for expert in self.experts], dtype=bool
        ).reshape(len(self.experts), len(self.dossiers))
