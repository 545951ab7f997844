"""When a term is over, and how a name in a text becomes a pseudonym. Pure."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date

SHORTEST = 2
"""A name of one character stands in too many words."""
BETWEEN = r"[ \u3000]?"
APART = r"[\s·•・‧．.]+"
LETTER = "A-Za-z0-9Ａ-Ｚａ-ｚ０-９"
WIDER = 0xFEE0
"""From a half-width sign to its full-width twin."""


class Pseudonyms:
    """Names and what stands for them from now on; a name that is the beginning or a part of a `longer` known one is not
    taken for that one. Half and full width, case and blanks within a name make no difference."""

    def __init__(self, names: Mapping[str, str], longer: Collection[str] = ()) -> None:
        self._by_key = {_key(name): pseudonym for name, pseudonym in names.items() if len(_key(name)) >= SHORTEST}
        others = {name for name in longer if any(key in _key(name) for key in self._by_key)}
        known = {_key(name): name for name in (*others, *names) if len(_key(name)) >= SHORTEST}
        parts = [_pattern(known[key]) for key in sorted(known, key=lambda key: (-len(key), key))]
        self._pattern = re.compile("|".join(parts), re.IGNORECASE) if self._by_key else None

    def __bool__(self) -> bool:
        return self._pattern is not None

    def put_into(self, text: str) -> str:
        return self._pattern.sub(self._instead, text) if self._pattern is not None else text

    def _instead(self, found: re.Match[str]) -> str:
        return self._by_key.get(_key(found[0]), found[0])


def _key(name: str) -> str:
    return re.sub(APART, "", unicodedata.normalize("NFKC", name)).casefold()


def _pattern(name: str) -> str:
    """A name of letters only as a whole word; Chinese has no words that a program could tell apart."""
    words = [word for word in re.split(APART, unicodedata.normalize("NFKC", name)) if word]
    latin = all(re.fullmatch(f"[{LETTER}'-]+", word) for word in words)
    between = APART if latin else f"(?:{APART})?"
    body = between.join(("" if latin else BETWEEN).join(_sign(sign) for sign in word) for word in words)
    return f"(?<![{LETTER}]){body}(?![{LETTER}])" if latin else body


def _sign(sign: str) -> str:
    return f"[{re.escape(sign)}{chr(ord(sign) + WIDER)}]" if "!" <= sign <= "~" else re.escape(sign)


# --- terms --------------------------------------------------------------------------------------------------------


def due_on(archived_on: date, years: int) -> date:
    """The first day on which it may go: the same day `years` later; for a 29 February the 1 March of a common year."""
    year = archived_on.year + years
    if (archived_on.month, archived_on.day) == (2, 29) and not _is_leap(year):
        return date(year, 3, 1)
    return archived_on.replace(year=year)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
