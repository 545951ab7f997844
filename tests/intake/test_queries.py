"""Lists of bodies and the office, quotas used, and the reasons that can be computed."""

from datetime import date

import pytest

from app.applications.models import Application
from app.intake import queries
from app.intake.queries import Filters, History, history
from app.programmes.queries import rulebook_of
from app.programmes.rules.eligibility import Honour
from app.programmes.rules.values import ApplicantKind
from tests.factories import accounts
from tests.factories import applications as make
from tests.factories import intake as make_intake

pytestmark = pytest.mark.usefixtures("app_context")


def test_quotas_show_used_and_left_of_each_kind() -> None:
    edition, body = make.running_edition(), make_intake.recommending_body()
    make_intake.recommended_application(edition, body)
    lines = queries.quota_lines(body, edition, rulebook_of(edition))
    assert [(line.kind, line.used, line.places, line.left) for line in lines] == [
        (ApplicantKind.ORGANISATION, 1, 3, 2),
        (ApplicantKind.INDIVIDUAL, 0, 1, 1),
    ]


def test_a_body_sees_the_dossiers_of_its_own_region() -> None:
    edition, body = make.running_edition(), make_intake.recommending_body()
    own = make.submitted_application(edition)
    make.submitted_application(edition, city="140100")
    make.draft_application(edition)
    assert [row.id for row in queries.of_body(make_intake.recommender(body), edition.id)] == [own.id]


def test_the_office_filters_by_state_city_and_group(count_queries) -> None:
    edition, body = make.running_edition(), make_intake.recommending_body()
    own = make.submitted_application(edition, city="140213")
    school = make.submitted_application(edition, city="140100", industry="83")
    checked = make_intake.recommended_application(edition, body)
    make.draft_application(edition)
    office = accounts.office()

    def ids(**asked: str) -> list[int]:
        return [row.id for row in queries.listing(office, edition.id, Filters(**asked)).rows]

    assert ids() == [own.id, school.id, checked.id]
    assert ids(state="recommended") == [checked.id]
    assert ids(city="140200") == [own.id, checked.id]
    assert ids(group="public_services") == [school.id]
    assert ids(city="140200", group="public_services") == []
    with count_queries() as statements:
        listing = queries.listing(office, edition.id, Filters(city="140200"))
    assert len(statements) == 2
    assert (listing.total, sum(listing.states.values())) == (2, 3)
    assert listing.cities == ("140100", "140200")


def test_reasons_are_computed_from_the_dossier_and_from_earlier_editions(monkeypatch) -> None:
    application = make.submitted_application(make.running_edition())
    assert queries.eligibility(application) == ()
    application.answers = {**application.answers, "founded": "2025-01-01"}
    won = Honour("award", 3, date(2023, 6, 1))

    def known(_application: Application) -> History:
        return History(honours=(won,))

    monkeypatch.setattr(history, "_sources", [known])
    assert [reason.clause for reason in queries.eligibility(application)] == [
        "eligibility.years_in_operation",
        "eligibility.winner_bans.award",
    ]


def test_an_individual_is_measured_by_years_of_quality_work() -> None:
    application = make.submitted_application(make.running_edition(), kind=ApplicantKind.INDIVIDUAL)
    application.answers = {**application.answers, "quality_work_since": "2025-01-01"}
    assert [reason.clause for reason in queries.eligibility(application)] == ["eligibility.years_of_quality_work"]
