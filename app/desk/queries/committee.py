"""The committee member's desk: the session to vote in, or when it will be."""

from app.decisions import queries as decisions
from app.desk.queries.sections import Around, Section
from app.desk.rules import Standing, Task
from app.kernel.actor import Actor, Role
from app.kernel.words import N_, LocalText, Message
from app.workflow import SessionState

VERBS = {
    SessionState.CONVENED: N_("阅读会议材料"),
    SessionState.VOTING: N_("进入会议"),
    SessionState.COUNTED: N_("查看计票"),
    SessionState.CLOSED: N_("查看结果"),
}


def section(actor: Actor, around: Around) -> Section:
    edition = around.edition
    rows = decisions.sessions(actor, edition.id) if edition is not None else []
    return Section(
        Role.COMMITTEE,
        [_task(row, actor) for row in rows] or _reading(around),
        Message(N_("还没有召集评审委员会会议。")),
        _when(around),
    )


def _reading(around: Around) -> list[Task]:
    """Before any session there is the rule to read by which the vote will be taken."""
    edition, window = around.edition, around.window("vote")
    if edition is None or edition.frozen_at is None:
        return []
    return [
        Task(
            Message(N_("表决之前，请阅读本届冻结的评审规则")),
            "programmes.rulebook",
            N_("阅读规则"),
            {"code": edition.code},
            word=Message(N_("待召集会议")),
            tone="quiet",
            due=window.opens_at if window is not None else None,
        )
    ]


def _has_voted(actor: Actor, voting: decisions.SessionRow) -> bool:
    member = decisions.member_of(voting.edition_id, actor.user_id)
    right = decisions.right_of(voting.id, member.id) if member is not None else None
    return right is not None and right.used


def _task(row: decisions.SessionRow, actor: Actor) -> Task:
    may_vote = row.state == SessionState.VOTING and not _has_voted(actor, row)
    endpoint, verb = ("decisions.ballot", N_("投票")) if may_vote else ("decisions.show", VERBS[row.state])
    return Task(
        Message(N_("评审委员会会议")),
        endpoint,
        verb,
        {"session_id": row.id},
        state=Standing("session", row.state),
        due=row.held_at if row.state == SessionState.CONVENED else None,
        note=LocalText.same(row.place) if row.place else None,
    )


def _when(around: Around) -> Message:
    window = around.window("vote")
    if window is None:
        return Message(N_("最终排名确认之后，秘书处会召集会议并发信通知您。"))
    return Message(
        N_("按日程，表决从 %(day)s 开始；会议召集后会发邮件通知您。"), {"day": around.day_of(window.opens_at)}
    )
