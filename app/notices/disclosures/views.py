"""Screens of what is told in confidence: anybody's form and link, the supervisor's list."""

from flask import Blueprint, flash, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from app.kernel.errors import NotFound
from app.notices.disclosures import queries, services
from app.notices.disclosures.forms import AnswerForm, DisclosureForm
from app.programmes import current
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _

blueprint = Blueprint("disclosures", __name__, template_folder="templates")

Answer = Response | str | tuple[str, int]
TOKEN = "disclosure_token"  # noqa: S105 - the name under which the browser keeps it


@blueprint.route("/disclosures/new", methods=["GET", "POST"])
@needs("disclosure.create")
def tell() -> Answer:
    header, form = current.header(), DisclosureForm()
    if header is None:
        raise NotFound
    if form.validate_on_submit():
        with form.problems():
            _told, session[TOKEN] = services.disclose(
                actor(), header.id, text=form.text("statement"), contact=form.text("contact")
            )
            return redirect(url_for("disclosures.received"), 303)
    return render_template("disclosures/tell.html", form=form), form.status


@blueprint.get("/disclosures/received")
@needs("disclosure.create")
def received() -> str:
    token = session.get(TOKEN, "")
    if queries.by_token(token) is None:
        raise NotFound
    return render_template("disclosures/received.html", token=token)


@blueprint.get("/disclosures/follow/<token>")
@needs("disclosure.follow")
def follow(token: str) -> str:
    found = queries.by_token(token)
    if found is None:
        raise NotFound
    return render_template("disclosures/follow.html", found=found)


@blueprint.get("/disclosures")
@needs("disclosure.list")
def index() -> str:
    found = current.chosen()
    rows = [] if found is None else queries.of_edition(actor(), found.id)
    return render_template("disclosures/index.html", found=found, rows=rows)


@blueprint.route("/disclosures/<int:disclosure_id>", methods=["GET"])
@needs_on_subject("disclosure.read")
def show(disclosure_id: int) -> str:
    found = reach(queries.find(disclosure_id), "disclosure.read")
    return render_template("disclosures/show.html", found=found, form=AnswerForm())


@blueprint.post("/disclosures/<int:disclosure_id>/answer")
@needs_on_subject("disclosure.answer")
def answer(disclosure_id: int) -> Answer:
    found, form = reach(queries.find(disclosure_id), "disclosure.read"), AnswerForm()
    if form.validate_on_submit():
        with form.problems():
            services.answer(actor(), found, text=form.text("answer"))
            flash(_("答复已保存，反映人凭链接可以看到。"), "done")
            return redirect(url_for("disclosures.show", disclosure_id=disclosure_id), 303)
    return render_template("disclosures/show.html", found=found, form=form), form.status
