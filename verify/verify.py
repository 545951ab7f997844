#!/usr/bin/env python3
"""Checks the archive of an edition without the product: `python3 verify.py BUNDLE.zip [--key KEY] [--en]`.

Python 3.9 or newer, nothing to install; the other files of this folder lie beside it. Every number is computed again from the
records (docs/bundle.md); no line is shared with the program that wrote them. One line a check: what holds, or the first
thing that differs. Exit code 0: everything holds; 1: something does not; 2: this is no such archive.
"""

from __future__ import annotations

import argparse
import os
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))  # python3 -I does not look there by itself

import archive
import committee
import hearing
import panels
import result
from texts import FAULTS, HOLDS, TITLES, USAGE

# --- all checks ---------------------------------------------------------------------------------------------------

BROKEN = (KeyError, IndexError, TypeError, ValueError, AttributeError, StopIteration, ArithmeticError, RecursionError)
Check = Callable[[], tuple[Any, ...]]


def checks(bundle: archive.Bundle, key: str) -> Iterator[tuple[str, Check]]:
    """Each with the key of its title; those of a folder once for every file in it."""
    yield "signature", lambda: archive.check_signature(bundle, key)
    yield "files", lambda: archive.check_files(bundle)
    yield "rulebook", lambda: panels.check_rulebook(bundle)
    for path in bundle.under("draws/"):
        yield "draw", lambda path=path: panels.check_draw(bundle, path)
    yield "seats", lambda: panels.check_seats(bundle)
    for path in bundle.under("hearings/"):
        yield "lot", lambda path=path: hearing.check_lot(bundle, path)
    yield "sheets", lambda: result.check_sheets(bundle)
    yield "consensus", lambda: result.check_consensus(bundle)
    for path in bundle.under("rankings/"):
        yield "ranking", lambda path=path: result.check_ranking(bundle, bundle.document(path))
    yield "onward", lambda: result.check_onward(bundle)
    for path in bundle.under("committee/"):
        yield "session", lambda path=path: committee.check_session(bundle, bundle.document(path))
    yield "all decided", lambda: committee.check_nobody_left_out(bundle)
    for path in bundle.under("notices/"):
        yield "notice", lambda path=path: committee.check_notice(bundle, bundle.document(path))
    yield "outcomes", lambda: committee.check_outcomes(bundle)
    yield "certificates", lambda: committee.check_certificates(bundle)
    yield "audit", lambda: archive.check_audit(bundle)
    yield "checkpoints", lambda: archive.check_checkpoints(bundle)


def report(bundle: archive.Bundle, key: str, language: int) -> int:
    failed = 0
    for title, check in checks(bundle, key):
        try:
            said, *named = check()
            print("OK ", HOLDS[said][language].format(*named))
        except archive.Fault as fault:
            failed += 1
            print("✗  ", FAULTS[fault.key][language].format(*fault.named))
        except BROKEN as wrong:
            failed += 1
            print("✗  ", FAULTS["incomplete"][language].format(TITLES[title][language], type(wrong).__name__, wrong))
    print(FAULTS["failed"][language].format(failed) if failed else HOLDS["all"][language])
    return 1 if failed else 0


def speaks_english() -> bool:
    """Chinese unless the environment asks for English."""
    asked = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next(filter(None, asked), "zh").startswith("en")


def main(arguments: list[str]) -> int:
    reader = argparse.ArgumentParser(prog="verify.py", description=USAGE)
    reader.add_argument("bundle")
    reader.add_argument("--key", default="")
    reader.add_argument("--en", action="store_true")
    asked = reader.parse_args(arguments)
    language = int(asked.en or speaks_english())
    try:
        with zipfile.ZipFile(asked.bundle) as opened:
            if archive.INDEX in opened.namelist():
                return report(archive.Bundle(opened), asked.key.strip().lower(), language)
    except (OSError, zipfile.BadZipFile):
        pass
    print(FAULTS["no bundle"][language], file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
