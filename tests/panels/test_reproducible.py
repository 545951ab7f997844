"""The panel list is the same byte for byte: for one thread and two, whatever order the rows come in, and by another solver."""

import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.kernel.canonical import canonical
from app.panels.draw import DrawInput, DrawResult, draw, input_record, shares
from app.panels.engine import Infeasible, Policy, Pool, Shape
from app.panels.engine.matching.core import Core
from app.panels.engine.matching.instance import Weighed
from app.panels.engine.pool import LOT_PARTS
from app.panels.engine.shares import plain_instance
from app.panels.engine.stated import is_plain, terms_of
from tests.panels.engine.instances import by_network_simplex
from tests.panels.pools import SEED, pool

ROOT = Path(__file__).resolve().parents[2]
PLAIN = Shape(size=3, leader=False, one_per_employer=False)
FULL = Shape(size=5, industry_experts=1, examiners=2, max_per_province=4)
DRAWN_AGAIN = """import json, sys
from app.kernel.canonical import canonical
from app.panels.draw import draw, read_input
for given, seed in json.load(sys.stdin):
    print(canonical(draw(read_input(given), seed).record))"""


def asked(policy: Policy, shape: Shape) -> DrawInput:
    return pool(60, 8, "again", shape=shape, policy=policy, balance=0 if shape is PLAIN else 500)


def listed(given: DrawInput) -> str:
    found = draw(given, SEED)
    assert isinstance(found, DrawResult), found
    return canonical(found.record)


CASES: list[tuple[Policy, Shape]] = [
    (policy, shape) for policy in ("best", "fairest", "random") for shape in (PLAIN, FULL)
]


def in_another_process(threads: int, cases: list[tuple[Policy, Shape]]) -> list[str]:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    told = json.dumps([[input_record(asked(policy, shape)), SEED] for policy, shape in cases])
    done = subprocess.run(
        [sys.executable, "-c", DRAWN_AGAIN],
        input=told,
        cwd=ROOT,
        env=os.environ | dict.fromkeys(names, str(threads)) | {"PYTHONHASHSEED": str(threads)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize("cases", [CASES[:3], pytest.param(CASES, marks=pytest.mark.slow)], ids=["some", "all"])
def test_one_thread_and_two_lead_to_the_same_bytes(cases: list[tuple[Policy, Shape]]) -> None:
    here = [listed(asked(policy, shape)) for policy, shape in cases]
    assert in_another_process(1, cases) == here
    assert in_another_process(2, cases) == here
    assert len(set(here)) == len(here)


@pytest.mark.parametrize(("policy", "shape"), CASES)
def test_the_order_of_experts_and_dossiers_changes_no_byte(policy: Policy, shape: Shape) -> None:
    given = asked(policy, shape)
    order = random.Random(policy)
    turned = replace(
        given,
        experts=tuple(order.sample(given.experts, len(given.experts))),
        dossiers=tuple(order.sample(given.dossiers, len(given.dossiers))),
    )
    assert listed(turned) == listed(given)
    assert canonical(shares(turned)) == canonical(shares(given))


@pytest.mark.parametrize("label", ["one", "two", "three"])
def test_another_solver_finds_the_same_list(label: str) -> None:
    """networkx's network simplex over all pairs, where seats, loads and lawful pairs are all that is asked."""
    given = pool(40, 8, label, shape=PLAIN, balance=0)
    asked_of = Pool(given.problem(SEED))
    terms = terms_of(asked_of)
    assert is_plain(asked_of, terms)
    worth = Weighed(LOT_PARTS, rests=np.asarray(asked_of.weights.T % LOT_PARTS).reshape(-1))
    _, parts = by_network_simplex(Core(plain_instance(terms), worth))
    found = draw(given, SEED)
    assert not isinstance(found, Infeasible)
    pairs = {
        asked_of.dossier_at[panel.dossier] * len(asked_of.experts) + asked_of.expert_at[member]
        for panel in found.panels
        for member in panel.members
    }
    assert pairs == set(parts)
