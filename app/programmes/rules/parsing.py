"""From the text of a rulebook and its criteria sets to checked data, or to every error at once."""

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from app.kernel.words import N_, Message
from app.programmes.rules import criteria_validation, validation
from app.programmes.rules.bases import TABLES, read_bases
from app.programmes.rules.criteria import CriteriaSet
from app.programmes.rules.cross import broken, wrong
from app.programmes.rules.errors import RulebookError, RulebookInvalid
from app.programmes.rules.reader import At, Reader
from app.programmes.rules.rulebook import Basis, Rulebook

Texts = tuple[tuple[str, str], ...]
KEPT = 32  # what was read lately: a rulebook is immutable, and reading one takes as long as several pages


def parse_rulebook(text: str, criteria: Mapping[str, str]) -> Rulebook:
    """`criteria` maps each key to its TOML; only the sets that groups name are read. Raises RulebookInvalid."""
    return _parsed(text, tuple(sorted(criteria.items())))


@lru_cache(KEPT)
def _parsed(text: str, texts: Texts) -> Rulebook:
    raw, criteria = _toml(text), dict(texts)
    sets, criteria_errors = _criteria_sets(raw, criteria)
    reader = Reader()
    book, bases = _read(raw, sets, reader)
    errors = [*reader.errors, *broken(validation.RULES, book, reader.unread), *criteria_errors]
    if errors:
        raise RulebookInvalid(errors)
    return replace(book, bases=bases)


def parse_frozen(text: str, criteria: Mapping[str, str]) -> Rulebook:
    """A rulebook as an edition was opened with it. It was checked then; keys and checks that came later do not undo it."""
    raw = _toml(text)
    sets, errors = _criteria_sets(raw, criteria)
    reader = Reader(frozen=True)
    book, bases = _read(raw, sets, reader)
    if reader.errors or errors:
        raise RulebookInvalid([*reader.errors, *errors])
    return replace(book, bases=bases)


def _read(raw: Mapping[str, Any], sets: tuple[CriteriaSet, ...], reader: Reader) -> tuple[Rulebook, tuple[Basis, ...]]:
    body = {key: value for key, value in raw.items() if key not in TABLES}
    book: Rulebook = reader.table(Rulebook, body, At(), {"bases": (), "criteria_sets": sets})
    return book, read_bases(raw, reader)


def parse_criteria(text: str) -> CriteriaSet:
    reader = Reader()
    criteria: CriteriaSet = reader.table(CriteriaSet, _toml(text), At())
    errors = [*reader.errors, *broken(criteria_validation.RULES, criteria, reader.unread)]
    if errors:
        raise RulebookInvalid(errors)
    return criteria


def digest(text: str, criteria: Mapping[str, str]) -> str:
    """SHA-256 of what a valid rulebook and its criteria sets say; blind to the order of keys, to spacing and comments."""
    return _digest(text, tuple(sorted(criteria.items())))


@lru_cache(KEPT)
def _digest(text: str, texts: Texts) -> str:
    book, criteria = _parsed(text, texts), dict(texts)
    named = {entry.key: criteria[entry.key] for entry in book.criteria_sets}
    canonical = json.dumps(said(text, named), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def said(text: str, criteria: Mapping[str, str]) -> dict[str, Any]:
    """The data over which the digest is taken; `criteria`: the sets that the rulebook's groups name."""
    return {"rulebook": _toml(text), "criteria": {key: _toml(each) for key, each in criteria.items()}}


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = Message(N_("不是有效的 TOML：%(detail)s"), {"detail": str(error)})
        raise RulebookInvalid([RulebookError("", problem, Message(N_("按提示的行列改正写法")))]) from error


def _named_sets(raw: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """The place of the first group that names each criteria set; what is not even a name is the reader's business."""
    seen: set[str] = set()
    groups = raw.get("groups")
    for index, group in enumerate(groups if isinstance(groups, list) else ()):
        key = _criteria_key(group)
        if key is not None and key not in seen:
            seen.add(key)
            yield index, key


def _criteria_key(group: object) -> str | None:
    key = group.get("criteria") if isinstance(group, dict) else None
    return key if isinstance(key, str) else None


def _criteria_sets(
    raw: Mapping[str, Any], criteria: Mapping[str, str]
) -> tuple[tuple[CriteriaSet, ...], list[RulebookError]]:
    sets: list[CriteriaSet] = []
    errors: list[RulebookError] = []
    for index, key in _named_sets(raw):
        if key not in criteria:
            known = ", ".join(sorted(criteria))
            path = f"groups[{index}].criteria"
            errors.append(wrong(path, N_("没有名为 %(key)s 的项"), N_("以下之一：%(choices)s"), key=key, choices=known))
            continue
        try:
            found = parse_criteria(criteria[key])
        except RulebookInvalid as invalid:
            errors += [replace(error, path=f"criteria[{key}].{error.path}".rstrip(".")) for error in invalid.errors]
            continue
        sets.append(found)
        if found.key != key:
            problem = N_("文件里写的是 %(key)s")
            errors.append(wrong(f"criteria[{key}].key", problem, N_("与文件名一致：%(name)s"), key=found.key, name=key))
    return tuple(sets), errors
