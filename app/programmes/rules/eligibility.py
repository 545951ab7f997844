"""Who may apply: the conditions that can be computed from facts, for the formal check (审查受理)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.kernel.words import N_, LocalText, Message
from app.programmes.rules.admission import WinnerBan
from app.programmes.rules.labels import LABELS, labelled
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import ApplicantKind, Incident, Institution, Rank, Severity


@dataclass(frozen=True)
class PastIncident:
    kind: Incident
    happened: date


@dataclass(frozen=True)
class Honour:
    """A level won in an earlier edition of this programme."""

    level: str
    edition: int
    awarded: date


@dataclass(frozen=True)
class Revocation:
    edition: int
    fraud: bool


@dataclass(frozen=True)
class ApplicantFacts:
    kind: ApplicantKind
    region: str
    founded: date | None = None
    """Of an organisation; for an individual the day quality work began."""
    institution: Institution | None = None
    rank: Rank | None = None
    tags: frozenset[str] = frozenset()
    excellence_since: date | None = None
    incidents: tuple[PastIncident, ...] = ()
    honours: tuple[Honour, ...] = ()
    parent_honours: tuple[Honour, ...] = ()
    revocations: tuple[Revocation, ...] = ()


@dataclass(frozen=True)
class Reason:
    """`clause` is a path of the rulebook: `rulebook.basis(clause)` says where the rule comes from."""

    clause: str
    severity: Severity
    text: Message


@dataclass(frozen=True)
class Case:
    facts: ApplicantFacts
    book: Rulebook
    edition: int
    on: date


Reasons = Iterator[Reason]


def eligibility_reasons(facts: ApplicantFacts, rulebook: Rulebook, *, edition: int, on: date) -> tuple[Reason, ...]:
    """Every reason against this applicant in this edition on that day, bars and warnings; none means eligible."""
    case = Case(facts, rulebook, edition, on)
    return tuple(reason for check in CHECKS for reason in check(case))


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February ends on the 28th (Civil Code, art. 202)."""
    if (day.month, day.day) == (2, 29):
        day = day.replace(day=28)
    return day.replace(year=day.year + years)


def bar(clause: str, text: str, **values: object) -> Reason:
    return Reason(clause, Severity.BAR, Message(text, values))


def kind_admitted(case: Case) -> Reasons:
    if case.facts.kind not in case.book.applicant_kinds:
        admitted = labelled(case.book.applicant_kinds)
        yield bar("groups", N_("本届只接受：%(kinds)s。"), kinds=admitted)


def institution_admitted(case: Case) -> Reasons:
    kind, rule = case.facts.institution, case.book.eligibility
    if kind is not None and kind not in rule.institutions:
        text = N_("申报范围不包括%(kind)s；可以申报的组织：%(admitted)s。")
        yield bar("eligibility.institutions", text, kind=LABELS[kind], admitted=labelled(rule.institutions))


def inside_region(case: Case) -> Reasons:
    if case.book.eligibility.within_region and not case.facts.region.startswith(case.book.region_prefix):
        text = N_("所在地区 %(region)s 不在本奖项的地区内。")
        yield bar("eligibility.within_region", text, region=case.facts.region)


def years_complete(case: Case) -> Reasons:
    clause, years = _years_required(case)
    if not years:
        return
    founded = case.facts.founded
    if founded is None:
        yield Reason(clause, Severity.WARNING, Message(N_("没有填写成立或从业的日期，无法核对年限。")))
    elif years_after(founded, years) > case.on:
        text = N_("自 %(since)s 起不满 %(years)s 年，到 %(until)s 才满。")
        yield bar(clause, text, since=founded, years=years, until=years_after(founded, years))


def _years_required(case: Case) -> tuple[str, int]:
    rule = case.book.eligibility
    if case.facts.kind is ApplicantKind.INDIVIDUAL:
        return "eligibility.years_of_quality_work", rule.years_of_quality_work
    shorter = [row for row in rule.years_exceptions if row.tag in case.facts.tags]
    if shorter:
        row = min(shorter, key=lambda row: row.years)
        return f"eligibility.years_exceptions.{row.tag}", row.years
    return "eligibility.years_in_operation", rule.years_in_operation


def excellence_practised(case: Case) -> Reasons:
    years, since = case.book.eligibility.years_of_excellence, case.facts.excellence_since
    if years is None or case.facts.kind is ApplicantKind.INDIVIDUAL:
        return
    clause = "eligibility.years_of_excellence"
    if since is None:
        yield Reason(clause, Severity.WARNING, Message(N_("没有填写实施卓越绩效管理的起始日期，无法核对年限。")))
    elif years_after(since, years) > case.on:
        yield bar(clause, N_("实施卓越绩效管理自 %(since)s 起不满 %(years)s 年。"), since=since, years=years)


def clean_record(case: Case) -> Reasons:
    windows = {row.incident: row for row in case.book.eligibility.look_backs}
    for incident in case.facts.incidents:
        row = windows.get(incident.kind)
        if row is not None and years_after(incident.happened, row.years) > case.on:
            text = N_("%(day)s 有“%(incident)s”情形，在近 %(years)s 年之内。")
            values = {"day": incident.happened, "incident": LABELS[incident.kind], "years": row.years}
            yield Reason(f"eligibility.look_backs.{row.incident}", row.severity, Message(text, values))


def rank_admitted(case: Case) -> Reasons:
    rank = case.facts.rank
    if rank is not None and rank in case.book.eligibility.excluded_ranks:
        yield bar("eligibility.excluded_ranks", N_("规则不接受：%(rank)s。"), rank=LABELS[rank])


def earlier_win(case: Case) -> Reasons:
    for ban, honour in _running_bans(case, case.facts.honours):
        text = N_("第 %(edition)s 届已获%(level)s，限制期未满。")
        yield bar(f"eligibility.winner_bans.{ban.level}", text, edition=honour.edition, level=_level(case, ban))


def parent_win(case: Case) -> Reasons:
    severity = case.book.eligibility.parent_win
    if severity is None:
        return
    for ban, honour in _running_bans(case, case.facts.parent_honours):
        text = N_("上级单位第 %(edition)s 届已获%(level)s，限制期未满。")
        values = {"edition": honour.edition, "level": _level(case, ban)}
        yield Reason("eligibility.parent_win", severity, Message(text, values))


def _level(case: Case, ban: WinnerBan) -> LocalText:
    return case.book.level(ban.level).name


def _running_bans(case: Case, honours: tuple[Honour, ...]) -> Iterator[tuple[WinnerBan, Honour]]:
    bans = {ban.level: ban for ban in case.book.eligibility.winner_bans}
    for honour in honours:
        ban = bans.get(honour.level)
        if ban is not None and _still_runs(case, ban, honour):
            yield ban, honour


def _still_runs(case: Case, ban: WinnerBan, honour: Honour) -> bool:
    by_edition = ban.editions is not None and case.edition - honour.edition <= ban.editions
    by_years = ban.years is not None and years_after(honour.awarded, ban.years) > case.on
    return by_edition or by_years


def _awarded(case: Case, level: str) -> list[date]:
    return [honour.awarded for honour in case.facts.honours if honour.level == level]


def prerequisite_held(case: Case) -> Reasons:
    for row in case.book.eligibility.prerequisites:
        if not any(years_after(awarded, row.years) <= case.on for awarded in _awarded(case, row.level)):
            text = N_("须已获%(level)s满 %(years)s 年。")
            level = case.book.level(row.level).name
            yield bar(f"eligibility.prerequisites.{row.level}", text, level=level, years=row.years)


def revoked_before(case: Case) -> Reasons:
    watch = case.book.watch
    for revocation in case.facts.revocations:
        clause, editions = (
            ("watch.fraud_ban_editions", watch.fraud_ban_editions)
            if revocation.fraud
            else ("watch.incident_ban_editions", watch.incident_ban_editions)
        )
        if editions is None:
            yield bar(clause, N_("第 %(edition)s 届奖励因弄虚作假被撤销，不再受理。"), edition=revocation.edition)
        elif case.edition - revocation.edition <= editions:
            text = N_("第 %(edition)s 届奖励被撤销，其后 %(editions)s 届不得申报。")
            yield bar(clause, text, edition=revocation.edition, editions=editions)


CHECKS = (
    kind_admitted,
    institution_admitted,
    inside_region,
    years_complete,
    excellence_practised,
    clean_record,
    rank_admitted,
    earlier_win,
    parent_win,
    prerequisite_held,
    revoked_before,
)
