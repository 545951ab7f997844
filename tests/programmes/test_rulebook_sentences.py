"""A committee reads the rule as sentences, each with its source or our reason."""

from pathlib import Path

import pytest

from app.kernel.words import LocalText
from app.programmes.rules.parsing import parse_rulebook
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.sentences import sentences
from tests.support.rulebooks import CRITERIA, GONE, TEXTS, Place, edited, edited_rulebook, rulebook

ONE_ROUND = (Path(__file__).parents[1] / "data" / "rulebooks" / "one-round.toml").read_text()
TEXT = {"zh": "因", "en": "why"}


def lines_of(book: Rulebook) -> dict[str, str]:
    return {line.path: str(line.text) for section in sentences(book) for line in section.lines}


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_every_source_and_every_reason_is_shown(key: str) -> None:
    book = rulebook(key)
    shown = {line.basis for section in sentences(book) for line in section.lines}
    assert shown == set(book.bases)


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_every_sentence_is_whole(key: str) -> None:
    for section in sentences(rulebook(key)):
        assert section.lines, section.key
        for line in section.lines:
            sentence = str(line.text)
            assert sentence.endswith("。")
            assert "%(" not in sentence
            assert "None" not in sentence
            texts = [value for value in line.text.values.values() if isinstance(value, LocalText)]
            assert all(text.zh and text.en for text in texts)


def told_of_sheets(method: str, **more: object) -> list[str]:
    changes: dict[Place, object] = {"aggregation.method": method} | {f"aggregation.{k}": v for k, v in more.items()}
    book = parse_rulebook(edited(ONE_ROUND, changes), CRITERIA)
    every = [str(line.text) for section in sentences(book) for line in section.lines]
    return [text for text in every if "公开的存档包注明" in text]


def test_whoever_reads_the_rules_learns_what_the_public_archive_joins() -> None:
    assert told_of_sheets("mean") == []
    [by_expert] = told_of_sheets("judge_z", spread="population")
    assert "哪些评分表出自同一位专家" in by_expert
    [of_leaders] = told_of_sheets("weighted_mean", leader_weight=2)
    assert "哪份评分表是组长的" in of_leaders


def test_sections_follow_the_work() -> None:
    assert [section.key for section in sentences(rulebook())] == [
        "award", "groups", "eligibility", "dossier", "recommendation", "formal_check", "panels", "rounds", "scores",
        "committee", "notice", "afterwards", "calendar",
    ]  # fmt: skip


def test_shanxi_reads_as_decided() -> None:
    lines = lines_of(rulebook())
    assert lines["levels.award.seats"] == "质量奖不超过 5 个。"
    assert lines["panel.region_level"] == "参加评分的每位专家都来自申报者所在省以外。"
    assert lines["panel.leader_outside_award_region"] == "大组长和行业小组长来自本奖项所在地区以外。"
    assert lines["rounds.site.advance_factor"] == "“现场评审”后，按总名额的 3/2 倍进入下一轮，即不超过 23 家。"
    assert lines["committee.majorities.nomination"] == "提名奖须有超过到会委员 1/2 的同意。"
    assert lines["recommendation.quotas.city"] == "每个推荐单位（市）推荐组织不超过 3 家、个人不超过 1 人。"


OTHER_RULES: list[tuple[dict[Place, object], str, str]] = [
    ({"panel.avoid_limit": 0}, "panel.avoid_limit", "申报者不能请求避开专家。"),
    ({"panel.exceptions": ["region"]}, "panel.exceptions", "经两人分别提出和确认并公开，可以对个别专家例外：异地评审。"),
    ({"panel.groups": "separate"}, "panel.groups", "每位专家在一轮评审中只评一个行业组的申报，各组专家不交叉。"),
    ({"panel.groups": "crossing", "panel.crossing_percent": 10}, "panel.crossing_percent", "一轮评审中至多 10 % 由其他行业组的专家完成，使各组的得分可以比较；比例在抽取前选定。"),
    ({"panel.draw_policies": ["random"]}, "panel.draw_policies", "专家组一律按下列方式抽取：近优随机。"),
    ({"panel.draw_policies": ["random", "best"]}, "panel.draw_policies", "专家组可以按下列方式之一抽取：近优随机、综合最优；不另选的，用第一种。"),
    ({"panel.highest_chance": "2/5"}, "panel.highest_chance", "近优随机时，任何一名专家进入任何一份申报书的专家组的机会不超过 2/5。"),
    ({"panel.minimum_provinces": 1}, "panel.minimum_provinces", "一个专家组的专家可以来自同一个省。"),
    ({"panel.former_region_years": 2}, "panel.former_region_years", "专家离开不满 2 年的地区仍然计入。"),
    ({"levels[0].vacancy_allowed": False}, "levels.award.vacancy_allowed", "质量奖名额应当授满。"),
    ({"levels[0].limits": [{"kind": "individual", "seats": 1}]}, "levels.award.limits.individual", "质量奖中个人不超过 1 个。"),
    ({"levels[0].reserved": [{"tag": "sme", "seats": 1}]}, "levels.award.reserved.sme", "质量奖为“中小企业”保留 1 个，没有合适人选时空缺。"),
    ({"eligibility.within_region": False}, "eligibility.within_region", "申报者所在地区不限。"),
    ({"eligibility.years_in_operation": 0}, "eligibility.years_in_operation", "组织依法成立即可，不限年限。"),
    ({"eligibility.years_exceptions": [{"tag": "giant", "years": 2}]}, "eligibility.years_exceptions.giant", "带有标签 giant 的组织运营满 2 年即可。"),
    ({"eligibility.excluded_ranks": ["civil_servant"]}, "eligibility.excluded_ranks", "不接受：公务员。"),
    ({"eligibility.parent_win": "bar"}, "eligibility.parent_win", "上级单位在限制期内获奖的，其子公司不得申报。"),
    ({"eligibility.prerequisites": [{"level": "nomination", "years": 3}]}, "eligibility.prerequisites.nomination", "申报者须已获提名奖满 3 年。"),
    ({"eligibility.winner_bans[0].years": 4}, "eligibility.winner_bans.award", "获得质量奖的，其后 1 届且 4 年内不得申报。"),
    ({"eligibility.winner_bans[0]": {"level": "award", "years": 4}}, "eligibility.winner_bans.award", "获得质量奖的，其后 4 年不得申报。"),
    ({"recommendation.quotas[0].individuals": GONE}, "recommendation.quotas.city", "每个推荐单位（市）推荐组织不超过 3 家，个人不限。"),
    ({"recommendation.quotas[0].organisations": GONE}, "recommendation.quotas.city", "每个推荐单位（市）推荐个人不超过 1 人，组织不限。"),
    ({"recommendation.opinion_required": False}, "recommendation.opinion_required", "推荐不要求书面意见。"),
    ({"correction.rounds": 0}, "correction.rounds", "材料不齐的不予补正。"),
    ({"aggregation.trim_fallback": "closest_pair"}, "aggregation.trim_fallback", "评分不足 5 份时取最接近的两份的平均值。"),
    ({"aggregation.method": "weighted_mean", "aggregation.leader_weight": "3/2"}, "aggregation.leader_weight", "组长的评分按组员的 3/2 倍计入。"),
    ({"aggregation.ties": ["median", "head_to_head", "lot"]}, "aggregation.ties", "得分相同的，依次比较：各专家总分的中位数、同时评过双方的专家中给分较高者多的一方、由抽取首轮专家时公布的种子决定的抽签。"),
    ({"panel.one_per_employer": False}, "panel.one_per_employer", "同一单位的专家可以在同一专家组。"),
    ({"panel.candidates_barred": False}, "panel.candidates_barred", "本届申报者所在单位的人员可以担任专家，但应回避本单位。"),
    ({"rounds[0].leader_required": False, "rounds[0].consensus": "never"}, "rounds.paper.leader_required", "“材料评审”不设组长。"),
    ({"rounds[0].consensus": "never"}, "rounds.paper.consensus", "“材料评审”不合议。"),
    ({"rounds[0].consensus": "always"}, "rounds.paper.consensus", "“材料评审”独立评分收齐后，每份申报都由专家组合议。"),
    ({"rounds[0].practice": False}, "rounds.paper.practice", "“材料评审”不要求专家先做练习案例。"),
    ({"aggregation.confirmed_by": "all"}, "aggregation.confirmed_by", "组长提出的合议结果，经全体组员确认后生效；不同意见记录在案。"),
    ({"rounds[0].blind": True}, "rounds.paper.blind", "“材料评审”中专家看不到申报者名称。"),
    ({"rounds[2].defence.order_by_lot": False}, "rounds.defence.defence.order_by_lot", "答辩顺序由秘书处安排。"),
    ({"rounds[2].defence.overtime_grace_minutes": GONE}, "rounds.defence.defence.overtime_points_per_minute", "超时 0 分钟以后，每分钟扣 2 分。"),
    ({"rounds[2].defence.overtime_minutes": "begun"}, "rounds.defence.defence.overtime_minutes", "不满一分钟的超时按一分钟计。"),
    ({"rounds[1].visit.team_named": False}, "rounds.site.visit.team_named", "“现场评审”前不告知申报者组员名单。"),
    ({"rounds[1].visit.change_needs_reason": False}, "rounds.site.visit.change_needs_reason", "“现场评审”后的比例与评审前不同的，不要求写理由。"),
    ({"aggregation.consensus": False}, "aggregation.consensus", "以各专家独立评分为准。"),
    ({"committee.secret": False}, "committee.secret", "记名投票。"),
    ({"committee.blind_papers": True}, "committee.blind_papers", "委员看到的材料隐去申报者名称。"),
    ({"objection.real_name": False}, "objection.real_name", "异议可以匿名提出。"),
    ({"objection.evidence_required": False}, "objection.evidence_required", "异议不要求附证据。"),
    ({"watch.yearly_declaration": False}, "watch.yearly_declaration", "不要求获奖者每年提交声明。"),
    ({"watch.fraud_ban_editions": GONE}, "watch.fraud_ban_editions", "弄虚作假的，撤销奖励，不再受理其申报。"),
    ({"retention.decision_permanent": False}, "retention.decision_permanent", "评审决定与评审记录同期保存。"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "path", "sentence"), OTHER_RULES, ids=[row[2] for row in OTHER_RULES])
def test_another_rule_reads_otherwise(changes: dict[Place, object], path: str, sentence: str) -> None:
    assert lines_of(edited_rulebook(changes))[path] == sentence


def test_optional_limits_are_not_mentioned_when_absent() -> None:
    lines = lines_of(edited_rulebook({"panel.age_limit": GONE, ("defaults", "panel.age_limit"): GONE}))
    assert "panel.age_limit" not in lines


def test_a_committee_reads_english_too() -> None:
    quota = next(
        line for section in sentences(rulebook()) for line in section.lines if line.path == "recommendation.quotas.city"
    )
    body = quota.text.values["body"]
    assert isinstance(body, LocalText)
    assert body.en == "city"
    assert quota.basis.published
    assert "Linfen" in quota.basis.text.en
