"""The signed cookie that pages use; on the API there is none, neither read nor written."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from app.web.problems import PREFIX


class PageSessions(SecureCookieSessionInterface):
    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if request.path.startswith(PREFIX):
            return self.make_null_session(app)
        return super().open_session(app, request)


def install(app: Flask) -> None:
    app.session_interface = PageSessions()
