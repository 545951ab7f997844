"""Small instances under the full rules, as arrays."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.panels.engine.full.terms import Role, Terms


def role(name: str, needed: Sequence[int], who: Sequence[bool]) -> Role:
    return Role(name, np.array(needed), np.array([who], dtype=bool), np.zeros(len(needed), dtype=np.int64))


def plain(experts: int, dossiers: int, *, size: int = 2, high: int = 2, **parts: Any) -> Terms:
    """Everybody is lawful everywhere; expert 0 is worth most."""
    worth = np.tile(np.arange(experts, 0, -1, dtype=np.int64), (dossiers, 1))
    given: dict[str, Any] = {
        "worth": worth,
        "eligible": np.ones((dossiers, experts), dtype=bool),
        "size": np.full(dossiers, size),
        "low": np.zeros(experts, dtype=np.int64),
        "high": np.full(experts, high),
    }
    return Terms(**(given | parts))


def award(experts: int = 60, dossiers: int = 12, seed: int = 1, **parts: Any) -> Terms:
    """An award's shape: sizes of 3 to 5, a leader, a finance expert and members of the industry, few employers, one
    province that most come from, some experts who were promised work."""
    lot = np.random.default_rng(seed)
    finance = lot.random(experts) < 0.3
    leads = ~finance & (lot.random(experts) < 0.5)
    field, wanted = lot.integers(0, 3, experts), lot.integers(0, 3, dossiers)
    size = lot.integers(4, 6, dossiers)
    one = np.ones(dossiers, dtype=np.int64)
    roles = (
        Role("leader", one, leads[None, :], 0 * one),
        Role("finance", one, finance[None, :], 0 * one),
        Role("industry", one, np.array([(field == kind) & ~finance for kind in range(3)]), wanted),
    )
    employer = lot.integers(0, experts // 2, experts)
    given: dict[str, Any] = {
        "worth": np.rint(lot.random((dossiers, experts)) * 10_000).astype(np.int64),
        "eligible": lot.random((dossiers, experts)) < 0.9,
        "size": size,
        "low": (lot.random(experts) < 0.2).astype(np.int64),
        "high": lot.integers(2, 4, experts),
        "roles": roles,
        "employer": np.where(lot.random(experts) < 0.9, employer, -1),
        "province": np.where(lot.random(employer.max() + 1) < 0.7, 0, lot.integers(0, 5, employer.max() + 1))[employer],
        "provinces": 2,
    }
    return Terms(**(given | parts))
