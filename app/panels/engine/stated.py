"""The problem's words as the arrays of `full`: one row a dossier, one column an expert."""

from collections.abc import Sequence

import numpy as np

from app.panels import rules
from app.panels.engine.full.exact import Steps
from app.panels.engine.full.terms import Integers, Role, Terms, none
from app.panels.engine.pool import LOT_PARTS, Pool


def terms_of(pool: Pool) -> Terms:
    shape = pool.problem.shape
    standing = np.nonzero(pool.fixed.T)
    return Terms(
        worth=np.ascontiguousarray(pool.weights.T),
        eligible=np.ascontiguousarray((pool.eligible | pool.fixed).T),
        size=np.full(len(pool.dossiers), shape.size),
        low=_promised(pool),
        high=pool.capacity,
        parts=LOT_PARTS,
        roles=tuple(_role(role.name, role.needed, role.mask.T) for role in pool.roles),
        apart=shape.apart,
        employer=_employers(pool),
        province=_provinces(pool),
        provinces=shape.provinces,
        per_province=shape.max_per_province,
        group=_groups(pool),
        crossing=_crossing(pool),
        standing=standing[0] * len(pool.experts) + standing[1],
    )


def is_plain(pool: Pool, terms: Terms) -> bool:
    """Whether seats, loads and lawful pairs are all that is asked, so that the matching core answers alone."""
    asked = [terms.roles, len(terms.standing), len(terms.group), terms.provinces >= 3]
    if any(asked) or (pool.problem.balance and pool.problem.policy != "fairest") or (terms.low > terms.high).any():
        return False
    return not any(_may_bind(labels, most) for labels, most in terms.limits())


def _may_bind(labels: Integers, most: Integers) -> bool:
    """Whether a panel could hold more of one label than it may."""
    return bool(np.bincount(labels[labels >= 0], minlength=1).max() > most.min(initial=len(labels)))


def _promised(pool: Pool) -> Integers:
    return np.array([max(expert.min_load - expert.load, 0) for expert in pool.experts], dtype=np.int64)


def _employers(pool: Pool) -> Integers:
    codes = [expert.employer_code for expert in pool.experts]
    return _labels(codes, "") if pool.problem.shape.one_per_employer else none()


def _provinces(pool: Pool) -> Integers:
    shape = pool.problem.shape
    counted = shape.max_per_province or shape.provinces
    return _labels([rules.province_of(expert) for expert in pool.experts]) if counted else none()


def _groups(pool: Pool) -> Integers:
    groups = [dossier.group for dossier in pool.dossiers]
    return _labels(groups) if pool.problem.one_group and len(set(groups)) > 1 else none()


def _crossing(pool: Pool) -> tuple[int, int]:
    rule = rules.group_rule_of(pool.dossiers, pool.problem.shape.size, pool.problem.crossing)
    return rule.least, rule.most


def steps_of(pool: Pool) -> Steps:
    """Each dossier that an expert may take costs `balance` more than the one before."""
    capacity = np.minimum(pool.capacity, len(pool.dossiers))
    experts = np.repeat(np.arange(len(pool.experts)), capacity)
    taken = np.arange(len(experts)) - np.repeat(np.cumsum(capacity) - capacity, capacity)
    loads = np.array([expert.load for expert in pool.experts], dtype=np.int64)
    return Steps(experts, ((loads[experts] + taken) * pool.problem.balance).astype(float))


def _role(name: str, needed: int, mask: np.ndarray) -> Role:
    """Dossiers at which the same experts may fill the role are one kind."""
    who, kind = np.unique(mask, axis=0, return_inverse=True)
    return Role(name, np.full(len(mask), needed), who, kind.reshape(-1).astype(np.int64))


def _labels(names: Sequence[str], unknown: str | None = None) -> Integers:
    """A number for every name, −1 for the unknown one."""
    number = {name: at for at, name in enumerate(sorted(set(names) - {unknown}))}
    return np.array([number.get(name, -1) for name in names], dtype=np.int64)
