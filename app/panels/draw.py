"""The draw on record: what went in, the seed, what came out, each with its digest, so that anybody can draw it again.

Records are written and digested by `kernel/canonical.py`; lists that have no order of their own (experts, dossiers,
regions, kinds, conflicts, fixed seats, affinities) are sorted. What came after format 2 is written where it is asked for
only, so that an older record keeps its digest.
A pair's lot is the first eight bytes of the SHA-256 of `lot|seed|expert|dossier` as a number, modulo `lot` × 2²⁰; its
weight is affinity × 2²⁰ plus that. Reserves stand in the order of falling weight, fixed before anybody can decline.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from dataclasses import replace as changed
from datetime import date

from app.kernel import regions
from app.kernel.canonical import Record, digest
from app.kernel.words import N_, LocalText, Message
from app.panels import rules
from app.panels.engine import (
    Assignment,
    Infeasible,
    Panel,
    Policy,
    Pool,
    Problem,
    Seat,
    Shape,
    Shortage,
    assign,
    chances_of,
    composition_faults,
    drawn_from,
)
from app.panels.engine import restore as restored
from app.panels.rules import (
    NO_CONFLICTS,
    ConflictFact,
    Conflicts,
    DossierFacts,
    ExceptionFact,
    ExpertFacts,
    Pair,
    PairRule,
    RegionFact,
)

INPUT_FORMAT, RESULT_FORMAT = "zhiheng-draw/2", "zhiheng-panels/1"
LATER: Record = {"forbidden": [], "one_group": False, "crossing": 0, "policy": "best", "share": [1, 2]}
LATER_SHAPE: Record = {"finance_experts": 0, "provinces": 0, "apart": False}
LATER_EXPERT: Record = {"min_load": 0}


@dataclass(frozen=True, slots=True)
class DrawInput:
    """Everything but the seed; see `Problem` for the meaning of each part."""

    experts: tuple[ExpertFacts, ...]
    dossiers: tuple[DossierFacts, ...]
    rule: PairRule
    shape: Shape
    conflicts: Conflicts = field(default_factory=lambda: NO_CONFLICTS)
    fixed: tuple[Seat, ...] = ()
    affinity: Mapping[Pair, int] = field(default_factory=dict)
    lot: int = 2_000
    balance: int = 500
    forbidden: frozenset[Pair] = frozenset()
    one_group: bool = False
    crossing: int = 0
    policy: Policy = "best"
    share: tuple[int, int] = (1, 2)

    def problem(self, seed: str) -> Problem:
        return Problem(
            self.experts,
            self.dossiers,
            self.rule,
            self.shape,
            seed,
            conflicts=self.conflicts,
            fixed=self.fixed,
            affinity=self.affinity,
            lot=self.lot,
            balance=self.balance,
            forbidden=self.forbidden,
            one_group=self.one_group,
            crossing=self.crossing,
            policy=self.policy,
            share=self.share,
        )


@dataclass(frozen=True, slots=True)
class DrawResult:
    input_digest: str
    seed: str
    panels: tuple[Panel, ...]
    digest: str

    @property
    def record(self) -> Record:
        return result_record(self.input_digest, self.seed, self.panels)


@dataclass(frozen=True, slots=True)
class Replacement:
    """Who takes the lost seat; everybody else stays."""

    seat: Seat
    lost: Seat
    seed: str
    input_digest: str


def shares(given: DrawInput) -> Record | Infeasible:
    """The chances of a random draw, to be published before its seed can be known; an empty record for any other policy."""
    return chances_of(given.problem("")) if given.policy == "random" else {}


def draw(given: DrawInput, seed: str, published: Record | None = None) -> DrawResult | Infeasible:
    """`published`: the chances of a random draw as they were committed; worked out afresh where they are not given."""
    problem = given.problem(seed)
    return _recorded(given, seed, drawn_from(problem, published) if published else assign(problem))


def restore(given: DrawInput, seed: str, lost: Sequence[Seat], *, standing: Sequence[Seat]) -> DrawResult | Infeasible:
    """All panels of the input after seats were lost; by the seed's own lots under every policy, so that a seat lost alone
    goes to the next of its reserve order. `standing` and `lost` are seats of the input's dossiers; loads in `given` do not
    count them."""
    return _recorded(given, seed, restored(changed(given, policy="best").problem(seed), standing, lost))


def _recorded(given: DrawInput, seed: str, found: Assignment | Infeasible) -> DrawResult | Infeasible:
    if isinstance(found, Infeasible):
        return found
    input_digest = digest(input_record(given))
    result = result_record(input_digest, seed, found.panels)
    return DrawResult(input_digest, seed, found.panels, digest(result))


def _dossier(given: DrawInput, name: str) -> DossierFacts:
    (found,) = (entry for entry in given.dossiers if entry.id == name)
    return found


def reserve_order(given: DrawInput, seed: str, dossier: str) -> tuple[str, ...]:
    """The experts who are eligible as members for a dossier, by falling weight; by the seed's lots under every policy."""
    pool = Pool(changed(given.problem(seed), dossiers=(_dossier(given, dossier),), fixed=(), policy="best"))
    rows = [row for row in range(len(pool.experts)) if pool.eligible[row, 0]]
    return tuple(pool.experts[row].id for row in sorted(rows, key=lambda row: -int(pool.weights[row, 0])))


def replace(given: DrawInput, seed: str, lost: Seat, *, standing: Sequence[Seat]) -> Replacement | Infeasible:
    """Fill one lost seat from the reserve order and change nobody else.

    `standing` are all seats of the round that still hold; loads in `given` do not count them. Whoever declined or was
    recused has to be among the conflicts of `given`. A lost leader is followed by somebody who may lead.
    """
    others = _left_on_panel(lost, standing)
    dossier = _dossier(given, lost.dossier)
    experts = {expert.id: expert for expert in given.experts}
    held = [seat.expert for seat in standing if seat.dossier != lost.dossier]
    taken = {seat.expert for seat in others} | {lost.expert}
    for name in reserve_order(given, seed, lost.dossier):
        expert = changed(experts[name], load=experts[name].load + held.count(name))
        mates = [experts[seat.expert] for seat in others]
        if name not in taken and _fits(expert, lost, dossier, mates=mates, others=others, given=given):
            return Replacement(Seat(lost.dossier, name, lost.is_leader), lost, seed, digest(input_record(given)))
    (removed,) = rules.removals([dossier], given.experts, given.rule, conflicts=given.conflicts)
    text = Message(
        N_(
            "没有可以替补的专家：符合规则的 %(available)s 名专家已在专家组内、任务已满，或不满足组长、行业、单位或省份的要求。"
        ),
        {"available": removed.eligible},
    )
    return Infeasible((Shortage(lost.dossier, "eligible", 1, 0, text, removed),))


def _left_on_panel(lost: Seat, standing: Sequence[Seat]) -> list[Seat]:
    return [seat for seat in standing if seat.dossier == lost.dossier and seat.expert != lost.expert]


def _fits(
    expert: ExpertFacts,
    lost: Seat,
    dossier: DossierFacts,
    *,
    mates: list[ExpertFacts],
    others: list[Seat],
    given: DrawInput,
) -> bool:
    if not rules.judge(expert, dossier, given.rule, as_leader=lost.is_leader, conflicts=given.conflicts).is_lawful:
        return False
    leaders = [expert.id] if lost.is_leader else [seat.expert for seat in others if seat.is_leader]
    panel = Panel(dossier.id, (*(mate.id for mate in mates), expert.id), "".join(leaders[:1]))
    return not any(composition_faults(panel, [*mates, expert], dossier, shape=given.shape, rule=given.rule))


# --- records ------------------------------------------------------------------------------------------------------


def result_record(input_digest: str, seed: str, panels: Sequence[Panel]) -> Record:
    listed = [
        {"dossier": panel.dossier, "leader": panel.leader, "members": sorted(panel.members)}
        for panel in sorted(panels, key=lambda panel: panel.dossier)
    ]
    return {"format": RESULT_FORMAT, "input": input_digest, "seed": seed, "panels": listed}


def input_record(given: DrawInput) -> Record:
    shape, rule = given.shape, given.rule
    return {
        "format": INPUT_FORMAT,
        "experts": [_expert_record(expert) for expert in sorted(given.experts, key=lambda expert: expert.id)],
        "dossiers": [_dossier_record(dossier) for dossier in sorted(given.dossiers, key=lambda dossier: dossier.id)],
        "rule": {
            "region_level": rule.region_level,
            "expert_regions": sorted(rule.expert_regions),
            "leader_outside_prefix": rule.leader_outside_prefix,
            "places_since": _day(rule.places_since),
        },
        "shape": _without(asdict(shape), LATER_SHAPE),
        "conflicts": [
            {"expert": expert, "dossier": dossier, **_conflict_record(fact)}
            for (expert, dossier), fact in sorted(given.conflicts.items(), key=lambda entry: entry[0])
        ],
        "fixed": sorted([seat.dossier, seat.expert, seat.is_leader] for seat in given.fixed),
        "affinity": sorted([expert, dossier, value] for (expert, dossier), value in given.affinity.items()),
        "lot": given.lot,
        "balance": given.balance,
        **_without(_later_record(given), LATER),
    }


def _later_record(given: DrawInput) -> Record:
    return {
        "forbidden": sorted(map(list, given.forbidden)),
        "one_group": given.one_group,
        "crossing": given.crossing,
        "policy": given.policy,
        "share": list(given.share),
    }


def _without(record: Record, plain: Record) -> Record:
    """The record less what stands at its plain value."""
    return {name: value for name, value in record.items() if name not in plain or value != plain[name]}


def read_input(record: Record) -> DrawInput:
    """The input of a stored record; the inverse of `input_record`."""
    if record["format"] != INPUT_FORMAT:
        raise ValueError(f"a draw of another format: {record['format']!r}")
    return DrawInput(
        tuple(_read_expert(entry) for entry in record["experts"]),
        tuple(DossierFacts(**{**entry, "regions": _read_regions(entry)}) for entry in record["dossiers"]),
        _read_rule(record["rule"]),
        Shape(**record["shape"]),
        conflicts={(entry["expert"], entry["dossier"]): _read_conflict(entry) for entry in record["conflicts"]},
        fixed=tuple(Seat(*entry) for entry in record["fixed"]),
        affinity={(expert, dossier): value for expert, dossier, value in record["affinity"]},
        lot=record["lot"],
        balance=record["balance"],
        forbidden=frozenset((expert, dossier) for expert, dossier in record.get("forbidden", ())),
        one_group=record.get("one_group", False),
        crossing=record.get("crossing", 0),
        policy=record.get("policy", "best"),
        share=tuple(record.get("share", (1, 2))),
    )


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _read_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _read_rule(entry: Record) -> PairRule:
    kinds, since = frozenset(entry["expert_regions"]), _read_day(entry["places_since"])
    return PairRule(**{**entry, "expert_regions": kinds, "places_since": since})


def _conflict_record(fact: ConflictFact) -> Record:
    days = {"since": _day(fact.since), "until": _day(fact.until)}
    return {"kind": fact.kind, "zh": fact.name.zh, "en": fact.name.en, **days}


def _read_conflict(entry: Record) -> ConflictFact:
    name = LocalText(entry["zh"], entry["en"])
    return ConflictFact(entry["kind"], name, _read_day(entry["since"]), _read_day(entry["until"]))


def _region_records(places: tuple[RegionFact, ...]) -> list[list[str]]:
    """Kind, code in force and the two days that bound the place: the facts as they were when the draw was made."""
    return sorted([fact.kind, regions.current(fact.code), _day(fact.since), _day(fact.until)] for fact in places)


def _read_regions(entry: Record) -> tuple[RegionFact, ...]:
    return tuple(
        RegionFact(kind, code, _read_day(since), _read_day(until)) for kind, code, since, until in entry["regions"]
    )


def _expert_record(expert: ExpertFacts) -> Record:
    record = {
        "id": expert.id,
        "regions": _region_records(expert.regions),
        "employer_code": expert.employer_code,
        "kinds": sorted(expert.kinds),
        "industries": sorted(expert.industries),
        "may_lead": expert.may_lead,
        "max_load": expert.max_load,
        "load": expert.load,
        "state": expert.state,
        "exceptions": sorted([each.dossier, each.rule, each.number] for each in expert.exceptions),
        "min_load": expert.min_load,
    }
    return _without(record, LATER_EXPERT)


def _read_expert(entry: Record) -> ExpertFacts:
    return ExpertFacts(
        **{
            **entry,
            "regions": _read_regions(entry),
            "kinds": frozenset(entry["kinds"]),
            "industries": frozenset(entry["industries"]),
            "exceptions": tuple(ExceptionFact(*each) for each in entry["exceptions"]),
        }
    )


def _dossier_record(dossier: DossierFacts) -> Record:
    return {
        "id": dossier.id,
        "regions": _region_records(dossier.regions),
        "credit_code": dossier.credit_code,
        "industry": dossier.industry,
        "group": dossier.group,
    }
