"""What a recommendation and a formal check need: quotas, local notice, ticks, corrections."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from app.kernel import regions
from app.kernel.words import N_, LocalText, Message
from app.kernel.workdays import WorkingCalendar
from app.programmes.rules.admission import (
    CheckItem,
    CorrectionRule,
    Department,
    FormalCheckRule,
    RecommendationRule,
)
from app.programmes.rules.labels import LABELS
from app.programmes.rules.values import ApplicantKind, BodyKind, CheckKind, Severity

END_OF_DAY = time(17)
"""Terms end when the office closes, like the windows of the calendar."""

ORDER = (BodyKind.CITY, BodyKind.ZONE, BodyKind.COUNTY, BodyKind.PROVINCE)
"""Bodies that a dossier reaches by its region; of two for the same place the first."""

COUNTRY = "CN"
"""The area of a department or an association that recommends for a national award."""

WHOLE_COUNTRY = LocalText("全国", "Whole country")

WORDS: dict[CheckKind, tuple[str, str]] = {
    CheckKind.CONDITION: (N_("符合"), N_("不符合")),
    CheckKind.COMPLETENESS: (N_("齐全"), N_("不齐全")),
    CheckKind.VETO: (N_("无此情形"), N_("有此情形")),
}
"""How "met" and "not met" read for each kind of item."""

Ticks = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Body:
    id: int
    kind: BodyKind
    region_code: str


@dataclass(frozen=True)
class LocalNotice:
    """First and last day of the body's own public notice."""

    first: date | None
    last: date | None


# --- recommendation -----------------------------------------------------------------------------------------------


def bodies_for(region_code: str, bodies: Iterable[Body], kinds: Iterable[BodyKind]) -> list[Body]:
    """Clause `recommendation.quotas`: every body that may recommend an applicant seated there.

    Those of its place first, from the smallest region to the largest, then departments and associations.
    """
    admitted = set(kinds)
    holding = [body for body in bodies if body.kind in admitted and _holds(body.region_code, region_code)]
    return sorted(holding, key=lambda body: (*_nearness(body), body.id))


def body_for(region_code: str, bodies: Iterable[Body], kinds: Iterable[BodyKind]) -> Body | None:
    """Where a dossier goes whose applicant has not chosen: to the nearest body of its place."""
    return next((body for body in bodies_for(region_code, bodies, kinds) if body.kind in ORDER), None)


def must_choose(region_code: str, bodies: Iterable[Body], kinds: Iterable[BodyKind]) -> bool:
    """An award without bodies of a place sends nobody anywhere by itself. Where a place's body is still to be
    registered, a dossier may wait for it."""
    admitted = set(kinds)
    return admitted.isdisjoint(ORDER) and bool(bodies_for(region_code, bodies, admitted))


def area_name(region_code: str) -> LocalText:
    """What a body is responsible for: a region, or the whole country where the award is a national one."""
    return regions.full_name(region_code) if region_code.isdigit() else WHOLE_COUNTRY


def _holds(area: str, seat: str) -> bool:
    return not area.isdigit() or regions.same_region(area, seat, regions.level_of(area))


def _nearness(body: Body) -> tuple[int, int]:
    if body.kind not in ORDER:
        return 0, len(ORDER) + list(BodyKind).index(body.kind)
    return -regions.DIGITS[regions.level_of(body.region_code)], ORDER.index(body.kind)


def is_individual(kind: ApplicantKind) -> bool:
    """Quotas count people apart; teams and governments count as organisations."""
    return kind is ApplicantKind.INDIVIDUAL


def places_left(rule: RecommendationRule, body: BodyKind, kind: ApplicantKind, used: int) -> int | None:
    """Clause `recommendation.quotas`; None: no cap. A kind of body that is not named may recommend nobody."""
    if body not in {quota.body for quota in rule.quotas}:
        return 0
    places = rule.quota(body).places(kind)
    return None if places is None else max(0, places - used)


def quota_problem(rule: RecommendationRule, body: BodyKind, kind: ApplicantKind, used: int) -> Message | None:
    if places_left(rule, body, kind, used) != 0:
        return None
    return Message(
        N_("推荐名额已用完：%(kind)s类已推荐 %(used)s 个，不能再推荐。"), {"kind": LABELS[kind], "used": used}
    )


def missing_for_recommendation(
    rule: RecommendationRule, *, opinion: str, notice: LocalNotice, today: date, calendar: WorkingCalendar
) -> list[Message]:
    missing = []
    if rule.opinion_required and not opinion.strip():
        missing.append(Message(N_("请填写推荐意见。")))
    problem = notice_problem(rule.local_notice_working_days, notice, today=today, calendar=calendar)
    return [*missing, problem] if problem else missing


def notice_problem(days: int, notice: LocalNotice, *, today: date, calendar: WorkingCalendar) -> Message | None:
    """Clause `recommendation.local_notice_working_days`; the day of publication does not count."""
    if not days:
        return None
    if notice.first is None or notice.last is None:
        return Message(N_("请填写本地公示的起止日期，公示不少于 %(days)s 个工作日。"), {"days": days})
    earliest = calendar.after(notice.first, days)
    if notice.last < earliest:
        values = {"days": days, "first": notice.first, "earliest": earliest}
        return Message(
            N_("本地公示不足 %(days)s 个工作日：自 %(first)s 起公示，至少要到 %(earliest)s（发布当日不计）。"), values
        )
    if notice.last >= today:
        return Message(N_("本地公示到 %(last)s 才结束，期满后才能推荐。"), {"last": notice.last})
    return None


# --- what other departments say ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """One department: `objects` None while it has not replied, then whether it objects."""

    department: Department
    due: datetime
    objects: bool | None = None

    def is_silent(self, now: datetime) -> bool:
        """It let its due time pass."""
        return self.objects is None and now > self.due


def missing_from_departments(rule: FormalCheckRule, asked: Iterable[Asked], *, now: datetime) -> list[Message]:
    """Clause `formal_check.departments`: each one is asked, none objects; `formal_check.silence` says what silence means."""
    by_key = {each.department.key: each for each in asked}
    missing: list[Message] = []
    for department in rule.departments:
        text = _obstacle(rule, by_key.get(department.key), now)
        if text is not None:
            missing.append(Message(text, {"department": department.name}))
    return missing


OBJECTED = N_("%(department)s部门有不同意见，不能受理。")
STILL_DUE = N_("%(department)s部门还没有答复，答复期限未到。")
SILENT = N_("%(department)s部门逾期没有答复，规则要求收到答复才能受理。")


def _obstacle(rule: FormalCheckRule, asked: Asked | None, now: datetime) -> str | None:
    if asked is None:
        return N_("还没有征求%(department)s部门的意见。")
    if asked.objects is None:
        return _while_silent(rule, late=asked.is_silent(now))
    return OBJECTED if asked.objects else None


def _while_silent(rule: FormalCheckRule, *, late: bool) -> str | None:
    if not late:
        return STILL_DUE
    return SILENT if rule.silence is Severity.BAR else None


def reply_due(rule: FormalCheckRule, asked: datetime, *, calendar: WorkingCalendar, zone: ZoneInfo) -> datetime:
    """Clause `formal_check.consultation_working_days`: the last working day's close."""
    last = calendar.after(asked.astimezone(zone).date(), rule.consultation_working_days)
    return datetime.combine(last, END_OF_DAY, zone)


def reply_problem(
    *, objects: bool, note: str, has_file: bool, replied: date, asked: date, today: date
) -> tuple[str, Message] | None:
    """The input at fault and what is wrong: an objection carries its words and its document; a reply comes between the
    day of asking and today."""
    if not asked <= replied <= today:
        return "replied", Message(N_("答复日期应在 %(first)s 至 %(last)s 之间。"), {"first": asked, "last": today})
    return _objection_problem(note=note, has_file=has_file) if objects else None


def _objection_problem(*, note: str, has_file: bool) -> tuple[str, Message] | None:
    if not note:
        return "note", Message(N_("部门有不同意见的，请写明意见内容。"))
    return None if has_file else ("file", Message(N_("部门有不同意见的，请上传它的书面意见。")))


# --- formal check -------------------------------------------------------------------------------------------------


def read_ticks(items: Iterable[CheckItem], given: Mapping[str, Any]) -> Ticks:
    """By item: met, not met or None where nothing was ticked, and a note. What is no item of this award is dropped."""
    ticks: Ticks = {}
    for item in items:
        value = given.get(item.key)
        entry = value if isinstance(value, Mapping) else {"met": value}
        ticks[item.key] = {"met": entry.get("met"), "note": str(entry.get("note") or "").strip()}
    return ticks


def missing_for_acceptance(items: Iterable[CheckItem], ticks: Ticks) -> list[Message]:
    """Every item ticked and met; a veto item is met when the case does not exist."""
    missing = []
    for item in items:
        met = ticks.get(item.key, {}).get("met")
        if met is None:
            missing.append(Message(N_("还没有核对“%(item)s”。"), {"item": item.text}))
        elif not met:
            missing.append(Message(N_("“%(item)s”不通过，不能受理。"), {"item": item.text}))
    return missing


def corrections_left(rule: CorrectionRule, used: int) -> int:
    return max(0, rule.rounds - used)


def correction_problem(rule: CorrectionRule, used: int) -> Message | None:
    """Clause `correction.rounds`."""
    if corrections_left(rule, used):
        return None
    return Message(
        N_("已退回补正 %(used)s 次，规则最多 %(rounds)s 次。请受理或不予受理。"), {"used": used, "rounds": rule.rounds}
    )


def correction_due(rule: CorrectionRule, returned: datetime, *, calendar: WorkingCalendar, zone: ZoneInfo) -> datetime:
    """Clause `correction.working_days`: the last working day's close; the day of the return does not count."""
    last = calendar.after(returned.astimezone(zone).date(), rule.working_days)
    return datetime.combine(last, END_OF_DAY, zone)
