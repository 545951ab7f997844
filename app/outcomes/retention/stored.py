"""Every column that names a stored file; which of them still does."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from app.applications.models import EvidenceFile
from app.experts.models import PoolImport
from app.intake.models import Consultation
from app.kernel import files
from app.kernel.database import db
from app.notices.inquiries.models import ObjectionPaper
from app.notices.models import Objection
from app.outcomes.feedback.models import FeedbackReport
from app.outcomes.models import Bundle, Outcome
from app.outcomes.retention.models import ErasedFile
from app.outcomes.retention.queries import erased_rows
from app.outcomes.watch.models import DeclarationFile
from app.visits.models import VisitPhoto

COLUMNS: tuple[Any, ...] = (
    EvidenceFile.sha256,
    VisitPhoto.sha256,
    Consultation.file_sha256,
    Objection.evidence_sha256,
    ObjectionPaper.sha256,
    FeedbackReport.pdf_sha256,
    Outcome.approval_sha256,
    DeclarationFile.sha256,
    Bundle.public_sha256,
    Bundle.full_sha256,
    PoolImport.digest,
)


def is_named(sha256: str) -> bool:
    """Whether a row names this file that no act has let go."""
    return any(_rows(column, sha256) - erased_rows(column.class_.__tablename__) for column in COLUMNS)


def _rows(column: Any, sha256: str) -> set[tuple[int, str]]:
    found = db.session.scalars(select(column.class_.id).where(column == sha256))
    return {(row_id, sha256) for row_id in found}


def unsound(column: Any) -> Iterator[int]:
    """The rows whose file, where they name one and no act let it go, is not what was stored; for `flask doctor`."""
    store, gone = files.store(), erased_rows(column.class_.__tablename__)
    named = db.session.execute(select(column.class_.id, column).where(column != ""))
    return (row for row, sha256 in named if (row, sha256) not in gone and not store.is_sound(sha256))


def left_behind() -> Iterator[str]:
    """Files that an act let go, that no row names any more and that are still there; for `flask doctor`."""
    removed = select(ErasedFile).where(ErasedFile.removed_at.is_not(None)).order_by(ErasedFile.id)
    for each in db.session.scalars(removed):
        if files.store().path(each.sha256).is_file() and not is_named(each.sha256):
            yield f"erased_file {each.id}"
