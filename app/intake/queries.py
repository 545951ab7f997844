"""Reads for recommending bodies and for the office's formal check."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import filterfalse, islice
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select

from app.applications.models import Application
from app.applications.queries import rulebook_for, visible_to
from app.intake.models import FormalCheck, Recommendation, RecommendingBody
from app.intake.rules import Body, is_individual, places_left
from app.kernel import clock, regions
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.words import LocalText
from app.programmes.models import Edition
from app.programmes.rules.eligibility import ApplicantFacts, Honour, Reason, Revocation, eligibility_reasons
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import ApplicantKind
from app.workflow import ApplicationState

PAGE = 50
NOT_COUNTED = (ApplicationState.WITHDRAWN,)


@dataclass(frozen=True)
class History:
    """What earlier editions of this award know of an applicant and of its parent group."""

    honours: tuple[Honour, ...] = ()
    parent_honours: tuple[Honour, ...] = ()
    revocations: tuple[Revocation, ...] = ()


HistorySource = Callable[[Application], History]
_sources: list[HistorySource] = []


def learn_history(source: HistorySource) -> None:
    """Called once by create_app: outcomes come later in the pipeline, and a stage knows only those before it."""
    _sources[:] = [source]


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
class QuotaLine:
    """Places of one kind; `places` None: no cap."""

    kind: ApplicantKind
    used: int
    places: int | None
    left: int | None


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


# --- recommending bodies ------------------------------------------------------------------------------------------


def bodies() -> list[Body]:
    rows = db.session.execute(select(RecommendingBody.id, RecommendingBody.kind, RecommendingBody.region_code))
    return [Body(row.id, row.kind, row.region_code) for row in rows]


def all_bodies() -> Sequence[RecommendingBody]:
    return db.session.scalars(
        select(RecommendingBody).order_by(RecommendingBody.region_code, RecommendingBody.id)
    ).all()


def body_of(application: Application) -> RecommendingBody | None:
    return None if application.body_id is None else db.session.get(RecommendingBody, application.body_id)


def find_body(body_id: int | None) -> RecommendingBody | None:
    return None if body_id is None else db.session.get(RecommendingBody, body_id)


def body_name(application: Application) -> str:
    body = body_of(application)
    return body.name if body else ""


def without_body() -> Sequence[Application]:
    """Submitted dossiers for whose region no body was known."""
    waiting = (Application.state == ApplicationState.SUBMITTED) & Application.body_id.is_(None)
    return db.session.scalars(select(Application).where(waiting)).all()


def recommended_count(body_id: int, edition_id: int, kind: ApplicantKind) -> int:
    counts = _recommended(body_id, edition_id)
    return counts[is_individual(kind)]


def quota_lines(body: RecommendingBody, edition: Edition, rulebook: Rulebook) -> list[QuotaLine]:
    """Used and left of each kind that the award admits; people apart, all others together."""
    counts = _recommended(body.id, edition.id)
    first_of_others = islice(filterfalse(is_individual, rulebook.applicant_kinds), 1)
    kinds = (*first_of_others, *filter(is_individual, rulebook.applicant_kinds))
    return [_quota_line(rulebook, body, kind, counts[is_individual(kind)]) for kind in kinds]


def _quota_line(rulebook: Rulebook, body: RecommendingBody, kind: ApplicantKind, used: int) -> QuotaLine:
    left = places_left(rulebook.recommendation, body.kind, kind, used)
    return QuotaLine(kind, used, None if left is None else used + left, left)


def _recommended(body_id: int, edition_id: int) -> dict[bool, int]:
    """Recommended dossiers, people (True) and others; one that was withdrawn gives its place back."""
    rows = db.session.execute(
        select(Application.kind, func.count())
        .join(Recommendation, Recommendation.application_id == Application.id)
        .where(
            Recommendation.body_id == body_id,
            Recommendation.recommended,
            Application.edition_id == edition_id,
            Application.state.not_in(NOT_COUNTED),
        )
        .group_by(Application.kind)
    )
    counts = {True: 0, False: 0}
    for kind, count in rows:
        counts[is_individual(kind)] += count
    return counts


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


def eligibility(application: Application) -> tuple[Reason, ...]:
    """Reasons against this applicant that can be computed from the dossier and from earlier editions."""
    moment = application.submitted_at or clock.now()
    return eligibility_reasons(
        applicant_facts(application),
        rulebook_for(application),
        edition=application.edition.number,
        on=moment.astimezone(ZoneInfo(application.edition.time_zone)).date(),
    )


def applicant_facts(application: Application) -> ApplicantFacts:
    history = _sources[0](application) if _sources else History()
    answers = application.answers
    since = answers.get("quality_work_since" if is_individual(application.kind) else "founded")
    return ApplicantFacts(
        kind=application.kind,
        region=application.region_code,
        founded=_day(since),
        excellence_since=_day(answers.get("excellence_since")),
        honours=history.honours,
        parent_honours=history.parent_honours,
        revocations=history.revocations,
    )


def _day(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) and text else None
