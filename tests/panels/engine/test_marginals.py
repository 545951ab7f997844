from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.panels.engine.matching import marginals as drawing
from app.panels.engine.matching.best import Short
from app.panels.engine.matching.certificate import checked
from app.panels.engine.matching.core import Core
from app.panels.engine.matching.instance import Instance, Integers, Share, Worth
from app.panels.engine.matching.marginals import Marginals, drawn, marginals
from app.panels.engine.matching.rounding import NotWhole, Stream, rounded
from tests.panels.engine.instances import by_network_simplex, instances, made
from tests.support.effort import examples

SHARES = st.sampled_from((Share(1, 2), Share(3, 5), Share(2, 3), Share(1, 1)))


def shares_of(instance: Instance, share: Share) -> Marginals:
    found = marginals(instance, share)
    assert isinstance(found, Marginals), found
    return found


def faults(core: Core, pairs: Integers) -> int:
    """Broken rules of a plain list of pairs, by the certificate's own count."""
    whole, none = replace(core, share=Share()), np.zeros(core.instance.experts, dtype=np.int64)
    prices = drawing.Prices(np.zeros(core.instance.dossiers, dtype=np.int64), none)
    return checked(whole, pairs, np.ones(len(pairs), dtype=np.int64), prices).faults


def roomy(instance: Instance) -> Instance:
    """Everybody is eligible and has time, and nobody must serve on the only dossier: any cap from a half on can be met."""
    everybody, lowest = np.ones_like(instance.eligible), instance.lowest * (instance.dossiers > 1)
    most = np.full(instance.experts, instance.dossiers, dtype=np.int64)
    return replace(instance, eligible=everybody, lowest=lowest, highest=most)


@settings(max_examples=examples(40), deadline=None)
@given(instances(), SHARES)
def test_the_shares_are_the_only_best_ones_whoever_computes_them(instance, share):
    found = shares_of(roomy(instance), share)
    assert checked(found.core, found.pairs, found.parts, found.prices).is_optimal
    _, parts = by_network_simplex(found.core)
    assert dict(zip(found.pairs.tolist(), found.parts.tolist(), strict=True)) == parts


@settings(max_examples=examples(40), deadline=None)
@given(instances(), SHARES, st.text(max_size=8))
def test_every_draw_is_lawful_and_the_same_for_the_same_seed(instance, share, seed):
    found = shares_of(roomy(instance), share)
    pairs = drawn(found, seed)
    assert faults(found.core, pairs) == 0
    assert set(pairs.tolist()) <= set(found.pairs.tolist())
    assert drawn(found, seed).tobytes() == pairs.tobytes()


def test_on_average_every_pair_is_drawn_as_often_as_its_share_says():
    found, times = shares_of(roomy(made(7)), Share(3, 5)), Counter[int]()
    for number in range(2_000):
        times.update(drawn(found, f"seed {number}").tolist())
    for pair, parts in zip(found.pairs.tolist(), found.parts.tolist(), strict=True):
        share = parts / 5
        assert abs(times[pair] - 2_000 * share) <= 4.5 * (2_000 * share * (1 - share)) ** 0.5


def test_a_tie_that_the_first_tie_break_leaves_is_broken_by_the_next(monkeypatch):
    """With a tie-break of two values most pairs stay alike, so several counters fail before one leaves a single answer."""
    monkeypatch.setattr(drawing, "TIE_UNIT", 2)
    instance = roomy(made(3, dossiers=1, experts=3, seats=1, levels=1, lowest=0))
    level = replace(instance, affinity=np.zeros_like(instance.affinity))
    found = shares_of(level, Share())
    assert found.core.worth.counter == next(
        counter
        for counter in range(16)
        if Worth(2, counter).tie_break(np.arange(3)).tolist() in ([0, 0, 1], [0, 1, 0], [1, 0, 0])
    )


def test_ties_that_nothing_breaks_are_refused(monkeypatch):
    monkeypatch.setattr(drawing, "TIE_UNIT", 1)
    instance = roomy(made(3, dossiers=1, experts=3, seats=1, lowest=0))
    with pytest.raises(drawing.NeverUnique):
        marginals(replace(instance, affinity=np.zeros_like(instance.affinity)), Share())


def test_a_cap_that_leaves_too_few_people_is_refused_with_the_seats_it_leaves_open():
    instance = made(1, dossiers=2, experts=5, seats=3, lowest=0)
    answer = marginals(roomy(instance), Share(1, 2))
    assert isinstance(answer, Short)
    assert answer.seats.tolist() == [
        1,
        1,
    ]  # five experts at one half are two and a half of three seats: one part of two open


def test_a_network_out_of_balance_cannot_be_drawn_on():
    with pytest.raises(NotWhole):
        rounded([("a", "b", 1)], 2, "seed")


def test_roles_and_employers_may_stand_in_the_network():
    """One leader's seat of two candidates and one employer of two: every outcome keeps both nodes' balance."""
    network = [
        ("anna", "leads", 1),
        ("bo", "leads", 1),
        ("bo", "sits", 1),
        ("chen", "sits", 1),
        ("chen", "rest", 1),
        ("anna", "rest", 1),
    ]
    outcomes = {tuple(rounded(network, 2, str(seed))) for seed in range(40)}
    assert outcomes == {(1, 0, 1, 0, 1, 0), (0, 1, 0, 1, 0, 1)}


def test_the_stream_is_sha_256_in_counter_mode():
    stream = Stream("5eed")
    assert [stream.below(1_000_000_007) for _ in range(5)] == [529543914, 630025425, 627904862, 406605986, 845815039]
    assert {Stream("x").below(3) for _ in range(3)} <= {0, 1, 2}


@pytest.mark.parametrize("seed", range(3))
def test_the_published_network_leads_to_the_same_panels(seed):
    found = shares_of(roomy(made(seed)), Share(1, 2))
    experts, dossiers = [f"E{n:02}" for n in range(14)], [f"D{n}" for n in range(6)]
    published = drawing.record(found, experts, dossiers)
    pairs = [(dossiers[pair // 14], experts[pair % 14]) for pair in drawn(found, "seed").tolist()]
    assert drawing.replayed(published, "seed") == pairs
