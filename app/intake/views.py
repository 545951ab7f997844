"""Screens of recommending bodies and of the office's formal check."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.applications.models import Application
from app.applications.queries import find, is_possible, rulebook_for, submitted_dossier, timeline
from app.applications.queries.dossier import Dossier
from app.intake import forms, queries, services
from app.intake.models import BODY_KIND_LABELS
from app.intake.queries import Filters
from app.kernel import regions
from app.programmes import current
from app.programmes.queries import period, rulebook_of
from app.programmes.rules.values import BodyKind
from app.web.forms import BaseForm
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _
from app.web.transactions import repeatable
from app.workflow import APPLICATION, ApplicationState

blueprint = Blueprint("intake", __name__, template_folder="templates")

Answer = Response | str | tuple[str, int]


# --- the recommending body ----------------------------------------------------------------------------------------


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
    return render_template("intake/recommendation.html", **_beside(application), **_of_body(application))


@blueprint.route("/recommendations/<int:application_id>/recommend", methods=["GET", "POST"])
@needs_on_subject("application.recommend")
def recommend(application_id: int) -> Answer:
    application = reach(find(application_id), "recommendation.read")
    form = forms.recommend_form(rulebook_for(application).recommendation)
    if form.validate_on_submit():
        with form.problems():
            services.recommend(actor(), application, **form.given())
            return _done(_("已推荐 %(name)s，转秘书处形式审查。", name=application.name), "intake.recommendations")
    return _confirm("intake/recommend.html", application, "application.recommend", form, **_of_body(application))


@blueprint.route("/recommendations/<int:application_id>/decline", methods=["GET", "POST"])
@needs_on_subject("application.decline")
def decline(application_id: int) -> Answer:
    application = reach(find(application_id), "recommendation.read")
    form = forms.ReasonForm()
    if form.validate_on_submit():
        with form.problems():
            services.decline(actor(), application, opinion=form.text("reason"))
            return _done(_("已登记对 %(name)s 不予推荐。", name=application.name), "intake.recommendations")
    return _confirm("intake/decline.html", application, "application.decline", form)


@blueprint.route("/recommendations/<int:application_id>/send-back", methods=["GET", "POST"])
@needs_on_subject("application.send_back")
def send_back(application_id: int) -> Answer:
    application = reach(find(application_id), "recommendation.read")
    form = forms.ReasonForm()
    if form.validate_on_submit():
        with form.problems():
            services.send_back(actor(), application, reason=form.text("reason"))
            return _done(_("已把 %(name)s 的申报书退回修改。", name=application.name), "intake.recommendations")
    return _confirm("intake/send_back.html", application, "application.send_back", form)


# --- the office ---------------------------------------------------------------------------------------------------


@blueprint.get("/formal-checks")
@needs("formal_check.list")
def applications() -> Answer:
    edition, filters = current.chosen(), _filters()
    if edition is None:
        return render_template("intake/applications.html", found=None, listing=None, filters=filters)
    return render_template(
        "intake/applications.html",
        found=edition,
        rulebook=rulebook_of(edition),
        listing=queries.listing(actor(), edition.id, filters),
        filters=filters,
        states=[state for state in ApplicationState if state is not ApplicationState.DRAFT],
        labels=APPLICATION.labels,
        region_name=regions.full_name,
        page_size=queries.PAGE,
    )


@blueprint.get("/formal-checks/<int:application_id>")
@needs_on_subject("formal_check.read")
def check(application_id: int) -> Answer:
    return _check_page(reach(find(application_id), "formal_check.read"))


@blueprint.post("/formal-checks/<int:application_id>/ticks")
@repeatable
@needs_on_subject("formal_check.save")
def save_ticks(application_id: int) -> Answer:
    """What was ticked is kept; a button of a decision leads on to its own page."""
    application = reach(find(application_id), "formal_check.read")
    items = rulebook_for(application).formal_check.items_for(application.kind)
    form = forms.check_form(items, {})
    if not form.validate_on_submit():
        return _check_page(application, form)
    services.save_check(actor(), application, ticks=forms.ticked(form, items))
    target = {"accept": "intake.accept", "return": "intake.return_for_correction", "refuse": "intake.refuse"}
    chosen = target.get(request.form.get("then", ""), "intake.check")
    if chosen == "intake.check":
        flash(_("核对结果已保存。"), "done")
    return redirect(url_for(chosen, application_id=application_id), 303)


@blueprint.route("/formal-checks/<int:application_id>/accept", methods=["GET", "POST"])
@needs_on_subject("application.accept")
def accept(application_id: int) -> Answer:
    application = reach(find(application_id), "formal_check.read")
    return _decide(application, "application.accept", forms.ConfirmForm(), services.accept)


@blueprint.route("/formal-checks/<int:application_id>/return", methods=["GET", "POST"])
@needs_on_subject("application.return")
def return_for_correction(application_id: int) -> Answer:
    application = reach(find(application_id), "formal_check.read")
    return _decide(application, "application.return", forms.ReasonForm(), services.return_for_correction)


@blueprint.route("/formal-checks/<int:application_id>/refuse", methods=["GET", "POST"])
@needs_on_subject("application.refuse")
def refuse(application_id: int) -> Answer:
    application = reach(find(application_id), "formal_check.read")
    return _decide(application, "application.refuse", forms.ReasonForm(), services.refuse)


@blueprint.get("/recommending-bodies")
@needs("body.list")
def bodies() -> Answer:
    return render_template(
        "intake/bodies.html", bodies=queries.all_bodies(), kinds=BODY_KIND_LABELS, region_name=regions.full_name
    )


@blueprint.route("/recommending-bodies/new", methods=["GET", "POST"])
@needs("body.edit")
def new_body() -> Answer:
    edition = current.chosen()
    kinds = [quota.body for quota in rulebook_of(edition).recommendation.quotas] if edition else list(BodyKind)
    form = forms.body_form(kinds, edition.programme.region_code if edition else "")
    if form.validate_on_submit():
        with form.problems():
            services.register_body(
                actor(),
                name=form.text("name"),
                kind=BodyKind(form.text("kind")),
                region_code=form.text("region_code"),
            )
            return _done(_("推荐单位已登记。"), "intake.bodies")
    return render_template("intake/new_body.html", form=form), form.status


# --- what several of them share -----------------------------------------------------------------------------------


def _filters() -> Filters:
    asked = request.args
    state = asked.get("state", "")
    return Filters(
        state=state if state in set(ApplicationState) else "",
        city=asked.get("city", "")[:6],
        group=asked.get("group", "")[:40],
        page=max(1, asked.get("page", default=1, type=int)),
    )


def _beside(application: Application) -> dict[str, Any]:
    """The dossier as handed in, for the left side; files by the addresses of the dossier itself."""
    dossier = submitted_dossier(application.id, rulebook_for(application))
    return {
        "application": application,
        "rulebook": rulebook_for(application),
        "dossier": dossier,
        "file_urls": _file_urls(dossier),
        "steps": timeline(application),
        "said": queries.recommendation_of(application),
    }


def _file_urls(dossier: Dossier | None) -> dict[int, str]:
    return {file.id: url_for("applications.download", file_id=file.id) for file in dossier.files} if dossier else {}


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


def _check_page(application: Application, form: BaseForm | None = None) -> Answer:
    rulebook, done = rulebook_for(application), queries.checks(application)
    items = rulebook.formal_check.items_for(application.kind)
    ticks = done[-1].ticks if done else {}
    form = form or forms.check_form(items, ticks)
    page = render_template(
        "intake/check.html",
        form=form,
        items=items,
        ticked=sum(tick.get("met") is not None for tick in ticks.values()),
        done=[check for check in done if check.decision],
        reasons=queries.eligibility(application),
        **_beside(application),
    )
    return page, form.status


def _decide(application: Application, action: str, form: BaseForm, service: Callable[..., None]) -> Answer:
    done = queries.checks(application)
    ticks = done[-1].ticks if done else {}
    if form.validate_on_submit():
        given = {"reason": form.text("reason")} if "reason" in form else {}
        with form.problems():
            service(actor(), application, ticks=ticks, **given)
            return _done(_("已办理：%(name)s。", name=application.name), "intake.applications")
    step = action.partition(".")[2]
    return _confirm(
        f"intake/{step}.html", application, action, form, missing=services.missing_for(application, action, ticks)
    )


def _confirm(template: str, application: Application, action: str, form: BaseForm, **context: Any) -> Answer:
    """The page that asks once more; where the step is no longer possible, the dossier's own page says why."""
    if not is_possible(application, action):
        flash(_("这份申报书的状态已经变化，不能再办理这一步。"), "warn")
        home = "intake.recommendation" if template in BODY_PAGES else "intake.check"
        return redirect(url_for(home, application_id=application.id), 303)
    context = {"rulebook": rulebook_for(application), **context}
    return render_template(template, application=application, form=form, **context), form.status


BODY_PAGES = frozenset({"intake/recommend.html", "intake/decline.html", "intake/send_back.html"})


def _done(sentence: str, endpoint: str) -> Response:
    flash(sentence, "done")
    return redirect(url_for(endpoint), 303)
