"""Screens of the office's formal check."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for

from app.applications.models import Application
from app.applications.queries import find, rulebook_for
from app.intake import forms, queries, services
from app.intake.queries import Filters
from app.intake.rules import Ticks
from app.intake.views.room import Answer, beside, blueprint, confirm_page, done
from app.kernel import regions
from app.programmes import current
from app.programmes.queries import rulebook_of
from app.web.forms import BaseForm
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _
from app.web.transactions import repeatable
from app.workflow import APPLICATION, ApplicationState


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
    target = {
        "consult": "intake.consult",
        "reply": "intake.record_reply",
        "accept": "intake.accept",
        "return": "intake.return_for_correction",
        "refuse": "intake.refuse",
    }
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


def _filters() -> Filters:
    asked = request.args
    state = asked.get("state", "")
    return Filters(
        state=state if state in set(ApplicationState) else "",
        city=asked.get("city", "")[:6],
        group=asked.get("group", "")[:40],
        page=max(1, asked.get("page", default=1, type=int)),
    )


def _ticked(ticks: Ticks) -> int:
    return sum(tick.get("met") is not None for tick in ticks.values())


def _check_page(application: Application, form: BaseForm | None = None) -> Answer:
    rulebook, earlier = rulebook_for(application), queries.checks(application)
    items = rulebook.formal_check.items_for(application.kind)
    ticks = earlier[-1].ticks if earlier else {}
    form = form or forms.check_form(items, ticks)
    page = render_template(
        "intake/check.html",
        form=form,
        items=items,
        ticked=_ticked(ticks),
        done=[check for check in earlier if check.decision],
        reasons=queries.eligibility(application),
        opinions=queries.opinions(application),
        **beside(application),
    )
    return page, form.status


def _decide(application: Application, action: str, form: BaseForm, service: Callable[..., None]) -> Answer:
    earlier = queries.checks(application)
    ticks = earlier[-1].ticks if earlier else {}
    if form.validate_on_submit():
        given = {"reason": form.text("reason")} if "reason" in form else {}
        with form.problems():
            service(actor(), application, ticks=ticks, **given)
            return done(_("已办理：%(name)s。", name=application.name), "intake.applications")
    step = action.partition(".")[2]
    return confirm_page(
        f"intake/{step}.html", application, action, form, missing=services.missing_for(application, action, ticks)
    )
