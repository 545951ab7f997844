"""The stored record of a draw or of a replacement, and the same computed again from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.kernel.canonical import Record, digest
from app.panels import draw as drawing
from app.panels.draw import DrawInput, DrawResult, Replacement
from app.panels.engine import Infeasible, Seat
from app.panels.models import REPAIR_INPUT

REPLACEMENT_INPUT, REPLACEMENT_RESULT = "zhiheng-replacement/1", "zhiheng-seat/1"


@dataclass(frozen=True)
class Recomputed:
    """Digests computed again; `result_digest` is empty where the stored input leads to no panels at all."""

    input_digest: str
    result_digest: str


def replacement_input(given: DrawInput, lost: Seat, standing: Sequence[Seat]) -> Record:
    return {
        "format": REPLACEMENT_INPUT,
        "input": drawing.input_record(given),
        "lost": _seat(lost),
        "standing": sorted(_seat(seat) for seat in standing),
    }


def replacement_result(input_digest: str, seed: str, seat: Seat) -> Record:
    return {"format": REPLACEMENT_RESULT, "input": input_digest, "seed": seed, "seat": _seat(seat)}


def repair_input(given: DrawInput, lost: Sequence[Seat], standing: Sequence[Seat]) -> Record:
    """Its result is a list of panels like any draw's."""
    return {
        "format": REPAIR_INPUT,
        "input": drawing.input_record(given),
        "lost": sorted(map(_seat, lost)),
        "standing": sorted(map(_seat, standing)),
    }


def recompute(stored: Record, seed: str, marginals: Record | None = None) -> Recomputed:
    """The same draw from the stored input, seed and (where it was made from any) chances, by today's program."""
    result = _result(stored, seed, marginals)
    return Recomputed(digest(stored), "" if result is None else digest(result))


def _result(stored: Record, seed: str, marginals: Record | None) -> Record | None:
    if stored["format"] == REPLACEMENT_INPUT:
        found = _replaced(stored, seed)
        return None if isinstance(found, Infeasible) else replacement_result(digest(stored), seed, found.seat)
    drawn = _repaired(stored, seed) if stored["format"] == REPAIR_INPUT else _drawn(stored, seed, marginals)
    return None if isinstance(drawn, Infeasible) else drawn.record


def _replaced(stored: Record, seed: str) -> Replacement | Infeasible:
    standing = [Seat(*seat) for seat in stored["standing"]]
    return drawing.replace(drawing.read_input(stored["input"]), seed, Seat(*stored["lost"]), standing=standing)


def _repaired(stored: Record, seed: str) -> DrawResult | Infeasible:
    lost, standing = ([Seat(*seat) for seat in stored[name]] for name in ("lost", "standing"))
    return drawing.restore(drawing.read_input(stored["input"]), seed, lost, standing=standing)


def _drawn(stored: Record, seed: str, marginals: Record | None) -> DrawResult | Infeasible:
    return drawing.draw(drawing.read_input(stored), seed, marginals)


def _seat(seat: Seat) -> list[str | bool]:
    return [seat.dossier, seat.expert, seat.is_leader]
