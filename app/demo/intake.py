"""The demo's first half: accounts, edition, dossiers, recommendation, formal check."""

import io
from datetime import date, datetime, timedelta
from itertools import count

from app.accounts import services as accounts
from app.applications import services as applications
from app.applications.models import Application
from app.applications.queries import applicant_of
from app.applications.rules.sections import COPIED
from app.demo import cast, texts
from app.demo.documents import evidence_pdf
from app.demo.people import ACCOUNTS, DOMAIN, HOME_EVERY, DemoApplicant, applicants, email, expert_rows
from app.intake import queries as intake_queries
from app.intake import services as intake
from app.kernel import clock, regions
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.programmes import services as programmes
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of, working_calendar
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import ApplicantKind, BodyKind, FieldKind

HOME = "140000"
OWN_CITY = "140100"
MINE = 12
"""Number of the dossier that belongs to the demo's applicant account."""
TELLS = 2
"""Number of the dossier whose applicant names an expert to be kept away."""
OVER_QUOTA = (39, 4)
REFUSED = 22
WITHDRAWN = 32
LATE_RECOMMENDATION = (3, 4)
LATE_CHECK = 38
BY_DEPARTMENT = 29
"""Number of the dossier whose applicant turned to a provincial department instead of its city."""

Dossiers = dict[int, Application]


def owner_email(applicant: DemoApplicant) -> str:
    return email(Role.APPLICANT) if applicant.number == MINE else f"applicant{applicant.number:02d}@{DOMAIN}"


def body_email(region_code: str) -> str:
    """The province's code stands for its department."""
    return email(Role.RECOMMENDER) if region_code == OWN_CITY else f"body{region_code[:4]}@{DOMAIN}"


def register_bodies() -> None:
    office = cast.as_role(Role.OFFICE)
    for city in regions.cities(HOME):
        body = intake.register_body(
            office, name=f"{city.name.zh}质量强市工作领导小组办公室", kind=BodyKind.CITY, region_code=city.code
        )
        name = ACCOUNTS[Role.RECOMMENDER] if city.code == OWN_CITY else f"{city.name.zh}推荐员示例"
        accounts.invite(cast.FOUNDER, email=body_email(city.code), name=name, role=Role.RECOMMENDER, body_id=body.id)
    department = intake.register_body(office, name="省工业和信息化厅", kind=BodyKind.DEPARTMENT, region_code=HOME)
    accounts.invite(
        cast.FOUNDER, email=body_email(HOME), name="省直部门推荐员示例", role=Role.RECOMMENDER, body_id=department.id
    )


def register_applicants() -> None:
    for applicant in applicants():
        if applicant.number != MINE:
            accounts.invite(
                cast.FOUNDER, email=owner_email(applicant), name=f"{applicant.name}联系人", role=Role.APPLICANT
            )
        applications.register_applicant(
            cast.as_person(owner_email(applicant)),
            kind=ApplicantKind(applicant.kind),
            name=applicant.name,
            credit_code=applicant.credit_code,
            region_code=applicant.region_code,
            industry_code=applicant.industry,
            contact=applications.Contact("联系人示例", "0351-0000000"),
        )


def fill_dossier(edition: Edition, rulebook: Rulebook, applicant: DemoApplicant, *, complete: bool) -> Application:
    """A dossier as its applicant fills it; an incomplete one lacks its last items and its evidence."""
    owner = cast.as_person(owner_email(applicant))
    profile = applicant_of(owner)
    assert profile is not None
    dossier = applications.start(owner, edition, profile, group_key=applicant.group)
    applications.save_form(owner, dossier, _answers(rulebook, applicant), version=dossier.version)
    group = rulebook.group(applicant.group)
    overview = texts.overview(applicant.name, applicant.founded.year, group.name.zh)
    applications.save_section(owner, dossier, "overview", overview, version=0)
    items = rulebook.criteria_for(applicant.group).items
    for item in items if complete else items[: len(items) // 2]:
        text = texts.item_text(item, applicant.number)
        applications.save_section(owner, dossier, f"item:{item.code}", text, version=0)
    if complete:
        _attach_evidence(owner, dossier, rulebook)
    if applicant.number == BY_DEPARTMENT:
        _turn_to_department(owner, dossier)
    return dossier


def _turn_to_department(owner: Actor, dossier: Application) -> None:
    body = cast.as_person(body_email(HOME)).body_id
    assert body is not None
    intake.choose_body(owner, dossier, body)


def _attach_evidence(owner: Actor, dossier: Application, rulebook: Rulebook) -> None:
    for kind in rulebook.dossier.evidence_for(dossier.kind):
        if kind.required:
            title = f"{kind.key} of dossier {dossier.id}"
            applications.attach(
                owner,
                dossier,
                section_key=kind.key,
                filename=f"{kind.name.zh}.pdf",
                content=io.BytesIO(evidence_pdf(title)),
            )


def _answers(rulebook: Rulebook, applicant: DemoApplicant) -> dict[str, object]:
    known: dict[str, object] = {
        "founded": applicant.founded.isoformat(),
        "quality_work_since": applicant.founded.isoformat(),
        "incidents": "无",
        "email": owner_email(applicant),
        "phone": "0351-0000000",
        "employees": str(120 + 37 * applicant.number),
        "institution": _institution(applicant),
    }
    return {
        field.key: known.get(field.key, _plausible(field.kind, field.choices))
        for field in rulebook.dossier.fields_for(ApplicantKind(applicant.kind))
        if field.key not in COPIED and (field.required or field.key in known)
    }


def _institution(applicant: DemoApplicant) -> str:
    return {"83": "primary_school", "84": "hospital"}.get(applicant.industry, "enterprise")


def _plausible(kind: FieldKind, choices: tuple[object, ...]) -> object:
    if kind is FieldKind.YES_NO:
        return "yes"
    if kind is FieldKind.CHOICE:
        return getattr(choices[0], "key", "")
    if kind is FieldKind.INTEGER:
        return "100"
    return "示例内容，纯属虚构"


def submit_all(edition: Edition) -> Dossiers:
    rulebook = rulebook_of(edition)
    dossiers: Dossiers = {}
    for applicant in applicants():
        dossier = fill_dossier(edition, rulebook, applicant, complete=True)
        if applicant.number == TELLS:
            _tell_the_office(cast.as_person(owner_email(applicant)), dossier)
        applications.submit(cast.as_person(owner_email(applicant)), dossier, signatory="法定代表人示例")
        dossiers[applicant.number] = dossier
    return dossiers


def _tell_the_office(owner: Actor, dossier: Application) -> None:
    """What only the office reads: whom to keep away and why, and who works for the applicant."""
    home_expert = expert_rows()[HOME_EVERY - 1][1]  # of the award's own province, so on no panel of it anyway
    reason = "曾为本单位的主要竞争对手主持对标诊断。"
    applications.avoid_expert(owner, dossier, name=home_expert, employer="", reason=reason)
    applications.save_staff(owner, dossier, "钱示例、周示例\n吴示例", version=0)


def start_some(edition: Edition) -> None:
    """In the middle of the call: half have submitted, the demo's own applicant is still writing."""
    rulebook = rulebook_of(edition)
    for applicant in applicants()[:20]:
        dossier = fill_dossier(edition, rulebook, applicant, complete=applicant.number != MINE)
        if applicant.number != MINE:
            applications.submit(cast.as_person(owner_email(applicant)), dossier, signatory="法定代表人示例")


def _turned_to(applicant: DemoApplicant) -> str:
    return HOME if applicant.number == BY_DEPARTMENT else applicant.city_code


def recommend_all(dossiers: Dossiers, *, late: bool) -> None:
    waiting = LATE_RECOMMENDATION if late else ()
    for applicant in applicants():
        if applicant.number in waiting:
            continue
        body = cast.as_person(body_email(_turned_to(applicant)))
        dossier = dossiers[applicant.number]
        if applicant.number in OVER_QUOTA:
            intake.decline(body, dossier, opinion="本市推荐名额已满，经集体研究本届不予推荐，欢迎下届再次申报。")
        else:
            first, last = _latest_notice(rulebook_of(dossier.edition))
            intake.recommend(
                body, dossier, opinion="经审核并在本市公示无异议，同意推荐。", notice_from=first, notice_until=last
            )


def _latest_notice(rulebook: Rulebook) -> tuple[date, date]:
    """First and last day of the body's own notice that ended yesterday, whatever holidays lay in it."""
    last = clock.today() - timedelta(days=1)
    needed, calendar = rulebook.recommendation.local_notice_working_days, working_calendar()
    first = next(day for n in count(1) if calendar.after(day := last - timedelta(days=n), needed) <= last)
    return first, last


def consult_departments(dossiers: Dossiers) -> None:
    """The office asks every department about each recommended dossier, as soon as it is there."""
    office = cast.as_role(Role.OFFICE)
    for dossier in dossiers.values():
        if dossier.state == "recommended":
            intake.consult(office, dossier)


def record_replies(dossiers: Dossiers, *, late: bool) -> None:
    """All have nothing against a dossier; while something is still to be done, two leave the last answer open."""
    office = cast.as_role(Role.OFFICE)
    for number, dossier in dossiers.items():
        if dossier.state == "recommended":
            replied = _departments_asked(dossier)[: -1 if late and number in (LATE_CHECK, MINE) else None]
            intake.record_reply(office, dossier, replied, objects=False, replied=clock.today())


def _departments_asked(dossier: Application) -> list[str]:
    return [row.department_key for row in intake_queries.consultations(dossier)]


def check_all(edition: Edition, dossiers: Dossiers, *, late: bool) -> None:
    office = cast.as_role(Role.OFFICE)
    rulebook = rulebook_of(edition)
    waiting = {LATE_CHECK, MINE, *LATE_RECOMMENDATION} if late else set()
    for applicant in applicants():
        dossier = dossiers[applicant.number]
        if applicant.number in waiting or dossier.state != "recommended":
            continue
        ticks = ticks_for(rulebook, dossier, met=applicant.number != REFUSED)
        if applicant.number == REFUSED:
            intake.refuse(
                office, dossier, ticks=ticks, reason="申报主体在近三年内有省级监督抽查不合格记录，按规则不予受理。"
            )
        else:
            intake.accept(office, dossier, ticks=ticks)
    applicant = applicants()[WITHDRAWN - 1]
    owner = cast.as_person(owner_email(applicant))
    applications.withdraw(owner, dossiers[WITHDRAWN], reason="本单位正在重组，决定退出本届评选。")


def return_mine(edition: Edition, dossiers: Dossiers) -> None:
    """The demo's own applicant gets the dossier back for correction."""
    office = cast.as_role(Role.OFFICE)
    ticks = ticks_for(rulebook_of(edition), dossiers[MINE], met=True)
    reason = "关键绩效数据证明中第三年的数字与自评报告 4.7.4 不一致，请核对后补正。"
    intake.return_for_correction(office, dossiers[MINE], ticks=ticks, reason=reason)


def ticks_for(rulebook: Rulebook, dossier: Application, *, met: bool) -> dict[str, dict[str, object]]:
    """All conditions met and no veto, or, for the refused one, a violation found."""
    return {
        item.key: {"met": met if item.key == "violation" else True, "note": ""}
        for item in rulebook.formal_check.items_for(dossier.kind)
    }


def extend_windows(edition: Edition, *, until: datetime) -> None:
    """The office keeps recommendation and formal check open for the late ones."""
    office = cast.as_role(Role.OFFICE)
    db.session.refresh(edition)
    longer = {
        period.key: (period.opens_at, until)
        for period in edition.periods
        if period.key in ("application", "recommendation", "formal_check")
    }
    programmes.plan_periods(office, edition, longer, version=edition.version)
