"""Whatever a rulebook prescribes is computed again from its bundle, and a record that does not fit is named."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import lifecycle
from app.audit import checkpoints
from app.decisions import queries as decisions
from app.decisions import services as committee
from app.decisions.minutes_paper import _record as minutes_record
from app.kernel import clock
from app.kernel.database import db
from app.notices import services as notices
from app.outcomes import services
from app.panels.models import Draw, SeatOrigin
from app.programmes.models import Edition
from app.ranking import services as rankings
from app.ranking.models import Ranking
from tests.factories import scoring
from tests.factories.decisions import HELD_AT, Committee, close, office, running_edition
from tests.factories.decisions import committee as seated
from tests.factories.notices import PUBLISHED
from tests.factories.outcomes import APPROVED, DOCUMENT, ENDED
from tests.support.bundles import Files, checked, edited, packed, replaced, signed_again, unpacked, words
from tests.support.rulebooks import Place
from tests.support.rulebooks import edited as with_values
from tests.support.server import FrozenClock

ONE_ROUND = (Path(__file__).parents[1] / "data" / "rulebooks" / "one-round.toml").read_text()
ANYWHERE: Mapping[Place, object] = {"panel.region_level": "none", "panel.leader_outside_award_region": False}
"""Experts of these tests sit by name and live anywhere; the region rule has tests of its own."""
AWARD, NOMINATION, REJECT, UNMARKED = "award", "nomination", "reject", "unmarked"
TWO = [(80, 60, 60), (60, 70, 75)]
THREE = [(80, 80, 80), (70, 70, 70), (60, 60, 60)]
TIED = [(70, 70, 70), (70, 70, 70), (60, 60, 60)]
SPREAD = [(80, 60, 90), (70, 55, 50), (60, 50, 40), (50, 45, 60), (40, 40, 50)]


MADE_UP_DRAW = ("✗   draws/paper-2.json", "✗   a draw: ")
"""Where a lot needs a seed: nobody was drawn with it, and the verifier says so."""


@dataclass(frozen=True)
class Case:
    """`votes`: by round what all members choose for each dossier of its ballot paper; `small`: places of small firms."""

    changes: Mapping[Place, object] = field(default_factory=dict)
    scores: Sequence[tuple[int, ...]] = tuple(TWO)
    votes: Sequence[Sequence[str]] = ((AWARD, NOMINATION),)
    small: Sequence[int] = ()
    drawn: bool = False


FIVE = ((AWARD, NOMINATION, NOMINATION, REJECT, REJECT),)
SME_SEAT = [{"tag": "sme", "seats": 1}]
CASES: dict[str, Case] = {
    "the mean": Case(),
    "the leader counts twice": Case({"aggregation.method": "weighted_mean", "aggregation.leader_weight": 2}),
    "without the highest and the lowest": Case({"aggregation.method": "trimmed", "aggregation.trim_from": 3}),
    "too few to leave any out": Case({"aggregation.method": "trimmed", "aggregation.trim_fallback": "closest_pair"}),
    "the median": Case({"aggregation.method": "median"}),
    "half up": Case({"aggregation.decimals": 0, "aggregation.rounding": "half_up"}),
    "standardised by expert": Case(
        {"aggregation.method": "judge_z", "aggregation.spread": "population"}, tuple(SPREAD), FIVE
    ),
    "standardised by group": Case(
        {"aggregation.method": "group_z", "aggregation.spread": "sample"}, tuple(SPREAD), FIVE
    ),
    "a seat kept for small firms": Case({"levels[1].reserved": SME_SEAT}, tuple(SPREAD), FIVE, small=(3,)),
    "a limit for a kind": Case(
        {"levels[1].limits": [{"kind": "organisation", "seats": 1}]}, tuple(THREE), ((AWARD, NOMINATION, NOMINATION),)
    ),
    "a tie left to the committee": Case({}, tuple(TIED), ((NOMINATION, NOMINATION, NOMINATION),)),
    "several rounds": Case({}, tuple(TIED), ((AWARD, AWARD, REJECT), (NOMINATION, NOMINATION, NOMINATION))),
    "the lot parts a tie": Case({"aggregation.ties": ["lot"]}, tuple(TIED), ((AWARD, NOMINATION, REJECT),), drawn=True),
    "the lot follows the vote": Case(
        {"aggregation.ties": ["committee", "lot"]}, tuple(TIED), ((AWARD, AWARD, NOMINATION),), drawn=True
    ),
    "of all members": Case({"committee.counted_of": "all_members"}),
    "at most so many on a ballot": Case({"committee.ballot": "up_to"}, tuple(THREE), ((AWARD, NOMINATION, UNMARKED),)),
}


def reviewed(case: Case) -> Ranking:
    text = with_values(ONE_ROUND, {**ANYWHERE, **case.changes})
    made = scoring.reviewed(case.scores, close=False, edition=running_edition(text=text))
    for seat in made.assignments:
        seat.origin, seat.draw_id, seat.seated_by, seat.reason = SeatOrigin.HAND, None, office().user_id, "示例席位"
    for place in case.small:
        made.dossiers[place].answers = made.dossiers[place].answers | {"size": "small"}
    if case.drawn:
        publish(made.edition.id, made.round.id)
    scoring.services.close_round(office(), made.round)
    ranking = rankings.compute(office(), made.round)
    rankings.confirm(office(), ranking)
    return ranking


def publish(edition_id: int, round_id: int) -> None:
    """A draw as the ceremony leaves it, over nobody: the seats of these tests are given by name, the seed is what counts."""
    draw = Draw(
        edition_id=edition_id,
        round_id=round_id,
        number=2,
        created_at=clock.now(),
        committed_at=clock.now(),
        codes={"key": "c0de" * 16},
        public_value="03 11 17 22 29 31",
        seed="5e" * 32,
    )
    db.session.add(draw)
    db.session.flush()
    for action in ("draw.commit", "draw.draw", "draw.publish"):
        lifecycle.advance(draw, action, office())


def decided(ranking: Ranking, votes: Sequence[Sequence[str]]) -> Committee:
    edition: Edition = ranking.round.edition
    members, actors = seated(edition, 6)
    session = committee.convene(office(), ranking, held_at=HELD_AT, place="太原")
    committee.record_attendance(office(), session, [member.id for member in members])
    committee.open_voting(office(), session)
    for number, choices in enumerate(votes, start=1):
        papers = [paper.application_id for paper in decisions.round_papers(session)]
        for actor in actors:
            committee.vote(actor, session, dict(zip(papers, choices, strict=False)))
        if number < len(votes):
            committee.count(office(), session)
            left = [paper.application_id for paper in decisions.standing(session).may_vote_again]
            committee.vote_again(office(), session, left, reason="名额未满")
    close(session)
    return Committee(edition, ranking, session, members, actors)


def concluded(clock: FrozenClock, case: Case) -> Edition:
    room = decided(reviewed(case), case.votes)
    notice = notices.draft(office(), room.session)
    clock.move_to(PUBLISHED)
    notices.publish(office(), notice)
    clock.move_to(ENDED)
    notices.close(office(), notice)
    clock.move_to(APPROVED)
    services.record_approval(office(), notice, document=DOCUMENT, approved_on=date(2026, 8, 31))
    services.publish(office(), room.edition)
    checkpoints.covering(1)
    return room.edition


def bundle(edition: Edition, *, full: bool) -> Files:
    return unpacked(services.make_bundle(edition, full=full)[1])


IN_EVERY_RUN = ("the mean", "a seat kept for small firms", "several rounds", "the lot follows the vote")
"""One of each kind; the arithmetic of all of them is held against the product's in test_verifier.py."""


@pytest.mark.parametrize(
    "name", [name if name in IN_EVERY_RUN else pytest.param(name, marks=pytest.mark.slow) for name in CASES]
)
def test_every_rule_is_computed_again_from_both_versions(
    app_context: Flask, frozen_clock: FrozenClock, tmp_path: Path, name: str
) -> None:
    edition = concluded(frozen_clock, CASES[name])
    for full in (False, True):
        made = bundle(edition, full=full)
        joined = not full and name == "standardised by expert"
        assert ("which sheets of a round are one expert's" in words({"README.txt": made["README.txt"]})) == joined
        _code, lines = checked(signed_again(made), tmp_path, "--en")
        others = [line for line in lines[:-1] if not line.startswith(("OK", *MADE_UP_DRAW))]
        assert (others, CASES[name].drawn or lines[-1] == "Everything holds.") == ([], True), lines
        for path, change, fault in changes_of(made):
            code, lines = checked(signed_again(edited(made, path, change)), tmp_path, "--en")
            assert code == 1
            assert any(fault in line for line in lines if line.startswith("✗")), (path, lines)


def changes_of(made: Files) -> list[tuple[str, Any, str]]:
    """A rank, a seat of the last round, and a place in the list, each turned into another."""

    def rank(record: dict[str, Any]) -> None:
        record["snapshot"]["rows"][-1]["rank"] = 1
        record["snapshot"]["rows"][-1]["shown"] += "1"

    def seat(record: dict[str, Any]) -> None:
        result = record["rounds"][-1]["results"][0]
        result["level"] = "" if result["level"] else NOMINATION

    def place(record: dict[str, Any]) -> None:
        record["proposals"].reverse()

    path = next(path for path in made if path.startswith("rankings/"))
    return [
        (path, rank, "Ranking of "),
        ("committee/1.json", seat, "Session 1: level of "),
        ("committee/1.json", place, "Session 1: "),
    ]


@pytest.mark.parametrize("name", ["the lot parts a tie", "the lot follows the vote"])
def test_a_lot_from_another_seed_is_named(
    app_context: Flask, frozen_clock: FrozenClock, tmp_path: Path, name: str
) -> None:
    made = bundle(concluded(frozen_clock, CASES[name]), full=False)
    _code, lines = checked(signed_again(replaced(made, "draws/draws.csv", "5e" * 32, "0f" * 32)), tmp_path, "--en")
    assert any("from the first draw's seed" in line for line in lines), lines


def test_a_seat_by_lot_is_marked_in_minutes_and_list(app_context: Flask) -> None:
    case = CASES["the lot follows the vote"]
    room = decided(reviewed(case), case.votes)
    written = decisions.minutes(room.session)
    ((level, won, lost),) = written.lots
    assert (level.zh, len(won), len(lost)) == ("质量奖", 1, 1)
    record = minutes_record(written)
    assert record["levels"][0]["names"] == [f"{won[0]}（抽签决定）"]
    assert any("抽签" in line and "5e5e" in line for line in record["remarks"])
    bundled = [each.counts.get("lot_at") for each, _dossier in written.proposals]
    assert sorted(map(str, bundled)) == ["None", "award", "award"]


def test_papers_lie_beside_their_records_and_only_public_ones_in_the_public_version(
    app_context: Flask, frozen_clock: FrozenClock, tmp_path: Path
) -> None:
    edition = concluded(frozen_clock, CASES["the mean"])
    public, full = (bundle(edition, full=full) for full in (False, True))
    certificates = [f"certificates/SX2026-ZS-{number:03d}.pdf" for number in (1, 2)]
    results = [f"results/SX2026-{number:03d}.pdf" for number in (1, 2)]
    assert papers(public) == [*certificates, "notices/1.pdf"]
    letters = papers(full, "letters/")
    assert letters
    assert papers(full) == [*certificates, "committee/1.pdf", *letters, "notices/1.pdf", "rankings/paper.pdf", *results]
    assert full["notices/1.pdf"] == public["notices/1.pdf"] == bundle(edition, full=False)["notices/1.pdf"]
    shown = words({"notices/1.pdf": public["notices/1.pdf"]})
    assert json.loads(public["notices/1.json"])["digest"] in "".join(shown.split())
    spoilt = {**full, "committee/1.pdf": full["committee/1.pdf"] + b"x"}
    assert "committee/1.pdf" in str(checked(packed(spoilt), tmp_path, "--en"))


def papers(files: Files, folder: str = "") -> list[str]:
    return [path for path in files if path.startswith(folder) and path.endswith(".pdf")]
