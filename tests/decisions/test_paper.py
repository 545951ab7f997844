"""Ballots on paper: handed out instead of a device, typed in by two, and no nearer to their voters than the others."""

from __future__ import annotations

import pytest
from flask import Flask

from app.decisions import queries, services
from app.decisions.models import BallotPaper
from app.decisions.rules import code_on_paper
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady
from tests.decisions.test_services import dump, events, hidden_order
from tests.factories import decisions as made
from tests.factories.decisions import ABSTAIN, AWARD, NOMINATION, REJECT, Committee, office, supervisor

pytestmark = pytest.mark.usefixtures("app_context")


def second_clerk() -> Actor:
    return made.acting(made.person("second@example.org", Role.OFFICE))


def on_paper(room: Committee, *places: int) -> list[str]:
    """These members take printed ballots; their serials."""
    services.hand_out_papers(office(), room.session, [room.members[place].id for place in places])
    return [paper.serial for paper in queries.papers_out(room.session)]


def read_twice(room: Committee, serial: str, *choices: str) -> None:
    for clerk in (office(), second_clerk()):
        services.read_paper(clerk, room.session, serial, room.mark(*choices))


def test_a_paper_goes_into_the_box_when_two_people_read_the_same() -> None:
    room = made.voting()
    serial, _other = on_paper(room, 0, 1)
    assert services.read_paper(
        office(), room.session, f"{serial[:5]}-{serial[5:].lower()}", room.mark(AWARD, REJECT, ABSTAIN)
    )
    assert not queries.box(room.session.id), "one reading alone counts nothing"
    assert services.read_paper(second_clerk(), room.session, serial, room.mark(AWARD, REJECT, ABSTAIN)) is None
    found = {row.code: row.choice for rows in queries.box(room.session.id).values() for row in rows}
    codes = [code_on_paper(serial, dossier.id) for dossier in room.dossiers]
    assert found == dict(zip(codes, (AWARD, REJECT, ABSTAIN), strict=True)), "the codes are those printed on the paper"
    assert room.session.rounds[0].clerks == ["office", "second"]
    with pytest.raises(Invalid, match="或者它已在票箱中"):
        services.read_paper(office(), room.session, serial, room.mark(AWARD, REJECT, ABSTAIN))


def test_nobody_is_both_readers() -> None:
    room = made.voting()
    serial, _other = on_paper(room, 0, 1)
    for _time in range(2):
        services.read_paper(office(), room.session, serial, room.mark(AWARD, REJECT, ABSTAIN))
    assert not queries.box(room.session.id)


def test_readings_that_differ_wait_until_one_of_the_two_corrects_his_own() -> None:
    room = made.voting()
    serial, _other = on_paper(room, 0, 1)
    services.read_paper(office(), room.session, serial, room.mark(AWARD, REJECT, ABSTAIN))
    paper = services.read_paper(second_clerk(), room.session, serial, room.mark(AWARD, REJECT, REJECT))
    assert paper is not None
    assert (paper.first == paper.second, room.session.rounds[0].differed) == (False, 1)
    third = made.acting(made.person("third@example.org", Role.OFFICE))
    with pytest.raises(Invalid, match="已由另外两人录入"):
        services.read_paper(third, room.session, serial, room.mark(AWARD, REJECT, REJECT))
    assert services.read_paper(office(), room.session, serial, room.mark(AWARD, REJECT, REJECT)) is None
    assert len(queries.box(room.session.id)) == 3


def test_who_votes_on_paper_does_not_vote_on_a_device_too() -> None:
    room = made.voting()
    on_paper(room, 0, 1)
    with pytest.raises(Exception, match="没有可用的选票"):
        services.vote(room.actors[0], room.session, room.mark(AWARD, AWARD, AWARD))
    with pytest.raises(Invalid, match="已经发出"):
        services.hand_out_papers(office(), room.session, [room.members[2].id, room.members[3].id])


def test_a_paper_that_its_lines_would_betray_is_not_handed_out() -> None:
    room = made.convened()
    services.recuse(room.actors[0], room.session, room.dossiers[0], reason="亲属任职")
    services.record_attendance(office(), room.session, [member.id for member in room.members])
    services.open_voting(office(), room.session)
    services.vote(room.actors[1], room.session, room.mark(AWARD, AWARD, AWARD))
    with pytest.raises(Invalid, match="至少两位"):
        services.hand_out_papers(office(), room.session, [room.members[2].id])
    for betrayed in (0, 1):
        with pytest.raises(Invalid, match="已投票，或有回避事项"):
            services.hand_out_papers(office(), room.session, [room.members[betrayed].id, room.members[2].id])
    with pytest.raises(Forbidden):
        services.hand_out_papers(supervisor(), room.session, [member.id for member in room.members[2:]])


def test_a_paper_is_read_whole() -> None:
    room = made.voting()
    serial, _other = on_paper(room, 0, 1)
    with pytest.raises(NotReady):
        services.read_paper(office(), room.session, serial, {room.dossiers[0].id: AWARD})


def test_a_paper_that_never_came_back_is_a_vote_not_cast() -> None:
    room = made.voting(size=3)
    serial, _lost = on_paper(room, 0, 1)
    read_twice(room, serial, AWARD, AWARD, AWARD)
    services.vote(room.actors[2], room.session, room.mark(AWARD, AWARD, REJECT))
    made.close(room.session)
    entitled = {
        dossier.id: (proposal.entitled, proposal.level_key) for proposal, dossier in queries.proposals(room.session.id)
    }
    # two of three are two thirds
    assert entitled[room.dossiers[0].id] == (3, AWARD)
    assert entitled[room.dossiers[2].id] == (3, "")


@pytest.mark.databases
def test_nothing_stored_joins_a_member_to_a_ballot_on_paper(app: Flask) -> None:
    room = made.voting()
    serials = on_paper(room, 0, 1, 2)
    for serial, choice in zip(serials, (AWARD, NOMINATION, REJECT), strict=True):
        read_twice(room, serial, choice, choice, choice)
    services.vote(room.actors[3], room.session, room.mark(AWARD, AWARD, AWARD))
    db.session.commit()
    stored = dump()
    assert stored["ballot_paper"] == [], "what was read is gone with the paper"
    elsewhere = repr({name: rows for name, rows in stored.items() if name != "ballot"})
    codes = [code_on_paper(serial, dossier.id) for serial in serials for dossier in room.dossiers]
    assert not [each for each in (*serials, *codes) if each in elsewhere]
    assert not hidden_order(app)
    assert {key for event in events("session.read_paper") for key in event.detail} == {"round"}
    assert "member_id" not in BallotPaper.__table__.columns
