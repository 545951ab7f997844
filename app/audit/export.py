"""The record as a file: JSON lines from which anybody can recompute the chain, and CSV for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.audit.rules import HASHED_FIELDS, stamped
from app.kernel.canonical import canonical
from app.kernel.spreadsheets import harmless

COLUMNS = (*HASHED_FIELDS, "hash")
BYTE_ORDER_MARK = "\ufeff"


def json_lines(events: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One event a line: SHA-256 over the canonical JSON of all fields but `hash` is `hash`."""
    for event in events:
        yield canonical(as_record(event)) + "\n"


def as_record(event: Mapping[str, Any]) -> dict[str, Any]:
    return stamped(event) | {"hash": event["hash"]}


def comma_separated(events: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """With a byte order mark, so that spreadsheets read it as UTF-8; a text that looks like a formula is defused."""
    yield BYTE_ORDER_MARK + _line(COLUMNS)
    for event in events:
        fields = as_record(event) | {"detail": canonical(event["detail"])}
        yield _line([_cell(fields[name]) for name in COLUMNS])


def _cell(value: Any) -> Any:
    return harmless(value) if isinstance(value, str) else value


def _line(cells: Iterable[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(["" if cell is None else cell for cell in cells])
    return line.getvalue()
