"""What may be seen, how a dossier reads, what its timeline tells."""

import pytest
from sqlalchemy import select

from app.applications import queries
from app.applications.models import Application
from app.kernel.actor import Actor
from app.kernel.database import db
from app.policy import allows
from tests.factories import accounts
from tests.factories import applications as make
from tests.factories import intake as make_intake

pytestmark = pytest.mark.usefixtures("app_context")


def test_the_list_shows_exactly_what_the_policy_lets_read() -> None:
    edition, body = make.running_edition(), make_intake.recommending_body()
    owner = make.applicant_person()
    make.draft_application(edition, owner)
    make.draft_application(edition)
    make.submitted_application(edition)
    make.submitted_application(edition, city="140100")
    make_intake.recommended_application(edition, body)
    people = [
        owner,
        make.applicant_person(),
        make_intake.recommender(body),
        accounts.office(),
        accounts.supervisor(),
        Actor.anonymous(),
    ]
    everything = list(db.session.scalars(select(Application)))
    for actor in people:
        seen = set(db.session.scalars(select(Application).where(queries.visible_to(actor))))
        assert seen == {each for each in everything if allows(actor, "application.read", each)}, actor.name


def test_experts_read_the_version_that_was_handed_in(count_queries) -> None:
    application = make.submitted_application(make.running_edition(), sites=("130100",))
    rulebook = queries.rulebook_for(application)
    db.session.flush()
    with count_queries() as statements:
        dossier = queries.submitted_dossier(application.id, rulebook)
    assert len(statements) == 1
    assert dossier is not None
    assert dossier == queries.read_content(queries.find_receipt(application, 1).content, rulebook, version=1)
    assert [category.code for category in dossier.categories] == [f"4.{number}" for number in range(1, 8)]
    assert sum(len(category.items) for category in dossier.categories) == 23
    assert dossier.overview == make.TEXT
    assert len(dossier.files) == 2
    assert dossier.years == (2023, 2024, 2025)
    named = [str(line.value) for line in dossier.parts[0].lines]
    assert "山西省大同市" in named
    assert "河北省石家庄市" in named


def test_a_draft_has_no_version_that_was_handed_in() -> None:
    application = make.draft_application(make.running_edition())
    assert queries.submitted_dossier(application.id, queries.rulebook_for(application)) is None
    assert queries.current_dossier(application).overview == ""


def test_the_timeline_speaks_public_words_and_gives_the_office_words() -> None:
    application = make_intake.returned_application(
        make.running_edition(), make_intake.recommending_body(), reason="请补充审计报告。"
    )
    steps = queries.timeline(application)
    done = [(str(step.label), step.phase, step.words) for step in steps if step.at]
    assert done == [
        ("填写中", "done", ""),
        ("已提交，待推荐", "done", ""),
        ("已推荐，待审查", "done", ""),
        ("待补正", "now", "请补充审计报告。"),
    ]
    assert [str(step.label) for step in steps if step.phase == "next"] == ["形式审查", "评审", "公示与公布"]


def test_the_applicant_sees_the_own_dossiers_only() -> None:
    edition, owner = make.running_edition(), make.applicant_person()
    application = make.draft_application(edition, owner)
    make.draft_application(edition)
    assert [row.id for row in queries.mine(owner)] == [application.id]
