"""A file made of what its orderer may read at this moment: at once while he waits, or by the clock."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import g

from app.exports import letters, pages, queries, services
from app.exports.models import Export
from app.exports.queries import Source
from app.exports.rules import ExportFormat, ExportKind
from app.kernel import files
from app.kernel.database import db
from app.kernel.errors import Forbidden
from app.kernel.spreadsheets import FORMATS
from app.kernel.typesetting import typeset
from app.kernel.words import Message
from app.web.language import spoken

PAPERS = Path(__file__).parent / "papers"
LARGEST = 500 * files.MEGABYTE

Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Made:
    content: io.BytesIO
    filename: str
    sheets: int


def build(export_id: int, tell: Tell) -> Made:
    """Reads much and writes nothing. Forbidden where the rights to what was ordered have ended since."""
    export = db.session.get_one(Export, export_id)
    g.time_zone = export.edition.time_zone
    return _letters(export, tell) if export.kind is ExportKind.LETTERS else _sheets(export, tell)


def _sheets(export: Export, tell: Tell) -> Made:
    source = queries.source_of(export)
    if source is None or not source.reviewers:
        raise _no_longer()
    with spoken(export.language):
        return Made(_content(export, source, tell), pages.filename(export), len(source.reviewers))


def _letters(export: Export, tell: Tell) -> Made:
    found = queries.letters_of(export)
    if not found:
        raise _no_longer()
    with spoken(export.language):
        return Made(letters.archive(found, tell), letters.filename(export), len(found))


def _no_longer() -> Forbidden:
    return Forbidden(Message(services.NO_LONGER), "export.order")


def _content(export: Export, source: Source, tell: Tell) -> io.BytesIO:
    if export.suffix is ExportFormat.PDF:
        return _summary(export, source)
    write, _media_type = FORMATS[export.suffix]
    return write(pages.table(export, source, tell))


def _summary(export: Export, source: Source) -> io.BytesIO:
    assert source.view is not None
    return io.BytesIO(typeset(PAPERS / "score_summary.typ", pages.summary(export, source.view, source)))


def keep(export_id: int, made: Made) -> None:
    stored = files.passing().put(made.content, limit=LARGEST, check=lambda _path: None)
    services.keep(db.session.get_one(Export, export_id), stored=stored, filename=made.filename, sheets=made.sheets)


def give_up(export_id: int, why: Message) -> None:
    services.give_up(db.session.get_one(Export, export_id), why)


def make_now(export: Export) -> None:
    """In the request of whoever waits for it."""
    keep(export.id, build(export.id, lambda _done, _total: None))
