"""What is said beside a ranking: honest on simulated editions, refused in words where too little is known, the same in any order."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from random import Random
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ranking.advice import Part, Place, Question, advise, band, consider
from app.ranking.advice.extra import worth
from app.ranking.advice.record import agrees, message_of, message_record, question_record, written
from app.ranking.advice.residuals import chi_square_tail, discoveries, efficiency
from app.ranking.advice.scale import use_of
from app.ranking.advice.sensitivity import Counted, sensitivity
from app.ranking.calibration import Review
from app.ranking.calibration.data import Table
from app.ranking.official import Agreed, Deduction, RoundRule, Rules, rank
from app.ranking.official import Review as Sheet
from tests.factories.reviews import edition


def asked(reviews: list[Review], cuts: tuple[int, ...] = (5,), **part: object) -> Question:
    """One round whose official score is the plain mean."""
    totals: dict[str, list[int]] = {}
    for row in reviews:
        totals.setdefault(row.dossier, []).append(row.twentieths)
    means = {name: Fraction(sum(found), 20 * len(found)) for name, found in totals.items()}
    ordered = dict(sorted(means.items(), key=lambda pair: (-pair[1], pair[0])))
    return Question(
        ordered,
        (Part("paper", tuple(reviews), dict.fromkeys(ordered, "all"), **part),),  # type: ignore[arg-type]
        tuple(Place(str(each), each) for each in cuts),
        seed=7,
        draws=1_000,
    )


def separate(seed: int) -> list[Review]:
    """Two groups with experts of their own."""
    left = [Review(f"A{row.dossier}", f"A{row.expert}", row.twentieths) for row in edition(seed, dossiers=20)]
    right = [Review(f"B{row.dossier}", f"B{row.expert}", row.twentieths) for row in edition(seed + 50, dossiers=20)]
    return left + right


def by_letter(reviews: list[Review], **part: object) -> Question:
    question = asked(reviews, **part)
    groups = {name: name[0] for name in question.dossiers}
    return replace(question, parts=(replace(question.parts[0], groups=groups),))


def texts(question: Question) -> list[str]:
    return [each.text for each in advise(question).notices]


def test_the_first_are_likely_to_be_among_the_first_and_seats_add_up() -> None:
    advice = advise(asked(edition(1), (5, 15)))
    assert sum(each.within[0] for each in advice.outlooks) == 5 * 1_000
    assert sum(each.within[1] for each in advice.outlooks) == 15 * 1_000
    assert all(each.low <= each.high for each in advice.outlooks)
    assert advice.wrong[0] == pytest.approx(sum(1 - each.within[0] / 1_000 for each in advice.outlooks[:5]))


def test_intervals_and_forecasts_keep_their_word_on_editions_with_known_truth() -> None:
    """A small look; benchmarks/ranking.md has the large one."""
    inside, dossiers, forecast, wrong = 0, 0, 0.0, 0
    for seed in range(12):
        chance, truth, reviews = Random(seed), {}, []
        lean = [chance.gauss(0, 60) for _ in range(24)]
        for number in range(40):
            truth[f"D{number:02}"] = level = chance.gauss(550, 90)
            reviews += [
                Review(f"D{number:02}", f"E{expert:02}", round(20 * (level + lean[expert] + chance.gauss(0, 50))))
                for expert in chance.sample(range(24), 4)
            ]
        question = asked(reviews)
        advice = advise(question)
        order = sorted(truth, key=lambda name: -truth[name])
        inside += sum(each.low <= order.index(each.dossier) + 1 <= each.high for each in advice.outlooks)
        dossiers += len(advice.outlooks)
        forecast += advice.wrong[0]
        wrong += len(set(list(question.dossiers)[:5]) - set(order[:5]))
    assert 0.86 < inside / dossiers < 0.98
    assert forecast / 12 == pytest.approx(wrong / 12, abs=0.6)


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_sheets_does_not_matter(chance: Random) -> None:
    reviews = edition(3, dossiers=20, experts=10)
    shuffled = list(reviews)
    chance.shuffle(shuffled)
    assert advise(asked(shuffled)) == advise(asked(reviews))


def test_too_few_scores_are_refused_with_the_round_and_the_reason() -> None:
    advice = advise(asked(edition(1, dossiers=7)))
    (why,) = advice.refusals
    assert why.values["round"] == "paper"
    assert "少于" in why.values["reason"].text  # type: ignore[attr-defined]
    assert not advice.outlooks


def test_nobody_ranked_nothing_said() -> None:
    assert not advise(replace(asked(edition(1)), dossiers={})).outlooks


def test_parts_that_nothing_joins_are_named_with_what_would_join_them() -> None:
    (notice,) = advise(by_letter(separate(4))).notices
    assert "互不相连" in notice.text
    assert notice.values["pairs"] == ("AD000 + BD000",)


def test_few_reviews_across_groups_are_a_weak_link() -> None:
    reviews = separate(5)
    reviews[0] = replace(reviews[0], expert=reviews[-1].expert)
    assert any("联系薄弱" in text for text in texts(by_letter(reviews)))


def test_missing_scores_make_it_provisional() -> None:
    assert any("暂定" in text for text in texts(asked(edition(6), planned=200)))
    assert not any("暂定" in text for text in texts(asked(edition(6), planned=165)))


def test_no_difference_in_severity_is_said_and_changes_nothing() -> None:
    reviews = [
        Review(f"D{n:02}", f"E{(n + k) % 12:02}", 20 * (500 + n) + (-1) ** k * 200) for n in range(24) for k in range(4)
    ]
    question = asked(reviews)
    advice = advise(question)
    assert any("看不出专家宽严有差异" in each.text for each in advice.notices)
    for each in advice.outlooks:
        assert each.calibrated == pytest.approx(float(question.dossiers[each.dossier]))


def test_a_small_difference_is_called_not_established() -> None:
    found = [text for seed in range(8) for text in texts(asked(edition(seed, severity=12)))]
    assert any("还不能确定" in text for text in found)


def test_one_score_far_off_is_flagged_and_an_erratic_expert_called_unusual() -> None:
    reviews = edition(8, dossiers=60, experts=20)
    odd = [replace(row, twentieths=row.twentieths + (9_000 if place == 0 else 0)) for place, row in enumerate(reviews)]
    by = {each.dossier: each.flags for each in advise(asked(odd)).outlooks}
    assert by[odd[0].dossier] == ("apart",)
    chance = Random(1)
    wild = [
        replace(row, twentieths=row.twentieths + (chance.choice((-6_000, 6_000)) if row.expert == "E003" else 0))
        for row in reviews
    ]
    manners = consider(asked(wild))[1]["paper"].manners
    unusual = {each.expert for each in manners if each.is_unusual}
    assert "E003" in unusual
    assert len(unusual) <= 2  # a tenth of those named may be innocent
    assert max(manners, key=lambda each: each.misfit).expert == "E003"


def test_many_erratic_experts_bring_the_robust_result_beside() -> None:
    chance = Random(2)
    wild = [
        replace(row, twentieths=row.twentieths + (chance.choice((-6_000, 6_000)) if row.expert < "E004" else 0))
        for row in edition(9, dossiers=80, experts=24)
    ]
    notices = advise(asked(wild)).notices
    assert any("起伏异常" in each.text for each in notices)
    assert any("离群评分少算时" in each.text for each in notices)


ROUNDS = (
    RoundRule("paper", weight=60),
    RoundRule("site", weight=40),
    RoundRule("defence", 0, mode="correction", bound=15),
)


def three_rounds() -> list[Sheet]:
    """Every expert reads every dossier in every round; one has no defence."""
    chance = Random(4)
    seats = product([f"D{n:02}" for n in range(8)], [rule.key for rule in ROUNDS], [f"E{n}" for n in range(8)])
    sheets = [Sheet(name, key, expert, 10_000 + chance.randrange(4_000)) for name, key, expert in seats]
    return [each for each in sheets if (each.dossier, each.round) != ("D07", "defence")]


def part_of(rule: RoundRule, sheets: list[Sheet], kept: dict[str, float]) -> Part:
    own = [each for each in sheets if each.round == rule.key]
    reviews = tuple(Review(each.dossier, each.reviewer, each.total) for each in own)
    return Part(rule.key, reviews, {}, rule.mode, rule.weight, rule.bound, kept=kept)


def test_rounds_are_combined_as_the_official_layer_does_it() -> None:
    """Where all read all, calibration takes nothing off between dossiers: the calibrated score must be the official one."""
    sheets = three_rounds()
    official = rank(
        sorted({each.dossier for each in sheets}),
        sheets,
        Rules(ROUNDS),
        agreed=[Agreed("D01", "site", 15_000)],
        deductions=[Deduction("D02", "paper", 30)],
    )
    talked = mean(each.total for each in sheets if (each.dossier, each.round) == ("D01", "site"))
    kept = {"paper": {"D02": -30.0}, "site": {"D01": (15_000 - talked) / 20}, "defence": {}}
    parts = tuple(part_of(rule, sheets, kept[rule.key]) for rule in ROUNDS)
    scores = {row.dossier: row.score for row in official.rows if row.score is not None}
    advice = advise(Question(scores, parts, (Place("first", 3),), seed=1, draws=200))
    found = {each.dossier: each.calibrated for each in advice.outlooks}
    assert list(found.values()) == pytest.approx(list(map(float, scores.values())), abs=0.5)
    assert {each.dossier for each in advice.outlooks if "kept" in each.flags} == {"D01", "D02"}


@pytest.mark.parametrize(("chance", "where"), [(0.95, "inside"), (0.9, "inside"), (0.5, "border"), (0.1, "outside")])
def test_three_bands(chance: float, where: str) -> None:
    assert band(chance) == where


def test_borders_are_where_another_review_tells_most() -> None:
    question = asked(edition(10))
    advice = advise(question)
    found = worth(advice, 1_000, dict.fromkeys(question.dossiers, 4))
    chances = {each.dossier: each.within[0] / 1_000 for each in advice.outlooks}
    assert len(found) == 5
    assert all(0.02 < chances[name] < 0.98 for name, _value in found)
    assert worth(advice, 1_000, dict.fromkeys(question.dossiers, 9)) == []


# --- sensitivity --------------------------------------------------------------------------------------------------


def counted(totals: dict[str, list[int]], **rules: object) -> Counted:
    sheets = tuple(
        Sheet(name, "paper", f"E{place}", total, total // 2)
        for name, found in totals.items()
        for place, total in enumerate(found)
    )
    return Counted(tuple(totals), Rules((RoundRule("paper", **rules),)), sheets)  # type: ignore[arg-type]


def test_who_wins_by_one_lucky_score_is_found() -> None:
    given_ = counted({"A": [900, 500, 500], "B": [610, 600, 600], "C": [500, 500, 500]})
    found = sensitivity(given_, ["A", "B", "C"], [1], {"A": 600.0, "B": 610.0, "C": 500.0})
    moved = {each.variant: (each.lost, each.gained) for each in found.changes}
    assert moved["median"] == (("A",), ("B",))
    assert moved["calibrated"] == (("A",), ("B",))
    assert ("without", "E0") in {(each.variant, each.subject) for each in found.changes}
    assert found.stable == {1: ()}


def test_a_clear_winner_is_stable_and_ties_at_the_line_cost_nobody_the_seat() -> None:
    given_ = counted({"A": [900, 900, 900], "B": [600, 600, 600], "C": [600, 600, 600]})
    found = sensitivity(given_, ["A", "B", "C"], [1, 2], None)
    assert found.changes == ()
    assert found.stable == {1: ("A",), 2: ("A", "B")}
    assert ("calibrated", "") not in found.tried


def test_weights_are_moved_among_rounds_and_to_the_results() -> None:
    sheets = tuple(
        Sheet(name, key, "E1", total, results)
        for name, key, total, results in (
            ("A", "paper", 12_000, 0),
            ("A", "site", 10_000, 0),
            ("B", "paper", 10_000, 6_000),
            ("B", "site", 11_950, 6_000),
        )
    )
    rules = Rules((RoundRule("paper", weight=50), RoundRule("site", weight=50)))
    found = sensitivity(Counted(("A", "B"), rules, sheets), ["A", "B"], [1], None)
    assert {(each.variant, each.subject) for each in found.changes} == {
        ("results_more", ""),
        ("weight_more", "site"),
        ("weight_less", "paper"),
        ("without", "E1"),
    }


# --- parts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "freedom", "tail"),
    [(3.841459, 1, 0.05), (5.991465, 2, 0.05), (11.070498, 5, 0.05), (20.090235, 8, 0.01), (0.0, 3, 1.0)],
)
def test_the_tail_of_chi_square_is_the_tabled_one(value: float, freedom: int, tail: float) -> None:
    assert chi_square_tail(value, freedom) == pytest.approx(tail, abs=1e-7)


def test_discoveries_are_those_of_benjamini_and_hochberg() -> None:
    assert discoveries([0.9, 0.001, 0.04, 0.05, 0.8]) == {1, 2, 3}
    assert discoveries([0.9, 0.8]) == set()


def test_efficiency_is_one_when_all_read_all_and_less_when_few_do() -> None:
    complete = Table.of(Review(f"D{n}", f"E{k}", n * k) for n in range(6) for k in range(5))
    assert efficiency(complete) == pytest.approx(1)
    ring = Table.of(Review(f"D{n}", f"E{(n + k) % 6}", n * k) for n in range(6) for k in range(2))
    found = efficiency(ring)
    assert found is not None
    assert 0 < found < 0.6


def test_the_use_of_the_scale_tells_range_and_halo() -> None:
    sheets = [{"1": 40 + 5 * n, "2": 45 + 5 * n} for n in range(5)]
    use = use_of(sheets)
    assert use is not None
    assert (use.lowest, use.highest, use.steps) == (40, 65, 6)
    assert use.halo == pytest.approx(1)
    assert use_of([]) is None
    flat = use_of([{"1": 50, "2": 50}] * 5)
    assert flat is not None
    assert flat.halo is None


def test_a_record_says_what_it_was_made_from_and_agrees_with_itself_only() -> None:
    question = asked(edition(11))
    advice, rounds = consider(question)
    manners = {key: each.manners for key, each in rounds.items()}
    changes = sensitivity(counted({"A": [1, 2, 3]}), ["A"], [1], None)
    record = written(advice, changes, manners, [])
    again = written(*consider(question)[:1], changes, manners, [])
    assert agrees(record, again)
    again["outlooks"][0]["calibrated"] += 0.01
    assert not agrees(record, again)
    assert not agrees(record, {**record, "notices": [{"text": "other", "values": {}}]})
    assert question_record(question)["parts"][0]["reviews"][0][0] == "D000"


def test_messages_come_back_from_their_record() -> None:
    (why,) = advise(asked(edition(1, dossiers=7))).refusals
    assert message_of(message_record(why)) == why
