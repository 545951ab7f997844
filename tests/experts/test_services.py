"""Importing and editing experts: what is done, refused, stale; nothing half."""

import pytest
from sqlalchemy import func, select

from app.accounts.models import RoleGrant, User
from app.audit.models import AuditEvent
from app.experts import queries, services
from app.experts.models import Expert
from app.kernel.actor import Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, Stale, WrongState
from app.workflow import PoolImportState
from tests.factories.accounts import office, person, supervisor
from tests.factories.experts import pool, preview, row

pytestmark = pytest.mark.usefixtures("app_context")


def experts() -> int:
    return db.session.scalar(select(func.count()).select_from(Expert)) or 0


def last_event(action: str) -> AuditEvent:
    return db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == action, AuditEvent.subject_type != "user").order_by(AuditEvent.id)
    ).all()[-1]


@pytest.mark.databases
def test_an_import_makes_experts_with_regions_industries_and_accounts() -> None:
    actor = office()
    (expert,) = pool(actor, row(former_regions="320500"))

    assert sorted((r.kind, r.region_code) for r in expert.regions) == [
        ("employer", "330100"),
        ("former_employer", "320500"),
        ("residence", "330100"),
    ]
    assert [known.division for known in expert.industries] == ["34", "38"]
    user = db.session.get_one(User, expert.user_id)
    grant = db.session.scalars(select(RoleGrant).where(RoleGrant.user_id == user.id)).one()
    assert (user.email, grant.role, grant.expert_id) == (expert.email, Role.EXPERT, expert.id)


def test_the_preview_touches_nothing_and_is_on_record() -> None:
    actor = office()
    made = preview(actor, row(1), row(2, email="wrong"))

    assert experts() == 0
    assert (made.counts["new"], made.counts["refused"]) == (1, 1)
    event = last_event("pool_import.create")
    assert (event.detail["digest"], event.detail["refused"]) == (made.digest, 1)


def test_refused_rows_are_left_out_only_by_explicit_choice() -> None:
    actor = office()
    made = preview(actor, row(1), row(2, email="wrong"))

    with pytest.raises(NotReady) as missing:
        services.apply_import(actor, made)
    assert "有 1 行被拒绝" in str(missing.value.missing[0])
    assert experts() == 0

    services.apply_import(actor, made, without_refused=True)
    assert experts() == 1
    event = last_event("pool_import.apply")
    assert (event.detail["new"], event.detail["refused"], event.detail["digest"]) == (1, 1, made.digest)
    assert made.state is PoolImportState.APPLIED


def test_a_changed_row_changes_only_what_it_says() -> None:
    actor = office()
    (expert,) = pool(actor, row())
    kept = next(region for region in expert.regions if region.kind == "residence").id

    services.apply_import(
        actor, preview(actor, row(employer="新单位", employer_region="320100", industries="38", email="n@pool.example"))
    )

    assert (expert.employer, expert.email) == ("新单位", "n@pool.example")
    assert {r.kind: r.region_code for r in expert.regions} == {"employer": "320100", "residence": "330100"}
    assert next(region for region in expert.regions if region.kind == "residence").id == kept
    assert db.session.get_one(User, expert.user_id).email == "n@pool.example"
    assert experts() == 1


def test_a_preview_that_the_pool_has_overtaken_imports_nothing() -> None:
    actor = office()
    older = preview(actor, row(1), row(2))
    pool(actor, row(2, name="别名"))

    with pytest.raises(NotReady) as missing:
        services.apply_import(actor, older)
    assert "预览已经过时" in str(missing.value.missing[0])
    assert experts() == 1


def test_an_import_is_applied_once() -> None:
    actor = office()
    made = preview(actor, row())
    services.apply_import(actor, made)

    with pytest.raises((WrongState, NotReady)):
        services.apply_import(actor, made)
    with pytest.raises(WrongState):
        services.discard_import(actor, made)


def test_a_discarded_import_changes_nothing() -> None:
    actor = office()
    made = preview(actor, row())
    services.discard_import(actor, made)

    with pytest.raises(WrongState):
        services.apply_import(actor, made)
    assert experts() == 0


def test_a_mail_address_of_an_applicant_is_no_experts() -> None:
    person(Role.APPLICANT, email="expert1@pool.example")

    made = preview(office(), row())

    assert made.counts["refused"] == 1
    assert "已是别人的账号" in made.rows[0]["reasons"][0]["text"]


def test_only_the_office_imports_and_edits() -> None:
    actor = office()
    made = preview(actor, row())
    (expert,) = pool(actor, row(2))

    with pytest.raises(Forbidden):
        preview(supervisor(), row(3))
    with pytest.raises(Forbidden):
        services.apply_import(supervisor(), made)
    with pytest.raises(Forbidden):
        services.edit_expert(supervisor(), expert, {"name": "x"}, version=expert.version)


def test_a_file_that_cannot_be_read_is_told_at_the_field() -> None:
    with pytest.raises(Invalid) as invalid:
        services.preview_import(office(), filename="pool.pdf", content=b"%PDF")
    assert invalid.value.field == "file"


def test_an_edit_is_recorded_with_old_and_new() -> None:
    actor = office()
    (expert,) = pool(actor, row())

    services.edit_expert(actor, expert, {"name": "新名", "max_load": "3", "available": "否"}, version=expert.version)

    assert (expert.name, expert.max_load, expert.available) == ("新名", 3, False)
    assert last_event("expert.edit").detail == {
        "name": ["专家1", "新名"],
        "max_load": ["10", "3"],
        "available": ["True", "False"],
    }


def test_an_edit_with_faults_names_each_of_them() -> None:
    actor = office()
    (expert,) = pool(actor, row())

    with pytest.raises(services.RowInvalid) as invalid:
        services.edit_expert(actor, expert, {"email": "x", "employer_region": "1"}, version=expert.version)
    assert [reason.column for reason in invalid.value.reasons] == ["email", "employer_region"]


def test_a_stale_edit_keeps_both_texts() -> None:
    actor = office()
    (expert,) = pool(actor, row())

    with pytest.raises(Stale) as stale:
        services.edit_expert(actor, expert, {"name": "新名"}, version=expert.version - 1)
    assert (stale.value.stored, stale.value.typed) == ({"姓名": "专家1"}, {"姓名": "新名"})


FILTERS = [
    ({}, ["E001", "E002", "E003"]),
    ({"search": "大学2"}, ["E002"]),
    ({"search": "E003"}, ["E003"]),
    ({"search": "%"}, []),
    ({"province": "32"}, ["E002"]),
    ({"section": "Q"}, ["E003"]),
    ({"section": "?"}, []),
    ({"kind": "finance"}, ["E002"]),
    ({"may_lead": "1"}, ["E001"]),
    ({"available": "0"}, ["E003"]),
    ({"page": 2}, []),
]


def test_the_list_is_narrowed_by_each_facet() -> None:
    pool(
        office(),
        row(1, may_lead="是"),
        row(2, kind="财务专家", residence_region="320100"),
        row(3, industries="84", available="否"),
    )
    for given, numbers in FILTERS:
        listing = queries.pool(queries.Filter(**given))
        assert [expert.number for expert in listing.experts] == numbers, given
