"""Addresses of pages that need no values: the same for everybody, so each is worked out once and not a dozen times a page."""

from typing import Any

from flask import Flask, current_app, request, url_for

KEPT = "addresses"


def address(endpoint: str, **values: Any) -> str:
    """`url_for`, remembered where nothing but the endpoint decides (and the path under which the product is mounted)."""
    if values or endpoint.startswith("."):
        return url_for(endpoint, **values)
    kept: dict[tuple[str, str], str] = current_app.extensions[KEPT]
    key = (request.script_root, endpoint)
    found = kept.get(key)
    if found is None:
        found = kept[key] = url_for(endpoint)
    return found


def public(endpoint: str, **values: Any) -> str:
    """The whole address, for what is printed or read elsewhere; its host is never taken from a request."""
    host: str = current_app.extensions["settings"].public_address
    return host + url_for(endpoint, **values)


def install(app: Flask) -> None:
    app.extensions[KEPT] = {}
    app.jinja_env.globals["url_for"] = address
