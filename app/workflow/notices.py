"""A public notice, and an objection that is raised against it."""

from app.kernel.words import N_
from app.workflow.shapes import Lifecycle, Transition
from app.workflow.shapes import label as _label
from app.workflow.states import NoticeState, ObjectionState

NOTICE = Lifecycle(
    "notice",
    N_("公示"),
    NoticeState,
    NoticeState.DRAFT,
    {
        NoticeState.DRAFT: _label(N_("待发布"), "quiet"),
        NoticeState.PUBLISHED: _label(N_("公示中"), "active"),
        NoticeState.ENDED: _label(N_("公示期满"), "done"),
    },
    (
        Transition("notice.publish", N_("发布公示"), (NoticeState.DRAFT,), NoticeState.PUBLISHED),
        Transition("notice.close", N_("结束公示"), (NoticeState.PUBLISHED,), NoticeState.ENDED),
    ),
)

OPEN_OBJECTIONS = (ObjectionState.RECEIVED, ObjectionState.ASSIGNED, ObjectionState.INVESTIGATING)
"""Not answered yet."""

OBJECTION = Lifecycle(
    "objection",
    N_("异议"),
    ObjectionState,
    ObjectionState.RECEIVED,
    {
        ObjectionState.RECEIVED: _label(N_("待指定办理人"), "waiting", N_("已登记")),
        ObjectionState.ASSIGNED: _label(N_("待办理人声明"), "waiting", N_("已登记")),
        ObjectionState.INVESTIGATING: _label(N_("核查中"), "active"),
        ObjectionState.UPHELD: _label(N_("异议成立"), "done"),
        ObjectionState.REJECTED: _label(N_("异议不成立"), "done"),
    },
    (
        Transition("objection.assign", N_("指定办理人"), OPEN_OBJECTIONS, ObjectionState.ASSIGNED),
        Transition("objection.declare", N_("声明并承办"), (ObjectionState.ASSIGNED,), ObjectionState.INVESTIGATING),
        Transition(
            "objection.recuse",
            N_("办理人回避"),
            (ObjectionState.ASSIGNED, ObjectionState.INVESTIGATING),
            ObjectionState.RECEIVED,
            needs_reason=True,
        ),
        Transition(
            "objection.uphold",
            N_("认定异议成立"),
            (ObjectionState.INVESTIGATING,),
            ObjectionState.UPHELD,
            needs_reason=True,
        ),
        Transition(
            "objection.reject",
            N_("认定异议不成立"),
            (ObjectionState.INVESTIGATING,),
            ObjectionState.REJECTED,
            needs_reason=True,
        ),
    ),
)
