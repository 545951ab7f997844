"""Where each value comes from: a public source or a default with its reason, one of the two for every value."""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from app.kernel.words import N_, LocalText, Message
from app.programmes.rules.errors import RulebookError
from app.programmes.rules.reader import EXPECTED, At, Reader, hints_of
from app.programmes.rules.rulebook import Basis, Rulebook

OLDER_THAN_THE_KEY = LocalText(
    "本届规则冻结时还没有这一项，按冻结时的做法。",
    "This edition's rules were frozen before this item existed; what held then still holds.",
)
TABLES = {"sources": True, "defaults": False}


def shown_path(basis: Basis) -> str:
    return f"{'sources' if basis.published else 'defaults'}.{basis.path}"


def covers(path: str, leaf: str) -> bool:
    return leaf == path or leaf.startswith(f"{path}.")


def read_bases(raw: Mapping[str, object], reader: Reader) -> tuple[Basis, ...]:
    """Reads both tables after the rest, because only then the paths are known; notes what is wrong in the reader."""
    found: list[Basis] = []
    for table, published in TABLES.items():
        entries = raw.get(table)
        if not isinstance(entries, dict):
            reader.refuse(At(table), Message(N_("缺少这一项")), EXPECTED[dict])
            continue
        for path, text in entries.items():
            place = f"{table}.{path}"
            read = reader.text(text, At(place))
            if isinstance(read, LocalText):
                found.append(Basis(path, published, read))
    reader.errors.extend(_unknown_or_double(found, reader.places))
    reader.errors.extend(_without_basis(found, reader.leaves))
    reader.errors.extend(_idle(found, reader.leaves))
    return (*found, *(Basis(path, False, OLDER_THAN_THE_KEY) for path in reader.completed))


def _published(found: list[Basis]) -> set[str]:
    return {basis.path for basis in found if basis.published}


def _unknown_or_double(found: list[Basis], places: set[str]) -> list[RulebookError]:
    errors = []
    published = _published(found)
    for basis in found:
        shown = shown_path(basis)
        if basis.path not in places:
            near = get_close_matches(basis.path, sorted({*places, *hints_of(Rulebook)}), n=1, cutoff=0)
            expected = Message(N_("是否想写 %(near)s？"), {"near": near[0]})
            errors.append(RulebookError(shown, Message(N_("规则中没有这个路径")), expected))
        elif not basis.published and basis.path in published:
            expected = Message(N_("只留在 sources 或 defaults 之一"))
            errors.append(RulebookError(shown, Message(N_("同一路径既列为出处，又列为默认值")), expected))
    return errors


def _without_basis(found: list[Basis], leaves: Mapping[str, str]) -> Iterator[RulebookError]:
    expected = Message(N_("在 sources 写出处，或在 defaults 写采用默认值的理由"))
    for leaf, shown in leaves.items():
        if not any(covers(basis.path, leaf) for basis in found):
            yield RulebookError(shown, Message(N_("没有说明这个值从何而来")), expected)


def _covering(found: list[Basis], leaf: str) -> list[str]:
    """The most specific path last."""
    return sorted((basis.path for basis in found if covers(basis.path, leaf)), key=len)


def _idle(found: list[Basis], leaves: Iterable[str]) -> Iterator[RulebookError]:
    """Entries that cover values, each of which has a more specific entry; entries about texts cover none and may stay."""
    used: set[str] = set()
    covering_any: set[str] = set()
    for leaf in leaves:
        paths = _covering(found, leaf)
        covering_any.update(paths)
        used.update(paths[-1:])
    expected = Message(N_("更具体的路径已全部说明，去掉这一条"))
    for basis in found:
        if basis.path in covering_any - used:
            yield RulebookError(shown_path(basis), Message(N_("没有任何值用到这一条")), expected)
