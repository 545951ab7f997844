"""Counts what an answer breaks, by plain loops that share nothing with the engine."""

from collections import Counter
from itertools import permutations
from typing import Any

import numpy as np

Inst = dict[str, Any]
INDUSTRY_SEATS = 2


def core_faults(inst: Inst, experts: Any, dossiers: Any) -> int:
    """Pairs twice or not lawful, panels of a wrong size, loads too high or too low."""
    loads = np.bincount(experts, minlength=inst["ok"].shape[1])
    filled = np.bincount(dossiers, minlength=inst["ok"].shape[0])
    twice = len(experts) - len(set(zip(experts.tolist(), dossiers.tolist(), strict=True)))
    broken = (~inst["ok"][dossiers, experts], filled != inst["k"], loads > inst["hi"], loads < inst["lo"])
    return twice + sum(int(np.count_nonzero(each)) for each in broken)


def full_faults(inst: Inst, experts: Any, dossiers: Any, *, separate: bool = False) -> int:
    """These and panels with two of one employer, of one province, or without the roles; experts in two groups."""
    members: dict[int, list[int]] = {dossier: [] for dossier in range(len(inst["k"]))}
    for expert, dossier in zip(experts.tolist(), dossiers.tolist(), strict=True):
        members[dossier].append(expert)
    faults = core_faults(inst, experts, dossiers)
    faults += sum(_panel_faults(inst, dossier, panel) for dossier, panel in members.items())
    served = {(expert, int(inst["group"][dossier])) for dossier, panel in members.items() for expert in panel}
    if separate:
        faults += sum(count > 1 for count in Counter(expert for expert, _ in served).values())
    return faults


def _panel_faults(inst: Inst, dossier: int, panel: list[int]) -> int:
    employers = [int(inst["employer"][expert]) for expert in panel]
    provinces = {int(inst["prov"][expert]) for expert in panel}
    wrong = (len(set(employers)) < len(employers), len(provinces) < 2, not _roles_filled(inst, dossier, panel))
    return sum(wrong)


def _roles_filled(inst: Inst, dossier: int, panel: list[int]) -> bool:
    """A leader, a finance expert and two of the industry, four different members."""
    field = inst["dind"][dossier]
    knows = {one for one in panel if not inst["finance"][one] and field in (inst["ind"][one], inst["ind2"][one])}
    return any(
        inst["leader"][leader] and inst["finance"][money] and {first, second} <= knows
        for leader, money, first, second in permutations(panel, 2 + INDUSTRY_SEATS)
    )
