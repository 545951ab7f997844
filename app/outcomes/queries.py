"""Reads of honours: the office's list, a published result, and what the public home shows."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, literal_column, select

from app.applications.models import Application
from app.audit.models import AuditEvent
from app.decisions.queries import city_of
from app.kernel import clock, regions
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.words import N_, LocalText
from app.notices.models import Notice
from app.notices.queries import days_left, published_now
from app.outcomes.models import Outcome
from app.outcomes.rules import BAR_STEP, Bar, Count, bars, counted_by
from app.programmes.models import Edition
from app.programmes.queries import CalendarRow, calendar, rulebook_of
from app.programmes.rules.labels import LABELS
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import ApplicantKind
from app.workflow import ApplicationState, EditionState, NoticeState, OutcomeState

PUBLIC_ACTIONS = (
    "edition.create",
    "edition.change_rulebook",
    "edition.plan",
    "edition.open",
    "edition.conclude",
    "edition.archive",
    "edition.record_past",
    "workdays.edit",
    "notice.publish",
    "notice.close",
    "outcome.publish",
    "outcome.revoke",
)
"""Whatever changes the public home."""


@dataclass(frozen=True)
class Honour:
    name: str
    city: LocalText
    group: LocalText


@dataclass(frozen=True)
class LevelResult:
    name: LocalText
    honours: list[Honour]


@dataclass(frozen=True)
class Revoked:
    name: str
    level: LocalText
    at: datetime
    reason: str


@dataclass(frozen=True)
class Statistic:
    """Standing honours counted by city, group or kind, and their picture."""

    title: str
    of: str
    caption: str
    counts: tuple[Count, ...]

    @property
    def bars(self) -> tuple[Bar, ...]:
        return bars(self.counts)

    @property
    def picture_height(self) -> int:
        return BAR_STEP * len(self.counts) + 6


@dataclass(frozen=True)
class Result:
    """A published result: who holds an honour today, counts by city, group and kind, and honours that were taken back."""

    edition: Edition
    levels: list[LevelResult]
    statistics: tuple[Statistic, ...]
    revoked: list[Revoked]
    published_at: datetime | None


@dataclass(frozen=True)
class Office:
    """The office's page: what waits for an act, and all honours of the edition."""

    outcomes: Sequence[Outcome]
    waiting: Sequence[Notice]
    approved: int
    unsettled: Sequence[Application]


@dataclass(frozen=True)
class Home:
    edition: Edition
    rulebook: Rulebook
    calendar: list[CalendarRow]
    notices: list[tuple[Notice, int]]
    latest: Result | None
    past: Sequence[Edition]
    may_apply: bool
    valid_until: datetime


def visible_to(actor: Actor) -> Select[Outcome]:
    """`outcome.read` as a query: everybody sees what was published and stands."""
    if actor.has(Role.OFFICE, Role.SUPERVISOR):
        return select(Outcome)
    return select(Outcome).where(Outcome.state == OutcomeState.PUBLISHED)


def find(outcome_id: int) -> Outcome | None:
    return db.session.get(Outcome, outcome_id)


def find_notice(notice_id: int) -> Notice | None:
    return db.session.get(Notice, notice_id)


def of_edition(edition_id: int, *states: OutcomeState) -> Sequence[Outcome]:
    found = select(Outcome).where(Outcome.edition_id == edition_id).order_by(Outcome.position, Outcome.id)
    return db.session.scalars(found.where(Outcome.state.in_(states)) if states else found).all()


def recorded_applications(edition_id: int) -> set[int]:
    found = select(Outcome.application_id).where(Outcome.edition_id == edition_id, Outcome.application_id.is_not(None))
    return {each for each in db.session.scalars(found) if each is not None}


def proposed(notice: Notice) -> list[Application]:
    """Dossiers of the published list that still stand, in the order of the notice."""
    order = [row["application_id"] for level in notice.content["levels"] for row in level["rows"]]
    found = select(Application).where(
        Application.id.in_(order), Application.state.in_((ApplicationState.PROPOSED, ApplicationState.HONOURED))
    )
    return sorted(db.session.scalars(found), key=lambda each: order.index(each.id))


def unsettled(edition_id: int) -> Sequence[Application]:
    """Dossiers on which nothing final has been said: to be voted on again, noticed, or approved."""
    open_states = (ApplicationState.UNDER_REVIEW, ApplicationState.PROPOSED)
    found = select(Application).where(Application.edition_id == edition_id, Application.state.in_(open_states))
    return db.session.scalars(found.order_by(Application.id)).all()


def office_page(edition_id: int) -> Office:
    outcomes = of_edition(edition_id)
    recorded = {outcome.application_id for outcome in outcomes}
    ended = db.session.scalars(
        select(Notice).where(Notice.edition_id == edition_id, Notice.state == NoticeState.ENDED).order_by(Notice.id)
    )
    return Office(
        outcomes,
        waiting=[notice for notice in ended if unrecorded(proposed(notice), recorded)],
        approved=len(_in_state(outcomes, OutcomeState.APPROVED)),
        unsettled=unrecorded(unsettled(edition_id), recorded),
    )


def unrecorded(dossiers: Sequence[Application], recorded: Container[int | None]) -> list[Application]:
    return [dossier for dossier in dossiers if dossier.id not in recorded]


# --- a published result -------------------------------------------------------------------------------------------


def edition_called(code: str) -> Edition | None:
    """An edition that the public may see: its call has opened."""
    return db.session.scalar(select(Edition).where(Edition.code == code, Edition.state != EditionState.DRAFT))


def past_editions() -> Sequence[Edition]:
    """Editions with a published result, newest first."""
    return db.session.scalars(_with_result(select(Edition)).order_by(Edition.number.desc(), Edition.id.desc())).all()


def _with_result(editions: Select[Edition]) -> Select[Edition]:
    return editions.where(
        select(Outcome.id).where(Outcome.edition_id == Edition.id, Outcome.published_at.is_not(None)).exists()
    )


def result(edition: Edition) -> Result:
    every = of_edition(edition.id, OutcomeState.PUBLISHED, OutcomeState.REVOKED)
    standing = _in_state(every, OutcomeState.PUBLISHED)
    levels = {outcome.level_key: outcome.level for outcome in every}
    return Result(
        edition=edition,
        levels=_levels(levels, standing, rulebook_of(edition)),
        statistics=_statistics(standing, list(levels), rulebook_of(edition)),
        revoked=_revoked(_in_state(every, OutcomeState.REVOKED)),
        published_at=max(filter(None, (outcome.published_at for outcome in every)), default=None),
    )


def _in_state(outcomes: Sequence[Outcome], state: OutcomeState) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.state == state]


def _levels(levels: Mapping[str, LocalText], standing: Sequence[Outcome], rulebook: Rulebook) -> list[LevelResult]:
    groups = {group.name.zh: group.name for group in rulebook.groups}
    return [
        LevelResult(name, [_shown(outcome, groups) for outcome in standing if outcome.level_key == key])
        for key, name in levels.items()
    ]


def _shown(outcome: Outcome, groups: Mapping[str, LocalText]) -> Honour:
    group = groups.get(outcome.group_name, LocalText.same(outcome.group_name))
    return Honour(outcome.name, city_of(outcome.region_code), group)


def _statistics(standing: Sequence[Outcome], levels: Sequence[str], rulebook: Rulebook) -> tuple[Statistic, ...]:
    groups = {group.name.zh: group.name for group in rulebook.groups}
    kinds = {kind.value: LABELS[kind] for kind in ApplicantKind}

    def placed(each: Outcome) -> tuple[str, LocalText, str]:
        return regions.prefix(each.region_code, "city"), city_of(each.region_code), each.level_key

    def grouped(each: Outcome) -> tuple[str, LocalText, str]:
        return each.group_name, groups.get(each.group_name, LocalText.same(each.group_name or "—")), each.level_key

    def by_kind(each: Outcome) -> tuple[str, LocalText, str]:
        return each.kind, kinds[each.kind], each.level_key

    found = (
        Statistic(N_("按城市统计"), N_("城市"), N_("各市获奖数"), counted_by(map(placed, standing), levels)),
        Statistic(N_("按行业组统计"), N_("行业组"), N_("各行业组获奖数"), counted_by(map(grouped, standing), levels)),
        Statistic(N_("按类别统计"), N_("类别"), N_("各类申报者获奖数"), counted_by(map(by_kind, standing), levels)),
    )
    return tuple(each for each in found if each.counts)


def _revoked(outcomes: list[Outcome]) -> list[Revoked]:
    """History stays: what was taken back, when and why, from the record."""
    if not outcomes:
        return []
    by_id = {outcome.id: outcome for outcome in outcomes}
    found = select(AuditEvent.subject_id, AuditEvent.at, AuditEvent.reason).where(
        AuditEvent.action == "outcome.revoke", AuditEvent.subject_type == "outcome", AuditEvent.subject_id.in_(by_id)
    )
    return [
        Revoked(by_id[row.subject_id].name, by_id[row.subject_id].level, row.at, row.reason)
        for row in db.session.execute(found.order_by(AuditEvent.id))
    ]


# --- the public home ----------------------------------------------------------------------------------------------


def _stamp_statement() -> Select[str]:
    """Hash of the newest event that changes the public home; built once, with nothing to fill in, as every visit asks it.

    `+ 0` keeps the database from walking the whole log backwards instead of reading the index of actions.
    """
    actions: list[ColumnElement[str]] = [literal_column(f"'{action}'") for action in PUBLIC_ACTIONS]
    newest: ColumnElement[int] = func.max(AuditEvent.id + literal_column("0"))
    newest_id = select(newest).where(AuditEvent.action.in_(actions)).scalar_subquery()
    return select(AuditEvent.hash).where(AuditEvent.id == newest_id)


HOME_STAMP = _stamp_statement()


def home_stamp() -> str:
    """As long as this stays the same, a rendered page stays right."""
    return db.session.scalar(HOME_STAMP) or ""


def home(edition: Edition) -> Home:
    stages = calendar(edition) if edition.state == EditionState.RUNNING else []
    past = past_editions()
    return Home(
        edition=edition,
        rulebook=rulebook_of(edition),
        calendar=stages,
        notices=[(notice, days_left(notice)) for notice in published_now()],
        latest=result(past[0]) if past else None,
        past=past,
        may_apply="application" in _running(stages),
        valid_until=_next_change(edition, stages),
    )


def _running(stages: Sequence[CalendarRow]) -> set[str]:
    return {row.key for row in stages if row.phase == "now"}


def _next_change(edition: Edition, stages: Sequence[CalendarRow]) -> datetime:
    """When the page would read differently though nothing happened: a stage begins or ends, or a day is over."""
    now, zone = clock.now(), ZoneInfo(edition.time_zone)
    midnight = datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
    bounds = [moment for row in stages for moment in (row.opens_at, row.closes_at)]
    return min([midnight, *(bound for bound in bounds if bound >= now)])
