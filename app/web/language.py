"""Chinese first, English complete: the language of a request comes from the person, then a cookie, then the browser."""

from flask import Flask, Response, g, request
from flask_babel import Babel

LANGUAGES = {"zh": "中文", "en": "English"}
COOKIE = "language"
YEAR_SECONDS = 365 * 86400


def install(app: Flask) -> None:
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "zh")
    Babel(app, locale_selector=chosen)

    @app.context_processor
    def languages() -> dict[str, object]:
        return {"languages": LANGUAGES, "language": chosen(), "html_language": "en" if chosen() == "en" else "zh-CN"}


def chosen() -> str:
    """`zh` or `en`; the cookie of the switch outranks the browser, and the browser's first choice decides otherwise."""
    if "language" not in g:
        cookie = request.cookies.get(COOKIE, "")
        g.language = cookie if cookie in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES)) or "zh"
    return str(g.language)


def remember(response: Response, language: str) -> None:
    response.set_cookie(COOKIE, language, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure)
