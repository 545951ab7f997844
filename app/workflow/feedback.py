"""The feedback report that every applicant gets: drafted from the experts' comments, edited, approved, released."""

from app.kernel.words import N_
from app.workflow.shapes import Lifecycle, Transition
from app.workflow.shapes import label as _label
from app.workflow.states import FeedbackState

_F = FeedbackState

FEEDBACK_REPORT = Lifecycle(
    "feedback_report",
    N_("反馈报告"),
    FeedbackState,
    _F.DRAFTED,
    {
        _F.DRAFTED: _label(N_("待编辑"), "waiting", N_("编写中")),
        _F.EDITED: _label(N_("待批准"), "waiting", N_("编写中")),
        _F.APPROVED: _label(N_("已批准，待发布"), "active", N_("编写中")),
        _F.RELEASED: _label(N_("已发给申报者"), "done", N_("已发布")),
    },
    (
        Transition("feedback_report.hand_over", N_("编辑完毕，送批"), (_F.DRAFTED,), _F.EDITED),
        Transition(
            "feedback_report.send_back", N_("退回再编辑"), (_F.EDITED, _F.APPROVED), _F.DRAFTED, needs_reason=True
        ),
        Transition("feedback_report.approve", N_("批准反馈报告"), (_F.EDITED,), _F.APPROVED),
        Transition("feedback_report.release", N_("发给申报者"), (_F.APPROVED,), _F.RELEASED),
    ),
)
