"""The supervisor's reader of the record: filter, page, verify, export. It changes nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from flask import Blueprint, render_template, request, stream_with_context
from werkzeug.wrappers import Response

from app.audit import export, queries
from app.audit.forms import FilterForm
from app.kernel.errors import NotFound
from app.web.guard import needs

blueprint = Blueprint("audit", __name__, template_folder="templates")

Writer = Callable[[Iterable[Mapping[str, Any]]], Iterator[str]]
EXPORTS: dict[str, tuple[Writer, str]] = {
    "jsonl": (export.json_lines, "application/jsonl"),
    "csv": (export.comma_separated, "text/csv"),
}


def _asked() -> tuple[FilterForm, queries.Filter]:
    form = FilterForm(request.args)
    return form, form.chosen() if form.validate() else queries.Filter()


@blueprint.get("/audit")
@needs("audit.read")
def events() -> tuple[str, int]:
    form, narrowed = _asked()
    listing = queries.events(narrowed, page=request.args.get("page", 1, type=int))
    return render_template("audit/events.html", form=form, listing=listing), 422 if form.errors else 200


@blueprint.get("/audit/verify")
@needs("audit.verify")
def verify() -> str:
    return render_template("audit/verify.html", verdict=queries.verify())


@blueprint.get("/audit/export.<kind>")
@needs("audit.export")
def download(kind: str) -> Response:
    if kind not in EXPORTS:
        raise NotFound
    write, media_type = EXPORTS[kind]
    _form, narrowed = _asked()
    body = stream_with_context(write(queries.stream(narrowed)))
    return Response(
        body,
        content_type=f"{media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="zhiheng-audit.{kind}"'},
    )
