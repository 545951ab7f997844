"""Letters in the bundle: each with its sheet in the full version, none in the public one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.demo.story import CODE
from app.kernel import unit_of_work
from app.kernel.canonical import digest
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
    edition_id = select(Edition.id).where(Edition.code == CODE).scalar_subquery()
    letters = db.session.scalars(select(Letter).where(Letter.edition_id == edition_id).order_by(Letter.sequence)).all()
    assert letters
    assert {path for path in found if path.startswith("letters/")} == {
        "letters/letters.jsonl",
        *(f"letters/{letter.number}.pdf" for letter in letters),
    }
    assert found[f"letters/{letters[-1].number}.pdf"] == pdf_of(letters[-1])
    records = [json.loads(line) for line in found["letters/letters.jsonl"].splitlines()]
    assert [record["number"] for record in records] == [letter.number for letter in letters]
    assert all(digest(record["content"]) == record["digest"] for record in records)
    told = [json.loads(line) for line in found["audit/events.jsonl"].splitlines()]
    issued = {event["detail"]["digest"] for event in told if event["action"] == "letter.issue"}
    assert issued == {letter.digest for letter in letters}
    assert checked(packed(found), tmp_path)[0] == 0


@pytest.mark.demo("result")
def test_the_public_version_holds_no_letter(app_context: Flask) -> None:
    found = bundle(full=False)
    assert [path for path in found if path.startswith("letters/")] == []
    assert b"letter.issue" not in found["audit/events.jsonl"]
