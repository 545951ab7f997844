"""What the office hides in a blind round, and the dossier as its experts will read it."""

from functools import partial

from flask import abort, flash, redirect, render_template, url_for

from app.applications.models import Application
from app.applications.queries import submitted_dossier
from app.kernel.errors import Stale
from app.panels import facts, queries
from app.panels.blinding import hits, own_words
from app.panels.blinding_form import BlindingForm
from app.panels.services.blinding import mark
from app.panels.views.room import Answer, blueprint
from app.policy import allows
from app.programmes.queries import rulebook_of
from app.web.guard import actor, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/rounds/<int:round_id>/blinding")
@needs_on_subject("blinding.read")
def blindings(round_id: int) -> Answer:
    found = reach(queries.find_round(round_id), "draw.list")
    if not facts.round_rule(found).blind:
        abort(404)
    return render_template("panels/blinding/list.html", round=found, rows=queries.blindings(found))


@blueprint.route("/applications/<int:application_id>/blinding", methods=["GET", "POST"])
@needs_on_subject("blinding.edit")
def blinding(application_id: int) -> Answer:
    found = reach(queries.reviewed_application(application_id), "blinding.read")
    marked = queries.blinding_of(application_id)
    form = BlindingForm(marked)
    try:
        if form.validate_on_submit() and form.tries(partial(mark, actor(), found)):
            flash(_("已保存。请看一遍预览，核对没有漏掉的名称。"), "done")
            return redirect(url_for("panels.blind_preview", application_id=application_id), 303)
    except Stale as stale:
        form.version.data = stale.current_version
        return _page(found, form, stored=stale.stored), 409
    return _page(found, form, stored={}), form.status


def _page(found: Application, form: BlindingForm, *, stored: dict[str, str]) -> str:
    dossier = submitted_dossier(found.id, rulebook_of(found.edition))
    words = own_words(found)
    return render_template(
        "panels/blinding/edit.html",
        application=found,
        dossier=dossier,
        own=hits(dossier, words) if dossier else dict.fromkeys(words, 0),
        marked=hits(dossier, form.lines) if dossier else {},
        stored=stored,
        f=form,
    )


@blueprint.get("/applications/<int:application_id>/as-expert")
@needs_on_subject("blinding.read")
def blind_preview(application_id: int) -> Answer:
    """Word for word what an expert will read; the files lead nowhere here."""
    found = reach(queries.reviewed_application(application_id), "blinding.read")
    rulebook = rulebook_of(found.edition)
    dossier = queries.dossier_in_blind(found.id, rulebook)
    may_edit = allows(actor(), "blinding.edit", found)
    return render_template("panels/blinding/preview.html", application=found, dossier=dossier, may_edit=may_edit)
