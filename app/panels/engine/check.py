"""The independent check of a finished assignment: plain loops over the rules, sharing nothing with the solver."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter

from app.panels import rules
from app.panels.engine.problem import Assignment, Panel, Problem, Seat, Shape, UnlawfulPanel
from app.panels.rules import DossierFacts, ExpertFacts, PairRule

Holds = Callable[[ExpertFacts, DossierFacts], bool]


def check(problem: Problem, assignment: Assignment) -> None:
    """Raise `UnlawfulPanel` with everything that is wrong; say nothing when all is right."""
    faults = list(_faults(problem, assignment))
    if faults:
        raise UnlawfulPanel("; ".join(faults))


def _faults(problem: Problem, assignment: Assignment) -> Iterator[str]:
    experts = {expert.id: expert for expert in problem.experts}
    dossiers = {dossier.id: dossier for dossier in problem.dossiers}
    if sorted(panel.dossier for panel in assignment.panels) != sorted(dossiers):
        yield "not one panel for every dossier"
    for panel in assignment.panels:
        members = [experts[member] for member in panel.members]
        yield from _pair_faults(panel, members, dossiers[panel.dossier], problem)
        yield from composition_faults(panel, members, dossiers[panel.dossier], shape=problem.shape, rule=problem.rule)
    yield from _load_faults(experts, assignment)
    yield from _group_faults(problem, assignment)
    for seat in problem.fixed:
        if not any(_stands(seat, panel) for panel in assignment.panels):
            yield f"{seat.dossier}: the fixed seat of {seat.expert} was moved"


def _stands(seat: Seat, panel: Panel) -> bool:
    """A fixed member may have become the leader; a fixed leader stays one."""
    kept = panel.dossier == seat.dossier and seat.expert in panel.members
    return kept and (not seat.is_leader or panel.leader == seat.expert)


def _pair_faults(
    panel: Panel, members: Sequence[ExpertFacts], dossier: DossierFacts, problem: Problem
) -> Iterator[str]:
    for member in members:
        for objection in rules.judge(
            member, dossier, problem.rule, as_leader=member.id == panel.leader, conflicts=problem.conflicts
        ).objections:
            yield f"{dossier.id}: {member.id} is not lawful ({objection.rule})"
        if (member.id, dossier.id) in problem.forbidden:
            yield f"{dossier.id}: {member.id} is forbidden"


def composition_faults(
    panel: Panel, members: Sequence[ExpertFacts], dossier: DossierFacts, *, shape: Shape, rule: PairRule
) -> Iterator[str]:
    """What is wrong with a panel as a whole, each member taken as lawful."""
    if len(members) != shape.size or len(set(panel.members)) != len(members):
        yield f"{dossier.id}: {len(set(panel.members))} members instead of {shape.size}"
    if shape.leader and not _is_led(panel, members, rule):
        yield f"{dossier.id}: no leader"
    yield from _expertise_faults(members, dossier, shape=shape, rule=rule)
    yield from _origin_faults(members, dossier, shape)


def _is_led(panel: Panel, members: Sequence[ExpertFacts], rule: PairRule) -> bool:
    return any(member.id == panel.leader and rules.may_lead(member, rule) for member in members)


def _expertise_faults(
    members: Sequence[ExpertFacts], dossier: DossierFacts, *, shape: Shape, rule: PairRule
) -> Iterator[str]:
    for name, needed, holds in _kinds(shape):
        if len(_holders(members, dossier, holds)) < needed:
            yield f"{dossier.id}: too few {name}"
    if shape.apart and not _can_be_apart(members, dossier, shape=shape, rule=rule):
        yield f"{dossier.id}: one member would have to fill two roles"


def _holders(members: Sequence[ExpertFacts], dossier: DossierFacts, holds: Holds) -> set[str]:
    return {member.id for member in members if holds(member, dossier)}


def _kinds(shape: Shape) -> Iterator[tuple[str, int, Holds]]:
    yield "industry experts", shape.industry_experts, rules.is_industry_expert
    yield "examiners", shape.examiners, rules.is_examiner
    yield "finance experts", shape.finance_experts, rules.is_finance_expert


def _can_be_apart(members: Sequence[ExpertFacts], dossier: DossierFacts, *, shape: Shape, rule: PairRule) -> bool:
    """Whether every role finds members of its own: tried one seat after the other, everybody who could take it."""
    seats: list[set[str]] = [{member.id for member in members if rules.may_lead(member, rule)}] * shape.leader
    for _, needed, holds in _kinds(shape):
        seats += [_holders(members, dossier, holds)] * needed
    return _seated(seats, frozenset())


def _seated(seats: Sequence[set[str]], taken: frozenset[str]) -> bool:
    return not seats or any(_seated(seats[1:], taken | {name}) for name in seats[0] - taken)


def _origin_faults(members: Sequence[ExpertFacts], dossier: DossierFacts, shape: Shape) -> Iterator[str]:
    employers = filter(None, (member.employer_code for member in members))
    if shape.one_per_employer and _most_alike(employers) > 1:
        yield f"{dossier.id}: two experts of one employer"
    if shape.max_per_province and _most_alike(map(rules.province_of, members)) > shape.max_per_province:
        yield f"{dossier.id}: too many experts from one province"
    if len(set(map(rules.province_of, members))) < shape.provinces:
        yield f"{dossier.id}: experts from too few provinces"


def _most_alike(labels: Iterable[str]) -> int:
    return max(Counter(labels).values(), default=0)


def _load_faults(experts: dict[str, ExpertFacts], assignment: Assignment) -> Iterator[str]:
    seats = Counter(map(attrgetter("expert"), assignment.seats))
    for name, taken in seats.items():
        if experts[name].load + taken > experts[name].max_load:
            yield f"{name}: more dossiers than allowed"
    for name, expert in experts.items():
        if expert.load + seats[name] < expert.min_load:
            yield f"{name}: fewer dossiers than promised"


def _group_faults(problem: Problem, assignment: Assignment) -> Iterator[str]:
    if not problem.one_group:
        return
    group = {dossier.id: dossier.group for dossier in problem.dossiers}
    served = rules.served({(seat.dossier, seat.expert) for seat in assignment.seats}, group)
    rule = rules.group_rule_of(problem.dossiers, problem.shape.size, problem.crossing)
    yield from _crossing_faults(served, rule, set(group.values())) if rule.most else _served_faults(served)


def _served_faults(served: dict[str, Counter[str]]) -> Iterator[str]:
    yield from (f"{expert}: serves {len(groups)} groups" for expert, groups in served.items() if len(groups) > 1)


def _crossing_faults(served: dict[str, Counter[str]], rule: rules.GroupRule, groups: set[str]) -> Iterator[str]:
    if not rule.least <= rules.crossing(served) <= rule.most:
        yield f"{rules.crossing(served)} reviews cross groups instead of {rule.least} to {rule.most}"
    elif len(rules.joined(served, groups)) > 1:
        yield "groups without an expert in common"
