"""Reads of the watch period: whose declaration is late, what waits for the office, one honour with its years and facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, false, func, literal, select, union_all
from sqlalchemy.orm import joinedload

from app.accounts.models import RoleGrant, User
from app.applications.models import Application
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.outcomes.models import Outcome
from app.outcomes.watch import rules
from app.outcomes.watch.models import DeclarationFile, WatchFact, YearlyDeclaration
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from app.workflow import DeclarationState, OutcomeState, WatchFactState


def listed(actor: Actor) -> Select[YearlyDeclaration]:
    """`yearly_declaration.read` as a query."""
    found = select(YearlyDeclaration)
    if actor.has(Role.OFFICE, Role.SUPERVISOR):
        return found
    if not actor.has(Role.APPLICANT) or actor.user_id is None:
        return found.where(false())
    return found.where(YearlyDeclaration.owner_id == actor.user_id)


def find(declaration_id: int) -> YearlyDeclaration | None:
    whole = joinedload(YearlyDeclaration.outcome), joinedload(YearlyDeclaration.edition)
    return db.session.get(YearlyDeclaration, declaration_id, options=whole)


def find_fact(fact_id: int) -> WatchFact | None:
    return db.session.get(WatchFact, fact_id, options=[joinedload(WatchFact.outcome)])


def find_file(declaration: YearlyDeclaration, file_id: int) -> DeclarationFile | None:
    return next((each for each in declaration.files if each.id == file_id), None)


# --- whose turn it is ---------------------------------------------------------------------------------------------


def own_next(actor: Actor) -> list[YearlyDeclaration]:
    """Of each honour that the holder has, the first year that is still owed; the longest due first."""
    mine = listed(actor).where(
        YearlyDeclaration.owner_id == actor.user_id, YearlyDeclaration.state == DeclarationState.OWED
    )
    rows = db.session.scalars(_with_outcome(mine).order_by(YearlyDeclaration.due_on, YearlyDeclaration.id)).all()
    first: dict[int, YearlyDeclaration] = {}
    for row in rows:
        first.setdefault(row.outcome_id, row)
    return list(first.values())


def open_for_letters() -> Sequence[YearlyDeclaration]:
    """Owed for a year that is over, and not yet told the last letter."""
    found = select(YearlyDeclaration).where(
        YearlyDeclaration.state == DeclarationState.OWED,
        YearlyDeclaration.ends_on < clock.today(),
        YearlyDeclaration.told < rules.Letter.LATE,
    )
    whole = _with_outcome(found).options(joinedload(YearlyDeclaration.owner), joinedload(YearlyDeclaration.edition))
    return db.session.scalars(whole.order_by(YearlyDeclaration.id)).all()


def office_people() -> Sequence[User]:
    """Whoever may act for the office today."""
    granted = User.grants.any(RoleGrant.role == Role.OFFICE)
    return db.session.scalars(select(User).where(granted, User.active).order_by(User.id)).all()


@dataclass(frozen=True)
class Waiting:
    """What the watch period asks of the office today, in all editions."""

    late: int
    to_review: int
    facts: int
    edition_id: int | None


def waiting() -> Waiting:
    """In one statement: every visit to the office's first page asks."""
    late = YearlyDeclaration.state == DeclarationState.OWED, YearlyDeclaration.due_on < clock.today()
    to_review = (YearlyDeclaration.state == DeclarationState.SUBMITTED,)
    open_facts = (WatchFact.state == WatchFactState.OPEN,)
    rows = db.session.execute(
        union_all(
            _counted(1, YearlyDeclaration, *late),
            _counted(2, YearlyDeclaration, *to_review),
            _counted(3, WatchFact, *open_facts),
        ).order_by("place")
    ).all()
    editions = [each.edition_id for each in rows if each.edition_id is not None]
    late_ones, unread, facts_open = (each.found for each in rows)
    return Waiting(late_ones, unread, facts_open, editions[0] if editions else None)


def _counted(place: int, model: type[YearlyDeclaration] | type[WatchFact], *wanted: Any) -> Any:
    found, edition = func.count().label("found"), func.max(model.edition_id).label("edition_id")
    return select(literal(place).label("place"), found, edition).where(*wanted)


# --- the office's list --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Watched:
    """One honour of the edition in its watch period: until when, its declarations, its open facts."""

    outcome: Outcome
    ends_on: date | None
    declarations: list[YearlyDeclaration]
    open_facts: int

    @property
    def next_due(self) -> YearlyDeclaration | None:
        return next((each for each in self.declarations if each.state is DeclarationState.OWED), None)

    @property
    def late(self) -> list[YearlyDeclaration]:
        return [each for each in self.declarations if is_late(each)]

    @property
    def handed_in(self) -> int:
        return sum(each.submitted_at is not None for each in self.declarations)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing about it waits for anybody."""
        is_revoked = self.outcome.state is OutcomeState.REVOKED
        return not (is_revoked or self.late or self.to_review or self.open_facts)

    @property
    def to_review(self) -> list[YearlyDeclaration]:
        return [each for each in self.declarations if each.state is DeclarationState.SUBMITTED]


def is_late(declaration: YearlyDeclaration) -> bool:
    return declaration.state is DeclarationState.OWED and declaration.due_on < clock.today()


def is_ahead(declaration: YearlyDeclaration) -> bool:
    """Owed one day: its year is not over yet."""
    return declaration.state is DeclarationState.OWED and clock.today() < declaration.opens_on


def watched(edition: Edition) -> list[Watched]:
    """Every honour that was made public; what is late first, then what waits for the office, then by position."""
    outcomes = db.session.scalars(
        select(Outcome)
        .where(Outcome.edition_id == edition.id, Outcome.state != OutcomeState.APPROVED)
        .order_by(Outcome.position)
    ).all()
    declarations = _by_outcome(_declarations_of(edition.id))
    facts = _by_outcome(facts_of(edition.id, WatchFactState.OPEN))
    found = [
        Watched(each, ends_on(each, edition), declarations.get(each.id, []), len(facts.get(each.id, [])))
        for each in outcomes
    ]
    return sorted(found, key=lambda each: (not each.late, not (each.to_review or each.open_facts)))


def ends_on(outcome: Outcome, edition: Edition) -> date | None:
    """The last day of the watch period; None where no approval is known, as of an edition before the system."""
    return None if outcome.approved_on is None else rules.ends_on(rulebook_of(edition).watch, outcome.approved_on)


def _declarations_of(edition_id: int) -> Sequence[YearlyDeclaration]:
    found = select(YearlyDeclaration).where(YearlyDeclaration.edition_id == edition_id)
    return db.session.scalars(found.order_by(YearlyDeclaration.year)).all()


def facts_of(edition_id: int, state: WatchFactState) -> Sequence[WatchFact]:
    found = select(WatchFact).where(WatchFact.edition_id == edition_id, WatchFact.state == state)
    return db.session.scalars(found.order_by(WatchFact.id)).all()


def _by_outcome(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.outcome_id, []).append(row)
    return found


# --- one honour ---------------------------------------------------------------------------------------------------


def declarations(outcome: Outcome) -> Sequence[YearlyDeclaration]:
    found = select(YearlyDeclaration).where(YearlyDeclaration.outcome_id == outcome.id)
    return db.session.scalars(found.order_by(YearlyDeclaration.year)).all()


def facts(outcome: Outcome) -> Sequence[WatchFact]:
    found = select(WatchFact).where(WatchFact.outcome_id == outcome.id)
    return db.session.scalars(found.order_by(WatchFact.id.desc())).all()


def open_facts(outcome: Outcome) -> list[WatchFact]:
    return [fact for fact in facts(outcome) if fact.state is WatchFactState.OPEN]


def owner_of(outcome: Outcome) -> User | None:
    """The account that applied; None of an honour that is known only by its publication."""
    found = select(User).join(Application, Application.owner_id == User.id)
    return db.session.scalar(found.where(Application.id == outcome.application_id))


def own_of_outcome(actor: Actor, outcome_id: int) -> Sequence[YearlyDeclaration]:
    """All years of one honour, as far as the actor may read them."""
    found = listed(actor).where(YearlyDeclaration.outcome_id == outcome_id)
    return db.session.scalars(found.order_by(YearlyDeclaration.year)).all()


def _with_outcome(found: Select[YearlyDeclaration]) -> Select[YearlyDeclaration]:
    return found.options(joinedload(YearlyDeclaration.outcome))
