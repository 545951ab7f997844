"""Screens of the expert pool: the list, one expert, the import in two steps."""

import io

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from app.audit.services import record_look
from app.experts import forms, queries, services, template
from app.experts.models import EXPERT_KIND_LABELS, EXPERT_REGION_LABELS, PoolImport
from app.experts.rules import CHANGED, NEW, REFUSED, SAME
from app.kernel import industries, regions, unit_of_work
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _, chosen

blueprint = Blueprint("experts", __name__, template_folder="templates")

Answer = Response | str | tuple[str, int]
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PREVIEW_ROWS = 100


@blueprint.get("/experts")
@needs("expert.list")
def index() -> str:
    asked = request.args
    narrowed = queries.Filter(
        search=asked.get("search", "").strip()[:60],
        province=asked.get("province", ""),
        section=asked.get("section", ""),
        kind=asked.get("kind", ""),
        may_lead=asked.get("may_lead", ""),
        available=asked.get("available", ""),
        page=max(asked.get("page", 1, type=int), 1),
    )
    return render_template(
        "experts/index.html",
        narrowed=narrowed,
        listing=queries.pool(narrowed),
        provinces=regions.provinces(),
        sections=industries.sections(),
        kinds=EXPERT_KIND_LABELS,
        find_region=regions.full_name,
        find_industry=industries.find,
    )


@blueprint.get("/experts/<int:expert_id>")
@needs_on_subject("expert.read")
def expert(expert_id: int) -> str:
    found = reach(queries.find_expert(expert_id), "expert.read")
    record_look(actor(), "expert.read", found)
    return render_template(
        "experts/expert.html",
        found=found,
        kinds=EXPERT_KIND_LABELS,
        region_kinds=EXPERT_REGION_LABELS,
        find_region=regions.full_name,
        find_industry=industries.find,
    )


@blueprint.route("/experts/<int:expert_id>/edit", methods=["GET", "POST"])
@needs_on_subject("expert.edit")
def edit(expert_id: int) -> Answer:
    found = reach(queries.find_expert(expert_id), "expert.read")
    form = forms.ExpertForm(queries.entry_of(found))
    if form.validate_on_submit():
        try:
            version = request.form.get("version", type=int) or 0
            services.edit_expert(actor(), found, form.texts(), version=version)
            flash(_("已保存对专家的修改。"))
            return redirect(url_for("experts.expert", expert_id=expert_id), 303)
        except services.RowInvalid as invalid:
            unit_of_work.rollback()
            form.blame_all(invalid)
    return render_template("experts/edit.html", found=found, form=form), form.status


@blueprint.route("/experts/import", methods=["GET", "POST"])
@needs("pool_import.create")
def upload() -> Answer:
    form = forms.UploadForm()
    if form.validate_on_submit():
        with form.problems():
            content = form.file.data.read()
            made = services.preview_import(actor(), filename=form.file.data.filename or "", content=content)
            return redirect(url_for("experts.preview", import_id=made.id), 303)
    return render_template("experts/upload.html", form=form, imports=queries.recent_imports()), form.status


@blueprint.get("/experts/import/template.xlsx")
@needs("pool_import.create")
def blank() -> Response:
    return send_file(
        io.BytesIO(template.workbook(chosen())),
        mimetype=SPREADSHEET,
        as_attachment=True,
        download_name=_(template.FILENAME),
    )


@blueprint.get("/experts/import/<int:import_id>")
@needs_on_subject("pool_import.read")
def preview(import_id: int) -> Answer:
    found = reach(queries.find_import(import_id), "pool_import.read")
    return _preview(found, forms.ApplyForm())


@blueprint.post("/experts/import/<int:import_id>/apply")
@needs_on_subject("pool_import.apply")
def apply(import_id: int) -> Answer:
    found = reach(queries.find_import(import_id), "pool_import.read")
    form = forms.ApplyForm()
    if form.validate_on_submit():
        with form.problems():
            services.apply_import(actor(), found, without_refused=form.without_refused.data)
            flash(_("已导入专家库。"))
            return redirect(url_for("experts.index"), 303)
    return _preview(reach(queries.find_import(import_id), "pool_import.read"), form)


@blueprint.post("/experts/import/<int:import_id>/discard")
@needs_on_subject("pool_import.discard")
def discard(import_id: int) -> Response:
    found = reach(queries.find_import(import_id), "pool_import.read")
    services.discard_import(actor(), found)
    flash(_("已放弃这次导入，专家库没有改动。"))
    return redirect(url_for("experts.upload"), 303)


def _preview(found: PoolImport, form: forms.ApplyForm) -> Answer:
    first = next((verdict for verdict in (REFUSED, CHANGED, NEW, SAME) if found.counts[verdict]), NEW)
    show = request.args.get("show", first)
    rows = queries.import_rows(found, show)
    page = max(request.args.get("page", 1, type=int), 1)
    start = (page - 1) * PREVIEW_ROWS
    body = render_template(
        "experts/preview.html", found=found, show=show, form=form, total=len(rows), start=start, page=page,
        rows=rows[start : start + PREVIEW_ROWS],
    )  # fmt: skip
    return body, form.status
