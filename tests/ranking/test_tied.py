"""What ties an expert to a dossier that he may lawfully judge, read from the records as they stand when a ranking is confirmed."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from app.experts.models import Expert, ExpertRegion, ExpertRegionKind
from app.kernel import credit_code
from app.kernel.database import db
from app.ranking import tied
from app.ranking.advice.ties import Labels
from tests.factories.intake import recommending_body
from tests.factories.scoring import Panel, panel

pytestmark = pytest.mark.databases
EMPLOYER, RESIDENCE = ExpertRegionKind.EMPLOYER, ExpertRegionKind.RESIDENCE
FORMER, REGISTRATION = ExpertRegionKind.FORMER_EMPLOYER, ExpertRegionKind.REGISTRATION


def moved(expert: Expert, *places: tuple[ExpertRegionKind, str, date | None]) -> None:
    expert.regions = []
    db.session.flush()
    expert.regions = [ExpertRegion(kind=kind, region_code=code, until=until) for kind, code, until in places]
    db.session.flush()


def shared(labels: Labels, expert: Expert, made: Panel) -> set[str]:
    return set(labels.experts[expert.number]) & set(labels.dossiers[made.dossiers[0].number])


@pytest.fixture
def made(app_context: Flask) -> Panel:
    """One dossier from Taiyuan in Shanxi, two experts from elsewhere."""
    return panel(1, 2)


def test_a_neighbour_shares_the_next_larger_region(made: Panel) -> None:
    near, far = made.experts
    moved(near, (EMPLOYER, "130100", None))
    moved(far, (EMPLOYER, "440100", None))
    found = tied.labels_of(made.edition)[tied.NEAR]
    assert (shared(found, near, made), shared(found, far, made)) == ({"1"}, set())


def test_a_place_that_the_rule_does_not_count_is_a_tie_of_the_past(made: Panel) -> None:
    """Left long ago, or only on the household register; a place that counts would have kept him off the panel."""
    left, registered = made.experts
    moved(left, (EMPLOYER, "440100", None), (FORMER, "140100", date(2001, 6, 30)))
    moved(registered, (EMPLOYER, "440100", None), (REGISTRATION, "140300", None))
    found = tied.labels_of(made.edition)[tied.PAST]
    assert [shared(found, each, made) for each in made.experts] == [{"14"}, {"14"}]
    moved(left, (EMPLOYER, "440100", None), (FORMER, "330100", date(2001, 6, 30)))
    assert shared(tied.labels_of(made.edition)[tied.PAST], left, made) == set()


def test_the_recommending_body_ties_by_its_city_and_one_of_the_province_ties_nobody(made: Panel) -> None:
    expert, other = made.experts
    moved(expert, (RESIDENCE, "440100", None), (FORMER, "140212", date(2001, 6, 30)))
    (dossier,) = made.dossiers
    dossier.body_id = recommending_body(region="140200").id
    found = tied.labels_of(made.edition)[tied.BODY]
    assert (shared(found, expert, made), shared(found, other, made)) == ({"1402"}, set())
    dossier.body_id = recommending_body("省商务厅", region="140000").id
    assert tied.labels_of(made.edition)[tied.BODY].dossiers[dossier.number] == []


def test_the_kind_of_employer_is_what_the_credit_code_says(made: Panel) -> None:
    company, university = made.experts
    company.employer_code = credit_code.make(1, "440100")
    university.employer_code = credit_code.make(2, "440100", kind=credit_code.INSTITUTION)
    db.session.flush()
    found = tied.labels_of(made.edition)[tied.EMPLOYER]
    assert (shared(found, company, made), shared(found, university, made)) == ({"91"}, set())
    company.employer_code = ""
    assert tied.labels_of(made.edition)[tied.EMPLOYER].experts[company.number] == [], "unknown is no tie"
