"""Do experts score otherwise where they are tied to the dossier: found where it was planted, not where it was not, refused where too few."""

from collections.abc import Mapping
from itertools import product
from random import Random

import numpy as np
import pytest

from app.ranking.advice.ties import (
    DEALS,
    INSEPARABLE,
    TOO_FEW,
    TOO_FEW_EXPERTS,
    TOO_MANY,
    Labels,
    Relation,
    relations,
)
from app.ranking.calibration import Review
from app.ranking.calibration.data import Table
from app.ranking.calibration.fit import Variances
from tests.factories.reviews import edition

FOUND = Variances(noise=2_500.0, severity=3_600.0, gain=9.0)
REGIONS = "12345"
HOME = "home"


def labels(reviews: list[Review], seed: int) -> Labels:
    """Every expert and every dossier has one of five regions."""
    draw = Random(seed)
    experts, dossiers = sorted({each.expert for each in reviews}), sorted({each.dossier for each in reviews})
    return Labels(
        {name: [draw.choice(REGIONS)] for name in experts}, {name: [draw.choice(REGIONS)] for name in dossiers}
    )


def favoured(reviews: list[Review], home: Labels, points: int, only: str = "") -> list[Review]:
    """The same reviews with so many points more for dossiers of one's own region."""

    def more(each: Review) -> int:
        is_home = home.experts[each.expert] == home.dossiers[each.dossier]
        return 20 * points if is_home and only in ("", each.expert) else 0

    return [Review(each.dossier, each.expert, each.twentieths + more(each)) for each in reviews]


def seen(reviews: list[Review], held: Labels, found: Variances = FOUND, seed: int = 7) -> Relation:
    (relation,) = relations(Table.of(reviews), found, {HOME: held}, seed)
    return relation


def by_hand(reviews: list[Review], held: Labels, found: Variances, expert: str = "") -> tuple[float, float]:
    """Generalised least squares with the whole matrix: effect and its standard error."""
    rows = sorted(reviews)
    dossiers = sorted({each.dossier for each in rows})
    y = np.array([each.twentieths / 20 for each in rows])
    same = np.array([[a.expert == b.expert for b in rows] for a in rows], dtype=float)
    inverse = np.linalg.inv(found.noise * np.eye(len(rows)) + found.severity * same)
    tied = [
        float(held.experts[each.expert] == held.dossiers[each.dossier] and expert in ("", each.expert)) for each in rows
    ]
    design = np.array(
        [[*(each.dossier == name for name in dossiers), tie] for each, tie in zip(rows, tied, strict=True)]
    )
    covariance = np.linalg.inv(design.T @ inverse @ design)
    return float((covariance @ design.T @ inverse @ y)[-1]), float(covariance[-1, -1] ** 0.5)


@pytest.mark.parametrize("points", [0, 40])
def test_effects_and_errors_are_those_of_the_whole_model(points: int) -> None:
    reviews = edition(4, dossiers=40)
    held = labels(reviews, 4)
    planted = favoured(reviews, held, points)
    relation = seen(planted, held)
    assert (relation.effect, relation.error) == pytest.approx(by_hand(planted, held, FOUND))
    for own in relation.own[:3]:
        assert (own.effect, own.error) == pytest.approx(by_hand(planted, held, FOUND, own.expert))


def test_a_planted_effect_is_found_and_none_where_none_was_planted() -> None:
    """Twelve editions each: the estimate lies about what was planted, and chance alone is seldom taken for more."""
    planted, clean = [], []
    for seed in range(12):
        reviews = edition(seed)
        held = labels(reviews, seed)
        clean.append(seen(reviews, held))
        planted.append(seen(favoured(reviews, held, 60), held))
    effects = [each.effect or 0.0 for each in planted]
    errors = [each.error or 0.0 for each in planted]
    assert np.mean(effects) == pytest.approx(60, abs=3 * np.mean(errors) / 12**0.5)
    assert sum(each.is_unusual for each in planted) >= 11
    assert sum(each.is_unusual for each in clean) <= 3
    assert all(1 / (DEALS + 1) <= (each.dealt or 0) <= 1 for each in planted + clean)


def test_one_expert_who_favours_his_own_is_named_and_the_others_are_not() -> None:
    reviews = edition(2)
    held = labels(reviews, 2)
    told = [own.expert for own in seen(reviews, held).own]
    relation = seen(favoured(reviews, held, 250, only=told[0]), held)
    assert [own.expert for own in relation.own if own.is_unusual] == [told[0]]


def test_the_order_of_reviews_and_labels_does_not_matter() -> None:
    reviews = edition(3)
    held = labels(reviews, 3)
    turned = Labels(dict(reversed(held.experts.items())), dict(reversed(held.dossiers.items())))
    assert seen(reviews[::-1], turned) == seen(reviews, held)
    assert seen(reviews, held, seed=8).effect == seen(reviews, held).effect


def everybody(names: Mapping[str, object] | set[str], label: str) -> dict[str, list[str]]:
    return {name: [label] for name in sorted(names)}


def test_too_few_are_refused_in_words() -> None:
    reviews = edition(5)
    experts, dossiers = {each.expert for each in reviews}, {each.dossier for each in reviews}
    nobody = seen(reviews, Labels(everybody(experts, "1"), everybody(dossiers, "2")))
    assert nobody.refused is not None
    assert (nobody.tied, nobody.effect, nobody.dealt, nobody.is_unusual) == (0, None, None, False)
    assert nobody.refused.text == TOO_FEW
    assert nobody.own == ()
    all_tied = seen(reviews, Labels(everybody(experts, "1"), everybody(dossiers, "1")))
    assert all_tied.refused is not None
    assert all_tied.refused.values == {"tied": len(reviews), "free": 0, "n": 10}
    few = sorted(experts)[:12]
    of_experts = seen(reviews, Labels(everybody(set(few), "1"), everybody(dossiers, "1")))
    assert of_experts.refused is not None
    assert of_experts.refused.text == TOO_FEW_EXPERTS, "each expert is tied to all his dossiers or to none"


def test_a_relation_that_is_the_dossiers_own_is_refused() -> None:
    """Where everybody who read a dossier is tied to it, or nobody, nothing tells the tie from the dossier."""
    reviews = [Review(f"D{d}", f"E{e}", 10_000 + 137 * ((d * 7 + e * 3) % 11)) for d, e in product(range(12), range(6))]
    held = Labels(everybody({f"E{e}" for e in range(6)}, "1"), everybody({f"D{d}" for d in range(6)}, "1"))
    relation = seen(reviews, held)
    assert relation.refused is not None
    assert relation.refused.text == INSEPARABLE
    assert len(relation.own) == 6, "one expert among others who are tied alike can still be told of"


def test_very_many_experts_are_refused() -> None:
    reviews = [Review(f"D{n // 2:04}", f"E{n:04}", 10_000 + n) for n in range(702)]
    relation = seen(reviews, Labels({}, {}))
    assert relation.refused is not None
    assert relation.refused.text == TOO_MANY
