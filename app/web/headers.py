"""What every answer says to the browser: nothing from elsewhere, nothing inline, nothing framed, nothing cached."""

from flask import Flask, Response, request

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

PAGE_HEADERS = HEADERS | {"Cache-Control": "no-store", "Vary": "Cookie"}
"""A page belongs to whoever asked for it; no proxy and no browser keeps it."""


def install(app: Flask) -> None:
    @app.after_request
    def add(response: Response) -> Response:
        wanted = HEADERS if request.endpoint == "static" else PAGE_HEADERS
        said = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 - they yield pairs
        for name, value in wanted.items():
            if name.lower() not in said:
                response.headers.add(name, value)
        if "vary" in said and wanted is PAGE_HEADERS:
            response.vary.add("Cookie")
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response
