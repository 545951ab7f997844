"""What stands between experts and applicants, and who is head of panel."""

from flask import flash, redirect, render_template, url_for

from app.experts.queries import find_by_number
from app.kernel.errors import Invalid, NotFound
from app.kernel.words import N_, Message
from app.panels import forms, queries, services
from app.panels.models import CONFLICT_SOURCE_LABELS
from app.panels.views.room import Answer, blueprint
from app.programmes import current
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from app.web.guard import actor, needs
from app.web.language import _

NO_EXPERT = Message(N_("专家库中没有这个编号。请在专家库中核对。"))
NO_DOSSIER = Message(N_("本届没有这个编号的申报书。请核对。"))


@blueprint.get("/conflicts")
@needs("conflict.list")
def conflicts() -> Answer:
    edition = _edition()
    return render_template(
        "panels/conflicts.html",
        chosen=edition,
        rows=queries.conflicts_of(edition),
        names={kind.key: kind.name for kind in rulebook_of(edition).panel.conflicts},
        sources=CONFLICT_SOURCE_LABELS,
    )


@blueprint.route("/conflicts/new", methods=["GET", "POST"])
@needs("conflict.record")
def record_conflict() -> Answer:
    edition = _edition()
    form = forms.ConflictForm(rulebook_of(edition).panel)
    if form.validate_on_submit():
        with form.problems():
            _record(edition, form)
            flash(_("已登记利害关系，这一对不会再被抽到一起。"), "done")
            return redirect(url_for("panels.conflicts", edition=edition.id), 303)
    return render_template("panels/record_conflict.html", chosen=edition, form=form), form.status


def _record(edition: Edition, form: forms.ConflictForm) -> None:
    expert = find_by_number(form.text("expert"))
    if expert is None:
        raise Invalid(NO_EXPERT, field="expert")
    application = queries.find_application(edition.id, form.text("dossier"))
    if application is None:
        raise Invalid(NO_DOSSIER, field="dossier")
    services.record_conflict(actor(), expert, application, kind=form.text("kind"), note=form.text("note"))


@blueprint.route("/head", methods=["GET", "POST"])
@needs("head.appoint")
def head() -> Answer:
    edition = _edition()
    form = forms.HeadForm()
    if form.validate_on_submit():
        with form.problems():
            expert = find_by_number(form.text("expert"))
            if expert is None:
                raise Invalid(NO_EXPERT, field="expert")
            services.appoint_head(actor(), edition, expert)
            flash(_("已任命大组长，并已通知。"), "done")
            return redirect(url_for("panels.draws", edition=edition.id), 303)
    return render_template("panels/head.html", chosen=edition, form=form, heads=queries.heads_of(edition)), form.status


def _edition() -> Edition:
    edition = current.chosen()
    if edition is None:
        raise NotFound
    return edition
