"""Every rule that a rulebook may prescribe, from its text to the ranking's page and back through the recomputation."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from flask import Flask

from app import lifecycle
from app.kernel import clock, unit_of_work
from app.kernel.actor import Role
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import NotReady
from app.panels.models import Draw, SeatRole
from app.ranking import queries, rules, services
from app.ranking.models import Ranking
from tests.factories import scoring
from tests.factories.decisions import office, running_edition
from tests.support.rulebooks import Place, edited

ONE_ROUND = (Path(__file__).parents[1] / "data" / "rulebooks" / "one-round.toml").read_text()
SPREAD: Sequence[tuple[int, ...]] = [(80, 60, 90), (70, 55, 50), (60, 50, 40), (50, 45, 60), (40, 40, 50)]
"""Three experts, of whom the second uses half the scale."""
Scores = Sequence[tuple[int, ...]]


def closed(changes: Mapping[Place, object], scores: Scores, *, small: Sequence[int] = (), published: bool = False):
    """The only round of an edition under that rulebook, all sheets in; `small`: places of small firms."""
    made = scoring.reviewed(scores, close=False, edition=running_edition(text=edited(ONE_ROUND, changes)))
    for place in small:
        made.dossiers[place].answers = made.dossiers[place].answers | {"size": "small"}
    if published:
        publish(made.edition.id, made.round.id)
    scoring.services.close_round(office(), made.round)
    return made


def publish(edition_id: int, round_id: int) -> None:
    """A draw as the ceremony leaves it."""
    draw = Draw(
        edition_id=edition_id,
        round_id=round_id,
        number=2,
        created_at=clock.now(),
        public_value="03 11 17 22 29 31",
        seed="5e" * 32,
    )
    db.session.add(draw)
    db.session.flush()
    for action in ("draw.commit", "draw.draw", "draw.publish"):
        lifecycle.advance(draw, action, office())


def computed(changes: Mapping[Place, object], scores: Scores, **how: object) -> Ranking:
    return services.compute(office(), closed(changes, scores, **how).round)  # type: ignore[arg-type]


def shown(ranking: Ranking) -> list[tuple[str, int | None, str, str]]:
    return [(row.application.name[4:7], row.rank, row.shown, row.line) for row in ranking.rows]


TWO = [(80, 60, 60), (60, 70, 75)]
RULES: dict[str, tuple[Mapping[Place, object], Scores, list[str], str, str]] = {
    "the mean": ({}, TWO, ["683.33", "666.67"], "mean", "各专家总分取平均值"),
    "the leader counts twice": (
        {"aggregation.method": "weighted_mean", "aggregation.leader_weight": 2},
        TWO,
        ["700.00", "662.50"],
        "weighted_mean",
        "组长的评分按组员的 2 倍计入",
    ),
    "without the highest and the lowest": (
        {"aggregation.method": "trimmed", "aggregation.trim_from": 3},
        TWO,
        ["700.00", "600.00"],
        "trimmed",
        "评分满 3 份时去掉最高、最低各 1 份",
    ),
    "too few to leave any out, then the mean": (
        {"aggregation.method": "trimmed"},
        TWO,
        ["683.33", "666.67"],
        "mean",
        "不足 5 份时取平均值",
    ),
    "too few to leave any out, then the median": (
        {"aggregation.method": "trimmed", "aggregation.trim_fallback": "median"},
        TWO,
        ["700.00", "600.00"],
        "median",
        "不足 5 份时取中位数",
    ),
    "too few to leave any out, then the closest pair": (
        {"aggregation.method": "trimmed", "aggregation.trim_fallback": "closest_pair"},
        TWO,
        ["725.00", "600.00"],
        "closest_pair",
        "不足 5 份时取最接近的两份的平均值",
    ),
    "the median": ({"aggregation.method": "median"}, TWO, ["700.00", "600.00"], "median", "各专家总分取中位数"),
    "half to even": (
        {"aggregation.decimals": 0},
        [(60, 60, 60, 65), (60, 60, 60, 70)],
        ["625", "612"],
        "mean",
        "四舍六入五成双",
    ),
    "half up": (
        {"aggregation.decimals": 0, "aggregation.rounding": "half_up"},
        [(60, 60, 60, 65), (60, 60, 60, 70)],
        ["625", "613"],
        "mean",
        "四舍五入",
    ),
    "standardised by expert": (
        {"aggregation.method": "judge_z", "aggregation.spread": "population"},
        SPREAD,
        ["1.56", "0.32", "-0.35", "-0.43", "-1.10"],
        "judge_z",
        "总体标准差",
    ),
    "standardised by group": (
        {"aggregation.method": "group_z", "aggregation.spread": "sample"},
        SPREAD,
        ["1.62", "0.18", "-0.47", "-0.34", "-1.00"],
        "group_z",
        "样本标准差",
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_the_rule_reaches_the_page_and_is_recomputed(app: Flask, signed_in, name: str) -> None:
    changes, scores, values, basis, sentence = RULES[name]
    with app.app_context(), unit_of_work.transaction():
        scoring.person("desk@example.org", Role.OFFICE)
        ranking = computed(changes, scores)
        assert sorted(row.shown for row in ranking.rows) == sorted(values)
        assert {row.bases["paper"] for row in ranking.rows} == {basis}
        assert queries.recomputes(ranking)
        address = f"/rankings/{ranking.id}"
    page = signed_in("desk@example.org").page(address)
    assert sentence in page.text
    for value in values:
        assert value in page.text


def test_roles_of_the_official_layer_are_those_of_the_seats() -> None:
    assert {rules.LEADER, rules.MEMBER} == {role.value for role in SeatRole}


# --- what the page says about seats -------------------------------------------------------------------------------

FOUR: Scores = [(80, 80, 80), (70, 70, 70), (60, 60, 60), (50, 50, 50)]
KEPT: Mapping[Place, object] = {"levels[0].seats": 2, "levels[0].reserved": [{"tag": "sme", "seats": 1}]}


def test_a_seat_kept_for_a_small_firm_is_told_on_the_page(app: Flask, signed_in) -> None:
    with app.app_context(), unit_of_work.transaction():
        scoring.person("desk@example.org", Role.OFFICE)
        ranking = computed(KEPT, FOUR, small=[2])
        assert [row[3] for row in shown(ranking)] == ["award", "nomination", "award", "nomination"]
        assert queries.recomputes(ranking)
        address = f"/rankings/{ranking.id}"
    page = signed_in("desk@example.org").page(address)
    assert "质量奖为“中小企业”保留 1 个，没有合适人选时空缺。" in page.text
    assert "质量奖线：2 席，列入 2 家，空缺 0 席；名次在前的 1 家因名额限制或保留名额没有列入" in page.text


@pytest.mark.usefixtures("app_context")
def test_whoever_changes_what_a_kept_seat_went_by_is_found_out() -> None:
    made = closed(KEPT, FOUR, small=[2])
    ranking = services.compute(office(), made.round)
    made.dossiers[2].answers = {}
    db.session.flush()
    assert not queries.recomputes(ranking)


# --- ties ---------------------------------------------------------------------------------------------------------

EQUAL: Scores = [(70, 70, 70), (70, 70, 70), (60, 60, 60)]
BY_LOT: Mapping[Place, object] = {"aggregation.ties": ["median", "lot"]}


@pytest.mark.usefixtures("app_context")
def test_a_tie_that_nothing_parts_is_left_to_the_committee() -> None:
    ranking = computed({}, EQUAL)
    assert [row.straddles for row in ranking.rows] == [True, True, False]
    assert ranking.summary["lines"][0]["open"] == 1


@pytest.mark.usefixtures("app_context")
def test_a_tie_is_parted_by_the_median_and_by_those_who_scored_both() -> None:
    by_median = computed({"aggregation.ties": ["median", "committee"]}, [(60, 70, 80), (65, 65, 80)])
    assert [(row[0], row[1], row[3]) for row in shown(by_median)] == [("001", 1, "award"), ("002", 1, "nomination")]
    assert by_median.summary["lines"][0]["decided_by"] == "median"


@pytest.mark.usefixtures("app_context")
def test_a_lot_goes_by_the_seed_that_the_first_draw_published() -> None:
    made = closed(BY_LOT, EQUAL, published=True)
    ranking = services.compute(office(), made.round)
    assert ranking.snapshot["seed"] == "5e" * 32
    assert [row.line for row in ranking.rows] == ["award", "nomination", "nomination"]
    assert ranking.summary["lines"][0]["decided_by"] == "lot"
    assert queries.recomputes(ranking)
    forged = queries.rules.Facts(seed="5f" * 32)
    dossiers, given, _agreed = rules.stored_input(ranking.snapshot)
    ranking.snapshot = rules.compute(
        queries.rulebook_of(ranking.edition), "paper", dossiers, given, facts=forged
    ).record
    ranking.digest = digest(ranking.snapshot)
    db.session.flush()
    assert not queries.recomputes(ranking)


@pytest.mark.usefixtures("app_context")
def test_where_no_draw_was_published_the_committee_decides_instead_of_the_lot() -> None:
    ranking = computed(BY_LOT, EQUAL)
    assert "seed" not in ranking.snapshot
    assert ranking.summary["lines"][0]["open"] == 1


# --- what has no standard score -----------------------------------------------------------------------------------

JUDGE_Z: Mapping[Place, object] = {"aggregation.method": "judge_z", "aggregation.spread": "population"}
REFUSED: dict[str, tuple[Mapping[Place, object], Scores, str]] = {
    "too few": (JUDGE_Z, SPREAD[:4], "“材料评审”中专家 E001 只有 4 份评分，少于 5 份，不能标准化，无法排名。"),
    "all alike": (JUDGE_Z, [(60, *row[1:]) for row in SPREAD], "“材料评审”中专家 E001 的评分全部相同，不能标准化"),
    "a small group": (
        JUDGE_Z | {"aggregation.method": "group_z"},
        SPREAD[:4],
        "“材料评审”中“煤炭与煤化工”组只有 4 家有得分",
    ),
}


@pytest.mark.usefixtures("app_context")
@pytest.mark.parametrize("name", REFUSED)
def test_a_ranking_that_cannot_be_standardised_is_refused_in_words(name: str) -> None:
    changes, scores, sentence = REFUSED[name]
    made = closed(changes, scores)
    with pytest.raises(NotReady) as refused:
        services.compute(office(), made.round)
    assert sentence in str(refused.value.missing[0])


@pytest.mark.usefixtures("app_context")
def test_a_withdrawal_after_the_computation_asks_for_a_new_one_but_keeps_the_cells() -> None:
    made = closed(JUDGE_Z, SPREAD)
    first = services.compute(office(), made.round)
    gone = made.dossiers[4]
    owner = scoring.decisions.acting(db.session.get(scoring.User, gone.owner_id))
    lifecycle.advance(gone, "application.withdraw", owner, reason="改制")
    assert "请重新计算" in str(services.missing_for_confirming(first)[0])
    second = services.compute(office(), made.round)
    assert [row.score for row in second.rows] == [row.score for row in first.rows][:4]
    assert queries.recomputes(second)
