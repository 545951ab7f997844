"""Entries written into the pool, thousands at a time: a fixed number of statements, none for each expert."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from operator import attrgetter
from typing import Any

from sqlalchemy import delete, select

from app.experts.models import Expert, ExpertBlocked, ExpertCertificate, ExpertIndustry, ExpertKind, ExpertRegion
from app.experts.models import ExpertRegionKind as Kind
from app.experts.queries.entries import PLAIN
from app.experts.rules import BY_KEY, NEW, ExpertEntry, RowVerdict
from app.experts.rules.cells import Certificate, Place, Span, folded
from app.kernel import clock
from app.kernel.bulk import Batch, add_batch, add_rows, alter_batch, alter_rows, batch
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


@dataclass(frozen=True)
class Writing:
    """Entries made ready to be written, before any transaction: all that needs no id of the database."""

    source: str
    fresh: tuple[ExpertEntry, ...]
    known: tuple[ExpertEntry, ...]
    touched: Mapping[str, frozenset[str]]
    experts: Batch
    altered: tuple[Batch, ...]
    parts: tuple[tuple[Batch, list[str]], ...]
    """What new experts have several of, and whose each row is, by number."""


def write_entries(verdicts: Sequence[RowVerdict], *, source: str) -> dict[str, int]:
    """Every entry as the pool's expert of that number, new or with what its verdict says has changed; ids by number.

    A region that stays keeps its own source; a place that an expert has left is kept with the day it was left.
    """
    return write(arranged(verdicts, source=source), {})


def arranged(verdicts: Sequence[RowVerdict], *, source: str) -> Writing:
    """No database is asked."""
    fresh, known = _entries(verdicts, is_new=True), _entries(verdicts, is_new=False)
    touched, source = _touched(verdicts), source[:200]
    experts = batch(Expert, FRESH, [_columns(entry) | {"created_at": clock.now(), "version": 1} for entry in fresh])
    return Writing(source, fresh, known, touched, experts, _alterations(known, touched), _parts(fresh, source))


def _entries(verdicts: Sequence[RowVerdict], *, is_new: bool) -> tuple[ExpertEntry, ...]:
    return tuple(row.entry for row in verdicts if row.entry is not None and (row.verdict == NEW) is is_new)


def write(writing: Writing, users: Mapping[str, int]) -> dict[str, int]:
    """`users`: the account of each new expert by mail address, where there is one already."""
    db.session.flush()
    add_batch(writing.experts.given(user_id=[users.get(entry.email) for entry in writing.fresh]))
    for altered in writing.altered:
        alter_batch(altered, counted="version")
    ids = _ids([entry.number for entry in (*writing.fresh, *writing.known)])
    for part, owners in writing.parts:
        add_batch(part.given(expert_id=[ids[number] for number in owners]))
    moved = [entry for entry in writing.known if writing.touched[entry.number] & REGIONS]
    _write_regions(moved, ids, source=writing.source)
    _write_lists(writing.known, ids, writing.touched)
    db.session.expire_all()
    return ids


def _parts(fresh: Sequence[ExpertEntry], source: str) -> tuple[tuple[Batch, list[str]], ...]:
    regions = _part(ExpertRegion, PLACE, fresh, partial(_regions, source=source))
    return (regions, *(_part(model, names, fresh, rows_of) for model, names, rows_of in LISTS.values()))


def _part(
    model: Any, names: Sequence[str], fresh: Sequence[ExpertEntry], rows_of: Callable[[ExpertEntry], Iterator[Row]]
) -> tuple[Batch, list[str]]:
    owned = [(entry.number, row) for entry in fresh for row in rows_of(entry)]
    return batch(model, names, [row for _, row in owned]), [number for number, _ in owned]


def _alterations(known: Sequence[ExpertEntry], touched: Mapping[str, frozenset[str]]) -> tuple[Batch, ...]:
    """One batch for all who have the same columns changed; whoever has none counts as changed, too."""
    alike: dict[tuple[str, ...], list[ExpertEntry]] = defaultdict(list)
    for entry in known:
        columns = touched[entry.number] & OWN_COLUMNS
        alike[(*sorted(columns), *(("searchable",) if columns & SEARCHED else ()))].append(entry)
    return tuple(
        batch(Expert, (*names, "number"), [_some(entry, names) for entry in entries])
        for names, entries in alike.items()
    )


def _some(entry: ExpertEntry, names: Sequence[str]) -> Row:
    return {name: WRITTEN.get(name, attrgetter(name))(entry) for name in (*names, "number")}


def _touched(verdicts: Sequence[RowVerdict]) -> dict[str, frozenset[str]]:
    """The columns that are to be written, by the expert's number: all of a new one."""
    return {
        row.entry.number: frozenset(BY_KEY if row.verdict == NEW else (change.column for change in row.changes))
        for row in verdicts
        if row.entry is not None
    }


def _write_lists(known: Sequence[ExpertEntry], ids: Mapping[str, int], touched: Mapping[str, frozenset[str]]) -> None:
    """What a known expert has several of: each list that has changed, anew."""
    for column, (model, _names, rows_of) in LISTS.items():
        concerned = [entry for entry in known if column in touched[entry.number]]
        for some in _chunks([ids[entry.number] for entry in concerned]):
            db.session.execute(delete(model).where(model.expert_id.in_(some)))
        add_rows(model, [{"expert_id": ids[entry.number], **row} for entry in concerned for row in rows_of(entry)])


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


def _listed(name: str) -> Callable[[ExpertEntry], object]:
    return lambda entry: list(getattr(entry, name))


WRITTEN: dict[str, Callable[[ExpertEntry], object]] = {
    "kind": lambda entry: ExpertKind(entry.kind),
    "criteria": _listed("criteria"),
    "languages": _listed("languages"),
    "searchable": searchable,
}
OWN_COLUMNS = frozenset({*PLAIN, *WRITTEN}) - {"number", "searchable"}
SEARCHED = frozenset({"name", "employer", "specialty"})


def _columns(entry: ExpertEntry) -> Row:
    return (
        {name: getattr(entry, name) for name in PLAIN}
        | {name: made(entry) for name, made in WRITTEN.items()}
        | dict.fromkeys(("removed_at", "confirmed_at", "last_used_on", "proposed_at"))
        | {"removal_reason": "", "proposal": ""}
    )


FRESH = (
    *PLAIN, *WRITTEN, "removed_at", "confirmed_at", "last_used_on", "proposed_at", "removal_reason", "proposal", "created_at",
    "version",
)  # fmt: skip


def _industries(entry: ExpertEntry) -> Iterator[Row]:
    for division in entry.industries:
        yield {"division": division}


def _certificates(entry: ExpertEntry) -> Iterator[Row]:
    for text in entry.certificates:
        held = Certificate.parse(text)
        yield {"name": held.name, "number": held.number, "expires_on": held.expires_on}


def _blocked(entry: ExpertEntry) -> Iterator[Row]:
    for text in entry.blocked:
        span = Span.parse(text)
        yield {"first_day": span.since, "last_day": span.until}


RowsOf = Callable[[ExpertEntry], Iterator[Row]]
LISTS: dict[str, tuple[Any, tuple[str, ...], RowsOf]] = {
    "industries": (ExpertIndustry, ("division",), _industries),
    "certificates": (ExpertCertificate, ("name", "number", "expires_on"), _certificates),
    "blocked": (ExpertBlocked, ("first_day", "last_day"), _blocked),
}
PLACE = ("source", "kind", "region_code", "since", "until", "typed_code")


# --- regions ------------------------------------------------------------------------------------------------------


@dataclass
class _RegionWork:
    added: list[Row] = field(default_factory=list)
    altered: list[Row] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)


def _regions(entry: ExpertEntry, *, source: str) -> Iterator[Row]:
    """Of a new expert."""
    for (kind, code), span in _wanted(entry).items():
        dates = {"since": span.since, "until": span.until, "typed_code": entry.typed.get(code, "")}
        yield {"source": source, "kind": kind, "region_code": code, **dates}


def _write_regions(entries: Sequence[ExpertEntry], ids: Mapping[str, int], *, source: str) -> None:
    held = _held([ids[entry.number] for entry in entries])
    work, today = _RegionWork(), clock.today()
    for entry in entries:
        expert_id = ids[entry.number]
        _plan(work, entry, held.get(expert_id, {}), about={"expert_id": expert_id, "source": source}, today=today)
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
