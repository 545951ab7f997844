"""One rule between values: asked only when every value it looks at could be read."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.kernel.words import Message
from app.programmes.rules.errors import RulebookError

Subject = TypeVar("Subject")
Errors = Iterator[RulebookError]


@dataclass(frozen=True)
class CrossRule(Generic[Subject]):
    looks_at: tuple[str, ...]
    find: Callable[[Subject], Errors]

    def is_blocked(self, unread: Iterable[str]) -> bool:
        return any(_hides(re.sub(r"\[\d+\]", "[]", place), path) for place in unread for path in self.looks_at)


def _hides(place: str, path: str) -> bool:
    return path == place or (path.startswith(place) and path[len(place)] in ".[")


def broken(rules: Sequence[CrossRule[Subject]], subject: Subject, unread: Iterable[str]) -> Errors:
    places = tuple(unread)
    for rule in rules:
        if not rule.is_blocked(places):
            yield from rule.find(subject)


def wrong(path: str, problem: str, expected: str, **values: object) -> RulebookError:
    """Both sentences are marked with N_ where they are written."""
    return RulebookError(path, Message(problem, values), Message(expected, values))
