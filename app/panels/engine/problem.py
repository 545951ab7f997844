"""What the engine is asked and what it answers, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from app.kernel.words import Message
from app.panels.rules import NO_CONFLICTS, Conflicts, DossierFacts, ExpertFacts, Objection, Pair, PairRule, Removals

Need = Literal[
    "fixed", "eligible", "leader", "industry", "examiner", "finance", "capacity", "seats", "together", "share"
]
Policy = Literal["best", "fairest", "random"]


@dataclass(frozen=True, slots=True)
class Shape:
    """What every panel looks like. The leader and the experts of each kind are among its `size` members; whoever may fill
    several of these roles counts in each, unless `apart` gives every role members of its own.
    `max_per_province` 0 means no limit; `provinces` is how many a panel comes from at least."""

    size: int = 5
    leader: bool = True
    industry_experts: int = 0
    examiners: int = 0
    one_per_employer: bool = True
    max_per_province: int = 0
    finance_experts: int = 0
    provinces: int = 0
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    dossier: str
    expert: str
    is_leader: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Staff every dossier. `fixed` seats stand and are completed, never moved; `forbidden` pairs are never seated.

    `affinity` maps (expert, dossier) to basis points, 0 to 10 000; empty: by industry, `rules.affinity`. `lot` is how many
    basis points the seed's lot may weigh against affinity; `balance` is what each further dossier of one expert costs.

    `one_group`: an expert serves dossiers of one group only, but for `crossing` per cent of all reviews, by which experts in
    common join the groups (`rules.groups`). `policy` is how the panels are chosen: `best` in total;
    `fairest`, the worst-off dossier first, loads left uneven and equals parted by the seed; or at `random` by the seed, so
    that no pair outside the fixed seats has a chance above `share` (parts, of how many).
    """

    experts: tuple[ExpertFacts, ...]
    dossiers: tuple[DossierFacts, ...]
    rule: PairRule
    shape: Shape
    seed: str
    conflicts: Conflicts = field(default_factory=lambda: NO_CONFLICTS)
    fixed: tuple[Seat, ...] = ()
    affinity: Mapping[Pair, int] = field(default_factory=lambda: MappingProxyType({}))
    lot: int = 2_000
    balance: int = 500
    forbidden: frozenset[Pair] = frozenset()
    one_group: bool = False
    crossing: int = 0
    policy: Policy = "best"
    share: tuple[int, int] = (1, 2)


@dataclass(frozen=True, slots=True)
class Panel:
    """`members` in the order of their numbers, the leader among them; `leader` is empty where the shape asks for none."""

    dossier: str
    members: tuple[str, ...]
    leader: str = ""


@dataclass(frozen=True, slots=True)
class Assignment:
    panels: tuple[Panel, ...]

    @property
    def seats(self) -> tuple[Seat, ...]:
        return tuple(
            Seat(panel.dossier, member, member == panel.leader) for panel in self.panels for member in panel.members
        )


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why a dossier cannot be staffed: `needed` against `available`, and how the pool shrank for it. `among` are the dossiers
    that compete for the same too few experts, the smallest such set found; `relief` names rules any one of which, left out,
    would make it work."""

    dossier: str
    need: Need
    needed: int
    available: int
    text: Message
    removals: Removals
    objections: tuple[Objection, ...] = ()
    among: tuple[str, ...] = ()
    relief: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Infeasible:
    shortages: tuple[Shortage, ...]


class UnlawfulPanel(Exception):
    """The engine's own answer failed the independent check: a fault of the program, never shown as a result."""
