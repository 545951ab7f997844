"""The test client: a person with a browser that has no scripts."""

from __future__ import annotations

import io
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.html import Document, Form

SIGN_IN = "/sign-in"


class Client(FlaskClient):
    """Every HTML answer must be valid; `submit` fills a form in as a person would."""

    password = ""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if has_app_context():
            raise AssertionError("Leave the application context before a request: it would share the test's session.")
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and not response.is_streamed and response.data:
            Document.parse(response.get_data(as_text=True))
        return response

    def page(self, url: str, *, status: int = 200) -> Document:
        """The page at `url`, redirects followed."""
        response = self.get(url, follow_redirects=True)
        assert response.status_code == status, f"{url} answered {response.status_code}:\n{readable(response)}"
        return document(response)

    def submit(self, url: str, *, form: str = "", press: str = "", **fields: Any) -> TestResponse:
        """Fetch the page, fill `fields` into its form, send it; the answer is not followed.

        `form` (part of its action, or its id) chooses among several forms, else the first that has all the fields. `press` is the
        value of a named button. A list fills a field that repeats, None leaves it out, `(bytes, "name.pdf")` is a file.
        """
        response = self.get(url, follow_redirects=True)
        assert response.status_code == 200, f"{url} answered {response.status_code}:\n{readable(response)}"
        return self.send(
            chosen_form(document(response), form, press, set(fields)), response.request.path, press, fields
        )

    def send(self, form: Form, page: str, press: str, fields: dict[str, Any]) -> TestResponse:
        values: dict[str, Any] = {**form.values(), **pressed(form, press)}
        values |= {name: as_sent(value) for name, value in fields.items()}
        values = {name: value for name, value in values.items() if value is not None}
        target = form.action or page
        if form.method == "get":
            return self.get(target, query_string=values)
        return self.post(target, data=values, content_type=form.element.get("enctype"))

    def sign_in(self, email: str, password: str | None = None) -> TestResponse:
        """Sign in as one of the demo's people, or as anybody with a password."""
        response = self.submit(SIGN_IN, email=email, password=self.password if password is None else password)
        assert response.status_code in (302, 303), f"{email} could not sign in:\n{readable(response)}"
        return response


def document(response: TestResponse) -> Document:
    return Document.parse(response.get_data(as_text=True))


def readable(response: TestResponse) -> str:
    return document(response).text[:2000] if response.mimetype == "text/html" else response.get_data(as_text=True)[:500]


def chosen_form(page: Document, wanted: str, press: str, fields: set[str]) -> Form:
    def fits(form: Form) -> bool:
        named = not wanted or wanted in form.action or wanted == form.element.get("id")
        is_meant = bool(fields or wanted) or form.method == "post"
        return named and is_meant and fields <= form.names and (not press or bool(pressed(form, press)))

    if fitting := next(filter(fits, page.forms), None):
        return fitting
    offered = "\n".join(f"{form.method} {form.action or '(this page)'}: {sorted(form.names)}" for form in page.forms)
    raise AssertionError(f"No form {wanted!r} with {sorted(fields)} and button {press!r}. The page offers:\n{offered}")


def pressed(form: Form, value: str) -> dict[str, str]:
    matching = [button for button in form.buttons() if button.get("name") and button.get("value") == value]
    return {button.get("name", ""): value for button in matching[:1]} if value else {}


def as_sent(value: Any) -> Any:
    match value:
        case (bytes() as content, str() as name):
            return io.BytesIO(content), name
        case list() as values:
            return [as_sent(each) for each in values]
        case None | str() | io.IOBase():
            return value
    return str(value)
