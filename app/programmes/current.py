"""The edition in every page's head, read once a request and only where a page shows it."""

from typing import cast

from flask import Flask, g
from werkzeug.local import LocalProxy

from app.programmes.queries import EditionHeader, current_header


def header() -> EditionHeader | None:
    if "edition_header" not in g:
        g.edition_header = current_header()
        g.time_zone = g.edition_header.time_zone if g.edition_header else None
    return cast("EditionHeader | None", g.edition_header)


def install(app: Flask) -> None:
    @app.context_processor
    def edition_in_the_head() -> dict[str, object]:
        return {"edition": LocalProxy(header)}
