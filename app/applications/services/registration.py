"""Who applies, and the start of a dossier."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from app.applications.models import Applicant, ApplicantRegionKind, Application, ApplicationRegion
from app.applications.rules import typed
from app.applications.rules.groups import group_problem, region_problem
from app.audit import services as audit
from app.kernel import clock, credit_code, industries, regions
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady, Stale
from app.kernel.words import N_, Message
from app.policy import demand
from app.programmes.models import Edition
from app.programmes.queries import is_open, rulebook_of
from app.programmes.rules.values import ApplicantKind
from app.workflow import ApplicationState

ALREADY_REGISTERED = N_("这个账号已经登记过申报者，一个账号只登记一个申报者。请直接修改已登记的资料。")
CODE_TAKEN = N_("这个统一社会信用代码已由另一个账号登记为申报组织。请与本单位同事核对，或联系秘书处。")
NOT_OPEN = N_("现在不在申报期内，不能开始申报。请在首页查看本届日程。")
ALREADY_STARTED = N_("您在本届已经有一份申报书，每届只能申报一份。请在“我的申报”中继续。")


@dataclass(frozen=True)
class Contact:
    """Whom the office calls."""

    name: str
    phone: str


def register_applicant(
    actor: Actor,
    *,
    kind: ApplicantKind,
    name: str,
    credit_code: str,
    region_code: str,
    industry_code: str,
    contact: Contact,
) -> Applicant:
    """One applicant an account; an organisation's code registers it once."""
    demand(actor, "application.create")
    assert actor.user_id is not None
    if db.session.scalar(select(Applicant.id).where(Applicant.owner_id == actor.user_id)) is not None:
        raise Invalid(Message(ALREADY_REGISTERED))
    applicant = Applicant(
        owner_id=actor.user_id,
        kind=kind,
        name="",
        credit_code="",
        region_code="",
        industry_code="",
        created_at=clock.now(),
    )
    _describe(
        applicant,
        kind=kind,
        name=name,
        code=credit_code,
        region_code=region_code,
        industry_code=industry_code,
        contact=contact,
    )
    db.session.add(applicant)
    db.session.flush()
    audit.record(actor, "applicant.register", applicant, detail={"credit_code": applicant.credit_code})
    return applicant


def correct_applicant(
    actor: Actor,
    applicant: Applicant,
    *,
    name: str,
    credit_code: str,
    region_code: str,
    industry_code: str,
    contact: Contact,
) -> None:
    """What was typed wrongly at registration. Dossiers not yet handed in follow; those handed in keep what they declared."""
    demand(actor, "applicant.edit", applicant)
    _describe(
        applicant,
        kind=applicant.kind,
        name=name,
        code=credit_code,
        region_code=region_code,
        industry_code=industry_code,
        contact=contact,
    )
    for application in _never_submitted(applicant):
        _copy_identity(applicant, application)
    audit.record(actor, "applicant.edit", applicant, detail={"credit_code": applicant.credit_code})


def start(
    actor: Actor,
    edition: Edition,
    applicant: Applicant,
    *,
    group_key: str,
    site_regions: Iterable[str] = (),
    parent_region: str = "",
) -> Application:
    """A draft dossier in an edition whose call is open. Every region given counts for the out-of-region rule."""
    demand(actor, "application.create")
    demand(actor, "applicant.edit", applicant)
    if not is_open(edition, "application", clock.now()):
        raise NotReady([Message(NOT_OPEN)])
    _demand_no_other(edition, applicant)
    _demand_admitted(edition, applicant.kind, group_key, applicant.region_code)
    application = Application(
        edition_id=edition.id,
        applicant_id=applicant.id,
        owner_id=applicant.owner_id,
        kind=applicant.kind,
        name=applicant.name,
        credit_code=applicant.credit_code,
        region_code=applicant.region_code,
        industry_code=applicant.industry_code,
        group_key=group_key,
        answers=_known_answers(applicant),
        created_at=clock.now(),
    )
    _set_regions(application, site_regions, parent_region)
    db.session.add(application)
    db.session.flush()
    audit.record(actor, "application.create", application, after=application.state, detail={"group": group_key})
    return application


def place_dossier(
    actor: Actor,
    application: Application,
    *,
    group_key: str,
    site_regions: Iterable[str],
    parent_region: str,
    version: int,
) -> None:
    """Change the group and the further regions while the dossier may still be edited."""
    demand(actor, "application.edit", application)
    if version != application.version:
        raise Stale(stored={}, typed={}, current_version=application.version)
    if application.submitted_at is not None and group_key != application.group_key:
        raise Invalid(Message(N_("申报书已经提交过，申报类别不能再改。如确有错误，请联系秘书处。")), field="group_key")
    _demand_admitted(application.edition, application.kind, group_key, application.region_code)
    application.group_key = group_key
    _set_regions(application, site_regions, parent_region)
    db.session.flush()
    places = [place.region_code for place in application.regions]
    audit.record(actor, "application.edit", application, detail={"group": group_key, "regions": places})


def _describe(
    applicant: Applicant,
    *,
    kind: ApplicantKind,
    name: str,
    code: str,
    region_code: str,
    industry_code: str,
    contact: Contact,
) -> None:
    plain_name = typed.one_line(name)
    if not plain_name:
        raise Invalid(Message(N_("请填写名称，与证照一致。")), field="name")
    applicant.name = plain_name
    applicant.credit_code = _free_code(applicant, kind, code)
    applicant.region_code = _known_region(region_code)
    applicant.industry_code = _known_division(industry_code)
    applicant.contact_name, applicant.contact_phone = typed.one_line(contact.name), typed.one_line(contact.phone)


def _free_code(applicant: Applicant, kind: ApplicantKind, code: str) -> str:
    problem = credit_code.problem(code)
    if problem is not None:
        raise Invalid(problem, field="credit_code")
    plain = credit_code.normal(code)
    if kind is ApplicantKind.ORGANISATION:
        taken = select(Applicant.id).where(
            Applicant.credit_code == plain,
            Applicant.kind == ApplicantKind.ORGANISATION,
            Applicant.owner_id != applicant.owner_id,
        )
        if db.session.scalar(taken) is not None:
            raise Invalid(Message(CODE_TAKEN), field="credit_code")
    return plain


def _known_region(region_code: str) -> str:
    found = regions.find(region_code)
    if found is None or found.level == "province":
        raise Invalid(Message(N_("请选择所在的市（州、盟）。")), field="city")
    return regions.current(region_code)


def _known_division(industry_code: str) -> str:
    found = industries.find(industry_code)
    if found is None or not found.code.isdigit():
        raise Invalid(Message(N_("请选择国民经济行业的大类。")), field="industry_code")
    return found.code


def _never_submitted(applicant: Applicant) -> list[Application]:
    return list(
        db.session.scalars(
            select(Application).where(
                Application.applicant_id == applicant.id,
                Application.state == ApplicationState.DRAFT,
                Application.submitted_at.is_(None),
            )
        )
    )


def _copy_identity(applicant: Applicant, application: Application) -> None:
    application.name, application.credit_code = applicant.name, applicant.credit_code
    application.region_code, application.industry_code = applicant.region_code, applicant.industry_code
    sites, parents = (
        _region_codes(application, kind) for kind in (ApplicantRegionKind.SITE, ApplicantRegionKind.PARENT)
    )
    _set_regions(application, sites, next(iter(parents), ""))


def _region_codes(application: Application, kind: ApplicantRegionKind) -> list[str]:
    return [place.region_code for place in application.regions if place.kind is kind]


def _demand_no_other(edition: Edition, applicant: Applicant) -> None:
    other = select(Application.id).where(Application.edition_id == edition.id, Application.applicant_id == applicant.id)
    if db.session.scalar(other) is not None:
        raise Invalid(Message(ALREADY_STARTED))


def _demand_admitted(edition: Edition, kind: ApplicantKind, group_key: str, region_code: str) -> None:
    rulebook = rulebook_of(edition)
    problem = group_problem(rulebook, kind, group_key)
    if problem is not None:
        raise Invalid(problem, field="group_key")
    problem = region_problem(rulebook, region_code)
    if problem is not None:
        raise Invalid(problem)


def _known_answers(applicant: Applicant) -> dict[str, str]:
    """What the registration knows already of the form's own questions."""
    known = {"contact": applicant.contact_name, "phone": applicant.contact_phone, "email": applicant.owner.email}
    return {key: value for key, value in known.items() if value}


def _set_regions(application: Application, site_regions: Iterable[str], parent_region: str) -> None:
    """The rows become what is given; rows that stay are kept, so that nothing is deleted and made again."""
    wanted = {
        (ApplicantRegionKind.REGISTERED, application.region_code),
        *_places(ApplicantRegionKind.SITE, site_regions),
        *_places(ApplicantRegionKind.PARENT, [parent_region]),
    }
    kept = [place for place in application.regions if (place.kind, place.region_code) in wanted]
    have = {(place.kind, place.region_code) for place in kept}
    added = sorted(wanted - have, key=lambda place: (place[0].value, place[1]))
    application.regions = [*kept, *(ApplicationRegion(kind=kind, region_code=code) for kind, code in added)]


def _places(kind: ApplicantRegionKind, codes: Iterable[str]) -> set[tuple[ApplicantRegionKind, str]]:
    return {(kind, _place(code)) for code in codes if code}


def _place(code: str) -> str:
    if regions.find(code) is None:
        raise Invalid(Message(N_("没有代码为 %(code)s 的行政区划。"), {"code": code}), field="site_regions")
    return regions.current(code)
