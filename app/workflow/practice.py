"""A practice case on an expert's desk."""

from app.kernel.words import N_
from app.workflow.shapes import Lifecycle, Transition
from app.workflow.shapes import label as _label
from app.workflow.states import PracticeState

PRACTICE_SHEET = Lifecycle(
    "practice_sheet",
    N_("练习评分表"),
    PracticeState,
    PracticeState.DRAFT,
    {
        PracticeState.DRAFT: _label(N_("练习中"), "active"),
        PracticeState.FINISHED: _label(N_("练习已完成"), "done"),
    },
    (Transition("practice_sheet.finish", N_("完成练习"), (PracticeState.DRAFT,), PracticeState.FINISHED),),
)
