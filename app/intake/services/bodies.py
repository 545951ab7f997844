"""Recommending bodies, and which of them gets a dossier."""

from sqlalchemy import select

from app.applications.models import Application
from app.applications.queries import rulebook_for
from app.applications.rules import typed
from app.audit import services as audit
from app.intake import queries, rules
from app.intake.models import RecommendingBody
from app.kernel import regions
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.policy import demand
from app.programmes.rules.values import BodyKind

NAME_TAKEN = N_("已经有名为“%(name)s”的推荐单位。")
CHOICE_IS_PAST = N_("申报书已经交给过推荐单位，不能再换。如有疑问，请与秘书处联系。")
NOT_OFFERED = N_("请从列出的推荐单位中选择一个。")


def register_body(actor: Actor, *, name: str, kind: BodyKind, region_code: str) -> RecommendingBody:
    """A body that may recommend; dossiers of its region that wait for one come to it at once."""
    demand(actor, "body.edit")
    plain = typed.one_line(name)
    if not plain:
        raise Invalid(Message(N_("请填写推荐单位的名称。")), field="name")
    if db.session.scalar(select(RecommendingBody.id).where(RecommendingBody.name == plain)) is not None:
        raise Invalid(Message(NAME_TAKEN, {"name": plain}), field="name")
    area = _area(region_code)
    body = RecommendingBody(name=plain, kind=kind, region_code=area)
    db.session.add(body)
    db.session.flush()
    audit.record(actor, "body.edit", body, detail={"name": plain, "kind": kind, "region": body.region_code})
    for application in queries.without_body():
        route(application, actor)
    return body


def _area(region_code: str) -> str:
    if region_code == rules.COUNTRY:
        return region_code
    if regions.find(region_code) is None:
        raise Invalid(Message(N_("请选择推荐单位所在的地区。")), field="region_code")
    return regions.current(region_code)


def route(application: Application, actor: Actor) -> None:
    """What follows a submission: the body that the applicant chose, else that of its region, gets the dossier;
    or nobody needs to recommend it."""
    if not rulebook_for(application).recommendation.required:
        advance(application, "application.recommend", Actor.system("route"))
        return
    body = queries.chosen_or_nearest(application)
    application.body_id = body.id if body else None
    if body is not None:
        audit.record(actor, "application.route", application, detail={"body": body.id})


def choose_body(actor: Actor, application: Application, body_id: int) -> None:
    """The applicant says who shall recommend it, among those that may; once handed in, it stays with that body."""
    demand(actor, "application.choose_body", application)
    if application.submitted_at is not None:
        raise NotReady([Message(CHOICE_IS_PAST)])
    if body_id not in {body.id for body in queries.bodies_of_choice(application)}:
        raise Invalid(Message(NOT_OFFERED), field="body")
    application.body_id = body_id
    db.session.flush()
    audit.record(actor, "application.choose_body", application, detail={"body": body_id})
