"""The committee's acts: members, convening, attendance, recusal, the secret ballot, the count."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, update

from app.accounts.models import RoleGrant, User
from app.accounts.services import grant_by_stage
from app.applications.models import Application
from app.audit import services as audit
from app.decisions import queries
from app.decisions.models import Attendance, Ballot, BallotRight, CommitteeMember, CommitteeSession, Proposal, Recusal
from app.decisions.rules import Candidate, LevelSeats, Verdict, ballot_problems, decide, missing_for_opening
from app.kernel import clock, outbox
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady, WrongState
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.policy import demand
from app.programmes.models import Edition
from app.programmes.rules.admission import Level
from app.programmes.rules.rulebook import Rulebook
from app.ranking.models import Ranking
from app.ranking.official import lot
from app.workflow import RankingState

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 10
NO_RIGHT = Message(N_("您没有可用的选票：或者已经投过票，或者没有登记到会。如有疑问请与秘书处联系。"))


# --- members and the session --------------------------------------------------------------------------------------


def add_member(actor: Actor, edition: Edition, user: User, *, post: str) -> CommitteeMember:
    """Put a person who holds the committee's role on this edition's committee; from then on he sees its sessions."""
    demand(actor, "member.add")
    if not db.session.scalar(
        select(RoleGrant.id).where(RoleGrant.user_id == user.id, RoleGrant.role == Role.COMMITTEE)
    ):
        raise Invalid(Message(N_("此人还没有“评审委员会委员”角色。请系统运维员先授权。")), field="user_id")
    if queries.member_of(edition.id, user.id) is not None:
        raise Invalid(Message(N_("此人已经是本届委员。")), field="user_id")
    member = CommitteeMember(edition_id=edition.id, user_id=user.id, post=post.strip())
    db.session.add(member)
    db.session.flush()
    audit.record(actor, "member.add", member, detail={"user_id": user.id, "post": member.post})
    grant_by_stage(actor, "member.grant", user, Role.COMMITTEE, edition_id=edition.id)
    return member


def convene(actor: Actor, ranking: Ranking, *, held_at: datetime, place: str) -> CommitteeSession:
    """Call the members to a session on the confirmed final ranking, by mail."""
    demand(actor, "session.convene")
    members = queries.members_of(ranking.edition_id)
    if missing := missing_for_convening(ranking, members):
        raise NotReady(missing)
    session = CommitteeSession(
        edition_id=ranking.edition_id,
        ranking_id=ranking.id,
        convened_at=clock.now(),
        held_at=held_at,
        place=place.strip(),
        members_total=len(members),
    )
    db.session.add(session)
    db.session.flush()
    audit.record(actor, "session.convene", session, after=session.state, detail={"held_at": held_at.isoformat()})
    _invite(members, session)
    return session


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
                "请登录系统查看材料；与申报者有利害关系的，请在表决前申请回避。\n\n"
                f"The committee of {edition.title_en} meets at {when:%Y-%m-%d %H:%M}, {session.place}. "
                "Please sign in to read the papers, and step aside before the vote where you have an interest.\n"
            ),
            edition_id=edition.id,
        )


def record_attendance(actor: Actor, session: CommitteeSession, member_ids: Iterable[int]) -> None:
    """Who is present, as the office ticks them; may be corrected until the vote opens."""
    demand(actor, "session.attend", session)
    wanted = set(member_ids)
    members = {member.id for member in queries.members_of(session.edition_id)}
    if not wanted <= members:
        raise Invalid(Message(N_("名单中有人不是本届委员。请刷新页面后重新勾选。")), field="members")
    present = queries.attending(session.id)
    db.session.execute(
        delete(Attendance).where(Attendance.session_id == session.id, Attendance.member_id.in_(present - wanted))
    )
    for member_id in sorted(wanted - present):
        db.session.add(Attendance(session_id=session.id, member_id=member_id))
    audit.record(actor, "session.attend", session, detail={"members": sorted(wanted)})


def recuse(actor: Actor, session: CommitteeSession, application: Application, *, reason: str) -> Recusal:
    """A member steps aside for one dossier before the vote: he gets no ballot for it and leaves its denominator."""
    demand(actor, "session.recuse", session)
    member = _membership(actor, session)
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


def _membership(actor: Actor, session: CommitteeSession) -> CommitteeMember:
    member = queries.member_of(session.edition_id, actor.user_id)
    if member is None:
        raise WrongState(Message(N_("您不在本届委员名单上。请与秘书处联系。")))
    return member


# --- the vote -----------------------------------------------------------------------------------------------------


def missing_for_vote(session: CommitteeSession) -> list[Message]:
    rule = queries.rulebook_for(session).committee
    return missing_for_opening(
        present=len(queries.attending(session.id)),
        total=len(queries.members_of(session.edition_id)),
        share=rule.quorum,
        papers=len(queries.papers(session)),
        secret=rule.secret,
    )


def open_voting(actor: Actor, session: CommitteeSession) -> None:
    """The chair declares the quorum reached: each member present gets one right to vote."""
    demand(actor, "session.open", session)
    if missing := missing_for_vote(session):
        raise NotReady(missing)
    session.members_total = len(queries.members_of(session.edition_id))
    present = sorted(queries.attending(session.id))
    advance(session, "session.open", actor, detail={"present": present, "members": session.members_total})
    db.session.add_all(BallotRight(session_id=session.id, member_id=member_id) for member_id in present)
    db.session.flush()


def vote(actor: Actor, session: CommitteeSession, choices: Mapping[int, str]) -> tuple[str, ...]:
    """Use up the member's right and put his ballots into the box, in one transaction; returns their codes.

    The codes come in the order of his papers and are stored nowhere else. The record says that he voted, not what.
    """
    db.session.refresh(session, with_for_update=True)
    demand(actor, "session.vote", session)
    member = _membership(actor, session)
    allowed = {paper.application_id: paper.choices for paper in voting_papers(session, actor.user_id)}
    if problems := ballot_problems(allowed, choices):
        raise NotReady(problems)
    _use_right(session, member)
    codes = {dossier: _new_code() for dossier in allowed}
    _put_into_box(session, {codes[dossier]: (dossier, choices[dossier]) for dossier in allowed})
    audit.record(actor, "session.vote", session, detail={"member_id": member.id})
    return tuple(codes[dossier] for dossier in allowed)


def voting_papers(session: CommitteeSession, user_id: int | None) -> list[queries.Paper]:
    """The dossiers on which this member votes: all of the session's but those he is recused from."""
    member = queries.member_of(session.edition_id, user_id)
    recused = queries.recused_for(session.id, member.id) if member else {}
    return [paper for paper in queries.papers(session) if paper.application_id not in recused]


def _use_right(session: CommitteeSession, member: CommitteeMember) -> None:
    used = db.session.execute(
        update(BallotRight)
        .where(BallotRight.session_id == session.id, BallotRight.member_id == member.id, BallotRight.used.is_(False))
        .values(used=True)
        .returning(BallotRight.id)
    ).all()
    if not used:
        raise WrongState(NO_RIGHT)


def _new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _place in range(CODE_LENGTH))


def _put_into_box(session: CommitteeSession, ballots: Mapping[str, tuple[int, str]]) -> None:
    """The whole box is emptied and filled again in the order of the random codes.

    A database keeps rows in the order in which they came and PostgreSQL marks each with its transaction; after this
    every ballot of the session carries the same mark, and its place says nothing of when it was cast.
    """
    kept = db.session.execute(
        select(Ballot.code, Ballot.application_id, Ballot.choice).where(Ballot.session_id == session.id)
    )
    rows = {row.code: (row.application_id, row.choice) for row in kept} | dict(ballots)
    if not rows:
        return
    db.session.execute(delete(Ballot).where(Ballot.session_id == session.id))
    db.session.execute(
        insert(Ballot),
        [
            {"code": code, "session_id": session.id, "application_id": dossier, "choice": choice}
            for code, (dossier, choice) in sorted(rows.items())
        ],
    )


# --- the count ----------------------------------------------------------------------------------------------------


def close(actor: Actor, session: CommitteeSession) -> tuple[Verdict, ...]:
    """Open the box, count, and propose or pass over each dossier; one that needs a new vote stays where it is."""
    db.session.refresh(session, with_for_update=True)
    demand(actor, "session.close", session)
    rulebook = queries.rulebook_for(session)
    entitled = _entitled(session)
    votes = queries.tally(session.id)
    verdicts = decide(_candidates(session, votes, entitled), _seats(session, rulebook))
    session.closed_at = clock.now()
    advance(session, "session.close", actor, detail={"proposed": sum(bool(each.level_key) for each in verdicts)})
    dossiers = {row.Application.id: row.Application for row in queries.waiting_rows(session.ranking_id)}
    for position, verdict in enumerate(verdicts, start=1):
        counts = {"votes": votes.get(verdict.id, {}), "yes": dict(verdict.yes), "new_vote": verdict.new_vote}
        db.session.add(
            Proposal(
                session_id=session.id,
                application_id=verdict.id,
                position=position,
                level_key=verdict.level_key,
                entitled=entitled.get(verdict.id, 0),
                counts=counts,
            )
        )
        _carry_out(actor, dossiers.pop(verdict.id), verdict)
    for below_every_floor in dossiers.values():
        advance(below_every_floor, "application.pass_over", actor, detail={"floor": True})
    return verdicts


def _carry_out(actor: Actor, dossier: Application, verdict: Verdict) -> None:
    if verdict.level_key:
        dossier.level_key = verdict.level_key
        advance(dossier, "application.propose", actor, detail={"level": verdict.level_key})
    elif not verdict.new_vote:
        advance(dossier, "application.pass_over", actor)


def _entitled(session: CommitteeSession) -> dict[int, int]:
    """Voters of each dossier: members who were given a right, less those recused for it."""
    holders = set(db.session.scalars(select(BallotRight.member_id).where(BallotRight.session_id == session.id)))
    away = queries.recusals_by_dossier(session.id, holders)
    return {paper.application_id: len(holders) - away.get(paper.application_id, 0) for paper in queries.papers(session)}


def _candidates(
    session: CommitteeSession, votes: Mapping[int, Mapping[str, int]], entitled: Mapping[int, int]
) -> list[Candidate]:
    seed = queries.lot_seed(session)
    return [
        Candidate(
            paper.application_id,
            paper.rank,
            paper.kind,
            paper.levels,
            votes.get(paper.application_id, {}),
            entitled[paper.application_id],
            paper.tags,
            lot(seed, paper.number) if seed else 0,
        )
        for paper in queries.papers(session)
    ]


def _seats(session: CommitteeSession, rulebook: Rulebook) -> list[LevelSeats]:
    taken = queries.seats_taken(session.edition_id)

    def left(level: Level) -> LevelSeats:
        used = [each for each in taken if each.level_key == level.key]
        kinds = Counter(each.kind for each in used)
        limits = {limit.kind: limit.seats - kinds[limit.kind] for limit in level.limits}
        return LevelSeats(
            rulebook.committee.majority(level.key), level.seats - len(used), limits, _open_to_others(level, used)
        )

    return [left(level) for level in rulebook.levels]


def _open_to_others(level: Level, used: Sequence[queries.Seated]) -> dict[frozenset[str], int]:
    """By the tags of some reserved seats: how many seats may still go to dossiers with none of them."""
    found = {}
    for tags, seats in level.open_without().items():
        found[tags] = max(0, seats - sum(tags.isdisjoint(each.tags) for each in used))
    return found
