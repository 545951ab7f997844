"""What is measured on a working copy, step by step: first the most that the rules allow, then each choice by trial draws.

A step is plain data in and out, so that it can be worked out in a process of its own: `python -m app.panels.trials` reads one
from standard input and writes what it found.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import replace as changed
from typing import Any, Literal

from app.kernel.canonical import Record, digest
from app.panels import crossing, policies
from app.panels.draw import DrawInput, input_record, read_input
from app.panels.engine import Infeasible

Kind = Literal["crossing", "policies"]
BOUND = "bound"
"""Beside the policies: the mean that no lawful list's worst panel could exceed."""


def basis(kind: Kind, given: DrawInput) -> str:
    """What a measurement holds for: the input less the choice that may be made meanwhile and the day that it was asked on."""
    free = changed(given, crossing=0) if kind == "crossing" else changed(given, policy="best")
    return digest(input_record(changed(free, rule=changed(given.rule, places_since=None))))


def highest(kind: Kind, given: DrawInput) -> int:
    """The total affinity of the best list (where shares that cross are measured: without groups), 0 where there is none."""
    asked = changed(given, one_group=False, crossing=0) if kind == "crossing" else given
    most = policies.most_possible(asked)
    return 0 if isinstance(most, Infeasible) else most


def _share(given: DrawInput, percent: Any, most: int) -> Record:
    return crossing.share_record(crossing.share_of(given, percent, most))


def _policy(given: DrawInput, policy: Any, most: int) -> Record:
    if policy == BOUND:
        return {"bound": str(policies.fair_bound(given))}
    return policies.price_record(policies.price_of(given, policy, most))


FOUND: dict[Kind, Callable[[DrawInput, Any, int], Record]] = {"crossing": _share, "policies": _policy}


def step_record(kind: Kind, given: DrawInput, asked: Any, most: int) -> Record:
    return {"kind": kind, "input": input_record(given), "asked": asked, "highest": most}


def work_out(record: Record) -> Record:
    """`highest` where nothing is asked, else what was found."""
    kind, given = record["kind"], read_input(record["input"])
    if record["asked"] is None:
        return {"highest": highest(kind, given)}
    return {"found": FOUND[kind](given, record["asked"], record["highest"])}


if __name__ == "__main__":
    json.dump(work_out(json.load(sys.stdin)), sys.stdout)
