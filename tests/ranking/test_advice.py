"""What is said beside a confirmed ranking: made once and kept, seen by those the policy names, and never part of an official number."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from random import Random

import pytest
from flask import Flask

from app import doctor
from app.decisions import services as services_of_committee
from app.decisions.models import CommitteeSession, Recusal
from app.experts.models import ExpertRegionKind
from app.kernel import clock, unit_of_work
from app.kernel.actor import Role
from app.kernel.database import db
from app.ranking import advice_queries, queries, services
from app.ranking.advice_pages import chance
from app.ranking.models import Ranking, RankingAdvice
from tests.factories import decisions, scoring
from tests.factories.ranking import ranked
from tests.support.client import Client

OFFICE, SUPERVISOR, EXPERT, MEMBER = (f"{name}@example.org" for name in ("office", "supervisor", "expert1", "member"))
FEW = [(75, 70, 70), (65, 60, 70), (60, 60, 60)]


def many() -> list[tuple[int, ...]]:
    """Eleven dossiers, five experts who read them all, one of them always kinder: enough to tell severity from chance."""
    draw = Random(3)
    return [
        tuple(30 + 5 * place + 5 * (expert == 0) + draw.choice((0, 0, 5)) for expert in range(5)) for place in range(11)
    ]


@pytest.fixture
def arrange(app: Flask) -> Callable[[], object]:
    @contextmanager
    def arranging() -> Iterator[None]:
        with app.app_context(), unit_of_work.transaction():
            for email, role in ((OFFICE, Role.OFFICE), (SUPERVISOR, Role.SUPERVISOR)):
                scoring.person(email, role)
            yield

    return arranging


def faults() -> tuple[str, ...]:
    (finding,) = (each for each in doctor.examine() if "参考分析" in each.check.text)
    return finding.faults


@pytest.mark.databases
def test_confirming_keeps_the_advice_and_changes_no_official_number(app_context: Flask) -> None:
    _made, ranking = ranked(many())
    before = ranking.digest, [(row.position, row.score) for row in ranking.rows]
    services.confirm(decisions.office(), ranking)
    assert (ranking.digest, [(row.position, row.score) for row in ranking.rows]) == before
    stored = db.session.query(RankingAdvice).one()
    assert stored.seed == str(int(ranking.digest[:32], 16))
    assert len(stored.content["outlooks"]) == 11
    assert stored.content["refusals"] == []
    offsets = {each["expert"]: each["offset"] for each in stored.content["manners"]["paper"]}
    assert max(offsets, key=lambda name: offsets[name]) == "E001"
    assert advice_queries.recomputes(stored)


def test_the_doctor_finds_advice_that_was_changed(app_context: Flask) -> None:
    _made, ranking = ranked(many(), confirm=True)
    assert faults() == ()
    stored = db.session.query(RankingAdvice).one()
    outlooks = [dict(each) for each in stored.content["outlooks"]]
    outlooks[0]["within"] = [0 for _cut in outlooks[0]["within"]]
    stored.content = {**stored.content, "outlooks": outlooks}
    stored.digest = advice_queries.digest_of(stored.given, stored.content)
    db.session.flush()
    assert faults() == (f"ranking_advice {stored.id}",)
    assert queries.recomputes(ranking)


def test_a_ranking_not_confirmed_has_none(arrange, signed_in) -> None:
    with arrange():
        ranked(FEW)
    assert signed_in(OFFICE).get("/rankings/1/advice").status_code == 403


def test_too_few_scores_say_why_and_leave_the_official_ranking(arrange, signed_in) -> None:
    with arrange():
        ranked(FEW, confirm=True)
    page = signed_in(OFFICE).page("/rankings/1/advice")
    assert "只有 9 份评分，少于 30 份" in page.text
    assert len(page.all("table[@id='advice']/tbody/tr")) == 3
    assert "716.67" in page.text
    assert "几乎" not in page.text


@pytest.mark.parametrize(
    ("who", "advice", "experts"),
    [(OFFICE, 200, 200), (SUPERVISOR, 200, 200), (MEMBER, 200, 403), (EXPERT, 404, 404)],
)
def test_who_sees_what(arrange, signed_in, *, who: str, advice: int, experts: int) -> None:
    with arrange():
        made, _ranking = ranked(FEW, confirm=True)
        scoring.person(MEMBER, Role.COMMITTEE, edition_id=made.edition.id)
        dossier = made.dossiers[0].id
    reader = signed_in(who)
    assert reader.get("/rankings/1/advice").status_code == advice
    assert reader.get(f"/rankings/1/dossiers/{dossier}").status_code == advice
    assert reader.get("/rankings/1/experts").status_code == experts


def test_the_committee_reads_how_sure_the_ranking_is(arrange, signed_in, count_queries) -> None:
    with arrange():
        made, _ranking = ranked(many(), confirm=True)
        scoring.person(MEMBER, Role.COMMITTEE, edition_id=made.edition.id)
        expert = made.experts[0].name
    member: Client = signed_in(MEMBER)
    assert "/rankings/1/advice" in member.page("/rankings/1").links()
    with count_queries() as statements:
        page = member.page("/rankings/1/advice")
    assert len(statements) == 6  # those of the ranking, one for what stands beside it, one for who steps aside
    assert len(page.all("table[@id='advice']/tbody/tr")) == 11
    assert page.source.count('<svg class="span"') == 11
    assert "换一种算法" in page.text
    assert "Krippendorff" in page.text
    assert expert not in page.text


def test_the_committee_reads_one_dossier_with_its_experts_under_letters(arrange, signed_in) -> None:
    with arrange():
        made, ranking = ranked(many(), confirm=True)
        scoring.person(MEMBER, Role.COMMITTEE, edition_id=made.edition.id)
        first = ranking.rows[0].application
        name, application_id, expert = first.name, first.id, made.experts[0].name
    member: Client = signed_in(MEMBER)
    assert name in member.page("/rankings/1/advice?view=wall").text
    dossier = member.page(f"/rankings/1/dossiers/{application_id}")
    assert len(dossier.all("details/summary")) >= 5
    assert "专家A：" in dossier.text
    assert expert not in dossier.text
    assert dossier.source.count("<polygon") == 6
    assert member.get("/rankings/1/dossiers/999").status_code == 404


def test_who_steps_aside_from_a_dossier_reads_none_of_its_scores(arrange, signed_in) -> None:
    """Its place stays in the table, which everybody in the session sees; every other dossier opens as before."""
    with arrange():
        made, ranking = ranked(many(), confirm=True)
        member = services_of_committee.add_member(
            decisions.office(),
            made.edition,
            scoring.person(MEMBER, Role.COMMITTEE, edition_id=made.edition.id),
            post="",
        )
        session = session_over(ranking)
        mine, other = (row.application_id for row in ranking.rows[:2])
        db.session.add(Recusal(session_id=session.id, member_id=member.id, application_id=mine, reason="曾任独立董事"))
    reader: Client = signed_in(MEMBER)
    advice = reader.page("/rankings/1/advice")
    assert "您已回避" in advice.text
    assert f"/rankings/1/dossiers/{mine}" not in advice.links()
    refused = reader.get(f"/rankings/1/dossiers/{mine}")
    assert refused.status_code == 403
    assert "您已对这一申报回避" in refused.text
    assert "专家A" not in refused.text
    assert reader.get(f"/rankings/1/dossiers/{other}").status_code == 200


def session_over(ranking: Ranking) -> CommitteeSession:
    now = clock.now()
    session = CommitteeSession(
        edition_id=ranking.edition_id, ranking_id=ranking.id, convened_at=now, held_at=now, members_total=1
    )
    db.session.add(session)
    db.session.flush()
    return session


def test_the_office_sees_how_each_expert_scored(arrange, signed_in) -> None:
    with arrange():
        made, _ranking = ranked(many(), confirm=True)
        names = [expert.name for expert in made.experts]
    page = signed_in(OFFICE).page("/rankings/1/experts")
    rows = page.all("section[1]/table/tbody/tr")
    assert len(rows) == 5
    assert names[0] in "".join(rows[-1].itertext())  # the kindest comes last
    assert "有偏" not in page.text


def test_the_office_reads_what_ties_do_to_scores_as_they_were_on_that_day(arrange, signed_in) -> None:
    """Two of the five experts once worked in the applicants' province and score five dossiers higher: told in figures, and kept."""
    with arrange():
        made, ranking = ranked(many())
        for place in (place for expert in made.experts[:2] for place in expert.regions):
            if place.kind is ExpertRegionKind.FORMER_EMPLOYER:
                place.region_code, place.until = "140100", date(2001, 6, 30)
        db.session.flush()
        services.confirm(decisions.office(), ranking)
        stored = db.session.query(RankingAdvice).one()
        relations = {each["key"]: each for each in stored.content["ties"]["paper"]}
        assert (relations["past"]["tied"], relations["past"]["reviews"]) == (22, 55)
        assert relations["past"]["refused"]["values"] == {"n": 0, "fewest": 5}, (
            "each has read tied dossiers only, or none"
        )
        for place in made.experts[0].regions:
            place.region_code = "440100"
        db.session.flush()
        assert advice_queries.recomputes(stored), "what was read then is kept with it"
    page = signed_in(OFFICE).page("/rankings/1/experts").text
    assert "从前的工作地或户籍地" in page
    assert "有关联和无关联的申报都评过的专家只有 0 位" in page


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.01, "几乎没有可能"),
        (0.99, "几乎肯定"),
        (0.68, "10 次里约 7 次"),
        (0.66, "20 次里约 13 次"),
        (0.05, "20 次里约 1 次"),
    ],
)
def test_chances_are_told_in_twentieths(app: Flask, share: float, said: str) -> None:
    with app.test_request_context():
        assert chance(share) == said
