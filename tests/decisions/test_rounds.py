"""Rounds within a session, the denominator, ballots of at most n, and the reason for a departure from the official order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from app.decisions import queries, services
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, WrongState
from tests.decisions.test_services import dump, events, hidden_order, said
from tests.factories import decisions as made
from tests.factories.decisions import ABSTAIN, AWARD, NOMINATION, REJECT, Committee, office, supervisor

pytestmark = pytest.mark.usefixtures("app_context")

OF_ALL = {'counted_of = "present"': 'counted_of = "all_members"'}
UP_TO = {'ballot = "each"': 'ballot = "up_to"'}
ONE_ROUND = {"rounds = 3": "rounds = 1"}
FULL = {"vacancy_allowed = true": "vacancy_allowed = false"}
TIED = [800, 790, 780, 770, 600, 600]


def count(room: Committee, ballots: Sequence[Sequence[str]]) -> None:
    for actor, choices in zip(room.actors, ballots, strict=True):
        services.vote(actor, room.session, room.mark(*choices))
    services.count(office(), room.session)


def again(room: Committee, choices: Mapping[int, Sequence[str]], reason: str = "并列") -> None:
    """Another round on the dossiers at these places, with one choice for each member, counted."""
    dossiers = [room.dossiers[place].id for place in choices]
    services.vote_again(office(), room.session, dossiers, reason=reason)
    for number, actor in enumerate(room.actors):
        services.vote(actor, room.session, {room.dossiers[place].id: each[number] for place, each in choices.items()})
    services.count(office(), room.session)


def levels(room: Committee) -> list[str]:
    return [dossier.level_key or dossier.state for dossier in room.dossiers]


def test_nothing_is_decided_before_the_session_closes() -> None:
    room = made.voting()
    count(room, [[AWARD, NOMINATION, REJECT]] * 6)
    assert (room.session.state, levels(room)) == ("counted", ["under_review"] * 3)
    assert events("session.count")[0].detail == {"round": 1, "seated": 2}
    services.close(office(), room.session)
    assert levels(room) == [AWARD, NOMINATION, "not_proposed"]


def test_a_tie_is_voted_on_again_in_the_same_session() -> None:
    room = made.voting(TIED)
    count(room, [[AWARD] * 6] * 6)
    assert queries.room(room.session, office()).proposed_again == {dossier.id for dossier in room.dossiers[4:]}
    again(room, {4: [AWARD] * 6, 5: [NOMINATION] + [AWARD] * 5})
    services.close(office(), room.session)
    assert levels(room) == [AWARD] * 5 + [NOMINATION]
    assert events("session.vote_again")[0].reason == "并列"
    minutes = queries.minutes(room.session)
    assert [(voted.number, votes) for voted, _rows, votes in minutes.rounds] == [(1, (6, 6)), (2, (6, 6))]
    assert [proposal.round_number for proposal, _dossier in minutes.proposals] == [1, 1, 1, 1, 2, 2]


def test_who_failed_may_get_the_empty_seat_of_a_further_round() -> None:
    room = made.voting([700, 650])
    count(room, [[AWARD, REJECT]] * 6)
    again(room, {1: [AWARD] * 6}, reason="质量奖尚余四个名额，委员会再议")
    services.close(office(), room.session)
    assert levels(room) == [AWARD, AWARD]
    assert queries.minutes(room.session).vacant[0][1] == 3


def test_who_has_left_gets_no_further_ballot_and_who_came_late_gets_one() -> None:
    room = made.voting([700, 650], present=5)
    for actor in room.actors[:5]:
        services.vote(actor, room.session, room.mark(AWARD, REJECT))
    services.count(office(), room.session)
    left, late = room.members[0], room.members[5]
    here = [member.id for member in room.members[1:]]
    second = [room.dossiers[1].id]
    with pytest.raises(NotReady) as refused:
        services.vote_again(office(), room.session, second, reason="再议", present=here[:3])
    assert "未达到法定人数：委员共 6 人" in said(refused)
    with pytest.raises(Invalid, match="不是本届委员"):
        services.vote_again(office(), room.session, second, reason="再议", present=[*here, 999])
    services.vote_again(office(), room.session, second, reason="再议", present=here)
    with pytest.raises(WrongState, match="没有可用的选票"):
        services.vote(room.actors[0], room.session, {second[0]: AWARD})
    for actor in room.actors[1:]:
        services.vote(actor, room.session, {second[0]: AWARD})
    services.count(office(), room.session)
    services.close(office(), room.session)
    minutes = queries.minutes(room.session)
    assert [counted.entitled for _voted, rows, _votes in minutes.rounds for counted in rows] == [5, 5, 5]
    assert minutes.without_ballot(1) == [late.user.name]
    assert minutes.without_ballot(2) == [left.user.name]
    assert minutes.present == {member.id for member in room.members}


def test_a_further_round_needs_a_reason_somebody_left_and_a_round_left() -> None:
    room = made.voting([700, 650])
    with pytest.raises(WrongState):
        services.vote_again(office(), room.session, [], reason="x")
    count(room, [[AWARD, REJECT]] * 6)
    with pytest.raises(Invalid, match="请写明为什么再投一轮"):
        services.vote_again(office(), room.session, [room.dossiers[1].id], reason=" ")
    with pytest.raises(Invalid, match="请至少选择一件"):
        services.vote_again(office(), room.session, [room.dossiers[0].id], reason="已列入的不再投")
    with pytest.raises(Forbidden):
        services.vote_again(supervisor(), room.session, [room.dossiers[1].id], reason="x")
    for _round in range(2):
        again(room, {1: [REJECT] * 6})
    with pytest.raises(NotReady) as refused:
        services.vote_again(office(), room.session, [room.dossiers[1].id], reason="x")
    assert "最多投 3 轮，已经投了 3 轮" in said(refused)


def test_a_rulebook_may_allow_one_round_only() -> None:
    room = made.voting(TIED, lines=ONE_ROUND)
    count(room, [[AWARD] * 6] * 6)
    with pytest.raises(NotReady):
        services.vote_again(office(), room.session, [room.dossiers[5].id], reason="x")
    services.close(office(), room.session)
    assert levels(room)[4:] == ["under_review"] * 2, "a tie waits for a new session"


@pytest.mark.parametrize(
    ("lines", "entitled", "expected"),
    [(made.NO_CHANGE, [5, 5, 5], [AWARD, AWARD]), (OF_ALL, [7, 6, 7], [NOMINATION, AWARD])],
)
def test_the_majority_may_be_one_of_all_members(
    lines: Mapping[str, str], entitled: list[int], expected: list[str]
) -> None:
    """Four of five present are two thirds, four of seven are not; who stepped aside while absent leaves the seven."""
    room = made.convened(size=7, lines=lines)
    services.recuse(room.actors[6], room.session, room.dossiers[1], reason="亲属任职")
    services.record_attendance(office(), room.session, [member.id for member in room.members[:5]])
    services.open_voting(office(), room.session)
    for actor in room.actors[:4]:
        services.vote(actor, room.session, room.mark(AWARD, AWARD, REJECT))
    made.close(room.session)
    counted = {dossier.id: proposal for proposal, dossier in queries.proposals(room.session.id)}
    assert [counted[dossier.id].entitled for dossier in room.dossiers] == entitled
    assert levels(room)[:2] == expected


def test_a_ballot_of_at_most_n_leaves_the_rest_unchosen() -> None:
    room = made.voting([800, 790, 780, 770, 760, 750, 740], lines=UP_TO)
    assert room.session.rounds[0].limits == {"award": 5, "nomination": 10}
    with pytest.raises(NotReady) as refused:
        services.vote(room.actors[0], room.session, room.mark(*[AWARD] * 6, "unmarked"))
    assert "质量奖最多选 5 件，您选了 6 件" in said(refused)
    with pytest.raises(NotReady):
        services.vote(room.actors[0], room.session, room.mark(*[AWARD] * 5, NOMINATION, ABSTAIN))
    count(room, [[*[AWARD] * 5, NOMINATION, "unmarked"]] * 6)
    services.close(office(), room.session)
    assert levels(room) == [AWARD] * 5 + [NOMINATION, "not_proposed"]


def test_a_departure_from_the_official_order_needs_a_reason() -> None:
    room = made.voting([700, 650, 640])
    count(room, [[NOMINATION, AWARD, REJECT]] * 6)
    standing = queries.standing(room.session)
    first, second, _third = (dossier.id for dossier in room.dossiers)
    assert [(each.passed, each.level_key, each.for_whom) for each in standing.departures] == [(first, AWARD, (second,))]
    with pytest.raises(NotReady) as refused:
        services.close(office(), room.session)
    assert "名单与官方排名的次序不一致" in said(refused)
    services.close(office(), room.session, reason="委员认为第二名更有示范作用。")
    assert events("session.close")[0].reason == "委员认为第二名更有示范作用。"
    assert queries.minutes(room.session).departures[0][0].zh == "企业01"


def test_a_seat_that_must_be_given_stays_empty_only_with_a_reason() -> None:
    room = made.voting([700, 650], lines=FULL)
    count(room, [[AWARD, NOMINATION]] * 6)
    with pytest.raises(NotReady) as refused:
        services.close(office(), room.session)
    assert "质量奖名额应当授满，现有空缺" in said(refused)
    services.close(office(), room.session, reason="其余申报未达到表决比例。")
    assert room.session.closing["vacant"] == {"award": 4, "nomination": 9}


@pytest.mark.databases
def test_rounds_do_not_join_the_ballots_of_one_hand(app: object) -> None:
    room = made.voting(TIED)
    count(room, [[AWARD] * 6] * 6)
    services.vote_again(office(), room.session, [dossier.id for dossier in room.dossiers[4:]], reason="并列")
    for number, actor in enumerate(room.actors):
        services.vote(
            actor, room.session, {room.dossiers[4].id: AWARD if number else REJECT, room.dossiers[5].id: AWARD}
        )
    db.session.commit()
    kept = [(row["code"], row["round_number"]) for row in dump()["ballot"]]
    assert kept == sorted(kept), "rounds lie in one order, that of their random codes"
    assert {number for _code, number in kept} == {1, 2}
    assert not hidden_order(app), "no mark of the database tells one vote from another, of any round"  # type: ignore[arg-type]
