"""Deny by default: every endpoint declares its need, and a view that touches a subject must have reached it lawfully."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, redirect, request, url_for

from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.policy import RULES, demand, refusal
from app.web import problems

View = TypeVar("View", bound=Callable[..., Any])
Subject = TypeVar("Subject")

NEED, NEEDS_SUBJECT = "policy_need", "policy_needs_subject"


class SignInFirst(Exception):
    """A visitor asked for something that is not public; after signing in he comes back to it."""


def needs(action: str) -> Callable[[View], View]:
    """The view needs `action`, which can be answered without a subject; the door asks before the view runs."""
    return _declaring(action, on_subject=False)


def needs_on_subject(action: str) -> Callable[[View], View]:
    """The view needs `action` on a subject that it loads: it must call `reach`, or the answer is withheld."""
    return _declaring(action, on_subject=True)


def _declaring(action: str, *, on_subject: bool) -> Callable[[View], View]:
    if action not in RULES:
        raise KeyError(f"no rule for {action!r} in app/policy")

    def declare(view: View) -> View:
        setattr(view, NEED, action)
        setattr(view, NEEDS_SUBJECT, on_subject)
        return view

    return declare


def actor() -> Actor:
    """Who makes this request."""
    found: Actor = g.actor
    return found


def declared_need() -> str:
    return str(getattr(current_app.view_functions[str(request.endpoint)], NEED))


def reach(subject: Subject | None, read: str) -> Subject:
    """The subject, if the actor may see it (`read`) and may do what the endpoint declares.

    Unknown and foreign subjects answer alike: 404, or the sign-in page for a visitor. A subject that may be seen but
    not acted upon answers 403 with the reason.
    """
    who = actor()
    if subject is None or refusal(who, read, subject) is not None:
        if not who.is_authenticated:
            raise SignInFirst
        raise NotFound
    demand(who, declared_need(), subject)
    g.reached = True
    return subject


def install(app: Flask) -> None:
    @app.before_request
    def ask_at_the_door() -> None:
        if request.endpoint is None or request.endpoint == "static":
            return
        view = current_app.view_functions[request.endpoint]
        need = getattr(view, NEED, None)
        if need is None:
            raise LookupError(f"endpoint {request.endpoint} declares no need")
        if getattr(view, NEEDS_SUBJECT):
            return
        who = actor()
        if refusal(who, need) is not None and not who.is_authenticated:
            raise SignInFirst
        demand(who, need)

    @app.after_request
    def withhold_unreached(response: Response) -> Response:
        view = current_app.view_functions.get(request.endpoint or "")
        if getattr(view, NEEDS_SUBJECT, False) and response.status_code < 300 and not g.get("reached"):
            raise LookupError(f"endpoint {request.endpoint} answered without reaching its subject")
        return response

    @app.errorhandler(SignInFirst)
    def to_sign_in(_error: SignInFirst) -> Any:
        if problems.is_meant():
            return problems.answer(401, problems.NO_TOKEN)
        back = request.full_path.rstrip("?") if request.method == "GET" else ""
        return redirect(url_for("accounts.sign_in", next=back or None))
