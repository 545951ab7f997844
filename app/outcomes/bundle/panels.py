"""Draws with their records, every seat under a code with the places that the out-of-region rule looks at, exceptions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.experts.models import Expert
from app.kernel import signing
from app.kernel.canonical import digest
from app.kernel.database import db
from app.outcomes.bundle.files import Cell, File, document, table
from app.outcomes.bundle.scope import Scope
from app.panels import ceremonies, ceremony
from app.panels.interests import exceptions_of
from app.panels.models import Assignment, Draw, PairException
from app.panels.published import public_record, whole_record
from app.workflow import DrawState, ExceptionState

Place = tuple[str, str, str]  # kind, code, the day on which it was left


def files(scope: Scope) -> Iterator[File]:
    draws = sorted(ceremonies.public_draws(scope.edition), key=lambda draw: draw.id)
    yield from _draws(scope, draws)
    yield from _panels(scope, draws)


def _draws(scope: Scope, draws: Sequence[Draw]) -> Iterator[File]:
    yield table("draws/draws.csv", "zhiheng-draws/1", DRAW, (_draw_row(scope, draw) for draw in draws), key=2)
    record = whole_record if scope.full else public_record
    in_force = (draw for draw in draws if draw.seed and draw.state is DrawState.PUBLISHED)
    yield from (document(_path(scope, draw), "zhiheng-draw-record/1", {"record": record(draw)}) for draw in in_force)


def _panels(scope: Scope, draws: Sequence[Draw]) -> Iterator[File]:
    seats = _seats(scope)
    codes = _codes(seats, draws)
    given = {draw.id: (draw.number, _places_in(draw)) for draw in draws}
    rows = (_seat_row(scope, seat, codes[seat.id], given.get(seat.draw_id or 0, NO_DRAW)) for seat in seats)
    yield table("panels/seats.csv", "zhiheng-seats/1", SEAT, rows, key=3)
    yield _exceptions(scope, seats, codes)
    if scope.full:
        people = (_person_row(seat, codes[seat.id]) for seat in seats)
        yield table("panels/people.csv", "zhiheng-people/1", PERSON, people, key=3)


# --- draws --------------------------------------------------------------------------------------------------------

DRAW = (
    "round",
    "number",
    "follows",
    "state",
    "committed_at",
    "experts",
    "dossiers",
    "pool_digest",
    "input_digest",
    "marginals_digest",
    "public_value",
    "seed",
    "result_digest",
    "published_at",
)


def _path(scope: Scope, draw: Draw) -> str:
    return f"draws/{scope.rounds[draw.round_id]}-{draw.number}.json"


def _draw_row(scope: Scope, draw: Draw) -> Sequence[Cell]:
    pool = _pool(draw)
    return (
        scope.rounds[draw.round_id],
        draw.number,
        ceremonies.root_of(draw).number if draw.parent_id else "",
        draw.state.value,
        draw.committed_at.isoformat() if draw.committed_at else "",
        len(pool.get("experts", ())),
        len(pool.get("dossiers", ())),
        digest(pool.get("experts", [])),
        draw.input_digest,
        draw.marginals_digest,
        draw.public_value,
        draw.seed,
        draw.result_digest,
        draw.published_at.isoformat() if draw.published_at else "",
    )


def _pool(draw: Draw) -> Mapping[str, list[dict[str, object]]]:
    """Of a draw that follows another the rules' own input is inside its input."""
    inner: Mapping[str, list[dict[str, object]]] = draw.input.get("input", draw.input)
    return inner


def _places_in(draw: Draw) -> dict[str, list[Place]]:
    """By code the places of every expert as they were frozen with the draw."""
    experts: Iterable[dict[str, object]] = _pool(draw).get("experts", ())
    return {str(expert["id"]): [_frozen(place) for place in expert["regions"]] for expert in experts}  # type: ignore[attr-defined]


def _frozen(place: Sequence[str]) -> Place:
    kind, code, *days = place
    return kind, code, days[1] if len(days) > 1 else ""


# --- seats --------------------------------------------------------------------------------------------------------

SEAT = ("round", "dossier", "code", "role", "origin", "draw", "state", "regions")
PERSON = ("round", "dossier", "code", "expert", "name", "employer", "reason", "seated_by")


def _seats(scope: Scope) -> Sequence[Assignment]:
    found = (
        select(Assignment)
        .where(Assignment.edition_id == scope.edition.id)
        .options(joinedload(Assignment.application), joinedload(Assignment.round))
        .options(joinedload(Assignment.expert).selectinload(Expert.regions), joinedload(Assignment.seater))
    )
    rounds = list(scope.rounds)
    return sorted(
        db.session.scalars(found), key=lambda seat: (rounds.index(seat.round_id), seat.application.number, seat.id)
    )


def _codes(seats: Sequence[Assignment], draws: Sequence[Draw]) -> dict[int, str]:
    """Under which code each seat stands: that of its own draw; in a round, one by name goes by the round's first draw."""
    first = {draw.round_id: draw for draw in reversed(draws) if draw.parent_id is None}
    keys = {draw.id: str(ceremonies.codes_of(ceremonies.root_of(draw))["key"]) for draw in draws}

    def key(seat: Assignment) -> str:
        draw_id = seat.draw_id or getattr(first.get(seat.round_id), "id", None)
        return keys[draw_id] if draw_id else signing.derived(f"codes|{seat.round_id}")

    return {seat.id: ceremony.code(key(seat), seat.expert.number) for seat in seats}


NO_DRAW: tuple[Cell, dict[str, list[Place]]] = ("", {})


def _seat_row(scope: Scope, seat: Assignment, code: str, given: tuple[Cell, Mapping[str, list[Place]]]) -> list[Cell]:
    """`given`: the draw's number and the places that stood in its input."""
    number, frozen = given
    places = frozen.get(code) or [
        (place.kind.value, place.region_code, place.until.isoformat() if place.until else "")
        for place in seat.expert.regions
    ]
    told = {scope.place(where) for where in _counted(scope, places, seat.places_since)}
    return [
        seat.round.key,
        seat.application.number,
        code,
        seat.role.value,
        seat.origin.value,
        number,
        seat.state.value,
        " ".join(sorted(filter(None, told))),
    ]


def _counted(scope: Scope, places: Iterable[Place], since: date) -> Iterator[str]:
    kinds = frozenset(filter(None, scope.edition.expert_region_kinds.split(",")))
    for kind, code, left in places:
        if (not kinds or kind in kinds) and (not left or left >= since.isoformat()):
            yield code


def _person_row(seat: Assignment, code: str) -> list[Cell]:
    expert = seat.expert
    return [
        seat.round.key,
        seat.application.number,
        code,
        expert.number,
        expert.name,
        expert.employer,
        seat.reason,
        seat.seater.name if seat.seater else "",
    ]


# --- exceptions ---------------------------------------------------------------------------------------------------

EXCEPTION = ("number", "rule", "dossier", "codes", "state", "reason", "proposed_by", "confirmed_by")


def _exceptions(scope: Scope, seats: Sequence[Assignment], codes: Mapping[int, str]) -> File:
    """Those in force or revoked; the code of the expert in every round in which the pair came to a seat."""
    known = (ExceptionState.CONFIRMED, ExceptionState.REVOKED)
    rows = (
        _exception_row(scope, each, _codes_of_pair(each, seats, codes))
        for each in exceptions_of(scope.edition)
        if each.state in known
    )
    return table("panels/exceptions.csv", "zhiheng-exceptions/1", EXCEPTION, rows)


def _codes_of_pair(each: PairException, seats: Sequence[Assignment], codes: Mapping[int, str]) -> str:
    pair = (each.expert_id, each.application_id)
    return " ".join(sorted({codes[seat.id] for seat in seats if (seat.expert_id, seat.application_id) == pair}))


def _exception_row(scope: Scope, each: PairException, codes: str) -> list[Cell]:
    told = [each.number, each.rule.value, each.application.number, codes, each.state.value]
    people = [each.reason, each.proposer.name, each.confirmer.name if each.confirmer else ""]
    return [*told, *(people if scope.full else ("", "", ""))]
