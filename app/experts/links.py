"""Signed links to an invitation: they serve until its due date, and no other purpose.

A link is signed over the invitation and a digest of the mail address to which it went, so that one that reached a wrong
address dies when the address is corrected. The due date is asked of the invitation, not of the link.
"""

import hashlib

from itsdangerous import BadSignature

from app.accounts.links import public_address, signer
from app.experts.models import Expert, ExpertInvitation
from app.kernel.actor import Actor
from app.kernel.database import db

PURPOSE = "experts.invitation"


def address_for(invitation: ExpertInvitation) -> str:
    return f"{public_address()}/invitations/{token_for(invitation)}"


def token_for(invitation: ExpertInvitation) -> str:
    return str(signer(PURPOSE).dumps([invitation.id, _digest(invitation.expert)]))


def read(token: str) -> ExpertInvitation | None:
    """The invitation that the link is for, or None where it is forged or went to an address that is no longer the expert's."""
    try:
        invitation_id, digest = signer(PURPOSE).loads(token)
    except BadSignature:
        return None
    found = db.session.get(ExpertInvitation, invitation_id)
    return found if found is not None and digest == _digest(found.expert) else None


def bearer(invitation: ExpertInvitation) -> Actor:
    """Who comes by the link: the expert, as far as his invitation goes."""
    return Actor.by_link(invitation.expert_id, invitation.expert.number)


def _digest(expert: Expert) -> str:
    return hashlib.sha256(expert.email.encode()).hexdigest()[:16]
