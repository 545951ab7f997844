"""The expert's door to a dossier: declare first, then read."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.applications.models import EvidenceFile
from app.audit.services import record_look
from app.kernel import files, industries
from app.kernel.errors import NotFound
from app.kernel.file_types import suffix_of
from app.kernel.metadata import without_metadata
from app.kernel.regions import full_name
from app.panels import facts, forms, interests, queries, services
from app.panels.models import SEAT_ROLE_LABELS, Assignment, InterestDegree
from app.panels.pledge import PLEDGE
from app.panels.services import Interest
from app.panels.views.room import Answer, blueprint
from app.programmes.queries import rulebook_of
from app.web.downloads import attachment
from app.web.guard import actor, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/assignments/<int:assignment_id>")
@needs_on_subject("assignment.read")
def declare(assignment_id: int) -> Answer:
    return _page(reach(queries.find_assignment(assignment_id), "assignment.read"))


@blueprint.post("/assignments/<int:assignment_id>/clear")
@needs_on_subject("assignment.clear")
def clear(assignment_id: int) -> Answer:
    found = reach(queries.find_assignment(assignment_id), "assignment.read")
    form = forms.PledgeForm()
    if form.validate_on_submit():
        with form.problems():
            services.declare_clear(actor(), found, text=form.text("pledge_version"))
            flash(_("已声明没有利害关系，可以阅读材料了。"), "done")
            return redirect(url_for("panels.dossier", assignment_id=assignment_id), 303)
    return _page(reach(queries.find_assignment(assignment_id), "assignment.read"), pledge=form)


@blueprint.post("/assignments/<int:assignment_id>/conflict")
@needs_on_subject("assignment.recuse")
def declare_conflict(assignment_id: int) -> Answer:
    found = reach(queries.find_assignment(assignment_id), "assignment.read")
    form = forms.OwnConflictForm(facts.panel_rule(found.round))
    if form.validate_on_submit():
        with form.problems():
            degree = InterestDegree(form.text("degree"))
            services.declare_conflict(actor(), found, Interest(form.text("kind"), form.text("note"), degree=degree))
            flash(_("已记下您的回避，这份材料不再向您显示。秘书处会另抽专家。"), "done")
            return redirect(url_for("desk.show"), 303)
    return _page(reach(queries.find_assignment(assignment_id), "assignment.read"), conflict=form)


@blueprint.post("/assignments/<int:assignment_id>/ask")
@needs_on_subject("interest_question.ask")
def ask(assignment_id: int) -> Answer:
    found = reach(queries.find_assignment(assignment_id), "assignment.read")
    form = forms.QuestionForm()
    if form.validate_on_submit():
        with form.problems():
            services.ask(actor(), found, text=form.text("facts"))
            flash(_("已请秘书处认定。答复之前这份材料不打开，其他任务不受影响。"), "done")
            return redirect(url_for("panels.declare", assignment_id=assignment_id), 303)
    return _page(reach(queries.find_assignment(assignment_id), "assignment.read"), question=form)


def _page(
    found: Assignment,
    *,
    pledge: forms.PledgeForm | None = None,
    conflict: forms.OwnConflictForm | None = None,
    question: forms.QuestionForm | None = None,
) -> Answer:
    conflict_form = conflict or forms.OwnConflictForm(facts.panel_rule(found.round))
    pledge_form = pledge or forms.PledgeForm()
    question_form = question or forms.QuestionForm()
    pledge_form.show_again()
    industry = industries.find(found.application.industry_code)
    page = render_template(
        "panels/declare.html",
        seat=found,
        blind=facts.round_rule(found.round).blind,
        industry=industry.name if industry else "—",
        region=full_name,
        role=SEAT_ROLE_LABELS[found.role],
        sentences=PLEDGE,
        pledge=pledge_form,
        conflict=conflict_form,
        question=question_form,
        asked=interests.last_question(found),
        practice=services.case_to_practise(found),
        method=rulebook_of(found.round.edition).aggregation.method,
    )
    return page, (pledge or question or conflict_form).status


@blueprint.get("/assignments/<int:assignment_id>/dossier")
@needs_on_subject("assignment.read_dossier")
def dossier(assignment_id: int) -> Answer:
    found = reach(queries.find_assignment(assignment_id), "assignment.read")
    dossier = queries.dossier_of(found)
    if dossier is None:
        raise NotFound
    record_look(actor(), "assignment.read_dossier", found)
    addresses = {
        file.id: url_for("panels.file", assignment_id=assignment_id, file_id=file.id) for file in dossier.files
    }
    return render_template("panels/dossier.html", seat=found, dossier=dossier, file_urls=addresses)


@blueprint.get("/assignments/<int:assignment_id>/files/<int:file_id>")
@needs_on_subject("assignment.read_dossier")
def file(assignment_id: int, file_id: int) -> Response:
    found = reach(queries.find_assignment(assignment_id), "assignment.read")
    wanted = queries.file_of(found, file_id)
    if wanted is None:
        raise NotFound
    record_look(actor(), "assignment.read_dossier", wanted)
    return _sent(found, wanted)


def _sent(found: Assignment, wanted: EvidenceFile) -> Response:
    content = files.store().open(wanted.sha256)
    if not facts.round_rule(found.round).blind:
        return attachment(content, filename=wanted.filename, media_type=wanted.media_type)
    suffix = suffix_of(wanted.filename)
    with content:
        bare = without_metadata(content, suffix)
    return attachment(bare, filename=f"{found.application.number}-{wanted.id}.{suffix}", media_type=wanted.media_type)
