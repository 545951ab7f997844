"""What is said where nothing waits for the office itself: whose turn it is."""

from app.desk.rules import Counts, counted
from app.kernel.words import N_, Message
from app.workflow import ApplicationState


def others_turn(counts: Counts) -> list[Message]:
    """What others still have to do before the office can go on; said where nothing waits for the office itself."""
    lines = (
        (ApplicationState.DRAFT, N_("%(n)s 份申报书还在填写。")),
        (ApplicationState.SUBMITTED, N_("%(n)s 份申报书等待推荐单位推荐。")),
        (ApplicationState.RETURNED, N_("%(n)s 份申报书退回补正，等待申报者重新提交。")),
    )
    return [counted(text, n) for state, text in lines if (n := counts.of("application", state))]
