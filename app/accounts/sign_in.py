"""Signing a browser in and out: a random token in the cookie, its hash in a row that can be taken back at any time.

Flask-Login keeps the cookie and the "who is it" of a request; the token row decides whether it is still true.
"""

from flask import Flask, g
from flask_login import LoginManager, UserMixin, current_user

from app.accounts import bearer, queries
from app.accounts.rules import token_hash
from app.kernel import unit_of_work
from app.kernel.actor import Actor
from app.web import problems
from app.web.language import chosen


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login carries: the session token, and the actor behind it."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.id = token
        self.actor = actor


def install(app: Flask) -> None:
    manager = LoginManager()
    # Templates read `actor`; looking a person up again would keep the page of a lost database from being made.
    manager.init_app(app, add_context_processor=False)
    manager.session_protection = None

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(token: str) -> SignedIn | None:
        with unit_of_work.before_writing():
            actor = queries.actor_of_session(token_hash(token))
        return None if actor is None else SignedIn(token, actor)

    @app.before_request
    def know_the_actor() -> None:
        if problems.is_meant():
            g.actor = bearer.actor()
            return
        g.actor = current_user.actor if current_user.is_authenticated else Actor.anonymous(chosen())
