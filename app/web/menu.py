"""The office's and the supervisor's menu: the order of the work, as one table; each entry shown to whom its view allows."""

from dataclasses import dataclass

from flask import Flask, current_app, g, request
from werkzeug.local import LocalProxy

from app.kernel.actor import Actor, Role
from app.kernel.words import N_
from app.policy import allows
from app.web.addresses import address
from app.web.language import _


@dataclass(frozen=True)
class MenuEntry:
    label: str
    url: str
    current: bool


MENU: tuple[tuple[str, str, str], ...] = (
    (N_("我的待办"), "desk.show", "desk.read"),
    (N_("届次与规则"), "programmes.editions", "edition.list"),
    (N_("推荐"), "intake.recommendations", "recommendation.list"),
    (N_("申报书"), "intake.applications", "formal_check.list"),
    (N_("专家库"), "experts.index", "expert.list"),
    (N_("抽取与分组"), "panels.draws", "draw.list"),
    (N_("练习案例"), "practice.overview", "practice_sheet.list"),
    (N_("评分进度"), "scoring.progress", "progress.read"),
    (N_("合议"), "consensus.index", "consensus.list"),
    (N_("现场评审"), "visits.index", "visit.list"),
    (N_("陈述答辩"), "defences.index", "defence.list"),
    (N_("排名"), "ranking.index", "ranking.list"),
    (N_("大组长报告"), "scoring.reports", "committee_report.list"),
    (N_("评委会"), "decisions.sessions", "session.list"),
    (N_("公示"), "notices.index", "notice.list"),
    (N_("异议登记"), "notices.objections", "objection.list"),
    (N_("保密反映"), "disclosures.index", "disclosure.list"),
    (N_("授奖结果"), "outcomes.index", "outcome.list"),
    (N_("获奖后监督"), "watch.index", "yearly_declaration.list"),
    (N_("函件"), "letters.index", "letter.list"),
    (N_("保存期限"), "retention.index", "retention_act.list"),
    (N_("反馈报告"), "feedback.index", "feedback_report.list"),
    (N_("导出"), "exports.index", "export.list"),
    (N_("审计日志"), "audit.events", "audit.read"),
    (N_("用户与权限"), "accounts.users", "user.list"),
    (N_("系统状态"), "desk.system", "system.read"),
)
WITHOUT_MENU = frozenset({Role.APPLICANT, Role.EXPERT})


def entries() -> list[MenuEntry]:
    """Worked out once a request: a layout asks several times."""
    found: list[MenuEntry] | None = g.get("menu")
    if found is None:
        found = g.menu = _entries()
    return found


def _is_offered(endpoint: str, action: str) -> bool:
    return endpoint in current_app.view_functions and allows(g.actor, action)


LISTED_AT = {"inquiries": "notices.objections"}


def _entries() -> list[MenuEntry]:
    """Applicants and experts have none: their first page is their work."""
    actor = g.actor
    if not actor.is_authenticated or actor.roles <= WITHOUT_MENU:
        return []
    blueprint = (request.endpoint or "").partition(".")[0]
    return [
        MenuEntry(_(label), address(endpoint), endpoint == request.endpoint or _same_room(endpoint, blueprint))
        for label, endpoint, action in MENU
        if _is_offered(endpoint, action)
    ]


def _same_room(endpoint: str, blueprint: str) -> bool:
    """A detail page keeps its list's entry marked, where a blueprint has only one entry or its list stands in another."""
    if LISTED_AT.get(blueprint) == endpoint:
        return True
    return endpoint.partition(".")[0] == blueprint and sum(e.startswith(f"{blueprint}.") for _l, e, _a in MENU) == 1


def install(app: Flask) -> None:
    @app.context_processor
    def who() -> dict[str, object]:
        """The menu and the edition are worked out only by a layout that shows them."""
        return {"actor": g.get("actor", Actor.anonymous()), "menu": LocalProxy(entries), "workspaces": ()}
