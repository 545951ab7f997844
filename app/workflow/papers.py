"""A score sheet filled in on paper, typed by one person and confirmed against the paper by another."""

from app.kernel.words import N_
from app.workflow.shapes import Lifecycle, Transition
from app.workflow.shapes import label as _label
from app.workflow.states import PaperEntryState

PAPER_ENTRY = Lifecycle(
    "paper_entry",
    N_("纸质评分录入"),
    PaperEntryState,
    PaperEntryState.TYPED,
    {
        PaperEntryState.TYPED: _label(N_("已录入，待另一人核对"), "waiting"),
        PaperEntryState.CONFIRMED: _label(N_("已核对并提交"), "done"),
        PaperEntryState.REFUSED: _label(N_("核对不符，已作废"), "quiet"),
    },
    (
        Transition("paper_entry.confirm", N_("核对无误并提交"), (PaperEntryState.TYPED,), PaperEntryState.CONFIRMED),
        Transition(
            "paper_entry.refuse", N_("作废录入"), (PaperEntryState.TYPED,), PaperEntryState.REFUSED, needs_reason=True
        ),
    ),
)
