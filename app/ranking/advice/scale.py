"""How an expert uses the scale: how many of its steps, and whether his items all say the same (halo)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

FEWEST_SHEETS = 5


@dataclass(frozen=True, slots=True)
class Use:
    """`lowest` and `highest` percentage, `steps` different ones; `most`: the share of items on the step used most; `halo`: the mean
    correlation between two items over his sheets, None with too few sheets or where items do not vary."""

    lowest: int
    highest: int
    steps: int
    most: float
    halo: float | None


def use_of(sheets: Sequence[Mapping[str, int]]) -> Use | None:
    """Of the percentages by item of one expert's sheets."""
    marks = [percent for sheet in sheets for percent in sheet.values()]
    if not marks:
        return None
    counts = np.bincount(marks)
    most = float(counts.max() / len(marks))
    return Use(min(marks), max(marks), int((counts > 0).sum()), most, _halo(sheets))


def _halo(sheets: Sequence[Mapping[str, int]]) -> float | None:
    items = sorted(set.intersection(*(set(sheet) for sheet in sheets)))
    if len(sheets) < FEWEST_SHEETS or len(items) < 2:
        return None
    table = np.array([[sheet[item] for item in items] for sheet in sheets], dtype=np.float64)
    varied = table[:, table.std(axis=0) > 0]
    if varied.shape[1] < 2:
        return None
    together = np.atleast_2d(np.corrcoef(varied, rowvar=False))
    return float(together[np.triu_indices(len(together), 1)].mean())
