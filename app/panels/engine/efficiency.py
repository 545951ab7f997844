"""How well the dossiers of a draw can be compared with one another, from who reads what alone.

The model is additive: a score is the dossier's own level, plus the expert's leniency, plus chance; leniencies are unknown
and have to be taken out. With N the dossier × expert incidence matrix, r the reviews of each dossier and c those of each
expert, the information on dossiers that is left is C = diag(r) − N diag(1/c) Nᵀ, and the variance of a difference of two
dossiers i, k is (Mᵢᵢ + Mₖₖ − 2 Mᵢₖ) σ² with M the pseudo-inverse of C.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
MOST = 2_500  # dossiers; with more the inverse would take minutes


@dataclass(frozen=True, slots=True)
class Design:
    """`parts`: the sets of dossiers that experts in common hold together, the largest first; between two parts nothing tells
    a strict panel from a weak dossier.

    `efficiency` is the average efficiency factor: the mean variance of a difference of two dossiers if every expert's
    leniency were known, divided by the mean variance of the same difference with leniencies estimated (least squares, all
    pairs). 1: as good as known; None: several parts, fewer than two dossiers, or more than `MOST`. With r reviews for every dossier it is the
    harmonic mean of the nonzero eigenvalues of C / r (John and Williams, Cyclic and Computer Generated Designs, 1995,
    section 2.2). `across` is how many times larger the error of a difference is between two groups than within one, both
    averaged as variances; None where either cannot be said.
    """

    parts: tuple[tuple[str, ...], ...]
    efficiency: float | None
    across: float | None

    @property
    def is_connected(self) -> bool:
        return len(self.parts) == 1


def design(seats: Iterable[tuple[str, str]], groups: Mapping[str, str]) -> Design:
    """`seats` are pairs (dossier, expert), each once; `groups` names the group of every dossier."""
    pairs = sorted(set(seats))
    parts = _parts(pairs)
    if len(parts) != 1 or not 2 <= len(parts[0]) <= MOST:
        return Design(parts, None, None)
    dossiers, reads = _incidence(pairs)
    variances, upper = _variances(reads), np.triu_indices(len(dossiers), 1)
    known = 1.0 / reads.sum(axis=1)
    ideal = (known[:, None] + known[None, :])[upper].mean()
    labels = np.array([groups.get(name, "") for name in dossiers])
    across = _across(variances[upper], (labels[:, None] == labels[None, :])[upper])
    return Design(parts, float(ideal / variances[upper].mean()), across)


def _incidence(pairs: list[tuple[str, str]]) -> tuple[list[str], Vector]:
    """The dossiers, and dossiers × experts: 1 where one reads the other."""
    dossiers, row = np.unique([dossier for dossier, _ in pairs], return_inverse=True)
    experts, column = np.unique([expert for _, expert in pairs], return_inverse=True)
    reads = np.zeros((len(dossiers), len(experts)))
    reads[row, column] = 1.0
    return dossiers.tolist(), reads


def _parts(pairs: list[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """The dossiers that experts in common connect, the largest set first, equals by their first dossier."""
    beside: defaultdict[str, list[str]] = defaultdict(list)
    for dossier, expert in pairs:
        beside[_node("d", dossier)].append(_node("e", expert))
        beside[_node("e", expert)].append(_node("d", dossier))
    left, found = {dossier for dossier, _expert in pairs}, []
    while left:
        part = _reached(beside, _node("d", min(left)))
        found.append(tuple(sorted(part)))
        left -= part
    return tuple(sorted(found, key=lambda part: (-len(part), part[0])))


def _node(kind: str, name: str) -> str:
    """Dossiers and experts apart, whatever they are called."""
    return f"{kind}|{name}"


def _reached(beside: Mapping[str, list[str]], start: str) -> set[str]:
    """The dossiers that can be reached from one of them."""
    seen, front = {start}, [start]
    while front:
        new = set(beside[front.pop()]) - seen
        seen |= new
        front += new
    return {node[2:] for node in seen if node.startswith("d|")}


def _variances(reads: Vector) -> Vector:
    """Of every difference of two rows, in units of the variance of chance. The ones matrix, which no difference sees, fills
    the one direction that C leaves empty, so that an ordinary inverse will do."""
    count = len(reads)
    information = np.diag(reads.sum(axis=1)) - (reads / reads.sum(axis=0)) @ reads.T
    inverse = np.linalg.inv(information + np.ones((count, count)))
    own = np.diag(inverse)
    found: Vector = own[:, None] + own[None, :] - 2.0 * inverse
    return found


def _across(variances: Vector, alike: npt.NDArray[np.bool_]) -> float | None:
    if not alike.any() or alike.all():
        return None
    return sqrt(float(variances[~alike].mean() / variances[alike].mean()))
