"""Sentences about review, combination, decision, and what holds afterwards."""

from collections.abc import Iterator

from app.kernel.words import N_, LocalText
from app.programmes.rules.labels import LABELS, labelled, listed
from app.programmes.rules.review import DefenceRule, RoundRule, VisitRule
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.sentences.telling import Line, Teller
from app.programmes.rules.values import (
    AggregationMethod,
    BallotKind,
    ConsensusWhen,
    DrawPolicy,
    GroupMode,
    OvertimeMinutes,
    RegionLevel,
    RoundMode,
)

Lines = Iterator[Line]

GROUPED: dict[GroupMode, str] = {
    GroupMode.MIXED: N_("专家不分行业组，可以评审任何一组的申报。"),
    GroupMode.SEPARATE: N_("每位专家在一轮评审中只评一个行业组的申报，各组专家不交叉。"),
    GroupMode.CROSSING: N_("专家主要评审一个行业组的申报，并有部分评审跨组进行。"),
}


def panels(book: Rulebook) -> Lines:
    tell, rule = Teller(book), book.panel
    outside = N_("参加评分的每位专家都来自申报者所在%(level)s以外。")
    if rule.region_level is RegionLevel.NONE:
        outside = N_("专家来自何地不作限制。")
    yield tell.line("panel.region_level", outside, level=LABELS[rule.region_level])
    regions = N_("专家的地区按%(regions)s认定，任何一处相同都不得评审。")
    yield tell.line("panel.expert_regions", regions, regions=labelled(rule.expert_regions))
    yield from _places(tell)
    leaders = N_("大组长和行业小组长来自本奖项所在地区以外。")
    if not rule.leader_outside_award_region:
        leaders = N_("组长来自何地不作限制。")
    yield tell.line("panel.leader_outside_award_region", leaders)
    industry = N_("每个专家组至少有 %(n)s 名行业专家。")
    yield tell.line("panel.minimum_industry_experts", industry, n=rule.minimum_industry_experts)
    examiners = N_("每个专家组至少有 %(n)s 名评审员。")
    yield tell.line("panel.minimum_examiners", examiners, n=rule.minimum_examiners)
    yield from _conflicts(tell)
    yield tell.line("panel.yearly_load_limit", N_("一名专家每年评审不超过 %(n)s 家。"), n=rule.yearly_load_limit)
    if rule.age_limit is not None:
        yield tell.line("panel.age_limit", N_("专家年龄不超过 %(n)s 岁。"), n=rule.age_limit)


def _places(tell: Teller) -> Lines:
    rule = tell.book.panel
    former = N_("专家离开不满 %(years)s 年的地区仍然计入。")
    if not rule.former_region_years:
        former = N_("专家已经离开的地区不再计入。")
    yield tell.line("panel.former_region_years", former, years=rule.former_region_years)
    provinces = N_("每个专家组的专家至少来自 %(n)s 个省。")
    if rule.minimum_provinces == 1:
        provinces = N_("一个专家组的专家可以来自同一个省。")
    yield tell.line("panel.minimum_provinces", provinces, n=rule.minimum_provinces)
    yield from _groups(tell)
    yield from _draws(tell)
    exceptions = N_("经两人分别提出和确认并公开，可以对个别专家例外：%(rules)s。")
    if rule.exceptions:
        yield tell.line("panel.exceptions", exceptions, rules=labelled(rule.exceptions))
    else:
        yield tell.line("panel.exceptions", N_("异地评审和利害关系回避没有例外。"))


def _groups(tell: Teller) -> Lines:
    rule = tell.book.panel
    yield tell.line("panel.groups", GROUPED[rule.groups])
    if rule.groups is GroupMode.CROSSING:
        crossing = N_("一轮评审中至多 %(n)s %% 由其他行业组的专家完成，使各组的得分可以比较；比例在抽取前选定。")
        yield tell.line("panel.crossing_percent", crossing, n=rule.crossing_percent)


def _draws(tell: Teller) -> Lines:
    rule = tell.book.panel
    policies = N_("专家组可以按下列方式之一抽取：%(policies)s；不另选的，用第一种。")
    if len(rule.draw_policies) == 1:
        policies = N_("专家组一律按下列方式抽取：%(policies)s。")
    yield tell.line("panel.draw_policies", policies, policies=labelled(rule.draw_policies))
    if DrawPolicy.RANDOM in rule.draw_policies:
        chance = N_("近优随机时，任何一名专家进入任何一份申报书的专家组的机会不超过 %(share)s。")
        yield tell.line("panel.highest_chance", chance, share=str(rule.highest_chance))


def _conflicts(tell: Teller) -> Lines:
    rule = tell.book.panel
    employer = N_("同一专家组内，同一单位的专家不超过一人。")
    if not rule.one_per_employer:
        employer = N_("同一单位的专家可以在同一专家组。")
    yield tell.line("panel.one_per_employer", employer)
    kinds = listed(kind.name for kind in rule.conflicts)
    conflicts = N_("近 %(years)s 年内与申报者有下列关系的专家应当回避：%(kinds)s。")
    yield tell.line("panel.conflict_window_years", conflicts, years=rule.conflict_window_years, kinds=kinds)
    avoided = N_("申报者可以说明理由，请求避开 %(n)s 名以内的专家。")
    if not rule.avoid_limit:
        avoided = N_("申报者不能请求避开专家。")
    yield tell.line("panel.avoid_limit", avoided, n=rule.avoid_limit)
    candidates = N_("本人或所在单位是本届申报者的，不担任专家。")
    if not rule.candidates_barred:
        candidates = N_("本届申报者所在单位的人员可以担任专家，但应回避本单位。")
    yield tell.line("panel.candidates_barred", candidates)
    yield from _repeats(tell)


def _repeats(tell: Teller) -> Lines:
    rule = tell.book.panel
    if rule.no_repeat_rounds:
        names = listed(tell.book.round(key).name for key in rule.no_repeat_rounds)
        repeat = N_("同一专家不得在以下环节重复评审同一申报者：%(rounds)s。")
        yield tell.line("panel.no_repeat_rounds", repeat, rounds=names)


def rounds(book: Rulebook) -> Lines:
    tell = Teller(book)
    for place, entry in enumerate(book.rounds, start=1):
        first = N_("第 %(place)s 轮：%(round)s。")
        yield tell.line(f"rounds.{entry.key}.kind", first, place=place, round=entry.name)
        yield from _panel_of(tell, entry)
        yield from _share_of(tell, entry)
        if entry.visit is not None:
            days = N_("“%(round)s”每家 %(n)s 天。")
            yield tell.line(f"rounds.{entry.key}.visit.days", days, round=entry.name, n=entry.visit.days)
            yield from _visit(tell, entry, entry.visit)
        if entry.defence is not None:
            yield from _defence(tell, entry, entry.defence)
        yield from _forward(tell, entry)


CONSENSUS = {
    ConsensusWhen.NEVER: N_("“%(round)s”不合议。"),
    ConsensusWhen.DIVERGENT: N_("“%(round)s”独立评分收齐后，分歧超过规定的申报由专家组合议。"),
    ConsensusWhen.ALWAYS: N_("“%(round)s”独立评分收齐后，每份申报都由专家组合议。"),
}


def _panel_of(tell: Teller, entry: RoundRule) -> Lines:
    path = f"rounds.{entry.key}"
    size = N_("“%(round)s”每个专家组 %(n)s 人。")
    yield tell.line(f"{path}.panel_size", size, round=entry.name, n=entry.panel_size)
    least = N_("“%(round)s”的专家组最少 %(n)s 人。")
    yield tell.line(f"{path}.panel_minimum", least, round=entry.name, n=entry.panel_minimum)
    most = N_("“%(round)s”的专家组最多 %(n)s 人。")
    yield tell.line(f"{path}.panel_maximum", most, round=entry.name, n=entry.panel_maximum)
    leader = N_("“%(round)s”设组长。") if entry.leader_required else N_("“%(round)s”不设组长。")
    yield tell.line(f"{path}.leader_required", leader, round=entry.name)
    reviews = N_("“%(round)s”至少有 %(n)s 份有效评分。")
    yield tell.line(f"{path}.minimum_reviews", reviews, round=entry.name, n=entry.minimum_reviews)
    load = N_("“%(round)s”中一名专家最多评审 %(n)s 家。")
    yield tell.line(f"{path}.load_limit", load, round=entry.name, n=entry.load_limit)
    yield tell.line(f"{path}.consensus", CONSENSUS[entry.consensus], round=entry.name)
    practice = N_("“%(round)s”不要求专家先做练习案例。")
    if entry.practice:
        practice = N_("“%(round)s”的专家先完成练习案例，才能打开申报材料。")
    yield tell.line(f"{path}.practice", practice, round=entry.name)
    blind = N_("“%(round)s”中专家看到申报者名称。")
    if entry.blind:
        blind = N_("“%(round)s”中专家看不到申报者名称。")
    yield tell.line(f"{path}.blind", blind, round=entry.name)


def _share_of(tell: Teller, entry: RoundRule) -> Lines:
    path = f"rounds.{entry.key}"
    if entry.mode is RoundMode.CORRECTION:
        mode = N_("“%(round)s”的得分只用于修正综合得分。")
        yield tell.line(f"{path}.mode", mode, round=entry.name)
        bound = N_("“%(round)s”的修正上下不超过 %(n)s 分。")
        yield tell.line(f"{path}.correction_bound", bound, round=entry.name, n=entry.correction_bound)
        return
    weight = N_("“%(round)s”占综合得分的 %(n)s%%。")
    yield tell.line(f"{path}.weight", weight, round=entry.name, n=entry.weight)


def _visit(tell: Teller, entry: RoundRule, rule: VisitRule) -> Lines:
    path = f"rounds.{entry.key}.visit"
    team = (
        N_("“%(round)s”前，申报者看得到现场评审组名单。")
        if rule.team_named
        else N_("“%(round)s”前不告知申报者组员名单。")
    )
    yield tell.line(f"{path}.team_named", team, round=entry.name)
    reason = N_("“%(round)s”后的比例与评审前不同的，须写明理由。")
    if not rule.change_needs_reason:
        reason = N_("“%(round)s”后的比例与评审前不同的，不要求写理由。")
    yield tell.line(f"{path}.change_needs_reason", reason, round=entry.name)


OVERTIME = {
    OvertimeMinutes.FULL: N_("不满一分钟的超时不计。"),
    OvertimeMinutes.BEGUN: N_("不满一分钟的超时按一分钟计。"),
}


def _defence(tell: Teller, entry: RoundRule, rule: DefenceRule) -> Lines:
    path = f"rounds.{entry.key}.defence"
    minutes = N_("陈述 %(n)s 分钟，提问 %(m)s 分钟。")
    yield tell.line(f"{path}.statement_minutes", minutes, n=rule.statement_minutes, m=rule.question_minutes)
    yield tell.line(f"{path}.drawn_questions", N_("抽取 %(n)s 道题目作答。"), n=rule.drawn_questions)
    order = N_("答辩顺序由抽签决定。") if rule.order_by_lot else N_("答辩顺序由秘书处安排。")
    yield tell.line(f"{path}.order_by_lot", order)
    if rule.overtime_points_per_minute is not None:
        overtime = N_("超时 %(grace)s 分钟以后，每分钟扣 %(n)s 分。")
        grace = rule.overtime_grace_minutes or 0
        yield tell.line(f"{path}.overtime_points_per_minute", overtime, grace=grace, n=rule.overtime_points_per_minute)
        yield tell.line(f"{path}.overtime_minutes", OVERTIME[rule.overtime_minutes or OvertimeMinutes.FULL])


def _forward(tell: Teller, entry: RoundRule) -> Lines:
    path = f"rounds.{entry.key}"
    if entry.advance_factor is not None:
        forward = N_("“%(round)s”后，按总名额的 %(factor)s 倍进入下一轮，即不超过 %(n)s 家。")
        n = tell.book.seats_forward(entry.key)
        yield tell.line(f"{path}.advance_factor", forward, round=entry.name, factor=entry.advance_factor, n=n)
    if entry.notice_working_days is not None:
        notice = N_("“%(round)s”结果向社会公示 %(n)s 个工作日。")
        yield tell.line(f"{path}.notice_working_days", notice, round=entry.name, n=entry.notice_working_days)


def scores(book: Rulebook) -> Lines:
    tell, rule, combined = Teller(book), book.scoring, book.aggregation
    yield tell.line("scoring.step_percent", N_("每个条款按百分比评分，步长 %(n)s%%。"), n=rule.step_percent)
    total = N_("同一申报者的总分相差超过 %(n)s 分的，须合议。")
    yield tell.line("scoring.divergence_points", total, n=rule.divergence_points)
    item = N_("同一条款相差超过 %(n)s 个百分点的，须合议。")
    yield tell.line("scoring.divergence_percent", item, n=rule.divergence_percent)
    consensus = N_("以专家组合议的百分比为准，独立评分存档。") if combined.consensus else N_("以各专家独立评分为准。")
    yield tell.line("aggregation.consensus", consensus)
    confirmed = N_("组长提出的合议结果，经%(who)s确认后生效；不同意见记录在案。")
    yield tell.line("aggregation.confirmed_by", confirmed, who=LABELS[combined.confirmed_by])
    method = N_("没有合议或合议不成的，独立评分的合成取%(method)s。")
    yield tell.line("aggregation.method", method, method=LABELS[combined.method])
    yield from _combined(tell)
    decimals = N_("结果保留 %(n)s 位小数，修约规则为%(rounding)s；排名按未修约的精确值。")
    yield tell.line("aggregation.decimals", decimals, n=combined.decimals, rounding=LABELS[combined.rounding])
    ties = N_("得分相同的，依次比较：%(ties)s。")
    yield tell.line("aggregation.ties", ties, ties=listed(tie_step(book, key) for key in combined.ties))


def _combined(tell: Teller) -> Lines:
    """What belongs to one way of combining only."""
    rule = tell.book.aggregation
    if rule.method is AggregationMethod.TRIMMED:
        trim = N_("评分满 %(n)s 份时去掉最高、最低各 %(each)s 份。")
        yield tell.line("aggregation.trim_from", trim, n=rule.trim_from, each=rule.trim_each)
        fewer = N_("评分不足 %(n)s 份时取%(way)s。")
        yield tell.line("aggregation.trim_fallback", fewer, n=rule.trim_from, way=LABELS[rule.trim_fallback])
    if rule.leader_weight is not None:
        leader = N_("组长的评分按组员的 %(n)s 倍计入。")
        yield tell.line("aggregation.leader_weight", leader, n=rule.leader_weight)
        yield tell.line("aggregation.method", LEADERS_TOLD)
    if rule.spread is not None:
        yield tell.line("aggregation.spread", STANDARD, spread=LABELS[rule.spread])
    if rule.method is AggregationMethod.JUDGE_Z:
        yield tell.line("aggregation.method", SHEETS_JOINED)


SHEETS_JOINED = N_(
    "结果公布后，公开的存档包注明每轮中哪些评分表出自同一位专家，但不写姓名：不注明，就没有人能验算标准分。知道专家组名单的人可能由此认出某位专家的评分。"
)
LEADERS_TOLD = N_("结果公布后，公开的存档包注明哪份评分表是组长的，但不写姓名：不注明，就没有人能验算加权的平均值。")

STANDARD = N_(
    "标准分按%(spread)s计算，取 34 位有效数字，小数点后第九位以内相同的为相同；同一专家或同一组不足 5 份评分，或者评分全部相同的，不能计算。"
)
FIXED_TIES = {
    "results": LocalText("结果类条款得分", "points for result items"),
    "median": LocalText("各专家总分的中位数", "the median of the experts' totals"),
    "head_to_head": LocalText(
        "同时评过双方的专家中给分较高者多的一方", "whom more of the experts who scored both put higher"
    ),
    "committee": LocalText("评委会表决", "a vote of the committee"),
    "lot": LocalText(
        "由抽取首轮专家时公布的种子决定的抽签", "a lot from the seed published with the draw of the first round"
    ),
}


def tie_step(book: Rulebook, key: str) -> LocalText:
    return FIXED_TIES[key] if key in FIXED_TIES else book.round(key).name


BALLOT = {
    BallotKind.EACH: N_("对每件申报逐件表决：选一个奖项、不同意或弃权。"),
    BallotKind.UP_TO: N_("每个奖项所选的申报不得超过尚余名额；未选的即为不同意。"),
}


def committee(book: Rulebook) -> Lines:
    tell, rule = Teller(book), book.committee
    quorum = N_("到会委员达到 %(share)s 方可表决；回避的委员不计入。")
    yield tell.line("committee.quorum", quorum, share=rule.quorum)
    yield tell.line("committee.secret", N_("无记名投票。") if rule.secret else N_("记名投票。"))
    papers = N_("委员看到的材料隐去申报者名称。") if rule.blind_papers else N_("委员看到的材料载明申报者名称。")
    yield tell.line("committee.blind_papers", papers)
    scores = N_("委员看到的材料载明综合得分。") if rule.scores_shown else N_("委员看到的材料只列名次，不列得分。")
    yield tell.line("committee.scores_shown", scores)
    term = N_("委员每届任期最长 %(n)s 年。") if rule.term_years else N_("委员没有规定的任期。")
    yield tell.line("committee.term_years", term, n=rule.term_years)
    terms = N_("委员连任不超过 %(n)s 届。") if rule.terms else N_("委员连任的届数不限。")
    yield tell.line("committee.terms", terms, n=rule.terms)
    yield tell.line("committee.ballot", BALLOT[rule.ballot])
    voters = N_("得票比例以%(who)s为基数，回避该件的委员除外。")
    yield tell.line("committee.counted_of", voters, who=LABELS[rule.counted_of])
    again = N_("通过的过多或过少时可以再投，一次会议最多投 %(n)s 轮。") if rule.rounds > 1 else N_("一次会议只投一轮。")
    yield tell.line("committee.rounds", again, n=rule.rounds)
    for row in rule.majorities:
        text = N_("%(level)s须有%(who)s %(share)s 以上（含）同意。")
        if row.strict:
            text = N_("%(level)s须有超过%(who)s %(share)s 的同意。")
        where = f"committee.majorities.{row.level}"
        yield tell.line(where, text, level=book.level(row.level).name, share=row.share, who=LABELS[rule.counted_of])


def notice(book: Rulebook) -> Lines:
    tell, rule = Teller(book), book.objection
    days = N_("拟奖名单向社会公示 %(n)s 个工作日，自公布次日起算。")
    yield tell.line("notice.working_days", days, n=book.notice.working_days)
    names = N_("异议须实名提出。") if rule.real_name else N_("异议可以匿名提出。")
    yield tell.line("objection.real_name", names)
    evidence = N_("异议须附书面证据。") if rule.evidence_required else N_("异议不要求附证据。")
    yield tell.line("objection.evidence_required", evidence)
    yield tell.line("objection.working_days", N_("异议在 %(n)s 个工作日内核查答复。"), n=rule.working_days)
    longer = N_("核查期限不得延长。")
    if rule.extensions and rule.extension_working_days:
        longer = N_("确有需要的，办理人写明理由，可以延长 %(times)s 次，每次不超过 %(more)s 个工作日。")
    yield tell.line("objection.extensions", longer, times=rule.extensions, more=rule.extension_working_days)


def afterwards(book: Rulebook) -> Lines:
    tell, watch, retention = Teller(book), book.watch, book.retention
    yield tell.line("watch.years", N_("获奖后 %(n)s 年内接受监督。"), n=watch.years)
    yearly = N_("获奖者每年提交声明。") if watch.yearly_declaration else N_("不要求获奖者每年提交声明。")
    yield tell.line("watch.yearly_declaration", yearly)
    due = N_("声明在批准之日每个周年的次日起 %(n)s 日内提交。")
    yield tell.line("watch.declaration_days", due, n=watch.declaration_days)
    reminder = N_("到期前 %(n)s 日提醒尚未提交的获奖者。")
    yield tell.line("watch.reminder_days", reminder, n=watch.reminder_days)
    fraud = N_("弄虚作假的，撤销奖励，其后 %(n)s 届不得申报。")
    if watch.fraud_ban_editions is None:
        fraud = N_("弄虚作假的，撤销奖励，不再受理其申报。")
    yield tell.line("watch.fraud_ban_editions", fraud, n=watch.fraud_ban_editions)
    incident = N_("获奖后发生重大事件的，撤销奖励，其后 %(n)s 届不得申报。")
    yield tell.line("watch.incident_ban_editions", incident, n=watch.incident_ban_editions)
    yield tell.line("retention.review_years", N_("评审记录保存 %(n)s 年。"), n=retention.review_years)
    personal = N_("未获奖者的个人信息保存 %(n)s 年后清除。")
    yield tell.line("retention.personal_data_years", personal, n=retention.personal_data_years)
    decision = N_("评审决定永久保存。") if retention.decision_permanent else N_("评审决定与评审记录同期保存。")
    yield tell.line("retention.decision_permanent", decision)


def calendar(book: Rulebook) -> Lines:
    tell = Teller(book)
    for place, stage in enumerate(book.calendar, start=1):
        text = N_("环节 %(place)s：%(stage)s，默认 %(days)s 天。")
        yield tell.line(f"calendar.{stage.key}.days", text, place=place, stage=stage.name, days=stage.days)
