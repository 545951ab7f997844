"""The best panels under the group rule, near the optimum and with a bound: column generation over experts' schedules.

An expert reads in one group, or also a little elsewhere; which dossiers together is a schedule. The programme over schedules
has a far tighter relaxation than one over pairs, and schedules that gain are found by sorting, group by group. Experts whom
the relaxation puts into one group stay there; the rest is decided in whole schedules; then, with who serves which group
settled, the panels are composed anew out of all pairs, exactly. Every step counts rounds and nodes, never time.
"""

from dataclasses import dataclass, replace

import numpy as np

from app.panels.engine.full import exact
from app.panels.engine.full.clones import cloned
from app.panels.engine.full.exact import Best, Steps
from app.panels.engine.full.joining import broken
from app.panels.engine.full.master import Master, Run
from app.panels.engine.full.programme import TOLERANCE, UNFILLED, Vector
from app.panels.engine.full.schedules import Offer, Prices, Pricing, Schedules, joined
from app.panels.engine.full.terms import Mask, Terms, none

BONUSES = (0.0, 60.0, 180.0)  # what a seat earns beside its price where schedules to begin with are sought
NEAR = 300.0
KEPT = ((300.0, 0.8), (3_000.0, 0.999), (np.inf, 2.0))
"""How much a schedule may lose, and from which share in one group on an expert stays there; wider where that fails."""
CLOSE = 2e-5  # the relaxation is done when its bound is so near
OFFERED = 3  # schedules that one expert may add in one round


@dataclass(frozen=True)
class Relaxed:
    """The programme at the optimum of its relaxation; `bound`: no choice of schedules is worth more."""

    master: Master
    run: Run
    prices: Prices
    bound: float
    rounds: int


def solve(terms: Terms, steps: Steps | None = None) -> Best:
    steps = steps or Steps()
    apart = replace(terms, group=none(), crossing=(0, 0))
    mixed, gains = exact.priced(apart, steps)
    if mixed.short:
        return exact.solve(apart, steps)
    pricing = Pricing(terms, steps)
    relaxed = _relaxed(Master(pricing, _begun(pricing, gains)))
    chosen = _chosen(relaxed)
    if chosen is None:
        return _short(relaxed)
    bound = mixed.value if terms.crossing[1] else min(mixed.value, relaxed.bound)
    return _composed(*chosen, bound)


def _chosen(relaxed: Relaxed) -> tuple[Master, Run, Relaxed] | None:
    """In whole schedules; where those leave groups apart, the relaxation and all that follows from it once more with what
    joins them."""
    for lost, sure in KEPT:
        while not relaxed.run.short:
            master, run = _whole(relaxed, lost, sure)
            if run.short:
                break
            if not _joined(relaxed.master, master.schedules, run.taken):
                return master, run, relaxed
            relaxed = _relaxed(relaxed.master)
    return None


def _joined(master: Master, schedules: Schedules, taken: Vector) -> int:
    """Rows for what is lacking to make one of all groups when so much of the schedules is taken; how many."""
    if not master.terms.crossing[1]:
        return 0
    lacking = broken(schedules, taken, master.terms.group)
    for part in lacking:
        master.join(part)
    return len(lacking)


def _begun(pricing: Pricing, gains: Vector) -> Schedules:
    """In every group the schedules of each expert that lose little at the prices without groups."""
    found = []
    for bonus in BONUSES:
        prices = Prices(gains + bonus, np.zeros(pricing.terms.experts))
        for offer in pricing.offers(prices):
            lost = offer.gains - bonus * offer.schedules.sizes
            found.append(offer.schedules[np.flatnonzero(lost > -NEAR)])
    return joined(found)


# --- the relaxation -----------------------------------------------------------------------------------------------


def _relaxed(master: Master) -> Relaxed:
    bound, rounds = np.inf, 0
    while True:
        rounds += 1
        run = master.run()
        prices = master.prices(run)
        offers = list(master.pricing.offers(prices))
        worth = np.stack([offer.gains for offer in offers])
        bound = min(bound, master.bound(run, prices, worth.max(axis=0)))
        near = not run.short and bound - run.value < CLOSE * abs(run.value)
        settled = near or not master.add(_gaining(offers, worth))
        if settled and not _tightened(master, np.append(run.taken, np.zeros(len(master.at) - len(run.taken)))):
            return Relaxed(master, run, prices, bound, rounds)


def _tightened(master: Master, taken: Vector) -> int:
    """Rows for what the relaxation breaks; how many. Nothing is asked of groups while seats stay empty."""
    return master.tighten(taken) + _joined(master, master.schedules, taken)


def _gaining(offers: list[Offer], worth: Vector) -> Schedules:
    """Of every expert the few schedules that gain most."""
    order = np.argsort(-worth, axis=0, kind="stable")[:OFFERED]
    chosen = np.zeros(worth.shape, dtype=bool)
    np.put_along_axis(chosen, order, values=True, axis=0)
    chosen &= worth > TOLERANCE
    return joined([offer.schedules[np.flatnonzero(mine)] for offer, mine in zip(offers, chosen, strict=True)])


# --- whole schedules ----------------------------------------------------------------------------------------------


def _whole(relaxed: Relaxed, lost: float, sure: float) -> tuple[Master, Run]:
    """The programme over what could still be in a good choice, in whole schedules; again with more asked of who joins which
    groups where they would fall apart."""
    chosen = _kept(relaxed, lost, sure)
    master = Master(relaxed.master.pricing, relaxed.master.schedules[np.flatnonzero(chosen)])
    master.tighten(np.ones(len(master.at)))
    for join, _row in relaxed.master.joins[1:]:
        master.join(join.part)
    return master, master.whole()


def _kept(relaxed: Relaxed, lost: float, sure: float) -> Mask:
    """Schedules that are near to paying, of experts whom the relaxation puts into one group those at home there alone."""
    schedules = relaxed.master.schedules
    taken = np.append(relaxed.run.taken, np.zeros(len(schedules) - len(relaxed.run.taken)))
    served = schedules.served(relaxed.master.terms.group)
    home = served.argmax(axis=1)
    share = np.zeros((relaxed.master.terms.experts, served.shape[1]))
    np.add.at(share, (schedules.experts, home), taken)
    settled = (share.max(axis=1) >= sure)[schedules.experts]
    at_home = home == share.argmax(axis=1)[schedules.experts]
    near = relaxed.master.gains(schedules, relaxed.prices) > -lost
    kept: Mask = (near & (at_home | ~settled)) | (taken > TOLERANCE)
    return kept


# --- the panels ---------------------------------------------------------------------------------------------------


def _composed(master: Master, run: Run, relaxed: Relaxed, bound: float) -> Best:
    """With who serves which group settled: the best panels out of all pairs."""
    terms = master.terms
    chosen = master.schedules[np.flatnonzero(run.taken > 0.5)]
    served = np.zeros((terms.experts, len(master.pricing.members)), dtype=np.int64)
    served[chosen.experts] = chosen.served(terms.group)
    clones = cloned(terms, served, relaxed.prices.gains)
    found = exact.solve(clones.apart, clones.steps(master.pricing.steps))
    if found.short:
        return found
    return Best(clones.back(found.pairs), found.value, bound, found.lacking, 0.0, _info(relaxed))


def _short(relaxed: Relaxed) -> Best:
    """What even parts of schedules leave open; all dossiers where only whole ones fail."""
    missing = np.where(relaxed.run.missing < UNFILLED, 0.0, relaxed.run.missing)
    lacking = np.zeros(relaxed.master.terms.dossiers, dtype=bool)
    lacking[relaxed.master.dossiers_of(missing)] = True
    return Best(none(), relaxed.run.value, relaxed.bound, lacking, float(missing.sum()) or 1.0, _info(relaxed))


def _info(relaxed: Relaxed) -> dict[str, int | float | str]:
    return {"rounds": relaxed.rounds, "schedules": len(relaxed.master.at), "relaxed": relaxed.run.value}
