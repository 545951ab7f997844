"""Bundles for tests: opened, changed and packed again as an insider with the key could, and checked by `verify/`."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pypdfium2

from app.kernel import signing
from app.kernel.canonical import Record, canonical
from app.outcomes.bundle.files import DIGESTS, INDEX, SIGNATURE, File, Piece, archive

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "verify" / "verify.py"
sys.path.insert(0, str(PROGRAM.parent))
try:
    import archive as verifier
finally:
    sys.path.remove(str(PROGRAM.parent))
Files = dict[str, bytes]
Edit = Callable[[str], str]


def unpacked(bundle: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(bundle)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def words(files: Mapping[str, bytes]) -> str:
    """All that a reader finds in them, on paper too."""
    return "\n".join(_on_paper(each) if path.endswith(".pdf") else each.decode() for path, each in files.items())


def _on_paper(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as paper:
        return "".join(page.get_textpage().get_text_bounded() for page in paper)


def packed(files: Mapping[str, bytes]) -> bytes:
    """As they are: whoever lacks the key can do no more."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in files.items():
            made.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def signed_again(files: Mapping[str, bytes]) -> bytes:
    """With new digests of everything and a new signature by the installation's own key."""
    index = json.loads(files[INDEX])
    schemas = {file["path"]: file["schema"] for file in index["files"]}
    own = (INDEX, SIGNATURE, DIGESTS)
    made = [File(path, schemas[path], _pieces(path, content)) for path, content in files.items() if path not in own]
    head = {key: index[key] for key in ("edition", "version", "audit_root")}
    return archive(made, head, key=signing.public_key(), sign=signing.sign)


def _pieces(path: str, content: bytes) -> tuple[Piece, ...]:
    if not path.endswith((".csv", ".jsonl")):
        return (Piece(0, path, content),)
    return tuple(
        Piece(place, str(place), line) for place, line in enumerate(content.splitlines(keepends=True), start=1)
    )


def edited(files: Mapping[str, bytes], path: str, edit: Callable[[Record], object], *, line: int = 0) -> Files:
    """With one JSON record changed: a document, or a line of a file of lines."""
    lines = files[path].decode().splitlines(keepends=True)
    record = json.loads(lines[line])
    edit(record)
    lines[line] = canonical(record) + "\n"
    return {**files, path: "".join(lines).encode()}


def replaced(files: Mapping[str, bytes], path: str, old: str, new: str) -> Files:
    text = files[path].decode()
    assert old in text, f"{path} holds no {old!r}"
    return {**files, path: text.replace(old, new, 1).encode()}


def named(bundle: bytes) -> str:
    """What the program's checks of signature and files name as changed: run in this process, for very many changes."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as opened:
        every = verifier.Bundle(opened)
        try:
            verifier.check_signature(every, "")
            verifier.check_files(every)
        except verifier.Fault as fault:
            return str(fault.named)
    return ""


def checked(bundle: bytes, folder: Path, *options: str) -> tuple[int, list[str]]:
    """Exit code and lines of the program, run by itself: no package of this environment is in its reach."""
    place = folder / "bundle.zip"
    place.write_bytes(bundle)
    command = [sys.executable, "-I", str(PROGRAM), str(place), *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    return done.returncode, [*done.stdout.splitlines(), *done.stderr.splitlines()]
