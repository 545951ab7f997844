"""The chances of a random draw as what is published before the seed can be known, and the panels that follow from it.

Where seats, loads and lawful pairs are all that is asked (`is_plain`), the chances come with prices that prove them; under
further rules they are a network whose every outcome is lawful (`full.lottery`). Both are replayed alike (docs/draw.md).
"""

from dataclasses import replace

import numpy as np

from app.kernel.canonical import Record
from app.panels.engine import shortages
from app.panels.engine.full import choice, homes
from app.panels.engine.full.exact import Steps
from app.panels.engine.full.lottery import Chances, chances
from app.panels.engine.full.terms import Integers, Terms
from app.panels.engine.matching import marginals
from app.panels.engine.matching.best import Short
from app.panels.engine.matching.instance import Instance, Share
from app.panels.engine.pool import LOT_PARTS, Pool
from app.panels.engine.problem import Infeasible
from app.panels.engine.stated import is_plain, steps_of, terms_of

ATTEMPTS = 3  # at who serves which group, before a draw at random is refused


def shares(pool: Pool) -> Record | Infeasible:
    """The best chances with none above the problem's share; the same for every seed."""
    if short := shortages.of_each(pool):
        return Infeasible(short)
    terms = terms_of(pool)
    return _proven(pool, terms) if is_plain(pool, terms) else _under_every_rule(pool, terms)


def pairs_drawn(pool: Pool, published: Record, seed: str) -> Integers:
    """The pairs that published chances and a seed lead to, in rising order."""
    seats = marginals.replayed(published, seed)
    places = [pool.dossier_at[dossier] * len(pool.experts) + pool.expert_at[expert] for dossier, expert in seats]
    return np.sort(np.array(places, dtype=np.int64))


# --- seats and loads alone ----------------------------------------------------------------------------------------


def plain_instance(terms: Terms) -> Instance:
    """What pairs weigh in whole basis points; what is left of each weight is a tie-break."""
    points = np.where(terms.eligible, terms.worth // LOT_PARTS, 0)
    return Instance(points, terms.eligible, terms.size, terms.low, terms.high)


def _proven(pool: Pool, terms: Terms) -> Record | Infeasible:
    found = marginals.marginals(plain_instance(terms), Share(*pool.problem.share))
    if isinstance(found, Short):
        return _refused(pool, terms, found.seats > 0)
    return marginals.record(found, *_names(pool))


def _refused(pool: Pool, terms: Terms, lacking: np.ndarray) -> Infeasible:
    whole = choice.best(terms, steps_of(pool))
    return Infeasible(shortages.of_all(pool, terms, lacking) if whole.short else shortages.too_shared(pool))


# --- every rule ---------------------------------------------------------------------------------------------------


def _under_every_rule(pool: Pool, terms: Terms) -> Record | Infeasible:
    """In the seats of each role sit people of its own, which the shape allows anyway."""
    apart = replace(terms, apart=True)
    asked = apart if (apart.free >= 0).all() else terms
    model = choice.best(asked)
    if model.short:
        return _refused(pool, terms, model.lacking)
    if len(terms.group):
        return _in_groups(pool, terms, asked)
    found = _chances(pool, terms, steps_of(pool), model.pairs)
    everybody = np.arange(terms.experts)
    return Infeasible(shortages.too_shared(pool)) if found is None else _record(pool, terms, found, everybody)


def _in_groups(pool: Pool, terms: Terms, asked: Terms) -> Record | Infeasible:
    """Who serves which group, and how much, is settled before the lot; each then takes part once a group. Where no chances
    follow, it is settled otherwise among equals, a few times, before the draw is refused."""
    for attempt in range(ATTEMPTS):
        homed = homes.settled(asked, pool.problem.share, attempt)
        if homed is None:
            break
        clones, model = homed
        parted = replace(clones, terms=terms)
        found = _chances(pool, parted.apart, parted.steps(steps_of(pool)), model)
        if found is not None:
            return _record(pool, terms, found, clones.expert)
    return Infeasible(shortages.too_shared(pool))


def _chances(pool: Pool, terms: Terms, steps: Steps, model: Integers) -> Chances | None:
    costs = (steps.costs * terms.parts).astype(np.int64)
    return chances(terms, pool.problem.share, model, (steps.experts, costs))


def _record(pool: Pool, terms: Terms, found: Chances, taking: Integers) -> Record:
    """`taking` says who each of the experts in the network is."""
    experts, dossiers = _names(pool)
    loads = zip(experts, terms.low.tolist(), terms.high.tolist(), strict=True)
    return {
        "format": marginals.FORMAT,
        "most": found.seating.most,
        "whole": found.seating.whole,
        "experts": [list(entry) for entry in loads],
        "dossiers": [list(entry) for entry in zip(dossiers, terms.size.tolist(), strict=True)],
        "arcs": list(_arcs(found, [experts[one] for one in taking.tolist()], dossiers)),
    }


def _arcs(found: Chances, experts: list[str], dossiers: list[str]) -> list[list[int | str]]:
    """The arcs that carry anything, in the network's own order; the first ones each seat an expert at a dossier."""
    network, seats = found.seating.network, len(found.seating.pairs)
    at, who = found.seating.terms.split(found.seating.pairs)
    named = [(experts[i], dossiers[d]) for d, i in zip(at.tolist(), who.tolist(), strict=True)]
    named += [("", "")] * (len(found.flow) - seats)
    listed = zip(network.tail.tolist(), network.head.tolist(), found.flow.tolist(), named, strict=True)
    return [[tail, head, parts, *seat] for tail, head, parts, seat in listed if parts]


def _names(pool: Pool) -> tuple[list[str], list[str]]:
    return [expert.id for expert in pool.experts], [dossier.id for dossier in pool.dossiers]
