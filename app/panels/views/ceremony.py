"""The ceremony: the commitment, the parties' secrets, the public number, the reveal, the draw; and its page for the hall."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.words import N_
from app.panels import ceremonies, ceremony, forms, preview, services
from app.panels.models import Draw
from app.panels.planned import policy_words
from app.panels.views.room import Answer, blueprint
from app.web.guard import actor, needs_on_subject, reach
from app.web.language import _

HALL = "hall"
STEPS = (N_("输入"), N_("承诺"), N_("公开数"), N_("揭示"), N_("抽取"), N_("名单"))


def _reached(draw_id: int) -> Draw:
    return reach(ceremonies.find_draw(draw_id), "draw.read")


def _back(draw_id: int, step: int) -> Response:
    """To the page from which the step was taken: the hall's, or the office's own."""
    if request.args.get("room") == HALL:
        return redirect(url_for("panels.hall", draw_id=draw_id, step=step), 303)
    return redirect(url_for("panels.show_draw", draw_id=draw_id), 303)


@blueprint.route("/draws/<int:draw_id>/commit", methods=["GET", "POST"])
@needs_on_subject("draw.commit")
def commit(draw_id: int) -> Answer:
    found, form = _reached(draw_id), forms.CommitForm()
    if form.validate_on_submit():
        with form.problems():
            version = request.form.get("version", type=int) or 0
            services.commit(actor(), found, form.terms(found.edition), version=version)
            flash(_("输入已封定，摘要和系统的承诺已公布。"), "done")
            return _back(draw_id, 1)
    form.propose(found.edition)
    missing = ceremonies.missing_for_commitment(found)
    working = preview.look(found)
    page = render_template(
        "panels/ceremony/commit.html",
        draw=found,
        form=form,
        missing=missing,
        working=working,
        policy_words=policy_words(found),
    )
    return page, form.status


@blueprint.route("/draws/<int:draw_id>/promise", methods=["GET", "POST"])
@needs_on_subject("draw.promise")
def promise(draw_id: int) -> Answer:
    """One's own secret, on one's own page; or its hash alone."""
    found, form = _reached(draw_id), forms.PromiseForm()
    if form.validate_on_submit():
        with form.problems():
            if form.text("promise"):
                services.promise_hash(actor(), found, form.text("promise"))
            else:
                services.promise_secret(actor(), found, form.text("secret"))
            flash(_("承诺已公布。请记住您的秘密，揭示时须一字不差。"), "done")
            return _back(draw_id, 2)
    return render_template("panels/ceremony/promise.html", draw=found, form=form), form.status


@blueprint.route("/draws/<int:draw_id>/guests", methods=["GET", "POST"])
@needs_on_subject("draw.invite")
def add_guest(draw_id: int) -> Answer:
    found, form = _reached(draw_id), forms.GuestForm()
    if form.validate_on_submit():
        with form.problems():
            services.promise_for_guest(actor(), found, form.text("name"), form.text("promise"))
            flash(_("承诺已公布。"), "done")
            return _back(draw_id, 2)
    return render_template("panels/ceremony/guest.html", draw=found, form=form), form.status


@blueprint.route("/draws/<int:draw_id>/public-number", methods=["GET", "POST"])
@needs_on_subject("draw.witness")
def witness(draw_id: int) -> Answer:
    found, form = _reached(draw_id), forms.PublicValueForm()
    if form.validate_on_submit():
        with form.problems():
            services.record_public_value(
                actor(), found, form.text("value"), again=form.text("again"), witnesses=form.text("witnesses")
            )
            flash(_("公开数已录入，不能再改。"), "done")
            return _back(draw_id, 4)
    return render_template("panels/ceremony/witness.html", draw=found, form=form), form.status


@blueprint.route("/draws/<int:draw_id>/parties/<int:party_id>/reveal", methods=["GET", "POST"])
@needs_on_subject("draw.reveal")
def reveal(draw_id: int, party_id: int) -> Answer:
    found, form = _reached(draw_id), forms.RevealForm()
    party = ceremonies.find_party(found, party_id)
    if party is None:
        raise NotFound
    if form.validate_on_submit():
        with form.problems():
            services.reveal(actor(), found, party, form.text("secret"), nonce=form.text("nonce"))
            flash(_("秘密与当初的承诺一致，已揭示。"), "done")
            return _back(draw_id, 4)
    name = ceremonies.party_name(party)
    return render_template("panels/ceremony/reveal.html", draw=found, party=party, name=name, form=form), form.status


@blueprint.route("/draws/<int:draw_id>/draw", methods=["GET", "POST"])
@needs_on_subject("draw.draw")
def draw(draw_id: int) -> Answer:
    found, form = _reached(draw_id), forms.ConfirmForm()
    if form.validate_on_submit():
        with form.problems():
            services.draw_panels(actor(), found)
            flash(_("已抽取，名单封存。"), "done")
            return _back(draw_id, 6)
    missing = ceremonies.missing_for_draw(found)
    return render_template("panels/ceremony/draw.html", draw=found, form=form, missing=missing), form.status


# --- in the hall --------------------------------------------------------------------------------------------------


@blueprint.get("/draws/<int:draw_id>/hall")
@needs_on_subject("draw.read")
def hall(draw_id: int) -> Answer:
    """For a projector: one step a page, in large type, by the arrow keys."""
    found = _reached(draw_id)
    now = ceremonies.step_of(found)
    step = request.args.get("step", now, type=int)
    if not 1 <= step <= len(STEPS):
        raise NotFound
    panels = ceremonies.coded_panels(found)
    return render_template(
        f"panels/hall/{step}.html",
        draw=found,
        step=step,
        now=now,
        steps=STEPS,
        panels=panels,
        loads=ceremonies.coded_loads(panels),
        missing=ceremonies.missing_for_draw(found),
        form=forms.PublicValueForm(),
        is_time=found.known_at is not None and clock.now() >= found.known_at,
        name_of=ceremonies.party_name,
        counts=ceremonies.counts_of(found),
        policy_words=policy_words(found),
    )


@blueprint.get("/draws/<int:draw_id>/paper")
@needs_on_subject("draw.read")
def paper(draw_id: int) -> Answer:
    """The record of the ceremony, for signatures."""
    found = _reached(draw_id)
    return render_template(
        "panels/ceremony/paper.html",
        draw=found,
        panels=ceremonies.coded_panels(found),
        name_of=ceremonies.party_name,
        counts=ceremonies.counts_of(found),
        policy_words=policy_words(found),
        seed=ceremony.SEED_FORMAT,
    )
