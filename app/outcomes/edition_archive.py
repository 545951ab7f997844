"""Archiving an edition: what must be settled first, the step itself, and what is said of an archived edition."""

from datetime import datetime

from sqlalchemy import func, select

from app.audit.models import AuditEvent
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import NotReady
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.notices.queries import open_objections
from app.outcomes import archiving
from app.outcomes.feedback.models import FeedbackReport
from app.outcomes.models import Bundle
from app.policy import demand
from app.programmes.models import Edition
from app.workflow import BundleState, EditionState, FeedbackState


def missing_to_archive(edition: Edition) -> list[Message]:
    """Everything at once; the bundle comes last, as whatever else is settled makes the one before incomplete."""
    objections = tuple(each.number for each in open_objections(edition.id))
    unsent = _unsent_reports(edition.id)
    checks = (
        (edition.state is not EditionState.CONCLUDED, Message(N_("本届结果还没有全部公布，不能归档。"))),
        (bool(objections), Message(N_("还有没有答复的异议：%(numbers)s。"), {"numbers": objections})),
        (unsent > 0, Message(N_("还有 %(n)s 份反馈报告没有发给申报者。"), {"n": unsent})),
        (
            bundle_to_record(edition) is None,
            Message(N_("没有包含全部记录的存档包。请在本届最后一步办完之后制作一份。")),
        ),
    )
    return [sentence for failed, sentence in checks if failed]


def _unsent_reports(edition_id: int) -> int:
    unsent = FeedbackReport.edition_id == edition_id, FeedbackReport.state != FeedbackState.RELEASED
    return db.session.scalar(select(func.count()).where(*unsent)) or 0


def bundle_to_record(edition: Edition) -> Bundle | None:
    """The newest bundle, if it was made after the edition's last step."""
    newest = next(iter(archiving.bundles_of(edition)), None)
    if newest is None or newest.state is not BundleState.MADE:
        return None
    return newest if newest.ordered_at >= _last_step(edition) else None


def _last_step(edition: Edition) -> datetime:
    steps = select(func.max(AuditEvent.at)).where(
        AuditEvent.edition_id == edition.id, AuditEvent.state_after.is_not(None), ~AuditEvent.action.like("bundle.%")
    )
    return db.session.scalar(steps) or edition.created_at


def archive(actor: Actor, edition: Edition) -> None:
    """Close an edition for good: the bundle's digests stand in the record, and from then on the database takes nothing more of it."""
    demand(actor, "edition.archive", edition)
    missing, bundle = missing_to_archive(edition), bundle_to_record(edition)
    if missing or bundle is None:
        raise NotReady(missing)
    detail = {"bundle": bundle.id, "public": bundle.public_sha256, "full": bundle.full_sha256}
    advance(edition, "edition.archive", actor, detail=detail)


def archived(edition: Edition) -> AuditEvent | None:
    """The line of the record that archived it, with who, when and the digests; None of editions before the system."""
    if edition.state is not EditionState.ARCHIVED:
        return None
    of_edition = AuditEvent.subject_type == "edition", AuditEvent.subject_id == edition.id
    return db.session.scalar(select(AuditEvent).where(AuditEvent.action == "edition.archive", *of_edition))
