"""How the kinds of a rulebook read in a sentence, in both languages, so that several can stand in one list."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from app.kernel.words import LocalText
from app.programmes.rules.values import (
    AggregationMethod,
    ApplicantKind,
    BodyKind,
    ConfirmedBy,
    DrawPolicy,
    ExpertRegion,
    Incident,
    Institution,
    LiftableRule,
    Rank,
    RegionLevel,
    Rounding,
    RoundKind,
    Spread,
    TrimFallback,
    VotersCounted,
)

LABELS: Mapping[StrEnum, LocalText] = {
    ApplicantKind.ORGANISATION: LocalText("组织", "organisations"),
    ApplicantKind.TEAM: LocalText("班组", "teams"),
    ApplicantKind.INDIVIDUAL: LocalText("个人", "individuals"),
    ApplicantKind.GOVERNMENT: LocalText("地方政府", "local governments"),
    BodyKind.CITY: LocalText("市", "city"),
    BodyKind.COUNTY: LocalText("县（市、区）", "county"),
    BodyKind.ZONE: LocalText("开发区、示范区", "development zone"),
    BodyKind.PROVINCE: LocalText("省（自治区、直辖市）", "province"),
    BodyKind.DEPARTMENT: LocalText("主管部门", "department"),
    BodyKind.ASSOCIATION: LocalText("受托协会", "entrusted association"),
    RegionLevel.PROVINCE: LocalText("省", "province"),
    RegionLevel.CITY: LocalText("市", "city"),
    RegionLevel.COUNTY: LocalText("县", "county"),
    RegionLevel.NONE: LocalText("不限地区", "any region"),
    ExpertRegion.EMPLOYER: LocalText("工作单位所在地", "place of employment"),
    ExpertRegion.RESIDENCE: LocalText("常住地", "place of residence"),
    ExpertRegion.REGISTRATION: LocalText("户籍地", "place of registration"),
    LiftableRule.REGION: LocalText("异地评审", "the out-of-region rule"),
    LiftableRule.CONFLICT: LocalText("利害关系回避", "recusal for an interest"),
    DrawPolicy.BEST: LocalText("综合最优", "best in total"),
    DrawPolicy.FAIREST: LocalText("最不利者优先", "worst-off first"),
    DrawPolicy.RANDOM: LocalText("近优随机", "random near the optimum"),
    RoundKind.PAPER: LocalText("材料评审", "paper review"),
    RoundKind.SITE: LocalText("现场评审", "site visit"),
    RoundKind.DEFENCE: LocalText("陈述答辩", "statement and defence"),
    AggregationMethod.MEAN: LocalText("平均值", "the mean"),
    AggregationMethod.WEIGHTED_MEAN: LocalText("组长加权的平均值", "the mean with the leader's score weighted"),
    AggregationMethod.TRIMMED: LocalText("去掉最高和最低后的平均值", "the mean without the highest and lowest"),
    AggregationMethod.MEDIAN: LocalText("中位数", "the median"),
    AggregationMethod.GROUP_Z: LocalText(
        "平均值在行业组内的标准分", "the standard score of the mean within its industry group"
    ),
    AggregationMethod.JUDGE_Z: LocalText(
        "各专家给分的标准分的平均值", "the mean of the scores standardised expert by expert"
    ),
    TrimFallback.CLOSEST_PAIR: LocalText("最接近的两份的平均值", "the mean of the two closest"),
    Spread.POPULATION: LocalText("总体标准差", "the standard deviation of the population"),
    Spread.SAMPLE: LocalText("样本标准差", "the standard deviation of the sample"),
    ConfirmedBy.LEADER: LocalText("组长", "the leader"),
    ConfirmedBy.MAJORITY: LocalText("半数以上的组员", "more than half of the panel"),
    ConfirmedBy.ALL: LocalText("全体组员", "every member of the panel"),
    VotersCounted.PRESENT: LocalText("到会委员", "the members present"),
    VotersCounted.ALL: LocalText("全体委员", "all members"),
    Rounding.HALF_EVEN: LocalText("四舍六入五成双", "half to even"),
    Rounding.HALF_UP: LocalText("四舍五入", "half up"),
    Incident.QUALITY: LocalText("重大质量事件", "major quality incident"),
    Incident.SAFETY: LocalText("重大安全事故", "major safety accident"),
    Incident.ENVIRONMENT: LocalText("重大环境事件", "major environmental incident"),
    Incident.PUBLIC_HEALTH: LocalText("重大公共卫生事件", "major public-health incident"),
    Incident.SERIOUS_VIOLATION: LocalText("严重违法违规", "serious violation of law"),
    Incident.PENALTY: LocalText("行政处罚", "administrative penalty"),
    Incident.CREDIT_BLACKLIST: LocalText("列入严重失信名单", "listing as seriously dishonest"),
    Incident.SPOT_CHECK: LocalText("监督抽查不合格", "failed spot check"),
    Incident.AWARD_FRAUD: LocalText("申报质量奖弄虚作假", "fraud in a quality-award application"),
    Institution.ENTERPRISE: LocalText("企业", "enterprises"),
    Institution.HOSPITAL: LocalText("医院", "hospitals"),
    Institution.PRIMARY_SCHOOL: LocalText("小学", "primary schools"),
    Institution.JUNIOR_SCHOOL: LocalText("初中", "junior middle schools"),
    Institution.VOCATIONAL_SCHOOL: LocalText("职业学校", "vocational schools"),
    Institution.SENIOR_SCHOOL: LocalText("高中", "senior middle schools"),
    Institution.UNIVERSITY: LocalText("高等学校", "universities"),
    Institution.RESEARCH_INSTITUTE: LocalText("科研院所", "research institutes"),
    Institution.SOCIAL_BODY: LocalText("社会组织", "social organisations"),
    Institution.NON_PROFIT: LocalText("非营利组织", "non-profit organisations"),
    Rank.CIVIL_SERVANT: LocalText("公务员", "civil servants"),
    Rank.DEPUTY_DEPARTMENT: LocalText("副厅级及以上", "officials of deputy-department rank or above"),
}


def listed(texts: Iterable[LocalText]) -> LocalText:
    found = tuple(texts)
    return LocalText("、".join(text.zh for text in found), ", ".join(text.en for text in found))


def labelled(kinds: Iterable[StrEnum]) -> LocalText:
    return listed(LABELS[kind] for kind in kinds)
