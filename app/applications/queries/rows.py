"""Rows: what an actor may see of applicants, dossiers, files and receipts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, literal, or_, select
from sqlalchemy.orm import joinedload

from app.applications.models import RELEASED, Applicant, Application, DossierSection, EvidenceFile, Receipt
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.words import LocalText
from app.programmes.models import Edition
from app.programmes.queries import rulebook_with_digest
from app.programmes.rules.rulebook import Rulebook
from app.workflow import ApplicationState


@dataclass(frozen=True)
class Mine:
    """One row of an applicant's own list."""

    id: int
    edition: LocalText
    number: str
    name: str
    state: ApplicationState
    correction_due: datetime | None
    submitted_at: datetime | None
    is_released: bool
    letters: int
    lifecycle: str = "application"


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The dossiers that `application.read` allows, as a condition; a test holds it against the policy."""
    handed_in = Application.state != ApplicationState.DRAFT
    seen: list[ColumnElement[bool]] = [false()]
    if actor.has(Role.APPLICANT):
        seen.append(Application.owner_id == actor.user_id)
    if actor.has(Role.RECOMMENDER) and actor.body_id is not None:
        seen.append(handed_in & (Application.body_id == actor.body_id))
    if actor.has(Role.OFFICE, Role.SUPERVISOR):
        seen.append(handed_in)
    return or_(*seen)


def find(application_id: int) -> Application | None:
    """One dossier with its edition; whether the actor may see it is asked by the view."""
    return db.session.scalar(
        select(Application)
        .options(joinedload(Application.edition, innerjoin=True))
        .where(Application.id == application_id)
    )


def applicant_of(actor: Actor) -> Applicant | None:
    return db.session.scalar(select(Applicant).where(Applicant.owner_id == actor.user_id))


def mine(actor: Actor, *, letters: ColumnElement[int] | None = None) -> list[Mine]:
    """The actor's own dossiers of all editions, the newest first; `letters` counts what a later stage wrote about each."""
    rows = db.session.execute(
        select(
            Application.id,
            Edition.title_zh,
            Edition.title_en,
            Application.number,
            Application.name,
            Application.state,
            Application.correction_due,
            Application.submitted_at,
            Edition.state.in_(RELEASED),
            literal(0) if letters is None else letters,
        )
        .join(Edition, Edition.id == Application.edition_id)
        .where(Application.owner_id == actor.user_id)
        .order_by(Application.id.desc())
    )
    return [Mine(row.id, LocalText(row.title_zh, row.title_en), *row[3:]) for row in rows]


def own_application(applicant: Applicant, edition_id: int) -> int | None:
    """The id of the applicant's dossier in that edition."""
    return db.session.scalar(
        select(Application.id).where(Application.applicant_id == applicant.id, Application.edition_id == edition_id)
    )


@dataclass(frozen=True)
class StoredText:
    text: str = ""
    version: int = 0


def section(application: Application, key: str) -> StoredText:
    """One text of the dossier with its own version; 0 before it was ever saved."""
    row = db.session.execute(
        select(DossierSection.text, DossierSection.version).where(
            DossierSection.application_id == application.id, DossierSection.key == key
        )
    ).one_or_none()
    return StoredText() if row is None else StoredText(row.text, row.version)


def rulebook_for(application: Application) -> Rulebook:
    return rulebook_with_digest(application.edition_id, application.edition.rulebook_digest)


def evidence_files(application: Application) -> list[EvidenceFile]:
    """The files that stand in the dossier now."""
    return list(
        db.session.scalars(
            select(EvidenceFile)
            .where(EvidenceFile.application_id == application.id, EvidenceFile.removed_at.is_(None))
            .order_by(EvidenceFile.id)
        )
    )


def find_file(file_id: int) -> EvidenceFile | None:
    """A file of a dossier; a removed one only where a submitted version holds it."""
    file = db.session.scalar(
        select(EvidenceFile).options(joinedload(EvidenceFile.application)).where(EvidenceFile.id == file_id)
    )
    return file if file is not None and (file.removed_at is None or _was_submitted(file)) else None


def find_receipt(application: Application, version_number: int) -> Receipt | None:
    return db.session.scalar(
        select(Receipt).where(Receipt.application_id == application.id, Receipt.version_number == version_number)
    )


def _was_submitted(file: EvidenceFile) -> bool:
    contents = db.session.scalars(select(Receipt.content).where(Receipt.application_id == file.application_id))
    return any(kept["id"] == file.id for content in contents for kept in content["files"])
