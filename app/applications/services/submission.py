"""Handing a dossier in, again after a correction, and taking it back."""

from app.applications.letters import SUBMITTED, tell_owner
from app.applications.models import Application, Receipt
from app.applications.queries import (
    SubmissionWindow,
    content_of,
    destination_of,
    facts_of,
    rulebook_for,
    submission_window,
)
from app.applications.queries.dossier import Content
from app.applications.rules import typed
from app.applications.rules.readiness import missing_for_submission
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.numbering import lock_row, next_in_sequence, numbered
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.policy import demand
from app.programmes.models import Edition
from app.workflow import find

NO_SIGNATORY = N_("请填写签署人姓名。")
TOO_LATE = N_("提交已经截止，不能再提交。如因系统故障未能提交，请尽快联系秘书处。")
TOO_EARLY = N_("申报期还没有开始，到时才能提交。")


def submit(actor: Actor, application: Application, *, signatory: str) -> Receipt:
    """Hand the dossier in: it is frozen in a receipt, gets its number, and goes to the recommending body."""
    return _hand_in(actor, application, "application.submit", signatory)


def resubmit(actor: Actor, application: Application, *, signatory: str) -> Receipt:
    """Hand in the corrected dossier before its due time; it goes straight back to the formal check."""
    return _hand_in(actor, application, "application.resubmit", signatory)


def withdraw(actor: Actor, application: Application, *, reason: str) -> None:
    """Take the dossier back; it stays on record and cannot be started again in this edition."""
    advance(application, "application.withdraw", actor, reason=reason)


def missing_now(application: Application, window: SubmissionWindow) -> list[Message]:
    """Everything that stands in the way of handing in at this moment."""
    missing = missing_for_submission(rulebook_for(application), facts_of(application))
    unsent = destination_of(application).problem
    missing += [unsent] if unsent else []
    if not window.is_open:
        early = window.opens_at is not None and clock.now() < window.opens_at
        missing.append(Message(TOO_EARLY if early else TOO_LATE))
    return missing


def _hand_in(actor: Actor, application: Application, action: str, signatory: str) -> Receipt:
    demand(actor, action, application)
    signed = typed.one_line(signatory)
    if not signed:
        raise Invalid(Message(NO_SIGNATORY), field="signatory")
    if application.state not in find(action)[1].sources:
        advance(application, action, actor)  # says why not
    missing = missing_now(application, submission_window(application))
    if missing:
        raise NotReady(missing)
    _number(application)
    receipt = _receipt(actor, application, signed)
    advance(
        application,
        action,
        actor,
        detail={"version": receipt.version_number, "digest": receipt.digest, "signed": signed},
    )
    tell_owner(action, application, SUBMITTED, version=receipt.version_number, digest=receipt.digest)
    return receipt


def _number(application: Application) -> None:
    """`<edition>-<sequence>`, once; writers of one edition stand in line behind its row."""
    if application.sequence is None:
        lock_row(Edition.id, application.edition_id)
        application.sequence = next_in_sequence(Application.sequence, Application.edition_id == application.edition_id)
        application.number = numbered(application.edition.code, application.sequence)
    application.submitted_at = clock.now()
    application.correction_due = None


def _receipt(actor: Actor, application: Application, signatory: str) -> Receipt:
    version, now = len(application.receipts) + 1, clock.now()
    content: Content = content_of(application) | {
        "version": version,
        "signatory": signatory,
        "submitted_at": now.isoformat(timespec="microseconds"),
    }
    assert actor.user_id is not None
    receipt = Receipt(
        application_id=application.id,
        version_number=version,
        submitted_at=now,
        submitted_by=actor.user_id,
        signatory=signatory,
        content=content,
        digest=digest(content),
    )
    db.session.add(receipt)
    application.receipts.append(receipt)
    return receipt
