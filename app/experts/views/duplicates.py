"""Entries that may be one person: the list with its reasons, and two of them side by side."""

from flask import abort, render_template, request

from app.audit.services import record_look
from app.experts import queries
from app.experts.rules.duplicates import CLUES
from app.experts.views.room import blueprint
from app.web.guard import actor, needs, needs_on_subject, reach


@blueprint.get("/experts/duplicates")
@needs("expert.list")
def duplicates() -> str:
    found = queries.suspected_pairs(request.args.get("page", 1, type=int))
    return render_template("experts/duplicates.html", found=found, clues=CLUES, merges=queries.open_merges())


@blueprint.get("/experts/duplicates/<first>/<second>")
@needs_on_subject("expert.read")
def compare(first: str, second: str) -> str:
    both = queries.two_experts(first, second) or abort(404)
    for each in both:
        record_look(actor(), "expert.read", reach(each, "expert.read"))
    fields, reasons = queries.side_by_side(*both)
    return render_template(
        "experts/compare.html",
        both=both,
        fields=fields,
        reasons=reasons,
        clues=CLUES,
        merge=queries.open_merge_of(*both),
    )
