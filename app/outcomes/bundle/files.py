"""Files of a bundle and the archive around them: open formats, a digest for every file and every record, no time of day, one
order, so that the same content is the same bytes. Pure. docs/bundle.md says what each schema holds."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.kernel.canonical import Record, canonical
from app.kernel.spreadsheets import harmless

FORMAT = "zhiheng-bundle/1"
INDEX, SIGNATURE, DIGESTS = "index.json", "signature.json", "digests.csv"
FIRST_DAY = (1980, 1, 1, 0, 0, 0)
Cell = str | int | bool | None


@dataclass(frozen=True)
class Piece:
    """One record of a file: its line (0: the file is one record), what people call it, its bytes."""

    line: int
    name: str
    content: bytes


@dataclass(frozen=True)
class File:
    path: str
    schema: str
    pieces: tuple[Piece, ...]

    @property
    def content(self) -> bytes:
        return b"".join(piece.content for piece in self.pieces)


def text(path: str, schema: str, content: str) -> File:
    return File(path, schema, (Piece(0, path, content.encode()),))


def binary(path: str, schema: str, content: bytes) -> File:
    return File(path, schema, (Piece(0, path, content),))


def document(path: str, schema: str, record: Mapping[str, object]) -> File:
    """One record in its canonical form, `format` naming its schema."""
    return text(path, schema, canonical({"format": schema, **record}) + "\n")


def lines(path: str, schema: str, records: Iterable[Record], *, key: Sequence[str]) -> File:
    """One record a line in its canonical form; the fields of `key` name it."""
    pieces = (
        Piece(place, _name(record[field] for field in key), (canonical(record) + "\n").encode())
        for place, record in enumerate(records, start=1)
    )
    return File(path, schema, tuple(pieces))


def table(path: str, schema: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, key: int = 1) -> File:
    """CSV with one heading line; the first `key` cells name a row. No cell breaks its line or is taken for a formula."""
    pieces = [Piece(1, "—", _line(columns))]
    pieces += [Piece(place, _name(row[:key]), _line(row)) for place, row in enumerate(rows, start=2)]
    return File(path, schema, tuple(pieces))


def _name(parts: Iterable[object]) -> str:
    return " · ".join(map(str, parts))


def _line(cells: Iterable[Cell]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(map(_cell, cells))
    return line.getvalue().encode()


def _cell(value: Cell) -> str | int:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return value
    return harmless(" ".join((value or "").splitlines()))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def archive(files: Sequence[File], head: Mapping[str, object], *, key: str, sign: Callable[[bytes], str]) -> bytes:
    """The ZIP: the files in the order of their paths, the digests of all their records, an index of everything, its
    signature. Nothing is compressed, so that no library's version matters."""
    ordered = sorted(files, key=lambda file: file.path)
    ordered.append(_digests(ordered))
    index = _index(ordered, head)
    signature = {"format": "zhiheng-signature/1", "of": INDEX, "key": key, "signature": sign(_signed(index))}
    contents = {INDEX: index, SIGNATURE: (canonical(signature) + "\n").encode()}
    contents |= {file.path: file.content for file in ordered}
    return zipped(contents)


def zipped(contents: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as packed:
        for path, content in contents.items():
            packed.writestr(_entry(path), content)
    return buffer.getvalue()


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, FIRST_DAY)
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    return entry


def _digests(files: Sequence[File]) -> File:
    rows = ((file.path, piece.line, piece.name, sha256(piece.content)) for file in files for piece in file.pieces)
    return table(DIGESTS, "zhiheng-digests/1", ("path", "line", "name", "sha256"), rows, key=2)


def _index(files: Sequence[File], head: Mapping[str, object]) -> bytes:
    listed = [
        {"path": file.path, "schema": file.schema, "bytes": len(file.content), "sha256": sha256(file.content)}
        for file in files
    ]
    index = {"format": FORMAT, **head, "files": listed}
    return (json.dumps(index, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _signed(index: bytes) -> bytes:
    """What the signature is over: the format's name and the index as it stands in the archive."""
    return f"{FORMAT}\n".encode() + index
