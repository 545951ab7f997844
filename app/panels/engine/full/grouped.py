"""The best panels under the group rule, with a proof up to some hundred dossiers: column generation over experts' schedules.

An expert reads in one group, or also a little elsewhere; which dossiers together is a schedule. The programme over schedules
has a far tighter relaxation than one over pairs, and schedules that gain are found by sorting, group by group. Whatever could
be part of a better choice is then looked at in whole schedules, until none is left: with equals told apart the best choice is
one choice, and does not depend on how it was found, nor on the solver. Above, experts whom the relaxation puts into one group
stay there, and what is decided is near the best. At last, with who serves which group settled, the panels are composed anew
out of all pairs, exactly. Every step counts rounds and nodes, never time.
"""

from dataclasses import dataclass, replace

import numpy as np

from app.panels.engine.full import exact
from app.panels.engine.full.clones import cloned
from app.panels.engine.full.exact import Best, Steps
from app.panels.engine.full.joining import broken
from app.panels.engine.full.master import PROOF, Master, Run
from app.panels.engine.full.parted import Parted
from app.panels.engine.full.programme import TOLERANCE, UNFILLED, Vector
from app.panels.engine.full.reach import within
from app.panels.engine.full.schedules import Offer, Prices, Pricing, Schedules, joined
from app.panels.engine.full.terms import Mask, Terms, none

BONUSES = (0.0, 60.0, 180.0)  # what a seat earns beside its price where schedules to begin with are sought
NEAR = 300.0
KEPT = ((300.0, 0.8), (3_000.0, 0.999), (np.inf, 2.0))
"""How much a schedule may lose, and from which share in one group on an expert stays there; wider where that fails."""
FEW = 300  # dossiers, up to which the best is proven
CLOSE = 2e-5  # above, the relaxation is done when its bound is so near
LOOKED = 1e-3  # and from here on what it breaks is looked for
OFFERED = 3  # schedules that one expert may add in one round
LOST, WIDER = 100.0, 4.0  # what schedules may lose at first, and how many times more where that is too little
FARTHEST = 1e6
MARGIN = 0.01  # by which bound and value of one choice may differ in inexact numbers
ROUNDED = 64.0  # a bound is told in such parts of a basis point, so that its last digits tell nothing of the solver


@dataclass(frozen=True)
class Relaxed:
    """The programme at the optimum of its relaxation; `bound`: no choice of schedules is worth more."""

    master: Master
    run: Run
    prices: Prices
    bound: float
    rounds: int


@dataclass(frozen=True)
class Chosen:
    """Whole schedules, and a bound on all others: what these are worth themselves where they are proven."""

    schedules: Schedules
    relaxed: Relaxed
    bound: float
    proven: bool


def solve(terms: Terms, steps: Steps | None = None) -> Best:
    fine, steps = Parted(terms), steps or Steps()
    apart = replace(terms, group=none(), crossing=(0, 0))
    mixed, gains = exact.priced(replace(fine.terms, group=none(), crossing=(0, 0)), fine.steps(steps))
    if mixed.short:
        return exact.solve(apart, steps)
    pricing = Pricing(fine.terms, fine.steps(steps))
    relaxed = _relaxed(Master(pricing, _begun(pricing, gains)))
    chosen = _chosen(relaxed)
    if chosen is None:
        return fine.back(_short(relaxed))
    bound = mixed.value if terms.crossing[1] else min(mixed.value, chosen.bound)
    return fine.back(_composed(chosen, np.ceil(bound * ROUNDED) / ROUNDED))


def _chosen(relaxed: Relaxed) -> Chosen | None:
    found = _best(relaxed) if _few(relaxed.master) else None
    return found or _near(relaxed)


def _few(master: Master) -> bool:
    return master.terms.dossiers <= FEW


def _best(relaxed: Relaxed) -> Chosen | None:
    """The best in whole schedules, out of all that do not lose more than it lacks to the bound; none where those are too many
    or seats stay empty."""
    lost = _lost(relaxed)
    while lost < FARTHEST and (offered := within(relaxed.master, relaxed.prices, lost)) is not None:
        master = _over(relaxed, offered)
        run = master.whole(gap=0.0, nodes=PROOF)
        lacks = relaxed.bound - run.value + MARGIN
        if run.short:
            lost *= WIDER
        elif _joined(relaxed.master, master.schedules, run.taken):
            relaxed = _relaxed(relaxed.master)
            lost = _lost(relaxed)
        elif lacks > lost + MARGIN / 2:  # the same choice, found again, is worth the same but for its last digits
            lost = min(lacks, lost * WIDER)
        else:
            return _taken(master, run, relaxed, proven=master.proven)
    return None


def _lost(relaxed: Relaxed) -> float:
    """Nothing but what cannot be told apart, where the relaxation is whole."""
    taken = relaxed.run.taken
    is_whole = np.abs(taken - np.rint(taken)).max(initial=0.0) <= TOLERANCE
    return relaxed.bound - relaxed.run.value + MARGIN if is_whole else LOST


def _taken(master: Master, run: Run, relaxed: Relaxed, *, proven: bool) -> Chosen:
    bound = run.value if proven else relaxed.bound
    return Chosen(master.schedules[np.flatnonzero(run.taken > 0.5)], relaxed, bound, proven)


def _near(relaxed: Relaxed) -> Chosen | None:
    """Near the best; where whole schedules leave groups apart, the relaxation and all that follows from it once more with
    what joins them."""
    for lost, sure in KEPT:
        while not relaxed.run.short:
            master = _over(relaxed, relaxed.master.schedules[np.flatnonzero(_kept(relaxed, lost, sure))])
            run = master.whole()
            if run.short:
                break
            if not _joined(relaxed.master, master.schedules, run.taken):
                return _taken(master, run, relaxed, proven=False)
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
        apart = np.inf if run.short else (bound - run.value) / abs(run.value)
        settled = not master.add(_gaining(offers, worth)) or apart < (0.0 if _few(master) else CLOSE)
        tightened = (settled or apart < LOOKED) and _tightened(master, run)
        if settled and not tightened:
            return Relaxed(master, run, prices, bound, rounds)


def _tightened(master: Master, run: Run) -> int:
    """Rows for what the relaxation breaks; how many. Nothing is asked of groups while seats stay empty."""
    taken = np.append(run.taken, np.zeros(len(master.at) - len(run.taken)))
    return master.tighten(taken) + _joined(master, master.schedules, taken)


def _gaining(offers: list[Offer], worth: Vector) -> Schedules:
    """Of every expert the few schedules that gain most."""
    order = np.argsort(-worth, axis=0, kind="stable")[:OFFERED]
    chosen = np.zeros(worth.shape, dtype=bool)
    np.put_along_axis(chosen, order, values=True, axis=0)
    chosen &= worth > TOLERANCE
    return joined([offer.schedules[np.flatnonzero(mine)] for offer, mine in zip(offers, chosen, strict=True)])


# --- whole schedules ----------------------------------------------------------------------------------------------


def _over(relaxed: Relaxed, offered: Schedules) -> Master:
    """The programme over these schedules, with every row that they could break."""
    master = Master(relaxed.master.pricing, offered)
    master.tighten(np.ones(len(master.at)))
    for join, _row in relaxed.master.joins[1:]:
        master.join(join.part)
    return master


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


def _composed(chosen: Chosen, bound: float) -> Best:
    """With who serves which group settled: the best panels out of all pairs."""
    pricing, schedules = chosen.relaxed.master.pricing, chosen.schedules
    terms = pricing.terms
    served = np.zeros((terms.experts, len(pricing.members)), dtype=np.int64)
    served[schedules.experts] = schedules.served(terms.group)
    clones = cloned(terms, served, terms.worth.astype(float))
    found = exact.solve(clones.apart, clones.steps(pricing.steps))
    info = _info(chosen.relaxed) | {"proven": int(chosen.proven)}
    return found if found.short else Best(clones.back(found.pairs), found.value, bound, found.lacking, 0.0, info)


def _short(relaxed: Relaxed) -> Best:
    """What even parts of schedules leave open; all dossiers where only whole ones fail."""
    missing = np.where(relaxed.run.missing < UNFILLED, 0.0, relaxed.run.missing)
    lacking = np.zeros(relaxed.master.terms.dossiers, dtype=bool)
    lacking[relaxed.master.dossiers_of(missing)] = True
    return Best(none(), relaxed.run.value, relaxed.bound, lacking, float(missing.sum()) or 1.0, _info(relaxed))


def _info(relaxed: Relaxed) -> dict[str, int | float | str]:
    return {"rounds": relaxed.rounds, "schedules": len(relaxed.master.at), "relaxed": relaxed.run.value}
