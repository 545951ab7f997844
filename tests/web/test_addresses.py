"""Remembered addresses are those that Flask would work out, wherever the product is mounted."""

import pytest
from flask import Flask, url_for

from app.web.addresses import address

ENDPOINTS = ("desk.show", "outcomes.public_home", "accounts.sign_in", "scoring.worklist")


@pytest.mark.parametrize("mount", ["", "/award"])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_remembered_address_is_flasks(app: Flask, mount: str, endpoint: str) -> None:
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": mount}):
        expected = url_for(endpoint)
        assert address(endpoint) == expected
        assert address(endpoint) == expected
        assert expected.startswith(mount)


def test_values_are_never_remembered(app: Flask) -> None:
    with app.test_request_context("/"):
        assert address("scoring.sheet", sheet_id=1) != address("scoring.sheet", sheet_id=2)
        assert address("accounts.sign_in", next="/work") == url_for("accounts.sign_in", next="/work")
        assert address("accounts.sign_in") == url_for("accounts.sign_in")
