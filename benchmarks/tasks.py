"""What the assignment is asked in a measurement: each task takes a pool, and tells what its answer is worth."""

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from app.panels.engine.full.choice import best
from app.panels.engine.full.fair import Fair, fairest, proven
from app.panels.engine.full.repair import decline, repair
from app.panels.engine.full.witness import find
from benchmarks import adapters, full_rules
from benchmarks.counting import core_faults, full_faults
from benchmarks.peer import dense_flow

Inst = dict[str, Any]
ENOUGH_SECONDS, MOST_TIMES = 2.0, 7
SETS = 9  # of experts who decline, one after the other


@dataclass(frozen=True)
class Measured:
    """`seconds` of CPU, the least of several times where one is short; `megabytes` that the process grew by; `faults` counted
    against the rules; `percent`: how good the answer is by its own measure, told in `answer`."""

    seconds: float
    megabytes: float
    faults: int
    percent: float
    answer: str


def measure(name: str, inst: Inst) -> dict[str, Any]:
    return asdict(TASKS[name](inst))


def _timed(act: Callable[[], Any]) -> tuple[Any, float, float]:
    """The first answer, the least CPU seconds of one thread, and the memory that the first time took."""
    before, spent, least = _memory(), 0.0, np.inf
    answer, grown = None, 0.0
    for number in range(MOST_TIMES):
        begun = time.thread_time()
        found = act()
        seconds = time.thread_time() - begun
        spent, least = spent + seconds, min(least, seconds)
        if not number:
            answer, grown = found, _memory() - before
        if spent > ENOUGH_SECONDS:
            break
    return answer, least, grown


def _memory() -> float:
    """The most that this program has held so far; what `getrusage` says begins with what its parent held."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024


def _total(inst: Inst, experts: Any, dossiers: Any) -> float:
    return float(inst["aff"][dossiers, experts].sum(dtype=float))


# --- seats, loads and lawful pairs --------------------------------------------------------------------------------


def highest(inst: Inst) -> Measured:
    (experts, dossiers, about), *spent = _timed(lambda: adapters.core(inst))
    said = f"optimal over all pairs: {'proven' if about['optimal'] else 'NOT proven'}, {about['rounds']} rounds"
    return Measured(*spent, core_faults(inst, experts, dossiers), 100.0 * about["optimal"], said)


def fair(inst: Inst) -> Measured:
    (experts, dossiers, about), *spent = _timed(lambda: adapters.fair(inst))
    percent = 100 * about["floor"] / about["bound"]
    said = f"floor ≥ {percent:.2f} % of the bound, total {100 * about['price']:.2f} %"
    return Measured(*spent, core_faults(inst, experts, dossiers), percent, said)


def lottery(inst: Inst) -> Measured:
    (experts, dossiers, about), *spent = _timed(lambda: adapters.draw(inst))
    most = _total(inst, *adapters.core(inst)[:2])
    percent = 100 * about["expected"] / most
    drawn = 100 * _total(inst, experts, dossiers) / most
    said = f"on average {percent:.2f} % of the highest total, this draw {drawn:.2f} %"
    return Measured(*spent, core_faults(inst, experts, dossiers), percent, said)


def plain_flow(inst: Inst) -> Measured:
    """Another engine on the same pool, see `peer.py`."""
    (experts, dossiers), *spent = _timed(lambda: dense_flow(inst))
    percent = 100 * _total(inst, experts, dossiers) / _total(inst, *adapters.core(inst)[:2])
    return Measured(*spent, core_faults(inst, experts, dossiers), percent, f"{percent:.2f} % of the highest total")


# --- every rule ---------------------------------------------------------------------------------------------------


def full(inst: Inst) -> Measured:
    (experts, dossiers, about), *spent = _timed(lambda: adapters.full(inst))
    said = f"{about['of_bound']:.4f} % of the bound{', proven best' if about['proven'] else ''}"
    return Measured(*spent, full_faults(inst, experts, dossiers), about["of_bound"], said)


def fair_full(inst: Inst) -> Measured:
    given = full_rules.whole_points(full_rules.terms(inst))
    answer, *spent = _timed(lambda: fairest(given))
    assert isinstance(answer, Fair), "the pool cannot be staffed"
    found = proven(given, answer)
    dossiers, experts = given.split(found.pairs)
    percent = 100 * found.floor / found.bound
    of_best = 100 * float(given.value(found.pairs).sum()) / best(given).value
    said = f"floor ≥ {percent:.2f} % of the bound, total {of_best:.2f} % of the best"
    return Measured(*spent, full_faults(inst, experts, dossiers), percent, said)


def lottery_full(inst: Inst) -> Measured:
    (experts, dossiers, about), *spent = _timed(lambda: full_rules.lottery(inst))
    said = f"on average {about['of_bound']:.2f} % of the bound of the best"
    return Measured(*spent, full_faults(inst, experts, dossiers), about["of_bound"], said)


def grouped(inst: Inst) -> Measured:
    (experts, dossiers, about), *spent = _timed(lambda: adapters.group(inst))
    mixed = best(full_rules.terms(inst)).bound
    percent = 100 * 10_000 * _total(inst, experts, dossiers) / mixed
    said = f"{about['of_bound']:.3f} % of the bound on separate groups, {percent:.2f} % of that without groups"
    return Measured(*spent, full_faults(inst, experts, dossiers, separate=True), percent, said)


def crossing(inst: Inst) -> Measured:
    (experts, dossiers, about), *spent = _timed(lambda: full_rules.group(inst, 10))
    said = f"10 % of the reviews cross: {about['of_bound']:.3f} % of the bound without groups"
    return Measured(*spent, full_faults(inst, experts, dossiers), about["of_bound"], said)


def mended(inst: Inst, declines: int) -> Measured:
    """So many experts leave all their seats; the middle of several sets of them."""
    given = full_rules.terms(inst)
    pairs = best(given).pairs
    source, spent, faults, said = np.random.default_rng(20260508), [], 0, []
    before = _memory()
    for _ in range(SETS):
        gone = source.choice(np.unique(pairs % given.experts), declines, replace=False)
        loss = decline(given, pairs, gone)
        begun = time.thread_time()
        found = repair(loss, b"bench")
        spent.append(time.thread_time() - begun)
        assert found is not None, "nobody is left for a seat"
        dossiers, experts = given.split(found.pairs)
        faults += full_faults(inst | {"lo": loss.terms.low, "hi": loss.terms.high}, experts, dossiers)
        said.append((len(loss.lost), found.changed))
    least = sum(lost == changed for lost, changed in said)
    text = f"changes = losses in {least} of {SETS} cases ({min(said)[0]} to {max(said)[0]} seats lost)"
    return Measured(statistics.median(spent), _memory() - before, faults, 100 * least / SETS, text)


def unstaffable(inst: Inst) -> Measured:
    given = full_rules.terms(inst)
    found, *spent = _timed(lambda: find(given))
    said = "; ".join(
        f"{'+'.join(each.roles) or 'all'}: {len(each.dossiers)} dossiers need {each.needed} of {each.capacity}"
        for each in found
    )
    return Measured(*spent, 0, 100.0 * bool(found), said)


TASKS: dict[str, Callable[[Inst], Measured]] = {
    "best": highest,
    "fairest": fair,
    "draw": lottery,
    "dense flow": plain_flow,
    "full": full,
    "full fairest": fair_full,
    "full draw": lottery_full,
    "groups": grouped,
    "crossing": crossing,
    "repair 1": lambda inst: mended(inst, 1),
    "repair 5": lambda inst: mended(inst, 5),
    "witness": unstaffable,
}
