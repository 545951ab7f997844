"""The product behind a real socket, in threads of the test's own process."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from app.kernel import clock


@dataclass
class FrozenClock:
    """`move_to(moment)` sets the time of the test and of its live server; None lets it run."""

    moment: datetime | None = None


class QuietHandler(WSGIRequestHandler):
    def log(self, *args: Any, **kwargs: Any) -> None:
        pass


@contextmanager
def serving(app: Flask, time: FrozenClock) -> Iterator[str]:
    """The address of `app` on a free loopback port; each request sees the test's clock."""

    def at_the_tests_time(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with clock.fixed(time.moment) if time.moment else nullcontext():
            return app.wsgi_app(environ, start_response)

    server = make_server("127.0.0.1", 0, at_the_tests_time, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
