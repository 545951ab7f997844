"""The design's efficiency against closed forms of the textbooks and the figures of a large simulation."""

from itertools import combinations

import numpy as np
import pytest

from app.panels.engine.efficiency import design

FANO = ((0, 1, 2), (0, 3, 4), (0, 5, 6), (1, 3, 5), (1, 4, 6), (2, 3, 6), (2, 4, 5))


def _read_by(blocks) -> list[tuple[str, str]]:
    """One expert a block."""
    return [(f"D{dossier:03}", f"E{expert:03}") for expert, block in enumerate(blocks) for dossier in block]


@pytest.mark.parametrize("dossiers", [2, 5, 12])
def test_everybody_reading_everything_is_as_good_as_known_leniencies(dossiers):
    found = design(_read_by([range(dossiers)] * 4), {})
    assert found.is_connected
    assert found.efficiency == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize(
    ("blocks", "dossiers", "reviews", "size", "together"),
    [
        (FANO, 7, 3, 3, 1),
        (tuple(combinations(range(6), 2)), 6, 5, 2, 1),
        (tuple(combinations(range(5), 3)), 5, 6, 3, 3),
    ],
)
def test_balanced_incomplete_blocks_have_their_known_efficiency(blocks, dossiers, reviews, size, together):
    """λv / rk, for a design in which every two dossiers share λ experts."""
    found = design(_read_by(blocks), {})
    assert found.efficiency == pytest.approx(together * dossiers / (reviews * size), abs=1e-12)


def test_it_is_the_harmonic_mean_of_the_eigenvalues_where_reviews_are_equal():
    blocks = [[at, (at + 1) % 9, (at + 3) % 9] for at in range(9)]
    reads = np.zeros((9, 9))
    for expert, block in enumerate(blocks):
        reads[block, expert] = 1
    eigenvalues = np.linalg.eigvalsh(3 * np.eye(9) - reads @ reads.T / 3)[1:] / 3
    assert design(_read_by(blocks), {}).efficiency == pytest.approx(8 / (1 / eigenvalues).sum(), abs=1e-12)


def test_separate_groups_cannot_be_compared():
    found = design(_read_by([[0, 1, 2], [0, 1, 2], [3, 4], [3, 4]]), {})
    assert found.parts == (("D000", "D001", "D002"), ("D003", "D004"))
    assert not found.is_connected
    assert found.efficiency is None
    assert found.across is None


def test_one_expert_in_common_joins_them_and_the_error_across_is_larger():
    blocks = [[0, 1, 2], [0, 1, 2], [3, 4, 5], [3, 4, 5], [2, 3]]
    groups = {f"D{at:03}": "AB"[at > 2] for at in range(6)}
    found = design(_read_by(blocks), groups)
    assert found.is_connected
    assert 0 < found.efficiency < 0.6
    assert found.across > 1.5


def test_two_reads_in_a_row_are_compared_by_hand():
    """A chain of three dossiers: differences cost 2, 2 and 4 variances; were leniencies known, 1.5, 1.5 and 2."""
    found = design(_read_by([[0, 1], [1, 2]]), {"D000": "A", "D001": "A", "D002": "B"})
    assert found.efficiency == pytest.approx((1.5 + 1.5 + 2) / (2 + 2 + 4), abs=1e-12)
    assert found.across == pytest.approx((3 / 2) ** 0.5, abs=1e-12)


def test_the_order_of_seats_does_not_matter():
    seats = _read_by(FANO)
    assert design(reversed(seats), {}) == design(seats, {})


def test_a_mixed_award_has_the_efficiency_found_by_simulation():
    """100 dossiers, five of 60 experts each at random: 0.86 (reference simulation, standard error below 0.01)."""
    chance = np.random.default_rng(7)
    seats = [
        (f"D{dossier:03}", f"E{expert:03}")
        for dossier in range(100)
        for expert in chance.choice(60, size=5, replace=False)
    ]
    assert design(seats, {}).efficiency == pytest.approx(0.86, abs=0.01)


@pytest.mark.parametrize("seats", [[], [("D1", "E1"), ("D1", "E2")]])
def test_fewer_than_two_dossiers_have_no_efficiency(seats):
    assert design(seats, {}).efficiency is None
