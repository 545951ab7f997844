"""The reliability box: the specification's base case, complete panels, pairs that share enough, and refusals in words."""

from random import Random

import pytest

from app.ranking.calibration.data import Refusal
from app.ranking.reliability import Reliability, Sheet, reliability
from app.ranking.reliability.box import PanelAgreement, Shares, shares_of
from app.ranking.reliability.components import Components


def sheets(seed: int = 1, *, dossiers: int = 40, experts: int = 24, reads: int = 4) -> list[Sheet]:
    """A mixed design: every dossier goes to experts drawn anew."""
    chance = Random(seed)
    lean = [chance.gauss(0, 60) for _ in range(experts)]
    return [
        scored(chance, dossier, expert, level + lean[expert])
        for dossier in range(dossiers)
        for level in (chance.gauss(550, 90),)
        for expert in chance.sample(range(experts), reads)
    ]


def fixed_panels(seed: int = 2, *, panels: int = 3, size: int = 4, dossiers: int = 12) -> list[Sheet]:
    """Every panel reads the same dossiers."""
    chance = Random(seed)
    return [
        scored(chance, panel * dossiers + dossier, panel * size + seat, level)
        for panel in range(panels)
        for dossier in range(dossiers)
        for level in (chance.gauss(550, 90),)
        for seat in range(size)
    ]


def scored(chance: Random, dossier: int, expert: int, level: float) -> Sheet:
    total = level + chance.gauss(0, 50)
    steps = {f"4.{item}": min(20, max(0, round(total / 50 + chance.gauss(0, 1)))) for item in (1, 2)}
    percents = {item: 5 * step for item, step in steps.items()}
    return Sheet(f"D{dossier:03}", f"E{expert:03}", round(20 * total), percents)


def reason(found: object) -> str:
    assert isinstance(found, Refusal)
    return str(found.reason)


def test_the_base_case_of_the_specification() -> None:
    """Quality 90, severity 60, chance 50, five reviews: .57 for one score, .87 for the mean, .94 calibrated; 7 and 3 reviews."""
    found = shares_of(Components(8100, 3600, 2500), 5)
    assert (round(found.single, 2), round(found.mean, 2), round(found.calibrated, 2)) == (0.57, 0.87, 0.94)
    assert (found.needed, found.needed_calibrated) == (7, 3)
    assert sum(found.between) == pytest.approx(1)


def test_a_mixed_design_has_shares_and_alpha_but_no_complete_panel_and_no_pair() -> None:
    found = reliability(sheets())
    assert isinstance(found.shares, Shares)
    assert found.shares.reviews == pytest.approx(4)
    assert 0.3 < found.shares.single < found.shares.mean < found.shares.calibrated < 1
    assert isinstance(found.alpha, float)
    assert 0.2 < found.alpha < 0.9
    assert reason(found.panels).startswith("没有一组专家共同评过 3 家以上")
    assert reason(found.items).startswith("没有两位专家共同评过 10 份以上")


def test_complete_panels_have_their_own_figures() -> None:
    found = reliability(fixed_panels())
    assert isinstance(found.panels, tuple)
    assert [len(panel.dossiers) for panel in found.panels] == [12, 12, 12]
    for panel in found.panels:
        assert isinstance(panel, PanelAgreement)
        assert 0.5 < panel.concordance.w <= 1
        assert panel.intraclass.two_single.value < panel.intraclass.two_mean.value
    assert isinstance(found.items, tuple)
    assert {item.item: len(item.pairs) for item in found.items} == {"4.1": 18, "4.2": 18}
    assert found.items[0].median <= found.items[1].median
    assert all(0 < item.median <= 1 and item.pairs[0].shared == 12 for item in found.items)


def test_a_panel_with_a_seat_missing_somewhere_is_not_complete_there() -> None:
    rows = fixed_panels(panels=1)
    found = reliability(rows[1:])
    assert isinstance(found.panels, tuple)
    assert [(len(panel.experts), len(panel.dossiers)) for panel in found.panels] == [(4, 11)]


def test_items_that_were_not_scored_do_not_count() -> None:
    rows = [Sheet(row.dossier, row.expert, row.twentieths, {"4.1": row.percents["4.1"]}) for row in fixed_panels()[:48]]
    for place in (0, 4, 8):
        rows[place] = Sheet(rows[place].dossier, rows[place].expert, rows[place].twentieths)
    found = reliability(rows)
    assert isinstance(found.items, tuple)
    (item,) = found.items
    assert {pair.shared for pair in item.pairs} == {12}
    assert "E000" not in {pair.first for pair in item.pairs}


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_sheets_does_not_matter(seed: int) -> None:
    rows = fixed_panels()
    assert reliability(Random(seed).sample(rows, len(rows))) == reliability(rows)


def alike(count: int) -> Reliability:
    return reliability(
        [Sheet(f"D{dossier}", f"E{expert}", 11000, {"4.1": 60}) for dossier in range(count) for expert in range(5)]
    )


def test_scores_that_are_all_alike_are_refused_in_words() -> None:
    found = alike(12)
    said = [reason(part) for part in (found.shares, found.alpha, found.panels, found.items)]
    assert said[0].startswith("全部评分相同")
    assert said[1].startswith("全部评分相同")
    assert "没有次序" in said[2]
    assert "同一个比例" in said[3]


def test_too_few_reviews_say_so_as_the_calibration_does() -> None:
    assert reason(reliability(fixed_panels(panels=1, dossiers=2)).shares).startswith("只有 8 份评分")
    assert reason(reliability([]).alpha).startswith("有两份以上评分的申报不足两家")
