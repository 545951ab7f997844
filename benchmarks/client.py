"""A small client: a few connections that are kept open, each asking as fast as it is answered. Its own time is not counted."""

import http.client
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

CONNECTIONS = 4
SEE_OTHER = 303
HEADERS = {"Accept-Language": "zh-CN,zh;q=0.9", "Accept-Encoding": "gzip", "Accept": "text/html,*/*"}
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class WrongAnswer(Exception):
    """An answer that is not what was asked for: the whole measurement is worthless."""


@dataclass(frozen=True)
class Request:
    """`sent` None: a GET. `must_contain` tells a right page from any other page with status 200."""

    path: str
    must_contain: bytes
    cookie: str = ""
    sent: Mapping[str, str] | None = None


@dataclass
class Answers:
    count: int = 0
    bytes: int = 0
    wrong: list[str] = field(default_factory=list)


def ask(connection: http.client.HTTPConnection, request: Request) -> tuple[http.client.HTTPResponse, bytes]:
    headers = dict(HEADERS)
    if request.cookie:
        headers["Cookie"] = request.cookie
    if request.sent is None:
        connection.request("GET", request.path, headers=headers)
    else:
        headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-Requested-With": "fetch"}
        connection.request("POST", request.path, body=urlencode(request.sent), headers=headers)
    response = connection.getresponse()
    return response, response.read()


def run(port: int, requests: Iterator[Request]) -> Answers:
    """Every request once, shared out among the connections."""
    answers, lock = Answers(), threading.Lock()

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                request = next(requests, None)
            if request is None:
                break
            response, body = ask(connection, request)
            if response.status == SEE_OTHER:  # a sheet's first opening of a day: both requests are its cost
                response, body = ask(connection, replace(request, path=response.headers["Location"]))
            right = response.status == 200 and request.must_contain in body
            with lock:
                answers.count, answers.bytes = answers.count + 1, answers.bytes + len(body)
                if not right:
                    answers.wrong.append(f"{request.path}: {response.status} {body[:300]!r}")
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if answers.wrong:
        raise WrongAnswer(f"{len(answers.wrong)} of {answers.count} answers are wrong; the first: {answers.wrong[0]}")
    return answers


def opened(port: int, path: str, cookie: str) -> tuple[str, str]:
    """The cookie that a browser has after its first page, and the token of that page's forms."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    response, body = ask(connection, Request(path, b"", cookie))
    connection.close()
    token = TOKEN.search(body.decode())
    if response.status != 200:
        raise WrongAnswer(f"{path}: {response.status} {body[:300]!r}")
    renewed = response.headers["Set-Cookie"]
    return (renewed.partition(";")[0] if renewed else cookie), (token[1] if token else "")
