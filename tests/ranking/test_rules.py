"""From the rulebook to the official rule, the lines between the rows and the sentences, without a database."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.words import LocalText
from app.ranking import rules
from app.ranking.explanation import explanation
from app.ranking.official import Review
from tests.support.rulebooks import edited_rulebook, rulebook

SHANXI = rulebook()


def reviews(scores: dict[str, list[int]], key: str = "paper") -> list[Review]:
    """Totals in points, one for each expert."""
    return [
        Review(dossier, key, f"E{place}", points * 20)
        for dossier, row in scores.items()
        for place, points in enumerate(row)
    ]


def computed(scores: dict[str, list[int]], key: str = "paper") -> rules.Computed:
    keys = [rule.key for rule in SHANXI.rounds[: SHANXI.rounds.index(SHANXI.round(key)) + 1]]
    size = {rule.key: rule.minimum_reviews for rule in SHANXI.rounds}
    given_reviews = [
        review
        for each in keys
        for review in reviews({dossier: (row * size[each])[: size[each]] for dossier, row in scores.items()}, each)
    ]
    return rules.compute(SHANXI, key, list(scores), given_reviews)


def said(scores: dict[str, list[int]], key: str = "paper") -> dict[int, list[str]]:
    summed = rules.summary(computed(scores, key), SHANXI)
    return {after: [str(text) for text in texts] for after, texts in rules.marks(summed, SHANXI).items()}


@pytest.mark.parametrize(("key", "weights"), [("paper", [30]), ("site", [30, 50]), ("defence", [30, 50, 20])])
def test_a_round_is_ranked_with_those_before_it(key: str, weights: list[int]) -> None:
    official = rules.official_rules(SHANXI, key)
    assert [rule.weight for rule in official.rounds] == weights
    assert {rule.method for rule in official.rounds} == {"trimmed"}
    assert official.ties == SHANXI.aggregation.ties


@pytest.mark.parametrize(("key", "levels"), [("paper", []), ("defence", [("award", 5, 600), ("nomination", 10, 550)])])
def test_the_awards_lines_belong_to_the_final_ranking(key: str, levels: list[tuple[str, int, int]]) -> None:
    found = rules.official_rules(SHANXI, key).levels
    assert [(level.key, level.seats, level.floor) for level in found] == levels


@pytest.mark.parametrize(("key", "places"), [("paper", 30), ("site", 23)])
def test_as_many_go_on_as_the_rulebook_says_and_nobody_below_the_lowest_floor(key: str, places: int) -> None:
    assert rules.shortlist_rule(SHANXI, key) == rules.Shortlist(places, 550)
    assert rules.shortlist_rule(SHANXI, "defence") is None


def test_a_level_without_a_floor_lets_everybody_go_on() -> None:
    without = edited_rulebook({"levels[1].floor": 1})
    found = rules.shortlist_rule(without, "paper")
    assert found is not None
    assert found.floor == 1


@pytest.mark.parametrize("key", ["china-2021", "hefei-2023", "zhejiang-2017", "baldrige-2023"])
def test_every_shipped_rulebook_gives_an_official_rule_and_its_sentences(key: str) -> None:
    book = rulebook(key)
    for rule in book.rounds:
        official = rules.official_rules(book, rule.key)
        assert len(explanation(book, rule.key)) >= 4 + len(official.rounds)


@given(st.randoms())
def test_the_record_does_not_depend_on_the_order_of_what_comes_in(order: random.Random) -> None:
    scores = {f"SX-{number}": [500 + 7 * number, 600, 650 - number] for number in range(12)}
    dossiers, given_reviews = list(scores), reviews(scores)
    order.shuffle(dossiers)
    order.shuffle(given_reviews)
    assert rules.compute(SHANXI, "paper", dossiers, given_reviews).record == computed_plainly(scores)


def computed_plainly(scores: dict[str, list[int]]) -> object:
    return rules.compute(SHANXI, "paper", list(scores), reviews(scores)).record


def test_a_stored_record_gives_its_input_back() -> None:
    first = computed({"SX-1": [600], "SX-2": [700], "SX-3": [500]}, "site")
    dossiers, given, agreed = rules.stored_input(first.record)
    again = rules.compute(SHANXI, "site", dossiers, given, agreed=agreed)
    assert again.record == first.record


def test_lines_are_drawn_after_the_last_of_their_level_and_vacancies_are_named() -> None:
    scores = {f"SX-{points}": [points] for points in (800, 700, 590, 560, 400)}
    assert said(scores, "defence") == {
        2: ["质量奖线：5 席，达到得分要求的 2 家，空缺 3 席", "以下得分低于 600 分"],
        4: ["提名奖线：10 席，达到得分要求的 2 家，空缺 8 席", "以下得分低于 550 分"],
    }


def test_a_full_level_says_how_many_are_above() -> None:
    found = said({f"SX-{points}": [points] for points in range(700, 900, 10)}, "defence")
    assert found == {5: ["质量奖线：以上 5 家（5 席）"], 15: ["提名奖线：以上 10 家（10 席）"]}


def test_a_tie_across_a_line_is_left_to_the_committee() -> None:
    scores = {f"SX-{place}": [700 if place < 6 else 800 - place] for place in range(2, 8)} | {
        "SX-1": [900],
        "SX-0": [900],
    }
    found = said(scores, "defence")
    texts = [text for each in found.values() for text in each]
    assert any("并列者经评委会表决" in text for text in texts)


def test_nobody_above_a_line_draws_it_before_the_first_row() -> None:
    assert said({"SX-1": [400]}, "defence")[0][0] == "质量奖线：5 席，达到得分要求的 0 家，空缺 5 席"


def test_the_line_of_those_who_go_on_keeps_a_tie_together() -> None:
    scores = {f"SX-{place:02d}": [800 - place] for place in range(29)} | {"SX-a": [700], "SX-b": [700], "SX-c": [600]}
    found = said(scores)
    assert found[31] == ["入围线：以上 31 家进入下一轮（名额 30 家，同分一并入围）"]
    cuts = rules.cut_positions(rules.summary(computed(scores), SHANXI))
    assert cuts == {31}


def test_an_unranked_dossier_says_why_with_the_rounds_name() -> None:
    found = rules.compute(SHANXI, "paper", ["SX-1"], reviews({"SX-1": [600, 600]}))
    (row,) = found.ranking.rows
    assert row.reason is not None
    stored = {"text": row.reason.text, "values": dict(row.reason.values)}
    message = rules.reason(stored, SHANXI)
    assert message is not None
    assert str(message) == "轮次 材料评审 只有 2 份有效评审，少于规定的 3 份，不参加排名。"
    assert rules.reason({}, SHANXI) is None


def test_the_results_items_are_those_of_the_categories_that_ask_for_results_only() -> None:
    codes = rules.results_codes(SHANXI.criteria("gbt-19580-2012"))
    assert codes == {"4.7.2", "4.7.3", "4.7.4", "4.7.5", "4.7.6", "4.7.7"}


def test_the_sentences_say_what_was_done() -> None:
    texts = [str(message) for message in explanation(SHANXI, "defence")]
    assert any("去掉最高、最低各 1 份" in text for text in texts)
    assert any("“现场评审”权重 50" in text for text in texts)
    assert isinstance(SHANXI.round("site").name, LocalText)


def test_a_correction_says_its_bound() -> None:
    zhejiang = rulebook("zhejiang-2017")
    texts = [str(message) for message in explanation(zhejiang, zhejiang.rounds[-1].key)]
    assert any("只修正综合得分" in text for text in texts)
