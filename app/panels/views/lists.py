"""Panels from a spreadsheet, or as they were in another round: looked at first, then confirmed with a reason."""

import hashlib
import io
from collections.abc import Sequence

from flask import flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from app.experts.rules import TableRefused
from app.kernel.errors import NotFound
from app.panels import forms, lists, origins, queries, services
from app.panels.lists import COLUMNS, Proposal
from app.panels.models import SeatOrigin
from app.panels.views.room import Answer, blueprint
from app.programmes.models import Round
from app.web.formats import say
from app.web.guard import actor, needs_on_subject, reach
from app.web.language import _, chosen

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _reached(round_id: int) -> Round:
    return reach(queries.find_round(round_id), "draw.read")


@blueprint.route("/rounds/<int:round_id>/panels/import", methods=["GET", "POST"])
@needs_on_subject("assignment.seat")
def upload_list(round_id: int) -> Answer:
    """The upload answers with its preview; nothing of it is kept but what the page itself carries."""
    round_, form = _reached(round_id), forms.ListFileForm()
    if form.validate_on_submit():
        try:
            with form.file.data.stream as file:
                content, filename = file.read(), form.file.data.filename or ""
            listed = lists.read_list(filename, content)
        except TableRefused as refused:
            form.blame("file", say(refused.message))
        else:
            carried = forms.ListForm(formdata=None)
            carried.carry(listed, filename=filename, digest=hashlib.sha256(content).hexdigest())
            return _preview(
                round_, lists.propose(round_, listed), carried, url_for("panels.seat_list", round_id=round_id)
            )
    return render_template("panels/lists/upload.html", round=round_, form=form), form.status


@blueprint.get("/rounds/<int:round_id>/panels/import/template.xlsx")
@needs_on_subject("assignment.seat")
def list_template(round_id: int) -> Response:
    _reached(round_id)
    return send_file(
        io.BytesIO(lists.template(chosen())),
        mimetype=SPREADSHEET,
        as_attachment=True,
        download_name=_(lists.FILENAME),
    )


@blueprint.post("/rounds/<int:round_id>/panels/list")
@needs_on_subject("assignment.seat")
def seat_list(round_id: int) -> Answer:
    round_, form = _reached(round_id), forms.ListForm()
    listed = form.listed()
    detail = {"file": form.text("filename"), "sha256": form.text("digest")}
    done = _seated(round_, lists.propose(round_, listed), form, SeatOrigin.IMPORT, detail=detail)
    return done or _preview(
        _reached(round_id), lists.propose(round_, listed), form, url_for("panels.seat_list", round_id=round_id)
    )


@blueprint.route("/rounds/<int:round_id>/panels/copy", methods=["GET", "POST"])
@needs_on_subject("assignment.seat")
def copy_panels(round_id: int) -> Answer:
    """Judged from the other round's seats as they stand, whenever the page is asked."""
    round_ = _reached(round_id)
    sources = lists.earlier_rounds(round_)
    if "source" not in request.args:
        return render_template("panels/lists/sources.html", round=round_, sources=sources)
    source = _asked_for(sources)
    form, proposal = forms.CopyForm(), lists.propose(round_, lists.from_round(round_, source))
    detail, here = {"edition": source.edition.code, "round": source.key}, _place(round_, source)
    done = _seated(round_, proposal, form, SeatOrigin.COPY, detail=detail)
    return done or _preview(round_, proposal, form, here, source=source)


def _asked_for(sources: Sequence[Round]) -> Round:
    source = next((each for each in sources if each.id == request.args.get("source", type=int)), None)
    if source is None:
        raise NotFound
    return source


def _place(round_: Round, source: Round) -> str:
    return url_for("panels.copy_panels", round_id=round_.id, source=source.id)


def _seated(
    round_: Round, proposal: Proposal, form: forms.CopyForm, origin: SeatOrigin, *, detail: dict[str, str]
) -> Response | None:
    if form.validate_on_submit():
        with form.problems():
            written = services.seat_list(
                actor(),
                round_,
                proposal,
                origin=origin,
                reason=form.text("reason"),
                without_refused=form.without_refused.data,
                detail=detail,
            )
            flash(_("已写入 %(n)s 个席位，并已通知专家。", n=len(written)), "done")
            return redirect(url_for("panels.round_panels", round_id=round_.id), 303)
    return None


def _preview(
    round_: Round, proposal: Proposal, form: forms.CopyForm, action: str, *, source: Round | None = None
) -> Answer:
    page = render_template(
        "panels/lists/preview.html",
        round=round_,
        source=source,
        proposal=proposal,
        form=form,
        action=action,
        columns=COLUMNS,
        missing=origins.missing_to_name(round_, ()),
    )
    return page, form.status
