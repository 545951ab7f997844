"""Letters in the bundle: each with its sheet in the full version, none in the public one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.demo.story import CODE
from app.kernel import unit_of_work
from app.kernel.canonical import Record, digest
from app.kernel.database import db
from app.outcomes import services
from app.outcomes.letters.models import Letter
from app.outcomes.letters.services import pdf_of
from app.programmes.models import Edition
from tests.support.bundles import Files, checked, packed, unpacked


def bundle(*, full: bool) -> Files:
    edition = db.session.scalars(select(Edition).where(Edition.code == CODE)).one()
    with unit_of_work.transaction():
        return unpacked(services.make_bundle(edition, full=full)[1])


@pytest.mark.demo("result")
def test_the_full_version_holds_each_letter_as_its_receiver_has_it(app_context: Flask, tmp_path: Path) -> None:
    found = bundle(full=True)
    letters = written()
    sheets = [f"letters/{letter.number}.pdf" for letter in letters]
    assert sheets
    assert {path for path in found if path.startswith("letters/")} == {"letters/letters.jsonl", *sheets}
    assert found[sheets[-1]] == pdf_of(letters[-1])
    records = read(found, "letters/letters.jsonl")
    assert [record["number"] for record in records] == [letter.number for letter in letters]
    assert [digest(record["content"]) for record in records] == [letter.digest for letter in letters]
    assert issued(found) == {letter.digest for letter in letters}
    assert checked(packed(found), tmp_path)[0] == 0


def written() -> Sequence[Letter]:
    mine = select(Letter).join(Letter.edition).where(Edition.code == CODE)
    return db.session.scalars(mine.order_by(Letter.sequence)).all()


def read(found: Files, path: str) -> list[Record]:
    return [json.loads(line) for line in found[path].splitlines()]


def issued(found: Files) -> set[str]:
    """The digests that the log tells of."""
    return {
        event["detail"]["digest"] for event in read(found, "audit/events.jsonl") if event["action"] == "letter.issue"
    }


@pytest.mark.demo("result")
def test_the_public_version_holds_no_letter(app_context: Flask) -> None:
    found = bundle(full=False)
    assert [path for path in found if path.startswith("letters/")] == []
    assert b"letter.issue" not in found["audit/events.jsonl"]
