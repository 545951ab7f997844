"""Pictures of a stored PDF's pages: made once by a program of its own, kept beside the uploads, never a part of any record."""

import os
import secrets
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pikepdf
from flask import current_app

from app.kernel import files
from app.kernel.errors import NotFound, Problem
from app.kernel.words import N_, Message

RENDERER = Path(__file__).with_name("page_renderer.py")
WIDTH = 1240
"""Pixels across a page: 150 dots an inch on A4."""
SECONDS = 20
MEDIA_TYPE = "application/pdf"


class Unreadable(Problem):
    """The file is sound, but this page cannot be shown as a picture."""

    status = 422

    def __init__(self) -> None:
        super().__init__(Message(N_("这一页无法显示为图片。请下载原文件查看。")))


@lru_cache(maxsize=512)
def count(sha256: str) -> int:
    """How many pages a stored PDF has."""
    with files.store().open(sha256) as content, pikepdf.open(content) as document:
        return len(document.pages)


def page_view(sha256: str, page: int) -> Path:
    """The picture of a page, counted from 1. Raises NotFound where there is no such page, Unreadable where it fails."""
    if not 1 <= page <= count(sha256):
        raise NotFound
    place = _folder() / sha256[:2] / f"{sha256}-{page}.webp"
    if not place.is_file():
        place.parent.mkdir(parents=True, exist_ok=True)
        make(files.store().path(sha256), page, place)
    return place


def forget(sha256: str) -> None:
    """Where the file itself goes, its pictures go too."""
    count.cache_clear()
    for picture in (_folder() / sha256[:2]).glob(f"{sha256}-*.webp"):
        picture.unlink(missing_ok=True)


def make(source: Path, page: int, place: Path) -> None:
    """Written beside its place and renamed, so that two readers at once see no half picture."""
    waiting = place.with_name(f".{secrets.token_hex(8)}")
    command = [sys.executable, "-I", str(RENDERER), str(source), str(page), str(WIDTH)]
    try:
        with waiting.open("xb") as output:
            subprocess.run(
                command, stdout=output, stderr=subprocess.DEVNULL, timeout=SECONDS, check=True, env=_little()
            )
        waiting.replace(place)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise Unreadable from None
    finally:
        waiting.unlink(missing_ok=True)


def _little() -> dict[str, str]:
    """No secret of the server's environment reaches the program that reads a stranger's file."""
    return {"PATH": os.defpath}


def _folder() -> Path:
    settings = current_app.extensions["settings"]
    return Path(settings.instance_path) / "page-views"
