"""What was told by letter, in the full version: each letter as it stands on record, and its sheet."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.kernel.canonical import Record
from app.kernel.database import db
from app.outcomes.bundle.files import File, binary, lines
from app.outcomes.bundle.scope import Scope
from app.outcomes.letters.models import Letter
from app.outcomes.letters.services import pdf_of


def files(scope: Scope) -> Iterator[File]:
    if not scope.full:
        return
    found = _letters(scope)
    yield lines("letters/letters.jsonl", "zhiheng-letters/1", map(_record, found), key=("number",))
    yield from (binary(f"letters/{each.number}.pdf", "pdf", pdf_of(each)) for each in found if each.is_kept)


def _letters(scope: Scope) -> Sequence[Letter]:
    found = select(Letter).where(Letter.edition_id == scope.edition.id).order_by(Letter.sequence)
    return db.session.scalars(found.options(joinedload(Letter.application), joinedload(Letter.objection))).all()


def _record(letter: Letter) -> Record:
    return {
        "number": letter.number,
        "occasion": letter.occasion.value,
        "about": letter.about.number,
        "issued_at": letter.issued_at.isoformat(timespec="seconds"),
        "content": letter.content,
        "digest": letter.digest,
    }
