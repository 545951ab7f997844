"""Sockets are off except on this machine: a test that reaches out fails at the line that does."""

from __future__ import annotations

import ipaddress
import sys
from typing import Any

NAMES = {"localhost", "127.0.0.1", "::1", "", "0.0.0.0", None}  # noqa: S104 - names to allow, nothing is bound


class OutsideWorld(AssertionError):
    pass


def forbid_outside_world() -> None:
    sys.addaudithook(refuse)


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple) and not is_loopback(arguments[1][0]):
        raise OutsideWorld(f"a test tried to reach {arguments[1][0]}")
    if event == "socket.getaddrinfo" and not is_loopback(arguments[0]):
        raise OutsideWorld(f"a test tried to look up {arguments[0]!r}")


def is_loopback(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in NAMES:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
