"""What the factories build, built once a worker: the same call on the same database is answered with a copy of what it left.

A call is known by what the database held before it (itself a row of such calls since it was fresh), its arguments and the held clock.
Whatever else writes ends the row, and the factories build as ever from then on; so do PostgreSQL and tests that patch something.
What a call returned comes back with its rows loaded anew in the test's own session, the first time as every other time.
"""

from __future__ import annotations

import io
import pickle
import shutil
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from flask import has_app_context
from sqlalchemy import Engine, event, inspect

from app.config import Settings
from app.kernel import clock
from app.kernel.database import Base, db
from tests.support.server import FrozenClock

P = ParamSpec("P")
T = TypeVar("T")
READS = ("SELECT", "PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "EXPLAIN", "WITH")
AT_MOST = 40
"""So many copies a worker; the tests of a file ask for the same few."""


class Unspeakable(Exception):
    """A call that cannot be told from others by its arguments, or whose answer cannot be kept."""


@dataclass
class Kept:
    """A copy of database and uploads, what the call returned, and the time it moved the clock to."""

    folder: Path
    answer: bytes
    moment: datetime | None


@dataclass
class Bench:
    """The database of the test that runs; `calls` stands for all that was built in it, None once something else was written."""

    settings: Settings
    calls: str | None

    @property
    def shelf(self) -> Path:
        return Path(f"{self.settings.instance_path}-built")


_benches: list[Bench] = []
"""One while a test runs whose factories may share, else none."""
_kept: OrderedDict[str, Kept] = OrderedDict()


def begin(settings: Settings, template: str) -> None:
    """A test has a fresh copy of this template, and its factories may answer from what was built before."""
    _benches.append(Bench(settings, template))


def end() -> None:
    _benches.clear()


def built_once(build: Callable[P, T]) -> Callable[P, T]:
    @wraps(build)
    def called(*args: P.args, **kwargs: P.kwargs) -> T:
        bench = bench_at_rest()
        call = bench and spelled_call(bench, build, args, kwargs)
        if not bench or not call:
            return build(*args, **kwargs)
        if call in _kept:
            restore(bench, _kept[call], (*args, *kwargs.values()))
            _kept.move_to_end(call)
        else:
            answer = build(*args, **kwargs)
            if not keep(bench, call, answer):
                return answer
        bench.calls = call
        return loaded(_kept[call].answer)  # type: ignore[no-any-return]

    return called


@event.listens_for(Engine, "before_cursor_execute")
def notice_a_write(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
    if _benches and not statement.lstrip().startswith(READS):
        _benches[-1].calls = None


def bench_at_rest() -> Bench | None:
    """Nothing is under way in the session that a copy would lose."""
    if not _benches or _benches[-1].calls is None or not has_app_context():
        return None
    session = db.session()
    at_work = session.new or session.dirty or session.deleted or session.in_nested_transaction()
    is_here = str(db.engine.url) == _benches[-1].settings.database_url
    return _benches[-1] if is_here and not at_work else None


# --- a call and its answer as text and bytes ----------------------------------------------------------------------


def spelled_call(bench: Bench, build: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    try:
        said = [bench.calls, build.__module__, build.__qualname__, spelled(args), spelled(kwargs), clock._fixed.get()]
    except Unspeakable:
        return ""
    return sha256(repr(said).encode()).hexdigest()[:32]


def spelled(value: Any) -> str:
    match value:
        case None | bool() | int() | float() | str() | bytes() | Enum() | date() | timedelta():
            return f"{type(value).__qualname__} {value!r}"
        case FrozenClock():
            return "clock"
        case Base():
            return f"{type(value).__qualname__} {identity(value)}"
        case Mapping():
            return f"{{{','.join(f'{spelled(key)}: {spelled(each)}' for key, each in value.items())}}}"
        case list() | tuple():
            return f"[{','.join(map(spelled, value))}]"
        case AbstractSet():
            return f"<{','.join(sorted(map(spelled, value)))}>"
    if is_dataclass(value):
        return f"{type(value).__qualname__} {[spelled(getattr(value, field.name)) for field in fields(value)]}"
    raise Unspeakable


def identity(row: Base) -> tuple[Any, ...]:
    state = inspect(row)
    if not state.persistent or not state.identity:
        raise Unspeakable
    return tuple(state.identity)


class Packer(pickle.Pickler):
    """Rows go in as their table and key."""

    def persistent_id(self, value: Any) -> Any:
        return (type(value), identity(value)) if isinstance(value, Base) else None


class Unpacker(pickle.Unpickler):
    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self.rows: list[Base] = []

    def persistent_load(self, key: Any) -> Any:
        kind, of = key
        return db.session.get_one(kind, of)


def packed(answer: Any) -> bytes:
    written = io.BytesIO()
    try:
        Packer(written).dump(answer)
    except (pickle.PicklingError, TypeError, AttributeError) as fault:
        raise Unspeakable from fault
    return written.getvalue()


def loaded(answer: bytes) -> Any:
    return Unpacker(io.BytesIO(answer)).load()


# --- copies -------------------------------------------------------------------------------------------------------


def at_rest() -> None:
    """Committed, and no connection open: the file alone is the database."""
    db.session.commit()
    db.engine.dispose()


def keep(bench: Bench, call: str, answer: Any) -> bool:
    try:
        db.session.flush()
        content = packed(answer)
    except Unspeakable:
        return False
    at_rest()
    folder = bench.shelf / call
    shutil.copytree(bench.settings.instance_path, folder)
    _kept[call] = Kept(folder, content, clock._fixed.get())
    if len(_kept) > AT_MOST:
        _call, oldest = _kept.popitem(last=False)
        shutil.rmtree(oldest.folder)
    return True


def restore(bench: Bench, found: Kept, arguments: Sequence[Any]) -> None:
    at_rest()
    shutil.rmtree(bench.settings.instance_path)
    shutil.copytree(found.folder, bench.settings.instance_path)
    for held in (each for each in arguments if isinstance(each, FrozenClock)):
        if found.moment:
            held.move_to(found.moment)
