"""The applicant's desk: start, continue, correct; then the dossier's life as a line of dated steps."""

from collections.abc import Sequence

from app.applications import queries as applications
from app.desk.queries.sections import Around, Moment, Section
from app.desk.rules import Standing, Task
from app.kernel.actor import Actor, Role
from app.kernel.words import N_, LocalText, Message
from app.workflow import ApplicationState, EditionState

WRITING = (ApplicationState.DRAFT, ApplicationState.RETURNED)


def section(actor: Actor, around: Around) -> Section:
    mine = applications.mine(actor)
    tasks = [_task(row, around) for row in mine]
    started = any(around.edition is not None and row.edition == around.edition.title for row in mine)
    if not started and (start := _start(actor, around)) is not None:
        tasks.insert(0, start)
    steps = _steps(mine)
    return Section(
        Role.APPLICANT,
        tasks,
        Message(N_("现在没有可以申报的届次。")),
        _next_call(around),
        timeline=[Moment(step.label, step.at, step.phase, step.words) for step in steps],
        timeline_of=LocalText.same(mine[0].name) if steps else None,
    )


def _steps(mine: Sequence[applications.Mine]) -> list[applications.Step]:
    """The way of the newest dossier, once it has left the desk."""
    newest = applications.find(mine[0].id) if mine and mine[0].state != ApplicationState.DRAFT else None
    return applications.timeline(newest) if newest is not None else []


def _task(row: applications.Mine, around: Around) -> Task:
    is_writing = row.state in WRITING
    due = row.correction_due if row.state == ApplicationState.RETURNED else None
    window = around.window("application")
    if row.state == ApplicationState.DRAFT and window is not None:
        due = window.closes_at
    return Task(
        LocalText.same(row.name),
        "applications.show",
        N_("补正申报书")
        if row.state == ApplicationState.RETURNED
        else N_("继续填写")
        if is_writing
        else N_("查看进展"),
        {"application_id": row.id},
        state=Standing("application", row.state),
        due=due,
        note=LocalText(f"{row.edition.zh} {row.number}", f"{row.edition.en} {row.number}"),
    )


def _start(actor: Actor, around: Around) -> Task | None:
    """Offered while the call is open; whoever has not said yet who applies does that first."""
    window = around.window("application")
    if (
        around.edition is None
        or around.edition.state != EditionState.RUNNING
        or window is None
        or window.phase != "now"
    ):
        return None
    is_known = applications.applicant_of(actor) is not None
    return Task(
        Message(N_("申报%(edition)s"), {"edition": around.edition.title}),
        "applications.start" if is_known else "applications.register",
        N_("开始申报") if is_known else N_("登记申报者"),
        word=Message(N_("未开始")),
        tone="quiet",
        due=window.closes_at,
    )


def _next_call(around: Around) -> Message:
    window = around.window("application")
    if window is not None and window.phase == "next":
        return Message(N_("%(day)s 开始申报。"), {"day": around.day_of(window.opens_at)})
    return Message(N_("下一届启动后，申报入口会出现在这里。"))
