"""A broken rulebook names every error at once: the exact place, what is wrong, what would be right."""

from collections.abc import Mapping

import pytest

from app.programmes.rules.errors import RulebookInvalid
from app.programmes.rules.parsing import digest, parse_criteria, parse_rulebook
from tests.support.rulebooks import CRITERIA, GONE, TEXTS, Place, edited

SHANXI = TEXTS["shanxi-2021"]
NATIONAL = CRITERIA["gbt-19580-2012"]


def errors_of(text: str, criteria: Mapping[str, str] = CRITERIA) -> list[tuple[str, str, str]]:
    with pytest.raises(RulebookInvalid) as caught:
        parse_rulebook(text, criteria)
    return [(error.path, str(error.problem), str(error.expected)) for error in caught.value.errors]


ONE_ERROR: list[tuple[str, Mapping[Place, object], str, str]] = [
    ("missing table", {"notice": GONE}, "notice", "[committee]"),
    ("missing list", {"levels[0].kinds": GONE}, "levels[0].kinds", "列表"),
    ("missing number", {"correction.rounds": GONE}, "correction.rounds", "0 至 1000000"),
    ("missing text", {"organiser": GONE}, "organiser", "中英文"),
    ("missing flag", {"committee.secret": GONE}, "committee.secret", "true 或 false"),
    ("missing kind", {"rounds[0].mode": GONE}, "rounds[0].mode", "addend, correction"),
    ("missing plain text", {"timezone": GONE}, "timezone", "加引号的文字"),
    ("table expected", {"panel": 3}, "panel", "[committee]"),
    ("row expected", {"rounds[0]": "paper"}, "rounds[0]", "[committee]"),
    ("list expected", {"levels": 5}, "levels", "列表"),
    ("number in quotes", {"levels[0].seats": "5"}, "levels[0].seats", "整数"),
    ("flag as number", {"committee.secret": 1}, "committee.secret", "true 或 false"),
    ("number as flag", {"levels[0].seats": True}, "levels[0].seats", "整数"),
    ("number out of range", {"rounds[0].weight": 130}, "rounds[0].weight", "0 至 100 之间"),
    ("negative quota", {"recommendation.quotas[0].organisations": -1}, "recommendation.quotas[0].organisations", "0 至"),
    ("empty text", {"timezone": ""}, "timezone", "不能为空"),
    ("one language only", {"name": {"zh": "奖"}}, "name", "中英文各一句"),
    ("empty language", {"name": {"zh": "奖", "en": " "}}, "name", "中英文各一句"),
    ("no text at all", {"name": "奖"}, "name", "中英文各一句"),
    ("unknown kind", {"rounds[0].kind": "beauty"}, "rounds[0].kind", "paper, site, defence"),
    ("float share", {"committee.quorum": 0.66}, "committee.quorum", "分数"),
    ("flag share", {"committee.quorum": True}, "committee.quorum", "分数"),
    ("share above one", {"committee.majorities[0].share": "4/3"}, "committee.majorities[0].share", "大于 0 且不超过 1"),
    ("share of nothing", {"committee.majorities[0].share": 0}, "committee.majorities[0].share", "大于 0"),
    ("malformed region", {"region": "14"}, "region", "六位行政区划代码"),
    ("malformed key", {"calendar[0].name.zh": "申报", "version": "1 st"}, "version", "小写字母"),
    ("malformed member", {"dossier.file_types[1]": "a file"}, "dossier.file_types[1]", "扩展名"),
    ("misspelt required key", {"scoring.step_percent": GONE, "scoring.step_percents": 5}, "scoring.step_percents", "step_percent"),
    ("misspelt optional key", {"levels[0].floor": GONE, "levels[0].flor": 600}, "levels[0].flor", "floor"),
    ("unheard-of key", {"notice.zzz": 1}, "notice.zzz", "working_days"),
    ("double key", {"levels[1].key": "award"}, "levels[1].key", "各不相同"),
    ("floors ascend", {"levels[1].floor": 610}, "levels[1].floor", "不超过 600"),
    ("floor out of reach", {"levels[0].floor": 1001}, "levels[0].floor", "1000"),
    ("limit above seats", {"levels[0].limits": [{"kind": "individual", "seats": 6}]}, "levels[0].limits[0].seats", "不超过 5"),
    ("a tag nobody carries", {"levels[0].reserved": [{"tag": "giant", "seats": 1}]}, "levels[0].reserved", "sme（中小企业）"),
    ("too many reserved", {"levels[0].reserved": [{"tag": "sme", "seats": 6}]}, "levels[0].reserved", "不超过 5"),
    ("weights", {"rounds[1].weight": 45}, "rounds", "100"),
    ("addend with a bound", {"rounds[1].correction_bound": 10}, "rounds[1].correction_bound", "去掉"),
    ("crossing without a share", {"panel.groups": "crossing"}, "panel.crossing_percent", "1 至 20"),
    ("a share without crossing", {"panel.groups": "separate", "panel.crossing_percent": 10}, "panel.crossing_percent", "1 至 20"),
    ("too large a share", {"panel.groups": "crossing", "panel.crossing_percent": 30}, "panel.crossing_percent", "20"),
    ("an unknown group rule", {"panel.groups": "some"}, "panel.groups", "mixed, separate, crossing"),
    ("no policy", {"panel.draw_policies": []}, "panel.draw_policies", "第一种为默认"),
    ("a policy twice", {"panel.draw_policies": ["best", "best"]}, "panel.draw_policies", "每种一次"),
    ("an unknown policy", {"panel.draw_policies": ["by_hand"]}, "panel.draw_policies[0]", "best, fairest, random"),
    ("a sure chance", {"panel.highest_chance": 1}, "panel.highest_chance", "小于 1"),
    ("a chance in too fine parts", {"panel.highest_chance": "3/11"}, "panel.highest_chance", "不超过 10"),
    ("no chance at all", {"panel.highest_chance": "0"}, "panel.highest_chance", "大于 0"),
    ("provinces beyond the panel", {"panel.minimum_provinces": 9}, "panel.minimum_provinces", "不超过"),
    ("system kinds missing", {"panel.conflicts": [{"key": "other", "name": {"zh": "其他", "en": "Other"}}]}, "panel.conflicts", "key 与 name"),
    ("exception from nothing", {"panel.region_level": "none", "panel.exceptions": ["region"]}, "panel.exceptions", "去掉 region"),
    ("visit missing", {"rounds[1].visit": GONE}, "rounds[1].visit", "[rounds.visit]"),
    ("defence missing", {"rounds[2].defence": GONE}, "rounds[2].defence", "一个表"),
    ("overtime without its minutes", {"rounds[2].defence.overtime_minutes": GONE}, "rounds[2].defence.overtime_minutes", "begun"),
    ("minutes without overtime", {"rounds[2].defence.overtime_points_per_minute": GONE}, "rounds[2].defence.overtime_minutes", "去掉"),
    ("last round advances", {"rounds[2].advance_factor": 2}, "rounds[2].advance_factor", "去掉"),
    ("panel too large", {"rounds[1].panel_size": 8}, "rounds[1].panel_size", "5 至 7"),
    ("more reviews than experts", {"rounds[1].minimum_reviews": 6}, "rounds[1].minimum_reviews", "不超过 5"),
    ("kinds exceed a panel", {"panel.minimum_examiners": 3}, "panel.minimum_examiners", "不超过 3"),
    ("nobody outside a country", {"region": "CN"}, "panel.leader_outside_award_region", "false"),
    ("ban on unknown level", {"eligibility.winner_bans[0].level": "gold"}, "eligibility.winner_bans[0].level", "award, nomination"),
    ("unknown round", {"panel.no_repeat_rounds[0]": "desk"}, "panel.no_repeat_rounds[0]", "paper, site, defence"),
    ("unknown tie", {"aggregation.ties[1]": "beauty"}, "aggregation.ties[1]", "results, median, head_to_head, paper"),
    ("ban without term", {"eligibility.winner_bans[0].editions": GONE}, "eligibility.winner_bans[0]", "editions"),
    ("unknown zone", {"timezone": "Asia/Taiyuan"}, "timezone", "Asia/Shanghai"),
    ("trimming leaves nothing", {"aggregation.trim_from": 2}, "aggregation.trim_from", "大于 2"),
    ("an unknown fallback", {"aggregation.trim_fallback": "best"}, "aggregation.trim_fallback", "mean, median, closest_pair"),
    ("a weighted mean without a weight", {"aggregation.method": "weighted_mean"}, "aggregation.leader_weight", "1 至 100 的倍数"),
    ("a weight nobody uses", {"aggregation.leader_weight": 2}, "aggregation.leader_weight", "其他方法不写"),
    ("a leader who weighs nothing", {"aggregation.method": "weighted_mean", "aggregation.leader_weight": "1/2"}, "aggregation.leader_weight", "1 至 100"),
    ("a weighted leader who is missing", {"aggregation.method": "weighted_mean", "aggregation.leader_weight": 2, "rounds[0].leader_required": False}, "rounds[0].leader_required", "改用 mean"),
    ("standard scores in no unit", {"aggregation.method": "judge_z"}, "aggregation.spread", "population 或 sample"),
    ("a unit nobody uses", {"aggregation.spread": "sample"}, "aggregation.spread", "其他方法不写"),
    ("a floor under standard scores", {"aggregation.method": "judge_z"}, "levels[1].floor", "去掉"),
    ("overtime off standard scores", {"aggregation.method": "group_z"}, "rounds[2].defence.overtime_points_per_minute", "去掉超时扣分"),
    ("a correction of standard scores", {"aggregation.method": "group_z", "rounds[2].mode": "correction"}, "rounds[2].mode", "addend"),
    ("agreed standard scores", {"aggregation.method": "judge_z"}, "aggregation.consensus", "false"),
    ("two ends of the chain", {"aggregation.ties": ["results", "lot", "committee"]}, "aggregation.ties", "写在最后"),
    ("a step twice", {"aggregation.ties": ["results", "results"]}, "aggregation.ties", "每项一次"),
    ("nobody leads a consensus", {"rounds[1].leader_required": False}, "rounds[1].consensus", "never"),
    ("agreed scores without a consensus", {"rounds[0].consensus": "never", "rounds[1].consensus": "never"}, "aggregation.consensus", "false"),
    ("file above total", {"dossier.file_megabytes": 300}, "dossier.file_megabytes", "不超过 200"),
    ("choice without choices", {"dossier.fields[0].kind": "choice"}, "dossier.fields[0].choices", "choice"),
    ("rounds out of order", {"calendar[4].key": "site", "calendar[5].key": "paper"}, "calendar", "paper, site"),
    ("unknown criteria", {"groups[0].criteria": "gbt-19580"}, "groups[0].criteria", "gbt-19580-2012"),
    ("no groups open", {f"groups[{i}].enabled": False for i in range(14)}, "groups", "enabled"),
    ("no source and no reason", {("sources", "cycle_years"): GONE}, "cycle_years", "sources"),
    ("nested leaf without a basis", {("defaults", "objection"): GONE}, "objection.working_days", "defaults"),
    ("basis for nothing", {("sources", "levels.award.seat"): {"zh": "文", "en": "text"}}, "sources.levels.award.seat", "levels.award.seats"),
    ("basis twice", {("defaults", "levels"): {"zh": "因", "en": "why"}}, "defaults.levels", "之一"),
    ("basis without text", {("sources", "cycle_years"): "规则"}, "sources.cycle_years", "中英文"),
    ("basis that nothing needs", {("defaults", "correction.rounds"): {"zh": "因", "en": "why"}, ("defaults", "correction.working_days"): {"zh": "因", "en": "why"}}, "defaults.correction", "去掉"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "path", "expected"), [row[1:] for row in ONE_ERROR], ids=[row[0] for row in ONE_ERROR]
)
def test_a_broken_value_is_named_with_what_would_be_right(
    changes: Mapping[Place, object], path: str, expected: str
) -> None:
    found = {place: wanted for place, _, wanted in errors_of(edited(SHANXI, changes))}
    assert path in found
    assert expected in found[path]


def test_all_errors_come_at_once() -> None:
    text = edited(
        SHANXI,
        {
            "region": "山西",
            "levels[0].seats": "五",
            "rounds[1].weigth": 50,
            "rounds[2].weight": 50,
            "committee.quorum": 0.5,
            "panel.minimum_examiners": 9,
            ("sources", "cycle_years"): GONE,
        },
    )
    assert {place for place, _, _ in errors_of(text)} == {
        "region",
        "levels[0].seats",
        "rounds[1].weigth",
        "rounds",
        "committee.quorum",
        "panel.minimum_examiners",
        "cycle_years",
    }


def test_a_misspelt_key_is_reported_once() -> None:
    text = edited(SHANXI, {"rounds[0].panel_size": GONE, "rounds[0].panel_sise": 3})
    assert [place for place, _, _ in errors_of(text)] == ["rounds[0].panel_sise"]


def test_an_empty_file_names_what_is_missing() -> None:
    found = errors_of("")
    assert len(found) == 28
    assert ("sources", "缺少这一项") in {(place, problem) for place, problem, _ in found}


@pytest.mark.parametrize("name", ["levels", "rounds", "groups", "calendar"])
def test_the_main_lists_are_not_empty(name: str) -> None:
    assert (name, "列表是空的", "至少一行") in errors_of(edited(SHANXI, {name: []}))


def test_every_level_needs_a_majority() -> None:
    found = errors_of(edited(SHANXI, {"committee.majorities[1]": GONE}))
    assert ("committee.majorities", "奖项 nomination 没有表决比例", "每个奖项一行 level 与 share") in found


def test_rounds_say_how_they_count() -> None:
    found = errors_of(edited(SHANXI, {"rounds[0].mode": "correction", "rounds[1].weight": GONE}))
    assert [place for place, _, _ in found if place.startswith("rounds")] == [
        "rounds",
        "rounds[0].correction_bound",
        "rounds[0].weight",
        "rounds[1].weight",
    ]


def test_steps_fit_the_criteria_sets() -> None:
    found = errors_of(edited(SHANXI, {"scoring.step_percent": 15}))
    assert [(place, problem) for place, problem, _ in found] == [
        ("scoring.step_percent", "评分步长为 15"),
        ("scoring.step_percent", "评价准则 gbt-19580-2012 的步长为 5"),
        ("scoring.step_percent", "评价准则 individual 的步长为 5"),
    ]


def test_criteria_sets_of_one_award_share_a_scale() -> None:
    doubled = edited(
        CRITERIA["individual"], {"points": 1100, "categories[0].points": 300, "categories[0].items[0].points": 200}
    )
    found = errors_of(SHANXI, {**CRITERIA, "individual": doubled})
    assert found == [("groups[13].criteria", "这套评价准则总分 1100，与其他行业组不同", "总分同为 1000 的评价准则")]


def test_errors_of_a_criteria_set_carry_its_name() -> None:
    broken = {**CRITERIA, "individual": edited(CRITERIA["individual"], {"points": 900}), "gbt-19580-2012": "= 1"}
    found = errors_of(SHANXI, broken)
    assert ("criteria[individual].points", "各类目合计 1000 分", "与总分 900 相等") in found
    assert "criteria[gbt-19580-2012]" in {place for place, _, _ in found}


def test_a_criteria_set_keeps_the_name_of_its_file() -> None:
    found = errors_of(SHANXI, {**CRITERIA, "individual": edited(CRITERIA["individual"], {"key": "person"})})
    assert found == [("criteria[individual].key", "文件里写的是 person", "与文件名一致：individual")]


@pytest.mark.parametrize("groups", [5, ["x"], [{"criteria": 7}]])
def test_groups_beyond_recognition_do_not_hide_other_errors(groups: object) -> None:
    found = {place for place, _, _ in errors_of(edited(SHANXI, {"groups": groups, "region": "?"}))}
    assert "region" in found
    assert any(place.startswith("groups") for place in found)


def test_toml_itself_may_be_broken() -> None:
    ((path, problem, expected),) = errors_of("levels = [")
    assert path == ""
    assert "不是有效的 TOML" in problem
    assert "行列" in expected


def test_only_a_valid_rulebook_has_a_digest() -> None:
    with pytest.raises(RulebookInvalid):
        digest(edited(SHANXI, {"region": "?"}), CRITERIA)


def test_the_error_reads_as_a_sentence() -> None:
    with pytest.raises(RulebookInvalid, match="rounds: 各轮权重合计 95 → 计入总分的各轮权重合计 100") as caught:
        parse_rulebook(edited(SHANXI, {"rounds[1].weight": 45}), CRITERIA)
    (error,) = caught.value.errors
    assert str(error.sentence) == "rounds：各轮权重合计 95。应为：计入总分的各轮权重合计 100。"


CRITERIA_ERRORS: list[tuple[str, Mapping[Place, object], str, str]] = [
    ("no categories", {"categories": []}, "categories", "至少一行"),
    ("no items", {"categories[0].items": []}, "categories[0].items", "至少一行"),
    ("total", {"points": 999}, "points", "999"),
    ("category", {"categories[0].items[0].points": 60}, "categories[0].points", "110"),
    ("double item", {"categories[1].items[0].code": "4.1.2"}, "categories[1].items[0].code", "各不相同"),
    ("malformed code", {"categories[0].items[0].code": "4-1"}, "categories[0].items[0].code", "条款号"),
    ("default without reason", {"categories[0].items[0].basis": "default"}, "categories[0].items[0].note", "理由"),
    ("gap between bands", {"bands[1].low": 15}, "bands", "恰好"),
    ("overlapping bands", {"bands[0].high": 10}, "bands", "恰好"),
    ("question in one language", {"categories[0].items[0].guidance[0]": "?"}, "categories[0].items[0].guidance[0]", "中英文"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "path", "expected"), [row[1:] for row in CRITERIA_ERRORS], ids=[row[0] for row in CRITERIA_ERRORS]
)
def test_a_broken_criteria_set_is_named(changes: Mapping[Place, object], path: str, expected: str) -> None:
    with pytest.raises(RulebookInvalid) as caught:
        parse_criteria(edited(NATIONAL, changes))
    found = {error.path: str(error.expected) for error in caught.value.errors}
    assert path in found
    assert expected in found[path]


def test_a_set_of_results_only_needs_no_bands_for_processes() -> None:
    results = edited(
        CRITERIA["efqm-2020"],
        {
            **{f"categories[{index}]": GONE for index in (4, 3, 2, 1, 0)},
            **{f"bands[{index}]": GONE for index in (4, 3, 2, 1, 0)},
            "points": 400,
        },
    )
    assert [item.code for item in parse_criteria(results).items] == ["6", "7"]
