"""Evidence page by page: for the expert of the dossier alone, every page on record, hostile files kept at arm's length."""

from pathlib import Path
from typing import Any

import pikepdf
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from app.applications.models import EvidenceFile
from app.audit.models import AuditEvent
from app.demo.documents import evidence_pdf
from app.experts.models import Expert
from app.kernel import page_views
from app.kernel.database import db
from app.kernel.page_views import Unreadable
from app.panels.models import Assignment
from app.workflow import AssignmentState

EXPERT, OFFICE = "expert@demo.example", "office@demo.example"


def own_evidence() -> tuple[int, int]:
    """An open task of the demo's expert, and a PDF of its dossier."""
    found = (
        select(Assignment.id, EvidenceFile.id)
        .join(EvidenceFile, EvidenceFile.application_id == Assignment.application_id)
        .join(Expert, Expert.id == Assignment.expert_id)
        .where(Expert.email == EXPERT, Assignment.state == AssignmentState.CLEARED)
        .where(EvidenceFile.media_type == page_views.MEDIA_TYPE)
        .order_by(Assignment.id, EvidenceFile.id)
    )
    row = db.session.execute(found.limit(1)).one()
    return row[0], row[1]


@pytest.mark.demo("scoring")
def test_the_expert_reads_a_page_and_the_look_is_on_record(app: Flask, signed_in: Any) -> None:
    with app.app_context():
        seat, file = own_evidence()
    expert = signed_in(EXPERT)
    page = expert.page(f"/assignments/{seat}/files/{file}/pages/1")
    assert "第 1 页" in page.text
    picture = expert.get(f"/assignments/{seat}/files/{file}/pages/1.webp")
    assert (picture.status_code, picture.mimetype) == (200, "image/webp")
    assert "private" in picture.headers["Cache-Control"]
    picture.close()
    with app.app_context():
        looks = db.session.scalars(
            select(AuditEvent).where(AuditEvent.subject_type == "evidence_file", AuditEvent.subject_id == file)
        ).all()
    assert [look.detail for look in looks][-1] == {"page": 1}
    assert expert.get(f"/assignments/{seat}/files/{file}/pages/2").status_code == 404
    assert expert.get(f"/assignments/{seat}/files/{file}/pages/0.webp").status_code == 404


@pytest.mark.demo("scoring")
@pytest.mark.parametrize("who", [OFFICE, "leader@demo.example", "applicant@demo.example"])
def test_nobody_else_sees_a_page_by_that_door(app: Flask, signed_in: Any, who: str) -> None:
    with app.app_context():
        seat, file = own_evidence()
    for part in ("1", "1.webp"):
        assert signed_in(who).get(f"/assignments/{seat}/files/{file}/pages/{part}").status_code == 404


def test_a_picture_is_bounded_whatever_size_a_page_claims(app_context: Flask, tmp_path: Path) -> None:
    source = tmp_path / "wide.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(14_000, 200))
        pdf.add_blank_page(page_size=(200, 14_000))
        pdf.save(source)
    for page in (1, 2):
        place = tmp_path / f"{page}.webp"
        page_views.make(source, page, place)
        with Image.open(place) as picture:
            assert max(picture.size) <= 2 * page_views.WIDTH


def test_what_cannot_be_shown_is_said_and_leaves_nothing_behind(app_context: Flask, tmp_path: Path) -> None:
    source = tmp_path / "broken.pdf"
    source.write_bytes(evidence_pdf("fine")[:200])
    with pytest.raises(Unreadable):
        page_views.make(source, 1, tmp_path / "1.webp")
    assert [path.name for path in tmp_path.iterdir()] == ["broken.pdf"]
