"""What stands between experts and applicants: the list, and what the office records, ends or withdraws."""

from flask import flash, redirect, render_template, url_for

from app.panels import facts, forms, interests, services
from app.panels.models import CONFLICT_SOURCE_LABELS, INTEREST_DEGREE_LABELS, InterestQuestion
from app.panels.services import Interest
from app.panels.views import room
from app.panels.views.room import Answer, blueprint
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _
from app.workflow import InterestQuestionState


@blueprint.get("/conflicts")
@needs("conflict.list")
def conflicts() -> Answer:
    edition = room.edition()
    panel = rulebook_of(edition).panel
    return render_template(
        "panels/conflicts.html",
        chosen=edition,
        rows=interests.conflicts_of(edition),
        questions=interests.questions_of(edition),
        degrees=INTEREST_DEGREE_LABELS,
        names={kind.key: kind.name for kind in panel.conflicts},
        sources=CONFLICT_SOURCE_LABELS,
        years=panel.conflict_window_years,
        since=panel.conflicts_since(facts.today(edition)),
        local_day=facts.local_day,
    )


@blueprint.route("/conflicts/new", methods=["GET", "POST"])
@needs("conflict.record")
def record_conflict() -> Answer:
    edition = room.edition()
    form = forms.ConflictForm(rulebook_of(edition).panel)
    if form.validate_on_submit():
        with form.problems():
            _record(edition, form)
            flash(_("已登记利害关系，这一对不会再被抽到一起。"), "done")
            return redirect(url_for("panels.conflicts", edition=edition.id), 303)
    return render_template("panels/record_conflict.html", chosen=edition, form=form), form.status


def _record(edition: Edition, form: forms.ConflictForm) -> None:
    expert, application = room.pair_named(edition, form.text("expert"), form.text("dossier"))
    interest = Interest(form.text("kind"), form.text("note"), form.since.data, form.until.data)
    services.record_conflict(actor(), expert, application, interest)


@blueprint.post("/conflicts/find")
@needs("conflict.record")
def find_conflicts() -> Answer:
    edition = room.edition()
    found = services.find_conflicts(actor(), edition)
    flash(_("已核对全部数据，新发现 %(n)s 项利害关系。", n=len(found)), "done")
    return redirect(url_for("panels.conflicts", edition=edition.id), 303)


@blueprint.route("/conflicts/<int:conflict_id>/end", methods=["GET", "POST"])
@needs_on_subject("conflict.end")
def end_conflict(conflict_id: int) -> Answer:
    found, form = reach(interests.find_conflict(conflict_id), "conflict.list"), forms.EndForm()
    if form.validate_on_submit() and form.until.data:
        with form.problems():
            services.end_conflict(actor(), found, until=form.until.data, reason=form.text("reason"))
            flash(_("已记录利害关系的结束日期。"), "done")
            return redirect(url_for("panels.conflicts", edition=found.application.edition_id), 303)
    years = rulebook_of(found.application.edition).panel.conflict_window_years
    return render_template("panels/end_conflict.html", conflict=found, form=form, years=years), form.status


@blueprint.route("/conflicts/<int:conflict_id>/withdraw", methods=["GET", "POST"])
@needs_on_subject("conflict.withdraw")
def withdraw_conflict(conflict_id: int) -> Answer:
    found, form = reach(interests.find_conflict(conflict_id), "conflict.list"), forms.ReasonForm()
    if form.validate_on_submit():
        with form.problems():
            services.withdraw_conflict(actor(), found, reason=form.text("reason"))
            flash(_("已撤销登记，理由留在记录中。"), "done")
            return redirect(url_for("panels.conflicts", edition=found.application.edition_id), 303)
    return render_template("panels/withdraw_conflict.html", conflict=found, form=form), form.status


@blueprint.route("/interest-questions/<int:question_id>", methods=["GET", "POST"])
@needs_on_subject("interest_question.read")
def answer_question(question_id: int) -> Answer:
    """What an expert is not sure of, and the office's finding."""
    found = reach(interests.find_question(question_id), "interest_question.read")
    form = forms.FindingForm(rulebook_of(found.assignment.round.edition).panel)
    if form.validate_on_submit():
        with form.problems():
            _answer(found, form)
            flash(_("已认定并通知专家。"), "done")
            return redirect(url_for("panels.conflicts", edition=found.edition_id), 303)
    return render_template("panels/question.html", question=found, form=form), form.status


def _answer(found: InterestQuestion, form: forms.FindingForm) -> None:
    if form.text("finding") == InterestQuestionState.INTEREST:
        services.find_interest(actor(), found, kind=form.text("kind"), reason=form.text("reason"))
    else:
        services.find_no_interest(actor(), found, reason=form.text("reason"))
