"""Uploaded files, kept by what they contain: the name of a stored file is the SHA-256 of its bytes.

A file is written beside its place, flushed to the disk and only then renamed, so nothing is ever there by half. The same
bytes are kept once. Files are never changed; every read computes the digest again.
"""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flask import current_app

from app.kernel.errors import Invalid, Problem
from app.kernel.words import N_, Message

PIECE = 1024 * 1024
MEGABYTE = 1024 * 1024

Check = Callable[[Path], None]


class Damaged(Problem):
    """A stored file is gone or is no longer what was stored."""

    status = 500

    def __init__(self) -> None:
        super().__init__(Message(N_("这个文件已经损坏或丢失，没有发送。请联系系统运维员从备份恢复。")))


class Erased(Damaged):
    """A stored file was removed by rule, after its term."""

    status = 410

    def __init__(self) -> None:
        Problem.__init__(self, Message(N_("这个文件的保存期限已满，已按规定删除。它的摘要仍在记录中。")))


@dataclass(frozen=True)
class Stored:
    sha256: str
    size: int


class FileStore:
    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, content: BinaryIO, *, limit: int, check: Check) -> Stored:
        """Keep the bytes if they are within the limit and `check` (which may raise) finds nothing against them."""
        self.root.mkdir(parents=True, exist_ok=True)
        waiting = self.root / f".incoming-{secrets.token_hex(12)}"
        try:
            stored = _write(content, waiting, limit)
            check(waiting)
            self._settle(waiting, stored.sha256)
        finally:
            waiting.unlink(missing_ok=True)
        return stored

    def open(self, sha256: str) -> BinaryIO:
        """The file, read once to the end and found to be what was stored; the caller closes it."""
        path = self.path(sha256)
        if not path.is_file():
            raise Erased if _mark(path).exists() else Damaged
        file = path.open("rb")
        if _digest(file) != sha256:
            file.close()
            raise Damaged
        file.seek(0)
        return file

    def remove(self, sha256: str) -> None:
        """Only for what was stored for a while."""
        self.path(sha256).unlink(missing_ok=True)

    def erase(self, sha256: str) -> None:
        """For good, by rule: an empty mark beside its place tells whoever asks for it."""
        place = self.path(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        _mark(place).touch()
        place.unlink(missing_ok=True)

    def is_sound(self, sha256: str) -> bool:
        """Whether the file is there and equal to its digest; for `flask doctor`."""
        try:
            self.open(sha256).close()
        except Damaged:
            return False
        return True

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256

    def digests(self) -> Iterator[str]:
        """Every stored file; one that no row names was left by an upload that was undone, and harms nothing."""
        yield from (path.name for path in sorted(self.root.glob("??/*")) if not path.suffix)

    def _settle(self, waiting: Path, sha256: str) -> None:
        place = self.path(sha256)
        place.parent.mkdir(exist_ok=True)
        if not self.is_sound(sha256):
            waiting.replace(place)
            _flush_folder(place.parent)


def store() -> FileStore:
    """The store of the running application."""
    return FileStore(Path(current_app.extensions["settings"].uploads_path))


def passing() -> FileStore:
    """Where files wait that can be made again: they are taken along within a day, and no backup needs them."""
    return FileStore(Path(current_app.extensions["settings"].instance_path) / "exports")


def _write(content: BinaryIO, path: Path, limit: int) -> Stored:
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        path.chmod(0o600)
        while piece := content.read(PIECE):
            size += len(piece)
            if size > limit:
                raise Invalid(
                    Message(
                        N_("文件超过 %(limit)s MB，没有保存。请压缩或拆分后再上传。"), {"limit": limit // MEGABYTE}
                    ),
                    field="file",
                )
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise Invalid(Message(N_("这是一个空文件，没有保存。请检查后重新选择。")), field="file")
    return Stored(digest.hexdigest(), size)


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _mark(place: Path) -> Path:
    return place.with_suffix(".erased")


def _flush_folder(folder: Path) -> None:
    """A rename survives a power cut only when the folder is on the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
