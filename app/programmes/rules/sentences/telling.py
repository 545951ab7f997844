"""A rule as sentences: each line says one thing and carries where it comes from."""

from dataclasses import dataclass

from app.kernel.words import Message
from app.programmes.rules.rulebook import Basis, Rulebook


@dataclass(frozen=True)
class Line:
    path: str
    text: Message
    basis: Basis


@dataclass(frozen=True)
class Section:
    key: str
    title: Message
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Teller:
    book: Rulebook

    def line(self, path: str, text: str, **values: object) -> Line:
        """`text` is marked with N_ where it is written."""
        return Line(path, Message(text, values), self.book.basis(path))
