"""The edition in every page's head, read once a request and only where a page shows it."""

from typing import cast

from flask import Flask, g, request
from werkzeug.local import LocalProxy

from app.programmes.models import Edition
from app.programmes.queries import EditionHeader, current_header, find_edition


def header() -> EditionHeader | None:
    if "edition_header" not in g:
        g.edition_header = current_header()
        g.time_zone = g.edition_header.time_zone if g.edition_header else None
    return cast("EditionHeader | None", g.edition_header)


def running() -> Edition | None:
    """The edition of the page's head."""
    found = header()
    return None if found is None else find_edition(found.id)


def chosen() -> Edition | None:
    """The edition that a list page shows: `?edition=<id>`, else the current one."""
    wanted = request.args.get("edition", type=int)
    if wanted is None and (current := header()) is not None:
        wanted = current.id
    return None if wanted is None else find_edition(wanted)


def install(app: Flask) -> None:
    @app.context_processor
    def edition_in_the_head() -> dict[str, object]:
        return {"edition": LocalProxy(header)}
