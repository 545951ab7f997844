"""A visit on site, from its plan to its report."""

from app.kernel.words import N_
from app.workflow.shapes import Lifecycle, Transition
from app.workflow.shapes import label as _label
from app.workflow.states import VisitState

_V = VisitState

VISIT = Lifecycle(
    "visit",
    N_("现场评审"),
    VisitState,
    _V.PLANNED,
    {
        _V.PLANNED: _label(N_("安排中"), "quiet"),
        _V.NOTIFIED: _label(N_("已通知申报者"), "waiting"),
        _V.OPENED: _label(N_("现场评审中"), "active"),
        _V.CLOSED: _label(N_("已离场，待报告"), "waiting", N_("现场评审已结束")),
        _V.REPORTED: _label(N_("现场评审报告已提交"), "done", N_("现场评审已结束")),
    },
    (
        Transition("visit.notify", N_("通知申报者"), (_V.PLANNED,), _V.NOTIFIED),
        Transition("visit.recall", N_("改期"), (_V.NOTIFIED,), _V.PLANNED, needs_reason=True),
        Transition("visit.open", N_("开始现场评审"), (_V.NOTIFIED,), _V.OPENED),
        Transition("visit.close", N_("结束现场评审"), (_V.OPENED,), _V.CLOSED),
        Transition("visit.report", N_("提交现场评审报告"), (_V.CLOSED,), _V.REPORTED),
    ),
)
