"""Made-up pools for measuring the assignment: the generator "award-v1", the same numbers on every machine.

31 provinces with ten cities each, Zipf weights. An expert has the employer's region and, one in four, another residence; one
dossier in ten has two regions; pairs that share a province (an award of a city: a city) are not eligible, and four in a
thousand have declared a conflict. A quarter as many employers as experts. 20 industries with weights of their own on either
side, so some are scarce. Affinity in basis points: half the match of industries, 0.38 the similarity of 16 topics, 0.12
seniority. Two in five experts must serve once; one in eight is a finance expert, and a quarter of the others may lead.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

PROVINCES, CITIES, INDUSTRIES, TOPICS = 31, 10, 20, 16
OWN = 0  # the award's own province; nobody from there leads
GROUP = 12  # dossiers in a group, about
BLOCK = 4_000_000
Numbers = Any


@dataclass(frozen=True)
class Size:
    experts: int
    dossiers: int
    seed: int
    highest: int = 4
    must_serve: float = 0.4
    by_city: bool = False

    @property
    def cities_a_region(self) -> int:
        return 1 if self.by_city else CITIES


SIZES = {
    "award": Size(500, 100, 2024),
    "award_city": Size(500, 100, 2025, by_city=True),
    "award_scarce": Size(180, 100, 2027, highest=5, must_serve=0.8),
    "award_tight": Size(180, 100, 2026, highest=3, must_serve=0.8),
    "medium": Size(2_000, 800, 30),
    "many dossiers": Size(600, 2_000, 31, highest=20),
    "large": Size(5_000, 2_000, 31, highest=5),
    "large_tight": Size(2_600, 2_000, 32, must_serve=0.8),
    "national": Size(20_000, 10_000, 77, highest=6),
}


def pool(size: Size, seats: int = 5) -> dict[str, Numbers]:
    """aff (float32) and ok (bool), dossiers × experts; k seats a dossier; lo and hi loads of each expert; what the further
    rules look at: employer, prov, leader, finance, ind and ind2 of experts, dind and group of dossiers."""
    source = np.random.default_rng(np.random.PCG64(size.seed))
    places = _places(source, size)
    people = _people(source, size)
    aff, ok = _pairs(source, size, _regions(places, size), people)
    highest = np.clip(source.integers(size.highest - 1, size.highest + 2, size.experts), 1, None)
    lowest = ((source.random(size.experts) < size.must_serve) & (ok.sum(axis=0) >= 3)).astype(np.int64)
    if lowest.sum() > 0.9 * seats * size.dossiers:
        some = source.permutation(np.flatnonzero(lowest))
        lowest[some[: int(lowest.sum() - 0.9 * seats * size.dossiers)]] = 0
    work, home, *_ = _regions(places, size)
    return {
        "aff": aff,
        "ok": ok,
        "k": np.full(size.dossiers, seats, np.int64),
        "lo": lowest,
        "hi": highest,
        "employer": places["employer"],
        "prov": places["work"] // CITIES,
        "leader": people["leader"] & (work != OWN) & (home != OWN),
        "finance": people["finance"],
        "ind": people["first"],
        "ind2": people["second"],
        "dind": people["wanted"],
        "group": _groups(source, people["wanted"]),
    }


def _groups(source: np.random.Generator, wanted: Numbers) -> Numbers:
    """Dossiers of one industry in groups of about twelve."""
    order = np.lexsort((source.random(len(wanted)), wanted))
    groups, group, held, last = np.empty(len(wanted), np.int64), -1, 0, -1
    for dossier in order:
        if wanted[dossier] != last or held >= GROUP:
            group, held, last = group + 1, 0, wanted[dossier]
        groups[dossier] = group
        held += 1
    return groups


def _zipf(count: int, power: float) -> Numbers:
    weights = 1.0 / np.arange(1, count + 1) ** power
    return weights / weights.sum()


def _regions(places: dict[str, Numbers], size: Size) -> tuple[Numbers, ...]:
    """Two of every expert and two of every dossier, as the rule counts them."""
    return tuple(places[name] // size.cities_a_region for name in ("work", "home", "first", "second"))


def _places(source: np.random.Generator, size: Size) -> dict[str, Numbers]:
    """The employer of every expert; two cities of every expert and of every dossier."""

    def provinces(count: int) -> Numbers:
        if not size.by_city:
            return source.choice(PROVINCES, count, p=_zipf(PROVINCES, 0.6))
        most = source.random(count) < 0.85
        return np.where(most, OWN, source.choice(PROVINCES, count, p=_zipf(PROVINCES, 0.6)))

    def cities(count: int) -> Numbers:
        province = provinces(count)
        return province * CITIES + source.choice(CITIES, count, p=_zipf(CITIES, 0.7))

    employers = max(8, size.experts // 4)
    homes = cities(employers)
    employer = source.choice(employers, size.experts, p=_zipf(employers, 0.5))
    work = homes[employer]
    home = np.where(source.random(size.experts) < 0.25, cities(size.experts), work)
    first = cities(size.dossiers)
    second = np.where(source.random(size.dossiers) < 0.10, cities(size.dossiers), first)
    return {"employer": employer, "work": work, "home": home, "first": first, "second": second}


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
    leader = ~finance & (source.random(count) < 0.25)
    centres = source.standard_normal((INDUSTRIES, TOPICS))
    mine = (0.7 * centres[first] + 0.4 * centres[second] + source.standard_normal((count, TOPICS))).astype(np.float32)
    theirs = (0.9 * centres[wanted] + source.standard_normal((size.dossiers, TOPICS))).astype(np.float32)
    return {
        "first": first,
        "second": second,
        "wanted": wanted,
        "related": related.astype(np.float32),
        "finance": finance,
        "leader": leader,
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
