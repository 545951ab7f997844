"""The office's choices on the working copy of a draw; frozen into the input with the commitment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import replace as changed
from types import MappingProxyType
from typing import Any

from app.kernel.words import N_, LocalText
from app.panels import rules
from app.panels.draw import DrawInput
from app.panels.engine import Policy, Seat
from app.panels.policies import POLICIES
from app.panels.rules import ConflictFact, ExpertFacts, Pair

BALANCES: dict[int, str] = {
    0: N_("不考虑"),
    500: N_("适当均衡"),
    2000: N_("尽量均衡"),
}
EXPERTISE: dict[int, str] = {0: N_("不考虑"), 50: N_("一半"), 100: N_("充分考虑")}
FRESHNESS: dict[int, str] = {0: N_("不考虑"), 1500: N_("同等条件下优先新人"), 4000: N_("尽量安排新人")}
FULLY = 100
SHARES: dict[tuple[int, int], str] = {
    (1, 2): N_("二分之一"),
    (1, 3): N_("三分之一"),
    (1, 4): N_("四分之一"),
}
CROSSINGS = (0, 10, 20)
LOTS: dict[int, str] = {2000: N_("适中"), 6000: N_("较大"), 10000: N_("最大")}


@dataclass(frozen=True, slots=True)
class PairWish:
    """A pair that the office forbids or asks for, and why."""

    expert: str
    dossier: str
    reason: str


@dataclass(frozen=True, slots=True)
class Move:
    """A dossier that the experts of another industry group review, and why; its category and its criteria stay."""

    dossier: str
    group: str
    reason: str


@dataclass(frozen=True, slots=True)
class Aims:
    """Soft aims: how much knowledge of the field counts (per cent), what each further dossier of one expert costs, what an
    expert who sat on a panel before loses, and how much the lot weighs, all in basis points."""

    expertise: int = 100
    balance: int = 500
    fresh: int = 0
    lot: int = 2000


@dataclass(frozen=True, slots=True)
class Plan:
    """`left_out`: expert → reason; `pinned` pairs sit together whatever is drawn, `forbidden` ones never. `policy` is how
    the panels are chosen; `top_up` completes panels that are not full and keeps who sits there; at random no pair that is not pinned has a chance above `share` (parts, of how many).
    Where experts keep to groups: the dossiers `moved` to another one, and the per cent of reviews that cross, None: as many as
    the rulebook allows."""

    aims: Aims = field(default_factory=Aims)
    left_out: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    pinned: tuple[PairWish, ...] = ()
    forbidden: tuple[PairWish, ...] = ()
    policy: Policy = "best"
    share: tuple[int, int] = (1, 2)
    top_up: bool = False
    moved: tuple[Move, ...] = ()
    crossing: int | None = None

    def share_crossing(self, most: int) -> int:
        """In per cent, of a round in which so many may cross."""
        return most if self.crossing is None else self.crossing

    def record(self) -> dict[str, Any]:
        aims = self.aims
        return {
            "aims": {"expertise": aims.expertise, "balance": aims.balance, "fresh": aims.fresh, "lot": aims.lot},
            "left_out": dict(self.left_out),
            "pinned": [[pair.expert, pair.dossier, pair.reason] for pair in self.pinned],
            "forbidden": [[pair.expert, pair.dossier, pair.reason] for pair in self.forbidden],
            "policy": self.policy,
            "share": list(self.share),
            "top_up": self.top_up,
            "moved": [[move.dossier, move.group, move.reason] for move in self.moved],
            "crossing": self.crossing,
        }


def read_plan(record: Mapping[str, Any]) -> Plan:
    """The inverse of `Plan.record`; an empty record is a plan without choices, and an older one knew one policy only."""
    if not record:
        return Plan()
    return Plan(
        Aims(**record["aims"]),
        record["left_out"],
        tuple(PairWish(*pair) for pair in record["pinned"]),
        tuple(PairWish(*pair) for pair in record["forbidden"]),
        record.get("policy", "best"),
        tuple(record.get("share", (1, 2))),
        record.get("top_up", False),
        tuple(Move(*move) for move in record.get("moved", ())),
        record.get("crossing"),
    )


def plan_words(plan: Plan) -> dict[str, str]:
    """The plan as texts that can stand beside each other where two people changed it at once."""
    aims, parts = plan.aims, "/".join(map(str, plan.share))
    return {
        "熟悉行业": EXPERTISE[aims.expertise],
        "任务均衡": BALANCES[aims.balance],
        "新面孔": FRESHNESS[aims.fresh],
        "抽签的分量": LOTS[aims.lot],
        "抽取方式": f"{POLICIES[plan.policy]} {parts}" if plan.policy == "random" else POLICIES[plan.policy],
        "本次不列入的专家": "\n".join(f"{number}　{reason}" for number, reason in plan.left_out.items()),
        "指定安排在一起": _wishes(plan.pinned),
        "不安排在一起": _wishes(plan.forbidden),
        "移到另一个行业组": "\n".join(f"{move.dossier}　{move.group}　{move.reason}" for move in plan.moved),
        "跨组评审的比例": "" if plan.crossing is None else f"{plan.crossing} %",
    }


def _wishes(wishes: tuple[PairWish, ...]) -> str:
    return "\n".join(f"{wish.expert}　{wish.dossier}　{wish.reason}" for wish in wishes)


# --- what the plan makes of the facts -----------------------------------------------------------------------------

FORBIDDEN = ConflictFact("forbidden", LocalText("本次抽取指定不安排在一起", "kept apart in this draw"))


def planned(given: DrawInput, plan: Plan, seasoned: frozenset[str] = frozenset()) -> DrawInput:
    """The input with the office's choices in it; `seasoned` experts have sat on a panel before."""
    wanted = {dossier.id for dossier in given.dossiers}
    known = {expert.id for expert in given.experts}
    apart: dict[Pair, ConflictFact] = {
        (pair.expert, pair.dossier): FORBIDDEN for pair in plan.forbidden if pair.dossier in wanted
    }
    pinned = [pair for pair in plan.pinned if pair.dossier in wanted and pair.expert in known]
    chosen = changed(
        given,
        experts=tuple(_left_out(expert, plan) for expert in given.experts),
        conflicts={**apart, **given.conflicts},
        fixed=(*given.fixed, *(Seat(pair.dossier, pair.expert) for pair in pinned)),
        affinity=_affinity(given, plan.aims, seasoned),
        lot=plan.aims.lot,
        balance=plan.aims.balance,
        policy=plan.policy,
        share=plan.share,
    )
    return _within_reach(chosen)


def _within_reach(given: DrawInput) -> DrawInput:
    """Nobody is promised more than the rules leave him: a promise that cannot be kept would stop the whole draw."""
    if not any(expert.min_load for expert in given.experts):
        return given
    chances = rules.masks(given.experts, given.dossiers, given.rule, conflicts=given.conflicts).lawful.sum(axis=1)
    reached = tuple(
        changed(expert, min_load=min(expert.min_load, expert.max_load, expert.load + int(most)))
        for expert, most in zip(given.experts, chances, strict=True)
    )
    return changed(given, experts=reached)


def _left_out(expert: ExpertFacts, plan: Plan) -> ExpertFacts:
    is_out = expert.id in plan.left_out and expert.state == "available"
    return changed(expert, state="left_out") if is_out else expert


def _affinity(given: DrawInput, aims: Aims, seasoned: frozenset[str]) -> dict[Pair, int]:
    """Empty, for the rules' own affinity, where knowledge of the field counts fully and nothing else does."""
    if aims.expertise == FULLY and not aims.fresh:
        return {}
    return {
        (expert.id, dossier.id): max(
            1, rules.affinity(expert, dossier) * aims.expertise // FULLY + aims.fresh * (expert.id not in seasoned)
        )
        for expert in given.experts
        for dossier in given.dossiers
    }
