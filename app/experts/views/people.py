"""The list of the pool, one expert, what the office changes."""

import io
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from app.audit.services import record_look
from app.experts import forms, queries, services, template
from app.experts.models import CREDIT_FACT_LABELS, EXPERT_KIND_LABELS, EXPERT_REGION_LABELS, Expert
from app.experts.queries.listing import EXPORTED, Filter
from app.experts.queries.previews import WORDS
from app.experts.views.room import SPREADSHEET, Answer, blueprint
from app.kernel import clock, industries, regions, unit_of_work
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _, chosen


def narrowed_by_address() -> Filter:
    asked = request.args
    return Filter(
        search=asked.get("search", "").strip()[:60],
        province=asked.get("province", ""),
        section=asked.get("section", ""),
        kind=asked.get("kind", ""),
        mark=asked.get("mark", ""),
        page=max(asked.get("page", 1, type=int), 1),
    )


@blueprint.get("/experts")
@needs("expert.list")
def index() -> str:
    narrowed = narrowed_by_address()
    kind_chips, mark_chips = queries.chips(narrowed)
    return render_template(
        "experts/index.html",
        narrowed=narrowed,
        kind_chips=kind_chips,
        mark_chips=mark_chips,
        missing_of=queries.missing_of,
        expired_of=queries.expired_of,
        listing=queries.pool(narrowed),
        provinces=regions.provinces(),
        sections=industries.sections(),
        kinds=EXPERT_KIND_LABELS,
        find_region=regions.full_name,
        find_industry=industries.find,
    )


def shown() -> dict[str, Any]:
    """What a page about one expert puts its codes into words with."""
    return {
        "kinds": EXPERT_KIND_LABELS,
        "region_kinds": EXPERT_REGION_LABELS,
        "words": WORDS,
        "find_region": regions.full_name,
        "find_industry": industries.find,
        "abolished": queries.abolished,
        "today": clock.today(),
    }


def on_file(found: Expert) -> dict[str, Any]:
    """The credit file beside what the pool knows."""
    return {
        "credit_kinds": CREDIT_FACT_LABELS,
        "credit_facts": queries.credit_file(found),
        "years_unused": queries.years_unused(found),
    }


@blueprint.get("/experts/<int:expert_id>")
@needs_on_subject("expert.read")
def expert(expert_id: int) -> str:
    found = reach(queries.find_expert(expert_id), "expert.read")
    record_look(actor(), "expert.read", found)
    return render_template(
        "experts/expert.html",
        found=found,
        missing=queries.missing_of(found),
        merge=queries.merge_by_which(found),
        **shown(),
        **on_file(found),
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


@blueprint.get("/experts/export.xlsx")
@needs("expert.export")
def export() -> Response:
    """The filtered list in the columns of an import, so that it can be changed and taken in again."""
    narrowed = narrowed_by_address()
    record_look(actor(), "expert.export", EXPORTED, detail={"narrowed": narrowed.asked})
    return send_file(
        io.BytesIO(template.exported(queries.entries(*queries.conditions(narrowed)).values(), chosen())),
        mimetype=SPREADSHEET,
        as_attachment=True,
        download_name=_(template.EXPORT_NAME),
    )


@blueprint.route("/experts/<int:expert_id>/remove", methods=["GET", "POST"])
@needs_on_subject("expert.remove")
def remove(expert_id: int) -> Answer:
    found = reach(queries.find_expert(expert_id), "expert.read")
    form = forms.RemovalForm()
    if form.validate_on_submit():
        with form.problems():
            services.remove_expert(actor(), found, reason=form.text("reason"))
            flash(_("已移出专家库，今后的抽取不会再抽到这位专家。"))
            return redirect(url_for("experts.expert", expert_id=expert_id), 303)
    return render_template("experts/remove.html", found=found, form=form), form.status


@blueprint.post("/experts/<int:expert_id>/restore")
@needs_on_subject("expert.restore")
def restore(expert_id: int) -> Response:
    found = reach(queries.find_expert(expert_id), "expert.read")
    services.restore_expert(actor(), found)
    flash(_("已恢复入库。"))
    return redirect(url_for("experts.expert", expert_id=expert_id), 303)
