"""Texts for people, as data: marked for the catalogue here, translated only where a page or a mail is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self


def N_(text: str) -> str:
    """Mark a literal for the catalogue without translating it (the message id is the Chinese sentence)."""
    return text


@dataclass(frozen=True)
class Message:
    """One sentence with named values (`%(name)s`): Messages, LocalTexts or tuples of them are put into words, too."""

    text: str
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        return self.text % {key: _shown(value) for key, value in self.values.items()} if self.values else self.text


def _shown(value: object) -> str:
    return "、".join(map(_shown, value)) if isinstance(value, tuple) else str(value)


@dataclass(frozen=True)
class LocalText:
    """A text that is data (rulebook, criteria, region): carried in both languages."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.zh

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.zh

    @classmethod
    def same(cls, text: str) -> Self:
        """A proper name that is not translated."""
        return cls(text, text)
