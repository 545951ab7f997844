"""Reads for recommending bodies and for the office's formal check."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from app.applications.models import Application
from app.applications.queries import visible_to
from app.intake.models import FormalCheck, Recommendation, RecommendingBody
from app.kernel import regions
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.words import LocalText
from app.programmes.rules.values import ApplicantKind
from app.workflow import ApplicationState

PAGE = 50


@dataclass(frozen=True)
class Row:
    """One dossier in a list of the body or the office."""

    id: int
    number: str
    name: str
    kind: ApplicantKind
    region_code: str
    group_key: str
    state: ApplicationState
    submitted_at: datetime | None
    correction_due: datetime | None
    body: str
    lifecycle: str = "application"

    @property
    def region(self) -> LocalText:
        return regions.full_name(self.region_code)


@dataclass(frozen=True)
class Filters:
    state: str = ""
    city: str = ""
    group: str = ""
    page: int = 1


@dataclass(frozen=True)
class Listing:
    rows: list[Row]
    total: int
    states: dict[ApplicationState, int] = field(default_factory=dict)
    cities: tuple[str, ...] = ()


COLUMNS = (
    Application.id,
    Application.number,
    Application.name,
    Application.kind,
    Application.region_code,
    Application.group_key,
    Application.state,
    Application.submitted_at,
    Application.correction_due,
    func.coalesce(RecommendingBody.name, "").label("body"),
)


def of_body(actor: Actor, edition_id: int) -> list[Row]:
    """The dossiers of the actor's own body in one edition."""
    mine = (Application.body_id == actor.body_id) & (Application.edition_id == edition_id)
    return _rows(visible_to(actor), mine, Application.state != ApplicationState.DRAFT)


def recommendation_of(application: Application) -> Recommendation | None:
    return db.session.scalar(select(Recommendation).where(Recommendation.application_id == application.id))


# --- the office ---------------------------------------------------------------------------------------------------


def listing(actor: Actor, edition_id: int, filters: Filters) -> Listing:
    """The dossiers of an edition that the actor may see, filtered and paged; counts by state and city of all of them."""
    base = (visible_to(actor), Application.edition_id == edition_id, Application.state != ApplicationState.DRAFT)
    counted = db.session.execute(
        select(Application.state, Application.region_code, Application.group_key, func.count())
        .where(*base)
        .group_by(Application.state, Application.region_code, Application.group_key)
    ).all()
    states: dict[ApplicationState, int] = {}
    for state, _region, _group, count in counted:
        states[state] = states.get(state, 0) + count
    total = sum(count for *facts, count in counted if _fits(filters, *facts))
    rows = _rows(*base, *_conditions(filters), page=filters.page)
    return Listing(rows, total, states, tuple(sorted({regions.prefix(row[1], "city") + "00" for row in counted})))


def _fits(filters: Filters, state: str, region_code: str, group_key: str) -> bool:
    in_city = not filters.city or regions.prefix(region_code, "city") == regions.prefix(filters.city, "city")
    return in_city and filters.state in ("", state) and filters.group in ("", group_key)


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.state:
        conditions.append(Application.state == filters.state)
    if filters.group:
        conditions.append(Application.group_key == filters.group)
    if filters.city:
        conditions.append(_in_city(filters.city))
    return conditions


def _in_city(city: str) -> ColumnElement[bool]:
    """A municipality's districts carry several city digits and are one city all the same."""
    if city[:2] in regions.MUNICIPALITIES:
        return Application.region_code.startswith(city[:2])
    return or_(Application.region_code == city, Application.region_code.startswith(city[:4]))


def _rows(*conditions: ColumnElement[bool], page: int = 0) -> list[Row]:
    query = (
        select(*COLUMNS)
        .outerjoin(RecommendingBody, RecommendingBody.id == Application.body_id)
        .where(*conditions)
        .order_by(Application.sequence, Application.id)
    )
    if page:
        query = query.limit(PAGE).offset((page - 1) * PAGE)
    return [Row(*row) for row in db.session.execute(query)]


def checks(application: Application) -> Sequence[FormalCheck]:
    """Every formal check of a dossier, the first one first; an undecided one stands last."""
    return db.session.scalars(
        select(FormalCheck).where(FormalCheck.application_id == application.id).order_by(FormalCheck.cycle)
    ).all()
