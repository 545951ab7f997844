"""Terms of members, the agenda, and what the papers show."""

from __future__ import annotations

from datetime import date

import pytest

from app.decisions import queries, services
from app.decisions.rules import Term, term_problems
from app.kernel.actor import Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid
from app.kernel.outbox import OutboxMessage
from tests.factories import decisions as made
from tests.factories.decisions import office, supervisor

D = date


@pytest.mark.parametrize(
    ("term", "years", "terms", "said"),
    [
        (Term(), 0, 0, []),
        (Term(), 4, 0, ["每届任期 4 年"]),
        (Term(D(2024, 1, 1), D(2027, 12, 31)), 4, 2, []),
        (Term(D(2024, 1, 1), D(2028, 1, 1)), 4, 2, ["最迟到 2027-12-31"]),
        (Term(D(2024, 2, 29), D(2028, 2, 28)), 4, 0, []),
        (Term(D(2024, 1, 1), D(2023, 12, 31)), 0, 0, ["不能早于"]),
        (Term(number=3), 0, 2, ["不能超过 2 届"]),
    ],
)
def test_a_term_keeps_the_rulebook(term: Term, years: int, terms: int, said: list[str]) -> None:
    problems = term_problems(term, years=years, terms=terms)
    assert len(problems) == len(said)
    assert all(part in str(problem) for (_field, problem), part in zip(problems, said, strict=True))


@pytest.mark.parametrize(("day", "sits"), [(D(2025, 12, 31), False), (D(2026, 1, 1), True), (D(2027, 1, 1), False)])
def test_a_term_has_a_first_and_a_last_day(day: date, sits: bool) -> None:  # noqa: FBT001 - a case
    assert Term(D(2026, 1, 1), D(2026, 12, 31)).holds_on(day) is sits


@pytest.mark.usefixtures("app_context")
def test_a_member_whose_term_has_ended_is_neither_called_nor_counted() -> None:
    edition = made.running_edition()
    ranking = made.final_ranking(edition, [700, 650])
    made.committee(edition, 2)
    former = made.person("former@example.org", Role.COMMITTEE)
    ended = Term(D(2022, 1, 1), D(2026, 8, 4))
    gone = services.add_member(office(), edition, former, post="", term=ended)
    session = services.convene(office(), ranking, held_at=made.HELD_AT, place="太原", agenda=["投票", "计票"])
    mails = db.session.query(OutboxMessage).filter_by(action="session.convene").all()
    assert (session.members_total, len(mails)) == (2, 2)
    assert "1. 投票\n2. 计票" in mails[0].body
    with pytest.raises(Invalid, match="不是本届委员"):
        services.record_attendance(office(), session, [gone.id])
    services.record_attendance(office(), session, [member.id for member in queries.sitting_members(session)])
    services.open_voting(office(), session)
    assert session.members_total == 2


@pytest.mark.usefixtures("app_context")
def test_a_rulebook_limits_terms() -> None:
    edition = made.running_edition(lines={"term_years = 0": "term_years = 4", "terms = 0": "terms = 2"})
    user = made.person("wang@example.org", Role.COMMITTEE)
    with pytest.raises(Invalid, match="请填写任期的起止日期"):
        services.add_member(office(), edition, user, post="")
    third = Term(D(2026, 1, 1), D(2029, 12, 31), 3)
    with pytest.raises(Invalid, match="连任不能超过 2 届"):
        services.add_member(office(), edition, user, post="", term=third)


@pytest.mark.usefixtures("app_context")
def test_the_agenda_may_change_until_the_vote_opens() -> None:
    room = made.convened()
    with pytest.raises(Forbidden):
        services.plan_agenda(supervisor(), room.session, ["投票"])
    services.plan_agenda(office(), room.session, ["报告", "投票"])
    assert room.session.agenda == ["报告", "投票"]
    services.record_attendance(office(), room.session, [member.id for member in room.members])
    services.open_voting(office(), room.session)
    with pytest.raises(Forbidden):
        services.plan_agenda(office(), room.session, ["投票"])


@pytest.mark.usefixtures("app_context")
def test_papers_may_hide_the_scores() -> None:
    room = made.convened(lines={"scores_shown = true": "scores_shown = false"})
    assert [(paper.rank, paper.shown) for paper in queries.papers(room.session)] == [(1, ""), (2, ""), (3, "")]
