"""Entries written into the pool, thousands at a time: a fixed number of statements, none for each expert."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from app.experts.models import Expert, ExpertBlocked, ExpertCertificate, ExpertIndustry, ExpertKind, ExpertRegion
from app.experts.models import ExpertRegionKind as Kind
from app.experts.queries.entries import PLAIN
from app.experts.rules import BY_KEY, NEW, ExpertEntry, RowVerdict
from app.experts.rules.cells import Certificate, Place, Span, folded
from app.kernel import clock
from app.kernel.bulk import add_rows, alter_rows
from app.kernel.database import db

AT_A_TIME = 500
REGIONS = frozenset(
    {
        "employer_region",
        "employer_since",
        "residence_region",
        "residence_since",
        "registration_region",
        "former_regions",
    }
)
Row = dict[str, Any]
Key = tuple[Kind, str]


def write_entries(verdicts: Sequence[RowVerdict], *, source: str) -> dict[str, int]:
    """Every entry as the pool's expert of that number, new or with what its verdict says has changed; ids by number.

    A region that stays keeps its own source; a place that an expert has left is kept with the day it was left.
    """
    db.session.flush()
    entries = [row.entry for row in verdicts if row.entry is not None]
    known = _ids([entry.number for entry in entries])
    _update([entry for entry in entries if entry.number in known], known)
    ids = known | _add([entry for entry in entries if entry.number not in known])
    touched = _touched(verdicts)
    _write_regions(
        [entry for entry in entries if touched[entry.number] & REGIONS], ids, frozenset(known), source=source
    )
    _write_lists(entries, ids, known, touched)
    db.session.expire_all()
    return ids


def _touched(verdicts: Sequence[RowVerdict]) -> dict[str, frozenset[str]]:
    """The columns that are to be written, by the expert's number: all of a new one."""
    return {
        row.entry.number: frozenset(BY_KEY if row.verdict == NEW else (change.column for change in row.changes))
        for row in verdicts
        if row.entry is not None
    }


def _write_lists(
    entries: Sequence[ExpertEntry],
    ids: Mapping[str, int],
    known: Mapping[str, int],
    touched: Mapping[str, frozenset[str]],
) -> None:
    """What an expert has several of: each list that has changed, anew."""
    for column, (model, rows_of) in LISTS.items():
        concerned = [entry for entry in entries if column in touched[entry.number]]
        for some in _chunks([known[entry.number] for entry in concerned if entry.number in known]):
            db.session.execute(delete(model).where(model.expert_id.in_(some)))
        add_rows(model, [row for entry in concerned for row in rows_of(entry, ids[entry.number])])


def _add(fresh: Sequence[ExpertEntry]) -> dict[str, int]:
    add_rows(Expert, [_columns(entry) | {"created_at": clock.now(), "version": 1} for entry in fresh])
    return _ids([entry.number for entry in fresh])


def _ids(numbers: Sequence[str]) -> dict[str, int]:
    """Of many, by reading all: a long list of wanted numbers costs PostgreSQL much more than the whole pool."""
    wanted = select(Expert.number, Expert.id)
    if len(numbers) <= AT_A_TIME:
        return dict(db.session.execute(wanted.where(Expert.number.in_(numbers))).all())
    among = frozenset(numbers)
    return {number: expert_id for number, expert_id in db.session.execute(wanted) if number in among}


def _chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), AT_A_TIME):
        yield rows[start : start + AT_A_TIME]


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


def _update(entries: Sequence[ExpertEntry], known: Mapping[str, int]) -> None:
    versions = dict(db.session.execute(select(Expert.id, Expert.version)).all()) if entries else {}
    rows = []
    for entry in entries:
        expert_id = known[entry.number]
        columns = {name: value for name, value in _columns(entry).items() if name not in KEPT}
        rows.append(columns | {"id": expert_id, "version": versions[expert_id] + 1})
    alter_rows(Expert, rows)


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


LISTS: dict[str, tuple[Any, Callable[[ExpertEntry, int], Iterator[Row]]]] = {
    "industries": (ExpertIndustry, _industries),
    "certificates": (ExpertCertificate, _certificates),
    "blocked": (ExpertBlocked, _blocked),
}


# --- regions ------------------------------------------------------------------------------------------------------


@dataclass
class _RegionWork:
    added: list[Row] = field(default_factory=list)
    altered: list[Row] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)


def _write_regions(
    entries: Sequence[ExpertEntry], ids: Mapping[str, int], known: frozenset[str], *, source: str
) -> None:
    held = _held([ids[entry.number] for entry in entries if entry.number in known])
    work, today = _RegionWork(), clock.today()
    for entry in entries:
        expert_id = ids[entry.number]
        _plan(work, entry, held.get(expert_id, {}), about={"expert_id": expert_id, "source": source[:200]}, today=today)
    for some in _chunks(work.gone):
        db.session.execute(delete(ExpertRegion).where(ExpertRegion.id.in_(some)))
    alter_rows(ExpertRegion, work.altered)
    add_rows(ExpertRegion, work.added)


def _held(known: Sequence[int]) -> dict[int, dict[Key, Row]]:
    columns = (ExpertRegion.id, ExpertRegion.expert_id, ExpertRegion.kind, ExpertRegion.region_code)
    held: dict[int, dict[Key, Row]] = defaultdict(dict)
    for some in _chunks(known):
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
            work.altered.append({"id": row["id"], "kind": kind, "since": span.since, "until": span.until})
    for key in held.keys() - wanted.keys():
        _leave(work, held[key], today=today, is_remembered=(Kind.FORMER_EMPLOYER, key[1]) in wanted)


def _leave(work: _RegionWork, row: Row, *, today: date, is_remembered: bool) -> None:
    """A place that is true no more stays as a fact with its last day; only an earlier employer's, struck out, goes."""
    past = Kind.FORMER_EMPLOYER if row["kind"] is Kind.EMPLOYER else row["kind"]
    if row["kind"] is Kind.FORMER_EMPLOYER or (past is Kind.FORMER_EMPLOYER and is_remembered):
        work.gone.append(row["id"])
    elif row["until"] is None:
        work.altered.append({"id": row["id"], "kind": past, "since": row["since"], "until": today})
