"""Arranging a visit: the list, its days, the plan, telling the applicant."""

from flask import abort, redirect, request, url_for
from flask import render_template as render

from app.consensus import series
from app.kernel.errors import Stale
from app.policy import allows
from app.programmes import current
from app.visits import queries, rules, services
from app.visits.forms import AheadForm, DaysForm, PlanForm, ReasonForm
from app.visits.models import Visit
from app.visits.views.room import Answer, blueprint, done, page, seen
from app.web.forms import BaseForm
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/visits")
@needs("visit.list")
def index() -> Answer:
    header = current.header()
    edition_id = request.args.get("edition", type=int) or (header.id if header else 0)
    return render(
        "visits/index.html",
        visits=queries.listed(actor(), edition_id),
        to_arrange=queries.to_arrange(actor(), edition_id),
    )


@blueprint.route("/visits/arrange/<int:application_id>", methods=["GET", "POST"])
@needs_on_subject("visit.arrange")
def arrange(application_id: int) -> Answer:
    application = reach(queries.find_application(application_id), "visit.arrange")
    round_ = queries.find_round(application.round_id)
    if round_ is None:
        abort(404)
    form = DaysForm()
    if form.validate_on_submit():
        with form.problems():
            visit = services.arrange(actor(), round_, application, form.days())
            return done(_("现场评审已安排。请接着排日程，再通知申报者。"), "plan", visit)
    shown = {"application": application, "rule": queries.rule_of(round_), "window": queries.window_of(round_)}
    return render("visits/arrange.html", f=form, title=application.name, **shown), form.status


@blueprint.get("/visits/<int:visit_id>")
@needs_on_subject("visit.read")
def show(visit_id: int) -> Answer:
    found = seen(visit_id)
    now = queries.standing(found)
    return page(
        "show",
        found,
        appointments=queries.appointments(found),
        issues=queries.issues(found),
        missing={
            "notify": rules.missing_for_notice(now),
            "open": rules.missing_for_opening(now),
            "close": rules.missing_for_closing(now),
            "report": rules.missing_for_report(now),
        },
        logs=len(queries.logs(found)),
        photos=len(queries.photos(found)),
        meetings=queries.meetings(found),
        report=queries.report(found),
        may_compare=_may_compare(found),
    )


def _may_compare(visit: Visit) -> bool:
    whole = series.find(visit.application_id)
    return whole is not None and allows(actor(), "series.read", whole)


@blueprint.route("/visits/<int:visit_id>/edit", methods=["GET", "POST"])
@needs_on_subject("visit.edit")
def edit(visit_id: int) -> Answer:
    found = reach(queries.find(visit_id), "visit.read")
    form = DaysForm(obj=found)
    stored: dict[str, str] = {}
    if form.validate_on_submit():
        try:
            with form.problems():
                services.edit(actor(), found, form.days(), version=form.version.data or 0)
                return done(_("现场评审安排已修改。"), "show", found)
        except Stale as stale:
            stored, form.version.data = stale.stored, stale.current_version
    rule, window = queries.rule_of(found.round), queries.window_of(found.round)
    shown = page("edit", found, f=form, rule=rule, window=window, stored=stored)
    return shown, 409 if stored else form.status


@blueprint.route("/visits/<int:visit_id>/plan", methods=["GET", "POST"])
@needs_on_subject("visit.plan")
def plan(visit_id: int) -> Answer:
    found = reach(queries.find(visit_id), "visit.read")
    form = PlanForm.of(found)
    if form.validate_on_submit():
        with form.problems():
            services.appoint(actor(), found, form.appointment(found))
            return done(_("已加入日程。"), "plan", found)
    return page("plan", found, f=form, appointments=queries.appointments(found)), form.status


@blueprint.post("/visits/<int:visit_id>/plan/<int:appointment_id>/drop")
@needs_on_subject("visit.plan")
def drop(visit_id: int, appointment_id: int) -> Answer:
    found = reach(queries.find(visit_id), "visit.read")
    services.drop_appointment(actor(), found, appointment_id)
    return done(_("已从日程中移除。"), "plan", found)


@blueprint.route("/visits/<int:visit_id>/notify", methods=["GET", "POST"])
@needs_on_subject("visit.notify")
def notify(visit_id: int) -> Answer:
    found, form = reach(queries.find(visit_id), "visit.read"), BaseForm()
    if form.validate_on_submit():
        with form.problems():
            services.notify(actor(), found)
            return done(_("已通知申报者和评审组。"), "show", found)
    return _asked("notify", found, form, missing=rules.missing_for_notice(queries.standing(found)))


@blueprint.route("/visits/<int:visit_id>/recall", methods=["GET", "POST"])
@needs_on_subject("visit.recall")
def recall(visit_id: int) -> Answer:
    found, form = reach(queries.find(visit_id), "visit.read"), ReasonForm()
    if form.validate_on_submit():
        with form.problems():
            services.recall(actor(), found, reason=form.text("reason"))
            return done(_("原定日期已取消，已通知申报者。请重新安排。"), "edit", found)
    return _asked("recall", found, form)


def _asked(template: str, visit: Visit, form: BaseForm, **context: object) -> Answer:
    return page(template, visit, f=form, back=url_for("visits.show", visit_id=visit.id), **context), form.status


@blueprint.route("/visits/<int:visit_id>/go-ahead", methods=["GET", "POST"])
@needs_on_subject("visit.go_ahead")
def go_ahead(visit_id: int) -> Answer:
    """Without the applicant's confirmation, with a reason."""
    found, form = reach(queries.find(visit_id), "visit.read"), AheadForm()
    if form.validate_on_submit():
        with form.problems():
            services.go_ahead(actor(), found, reason=form.text("reason"))
            return done(_("理由已记录，组长可以按原计划开始现场评审。"), "show", found)
    return _asked("go_ahead", found, form)


@blueprint.post("/visits/<int:visit_id>/open")
@needs_on_subject("visit.open")
def open_(visit_id: int) -> Answer:
    found = reach(queries.find(visit_id), "visit.read")
    services.open_(actor(), found)
    return redirect(url_for("visits.show", visit_id=visit_id), 303)
