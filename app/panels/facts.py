"""The database's experts, dossiers and conflicts as the plain facts that the rules and the engine ask for."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased, selectinload

from app.applications.models import Application
from app.experts.models import Expert, ExpertBlocked, ExpertRegionKind
from app.experts.queries import PERSON_ID
from app.experts.queries.invitations import declined_in
from app.kernel import clock
from app.kernel.database import db
from app.kernel.words import LocalText
from app.panels import rules
from app.panels.draw import DrawInput
from app.panels.engine import Seat, Shape
from app.panels.grouping import grouped, grouping_in, seated_in
from app.panels.models import Assignment, Conflict, PairException, SeatRole
from app.panels.rules import (
    ConflictFact,
    DossierFacts,
    ExceptionFact,
    ExpertFacts,
    ExpertState,
    Grouping,
    Level,
    Pair,
    PairRule,
    RegionFact,
    RuleName,
)
from app.programmes.models import Edition, Round
from app.programmes.queries import period, rulebook_of
from app.programmes.rules.review import PanelRule, RoundRule
from app.programmes.rules.values import LiftableRule
from app.workflow import ApplicationState, AssignmentState, ConflictState, ExceptionState

LIVE = (AssignmentState.SEALED, AssignmentState.WAITING, AssignmentState.CLEARED)
LOST = (AssignmentState.RECUSED, AssignmentState.EXCUSED)
NOT_CANDIDATES = (
    ApplicationState.DRAFT,
    ApplicationState.NOT_RECOMMENDED,
    ApplicationState.REFUSED,
    ApplicationState.WITHDRAWN,
)
LIFTS: dict[LiftableRule, RuleName] = {LiftableRule.REGION: "region", LiftableRule.CONFLICT: "conflict"}
PERSON = aliased(Expert)
"""The entry that goes on for an expert: a seat under a number that was merged counts for the person."""
DECLINED = ConflictFact("declined", LocalText("本轮已回避或任务已收回", "recused or taken off in this round"))
EARLIER = ConflictFact(
    "earlier_round", LocalText("在不得重复的轮次中评过该申报者", "reviewed this applicant in another round")
)


@dataclass(frozen=True)
class Candidates:
    """Who applies in the edition: persons and organisations that do not serve where the rulebook bars them."""

    owners: frozenset[int] = frozenset()
    codes: frozenset[str] = frozenset()

    def include(self, expert: Expert) -> bool:
        return expert.user_id in self.owners or (bool(expert.employer_code) and expert.employer_code in self.codes)


@dataclass(frozen=True)
class Known:
    """What an edition knows of experts beyond the pool: who is a candidate, which exceptions are in force, who will not
    serve, and who is away while a round is scored."""

    candidates: Candidates
    exceptions: Mapping[int, tuple[ExceptionFact, ...]]
    declined: frozenset[int] = frozenset()
    away: frozenset[int] = frozenset()


def known_of(edition: Edition) -> Known:
    return Known(candidates_of(edition), exceptions_of(edition), declined_in(edition))


def known_in(round_: Round) -> Known:
    return replace(known_of(round_.edition), away=away_in(round_))


def round_rule(round_: Round) -> RoundRule:
    return rulebook_of(round_.edition).round(round_.key)


def panel_rule(round_: Round) -> PanelRule:
    return rulebook_of(round_.edition).panel


def pair_rule(edition: Edition, day: date | None = None) -> PairRule:
    """The rule as it stands on a day (today). From the edition's own columns, which the database's triggers read too."""
    panel = rulebook_of(edition).panel
    level: Level = panel.region_level.value
    kinds = frozenset(filter(None, edition.expert_region_kinds.split(",")))
    since = panel.places_since(day or today(edition))
    return PairRule(level, kinds, edition.leader_outside_prefix, since)


def today(edition: Edition) -> date:
    """The day that the award's own clock shows."""
    return local_day(edition, clock.now())


def local_day(edition: Edition, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(edition.time_zone)).date()


def counted_kinds(edition: Edition) -> frozenset[str]:
    """The kinds of an expert's places that the out-of-region rule of this edition looks at."""
    return pair_rule(edition).expert_regions or frozenset(ExpertRegionKind)


def shape_of(round_: Round) -> Shape:
    rule, panel = round_rule(round_), panel_rule(round_)
    return Shape(
        size=rule.panel_size,
        leader=rule.leader_required,
        industry_experts=panel.minimum_industry_experts,
        examiners=panel.minimum_examiners,
        one_per_employer=panel.one_per_employer,
        max_per_province=most_of_one_province(rule.panel_size, panel.minimum_provinces),
    )


def most_of_one_province(size: int, provinces: int) -> int:
    """The most experts of one province with whom a panel still comes from so many provinces; 0: no limit."""
    return max((size - 1) // (provinces - 1), 1) if provinces > 1 else 0


def draw_input(
    round_: Round,
    applications: Sequence[Application],
    held: Mapping[int, int] | None = None,
    grouping: Grouping | None = None,
) -> DrawInput:
    """Everything a draw depends on but the seed. `held`: dossiers that each expert already has in this round; `grouping`: the
    groups as a draw in the making would have them."""
    return _given(round_, experts(), applications, held or {}, grouping=grouping or grouping_in(round_))


def experts(*conditions: ColumnElement[bool], first: int = 0, most: int | None = None) -> Sequence[Expert]:
    """In the order of their numbers; `most` of them from the place `first` on."""
    wanted = select(Expert).where(*conditions).order_by(Expert.number).offset(first or None).limit(most)
    return db.session.scalars(wanted.options(selectinload(Expert.regions), selectinload(Expert.industries))).all()


def facts_for(round_: Round, people: Sequence[Expert], applications: Sequence[Application]) -> DrawInput:
    """What the rules know of these experts and dossiers today, the loads of the round counted."""
    return _given(round_, people, applications, held_in(round_), grouping=grouping_in(round_))


def _given(
    round_: Round,
    people: Iterable[Expert],
    applications: Sequence[Application],
    held: Mapping[int, int],
    *,
    grouping: Grouping | None,
) -> DrawInput:
    dossiers = tuple(grouped(grouping, dossier_facts(application)) for application in applications)
    return DrawInput(
        experts=tuple(expert_facts(round_, people, held)),
        dossiers=dossiers,
        rule=pair_rule(round_.edition),
        shape=shape_of(round_),
        conflicts={
            **_tied(grouping, live_seats(round_) if grouping else [], dossiers),
            **conflicts(round_, {application.id for application in applications}),
        },
        one_group=grouping is not None,
        crossing=grouping.percent if grouping else 0,
    )


def _tied(
    grouping: Grouping | None, seats: Sequence[Seat], dossiers: Sequence[DossierFacts]
) -> dict[Pair, ConflictFact]:
    """Whoever sits keeps to the group served, but for reviews that may still cross."""
    if grouping is None:
        return {}
    pairs = seated_in(seats)
    every = {dossier for dossier, _expert in pairs}.union(dossier.id for dossier in dossiers)
    is_spent = rules.crossing(rules.served(pairs, grouping.group)) >= grouping.rule_for(every).most
    return rules.ties(grouping, pairs, dossiers) if is_spent else {}


def without_crossing(given: DrawInput, grouping: Grouping | None, seats: Sequence[Seat]) -> DrawInput:
    """The input of a draw for a round in which experts sit already: the reviews that cross are theirs, none are added."""
    if grouping is None or not seats:
        return given
    tied = rules.ties(grouping, seated_in(seats), given.dossiers)
    return replace(given, crossing=0, conflicts={**tied, **given.conflicts})


def expert_facts(round_: Round, pool: Iterable[Expert], held: Mapping[int, int]) -> Iterator[ExpertFacts]:
    known = known_in(round_)
    limit_of = limits_in(round_)
    for expert in pool:
        limit = limit_of(expert.id, expert.max_load)
        yield facts_of(expert, known, limit=limit, load=held.get(expert.id, 0))


def limits_in(round_: Round) -> Callable[[int, int], int]:
    """By an expert's id and own limit: the least of that, the round's, and what the year leaves."""
    elsewhere = held_this_year(round_)
    of_round, of_year = round_rule(round_).load_limit, panel_rule(round_).yearly_load_limit
    return lambda expert_id, own: min(own, of_round, max(of_year - elsewhere.get(expert_id, 0), 0))


def facts_of(expert: Expert, known: Known, *, limit: int, load: int) -> ExpertFacts:
    return ExpertFacts(
        id=expert.number,
        regions=tuple(
            sorted((RegionFact(r.kind.value, r.region_code, r.since, r.until) for r in expert.regions), key=_order)
        ),
        employer_code=expert.employer_code,
        kinds=frozenset({expert.kind.value}),
        industries=frozenset(known.division for known in expert.industries),
        may_lead=expert.may_lead,
        max_load=limit,
        load=load,
        state=_state(expert, known),
        exceptions=known.exceptions.get(expert.id, ()),
        min_load=expert.min_load,
    )


def _state(expert: Expert, known: Known) -> ExpertState:
    if expert.removed_at is not None:
        return "removed"
    if known.candidates.include(expert):
        return "candidate"
    if not expert.available or expert.id in known.declined:
        return "unavailable"
    return "away" if expert.id in known.away else "available"


def away_in(round_: Round) -> frozenset[int]:
    """Experts whose blocked days leave none of the days on which the round is still to be scored."""
    window = period(round_.edition, round_.key)
    if window is None:
        return frozenset()
    first = max(local_day(round_.edition, window.opens_at), today(round_.edition))
    last = local_day(round_.edition, window.closes_at)
    if first > last:
        return frozenset()
    rows = db.session.execute(
        select(ExpertBlocked.expert_id, ExpertBlocked.first_day, ExpertBlocked.last_day)
        .where(ExpertBlocked.first_day <= last, ExpertBlocked.last_day >= first)
        .order_by(ExpertBlocked.expert_id, ExpertBlocked.first_day)
    )
    free: dict[int, date] = {}
    for expert_id, begins, ends in rows:
        day = free.get(expert_id, first)
        free[expert_id] = max(day, ends + timedelta(days=1)) if begins <= day else day
    return frozenset(expert_id for expert_id, day in free.items() if day > last)


def dossier_facts(application: Application) -> DossierFacts:
    declared = None if application.submitted_at is None else local_day(application.edition, application.submitted_at)
    return DossierFacts(
        id=application.number,
        regions=tuple(
            sorted((RegionFact(r.kind.value, r.region_code, declared) for r in application.regions), key=_order)
        ),
        credit_code=application.credit_code,
        industry=application.industry_code,
        group=application.group_key,
    )


def _order(fact: RegionFact) -> tuple[str, str]:
    return fact.kind, fact.code


def exceptions_of(edition: Edition) -> dict[int, tuple[ExceptionFact, ...]]:
    """The confirmed exceptions of an edition by expert."""
    rows = db.session.execute(
        select(PairException.expert_id, Application.number, PairException.rule, PairException.number)
        .join(Application, Application.id == PairException.application_id)
        .where(PairException.edition_id == edition.id, PairException.state == ExceptionState.CONFIRMED)
        .order_by(PairException.number)
    )
    found: dict[int, tuple[ExceptionFact, ...]] = {}
    for expert_id, dossier, rule, number in rows:
        fact = ExceptionFact(dossier, LIFTS[rule], number)
        found[expert_id] = (*found.get(expert_id, ()), fact)
    return found


def candidates_of(edition: Edition) -> Candidates:
    if not rulebook_of(edition).panel.candidates_barred:
        return Candidates()
    rows = db.session.execute(
        select(Application.owner_id, Application.credit_code).where(
            Application.edition_id == edition.id, Application.state.not_in(NOT_CANDIDATES)
        )
    ).all()
    return Candidates(frozenset(row.owner_id for row in rows), frozenset(row.credit_code for row in rows))


def held_this_year(round_: Round) -> dict[int, int]:
    """Dossiers each expert has taken in other rounds since the year began, each counted once."""
    year = datetime(clock.now().year, 1, 1, tzinfo=UTC)
    rows = db.session.execute(
        select(PERSON_ID, func.count(Assignment.application_id.distinct()))
        .join(Expert, Expert.id == Assignment.expert_id)
        .where(Assignment.state.in_(LIVE), Assignment.round_id != round_.id, Assignment.seated_at >= year)
        .group_by(PERSON_ID)
    ).all()
    return dict(rows)


def live_seats(round_: Round) -> list[Seat]:
    rows = db.session.execute(
        select(Application.number, Expert.number, Assignment.role)
        .join(Application, Application.id == Assignment.application_id)
        .join(Expert, Expert.id == Assignment.expert_id)
        .where(Assignment.round_id == round_.id, Assignment.state.in_(LIVE))
    ).all()
    return sorted(
        (Seat(dossier, expert, role is SeatRole.LEADER) for dossier, expert, role in rows),
        key=lambda seat: (seat.dossier, seat.expert),
    )


def held_in(round_: Round, *, apart_from: Collection[int] = ()) -> dict[int, int]:
    """How many dossiers each expert has in this round, some dossiers apart."""
    live = (Assignment.round_id == round_.id, Assignment.state.in_(LIVE))
    found = select(PERSON_ID).join(Assignment, Assignment.expert_id == Expert.id).where(*live)
    found = found.where(Assignment.application_id.not_in(apart_from)) if apart_from else found
    return dict(Counter(db.session.scalars(found)))


def conflicts(round_: Round, application_ids: set[int], day: date | None = None) -> dict[Pair, ConflictFact]:
    """Recorded interests that still bar on a day (today), earlier rounds in which the rulebook allows no repeat, and who
    has left a panel of this round."""
    panel = panel_rule(round_)
    names = {kind.key: kind.name for kind in panel.conflicts}
    since = panel.conflicts_since(day or today(round_.edition))
    found: dict[Pair, ConflictFact] = {}
    for expert, dossier in _pairs(*rounds_apart(round_), application_ids=application_ids):
        found[expert, dossier] = EARLIER
    left = (Assignment.round_id == round_.id, Assignment.state.in_(LOST))
    for expert, dossier in _pairs(*left, application_ids=application_ids):
        found[expert, dossier] = DECLINED
    recorded = (
        select(Expert.number, Application.number, Conflict.kind, Conflict.since, Conflict.until)
        .join(Expert, Expert.id == Conflict.expert_id)
        .join(Application, Application.id == Conflict.application_id)
        .where(Conflict.application_id.in_(application_ids), Conflict.state == ConflictState.STANDING)
        .where(or_(Conflict.until.is_(None), Conflict.until >= since))
        .order_by(Conflict.id.desc())
    )
    for expert, dossier, kind, began, ended in db.session.execute(recorded):
        found[expert, dossier] = ConflictFact(kind, names[kind], began, ended)
    return found


def rounds_apart(round_: Round) -> tuple[ColumnElement[bool], ...]:
    """Live seats of the other rounds in which nobody may meet the same applicant again."""
    apart = panel_rule(round_).no_repeat_rounds
    others = [other.id for other in round_.edition.rounds if other.id != round_.id and other.key in apart]
    wanted = others if round_.key in apart else []
    return Assignment.round_id.in_(wanted), Assignment.state.in_(LIVE)


def _pairs(*conditions: ColumnElement[bool], application_ids: set[int]) -> Sequence[tuple[str, str]]:
    rows = db.session.execute(
        select(PERSON.number, Application.number)
        .select_from(Assignment)
        .join(Expert, Expert.id == Assignment.expert_id)
        .join(PERSON, PERSON.id == PERSON_ID)
        .join(Application, Application.id == Assignment.application_id)
        .where(Assignment.application_id.in_(application_ids), *conditions)
    )
    return [(expert, dossier) for expert, dossier in rows]
