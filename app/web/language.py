"""Chinese first, English complete: the language of a request comes from the person, then a cookie, then the browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, Response, g, request
from flask_babel import Babel, force_locale, get_translations

LANGUAGES = {"zh": "中文", "en": "English"}
COOKIE = "language"
YEAR_SECONDS = 365 * 86400
BY_NUMBER = re.compile(r"\{(\w+):([^{}|]*)\|([^{}|]*)\}")


def install(app: Flask) -> None:
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "zh")
    Babel(app, locale_selector=chosen)
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"] = _

    @app.context_processor
    def languages() -> dict[str, object]:
        return {"languages": LANGUAGES, "language": chosen(), "html_language": "en" if chosen() == "en" else "zh-CN"}


def _(text: str, /, **values: object) -> str:
    """The sentence in the reader's language. Message ids are the Chinese sentences, so Chinese needs no look-up."""
    found = text if chosen() == "zh" else str(get_translations().ugettext(text))
    return _numbered(found, values) % values if values else found


def _numbered(text: str, values: dict[str, object]) -> str:
    """English counts in two numbers: `{n:day|days}` reads by the value of `n`, so that no sentence says "1 days"."""
    return BY_NUMBER.sub(lambda of: of[2] if str(values[of[1]]) == "1" else of[3], text) if "{" in text else text


def chosen() -> str:
    """`zh` or `en`; the cookie of the switch outranks the browser, and the browser's first choice decides otherwise."""
    known: str | None = g.get("language")
    if known is None:
        cookie = request.cookies.get(COOKIE, "")
        known = cookie if cookie in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES)) or "zh"
        g.language = known
    return known


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """What is written for a person outside of a request, in that person's language."""
    before = g.get("language")
    g.language = language
    try:
        with force_locale(language):
            yield
    finally:
        g.language = before


def remember(response: Response, language: str) -> None:
    response.set_cookie(COOKIE, language, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure)
