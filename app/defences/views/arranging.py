"""Arranging a session: the list, its dossiers and questions, sealing and drawing the lot."""

from io import BytesIO

from flask import render_template as render
from flask import request

from app.defences import queries, services
from app.defences.forms import LotForm, SittingForm
from app.defences.views.room import Answer, blueprint, done, page
from app.kernel.canonical import canonical
from app.kernel.errors import Stale
from app.programmes import current
from app.web.downloads import attachment
from app.web.forms import BaseForm
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/defences")
@needs("defence.list")
def index() -> Answer:
    header = current.header()
    edition_id = request.args.get("edition", type=int) or (header.id if header else 0)
    rounds = queries.rounds_to_arrange(actor(), edition_id)
    return render("defences/index.html", sessions=queries.listed(actor(), edition_id), rounds=rounds)


@blueprint.route("/defences/arrange/<int:round_id>", methods=["GET", "POST"])
@needs_on_subject("defence.arrange")
def arrange(round_id: int) -> Answer:
    round_ = reach(queries.find_round(round_id), "defence.arrange")
    form = SittingForm.of(round_)
    if form.validate_on_submit():
        with form.problems():
            session = services.arrange(actor(), round_, form.sitting(round_))
            return done(_("答辩场次已安排。"), "show", session)
    return render("defences/arrange.html", round=round_, f=form), form.status


@blueprint.get("/defences/<int:session_id>")
@needs_on_subject("defence.read")
def show(session_id: int) -> Answer:
    found = reach(queries.find(session_id), "defence.read")
    missing = {"commit": services.missing_for_sealing(found), "end": services.missing_for_ending(found)}
    return page("show", found, missing=missing)


@blueprint.route("/defences/<int:session_id>/edit", methods=["GET", "POST"])
@needs_on_subject("defence.edit")
def edit(session_id: int) -> Answer:
    found = reach(queries.find(session_id), "defence.read")
    form = SittingForm.of(found.round, found)
    stored: dict[str, str] = {}
    if form.validate_on_submit():
        try:
            with form.problems():
                services.edit(actor(), found, form.sitting(found.round), version=form.version.data or 0)
                return done(_("答辩场次已修改。"), "show", found)
        except Stale as stale:
            stored, form.version.data = stale.stored, stale.current_version
    return page("edit", found, f=form, stored=stored), 409 if stored else form.status


@blueprint.route("/defences/<int:session_id>/commit", methods=["GET", "POST"])
@needs_on_subject("defence.commit")
def commit(session_id: int) -> Answer:
    found, form = reach(queries.find(session_id), "defence.read"), BaseForm()
    if form.validate_on_submit():
        with form.problems():
            services.commit(actor(), found)
            return done(_("名单和题目已封定。现在可以当众产生公开数并抽签。"), "show", found)
    return page("commit", found, f=form, missing=services.missing_for_sealing(found)), form.status


@blueprint.route("/defences/<int:session_id>/draw", methods=["GET", "POST"])
@needs_on_subject("defence.draw")
def draw(session_id: int) -> Answer:
    found, form = reach(queries.find(session_id), "defence.read"), LotForm()
    if form.validate_on_submit():
        with form.problems():
            services.draw(actor(), found, form.text("value"), witnesses=form.text("witnesses"))
            return done(_("已抽签，次序和题目见下。"), "show", found)
    return page("draw", found, f=form), form.status


@blueprint.get("/defences/<int:session_id>/lot.json")
@needs_on_subject("defence.read")
def lot(session_id: int) -> Answer:
    """Everything with which anybody can draw the lot again."""
    found = reach(queries.find(session_id), "defence.read")
    content = BytesIO(canonical(queries.record_of(found)).encode())
    name = f"{found.round.edition.code}-{found.round.key}-{found.number}-lot.json"
    return attachment(content, filename=name, media_type="application/json")
