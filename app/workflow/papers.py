"""Score sheets; and those filled in on paper, typed by one person and confirmed against the paper by another."""

from app.kernel.words import N_
from app.workflow.shapes import Lifecycle, Transition
from app.workflow.shapes import label as _label
from app.workflow.states import PaperEntryState, ScoreSheetState

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

SCORE_SHEET = Lifecycle(
    "score_sheet",
    N_("评分表"),
    ScoreSheetState,
    ScoreSheetState.DRAFT,
    {
        ScoreSheetState.DRAFT: _label(N_("评分中"), "active"),
        ScoreSheetState.SUBMITTED: _label(N_("已提交"), "done"),
        ScoreSheetState.ABSTAINED: _label(N_("已弃评"), "quiet"),
        ScoreSheetState.VOID: _label(N_("已作废"), "quiet"),
    },
    (
        Transition("score_sheet.submit", N_("提交评分表"), (ScoreSheetState.DRAFT,), ScoreSheetState.SUBMITTED),
        Transition(
            "score_sheet.take_over", N_("按纸质评分表提交"), (ScoreSheetState.DRAFT,), ScoreSheetState.SUBMITTED
        ),
        Transition(
            "score_sheet.abstain",
            N_("弃评"),
            (ScoreSheetState.DRAFT,),
            ScoreSheetState.ABSTAINED,
            needs_reason=True,
        ),
        Transition(
            "score_sheet.reopen",
            N_("退回评分表"),
            (ScoreSheetState.SUBMITTED, ScoreSheetState.ABSTAINED),
            ScoreSheetState.DRAFT,
            needs_reason=True,
        ),
        Transition(
            "score_sheet.send_back",
            N_("退回补写意见"),
            (ScoreSheetState.SUBMITTED,),
            ScoreSheetState.DRAFT,
            needs_reason=True,
        ),
        Transition(
            "score_sheet.void",
            N_("作废评分表"),
            (ScoreSheetState.DRAFT, ScoreSheetState.SUBMITTED, ScoreSheetState.ABSTAINED),
            ScoreSheetState.VOID,
            needs_reason=True,
        ),
    ),
)
