"""Screens of the recommending body."""

from typing import Any

from flask import render_template

from app.applications.models import Application
from app.applications.queries import find, is_possible, rulebook_for
from app.intake import forms, queries, services
from app.intake.views.room import Answer, beside, blueprint, confirm_page, done
from app.programmes import current
from app.programmes.queries import period, rulebook_of
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/recommendations")
@needs("recommendation.list")
def recommendations() -> Answer:
    edition, body = current.chosen(), queries.find_body(actor().body_id)
    if edition is None or body is None:
        return render_template("intake/recommendations.html", body=body, rows=[], quotas=[], window=None)
    rulebook = rulebook_of(edition)
    return render_template(
        "intake/recommendations.html",
        body=body,
        rows=queries.of_body(actor(), edition.id),
        quotas=queries.quota_lines(body, edition, rulebook),
        window=period(edition, "recommendation"),
        rulebook=rulebook,
    )


@blueprint.get("/recommendations/<int:application_id>")
@needs_on_subject("recommendation.read")
def recommendation(application_id: int) -> Answer:
    application = reach(find(application_id), "recommendation.read")
    return render_template("intake/recommendation.html", **beside(application), **_of_body(application))


@blueprint.route("/recommendations/<int:application_id>/recommend", methods=["GET", "POST"])
@needs_on_subject("application.recommend")
def recommend(application_id: int) -> Answer:
    application = reach(find(application_id), "recommendation.read")
    form = forms.recommend_form(rulebook_for(application).recommendation)
    if form.validate_on_submit():
        with form.problems():
            services.recommend(actor(), application, **form.given())
            return done(_("已推荐 %(name)s，转秘书处形式审查。", name=application.name), "intake.recommendations")
    return confirm_page("intake/recommend.html", application, "application.recommend", form, **_of_body(application))


@blueprint.route("/recommendations/<int:application_id>/decline", methods=["GET", "POST"])
@needs_on_subject("application.decline")
def decline(application_id: int) -> Answer:
    application = reach(find(application_id), "recommendation.read")
    form = forms.ReasonForm()
    if form.validate_on_submit():
        with form.problems():
            services.decline(actor(), application, opinion=form.text("reason"))
            return done(_("已登记对 %(name)s 不予推荐。", name=application.name), "intake.recommendations")
    return confirm_page("intake/decline.html", application, "application.decline", form)


@blueprint.route("/recommendations/<int:application_id>/send-back", methods=["GET", "POST"])
@needs_on_subject("application.send_back")
def send_back(application_id: int) -> Answer:
    application = reach(find(application_id), "recommendation.read")
    form = forms.ReasonForm()
    if form.validate_on_submit():
        with form.problems():
            services.send_back(actor(), application, reason=form.text("reason"))
            return done(_("已把 %(name)s 的申报书退回修改。", name=application.name), "intake.recommendations")
    return confirm_page("intake/send_back.html", application, "application.send_back", form)


def _of_body(application: Application) -> dict[str, Any]:
    body = queries.body_of(application)
    rulebook = rulebook_for(application)
    return {
        "body": body,
        "rule": rulebook.recommendation,
        "quotas": queries.quota_lines(body, application.edition, rulebook) if body else [],
        "window": period(application.edition, "recommendation"),
        "is_possible": is_possible(application, "application.recommend"),
        "obstacles": services.obstacles(application),
    }
