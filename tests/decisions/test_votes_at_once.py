"""One person, one voice (reliability: A35), at the same moment: two windows, two nodes, a paper and a device, a vote while
the box is opened. Each test holds one transaction open until the other one waits for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting
from dataclasses import dataclass
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from app.config import Settings
from app.decisions import services
from app.decisions.models import Ballot, BallotPaper, BallotRight, CommitteeSession
from app.kernel import unit_of_work
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, WrongState
from tests.factories import decisions as made
from tests.factories.decisions import AWARD, NOMINATION, REJECT, office
from tests.support.client import Client, Form, document
from tests.support.databases import DEMO_PASSWORD, make_app, release

pytestmark = pytest.mark.databases

WAITING_SECONDS = 0.4
MEMBER = "member1@example.org"
FIRST, OTHER = (AWARD, NOMINATION, REJECT), (REJECT, REJECT, REJECT)
Step = Callable[[CommitteeSession], object]


@dataclass
class Room:
    """A committee that votes, by ids: the tests meet it in several transactions."""

    session_id: int
    actors: list[Actor]
    members: list[int]
    dossiers: list[int]

    def vote(self, choices: tuple[str, ...], member: int = 0) -> Step:
        ballot = dict(zip(self.dossiers, choices, strict=True))
        return lambda session: services.vote(self.actors[member], session, ballot)

    def hand_out(self, *members: int) -> Step:
        return lambda session: services.hand_out_papers(office(), session, [self.members[each] for each in members])


@pytest.fixture
def room(app: Flask) -> Room:
    with app.app_context(), unit_of_work.transaction():
        voting = made.voting()
        made.let_in(MEMBER)
        dossiers = [dossier.id for dossier in voting.dossiers]
        return Room(voting.session.id, voting.actors, [member.id for member in voting.members], dossiers)


def alone(app: Flask, room: Room, step: Step) -> None:
    with app.app_context(), unit_of_work.transaction():
        step(db.session.get_one(CommitteeSession, room.session_id))


def meanwhile(app: Flask, room: Room, first: Step, second: Step) -> Future[None]:
    """The first has done its work and not yet committed when the second begins; the second has to wait for it."""
    with ThreadPoolExecutor(1) as other, app.app_context(), unit_of_work.transaction():
        first(db.session.get_one(CommitteeSession, room.session_id))
        db.session.flush()
        waiting = other.submit(alone, app, room, second)
        with pytest.raises(StillWaiting):
            waiting.result(WAITING_SECONDS)
    return waiting


def box(app: Flask) -> Counter[str]:
    with app.app_context():
        return Counter(db.session.scalars(select(Ballot.choice)))


def count(session: CommitteeSession) -> None:
    services.count(office(), session)


def close(session: CommitteeSession) -> None:
    services.close(office(), session, reason="以表决为准")


def test_of_two_windows_the_first_votes(app: Flask, room: Room) -> None:
    waiting = meanwhile(app, room, room.vote(FIRST), room.vote(OTHER))
    with pytest.raises(WrongState, match="已经投过票"):
        waiting.result()
    assert box(app) == Counter(FIRST)


def test_whoever_took_a_paper_meanwhile_has_no_vote_on_a_device(app: Flask, room: Room) -> None:
    waiting = meanwhile(app, room, room.hand_out(0, 1), room.vote(FIRST))
    with pytest.raises(WrongState, match="已经投过票"):
        waiting.result()
    assert box(app) == Counter()
    with app.app_context():
        assert len(db.session.scalars(select(BallotPaper)).all()) == 2


def test_whoever_voted_meanwhile_gets_no_paper(app: Flask, room: Room) -> None:
    waiting = meanwhile(app, room, room.vote(FIRST), room.hand_out(0, 1))
    with pytest.raises(Invalid, match="有人已投票"):
        waiting.result()
    assert box(app) == Counter(FIRST)
    with app.app_context():
        assert db.session.scalars(select(BallotPaper)).all() == []


def test_one_paper_read_twice_at_once_goes_into_the_box_once(app: Flask, room: Room) -> None:
    alone(app, room, room.hand_out(0, 1))
    with app.app_context():
        serial = min(db.session.scalars(select(BallotPaper.serial)))
        second = made.acting(made.person("second@example.org", made.Role.OFFICE))
        db.session.commit()
    ballot = dict(zip(room.dossiers, FIRST, strict=True))
    alone(app, room, lambda session: services.read_paper(office(), session, serial, ballot))
    reads: Step = lambda session: services.read_paper(second, session, serial, ballot)  # noqa: E731 - one of a pair
    with pytest.raises(Invalid, match="已在票箱中"):
        meanwhile(app, room, reads, reads).result()
    assert box(app) == Counter(FIRST)


def test_the_count_waits_for_a_vote_under_way_and_counts_it(app: Flask, room: Room) -> None:
    meanwhile(app, room, room.vote(FIRST), count).result()
    with app.app_context():
        session = db.session.get_one(CommitteeSession, room.session_id)
        counted = {row["application_id"]: row["votes"] for row in session.rounds[0].results}
    assert counted == {dossier: {choice: 1} for dossier, choice in zip(room.dossiers, FIRST, strict=True)}


def test_a_vote_that_comes_during_the_count_is_refused_and_stores_nothing(app: Flask, room: Room) -> None:
    alone(app, room, room.vote(FIRST, member=1))
    waiting = meanwhile(app, room, count, room.vote(OTHER))
    with pytest.raises((Forbidden, WrongState)):
        waiting.result()
    assert box(app) == Counter(FIRST)
    with app.app_context():
        used = select(BallotRight.member_id).where(BallotRight.used)
        assert db.session.scalars(used).all() == [room.members[1]], "the refused member's right is not used up"


@pytest.mark.parametrize("first", ["close", "vote again"])
def test_a_session_is_closed_or_votes_again_never_both(app: Flask, room: Room, first: str) -> None:
    alone(app, room, room.vote(FIRST))
    alone(app, room, count)

    def again(session: CommitteeSession) -> None:
        services.vote_again(office(), session, room.dossiers, reason="未过半数")

    steps = [close, again] if first == "close" else [again, close]
    with pytest.raises((Forbidden, WrongState)):
        meanwhile(app, room, *steps).result()
    with app.app_context():
        session = db.session.get_one(CommitteeSession, room.session_id)
        assert (session.state.value, len(session.rounds)) == (("closed", 1) if first == "close" else ("voting", 2))


# --- through the front door: one member, two nodes, several windows on each ---------------------------------------


@pytest.fixture
def nodes(app: Flask, settings: Settings) -> Iterator[list[Flask]]:
    """Two servers on one database; they share nothing else."""
    other = make_app(settings)
    yield [app, other]
    release(other)


def window(node: Flask, room: Room, choice: str) -> tuple[Client, Form]:
    """Signed in, the ballot filled in and read back: one press away from the vote. Each has its own idempotency key."""
    client = node.test_client()
    assert isinstance(client, Client)
    client.password = DEMO_PASSWORD
    client.sign_in(MEMBER)
    choices = {f"choice_{dossier}": choice for dossier in room.dossiers}
    check = client.submit(f"/committee/{room.session_id}/vote", form="check", **choices)
    return client, next(form for form in document(check).forms if form.action == f"/committee/{room.session_id}/vote")


def test_six_windows_on_two_nodes_cast_one_vote(nodes: list[Flask], room: Room) -> None:
    choices = (AWARD, NOMINATION, REJECT)
    windows = [window(node, room, choice) for node in nodes for choice in choices]
    start = Barrier(len(windows))

    def press(client: Client, form: Form) -> tuple[int, str]:
        start.wait(10)
        answer = client.send(form, "", "", {})
        return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(len(windows)) as pool:
        answers = [future.result() for future in [pool.submit(press, *each) for each in windows]]
    cast = [number for number, (status, _where) in enumerate(answers) if status == 303]
    assert len(cast) == 1, answers
    assert {status for number, (status, _where) in enumerate(answers) if number not in cast} == {409}
    assert answers[cast[0]][1].endswith("/vote/codes")
    assert box(nodes[0]) == Counter({choices[cast[0] % 3]: len(room.dossiers)})
