"""Recommending bodies, and dossiers on their way from hand-in to acceptance."""

from datetime import date
from typing import Any

from app.applications.models import Application
from app.applications.queries import rulebook_for
from app.intake import queries, services
from app.intake.models import RecommendingBody
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.programmes.models import Edition
from app.programmes.rules.values import BodyKind
from tests.factories.accounts import office, person
from tests.factories.applications import CHECKING, RECOMMENDING, submitted_application
from tests.support.built import built_once

NOTICE = {"notice_from": date(2026, 4, 16), "notice_until": date(2026, 4, 24)}


@built_once
def recommending_body(
    name: str = "大同市质量强市办", *, region: str = "140200", kind: BodyKind = BodyKind.CITY
) -> RecommendingBody:
    return services.register_body(office(), name=name, kind=kind, region_code=region)


def department(name: str = "省商务厅") -> RecommendingBody:
    return recommending_body(name, region="140000", kind=BodyKind.DEPARTMENT)


def recommender(body: RecommendingBody, *, email: str = "", password: bool = False) -> Actor:
    return person(Role.RECOMMENDER, email=email, password=password, body_id=body.id)


@built_once
def recommended_application(edition: Edition, body: RecommendingBody, **traits: Any) -> Application:
    application = submitted_application(edition, city=body.region_code, **traits)
    with clock.fixed(RECOMMENDING):
        services.recommend(recommender(body), application, opinion="同意推荐。", **NOTICE)
    return application


def all_met(application: Application) -> dict[str, dict[str, Any]]:
    items = rulebook_for(application).formal_check.items_for(application.kind)
    return {item.key: {"met": True, "note": ""} for item in items}


def consulted(application: Application) -> None:
    """Every department has been asked and has nothing against it."""
    services.consult(office(), application)
    keys = [row.department_key for row in queries.consultations(application)]
    if keys:
        services.record_reply(office(), application, keys, objects=False, replied=clock.today())


@built_once
def accepted_application(edition: Edition, body: RecommendingBody, **traits: Any) -> Application:
    application = recommended_application(edition, body, **traits)
    with clock.fixed(CHECKING):
        consulted(application)
        services.accept(office(), application, ticks=all_met(application))
    return application


@built_once
def returned_application(
    edition: Edition, body: RecommendingBody, *, reason: str = "请补充审计报告。", **traits: Any
) -> Application:
    application = recommended_application(edition, body, **traits)
    with clock.fixed(CHECKING):
        services.return_for_correction(office(), application, ticks={}, reason=reason)
    return application
