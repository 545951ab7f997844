"""Screens of feedback reports: the office's list, one report, one item side by side, release; the applicant's own."""

from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.kernel import files
from app.kernel.errors import NotFound, Stale
from app.kernel.typesetting import PDF_TYPE
from app.outcomes.feedback import pages, queries, services
from app.outcomes.feedback.forms import ConfirmForm, ItemForm, SendBackForm, SummaryForm
from app.outcomes.feedback.models import FeedbackItem, FeedbackReport
from app.policy import allows
from app.programmes import current
from app.programmes.models import Edition
from app.programmes.queries import find_edition
from app.web.downloads import attachment
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _

blueprint = Blueprint("feedback", __name__, template_folder="templates")

Page = Answer | str | tuple[str, int]
ACTS = ("edit", "hand_over", "send_back", "approve")


def _edition(edition_id: int) -> Edition:
    return reach(find_edition(edition_id), "edition.read")


# --- the edition --------------------------------------------------------------------------------------------------


@blueprint.get("/feedback")
@needs("feedback_report.list")
def index() -> Page:
    found = current.chosen()
    if found is None:
        return render_template("feedback/index.html", found=None)
    return render_template(
        "feedback/index.html",
        found=found,
        reports=queries.reports(actor(), found.id),
        progress=queries.progress(found.id),
        missing=services.missing_for_drafts(found),
    )


@blueprint.post("/feedback/draft/<int:edition_id>")
@needs_on_subject("feedback_report.draft")
def draft(edition_id: int) -> Answer:
    count = services.draft_all(actor(), _edition(edition_id))
    flash(_("已生成 %(n)s 份反馈报告草稿，请由另一人编辑。", n=count), "done")
    return redirect(url_for("feedback.index", edition=edition_id), 303)


@blueprint.get("/feedback/progress/<int:edition_id>")
@needs_on_subject("feedback_report.list")
def progress(edition_id: int) -> Response:
    """Asked by the page's script while the clock makes the files."""
    found = queries.progress(_edition(edition_id).id)
    text = _("已排版 %(done)s 份，共 %(total)s 份。", done=found.typeset, total=found.approved)
    answer: dict[str, Any] = {"done": found.typeset, "total": found.approved, "text": text}
    if not found.is_working:
        answer["url"] = url_for("feedback.index", edition=edition_id)
    return jsonify(answer)


@blueprint.route("/feedback/release/<int:edition_id>", methods=["GET", "POST"])
@needs_on_subject("feedback_report.release")
def release(edition_id: int) -> Page:
    found, form = _edition(edition_id), ConfirmForm()
    if form.validate_on_submit():
        with form.problems():
            count = services.release_all(actor(), found)
            flash(_("已把 %(n)s 份反馈报告发给申报者。", n=count), "done")
            return redirect(url_for("feedback.index", edition=edition_id), 303)
    missing, known = services.missing_for_release(found), queries.progress(edition_id)
    page = render_template("feedback/release.html", found=found, form=form, missing=missing, progress=known)
    return page, form.status


# --- one report ---------------------------------------------------------------------------------------------------


def _report(report_id: int) -> FeedbackReport:
    return reach(queries.find(report_id), "feedback_report.read")


def _rights(found: FeedbackReport) -> dict[str, bool]:
    return {act: allows(actor(), f"feedback_report.{act}", found) for act in ACTS}


def _page(found: FeedbackReport, form: SummaryForm | None = None, **further: Any) -> str:
    lines = pages.lines(found)
    return render_template(
        "feedback/show.html",
        report=found,
        rows=pages.rows(found),
        lines=lines,
        marks=pages.marks(lines),
        missing=services.missing_for_handing_over(found),
        may=_rights(found),
        f=form or SummaryForm(obj=found, formdata=None),
        stored_texts=further.pop("stored_texts", {}),
        **further,
    )


@blueprint.get("/feedback/<int:report_id>")
@needs_on_subject("feedback_report.watch")
def show(report_id: int) -> Page:
    return _page(_report(report_id))


@blueprint.post("/feedback/<int:report_id>/summary")
@needs_on_subject("feedback_report.edit")
def save_summary(report_id: int) -> Page:
    found, form, stored = _report(report_id), SummaryForm(), dict[str, str]()
    if form.validate():
        with form.problems():
            try:
                services.save_summary(actor(), found, form.text("summary"), version=form.version.data or 0)
                flash(_("总体评语已保存。"), "done")
                return redirect(url_for("feedback.show", report_id=report_id), 303)
            except Stale as stale:
                stored, form.version.data = stale.stored, stale.current_version
    return _page(found, form, stored_texts=stored), 409 if stored else 422


@blueprint.get("/feedback/<int:report_id>/items/<code>")
@needs_on_subject("feedback_report.watch")
def item(report_id: int, code: str) -> Page:
    found = _report(report_id)
    stored = _item(found, code)
    return _item_page(found, stored, ItemForm(obj=stored, formdata=None))


@blueprint.post("/feedback/<int:report_id>/items/<code>")
@needs_on_subject("feedback_report.edit")
def save_item(report_id: int, code: str) -> Page:
    found = _report(report_id)
    kept, form, stored = _item(found, code), ItemForm(), dict[str, str]()
    if form.validate():
        with form.problems():
            try:
                services.save_item(actor(), found, code, form.texts(), version=form.version.data or 0)
                flash(_("%(code)s 已保存。", code=code), "done")
                return redirect(_after(found, code), 303)
            except Stale as stale:
                stored, form.version.data = stale.stored, stale.current_version
    return _item_page(found, kept, form, stored), 409 if stored else 422


def _after(found: FeedbackReport, code: str) -> str:
    _before, after = pages.neighbours(found, code)
    if request.form.get("then") == "next" and after is not None:
        return url_for("feedback.item", report_id=found.id, code=after)
    return url_for("feedback.show", report_id=found.id, _anchor="items")


def _item(found: FeedbackReport, code: str) -> FeedbackItem:
    stored = next((each for each in found.items if each.item_code == code), None)
    if stored is None:
        abort(404)
    return stored


def _item_page(found: FeedbackReport, stored: FeedbackItem, form: ItemForm, texts: dict[str, str] | None = None) -> str:
    criteria = queries.criteria_of(found)
    entry = criteria.item(stored.item_code)
    before, after = pages.neighbours(found, stored.item_code)
    return render_template(
        "feedback/item.html",
        report=found,
        stored=stored,
        item=entry,
        band=criteria.band(entry.kind, stored.percent),
        before=before,
        after=after,
        may=_rights(found),
        f=form,
        stored_texts=texts or {},
    )


@blueprint.post("/feedback/<int:report_id>/hand-over")
@needs_on_subject("feedback_report.hand_over")
def hand_over(report_id: int) -> Answer:
    services.hand_over(actor(), _report(report_id))
    flash(_("已送批。"), "done")
    return redirect(url_for("feedback.show", report_id=report_id), 303)


@blueprint.post("/feedback/<int:report_id>/approve")
@needs_on_subject("feedback_report.approve")
def approve(report_id: int) -> Answer:
    services.approve(actor(), _report(report_id))
    flash(_("已批准。PDF 由系统在后台排版。"), "done")
    return redirect(url_for("feedback.show", report_id=report_id), 303)


@blueprint.route("/feedback/<int:report_id>/send-back", methods=["GET", "POST"])
@needs_on_subject("feedback_report.send_back")
def send_back(report_id: int) -> Page:
    found, form = _report(report_id), SendBackForm()
    if form.validate_on_submit():
        with form.problems():
            services.send_back(actor(), found, reason=form.text("reason"))
            flash(_("已退回再编辑。"), "done")
            return redirect(url_for("feedback.show", report_id=report_id), 303)
    return render_template("feedback/send_back.html", report=found, form=form), form.status


# --- the file -----------------------------------------------------------------------------------------------------


@blueprint.get("/feedback/<int:report_id>/received")
@needs_on_subject("feedback_report.receive")
def received(report_id: int) -> Page:
    found = _report(report_id)
    return render_template("feedback/received.html", report=found, content=found.content)


@blueprint.get("/feedback/<int:report_id>/report.pdf")
@needs_on_subject("feedback_report.read")
def pdf(report_id: int) -> Response:
    found = _report(report_id)
    if not found.pdf_sha256:
        raise NotFound
    name = _("反馈报告-%(number)s.pdf", number=found.application.number)
    return attachment(files.store().open(found.pdf_sha256), filename=name, media_type=PDF_TYPE)
