"""The import in two steps, with the progress of a large one."""

import io

from flask import flash, jsonify, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from app.experts import forms, queries, services, template
from app.experts.models import PoolImport
from app.experts.queries.previews import PREVIEW_ROWS
from app.experts.rules import CHANGED, NEW, REFUSED, SAME
from app.experts.views.room import SPREADSHEET, Answer, blueprint
from app.kernel import progress
from app.kernel.words import Message
from app.web.formats import say
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _, chosen
from app.workflow import PoolImportState

WORKING = (PoolImportState.RECEIVED, PoolImportState.APPLYING)


@blueprint.route("/experts/import", methods=["GET", "POST"])
@needs("pool_import.create")
def upload() -> Answer:
    form = forms.UploadForm()
    if form.validate_on_submit():
        with form.problems():
            with form.file.data.stream as file:
                content, filename = file.read(), form.file.data.filename or ""
            take = services.preview_import if len(content) <= services.AT_ONCE_BYTES else services.receive_import
            made = take(actor(), filename=filename, content=content)
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
            if not services.is_small(found):
                services.order_import(actor(), found, without_refused=form.without_refused.data)
                return redirect(url_for("experts.preview", import_id=import_id), 303)
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


@blueprint.get("/experts/import/<int:import_id>/progress")
@needs_on_subject("pool_import.read")
def import_progress(import_id: int) -> Response:
    """Asked by the page's script while the clock works."""
    found = reach(queries.find_import(import_id), "pool_import.read")
    done, total = progress.told(found.key)
    answer = {"done": done, "total": total, "text": say(services.stage_of(found, done=done, total=total))}
    if found.state not in WORKING:
        answer["url"] = url_for("experts.preview", import_id=import_id)
    return jsonify(answer)


def _preview(found: PoolImport, form: forms.ApplyForm) -> Answer:
    if found.state in WORKING:
        done, total = progress.told(found.key)
        text = services.stage_of(found, done=done, total=total)
        return render_template("experts/working.html", found=found, done=done, total=total, text=text)
    first = next((verdict for verdict in (REFUSED, CHANGED, NEW, SAME) if found.counts.get(verdict)), NEW)
    show = request.args.get("show", first)
    page = max(request.args.get("page", 1, type=int), 1)
    start = (page - 1) * PREVIEW_ROWS
    body = render_template(
        "experts/preview.html",
        found=found,
        show=show,
        form=form,
        total=found.counts.get(show, 0),
        start=start,
        page=page,
        rows=queries.import_rows(found, show, start=start),
        problem=found.problem and Message(found.problem["text"], found.problem["values"]),
    )
    return body, form.status
