"""The merge of two entries of one person: chosen field by field by one of the office, confirmed by another."""

from flask import abort, flash, redirect, render_template, request, url_for

from app.audit.services import record_look
from app.experts import forms, queries, services
from app.experts.models import Expert, ExpertMerge
from app.experts.views.room import Answer, blueprint
from app.web.forms import BaseForm
from app.web.guard import actor, needs_on_subject, reach
from app.web.language import _

READ = "expert_merge.read"


@blueprint.route("/experts/duplicates/<first>/<second>/merge", methods=["GET", "POST"])
@needs_on_subject("expert_merge.propose")
def propose_merge(first: str, second: str) -> Answer:
    one, other = queries.two_experts(first, second) or abort(404)
    reach(one, "expert.read")
    _note_look(one, other)
    fields = queries.fields_to_merge(one, other)
    columns = [field.key for field in fields if field.how == "choose"]
    form = forms.MergeForm.of((one.number, other.number), columns)
    if form.validate_on_submit():
        with form.problems():
            merge = _propose(form, (one, other), columns)
            flash(_("已提出合并。另一人确认之前，两份资料都不变。"), "done")
            return redirect(url_for("experts.merge", merge_id=merge.id), 303)
    missing = queries.missing_to_merge(one, other)
    page = render_template("experts/propose_merge.html", both=(one, other), fields=fields, form=form, missing=missing)
    return page, form.status


def _propose(form: forms.MergeForm, both: tuple[Expert, Expert], columns: list[str]) -> ExpertMerge:
    survivor, other = both if form.text("survivor") == both[0].number else reversed(both)
    return services.propose_merge(actor(), survivor, other, taken=form.taken(columns), reason=form.text("reason"))


@blueprint.get("/experts/merges/<int:merge_id>")
@needs_on_subject("expert_merge.read")
def merge(merge_id: int) -> str:
    return _page(_reached(merge_id), None)


@blueprint.route("/experts/merges/<int:merge_id>/confirm", methods=["GET", "POST"])
@needs_on_subject("expert_merge.confirm")
def confirm_merge(merge_id: int) -> Answer:
    found, form = _reached(merge_id), forms.MergeConfirmationForm()
    if form.validate_on_submit():
        with form.problems():
            services.confirm_merge(actor(), found)
            flash(_("两份资料已合并。"), "done")
            return redirect(url_for("experts.expert", expert_id=found.survivor_id), 303)
    return _page(found, form), form.status


@blueprint.route("/experts/merges/<int:merge_id>/refuse", methods=["GET", "POST"])
@needs_on_subject("expert_merge.refuse")
def refuse_merge(merge_id: int) -> Answer:
    found, form = _reached(merge_id), forms.MergeRefusalForm()
    if form.validate_on_submit():
        with form.problems():
            services.refuse_merge(actor(), found, reason=form.text("reason"))
            flash(_("已记录：不予合并，两份资料都不变。"), "done")
            return redirect(url_for("experts.duplicates"), 303)
    return render_template("experts/refuse_merge.html", merge=found, form=form), form.status


def _reached(merge_id: int) -> ExpertMerge:
    """What it shows of two people is on record like a look at their pages."""
    found = reach(queries.find_merge(merge_id), READ)
    _note_look(found.survivor, found.other)
    return found


def _note_look(*people: Expert) -> None:
    """A look is on record by itself; an act brings its own line, in its own transaction."""
    for each in people if request.method == "GET" else ():
        record_look(actor(), "expert.read", each)


def _page(found: ExpertMerge, form: BaseForm | None) -> str:
    is_open = found.state == "proposed"
    missing = queries.missing_to_merge(found.survivor, found.other) if is_open else []
    return render_template(
        "experts/merge.html",
        merge=found,
        fields=queries.fields_of(found),
        form=form,
        missing=missing,
        has_changed=is_open and queries.has_changed(found),
    )
