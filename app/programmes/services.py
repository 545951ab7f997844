"""Editions: created from a rulebook, planned, opened (which freezes the rules), concluded."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.audit import services as audit
from app.config import ROOT
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady, Stale
from app.kernel.words import N_, LocalText, Message
from app.lifecycle import advance
from app.policy import demand
from app.programmes.models import CalendarDay, Edition, Period, Programme, Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.calendar import default_periods
from app.programmes.rules.errors import RulebookInvalid
from app.programmes.rules.files import load_folder
from app.programmes.rules.parsing import digest, parse_rulebook
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.titles import chinese_ordinal

RULEBOOKS = ROOT / "rulebooks"
ONE_DAY = timedelta(days=1)

Window = tuple[datetime, datetime]


class RulebookRefused(NotReady):
    """A rulebook with errors; `missing` says each of them."""


def shipped_rulebooks(folder: Path = RULEBOOKS) -> dict[str, LocalText]:
    """The rulebooks that an edition can be made from: key → name with the key."""
    criteria = load_folder(folder / "criteria")
    named = {key: parse_rulebook(text, criteria).name for key, text in load_folder(folder).items()}
    return {key: LocalText(f"{name.zh} ({key})", f"{name.en} ({key})") for key, name in named.items()}


def create_edition(
    actor: Actor, *, rulebook_key: str, number: int, code: str, starts: date, folder: Path = RULEBOOKS
) -> Edition:
    """A draft edition with the rulebook's default calendar, counted from `starts` in the award's zone."""
    demand(actor, "edition.create")
    _demand_new_code(code)
    text = load_folder(folder).get(rulebook_key)
    if text is None:
        raise Invalid(Message(N_("没有名为 %(key)s 的规则文件。"), {"key": rulebook_key}), field="rulebook_key")
    criteria = load_folder(folder / "criteria")
    rulebook = _parsed(text, criteria)
    edition = _new_edition(rulebook, number=number, code=code)
    _set_rulebook(edition, rulebook, text, criteria)
    db.session.add(edition)
    db.session.flush()
    _add_default_periods(edition, rulebook, starts)
    audit.record(actor, "edition.create", edition, after=edition.state, detail={"rulebook": rulebook_key})
    return edition


def replace_rulebook(actor: Actor, edition: Edition, text: str, *, folder: Path = RULEBOOKS) -> None:
    """Another rulebook for an edition whose call has not opened; of the calendar the stages that both have keep their days."""
    demand(actor, "edition.change_rulebook", edition)
    criteria = load_folder(folder / "criteria")
    rulebook = _parsed(text, criteria)
    _set_rulebook(edition, rulebook, text, criteria)
    _fit_calendar(edition, rulebook)
    audit.record(actor, "edition.change_rulebook", edition, detail={"digest": edition.rulebook_digest})


def plan_periods(actor: Actor, edition: Edition, periods: Mapping[str, Window], *, version: int) -> None:
    """Set the windows of the calendar; a stale page is answered with both versions."""
    demand(actor, "edition.plan", edition)
    typed = {key: _window_text(window) for key, window in periods.items()}
    if version != edition.version:
        raise Stale(
            stored={period.key: _window_text((period.opens_at, period.closes_at)) for period in edition.periods},
            typed=typed,
            current_version=edition.version,
        )
    _demand_ordered(periods)
    for period in edition.periods:
        period.opens_at, period.closes_at = periods.get(period.key, (period.opens_at, period.closes_at))
    # The windows are rows of their own: the edition's version must move although none of its columns does.
    flag_modified(edition, "code")
    db.session.flush()
    audit.record(actor, "edition.plan", edition, detail=typed)


def _demand_ordered(periods: Mapping[str, Window]) -> None:
    for key, (opens_at, closes_at) in periods.items():
        if closes_at <= opens_at:
            raise Invalid(Message(N_("结束时间必须晚于开始时间。")), field=f"{key}_closes_at")


def open_edition(actor: Actor, edition: Edition) -> None:
    """Open the call: the rulebook is frozen with its digest, the rounds become rows; nothing changes the rules afterwards."""
    demand(actor, "edition.open", edition)
    if edition.frozen_at is None:
        _freeze(edition)
    advance(edition, "edition.open", actor, detail={"rulebook_digest": edition.rulebook_digest})


def conclude_edition(actor: Actor, edition: Edition) -> None:
    advance(edition, "edition.conclude", actor)


def mark_day(actor: Actor, day: date, *, working: bool, note: str) -> CalendarDay:
    """Say by hand that a day is a working day or not, where the shipped calendar does not know it."""
    demand(actor, "workdays.edit")
    marked = db.session.get(CalendarDay, day) or CalendarDay(day=day, working=working)
    marked.working, marked.note = working, note.strip()
    db.session.add(marked)
    audit.record(actor, "workdays.edit", detail={"day": day.isoformat(), "working": working, "note": note})
    return marked


def _freeze(edition: Edition) -> None:
    rulebook = rulebook_of(edition)
    edition.frozen_at = clock.now()
    for position, rule in enumerate(rulebook.rounds, start=1):
        db.session.add(
            Round(
                edition_id=edition.id,
                position=position,
                key=rule.key,
                kind=rule.kind,
                name_zh=rule.name.zh,
                name_en=rule.name.en,
            )
        )
    db.session.flush()
    db.session.expire(edition, ["rounds"])


def _parsed(text: str, criteria: Mapping[str, str]) -> Rulebook:
    try:
        return parse_rulebook(text, criteria)
    except RulebookInvalid as invalid:
        raise RulebookRefused([error.sentence for error in invalid.errors]) from invalid


def _demand_new_code(code: str) -> None:
    if db.session.scalar(select(Edition.id).where(Edition.code == code)) is not None:
        raise Invalid(Message(N_("届次代码 %(code)s 已经用过，请换一个。"), {"code": code}), field="code")


def _new_edition(rulebook: Rulebook, *, number: int, code: str) -> Edition:
    ordinal = chinese_ordinal(number)
    return Edition(
        programme_id=_programme(rulebook).id,
        code=code,
        number=number,
        title_zh=f"{ordinal}{rulebook.name.zh}",
        title_en=f"{rulebook.name.en}, edition {number}",
        time_zone=rulebook.timezone,
        rulebook_key=rulebook.key,
        rulebook="",
        criteria={},
        rulebook_digest="",
        region_digits=0,
        created_at=clock.now(),
    )


def _set_rulebook(edition: Edition, rulebook: Rulebook, text: str, criteria: Mapping[str, str]) -> None:
    edition.rulebook_key = rulebook.key
    edition.rulebook = text
    edition.criteria = {named.key: criteria[named.key] for named in rulebook.criteria_sets}
    edition.rulebook_digest = digest(text, criteria)
    edition.region_digits = rulebook.panel.region_digits or 0
    edition.expert_region_kinds = ",".join(rulebook.panel.counted_places)
    edition.leader_outside_prefix = rulebook.region_prefix if rulebook.panel.leader_outside_award_region else ""


def _programme(rulebook: Rulebook) -> Programme:
    """The award that this rulebook is a version of: `shanxi` for `shanxi-2021`."""
    code = rulebook.key.rpartition("-")[0] or rulebook.key
    found = db.session.scalar(select(Programme).where(Programme.code == code))
    if found is not None:
        return found
    programme = Programme(
        code=code,
        name_zh=rulebook.name.zh,
        name_en=rulebook.name.en,
        organiser_zh=rulebook.organiser.zh,
        organiser_en=rulebook.organiser.en,
        region_code=rulebook.region,
    )
    db.session.add(programme)
    db.session.flush()
    return programme


def _fit_calendar(edition: Edition, rulebook: Rulebook) -> None:
    """Stages that the rulebook does not have leave the calendar, those that it adds come in with their default days."""
    starts = min(period.opens_at for period in edition.periods).astimezone(ZoneInfo(rulebook.timezone)).date()
    wanted = {stage.key for stage in rulebook.calendar}
    for period in [each for each in edition.periods if each.key not in wanted]:
        db.session.delete(period)
    _add_default_periods(edition, rulebook, starts, besides={period.key for period in edition.periods})
    db.session.expire(edition, ["periods"])


def _add_default_periods(
    edition: Edition, rulebook: Rulebook, starts: date, *, besides: Collection[str] = frozenset()
) -> None:
    zone = ZoneInfo(rulebook.timezone)
    for period in (each for each in default_periods(rulebook, starts) if each.stage not in besides):
        db.session.add(
            Period(
                edition_id=edition.id,
                key=period.stage,
                opens_at=datetime.combine(period.opens, time(9), zone),
                closes_at=datetime.combine(period.closes, time(17), zone),
            )
        )
    db.session.flush()


def _window_text(window: Window) -> str:
    return " – ".join(moment.isoformat(timespec="minutes") for moment in window)
