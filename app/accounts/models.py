"""Users, what they may be (role grants), and their revocable sessions."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.actor import Role
from app.kernel.database import Base, enumeration, short
from app.policy.scopes import Scope


class User(Base, kw_only=True):
    """`successor`: the account that the same person uses since two entries of the expert pool became one."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    email: Mapped[str] = mapped_column(short(254), unique=True)
    name: Mapped[str] = mapped_column(short())
    password_hash: Mapped[str] = mapped_column(short(200), default="")
    language: Mapped[str] = mapped_column(short(5), default="zh")
    active: Mapped[bool] = mapped_column(default=True)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    created_at: Mapped[datetime]
    grants: Mapped[list["RoleGrant"]] = relationship(init=False, back_populates="user")
    successor: Mapped["User | None"] = relationship(init=False, remote_side="User.id")


class RoleGrant(Base, kw_only=True):
    """One role of one person, with what the role is tied to, so that one statement tells who acts.

    `body_id`: a recommender's body; `expert_id`: an expert's row in the pool; `edition_id`: a committee member's edition.
    """

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("user_id", "role", "body_id", "edition_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    role: Mapped[Role] = mapped_column(enumeration(Role))
    body_id: Mapped[int | None] = mapped_column(default=None)
    edition_id: Mapped[int | None] = mapped_column(default=None)
    expert_id: Mapped[int | None] = mapped_column(default=None)
    granted_at: Mapped[datetime]
    user: Mapped[User] = relationship(init=False, back_populates="grants")


class LoginSession(Base, kw_only=True):
    """A signed-in browser; the cookie holds a random token, the row only its hash. Revoked rows stay as a record."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    token_hash: Mapped[str] = mapped_column(short(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    user_agent: Mapped[str] = mapped_column(short(200), default="")
    address: Mapped[str] = mapped_column(short(64), default="")


class ApiToken(Base, kw_only=True):
    """A key with which a program reads what its owner may read; only its hash is kept, `start` is how it begins, to tell it
    from others. `window_at` and `window_requests` count the requests of the running minute."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(short(60))
    start: Mapped[str] = mapped_column(short(12))
    token_hash: Mapped[str] = mapped_column(short(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)
    window_at: Mapped[datetime | None] = mapped_column(default=None)
    window_requests: Mapped[int] = mapped_column(default=0)
    user: Mapped[User] = relationship(init=False)
    scopes: Mapped[list["ApiTokenScope"]] = relationship(
        init=False, order_by="ApiTokenScope.scope", cascade="all, delete-orphan"
    )


class ApiTokenScope(Base, kw_only=True):
    """One list that a token may read; `used_on` is the last day on which it was read, which is on record once a day."""

    __tablename__ = "api_token_scope"

    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"), primary_key=True, init=False)
    scope: Mapped[Scope] = mapped_column(enumeration(Scope), primary_key=True)
    used_on: Mapped[date | None] = mapped_column(default=None)


class SignInAttempt(Base, kw_only=True):
    """Failed sign-ins, to slow down guessing: counted per address of mail and per network address."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_email_at", "email", "at"),
        Index("ix_sign_in_attempt_address_at", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    email: Mapped[str] = mapped_column(short(254))
    address: Mapped[str] = mapped_column(short(64))
    at: Mapped[datetime]
