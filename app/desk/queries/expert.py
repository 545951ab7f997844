"""The experts' desk: what to declare, what to score; for leaders and the head, how far their panels are."""

from collections import Counter
from collections.abc import Sequence

from app.consensus import queries as consensus
from app.desk.queries.sections import Around, Section, Stat
from app.desk.rules import Standing as InState
from app.desk.rules import Task
from app.experts.models import ExpertInvitation
from app.experts.queries.invitations import invitations_of
from app.kernel.actor import Actor, Role
from app.kernel.words import N_, LocalText, Message
from app.practice import queries as practice
from app.programmes.models import Edition
from app.scoring import queries as scoring
from app.scoring.queries import Task as Seat
from app.scoring.queries import Window, Worklist
from app.scoring.rules import GROUP_TITLES, Standing, WorkGroup
from app.scoring.rules import Seat as WatchedSeat
from app.visits import queries as visits
from app.workflow import InvitationState, PracticeState, VisitState

DUE_GROUPS = (WorkGroup.TO_DECLARE, WorkGroup.RETURNED, WorkGroup.IN_PROGRESS, WorkGroup.TO_SCORE)
TONES = {
    WorkGroup.TO_DECLARE: "waiting",
    WorkGroup.RETURNED: "waiting",
    WorkGroup.IN_PROGRESS: "active",
    WorkGroup.TO_SCORE: "quiet",
}
PRACTISE_FIRST = Message(N_("打开第一份材料之前完成"))
NOTHING = Message(N_("还没有分给您的评审任务。"))
AFTER_DECLARING = Message(N_("您任组长的申报书，在您声明无利害关系之后就能看到全组进度。"))
AFTER_DRAW = Message(N_("秘书处抽取专家并启封名单之后，任务会出现在这里，同时发邮件通知您。"))


def section(actor: Actor, around: Around) -> Section:
    if around.edition is None or actor.expert_id is None:
        return Section(Role.EXPERT, [], NOTHING, AFTER_DRAW)
    asked = [_asked(invitation) for invitation in invitations_of(actor)]
    found = scoring.worklist(actor, around.edition.id)
    if not found.total:
        return Section(Role.EXPERT, asked, NOTHING, AFTER_DRAW)
    return Section(
        Role.EXPERT,
        [
            *asked,
            *_at_the_table(actor, around.edition.id),
            *_on_site(actor, around.edition.id),
            *_practice(actor, around.edition, found),
            *_due(found),
        ],
        Message(N_("您的评审任务都已完成。")),
        Message(N_("需要退回重评时，秘书处会写明理由并通知您。")),
        ("scoring.worklist", N_("查看评审任务")),
        stats=_stats(found),
    )


def _asked(invitation: ExpertInvitation) -> Task:
    """Shown until its due date, for the answer may be changed until then."""
    waits = invitation.state is InvitationState.SENT
    return Task(
        Message(N_("担任%(edition)s评审专家"), {"edition": invitation.edition.title}),
        "experts.invitation",
        N_("答复邀请") if waits else N_("修改答复"),
        {"invitation_id": invitation.id},
        state=InState("expert_invitation", invitation.state),
        due=invitation.due_at,
    )


def _at_the_table(actor: Actor, edition_id: int) -> list[Task]:
    """The consensuses that wait for this expert: for the leader until the report is out, for a member to be answered."""
    return [
        Task(
            Message(N_("合议 %(number)s"), {"number": each.application.number}),
            "consensus.show",
            N_("主持合议") if each.led_by == actor.expert_id else N_("参加合议"),
            {"consensus_id": each.id},
            state=InState("consensus", each.state),
            note=each.round.name,
        )
        for each in consensus.waiting_for(actor, edition_id)
    ]


def _on_site(actor: Actor, edition_id: int) -> list[Task]:
    """The visits of this expert's teams until their report is out."""
    return [
        Task(
            Message(N_("现场评审 %(number)s"), {"number": visit.application.number}),
            "visits.show",
            N_("查看现场评审"),
            {"visit_id": visit.id},
            state=InState("visit", visit.state),
            note=LocalText.same(f"{visit.starts_on} – {visit.ends_on}"),
        )
        for visit in visits.listed(actor, edition_id)
        if visit.state is not VisitState.REPORTED and actor.expert_id in visit.panel
    ]


def _practice(actor: Actor, edition: Edition, found: Worklist) -> list[Task]:
    """While a dossier waits for a declaration and nothing was practised yet: that comes first."""
    if not found.tasks[WorkGroup.TO_DECLARE] or not practice.cases_of(edition):
        return []
    sheets = practice.own_sheets(actor, edition).values()
    if any(sheet.state is PracticeState.FINISHED for sheet in sheets):
        return []
    begun = next((InState("practice_sheet", sheet.state) for sheet in sheets), None)
    return [Task(Message(N_("练习案例")), "practice.index", N_("做练习"), state=begun, note=PRACTISE_FIRST)]


def _due(found: Worklist) -> list[Task]:
    return [
        _task(seat, group, found.windows[seat.round_id])
        for group in DUE_GROUPS
        for seat in found.tasks[group]
        if seat.round_open
    ]


def _task(seat: Seat, group: WorkGroup, window: Window) -> Task:
    if group is WorkGroup.TO_DECLARE or seat.sheet_id is None:
        endpoint, arguments, verb = "panels.declare", {"assignment_id": seat.assignment_id}, N_("声明利害关系")
    else:
        endpoint, arguments = "scoring.sheet", {"sheet_id": seat.sheet_id}
        verb = N_("评分") if group is WorkGroup.TO_SCORE else N_("继续评分")
    scored = Message(N_("已评 %(done)s / %(total)s 条"), {"done": seat.items_scored, "total": seat.items_total})
    return Task(
        LocalText.same(seat.title),
        endpoint,
        verb,
        arguments,
        word=Message(GROUP_TITLES[group]),
        tone=TONES[group],
        due=window.due,
        note=scored if seat.items_total else window.name,
    )


def _stats(found: Worklist) -> list[Stat]:
    of_all = Message(N_("共 %(n)s 份"), {"n": found.total})
    return [Stat(N_("已提交"), str(found.submitted), of_all, "scoring.worklist")]


def led(actor: Actor, around: Around) -> Section:
    return _watched(actor, around, Role.LEADER, why=Message(N_("还没有可以查看的小组。")), first=AFTER_DECLARING)


def headed(actor: Actor, around: Around) -> Section:
    return _watched(actor, around, Role.HEAD, why=Message(N_("还没有开始评分的轮次。")), first=AFTER_DRAW)


def _watched(actor: Actor, around: Around, role: Role, *, why: Message, first: Message) -> Section:
    rounds = scoring.rounds_of(around.edition.id) if around.edition is not None else []
    current = scoring.current_round(rounds)
    seats = scoring.seats(current.id, watched_by=actor) if current is not None else []
    tasks = _watching(current, seats) if current is not None and seats else []
    return Section(role, tasks, why, first)


def _watching(current: scoring.RoundRow, seats: Sequence[WatchedSeat]) -> list[Task]:
    abstained = sum(seat.standing is Standing.ABSTAINED for seat in seats)
    return [*([_missing(current, abstained)] if abstained else []), _progress(current, seats)]


def _missing(current: scoring.RoundRow, abstained: int) -> Task:
    return Task(
        Message(N_("“%(round)s”：%(n)s 份已弃评，缺少评分"), {"round": current.name, "n": abstained}),
        "scoring.progress",
        N_("查看进度"),
        state=InState("round", current.state),
        due=current.due,
    )


def _progress(current: scoring.RoundRow, seats: Sequence[WatchedSeat]) -> Task:
    standings = Counter(seat.standing for seat in seats)
    return Task(
        Message(
            N_("“%(round)s”：已提交 %(done)s / %(total)s 份评分表，%(undeclared)s 项待声明"),
            {
                "round": current.name,
                "done": standings[Standing.SUBMITTED],
                "total": len(seats) - standings[Standing.ABSTAINED],
                "undeclared": standings[Standing.UNDECLARED],
            },
        ),
        "scoring.progress",
        N_("查看进度"),
        state=InState("round", current.state),
        due=current.due,
    )
