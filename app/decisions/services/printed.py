"""Ballots on paper: handed out instead of a device, and typed in by two people who must read the same."""

from collections.abc import Iterable, Mapping

from sqlalchemy import update

from app.audit import services as audit
from app.decisions import queries
from app.decisions.models import BallotPaper, BallotRight, CommitteeSession
from app.decisions.rules import FEWEST_PAPERS, ballot_problems, code_on_paper, too_many
from app.decisions.services.voting import new_code, put_into_box
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.policy import demand


def hand_out_papers(actor: Actor, session: CommitteeSession, member_ids: Iterable[int]) -> None:
    """These members vote on paper: their rights are used up for as many printed ballots, once in a round.

    The ballots bear random serials and are drawn from a pile; which member has which is written nowhere.
    """
    db.session.refresh(session, with_for_update=True)
    demand(actor, "session.hand_out_papers", session)
    wanted, voting = set(member_ids), session.rounds[-1]
    if queries.handed_out(session):
        raise Invalid(Message(N_("这一轮的纸质选票已经发出，不能再发。其余委员请用设备投票。")), field="members")
    if len(wanted) < FEWEST_PAPERS:
        raise Invalid(Message(N_("至少两位委员用纸质选票；只有一份时，录入的人会知道那是谁的。")), field="members")
    if not wanted <= {member.id for member in queries.may_vote_on_paper(session)}:
        raise Invalid(
            Message(N_("名单中有人已投票，或有回避事项，不能用纸质选票。请刷新页面后再选。")), field="members"
        )
    rights = BallotRight.session_id == session.id, BallotRight.round_number == voting.number
    db.session.execute(
        update(BallotRight)
        .where(*rights, BallotRight.member_id.in_(wanted), BallotRight.used.is_(False))
        .values(used=True, on_paper=True)
    )
    serials = sorted(new_code() for _member in wanted)
    db.session.add_all(
        BallotPaper(serial=serial, session_id=session.id, round_number=voting.number) for serial in serials
    )
    audit.record(actor, "session.hand_out_papers", session, detail={"members": sorted(wanted), "round": voting.number})


def read_paper(actor: Actor, session: CommitteeSession, serial: str, choices: Mapping[int, str]) -> BallotPaper | None:
    """What one person reads from a printed ballot. When two people have read the same, it goes into the box (None).

    Until then either may correct his own reading; whoever typed is on record, what was read is kept only so long.
    """
    db.session.refresh(session, with_for_update=True)
    demand(actor, "session.read_paper", session)
    paper = queries.paper_with(session, "".join(filter(str.isalnum, serial)).upper())
    if paper is None:
        raise Invalid(Message(N_("没有这个编号的纸质选票，或者它已在票箱中。请对照选票上的编号。")), field="serial")
    allowed = {each.application_id: each.choices for each in queries.round_papers(session)}
    voting, names = session.rounds[-1], queries.choice_names(queries.rulebook_for(session))
    if problems := [*ballot_problems(allowed, choices), *too_many(voting.limits, choices, names)]:
        raise NotReady(problems)
    _keep_reading(actor, paper, {str(dossier): choice for dossier, choice in choices.items()})
    voting.clerks = sorted({*voting.clerks, actor.name})
    audit.record(actor, "session.read_paper", session, detail={"round": voting.number})
    return _compared(session, paper)


def _keep_reading(actor: Actor, paper: BallotPaper, read: Mapping[str, str]) -> None:
    if paper.first_by in (None, actor.user_id):
        paper.first_by, paper.first = actor.user_id, dict(read)
    elif paper.second_by in (None, actor.user_id):
        paper.second_by, paper.second = actor.user_id, dict(read)
    else:
        raise Invalid(Message(N_("这份选票已由另外两人录入，由他们核对后改正。")), field="serial")


def _compared(session: CommitteeSession, paper: BallotPaper) -> BallotPaper | None:
    if paper.second_by is None:
        return paper
    voting = session.rounds[-1]
    if paper.first != paper.second:
        voting.differed += 1
        return paper
    ballots = {code_on_paper(paper.serial, int(key)): (int(key), choice) for key, choice in paper.first.items()}
    db.session.delete(paper)
    db.session.flush()
    put_into_box(session, voting.number, ballots)
    return None
