"""What is erased by rule: proposed by one person of the office, confirmed by another, carried out by the clock."""

from app.kernel.words import N_
from app.workflow.shapes import Lifecycle, Transition
from app.workflow.shapes import label as _label
from app.workflow.states import RetentionState

RETENTION_ACT = Lifecycle(
    "retention_act",
    N_("到期处理"),
    RetentionState,
    RetentionState.PROPOSED,
    {
        RetentionState.PROPOSED: _label(N_("待另一人确认处理"), "waiting"),
        RetentionState.CONFIRMED: _label(N_("已确认，待执行"), "active"),
        RetentionState.DONE: _label(N_("已执行"), "done"),
        RetentionState.REFUSED: _label(N_("不予处理"), "quiet"),
        RetentionState.STOPPED: _label(N_("因保全而停止"), "fault"),
    },
    (
        Transition("retention_act.confirm", N_("确认到期处理"), (RetentionState.PROPOSED,), RetentionState.CONFIRMED),
        Transition(
            "retention_act.refuse",
            N_("不予到期处理"),
            (RetentionState.PROPOSED,),
            RetentionState.REFUSED,
            needs_reason=True,
        ),
        Transition("retention_act.carry_out", N_("执行到期处理"), (RetentionState.CONFIRMED,), RetentionState.DONE),
        Transition(
            "retention_act.stop",
            N_("停止到期处理"),
            (RetentionState.CONFIRMED,),
            RetentionState.STOPPED,
            needs_reason=True,
        ),
    ),
)
