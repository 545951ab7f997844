"""Which pairs are worth looking at: a first choice, and the pairs that beat the prices of an answer.

Both read the whole matrix in blocks that fit the processor's cache. Float32 only sorts out what is surely too low; what
remains is compared in integers.
"""

from dataclasses import dataclass

import numpy as np

from app.panels.engine.matching.instance import BASIS_POINTS, Floats, Instance, Integers, Mask, Prices, Worth

SAMPLE_STEP, SAMPLED_FROM = 8, 1_000  # every 8th expert stands for all where there are a thousand
SAMPLED_ROWS, FEW = 512, 3
NEVER = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class Found:
    """Pairs above the prices, by how much, and whether some were left out (`cut`) because there were too many."""

    pairs: Integers
    profit: Integers
    cut: bool = False


def profitable(instance: Instance, worth: Worth, prices: Prices, *, known: Integers, each: int | None = None) -> Found:
    """Eligible pairs worth more than their dossier's and expert's price together; those in `known` (sorted) not again.

    With `each`, about the best `each` pairs of a dossier where a block holds more.
    """
    margin = (0.6 if worth.unit == 1 else 1.6) / instance.unit  # float32 is off by less, a tie-break by one basis point
    scale = worth.unit * instance.unit
    above = (prices.dossier / scale - margin).astype(np.float32)[:, None]
    expert = (prices.expert / scale).astype(np.float32)
    pairs, profits, cut = [], [], False
    edges = np.arange(0, instance.dossiers + 1) * instance.experts
    for block in instance.blocks():
        gain = instance.rows(block) - expert
        mask = gain > above[block]
        mask &= instance.eligible[block]
        start, end = edges[block.start], edges[block.stop]
        mask.reshape(-1)[known[slice(*np.searchsorted(known, (start, end)))] - start] = False
        if each is not None and np.count_nonzero(mask) > each * len(gain):
            cut = _thin(mask, gain, each) or cut
        here = np.flatnonzero(mask) + start
        if len(here):
            profit = worth.of(instance, here) - prices.of(instance, here)
            pairs.append(here[profit > 0])
            profits.append(profit[profit > 0])
    return Found(_joined(pairs), _joined(profits), cut)


def _joined(parts: list[Integers]) -> Integers:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def _thin(mask: Mask, gain: Floats, each: int) -> bool:
    """Keeps about the best `each` of every row."""
    before = np.count_nonzero(mask)
    mask &= gain >= _threshold(gain, mask, each)
    return bool(np.count_nonzero(mask) < before)


def _threshold(values: Floats, mask: Mask, each: int) -> Floats:
    """A column of values that about `each` of a row's entries in the mask reach, judged by a sample of the row."""
    step = SAMPLE_STEP if values.shape[1] > SAMPLED_FROM else 1
    sample = np.where(mask[:, ::step], values[:, ::step], NEVER)
    place = sample.shape[1] - min(sample.shape[1], -(-each // step) + (step > 1))
    return np.partition(sample, place, axis=1)[:, place : place + 1]


def first_pairs(instance: Instance, each: int) -> Integers:
    """About the best `each` pairs of every dossier, and some for experts who must serve but are hardly among them."""
    pairs = []
    for block in instance.blocks():
        rows, mask = instance.rows(block), instance.eligible[block]
        best = (rows >= _threshold(rows, mask, each)) & mask
        pairs.append(np.flatnonzero(best) + block.start * instance.experts)
    chosen = _joined(pairs)
    return distinct(np.concatenate([chosen, _for_the_idle(instance, chosen, each)]))


def distinct(pairs: Integers) -> Integers:
    """In rising order, each once; `np.unique` would load the masked arrays for the same."""
    rising = np.sort(pairs)
    return rising[np.diff(rising, prepend=-1) > 0]


def _for_the_idle(instance: Instance, chosen: Integers, each: int) -> Integers:
    """Where experts with a minimum load cost least, compared with a dossier's marginal choice; and a spread of others, so
    that they do not all meet on the same dossiers."""
    counts = np.bincount(instance.expert(chosen), minlength=instance.experts)
    idle = np.flatnonzero((instance.lowest > 0) & (counts < FEW))
    step = max(1, instance.dossiers // SAMPLED_ROWS)
    sampled = np.arange(0, instance.dossiers, step)
    worst = np.full(instance.dossiers, BASIS_POINTS, dtype=np.int64)
    np.minimum.at(worst, instance.dossier(chosen), instance.basis_points(chosen))
    grid = sampled[:, None] * instance.experts + idle
    lawful = instance.eligible[sampled][:, idle]
    loss = np.where(lawful, worst[sampled][:, None] - instance.basis_points(grid), BASIS_POINTS * 9)
    width = min(each, len(sampled))
    rows = np.argpartition(loss, width - 1, axis=0)[:width]
    best = np.take_along_axis(grid, rows, axis=0)[np.take_along_axis(lawful, rows, axis=0)]
    spread = (idle * 2_654_435_761 + np.arange(each)[:, None] * 40_503 + 12_345) % max(1, instance.dossiers)
    other = (spread * instance.experts + idle).reshape(-1)
    return np.concatenate([best, other[instance.eligible.reshape(-1)[other]]])
