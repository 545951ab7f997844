"""Recommending bodies, and dossiers on their way from hand-in to acceptance."""

from datetime import date
from typing import Any

from app.applications.models import Application
from app.applications.queries import rulebook_for
from app.intake import services
from app.intake.models import RecommendingBody
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.programmes.models import Edition
from app.programmes.rules.values import BodyKind
from tests.factories.accounts import office, person
from tests.factories.applications import CHECKING, RECOMMENDING, submitted_application

NOTICE = {"notice_from": date(2026, 4, 16), "notice_until": date(2026, 4, 24)}


def recommending_body(name: str = "大同市质量强市办", *, region: str = "140200") -> RecommendingBody:
    return services.register_body(office(), name=name, kind=BodyKind.CITY, region_code=region)


def recommender(body: RecommendingBody, *, email: str = "", password: bool = False) -> Actor:
    return person(Role.RECOMMENDER, email=email, password=password, body_id=body.id)


def recommended_application(edition: Edition, body: RecommendingBody, **traits: Any) -> Application:
    application = submitted_application(edition, city=body.region_code, **traits)
    with clock.fixed(RECOMMENDING):
        services.recommend(recommender(body), application, opinion="同意推荐。", **NOTICE)
    return application


def all_met(application: Application) -> dict[str, dict[str, Any]]:
    items = rulebook_for(application).formal_check.items_for(application.kind)
    return {item.key: {"met": True, "note": ""} for item in items}


def accepted_application(edition: Edition, body: RecommendingBody, **traits: Any) -> Application:
    application = recommended_application(edition, body, **traits)
    with clock.fixed(CHECKING):
        services.accept(office(), application, ticks=all_met(application))
    return application


def returned_application(
    edition: Edition, body: RecommendingBody, *, reason: str = "请补充审计报告。", **traits: Any
) -> Application:
    application = recommended_application(edition, body, **traits)
    with clock.fixed(CHECKING):
        services.return_for_correction(office(), application, ticks={}, reason=reason)
    return application
