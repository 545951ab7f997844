"""One unsafe request, one transaction: committed here when the answer is below 400, rolled back otherwise.

Every form carries an idempotency key; the first answer is stored in the same transaction and replayed, so a double
click, a reload or a retry on a slow line stores once.
"""

import hashlib
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, make_response, request, session
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.kernel import idempotency, unit_of_work
from app.kernel.database import SAFE_METHODS
from app.kernel.errors import WrongState
from app.kernel.words import N_, Message
from app.web import errors
from app.web.guard import actor

KEY_FIELD = "idempotency_key"
UNSIGNED_FIELDS = frozenset({"csrf_token", KEY_FIELD})
REPEATABLE = "repeatable"
SEALED = "seals_its_fields"

View = TypeVar("View", bound=Callable[..., Any])


def sealed(view: View) -> View:
    """What this view is sent is a secret ballot: not even a digest of it may be kept, since few choices can be tried out."""
    setattr(view, SEALED, True)
    return view


def repeatable(view: View) -> View:
    """The service itself knows a repeat by version and content: no answer is kept, so an autosave stays cheap."""
    setattr(view, REPEATABLE, True)
    return view


def new_key() -> str:
    return secrets.token_urlsafe(18)


def install(app: Flask) -> None:
    app.jinja_env.globals["idempotency_key"] = new_key

    @app.before_request
    def replay() -> Response | None:
        key = _key()
        if not key:
            return None
        stored = idempotency.find(_owner(), key)
        return None if stored is None else _replayed(stored)

    @app.after_request
    def commit_or_roll_back(response: Response) -> Response:
        if request.method in SAFE_METHODS or g.get("replayed"):
            return response
        if response.status_code >= 400:
            unit_of_work.rollback()
            return response
        return _committed(response)


def _committed(response: Response) -> Response:
    key = _key()
    try:
        if key and _is_worth_keeping(response):
            _keep(key, response)
        unit_of_work.commit()
    except IntegrityError as error:
        unit_of_work.rollback()
        stored = idempotency.find(_owner(), key) if key else None
        return _replayed(stored) if stored else errors.answer_to(error)
    except DBAPIError as error:
        unit_of_work.rollback()
        return errors.answer_to(error)
    return response


def _is_worth_keeping(response: Response) -> bool:
    """A page that only shows what was typed (a check before casting) has stored nothing; asking again is harmless."""
    return response.status_code != 200 or response.mimetype == "application/json"


def _keep(key: str, response: Response) -> None:
    body = response.get_data(as_text=True) if response.mimetype == "application/json" else ""
    idempotency.keep(
        _owner(),
        key,
        fingerprint=_fingerprint(),
        status=response.status_code,
        location=response.headers.get("Location", ""),
        body=body,
    )


def _key() -> str:
    if request.method in SAFE_METHODS or request.endpoint is None:
        return ""
    if getattr(current_app.view_functions[request.endpoint], REPEATABLE, False):
        return ""
    return (request.form.get(KEY_FIELD) or request.headers.get("Idempotency-Key") or "")[:64]


def _owner() -> str:
    """The user, or for visitors a mark in their own signed session."""
    who = actor()
    if who.user_id is not None:
        return f"user:{who.user_id}"
    return str(session.setdefault("visitor", secrets.token_urlsafe(12)))


def _fingerprint() -> str:
    if getattr(current_app.view_functions.get(request.endpoint or ""), SEALED, False):
        return hashlib.sha256(repr((request.method, request.path)).encode()).hexdigest()
    fields = sorted((name, value) for name, value in request.form.items(multi=True) if name not in UNSIGNED_FIELDS)
    files = sorted((name, file.filename) for name, file in request.files.items(multi=True))
    return hashlib.sha256(repr((request.method, request.path, fields, files)).encode()).hexdigest()


def _replayed(stored: idempotency.StoredAnswer) -> Response:
    if stored.fingerprint != _fingerprint():
        raise WrongState(Message(N_("这张表单已经提交过一次，内容与这次不同。请返回并刷新页面后再提交。")))
    g.replayed = True
    response = make_response(stored.body, stored.status)
    if stored.location:
        response.headers["Location"] = stored.location
    if stored.body:
        response.mimetype = "application/json"
    return response
