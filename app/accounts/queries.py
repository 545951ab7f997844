"""Who signs in, and as whom a browser acts."""

from sqlalchemy import and_, select

from app.accounts.models import LoginSession, RoleGrant, User
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db


def find_by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def actor_of_session(token_hash: str) -> Actor | None:
    """The actor behind a session token, in one statement, or None where it is unknown, expired or taken back."""
    rows = db.session.execute(
        select(
            LoginSession.id,
            User.id,
            User.name,
            User.language,
            RoleGrant.role,
            RoleGrant.body_id,
            RoleGrant.edition_id,
            RoleGrant.expert_id,
        )
        .join(User, User.id == LoginSession.user_id)
        .outerjoin(RoleGrant, RoleGrant.user_id == User.id)
        .where(
            and_(
                LoginSession.token_hash == token_hash,
                LoginSession.revoked_at.is_(None),
                LoginSession.expires_at > clock.now(),
                User.active,
            )
        )
    ).all()
    if not rows:
        return None
    session_id, user_id, name, language = rows[0][:4]
    return Actor(
        user_id=user_id,
        name=name,
        roles=frozenset(row.role for row in rows if row.role is not None),
        body_id=next((row.body_id for row in rows if row.body_id is not None), None),
        expert_id=next((row.expert_id for row in rows if row.expert_id is not None), None),
        language=language,
        session_id=session_id,
        editions=frozenset(row.edition_id for row in rows if row.edition_id is not None),
    )
