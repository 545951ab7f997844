"""Importing and editing experts: what is done, refused, stale; nothing half."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app.accounts.models import RoleGrant, User
from app.audit.models import AuditEvent
from app.experts import queries, services, template
from app.experts.models import Expert
from app.kernel import clock
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
    assert last_event("pool_import.create").detail["digest"] == made.digest
    assert last_event("pool_import.preview").detail["refused"] == 1


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
    assert {r.kind: (r.region_code, r.until) for r in expert.regions} == {
        "employer": ("320100", None),
        "former_employer": ("330100", clock.today()),
        "residence": ("330100", None),
    }
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
    (refused,) = queries.import_rows(made, "refused")
    assert "已是别人的账号" in str(refused.reasons[0][1])


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
    ({"mark": "leads"}, ["E001"]),
    ({"mark": "away"}, ["E003"]),
    ({"search": "ｅ００１ 精益"}, ["E001"]),
    ({"search": "精 益 e002"}, ["E002"]),
    ({"mark": "lacking"}, ["E002", "E003"]),
    ({"mark": "expired"}, ["E002"]),
    ({"mark": "unconfirmed"}, ["E001", "E002", "E003"]),
    ({"mark": "unused"}, ["E001", "E002", "E003"]),
    ({"mark": "removed"}, []),
    ({"mark": "?"}, []),
    ({"page": 2}, []),
]


@pytest.mark.databases
def test_the_list_is_narrowed_by_each_facet() -> None:
    pool(
        office(),
        row(1, may_lead="是", degree="博士"),
        row(2, kind="财务专家", residence_region="320100", certificates="评审员,,2020-01-01"),
        row(3, industries="84", available="否"),
    )
    for given, numbers in FILTERS:
        listing = queries.pool(queries.Filter(**given))
        assert [expert.number for expert in listing.experts] == numbers, given


@pytest.mark.databases
def test_every_chip_counts_what_it_shows_and_completeness_is_told_alike_twice() -> None:
    experts = pool(
        office(),
        row(1, degree="博士", may_lead="是"),
        row(2, kind="评审员", certificates="评审员,,2020-01-01", degree="硕士"),
        row(3, kind="评审员", degree="硕士"),
        row(4, available="否", title=""),
    )
    services.remove_expert(office(), experts[3], reason="调离")

    for narrowed in (queries.Filter(), queries.Filter(search="专家"), queries.Filter(kind="quality", mark="expired")):
        kinds, marks = queries.chips(narrowed)
        for chip in kinds:
            assert chip.count == queries.pool(replace(narrowed, kind=chip.value)).total, chip
        for chip in marks:
            assert chip.count == queries.pool(replace(narrowed, mark=chip.value)).total, chip
    lacking = queries.pool(queries.Filter(mark="lacking")).experts
    assert [expert.number for expert in lacking] == [e.number for e in experts[:3] if queries.missing_of(e)] == ["E003"]
    assert queries.missing_of(experts[2]) == ["资格证书"]


def test_an_expert_is_removed_with_a_reason_and_comes_back() -> None:
    actor = office()
    (expert,) = pool(actor, row())
    with pytest.raises(Invalid):
        services.remove_expert(actor, expert, reason=" ")
    services.remove_expert(actor, expert, reason="调离")
    with pytest.raises(NotReady):
        services.remove_expert(actor, expert, reason="再移")
    assert last_event("expert.remove").reason == "调离"
    assert preview(actor, row()).counts["refused"] == 1

    services.restore_expert(actor, expert)
    assert expert.removed_at is None
    with pytest.raises(NotReady):
        services.restore_expert(actor, expert)
    with pytest.raises(Forbidden):
        services.remove_expert(supervisor(), expert, reason="x")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_exported_list_is_taken_in_again_without_a_change(language: str) -> None:
    actor = office()
    full = row(
        degree="博士", former_regions="320500（2012-03至2019-08）", registration_region="110101", criteria="领导",
        certificates="评审员,PS-1,2027-12-31", languages="中文;英语", blocked="2026-05-01至2026-05-07", min_load="1",
    )  # fmt: skip
    pool(actor, full, row(2, kind="评审员"))
    content = template.exported(queries.entries().values(), language)

    made = services.preview_import(actor, filename="pool.xlsx", content=content)
    assert made.counts["same"] == 2
