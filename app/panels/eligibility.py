"""Reads of who may review what: the matrix of experts and dossiers, one pair in full, and seats that became unlawful.

The matrix is worked out for the cells of one page and never for the whole pool.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from itertools import islice

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.applications.models import Application
from app.audit.models import AuditEvent
from app.experts.models import Expert, ExpertRegion
from app.kernel.database import db
from app.kernel.words import N_, Message
from app.panels import facts, rules
from app.panels.grouping import grouping_in
from app.panels.models import Assignment, Conflict, SeatRole
from app.panels.narrowing import dossiers_barred, experts_barred
from app.panels.rules import DossierFacts, ExpertFacts, Grouping, Objection, PairRule, RegionFact, RuleName, Verdict
from app.programmes.models import Edition, Round
from app.programmes.rules.labels import listed
from app.workflow import ConflictState

EXPERTS_A_PAGE, DOSSIERS_A_PAGE = 50, 20
BLOCK = 4 * EXPERTS_A_PAGE
BREAKING_RULES = frozenset({"region", "conflict", "leader_region", "qualification"})
JUDGED_BY = ("expert", "pool_import", "conflict", "pair_exception")
WITHOUT_A_NUMBER = ""


@dataclass(frozen=True)
class Wanted:
    """What the matrix is narrowed to (empty: all), and where its page begins."""

    rule: str = ""
    expert: str = ""
    province: str = ""
    dossier: str = ""
    group: str = ""
    row: int = 0
    column: int = 0

    def at(self, *, row: int | None = None, column: int | None = None) -> dict[str, str | int]:
        """The address of another page of the same matrix."""
        moved = asdict(self) | {"row": self.row if row is None else row}
        moved["column"] = self.column if column is None else column
        return {name: value for name, value in moved.items() if value}

    @property
    def is_set(self) -> bool:
        return any((self.rule, self.expert, self.province, self.dossier, self.group))


@dataclass(frozen=True)
class Line:
    """One expert with a cell for each dossier of the page: the rules that stand against the pair, empty where none does."""

    expert: Expert
    cells: tuple[tuple[RuleName, ...], ...]


@dataclass(frozen=True)
class Matrix:
    """`before` and `after`: where the neighbouring pages of experts begin. Narrowed to a rule every line has a cell that it
    bars, and nobody counts how many lines there are in all."""

    lines: tuple[Line, ...]
    dossiers: Sequence[Application]
    dossiers_in_all: int
    experts_in_all: int | None
    before: int | None
    after: int | None


def matrix(round_: Round, wanted: Wanted) -> Matrix:
    """One page of the matrix as members of a panel, narrowed; the facts are those of today."""
    of_experts = _expert_conditions(wanted)
    of_dossiers = [*_dossier_conditions(round_.edition, wanted), dossiers_barred(round_, wanted.rule, of_experts)]
    dossiers = _dossiers(of_dossiers, first=wanted.column)
    in_all = _count(Application, of_dossiers)
    if wanted.rule:
        return _barred(_Search(round_, wanted.rule, of_experts, dossiers), wanted.row, in_all)
    people = facts.experts(*of_experts, first=wanted.row, most=EXPERTS_A_PAGE)
    lines, total = tuple(_lines(round_, people, dossiers)), _count(Expert, of_experts)
    before = max(wanted.row - EXPERTS_A_PAGE, 0) if wanted.row else None
    after = wanted.row + EXPERTS_A_PAGE
    return Matrix(lines, dossiers, in_all, total, before, after if after < total else None)


def _lines(round_: Round, people: Sequence[Expert], dossiers: Sequence[Application]) -> Iterator[Line]:
    given = facts.facts_for(round_, people, dossiers)
    found = rules.masks(given.experts, given.dossiers, given.rule, conflicts=given.conflicts)
    for row, expert in enumerate(people):
        yield Line(expert, tuple(found.rules_at(row, column) for column in range(len(dossiers))))


# --- narrowed to a rule -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Search:
    """The experts whom one rule bars from any of these dossiers, found in blocks among those whom it could bar at all."""

    round: Round
    rule: str
    of_experts: Sequence[ColumnElement[bool]]
    dossiers: Sequence[Application]

    @cached_property
    def suspects(self) -> list[ColumnElement[bool]]:
        return [*self.of_experts, experts_barred(self.round, self.rule, self.dossiers)]

    def down(self, first: int) -> Iterator[tuple[int, Line]]:
        """From a place among the suspects on, each with its place."""
        while people := facts.experts(*self.suspects, first=first, most=BLOCK):
            yield from self._found(people, first)
            first += len(people)

    def up(self, last: int) -> Iterator[tuple[int, Line]]:
        """Before a place among the suspects, the nearest first."""
        while last > 0:
            first = max(last - BLOCK, 0)
            people = facts.experts(*self.suspects, first=first, most=last - first)
            yield from reversed(list(self._found(people, first)))
            last = first

    def _found(self, people: Sequence[Expert], first: int) -> Iterator[tuple[int, Line]]:
        for place, line in enumerate(_lines(self.round, people, self.dossiers), start=first):
            if any(self.rule in cell for cell in line.cells):
                yield place, line


def _barred(search: _Search, row: int, dossiers_in_all: int) -> Matrix:
    page = list(islice(search.down(row), EXPERTS_A_PAGE + 1))
    above = [place for place, _line in islice(search.up(row), EXPERTS_A_PAGE)]
    lines = tuple(line for _place, line in page[:EXPERTS_A_PAGE])
    after = page[-1][0] if len(page) > EXPERTS_A_PAGE else None
    return Matrix(lines, search.dossiers, dossiers_in_all, None, above[-1] if above else None, after)


def _expert_conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Expert.removed_at.is_(None)]
    if wanted.expert:
        conditions.append(or_(Expert.number == wanted.expert.upper(), Expert.name.contains(wanted.expert)))
    if wanted.province:
        conditions.append(Expert.regions.any(ExpertRegion.region_code.startswith(wanted.province[:2])))
    return conditions


def _dossier_conditions(edition: Edition, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        Application.edition_id == edition.id,
        Application.number != WITHOUT_A_NUMBER,
        Application.state.not_in(facts.NOT_CANDIDATES),
    ]
    if wanted.dossier:
        conditions.append(or_(Application.number == wanted.dossier, Application.name.contains(wanted.dossier)))
    if wanted.group:
        conditions.append(Application.group_key == wanted.group)
    return conditions


def matrix_dossiers(round_: Round, *, most: int) -> Sequence[Application]:
    """The dossiers that the matrix shows, without narrowing."""
    return _dossiers(_dossier_conditions(round_.edition, Wanted()), most=most)


def _dossiers(
    conditions: list[ColumnElement[bool]], *, first: int = 0, most: int = DOSSIERS_A_PAGE
) -> Sequence[Application]:
    return db.session.scalars(
        select(Application)
        .options(selectinload(Application.regions))
        .where(*conditions)
        .order_by(Application.number)
        .offset(first)
        .limit(most)
    ).all()


def _count(model: type[Expert] | type[Application], conditions: list[ColumnElement[bool]]) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


# --- one pair -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A place on record and whether the rulebook looks at it on this day."""

    fact: RegionFact
    is_counted: bool


@dataclass(frozen=True)
class PairView:
    """One expert and one dossier with everything that the rule looked at, as of a day."""

    expert: Expert
    application: Application
    day: date
    rule: PairRule
    as_member: Verdict
    as_leader: Verdict
    places: tuple[Place, ...]
    dossier_places: tuple[RegionFact, ...]
    conflicts: Sequence[Conflict]

    @property
    def only_as_leader(self) -> tuple[Objection, ...]:
        known = set(map(_key, self.as_member.objections))
        return tuple(objection for objection in self.as_leader.objections if _key(objection) not in known)


def _key(objection: Objection) -> tuple[str, str]:
    return objection.rule, str(objection.text)


def pair(round_: Round, expert: Expert, application: Application) -> PairView:
    """The same rule asked for this pair alone, with the facts of today."""
    given = facts.facts_for(round_, [expert], [application])
    (who,), (what,), rule, known = given.experts, given.dossiers, given.rule, given.conflicts
    counted = set(rules.counted(who.regions, rule))
    standing = (Conflict.expert_id == expert.id, Conflict.application_id == application.id)
    return PairView(
        expert,
        application,
        facts.today(round_.edition),
        rule,
        rules.judge(who, what, rule, conflicts=known),
        rules.judge(who, what, rule, conflicts=known, as_leader=True),
        tuple(Place(fact, fact in counted) for fact in who.regions),
        what.regions,
        db.session.scalars(select(Conflict).where(*standing, Conflict.state == ConflictState.STANDING)).all(),
    )


# --- seats that a later change has made unlawful ------------------------------------------------------------------


@dataclass(frozen=True)
class UnlawfulSeat:
    assignment: Assignment
    objections: tuple[Objection, ...]


def facts_have_changed(edition: Edition) -> bool:
    """Whether anything that a seat's pair is judged by was written since the oldest draw that still has live seats was
    published, or a seat given by name: both ask the rules again, and the log's own order tells what came after it."""
    held = select(Assignment.draw_id).where(Assignment.edition_id == edition.id, Assignment.state.in_(facts.LIVE))
    published = and_(
        AuditEvent.action == "draw.publish",
        AuditEvent.subject_type == "draw",
        AuditEvent.subject_id.in_(held),
    )
    named = and_(AuditEvent.action == "assignment.seat", AuditEvent.edition_id == edition.id)
    oldest = select(func.min(AuditEvent.id)).where(or_(published, named)).scalar_subquery()
    about = or_(AuditEvent.subject_type.in_(JUDGED_BY), AuditEvent.action == "conflict.find")
    changed = select(AuditEvent.id).where(about, AuditEvent.action != "expert.read", AuditEvent.id > oldest)
    return db.session.scalar(changed.limit(1)) is not None


def unlawful_seats(edition: Edition) -> list[UnlawfulSeat]:
    """Live seats that the rules would refuse today, after an expert moved, an interest came up or an exception ended."""
    rows = db.session.scalars(
        select(Assignment)
        .options(
            joinedload(Assignment.application).selectinload(Application.regions),
            joinedload(Assignment.expert).selectinload(Expert.regions),
            joinedload(Assignment.expert).selectinload(Expert.industries),
        )
        .where(Assignment.edition_id == edition.id, Assignment.state.in_(facts.LIVE))
        .order_by(Assignment.id)
    ).all()
    by_round: dict[int, list[Assignment]] = {}
    for row in rows:
        by_round.setdefault(row.round_id, []).append(row)
    return [seat for seats in by_round.values() for seat in _unlawful(seats)]


def _unlawful(seats: list[Assignment]) -> list[UnlawfulSeat]:
    round_ = seats[0].round
    conflicts = facts.conflicts(round_, {seat.application_id for seat in seats})
    known = facts.Known(facts.Candidates(), facts.exceptions_of(round_.edition))  # who serves at all is not asked here
    rule = facts.pair_rule(round_.edition)
    people = {seat.expert_id: facts.facts_of(seat.expert, known, limit=1, load=0) for seat in seats}
    dossiers = {seat.application_id: facts.dossier_facts(seat.application) for seat in seats}
    found = []
    for seat in seats:
        who, what = people[seat.expert_id], dossiers[seat.application_id]
        if objections := _breaking(who, what, rule, is_leader=seat.role is SeatRole.LEADER, conflicts=conflicts):
            found.append(UnlawfulSeat(seat, objections))
    return found


def _breaking(
    who: ExpertFacts, what: DossierFacts, rule: PairRule, *, is_leader: bool, conflicts: rules.Conflicts
) -> tuple[Objection, ...]:
    found = rules.judge(who, what, rule, as_leader=is_leader, conflicts=conflicts).objections
    return tuple(objection for objection in found if objection.rule in BREAKING_RULES)


# --- industry groups ----------------------------------------------------------------------------------------------


def group_faults(edition: Edition) -> list[Message]:
    """Where seats that stand break the rule of industry groups."""
    return [fault for round_ in edition.rounds for fault in _group_faults(round_)]


def _group_faults(round_: Round) -> Iterator[Message]:
    grouping = grouping_in(round_)
    if grouping is None:
        return
    seats = [(seat.dossier, seat.expert) for seat in facts.live_seats(round_)]
    served = rules.served(seats, grouping.group)
    if grouping.percent:
        yield from _crossing_faults(grouping, served, {dossier for dossier, _expert in seats})
    else:
        yield from _served_faults(served)


def _served_faults(served: rules.Served) -> Iterator[Message]:
    for expert in sorted(expert for expert, counts in served.items() if len(counts) > 1):
        text = N_("专家 %(expert)s 在一轮中评审 %(n)s 个行业组")
        yield Message(text, {"expert": expert, "n": len(served[expert])})


def _crossing_faults(grouping: Grouping, served: rules.Served, dossiers: set[str]) -> Iterator[Message]:
    """Too many reviews that cross; or, once every panel is full, groups that no expert joins."""
    crossing, most = rules.crossing(served), grouping.rule_for(dossiers).most
    if crossing > most:
        yield Message(N_("跨组评审 %(n)s 份，规则最多 %(most)s 份"), {"n": crossing, "most": most})
    parts = rules.joined(served, {grouping.group[dossier] for dossier in dossiers})
    is_full = sum(map(Counter.total, served.values())) >= len(dossiers) * grouping.size
    if is_full and len(parts) > 1:
        names = [grouping.names[min(part)] for part in parts]
        yield Message(N_("没有共同的专家把这些行业组连在一起：%(groups)s"), {"groups": listed(names)})
