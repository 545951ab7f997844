"""Made-up pools for measuring the assignment: the generator "award-v1", the same numbers on every machine.

31 provinces with ten cities each, Zipf weights. An expert has the employer's region and, one in four, another residence; one
dossier in ten has two regions; pairs that share a province are not eligible, and four in a thousand have declared a conflict.
20 industries with weights of their own on either side, so some are scarce. Affinity in basis points: half the match of
industries, 0.38 the similarity of 16 topics, 0.12 seniority. Two in five experts must serve once.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

PROVINCES, CITIES, INDUSTRIES, TOPICS = 31, 10, 20, 16
BLOCK = 4_000_000
Numbers = Any


@dataclass(frozen=True)
class Size:
    experts: int
    dossiers: int
    seed: int
    highest: int = 4
    must_serve: float = 0.4


SIZES = {
    "award": Size(500, 100, 2024),
    "award_tight": Size(180, 100, 2026, highest=3, must_serve=0.8),
    "medium": Size(2_000, 800, 30),
    "many dossiers": Size(600, 2_000, 31, highest=20),
    "large": Size(5_000, 2_000, 31, highest=5),
    "national": Size(20_000, 10_000, 77, highest=6),
}


def pool(size: Size, seats: int = 5) -> dict[str, Numbers]:
    """aff (float32) and ok (bool), dossiers × experts; k seats a dossier; lo and hi loads of each expert."""
    source = np.random.default_rng(np.random.PCG64(size.seed))
    places = _places(source, size)
    people = _people(source, size)
    aff, ok = _pairs(source, size, places, people)
    highest = np.clip(source.integers(size.highest - 1, size.highest + 2, size.experts), 1, None)
    lowest = ((source.random(size.experts) < size.must_serve) & (ok.sum(axis=0) >= 3)).astype(np.int64)
    if lowest.sum() > 0.9 * seats * size.dossiers:
        some = source.permutation(np.flatnonzero(lowest))
        lowest[some[: int(lowest.sum() - 0.9 * seats * size.dossiers)]] = 0
    return {"aff": aff, "ok": ok, "k": np.full(size.dossiers, seats, np.int64), "lo": lowest, "hi": highest}


def _zipf(count: int, power: float) -> Numbers:
    weights = 1.0 / np.arange(1, count + 1) ** power
    return weights / weights.sum()


def _places(source: np.random.Generator, size: Size) -> tuple[Numbers, ...]:
    """Two provinces of every expert and of every dossier."""

    def cities(count: int) -> Numbers:
        province = source.choice(PROVINCES, count, p=_zipf(PROVINCES, 0.6))
        return province * CITIES + source.choice(CITIES, count, p=_zipf(CITIES, 0.7))

    employers = max(8, size.experts // 4)
    homes = cities(employers)
    work = homes[source.choice(employers, size.experts, p=_zipf(employers, 0.5))]
    home = np.where(source.random(size.experts) < 0.25, cities(size.experts), work)
    first = cities(size.dossiers)
    second = np.where(source.random(size.dossiers) < 0.10, cities(size.dossiers), first)
    return work // CITIES, home // CITIES, first // CITIES, second // CITIES


def _people(source: np.random.Generator, size: Size) -> dict[str, Numbers]:
    weights = 1.0 / np.arange(1, INDUSTRIES + 1) ** 0.5
    count = size.experts
    first = source.choice(INDUSTRIES, count, p=source.permutation(weights) / weights.sum())
    second = np.where(source.random(count) < 0.5, source.integers(0, INDUSTRIES, count), first)
    wanted = source.choice(INDUSTRIES, size.dossiers, p=source.permutation(weights) / weights.sum())
    related = 0.15 + 0.40 * source.random((INDUSTRIES, INDUSTRIES)) ** 2
    related = (related + related.T) / 2
    np.fill_diagonal(related, 1.0)
    finance = source.random(count) < 0.12
    source.random(count)  # who may lead: drawn so that the numbers after it stay the same, not needed here
    centres = source.standard_normal((INDUSTRIES, TOPICS))
    mine = (0.7 * centres[first] + 0.4 * centres[second] + source.standard_normal((count, TOPICS))).astype(np.float32)
    theirs = (0.9 * centres[wanted] + source.standard_normal((size.dossiers, TOPICS))).astype(np.float32)
    return {
        "first": first,
        "second": second,
        "wanted": wanted,
        "related": related.astype(np.float32),
        "finance": finance,
        "mine": mine / np.linalg.norm(mine, axis=1, keepdims=True),
        "theirs": theirs / np.linalg.norm(theirs, axis=1, keepdims=True),
    }


def _pairs(
    source: np.random.Generator, size: Size, places: tuple[Numbers, ...], people: dict[str, Numbers]
) -> tuple[Numbers, Numbers]:
    seniority = source.random(size.experts).astype(np.float32) ** 1.5
    aff = np.empty((size.dossiers, size.experts), np.float32)
    ok = np.empty((size.dossiers, size.experts), bool)
    auditor = (0.25 + 0.35 * source.random(size.experts)).astype(np.float32)
    work, home, first, second = places
    height = max(1, BLOCK // size.experts)
    for start in range(0, size.dossiers, height):
        rows = slice(start, min(size.dossiers, start + height))
        close = people["related"][people["wanted"][rows]]
        match = np.maximum(close[:, people["first"]], 0.8 * close[:, people["second"]])
        match[:, people["finance"]] = auditor[people["finance"]]
        topics = 0.5 + 0.5 * (people["theirs"][rows] @ people["mine"].T)
        whole = 0.50 * match + 0.38 * topics + 0.12 * seniority
        aff[rows] = np.rint(np.clip(whole, 0, 1) * 10_000) / np.float32(10_000)
        one, other = first[rows, None], second[rows, None]
        apart = (one != work) & (one != home) & (other != work) & (other != home)
        ok[rows] = apart & (source.random(apart.shape, dtype=np.float32) >= 0.004)
    return aff, ok
