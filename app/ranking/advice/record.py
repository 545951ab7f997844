"""Advice as a record: what is stored, digested and recomputed. It holds its own input."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from math import isfinite
from typing import Any

import numpy as np

from app.kernel.canonical import Record
from app.kernel.words import Message
from app.ranking.advice.data import Advice, Part, Question
from app.ranking.advice.residuals import Manner
from app.ranking.advice.sensitivity import Sensitivity
from app.ranking.advice.ties import Labels, Relation

FORMAT = "zhiheng-advice/2"
DECIMALS = 6
NEAR = 1e-5
FEW_DRAWS = 3
"""How far a recomputation on another machine may differ: in the last digits of a number, and in the draws whose order hangs on them."""


def version() -> str:
    return f"{FORMAT} numpy {np.__version__}"


def written(
    advice: Advice, changes: Sensitivity, manners: Mapping[str, Sequence[Manner]], worth: Sequence[tuple[str, float]]
) -> Record:
    """What the pages show. `worth`: the dossiers of which another review would tell most."""
    return {
        "refusals": list(map(message_record, advice.refusals)),
        "notices": list(map(message_record, advice.notices)),
        "outlooks": list(map(_row, advice.outlooks)),
        "wrong": list(map(_rounded, advice.wrong)),
        "fits": list(map(_row, advice.fits)),
        "manners": {key: list(map(_row, found)) for key, found in manners.items()},
        "worth": [[name, _rounded(value)] for name, value in worth],
        "sensitivity": {
            "tried": list(map(list, changes.tried)),
            "changes": list(map(_row, changes.changes)),
            "stable": {str(places): list(names) for places, names in changes.stable.items()},
        },
    }


def question_record(question: Question) -> Record:
    """The input, complete: the same record gives the same advice."""
    return {
        "format": FORMAT,
        "seed": str(question.seed),
        "draws": question.draws,
        "share": question.share,
        "cuts": [[cut.key, cut.places] for cut in question.cuts],
        "dossiers": list(question.dossiers),
        "parts": [_part_record(part) for part in question.parts],
    }


def _part_record(part: Part) -> Record:
    return {
        "key": part.key,
        "mode": part.mode,
        "weight": part.weight,
        "bound": part.bound,
        "planned": part.planned,
        "groups": dict(part.groups),
        "kept": {name: round(points, DECIMALS) for name, points in part.kept.items()},
        "reviews": sorted([each.dossier, each.expert, each.twentieths] for each in part.reviews),
    }


def labels_record(labels: Mapping[str, Labels]) -> Record:
    """By relation, what every expert and every dossier carries."""
    return {key: {"experts": _sorted(each.experts), "dossiers": _sorted(each.dossiers)} for key, each in labels.items()}


def _sorted(held: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {name: sorted(labels) for name, labels in sorted(held.items())}


def stored_labels(record: Mapping[str, Any]) -> dict[str, Labels]:
    return {key: Labels(each["experts"], each["dossiers"]) for key, each in record.items()}


def relation_record(relation: Relation) -> Record:
    found = plain({name: value for name, value in asdict(relation).items() if name not in ("refused", "own")})
    refused = None if relation.refused is None else message_record(relation.refused)
    return found | {"refused": refused, "own": list(map(_row, relation.own))}


def message_record(message: Message) -> Record:
    values = {
        key: message_record(value) if isinstance(value, Message) else list(value) if isinstance(value, tuple) else value
        for key, value in message.values.items()
    }
    return {"text": message.text, "values": values}


def message_of(record: Mapping[str, object]) -> Message:
    """A message back from its record."""
    values = record["values"]
    assert isinstance(values, dict)
    return Message(str(record["text"]), {key: _value(value) for key, value in values.items()})


def _value(value: object) -> object:
    if isinstance(value, dict):
        return message_of(value)
    return tuple(value) if isinstance(value, list) else value


def _row(found: Any) -> Record:
    """A dataclass of plain values."""
    return plain(asdict(found))


def plain(values: Record) -> Record:
    """Numbers to six decimals, tuples as lists: as JSON gives them back. What is not a number is left out as None."""
    return {
        key: _rounded(value) if isinstance(value, float) else list(value) if isinstance(value, tuple) else value
        for key, value in values.items()
    }


def _rounded(value: float) -> float | None:
    return round(value, DECIMALS) if isfinite(value) else None


def agrees(stored: object, again: object, *, name: str = "") -> bool:
    """Whether a recomputation says what is stored, within what the last digits of floating numbers can do."""
    if isinstance(stored, dict) and isinstance(again, dict):
        return stored.keys() == again.keys() and all(agrees(stored[key], again[key], name=key) for key in stored)
    if isinstance(stored, list) and isinstance(again, list):
        return len(stored) == len(again) and all(map(partial(agrees, name=name), stored, again))
    return stored == again or _is_near(stored, again, SLACK.get(name, NEAR))


def _is_near(stored: object, again: object, slack: float) -> bool:
    numbers = (int, float)
    return isinstance(stored, numbers) and isinstance(again, numbers) and abs(stored - again) <= slack


SLACK = {"within": FEW_DRAWS, "low": 1, "high": 1, "wrong": 0.01, "worth": 0.01, "dealt": 0.01}
