"""The lots of the hearings: who spoke in which order and what each was asked, with everything they follow from."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.defences.models import DefenceSession, DefenceSlot
from app.defences.queries import record_of
from app.kernel.canonical import Record
from app.kernel.database import db
from app.outcomes.bundle.files import File, document
from app.outcomes.bundle.scope import Scope


def files(scope: Scope) -> Iterator[File]:
    found = select(DefenceSession).where(DefenceSession.edition_id == scope.edition.id)
    turns = selectinload(DefenceSession.slots).joinedload(DefenceSlot.application)
    for session in db.session.scalars(
        found.options(turns, joinedload(DefenceSession.round)).order_by(DefenceSession.id)
    ):
        if session.lot_result:
            path = f"hearings/{session.round.key}-{session.number}.json"
            yield document(path, "zhiheng-lot-record/1", _record(scope, session))


def _record(scope: Scope, session: DefenceSession) -> Record:
    """Without who watched in the public version; questions stand there by their digests."""
    record = record_of(session)
    if not scope.full:
        record.pop("witnesses")
    heard = [{"dossier": slot.application.number, "questions": slot.drawn} for slot in session.slots]
    return {"record": record, "heard": heard}
