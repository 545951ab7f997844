"""Members of a committee, convening a session, who is present, who steps aside."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from app.accounts.models import RoleGrant, User
from app.accounts.services import grant_by_stage
from app.applications.models import Application
from app.audit import services as audit
from app.decisions import queries
from app.decisions.models import Attendance, CommitteeMember, CommitteeSession, Recusal
from app.decisions.rules import Term, term_problems
from app.kernel import clock, outbox
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady, WrongState
from app.kernel.words import N_, Message
from app.policy import demand
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from app.ranking.models import Ranking
from app.workflow import RankingState

NO_TERM = Term()


def add_member(actor: Actor, edition: Edition, user: User, *, post: str, term: Term = NO_TERM) -> CommitteeMember:
    """Put a person who holds the committee's role on this edition's committee; from then on he sees its sessions."""
    demand(actor, "member.add")
    if not db.session.scalar(
        select(RoleGrant.id).where(RoleGrant.user_id == user.id, RoleGrant.role == Role.COMMITTEE)
    ):
        raise Invalid(Message(N_("此人还没有“评审委员会委员”角色。请系统运维员先授权。")), field="user_id")
    if queries.member_of(edition.id, user.id) is not None:
        raise Invalid(Message(N_("此人已经是本届委员。")), field="user_id")
    rule = rulebook_of(edition).committee
    for field, problem in term_problems(term, years=rule.term_years, terms=rule.terms):
        raise Invalid(problem, field=field)
    member = CommitteeMember(
        edition_id=edition.id,
        user_id=user.id,
        post=post.strip(),
        term_from=term.starts,
        term_until=term.ends,
        term_number=term.number,
    )
    db.session.add(member)
    db.session.flush()
    audit.record(actor, "member.add", member, detail={"user_id": user.id, "post": member.post})
    grant_by_stage(actor, "member.grant", user, Role.COMMITTEE, edition_id=edition.id)
    return member


def convene(
    actor: Actor, ranking: Ranking, *, held_at: datetime, place: str, agenda: Sequence[str] = ()
) -> CommitteeSession:
    """Call the members whose term covers that day to a session on the confirmed final ranking, by mail."""
    demand(actor, "session.convene")
    edition = db.session.get_one(Edition, ranking.edition_id)
    members = queries.in_term(queries.members_of(edition.id), held_at.astimezone(ZoneInfo(edition.time_zone)).date())
    if missing := missing_for_convening(ranking, members):
        raise NotReady(missing)
    session = CommitteeSession(
        edition_id=ranking.edition_id,
        ranking_id=ranking.id,
        convened_at=clock.now(),
        held_at=held_at,
        place=place.strip(),
        agenda=list(agenda),
        members_total=len(members),
    )
    db.session.add(session)
    db.session.flush()
    audit.record(actor, "session.convene", session, after=session.state, detail={"held_at": held_at.isoformat()})
    _invite(members, session)
    return session


def plan_agenda(actor: Actor, session: CommitteeSession, agenda: Sequence[str]) -> None:
    """Another agenda for a session that has not begun to vote."""
    demand(actor, "session.plan", session)
    session.agenda = list(agenda)
    audit.record(actor, "session.plan", session, detail={"agenda": session.agenda})


def missing_for_convening(ranking: Ranking, members: Sequence[CommitteeMember]) -> list[Message]:
    final = ranking.is_final and ranking.state == RankingState.CONFIRMED
    checks = (
        (not final, Message(N_("最终排名还没有确认。请先在“排名”中确认。"))),
        (not members, Message(N_("本届还没有委员。请先添加委员。"))),
        (
            queries.unfinished_session(ranking.edition_id) is not None,
            Message(N_("上一次会议还没有闭会。请先计票并闭会。")),
        ),
        (final and not queries.waiting_rows(ranking.id), Message(N_("最终排名中的申报都已有结论，没有待表决的事项。"))),
    )
    return [sentence for failed, sentence in checks if failed]


def _invite(members: Sequence[CommitteeMember], session: CommitteeSession) -> None:
    edition = db.session.get_one(Edition, session.edition_id)
    when = session.held_at.astimezone(ZoneInfo(edition.time_zone))
    for member in members:
        outbox.post(
            "session.convene",
            member.user.email,
            subject=f"{edition.title_zh}评审委员会会议 / Committee session",
            body=(
                f"{member.user.name}，您好：\n\n{edition.title_zh}评审委员会定于 {when:%Y-%m-%d %H:%M} 在{session.place}开会。"
                f"请登录系统查看材料；与申报者有利害关系的，请在表决前申请回避。\n\n{_numbered(session.agenda)}"
                f"The committee of {edition.title_en} meets at {when:%Y-%m-%d %H:%M}, {session.place}. "
                "Please sign in to read the papers, and step aside before the vote where you have an interest.\n"
            ),
            edition_id=edition.id,
        )


def _numbered(agenda: Sequence[str]) -> str:
    lines = "".join(f"{place}. {item}\n" for place, item in enumerate(agenda, start=1))
    return f"议程 / Agenda\n{lines}\n" if lines else ""


def record_attendance(actor: Actor, session: CommitteeSession, member_ids: Iterable[int]) -> None:
    """Who is present, as the office ticks them; may be corrected until the vote opens."""
    demand(actor, "session.attend", session)
    wanted = members_named(session, member_ids)
    present = queries.attending(session.id)
    db.session.execute(
        delete(Attendance).where(Attendance.session_id == session.id, Attendance.member_id.in_(present - wanted))
    )
    for member_id in sorted(wanted - present):
        db.session.add(Attendance(session_id=session.id, member_id=member_id))
    audit.record(actor, "session.attend", session, detail={"members": sorted(wanted)})


def members_named(session: CommitteeSession, member_ids: Iterable[int]) -> set[int]:
    wanted = set(member_ids)
    if not wanted <= {member.id for member in queries.sitting_members(session)}:
        raise Invalid(Message(N_("名单中有人不是本届委员。请刷新页面后重新勾选。")), field="members")
    return wanted


def recuse(actor: Actor, session: CommitteeSession, application: Application, *, reason: str) -> Recusal:
    """A member steps aside for one dossier before the vote: he gets no ballot for it and leaves its denominator."""
    demand(actor, "session.recuse", session)
    member = membership(actor, session)
    if not reason.strip():
        raise Invalid(Message(N_("请写明回避理由，例如曾在该单位任职。")), field="reason")
    if application.id not in {row.RankingRow.application_id for row in queries.waiting_rows(session.ranking_id)}:
        raise Invalid(Message(N_("该申报不在本次会议的表决事项之内。")), field="application_id")
    if application.id in queries.recused_for(session.id, member.id):
        raise Invalid(Message(N_("您已对该申报申请回避。")), field="application_id")
    recusal = Recusal(session_id=session.id, member_id=member.id, application_id=application.id, reason=reason.strip())
    db.session.add(recusal)
    detail = {"member_id": member.id, "application_id": application.id}
    audit.record(actor, "session.recuse", session, reason=recusal.reason, detail=detail)
    return recusal


def membership(actor: Actor, session: CommitteeSession) -> CommitteeMember:
    member = queries.member_of(session.edition_id, actor.user_id)
    if member is None:
        raise WrongState(Message(N_("您不在本届委员名单上。请与秘书处联系。")))
    return member
