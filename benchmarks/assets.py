"""What the first visit of the public page loads besides the page: style sheets and scripts."""

import gzip
import http.client
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from benchmarks.client import HEADERS

LOADED = re.compile(r'<link rel="stylesheet" href="([^"]+)"|<script[^>]* src="([^"]+)"')


@dataclass(frozen=True)
class FirstVisit:
    """Bytes by file as gzip packs them, and what the server really sent (a proxy before it may pack what it did not)."""

    gzipped: dict[str, int]
    sent: int


def first_visit(port: int) -> FirstVisit:
    page, _sent = _fetch(port, "/")
    paths = [style or script for style, script in LOADED.findall(page.decode())]
    gzipped, sent = {}, 0
    for path in paths:
        content, size = _fetch(port, path)
        gzipped[urlsplit(path).path.rpartition("/")[2]] = len(gzip.compress(content, 9))
        sent += size
    return FirstVisit(gzipped, sent)


def _fetch(port: int, path: str) -> tuple[bytes, int]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path, headers=HEADERS)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    assert response.status == 200, (path, response.status)
    return (gzip.decompress(body) if response.headers["Content-Encoding"] == "gzip" else body), len(body)
