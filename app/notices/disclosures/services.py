"""Told in confidence, and answered. Nothing here writes the audit log, a mail or a count that others read (ADR 27)."""

import secrets

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.notices.disclosures.models import Disclosure
from app.notices.rules import token_hash
from app.policy import demand


def disclose(actor: Actor, edition_id: int, *, text: str, contact: str) -> tuple[Disclosure, str]:
    """Keep what was told; the token returned is kept nowhere else. Who is signed in is not kept either."""
    demand(actor, "disclosure.create")
    if not text.strip():
        raise Invalid(Message(N_("请写明要反映的事实。")), field="statement")
    token = secrets.token_urlsafe(24)
    told = Disclosure(
        edition_id=edition_id,
        token_hash=token_hash(token),
        text=text.strip(),
        contact=contact.strip(),
        received_at=clock.now(),
    )
    db.session.add(told)
    db.session.flush()
    return told, token


def answer(actor: Actor, told: Disclosure, *, text: str) -> None:
    """Once; it shows under the link that only the teller has."""
    demand(actor, "disclosure.answer", told)
    if told.answered_at is not None:
        raise NotReady([Message(N_("已经答复过，答复不能改动。"))])
    if not text.strip():
        raise Invalid(Message(N_("请写明处理情况。")), field="answer")
    told.answer, told.answered_at, told.answered_by = text.strip(), clock.now(), actor.user_id
    db.session.flush()
