"""An account whose person is to be forgotten: nobody signs in with it any more, and it keeps no name and no address."""

from sqlalchemy import delete, select, update

from app.accounts.models import ApiToken, LoginSession, SignInAttempt, User
from app.kernel import clock
from app.kernel.actor import Role
from app.kernel.database import db
from app.kernel.outbox import OutboxMessage

EXPERT_ROLES = frozenset({Role.EXPERT, Role.LEADER, Role.HEAD})
ERASED = "@erased.invalid"
"""Where no mail can go: whoever has an address that ends so has been forgotten by rule."""
NOWHERE = "user-{}" + ERASED


def erase(user: User, *, pseudonym: str) -> bool:
    """Close the account of an expert and forget whose it was; one that has other roles stays, and the answer is no."""
    if {each.role for each in user.grants} - EXPERT_ROLES:
        return False
    former = db.session.scalars(select(User).where(User.successor_id == user.id)).all()
    for each in (user, *former):
        _forget(each, pseudonym)
    return True


def forget_mail(address: str) -> None:
    db.session.execute(delete(OutboxMessage).where(OutboxMessage.recipient == address))


def _forget(user: User, pseudonym: str) -> None:
    forget_mail(user.email)
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.email == user.email))
    db.session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))
    open_tokens = ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None)
    db.session.execute(update(ApiToken).where(*open_tokens).values(revoked_at=clock.now()))
    user.name, user.email = pseudonym, NOWHERE.format(user.id)
    user.password_hash, user.active = "", False
