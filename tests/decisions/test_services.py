"""The committee's acts: each done, refused, not ready, in the wrong state; and the secrecy of the ballot."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.decisions import queries, services
from app.decisions.models import Ballot, BallotRight
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, WrongState
from app.kernel.outbox import OutboxMessage
from app.ranking.official import lot
from tests.factories import decisions as made
from tests.factories.decisions import ABSTAIN, AWARD, NOMINATION, REJECT, office, supervisor
from tests.support.rulebooks import TEXTS, edited

pytestmark = pytest.mark.usefixtures("app_context")


def events(action: str) -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


def said(refused: pytest.ExceptionInfo[NotReady]) -> str:
    return " ".join(str(sentence) for sentence in refused.value.missing)


# --- members, convening, attendance, recusal -------------------------------------------------------------------------


def test_a_member_joins_the_edition_and_sees_its_sessions() -> None:
    edition = made.running_edition()
    user = made.person("wang@example.org", Role.COMMITTEE)
    member = services.add_member(office(), edition, user, post="主任委员")
    assert made.acting(user).editions == {edition.id}
    assert events("member.add")[0].subject_id == member.id


def test_only_holders_of_the_role_become_members_and_only_once() -> None:
    edition = made.running_edition()
    stranger = made.person("li@example.org", Role.SUPERVISOR)
    with pytest.raises(Invalid, match="还没有“评审委员会委员”角色"):
        services.add_member(office(), edition, stranger, post="")
    user = made.person("wang@example.org", Role.COMMITTEE)
    services.add_member(office(), edition, user, post="")
    with pytest.raises(Invalid, match="已经是本届委员"):
        services.add_member(office(), edition, user, post="")


def test_convening_calls_every_member_by_mail() -> None:
    session = made.convened(size=4).session
    mails = list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.action == "session.convene")))
    assert (session.state, session.members_total, len(mails)) == ("convened", 4, 4)
    assert "2026-08-05 09:00" in mails[0].body
    assert events("session.convene")[0].subject_id == session.id


def test_convening_says_everything_that_is_missing() -> None:
    edition = made.running_edition()
    ranking = made.final_ranking(edition, [700])
    ranking.is_final = False
    with pytest.raises(NotReady) as refused:
        services.convene(office(), ranking, held_at=made.HELD_AT, place="太原")
    assert "最终排名还没有确认" in said(refused)
    assert "本届还没有委员" in said(refused)


def test_only_one_session_sits_at_a_time() -> None:
    room = made.convened()
    with pytest.raises(NotReady) as refused:
        services.convene(office(), room.ranking, held_at=made.HELD_AT, place="太原")
    assert "上一次会议还没有闭会" in said(refused)


def test_attendance_may_be_corrected_until_the_vote_opens() -> None:
    room = made.convened()
    everybody = [member.id for member in room.members]
    services.record_attendance(office(), room.session, everybody)
    services.record_attendance(office(), room.session, everybody[1:])
    assert queries.attending(room.session.id) == set(everybody[1:])
    with pytest.raises(Invalid):
        services.record_attendance(office(), room.session, [99999])
    services.open_voting(office(), room.session)
    with pytest.raises(Forbidden):
        services.record_attendance(office(), room.session, everybody)


def test_a_member_steps_aside_for_one_dossier_and_says_why() -> None:
    room = made.convened()
    services.recuse(room.actors[0], room.session, room.dossiers[1], reason="曾任该公司顾问")
    assert queries.recused_for(room.session.id, room.members[0].id) == {room.dossiers[1].id: "曾任该公司顾问"}
    assert events("session.recuse")[0].reason == "曾任该公司顾问"
    with pytest.raises(Invalid, match="已对该申报申请回避"):
        services.recuse(room.actors[0], room.session, room.dossiers[1], reason="再次")
    with pytest.raises(Invalid, match="请写明回避理由"):
        services.recuse(room.actors[0], room.session, room.dossiers[0], reason=" ")
    with pytest.raises(Forbidden):
        services.recuse(office(), room.session, room.dossiers[0], reason="不是委员")


# --- opening ------------------------------------------------------------------------------------------------------


def test_the_vote_opens_only_with_a_quorum() -> None:
    room = made.convened(size=6)
    services.record_attendance(office(), room.session, [member.id for member in room.members[:3]])
    with pytest.raises(NotReady) as refused:
        services.open_voting(office(), room.session)
    assert "委员共 6 人，按规则须有 2/3（4 人）到会，现到会 3 人" in said(refused)
    services.record_attendance(office(), room.session, [member.id for member in room.members[:4]])
    services.open_voting(office(), room.session)
    assert room.session.state == "voting"
    assert db.session.query(BallotRight).count() == 4
    assert events("session.open")[0].detail["members"] == 6


@pytest.mark.parametrize("who", [supervisor, lambda: made.acting(made.person("a@example.org", Role.COMMITTEE))])
def test_only_the_office_opens_and_closes(who: Callable[[], Actor]) -> None:
    room = made.voting()
    with pytest.raises(Forbidden):
        services.close(who(), room.session)
    with pytest.raises(WrongState, match="投票中"):
        services.open_voting(office(), room.session)


# --- the vote -----------------------------------------------------------------------------------------------------


def test_a_vote_gives_one_code_for_each_dossier_and_is_on_record_without_its_choice() -> None:
    room = made.voting()
    codes = services.vote(room.actors[0], room.session, room.mark(AWARD, NOMINATION, REJECT))
    assert len(set(codes)) == 3
    assert {row.code: row.choice for rows in queries.box(room.session.id).values() for row in rows} == dict(
        zip(codes, (AWARD, NOMINATION, REJECT), strict=True)
    )
    event = events("session.vote")[0]
    assert event.actor_id == room.actors[0].user_id
    assert event.detail == {"member_id": room.members[0].id, "round": 1}
    assert queries.votes_cast(room.session.id) == (1, 6)


def test_a_right_is_used_once() -> None:
    room = made.voting()
    services.vote(room.actors[0], room.session, room.mark(AWARD, AWARD, AWARD))
    with pytest.raises(WrongState, match="已经投过票"):
        services.vote(room.actors[0], room.session, room.mark(REJECT, REJECT, REJECT))
    assert db.session.query(Ballot).count() == 3


def test_who_is_absent_has_no_ballot() -> None:
    room = made.voting(size=6, present=4)
    with pytest.raises(WrongState, match="没有登记到会"):
        services.vote(room.actors[5], room.session, room.mark(AWARD, AWARD, AWARD))


def test_an_incomplete_ballot_stores_nothing() -> None:
    room = made.voting()
    with pytest.raises(NotReady) as refused:
        services.vote(room.actors[0], room.session, {room.dossiers[0].id: AWARD})
    assert "还有 2 件没有选择" in said(refused)
    assert queries.votes_cast(room.session.id) == (0, 6)


def test_a_recused_member_gets_no_ballot_for_that_dossier() -> None:
    room = made.convened()
    services.recuse(room.actors[0], room.session, room.dossiers[0], reason="亲属任职")
    services.record_attendance(office(), room.session, [member.id for member in room.members])
    services.open_voting(office(), room.session)
    with pytest.raises(NotReady):
        services.vote(room.actors[0], room.session, room.mark(AWARD, AWARD, AWARD))
    rest = {dossier.id: NOMINATION for dossier in room.dossiers[1:]}
    assert len(services.vote(room.actors[0], room.session, rest)) == 2


def test_nobody_votes_before_the_opening_or_from_another_committee() -> None:
    room = made.convened()
    with pytest.raises(Forbidden):
        services.vote(room.actors[0], room.session, {})
    other = made.acting(made.person("other@example.org", Role.COMMITTEE))
    with pytest.raises(Forbidden):
        services.vote(other, room.session, {})


def test_casting_takes_few_statements(count_queries: Callable[[], AbstractContextManager[list[str]]]) -> None:
    room = made.voting()
    services.vote(room.actors[1], room.session, room.mark(AWARD, AWARD, AWARD))
    db.session.flush()
    with count_queries() as statements:
        services.vote(room.actors[0], room.session, room.mark(AWARD, AWARD, AWARD))
    assert len(statements) <= 14


# --- secrecy ------------------------------------------------------------------------------------------------------


def dump() -> dict[str, list[dict[str, Any]]]:
    """Every table as a backup would hold it: rows in the order in which the database keeps them."""
    return {
        table.name: [dict(row) for row in db.session.execute(select(table)).mappings()]
        for table in db.metadata.sorted_tables
    }


@pytest.mark.databases
def test_nothing_stored_joins_a_member_to_a_ballot(app: Flask) -> None:
    room = made.voting(size=6)
    told = [(AWARD, REJECT, REJECT), (REJECT, AWARD, REJECT), (REJECT, REJECT, AWARD)] * 2
    codes = [
        services.vote(actor, room.session, room.mark(*choices))
        for actor, choices in zip(room.actors, told, strict=True)
    ]
    db.session.commit()
    stored = dump()

    assert set(stored["ballot"][0]) == {"code", "session_id", "application_id", "choice", "round_number"}
    assert set(stored["ballot_right"][0]) == {"id", "session_id", "member_id", "round_number", "used", "on_paper"}
    elsewhere = repr({name: rows for name, rows in stored.items() if name != "ballot"})
    assert not [code for voter in codes for code in voter if code in elsewhere]

    kept = [row["code"] for row in stored["ballot"]]
    assert kept == sorted(kept), "the order of the rows is that of their random codes, not that of the votes"
    assert not hidden_order(app), "no hidden mark of the database tells one vote from another"


def hidden_order(app: Flask) -> bool:
    """Whether the database's own marks (row number, transaction) distinguish ballots of different votes."""
    if db.engine.dialect.name == "postgresql":
        transactions = db.session.execute(db.text("SELECT DISTINCT xmin::text FROM ballot")).all()
        return len(transactions) > 1
    return "WITHOUT ROWID" not in str(db.session.scalar(db.text("SELECT sql FROM sqlite_master WHERE name = 'ballot'")))


# --- the count ----------------------------------------------------------------------------------------------------


def test_closing_proposes_passes_over_and_leaves_a_record() -> None:
    room = made.decided(AWARD, NOMINATION, REJECT)
    assert [dossier.state for dossier in room.dossiers] == ["proposed", "proposed", "not_proposed"]
    assert [dossier.level_key for dossier in room.dossiers] == ["award", "nomination", ""]
    first, _dossier = queries.proposals(room.session.id)[0]
    assert first.counts == {"votes": {"award": 6}, "yes": {"award": 6, "nomination": 6}, "new_vote": False}
    assert len(events("application.propose")) == 2
    assert events("session.close")[0].detail == {"proposed": 2}


def test_who_did_not_vote_stays_in_the_denominator_and_who_is_recused_leaves_it() -> None:
    room = made.convened(size=6)
    for actor in room.actors[4:]:
        services.recuse(actor, room.session, room.dossiers[1], reason="亲属任职")
    services.record_attendance(office(), room.session, [member.id for member in room.members])
    services.open_voting(office(), room.session)
    for actor in room.actors[:3]:
        services.vote(actor, room.session, room.mark(AWARD, AWARD, ABSTAIN))
    made.close(room.session)
    counted = {dossier.id: proposal for proposal, dossier in queries.proposals(room.session.id)}
    assert [counted[dossier.id].entitled for dossier in room.dossiers] == [6, 4, 6]
    # three of six are neither two thirds nor more than half; three of four are both
    assert [counted[dossier.id].level_key for dossier in room.dossiers] == ["", "award", ""]


def test_below_every_floor_there_is_no_ballot_and_no_proposal() -> None:
    room = made.voting([700, 580, 500])
    assert [paper.levels for paper in queries.papers(room.session)] == [("award", "nomination"), ("nomination",)]
    for actor in room.actors:
        services.vote(actor, room.session, {room.dossiers[0].id: AWARD, room.dossiers[1].id: NOMINATION})
    made.close(room.session)
    assert [dossier.state for dossier in room.dossiers] == ["proposed", "proposed", "not_proposed"]


def test_a_lot_from_the_rankings_record_follows_the_vote_where_the_rulebook_says_so() -> None:
    text = edited(TEXTS["shanxi-2021"], {"aggregation.ties": ["results", "committee", "lot"]})
    room = made.voting([800, 790, 780, 770, 600, 600], text=text)
    room.ranking.snapshot = {"seed": "5e" * 32}
    assert "不再表决" in str(queries.count_rules(room.session)[0])
    made.voted(room, [[AWARD] * 6] * 6)
    assert queries.minutes(room.session).tied == ()
    fifth, sixth = room.dossiers[4:]
    drawn = sorted((fifth, sixth), key=lambda dossier: -lot("5e" * 32, dossier.number))
    assert [dossier.level_key for dossier in drawn] == [AWARD, NOMINATION]


def test_a_tie_at_the_last_seat_waits_for_a_new_session() -> None:
    scores = [800, 790, 780, 770, 600, 600]
    room = made.voted(made.voting(scores), [[AWARD] * 6] * 6)
    assert [dossier.state for dossier in room.dossiers[4:]] == ["under_review", "under_review"]
    assert [dossier.level_key for dossier in room.dossiers] == [AWARD] * 4 + ["", ""]
    assert queries.minutes(room.session).tied == ("企业05", "企业06")

    again = services.convene(office(), room.ranking, held_at=made.HELD_AT, place="太原")
    services.record_attendance(office(), again, [member.id for member in room.members])
    services.open_voting(office(), again)
    for number, actor in enumerate(room.actors):
        ballot = {room.dossiers[4].id: AWARD, room.dossiers[5].id: AWARD if number else NOMINATION}
        services.vote(actor, again, ballot)
    made.close(again)
    assert [dossier.level_key for dossier in room.dossiers[4:]] == [AWARD, NOMINATION]


def test_a_closed_session_is_closed_for_good() -> None:
    room = made.decided()
    with pytest.raises(WrongState):
        services.close(office(), room.session)
    with pytest.raises(Forbidden):
        services.vote(room.actors[0], room.session, room.mark(AWARD, AWARD, AWARD))
    with pytest.raises(NotReady) as refused:
        services.convene(office(), room.ranking, held_at=made.HELD_AT, place="太原")
    assert "没有待表决的事项" in said(refused)
