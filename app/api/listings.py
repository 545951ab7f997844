"""Every list of the API with every field: the one description that is served, documented and tested."""

from typing import Any

from app.api import queries
from app.api.shapes import (
    BOTH,
    DAY,
    MOMENT,
    POINTS,
    TEXT,
    TRUTH,
    WHOLE,
    Asked,
    Field,
    Listing,
    listed,
    one_of,
    plain,
)
from app.applications.models import RELEASED, Application
from app.experts.models import ExpertKind, ExpertRegionKind
from app.kernel.exact import display_twentieths
from app.kernel.words import N_, LocalText
from app.notices.models import ObjectionEffect
from app.panels.models import SeatOrigin, SeatRole
from app.policy.scopes import Scope
from app.programmes.queries import rulebook_of
from app.programmes.rules.values import ApplicantKind
from app.ranking.models import RankingRow
from app.ranking.rules import alias, names_hidden, scores_hidden
from app.scoring.models import ItemScore, ScoreSheet
from app.web.formats import is_inside, say
from app.workflow import (
    APPLICATION,
    ApplicationState,
    AssignmentState,
    EditionState,
    ObjectionState,
    OutcomeState,
    RankingState,
    RoundState,
    ScoreSheetState,
)

ID = plain("id", WHOLE, N_("本系统内的编号，不变；各列表按它从小到大排列。"))
EDITION = N_("届次代码。")
DOSSIER = N_("申报编号。")
ROUND = N_("轮次代码，见届次列表。")


def _edition_code(row: Any) -> str:
    return str(row.edition.code)


def _points(twentieths: int | None) -> str | None:
    return None if twentieths is None else display_twentieths(twentieths)


# --- editions, dossiers -------------------------------------------------------------------------------------------

ROUND_PARTS = (
    plain("key", TEXT, N_("轮次代码。")),
    plain("name", BOTH, N_("轮次名称。")),
    plain("kind", TEXT, N_("轮次的方式。")),
    plain("state", one_of(RoundState), N_("轮次的状态。")),
)
EDITIONS = Listing(
    "editions",
    Scope.EDITIONS,
    N_("届次和轮次"),
    N_("申报已经启动的各届；秘书处和监督员也能看到筹备中的。"),
    (
        ID,
        plain("code", TEXT, EDITION),
        plain("number", WHOLE, N_("第几届。")),
        plain("title", BOTH, N_("届次名称。")),
        Field("programme", BOTH, N_("奖项名称。"), lambda row: row.programme.name),
        plain("state", one_of(EditionState), N_("届次的状态。")),
        plain("time_zone", TEXT, N_("日程所用的时区；接口里的时间都是 UTC。")),
        plain("rulebook_digest", TEXT, N_("规则文件的摘要（SHA-256）。")),
        plain("frozen_at", MOMENT, N_("规则冻结的时间。"), empty=True),
        listed("rounds", N_("评审轮次，按先后。"), ROUND_PARTS, lambda row: row.rounds),
    ),
    queries.editions,
)


class _Dossier:
    """A dossier as its reader may see it: outsiders are told the public state until the result is out."""

    def __init__(self, found: Application, *, inside: bool) -> None:
        self.found = found
        self.state = found.state if inside or found.edition.state in RELEASED else APPLICATION.told(found.state)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.found, name)


def _dossiers(asked: Asked) -> list[_Dossier]:
    return [_Dossier(found, inside=is_inside(asked.actor)) for found in queries.dossiers(asked)]


APPLICATIONS = Listing(
    "applications",
    Scope.APPLICATIONS,
    N_("申报"),
    N_(
        "申报者看到自己的，推荐单位看到分派给自己的，秘书处和监督员看到已提交的。结果公布之前，申报者看到的状态与网页上的一样。"
    ),
    (
        ID,
        Field("edition", TEXT, EDITION, _edition_code),
        plain("number", TEXT, N_("申报编号；提交之前为空。")),
        plain("name", TEXT, N_("申报者名称。")),
        plain("kind", one_of(ApplicantKind), N_("申报者类别。")),
        plain("credit_code", TEXT, N_("统一社会信用代码。")),
        plain("region_code", TEXT, N_("行政区划代码（GB/T 2260）。")),
        plain("industry_code", TEXT, N_("行业大类代码（GB/T 4754）。")),
        plain("group", TEXT, N_("行业组代码。"), at="group_key"),
        plain("state", one_of(ApplicationState), N_("申报的状态。")),
        plain("submitted_at", MOMENT, N_("提交时间。"), empty=True),
    ),
    _dossiers,
)

# --- experts, panels ----------------------------------------------------------------------------------------------

REGION_PARTS = (
    plain("kind", one_of(ExpertRegionKind), N_("所在地的种类。")),
    plain("region_code", TEXT, N_("行政区划代码（GB/T 2260）。")),
    plain("since", DAY, N_("从哪天起。"), empty=True),
    plain("until", DAY, N_("到哪天止。"), empty=True),
)


class _Expert:
    """An entry of the pool; the mail address stands only where the token may have contacts."""

    def __init__(self, found: Any, *, reachable: bool) -> None:
        self.found = found
        self.contact = found.email if reachable else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.found, name)


def _experts(asked: Asked) -> list[_Expert]:
    return [_Expert(found, reachable=Scope.CONTACTS in asked.scopes) for found in queries.experts(asked)]


EXPERTS = Listing(
    "experts",
    Scope.EXPERTS,
    N_("专家库"),
    N_("在库的专家。令牌另含“专家的联系方式”时才有邮箱，每读一页都记入审计日志。"),
    (
        ID,
        plain("number", TEXT, N_("专家编号。")),
        plain("name", TEXT, N_("姓名。")),
        plain("kind", one_of(ExpertKind), N_("专家类别。")),
        plain("title", TEXT, N_("职称。")),
        plain("degree", TEXT, N_("学历学位。")),
        plain("specialty", TEXT, N_("专业特长。")),
        plain("employer", TEXT, N_("工作单位。")),
        plain("employer_code", TEXT, N_("工作单位的统一社会信用代码。")),
        plain("may_lead", TRUTH, N_("能否任组长。")),
        plain("available", TRUTH, N_("是否参加抽取。")),
        plain("email", TEXT, N_("邮箱；没有这一项权限时为 null。"), empty=True, at="contact"),
        listed("regions", N_("各种所在地。"), REGION_PARTS, lambda row: row.regions),
        Field(
            "industries",
            {"type": "array", "items": TEXT},
            N_("行业大类代码（GB/T 4754）。"),
            lambda row: [each.division for each in row.industries],
        ),
    ),
    _experts,
    more=(Scope.CONTACTS,),
)
PANELS = Listing(
    "panels",
    Scope.PANELS,
    N_("专家组"),
    N_("已生效的专家组，每个席位一行；抽取名单封存期间没有。专家只看到自己的席位，组长看到自己组的。"),
    (
        ID,
        plain("edition", TEXT, EDITION),
        plain("round", TEXT, ROUND),
        plain("application", TEXT, DOSSIER),
        plain("expert", TEXT, N_("专家编号。")),
        plain("expert_name", TEXT, N_("专家姓名。")),
        plain("role", one_of(SeatRole), N_("组长或成员。")),
        plain("origin", one_of(SeatOrigin), N_("席位的来历：抽取，或由人指定。")),
        plain("state", one_of(AssignmentState), N_("席位的状态。")),
    ),
    queries.seats,
)

# --- sheets, rankings ---------------------------------------------------------------------------------------------


def _item_points(item: ItemScore) -> str | None:
    return None if item.percent is None else _points(item.points * item.percent // 5)


ITEM_PARTS = (
    plain("code", TEXT, N_("条款代码。"), at="item_code"),
    plain("points", WHOLE, N_("条款的分值。")),
    plain("percent", WHOLE, N_("得分比例（%）。"), empty=True),
    Field("score", POINTS, N_("条款得分，精确到二十分之一分。"), _item_points, empty=True),
    plain("strengths", TEXT, N_("优势。")),
    plain("improvements", TEXT, N_("改进机会。")),
)


def _total(sheet: ScoreSheet) -> str | None:
    return _points(sheet.total_twentieths)


SHEETS = Listing(
    "sheets",
    Scope.SHEETS,
    N_("评分表和评审意见"),
    N_(
        "专家看到自己的；组长在一份申报的独立评分收齐之后看到全组的；监督员看到全部，每读一页都记入审计日志。秘书处看不到。"
    ),
    (
        ID,
        Field("edition", TEXT, EDITION, lambda row: row.round.edition.code),
        Field("round", TEXT, ROUND, lambda row: row.round.key),
        Field("application", TEXT, DOSSIER, lambda row: row.assignment.application.number),
        Field("expert", TEXT, N_("专家编号。"), lambda row: row.assignment.expert.number),
        Field("expert_name", TEXT, N_("专家姓名。"), lambda row: row.assignment.expert.name),
        plain("state", one_of(ScoreSheetState), N_("评分表的状态。")),
        plain("criteria", TEXT, N_("评审标准的代码。"), at="criteria_key"),
        Field("total", POINTS, N_("总分，精确到二十分之一分；草稿为已评条款之和。"), _total),
        plain("submitted_at", MOMENT, N_("提交时间。"), empty=True),
        plain("digest", TEXT, N_("提交内容的摘要（SHA-256），即回执上的；未提交为空。"), at="receipt_digest"),
        listed("items", N_("各条款。"), ITEM_PARTS, lambda row: row.items),
    ),
    queries.sheets,
)
RANKINGS = Listing(
    "rankings",
    Scope.RANKINGS,
    N_("排名"),
    N_("各轮的排名，每次计算一行；委员只看到已确认的。"),
    (
        ID,
        plain("edition", TEXT, EDITION),
        plain("round", TEXT, ROUND),
        plain("number", WHOLE, N_("第几次计算。")),
        plain("is_final", TRUTH, N_("是否综合了所有轮次。")),
        plain("state", one_of(RankingState), N_("排名的状态。")),
        plain("computed_at", MOMENT, N_("计算时间。")),
        plain("digest", TEXT, N_("输入与结果的摘要（SHA-256）。")),
    ),
    queries.ranking_heads,
)


def _level(row: Any) -> LocalText | None:
    if not row.line:
        return None
    levels = rulebook_of(row.ranking.edition).levels
    return next((level.name for level in levels if level.key == row.line), None)


class _RankingRow:
    """A row as its reader may see it: where the committee's papers are blind, without name, number and place."""

    def __init__(self, found: RankingRow, *, blind: bool) -> None:
        self.found = found
        self.number = None if blind else found.application.number
        self.name = say(alias(found.position)) if blind else found.application.name
        self.region_code = None if blind else found.application.region_code

    def __getattr__(self, name: str) -> Any:
        return getattr(self.found, name)


def _ranking_rows(asked: Asked) -> list[_RankingRow]:
    rows = [(found, rulebook_of(found.ranking.edition)) for found in queries.ranking_rows(asked)]
    return [
        _RankingRow(found, blind=names_hidden(rulebook, asked.actor))
        for found, rulebook in rows
        if not scores_hidden(rulebook, asked.actor)
    ]


RANKING_ROWS = Listing(
    "ranking-rows",
    Scope.RANKINGS,
    N_("排名的各行"),
    N_(
        "每个排名的每份申报一行。score 是精确值（分数），shown 是按规则修约一次的两位小数。评审规则要求委员看匿名材料的，委员的令牌读不到申报编号和行政区划（为 null），名称换成“第几号”，与排名页面相同；规则规定材料不列得分的，委员的令牌读不到各行。"
    ),
    (
        ID,
        plain("ranking", WHOLE, N_("排名的 id。"), at="ranking_id"),
        Field("edition", TEXT, EDITION, lambda row: row.ranking.edition.code),
        Field("round", TEXT, ROUND, lambda row: row.ranking.round.key),
        plain("application", TEXT, N_("申报编号；匿名时为 null。"), empty=True, at="number"),
        plain("name", TEXT, N_("申报者名称；匿名时为它在本排名中的号。")),
        plain("region_code", TEXT, N_("行政区划代码（GB/T 2260）；匿名时为 null。"), empty=True),
        Field("group", TEXT, N_("行业组代码。"), lambda row: row.application.group_key),
        plain("position", WHOLE, N_("在表中的位置。")),
        plain("rank", WHOLE, N_("名次；未参加排名为 null。"), empty=True),
        plain("score", TEXT, N_("精确值，例如 2150/3；未参加排名为空。")),
        plain("shown", TEXT, N_("得分，两位小数；未参加排名为空。")),
        Field(
            "rounds",
            {"type": "object", "additionalProperties": TEXT},
            N_("各轮的得分，按轮次代码。"),
            lambda row: row.rounds,
        ),
        plain("reviews", WHOLE, N_("评分份数。")),
        plain("tied", TRUTH, N_("是否并列。")),
        plain("straddles", TRUTH, N_("并列是否跨线。")),
        plain("advances", TRUTH, N_("是否进入下一轮。")),
        Field("level", BOTH, N_("按名次可得的等级。"), _level, empty=True),
    ),
    _ranking_rows,
)

# --- results, objections ------------------------------------------------------------------------------------------

RESULTS = Listing(
    "results",
    Scope.RESULTS,
    N_("授奖结果"),
    N_("已公布而仍有效的授奖，人人相同；秘书处和监督员还能看到待公布的和已撤销的。"),
    (
        ID,
        Field("edition", TEXT, EDITION, _edition_code),
        plain("level_key", TEXT, N_("等级代码。")),
        plain("level", BOTH, N_("等级名称。")),
        plain("name", TEXT, N_("获奖者名称。")),
        plain("kind", TEXT, N_("获奖者类别。")),
        plain("region_code", TEXT, N_("行政区划代码（GB/T 2260）。")),
        plain("group_name", TEXT, N_("行业组名称。")),
        plain("approval_document", TEXT, N_("批准文件。")),
        plain("approved_on", DAY, N_("批准日期。"), empty=True),
        plain("published_at", MOMENT, N_("公布时间。"), empty=True),
        plain("state", one_of(OutcomeState), N_("授奖的状态。")),
    ),
    queries.results,
)
OBJECTIONS = Listing(
    "objections",
    Scope.OBJECTIONS,
    N_("异议的处理结果"),
    N_("异议的状态、期限、核查情况、处理结果和答复。提出人的姓名、证件、联系方式和证据不在其中。"),
    (
        ID,
        plain("edition", TEXT, EDITION),
        plain("notice", WHOLE, N_("公示的 id。"), at="notice_id"),
        plain("number", TEXT, N_("异议编号。")),
        plain("application", TEXT, N_("所针对的申报编号；针对公示本身时为 null。"), empty=True),
        plain("state", one_of(ObjectionState), N_("异议的状态。")),
        plain("received_at", MOMENT, N_("收到时间。")),
        plain("due_on", DAY, N_("答复期限。")),
        plain("answered_at", MOMENT, N_("答复时间。"), empty=True),
        plain("finding", TEXT, N_("核查情况，供内部使用；未答复为空。")),
        plain("effect", one_of(ObjectionEffect), N_("处理结果：重新表决、重新公示，或维持不变。"), empty=True),
        plain("answer", TEXT, N_("给提出人的答复；未答复为空。")),
    ),
    queries.objections,
)

LISTINGS: tuple[Listing, ...] = (
    EDITIONS,
    APPLICATIONS,
    EXPERTS,
    PANELS,
    SHEETS,
    RANKINGS,
    RANKING_ROWS,
    RESULTS,
    OBJECTIONS,
)
