"""Entries written into the pool, thousands at a time: a fixed number of statements, none for each expert."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from app.experts.models import Expert, ExpertBlocked, ExpertCertificate, ExpertIndustry, ExpertKind, ExpertRegion
from app.experts.models import ExpertRegionKind as Kind
from app.experts.queries.entries import PLAIN
from app.experts.rules import ExpertEntry
from app.experts.rules.cells import Certificate, Place, Span, folded
from app.kernel import clock
from app.kernel.database import db

AT_A_TIME = 500
Row = dict[str, Any]
Key = tuple[Kind, str]


def write_entries(entries: Sequence[ExpertEntry], *, source: str) -> dict[str, int]:
    """Every entry as the pool's expert of that number, new or known; returns the ids by number.

    A region that stays keeps its own source; a place that an expert has left is kept with the day it was left.
    """
    db.session.flush()
    known = _ids([entry.number for entry in entries])
    _update([_columns(entry) | {"at": known[entry.number]} for entry in entries if entry.number in known])
    ids = known | _add([entry for entry in entries if entry.number not in known])
    _write_regions(entries, ids, frozenset(known.values()), source=source)
    _write_lists(entries, ids, sorted(known.values()))
    db.session.expire_all()
    return ids


def _write_lists(entries: Sequence[ExpertEntry], ids: Mapping[str, int], known: Sequence[int]) -> None:
    """What an expert has several of, each list anew."""
    for model, rows_of in LISTS.items():
        for some in _chunks(known):
            db.session.execute(delete(model).where(model.expert_id.in_(some)))
        _insert(model, [row for entry in entries for row in rows_of(entry, ids[entry.number])])


def _add(fresh: Sequence[ExpertEntry]) -> dict[str, int]:
    _insert(Expert, [_columns(entry) | {"created_at": clock.now(), "version": 1} for entry in fresh])
    return _ids([entry.number for entry in fresh])


def _ids(numbers: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in _chunks(numbers):
        found |= dict(db.session.execute(select(Expert.number, Expert.id).where(Expert.number.in_(some))).all())
    return found


def _chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), AT_A_TIME):
        yield rows[start : start + AT_A_TIME]


def _insert(model: Any, rows: Sequence[Row]) -> None:
    if rows:
        db.session.execute(insert(model.__table__), rows)


def searchable(entry: ExpertEntry) -> str:
    return "\n".join(folded(text) for text in (entry.number, entry.name, entry.employer, entry.specialty))


def _columns(entry: ExpertEntry) -> Row:
    return (
        {name: getattr(entry, name) for name in PLAIN}
        | {
            "kind": ExpertKind(entry.kind),
            "criteria": list(entry.criteria),
            "languages": list(entry.languages),
            "searchable": searchable(entry),
        }
        | dict.fromkeys(("user_id", "removed_at", "confirmed_at", "last_used_on", "proposed_at"))
        | {"removal_reason": "", "proposal": ""}
    )


KEPT = (
    "number", "user_id", "removed_at", "confirmed_at", "last_used_on", "removal_reason", "proposal", "proposed_at",
)  # fmt: skip


def _update(rows: Sequence[Row]) -> None:
    if rows:
        names = [name for name in rows[0] if name not in (*KEPT, "at")]
        _alter(Expert, names, rows, version=Expert.version + 1)


def _alter(model: Any, names: Sequence[str], rows: Sequence[Row], **more: Any) -> None:
    """These columns of many rows, each found by its id under `at`."""
    table = model.__table__
    values = {name: bindparam(name) for name in names} | more
    db.session.execute(
        update(table).where(table.c.id == bindparam("at")).values(values),
        [{name: row[name] for name in (*names, "at")} for row in rows],
    )


def _industries(entry: ExpertEntry, expert_id: int) -> Iterator[Row]:
    for division in entry.industries:
        yield {"expert_id": expert_id, "division": division}


def _certificates(entry: ExpertEntry, expert_id: int) -> Iterator[Row]:
    for text in entry.certificates:
        held = Certificate.parse(text)
        yield {"expert_id": expert_id, "name": held.name, "number": held.number, "expires_on": held.expires_on}


def _blocked(entry: ExpertEntry, expert_id: int) -> Iterator[Row]:
    for text in entry.blocked:
        span = Span.parse(text)
        yield {"expert_id": expert_id, "first_day": span.since, "last_day": span.until}


LISTS: dict[Any, Callable[[ExpertEntry, int], Iterator[Row]]] = {
    ExpertIndustry: _industries,
    ExpertCertificate: _certificates,
    ExpertBlocked: _blocked,
}


# --- regions ------------------------------------------------------------------------------------------------------


@dataclass
class _RegionWork:
    added: list[Row] = field(default_factory=list)
    altered: list[Row] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)


def _write_regions(
    entries: Sequence[ExpertEntry], ids: Mapping[str, int], known: frozenset[int], *, source: str
) -> None:
    held = _held(known)
    work, today = _RegionWork(), clock.today()
    for entry in entries:
        expert_id = ids[entry.number]
        _plan(work, entry, held.get(expert_id, {}), about={"expert_id": expert_id, "source": source[:200]}, today=today)
    for some in _chunks(work.gone):
        db.session.execute(delete(ExpertRegion).where(ExpertRegion.id.in_(some)))
    if work.altered:
        _alter(ExpertRegion, ("kind", "since", "until"), work.altered)
    _insert(ExpertRegion, work.added)


def _held(known: frozenset[int]) -> dict[int, dict[Key, Row]]:
    columns = (ExpertRegion.id, ExpertRegion.expert_id, ExpertRegion.kind, ExpertRegion.region_code)
    held: dict[int, dict[Key, Row]] = defaultdict(dict)
    for some in _chunks(sorted(known)):
        wanted = select(*columns, ExpertRegion.since, ExpertRegion.until).where(ExpertRegion.expert_id.in_(some))
        for row in db.session.execute(wanted).mappings():
            held[row["expert_id"]][row["kind"], row["region_code"]] = dict(row)
    return held


def _wanted(entry: ExpertEntry) -> dict[Key, Span]:
    since = {name: Span.parse(f"{getattr(entry, name)}~") for name in ("employer_since", "residence_since")}
    wanted = {
        (Kind.EMPLOYER, entry.employer_region): since["employer_since"],
        (Kind.RESIDENCE, entry.residence_region): since["residence_since"],
        (Kind.REGISTRATION, entry.registration_region): Span(),
    }
    former = map(Place.parse, entry.former_regions)
    wanted |= {(Kind.FORMER_EMPLOYER, place.code): place.span for place in former}
    return {(kind, code): span for (kind, code), span in wanted.items() if code}


def _plan(work: _RegionWork, entry: ExpertEntry, held: Mapping[Key, Row], *, about: Row, today: date) -> None:
    wanted = _wanted(entry)
    for (kind, code), span in wanted.items():
        row = held.get((kind, code))
        if row is None:
            dates = {"since": span.since, "until": span.until, "typed_code": entry.typed.get(code, "")}
            work.added.append({**about, "kind": kind, "region_code": code, **dates})
        elif (row["since"], row["until"]) != (span.since, span.until):
            work.altered.append({"at": row["id"], "kind": kind, "since": span.since, "until": span.until})
    for key in held.keys() - wanted.keys():
        _leave(work, held[key], today=today, is_remembered=(Kind.FORMER_EMPLOYER, key[1]) in wanted)


def _leave(work: _RegionWork, row: Row, *, today: date, is_remembered: bool) -> None:
    """A place that is true no more stays as a fact with its last day; only an earlier employer's, struck out, goes."""
    past = Kind.FORMER_EMPLOYER if row["kind"] is Kind.EMPLOYER else row["kind"]
    if row["kind"] is Kind.FORMER_EMPLOYER or (past is Kind.FORMER_EMPLOYER and is_remembered):
        work.gone.append(row["id"])
    elif row["until"] is None:
        work.altered.append({"at": row["id"], "kind": past, "since": row["since"], "until": today})
