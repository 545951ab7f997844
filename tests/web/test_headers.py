"""What every answer says to browsers and proxies."""

from collections.abc import Mapping

import pytest
from flask import Flask, Response, make_response

from app.web import headers

FIXED = headers.HEADERS


def answer(said: Mapping[str, str], *, scheme: str = "http", path: str = "/") -> Response:
    app = Flask(__name__, static_folder=None)
    headers.install(app)
    app.add_url_rule("/", "page", lambda: make_response("", said))
    app.add_url_rule("/static", "static", lambda: make_response("", said))
    return app.test_client().get(path, base_url=f"{scheme}://example.org")


@pytest.mark.parametrize("path", ["/", "/static"])
def test_every_answer_forbids_framing_sniffing_and_foreign_content(path: str) -> None:
    said = answer({}, path=path).headers
    assert {name: said.get_all(name) for name in FIXED} == {name: [value] for name, value in FIXED.items()}


def test_a_page_is_kept_by_nobody_and_static_files_may_be() -> None:
    assert answer({}).headers["Cache-Control"] == "no-store"
    assert answer({}).headers["Vary"] == "Cookie"
    assert "Cache-Control" not in answer({}, path="/static").headers


def test_what_a_view_has_said_stands_and_is_said_once() -> None:
    found = answer({"cache-control": "max-age=60", "Vary": "Accept-Language", "Referrer-Policy": "no-referrer"}).headers
    assert found.get_all("Cache-Control") == ["max-age=60"]
    assert found.get_all("Referrer-Policy") == ["no-referrer"]
    assert found["Vary"] == "Accept-Language, Cookie"


@pytest.mark.parametrize(("scheme", "expected"), [("http", None), ("https", "max-age=31536000")])
def test_only_an_encrypted_answer_asks_to_stay_encrypted(scheme: str, expected: str | None) -> None:
    assert answer({}, scheme=scheme).headers.get("Strict-Transport-Security") == expected
