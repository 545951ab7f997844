"""What the office still owes when the result is public: feedback to every applicant, and the bundle that anybody can check."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from app.desk.rules.shapes import OfficeFacts, Standing, Task, counted
from app.kernel.words import N_, Message
from app.workflow import BundleState, EditionState, FeedbackState, OutcomeState

STAGE = "feedback"
FEEDBACK = (
    (FeedbackState.DRAFTED, N_("%(n)s 份反馈报告等待编辑"), N_("编辑报告")),
    (FeedbackState.EDITED, N_("%(n)s 份反馈报告等待另一人批准"), N_("批准报告")),
    (FeedbackState.APPROVED, N_("%(n)s 份反馈报告可以发给申报者"), N_("发出报告")),
)


def is_public(facts: OfficeFacts) -> bool:
    """Whether the edition has a result and all of it is published."""
    return facts.counts.of("outcome", OutcomeState.PUBLISHED) > 0 and not facts.counts.of(
        "outcome", OutcomeState.APPROVED
    )


def closing(facts: OfficeFacts) -> Iterator[Task]:
    if not is_public(facts) or facts.edition_state == EditionState.ARCHIVED:
        return
    due = facts.dues.get(STAGE)
    if not facts.counts.all("feedback_report"):
        title = Message(N_("结果已公布，还没有编写反馈报告"))
        yield Task(title, "feedback.index", N_("编写反馈报告"), word=Message(N_("待办理")), due=due)
    yield from _feedback(facts, due)
    if not facts.counts.of("bundle", BundleState.ORDERED, BundleState.MADE):
        title, edition = Message(N_("结果已公布，还没有制作供核对的存档包")), {"edition": facts.edition_id}
        yield Task(title, "outcomes.archive", N_("制作存档包"), edition, word=Message(N_("待办理")), due=due)


def _feedback(facts: OfficeFacts, due: datetime | None) -> Iterator[Task]:
    for state, title, verb in FEEDBACK:
        waiting = facts.counts.of("feedback_report", state)
        if waiting:
            yield Task(
                counted(title, waiting), "feedback.index", verb, state=Standing("feedback_report", state), due=due
            )


def phases(*, is_public: bool) -> Mapping[str, str]:
    """Stages that a public result has overtaken, whatever the calendar says."""
    return {"approval": "done", "commendation": "done", STAGE: "now"} if is_public else {}
