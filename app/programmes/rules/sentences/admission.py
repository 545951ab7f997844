"""Sentences about what is awarded, who may apply, and how a dossier comes in."""

from collections.abc import Iterator
from operator import attrgetter

from app.kernel.words import N_
from app.programmes.rules.admission import Level, LookBack, Quota, WinnerBan
from app.programmes.rules.labels import LABELS, labelled, listed
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.sentences.telling import Line, Teller
from app.programmes.rules.tags import tag_name
from app.programmes.rules.values import CheckKind, FieldSection, Severity

Lines = Iterator[Line]


def award(book: Rulebook) -> Lines:
    tell = Teller(book)
    yield tell.line(
        "region", N_("%(award)s由%(organiser)s组织评审，所在地区代码为 %(region)s。"),
        award=book.name, organiser=book.organiser, region=book.region,
    )  # fmt: skip
    yield tell.line("cycle_years", N_("每 %(years)s 年评选一届。"), years=book.cycle_years)
    yield tell.line("timezone", N_("所有时间按时区 %(zone)s 计算。"), zone=book.timezone)
    for level in book.levels:
        yield from _level(tell, level)


def _level(tell: Teller, level: Level) -> Lines:
    path = f"levels.{level.key}"
    yield tell.line(f"{path}.seats", N_("%(level)s不超过 %(seats)s 个。"), level=level.name, seats=level.seats)
    yield tell.line(f"{path}.kinds", N_("%(level)s授予：%(kinds)s。"), level=level.name, kinds=labelled(level.kinds))
    vacancy = N_("%(level)s名额可以空缺。") if level.vacancy_allowed else N_("%(level)s名额应当授满。")
    yield tell.line(f"{path}.vacancy_allowed", vacancy, level=level.name)
    if level.floor is not None:
        floor = N_("综合得分低于 %(floor)s 分的，不授予%(level)s。")
        yield tell.line(f"{path}.floor", floor, level=level.name, floor=level.floor)
    for limit in level.limits:
        text = N_("%(level)s中%(kind)s不超过 %(seats)s 个。")
        where = f"{path}.limits.{limit.kind}"
        yield tell.line(where, text, level=level.name, kind=LABELS[limit.kind], seats=limit.seats)
    for reserved in level.reserved:
        text = N_("%(level)s为“%(tag)s”保留 %(seats)s 个，没有合适人选时空缺。")
        where = f"{path}.reserved.{reserved.tag}"
        yield tell.line(where, text, level=level.name, tag=tag_name(tell.book, reserved.tag), seats=reserved.seats)


def groups(book: Rulebook) -> Lines:
    tell = Teller(book)
    for group in book.groups:
        path = f"groups.{group.key}"
        text = N_("行业组“%(group)s”接受%(kinds)s，按《%(criteria)s》评审。")
        criteria = book.criteria(group.criteria)
        if not group.enabled:
            yield tell.line(f"{path}.enabled", N_("行业组“%(group)s”本届不开放。"), group=group.name)
            continue
        kinds = labelled(group.kinds)
        yield tell.line(f"{path}.criteria", text, group=group.name, kinds=kinds, criteria=criteria.name)
        if group.industries:
            industries = ", ".join(group.industries)
            hint = N_("行业代码为 %(industries)s 的申报者一般归入“%(group)s”。")
            yield tell.line(f"{path}.industries", hint, group=group.name, industries=industries)


def eligibility(book: Rulebook) -> Lines:
    tell, rule = Teller(book), book.eligibility
    region = N_("申报者应在本奖项所在地区内。") if rule.within_region else N_("申报者所在地区不限。")
    yield tell.line("eligibility.within_region", region)
    kinds = labelled(rule.institutions)
    yield tell.line("eligibility.institutions", N_("可以申报的组织：%(kinds)s。"), kinds=kinds)
    yield from _years(tell)
    yield from _bars(tell)


def _years(tell: Teller) -> Lines:
    rule = tell.book.eligibility
    years = N_("组织成立并运营满 %(years)s 年。") if rule.years_in_operation else N_("组织依法成立即可，不限年限。")
    yield tell.line("eligibility.years_in_operation", years, years=rule.years_in_operation)
    for exception in rule.years_exceptions:
        text = N_("带有标签 %(tag)s 的组织运营满 %(years)s 年即可。")
        yield tell.line(f"eligibility.years_exceptions.{exception.tag}", text, tag=exception.tag, years=exception.years)
    if rule.years_of_excellence is not None:
        text = N_("组织实施卓越绩效管理满 %(years)s 年。")
        yield tell.line("eligibility.years_of_excellence", text, years=rule.years_of_excellence)
    work = N_("个人从事质量工作满 %(years)s 年。") if rule.years_of_quality_work else N_("不限个人从事质量工作的年限。")
    yield tell.line("eligibility.years_of_quality_work", work, years=rule.years_of_quality_work)


PARENT_WIN = {
    Severity.BAR: N_("上级单位在限制期内获奖的，其子公司不得申报。"),
    Severity.WARNING: N_("上级单位在限制期内获奖的，其子公司申报时予以提醒，由秘书处说明理由后决定。"),
}


def _bars(tell: Teller) -> Lines:
    rule = tell.book.eligibility
    yield from _look_backs(tell)
    if rule.excluded_ranks:
        yield tell.line("eligibility.excluded_ranks", N_("不接受：%(ranks)s。"), ranks=labelled(rule.excluded_ranks))
    else:
        yield tell.line("eligibility.excluded_ranks", N_("不因职级排除申报者。"))
    for ban in rule.winner_bans:
        yield _winner_ban(tell, ban)
    if rule.parent_win is not None:
        yield tell.line("eligibility.parent_win", PARENT_WIN[rule.parent_win])
    for held in rule.prerequisites:
        text = N_("申报者须已获%(level)s满 %(years)s 年。")
        level = tell.book.level(held.level).name
        yield tell.line(f"eligibility.prerequisites.{held.level}", text, level=level, years=held.years)


def _look_backs(tell: Teller) -> Lines:
    for look_back in tell.book.eligibility.look_backs:
        yield _look_back(tell, look_back)
    if not tell.book.eligibility.look_backs:
        yield tell.line("eligibility.look_backs", N_("没有规定回溯期。"))


def _look_back(tell: Teller, look_back: LookBack) -> Line:
    text = (
        N_("近 %(years)s 年内有“%(incident)s”情形的，不予受理。")
        if look_back.severity is Severity.BAR
        else N_("近 %(years)s 年内有“%(incident)s”情形的，予以提醒。")
    )
    incident = LABELS[look_back.incident]
    return tell.line(f"eligibility.look_backs.{look_back.incident}", text, years=look_back.years, incident=incident)


def _winner_ban(tell: Teller, ban: WinnerBan) -> Line:
    values = {"level": tell.book.level(ban.level).name, "editions": ban.editions, "years": ban.years}
    if ban.years is None:
        text = N_("获得%(level)s的，其后 %(editions)s 届不得申报。")
    elif ban.editions is None:
        text = N_("获得%(level)s的，其后 %(years)s 年不得申报。")
    else:
        text = N_("获得%(level)s的，其后 %(editions)s 届且 %(years)s 年内不得申报。")
    return tell.line(f"eligibility.winner_bans.{ban.level}", text, **values)


def dossier(book: Rulebook) -> Lines:
    tell, rule = Teller(book), book.dossier
    overview = N_("组织概述不超过 %(n)s 字。")
    yield tell.line("dossier.overview_characters", overview, n=rule.overview_characters)
    assessment = N_("自评报告全文不超过 %(n)s 字。")
    yield tell.line("dossier.self_assessment_characters", assessment, n=rule.self_assessment_characters)
    yield tell.line("dossier.years_of_figures", N_("数据填报连续 %(n)s 年。"), n=rule.years_of_figures)
    yield tell.line("dossier.file_megabytes", N_("单个文件不超过 %(n)s MB。"), n=rule.file_megabytes)
    yield tell.line("dossier.total_megabytes", N_("全部文件合计不超过 %(n)s MB。"), n=rule.total_megabytes)
    yield tell.line("dossier.file_types", N_("文件类型：%(types)s。"), types=", ".join(rule.file_types))
    required = listed(f.name for f in rule.fields if f.required and f.section is not FieldSection.CONTACT)
    yield tell.line("dossier.fields", N_("申报表必填：%(names)s。"), names=required)
    evidence = listed(kind.name for kind in filter(attrgetter("required"), rule.evidence))
    yield tell.line("dossier.evidence", N_("必须提交的证实性材料：%(names)s。"), names=evidence)


def recommendation(book: Rulebook) -> Lines:
    tell, rule = Teller(book), book.recommendation
    route = N_("申报须经推荐。") if rule.required else N_("申报者可以直接申报，不需推荐。")
    yield tell.line("recommendation.required", route)
    for quota in rule.quotas:
        yield _quota(tell, quota)
    if not rule.required:
        return
    internal = N_("申报前在本单位内公示 %(n)s 个工作日。")
    yield tell.line("recommendation.internal_notice_working_days", internal, n=rule.internal_notice_working_days)
    local = N_("推荐单位推荐前向社会公示 %(n)s 个工作日。")
    yield tell.line("recommendation.local_notice_working_days", local, n=rule.local_notice_working_days)
    opinion = N_("推荐单位须出具书面意见。") if rule.opinion_required else N_("推荐不要求书面意见。")
    yield tell.line("recommendation.opinion_required", opinion)


def _quota(tell: Teller, quota: Quota) -> Line:
    values = {"body": LABELS[quota.body], "organisations": quota.organisations, "individuals": quota.individuals}
    if quota.organisations is None and quota.individuals is None:
        text = N_("每个推荐单位（%(body)s）的推荐数量不限。")
    elif quota.individuals is None:
        text = N_("每个推荐单位（%(body)s）推荐组织不超过 %(organisations)s 家，个人不限。")
    elif quota.organisations is None:
        text = N_("每个推荐单位（%(body)s）推荐个人不超过 %(individuals)s 人，组织不限。")
    else:
        text = N_("每个推荐单位（%(body)s）推荐组织不超过 %(organisations)s 家、个人不超过 %(individuals)s 人。")
    return tell.line(f"recommendation.quotas.{quota.body}", text, **values)


CHECKS = {
    CheckKind.CONDITION: N_("确认申报条件：%(item)s。"),
    CheckKind.COMPLETENESS: N_("核对申报材料：%(item)s。"),
    CheckKind.VETO: N_("一票否决：%(item)s。"),
}


SILENCE = {
    Severity.BAR: N_("部门逾期没有答复的，收到答复后才能受理。"),
    Severity.WARNING: N_("部门逾期没有答复的，予以提示，不影响受理。"),
}


def formal_check(book: Rulebook) -> Lines:
    tell, rule = Teller(book), book.formal_check
    for item in rule.items:
        yield tell.line(f"formal_check.items.{item.key}", CHECKS[item.kind], item=item.text)
    if rule.departments:
        departments = listed(department.name for department in rule.departments)
        text = N_("向下列部门征求意见，%(n)s 个工作日内答复：%(departments)s。")
        yield tell.line(
            "formal_check.consultation_working_days", text, n=rule.consultation_working_days, departments=departments
        )
        yield tell.line("formal_check.silence", SILENCE[rule.silence])
    text = N_("材料不齐的可以补正 %(rounds)s 次，每次 %(n)s 个工作日。")
    if not book.correction.rounds:
        text = N_("材料不齐的不予补正。")
    yield tell.line("correction.rounds", text, rounds=book.correction.rounds, n=book.correction.working_days)
