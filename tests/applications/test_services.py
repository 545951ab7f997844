"""Registering, drafting, attaching, handing in, correcting, withdrawing: each exit of each service."""

import hashlib
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app.applications import services
from app.applications.models import Application
from app.applications.queries import evidence_files, find_file, section, texts_of
from app.audit.models import AuditEvent
from app.kernel import credit_code
from app.kernel.actor import Actor, Role
from app.kernel.canonical import canonical
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, Stale, WrongState
from app.kernel.files import MEGABYTE, store
from app.kernel.outbox import OutboxMessage
from app.programmes.rules.values import ApplicantKind
from app.workflow import ApplicationState
from tests.conftest import TestClock
from tests.factories import accounts
from tests.factories import applications as make
from tests.factories import intake as make_intake

pytestmark = pytest.mark.usefixtures("app_context")


@pytest.fixture(autouse=True)
def in_the_call(running_clock: TestClock) -> TestClock:
    running_clock.move_to(make.APPLYING)
    return running_clock


@pytest.fixture
def actor() -> Actor:
    return make.applicant_person()


def last_event(subject_type: str = "application") -> AuditEvent:
    event = db.session.scalar(
        select(AuditEvent).where(AuditEvent.subject_type == subject_type).order_by(AuditEvent.id.desc()).limit(1)
    )
    assert event is not None
    return event


def register(actor: Actor, **changes: Any) -> Any:
    given = {
        "kind": ApplicantKind.ORGANISATION,
        "name": "云冈　精密（集团）ＡＢ",
        "credit_code": credit_code.make(77, "140200"),
        "region_code": "140200",
        "industry_code": "34",
        "contact": services.Contact("李四", "１３８０００００"),
    }
    return services.register_applicant(actor, **{**given, **changes})


# --- registration -------------------------------------------------------------------------------------------------


def test_an_applicant_is_registered_in_plain_form(actor: Actor) -> None:
    code = credit_code.make(77, "140200")
    wide = "".join(chr(ord(character) + 0xFEE0) for character in code.lower())
    applicant = register(actor, credit_code=wide, region_code="1402")
    assert (applicant.name, applicant.credit_code) == ("云冈 精密（集团）AB", code)
    assert (applicant.region_code, applicant.contact_phone) == ("140200", "13800000")
    assert last_event("applicant").action == "applicant.register"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"credit_code": "911402000000000000"}, "credit_code"),
        ({"region_code": "140000"}, "city"),
        ({"region_code": "999999"}, "city"),
        ({"industry_code": "C"}, "industry_code"),
    ],
)
def test_what_cannot_be_registered_is_said_at_its_field(actor: Actor, changes: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        register(actor, **changes)
    assert refused.value.field == field


def test_only_applicants_register() -> None:
    with pytest.raises(Forbidden):
        register(accounts.office())


def test_an_account_registers_once(actor: Actor) -> None:
    register(actor)
    with pytest.raises(Invalid, match="一个账号只登记一个"):
        register(actor, credit_code=credit_code.make(78, "140200"))


def test_an_organisation_registers_once_but_its_people_may_apply_too(actor: Actor) -> None:
    register(actor)
    with pytest.raises(Invalid, match="另一个账号"):
        register(make.applicant_person())
    assert register(make.applicant_person(), kind=ApplicantKind.INDIVIDUAL).id


def test_a_correction_reaches_the_draft_and_not_what_was_handed_in(actor: Actor) -> None:
    edition = make.running_edition()
    draft = make.draft_application(edition, actor, sites=("130100",))
    handed_in = make.submitted_application(edition)
    for application, owner in ((draft, actor), (handed_in, acting_owner(handed_in))):
        described = {"name": "更名后", "credit_code": application.credit_code, "region_code": "140100"}
        services.correct_applicant(
            owner, application.applicant, **described, industry_code="35", contact=services.Contact("a", "1")
        )
    assert (draft.name, draft.region_code) == ("更名后", "140100")
    assert {place.region_code for place in draft.regions} == {"140100", "130100"}
    assert (handed_in.name, handed_in.region_code) != ("更名后", "140100")


def acting_owner(application: Application) -> Actor:
    return Actor(user_id=application.owner_id, name="owner", roles=frozenset({Role.APPLICANT}))


# --- start --------------------------------------------------------------------------------------------------------


def test_a_started_dossier_carries_every_region_that_counts(actor: Actor) -> None:
    application = make.draft_application(make.running_edition(), actor, sites=("130100", "140200"), parent="110100")
    places = {(place.kind.value, place.region_code) for place in application.regions}
    assert places == {("registered", "140200"), ("site", "130100"), ("site", "140200"), ("parent", "110100")}
    assert application.state == ApplicationState.DRAFT
    assert last_event().action == "application.create"


@pytest.mark.parametrize("moment", [make.BEFORE, make.RECOMMENDING])
def test_nothing_starts_outside_the_period(actor: Actor, in_the_call: TestClock, moment: Any) -> None:
    edition, applicant = make.running_edition(), make.registered_applicant(actor)
    in_the_call.move_to(moment)
    with pytest.raises(NotReady):
        services.start(actor, edition, applicant, group_key="machinery")


@pytest.mark.parametrize(
    ("traits", "group", "sentence"),
    [
        ({}, "individual", "申报类别"),
        ({}, "team", "申报类别"),
        ({"kind": ApplicantKind.TEAM}, "team", "不接受"),
        ({"city": "130100"}, "machinery", "只接受山西省"),
    ],
)
def test_who_is_not_admitted_does_not_start(actor: Actor, traits: dict[str, Any], group: str, sentence: str) -> None:
    edition, applicant = make.running_edition(), make.registered_applicant(actor, **traits)
    with pytest.raises(Invalid, match=sentence):
        services.start(actor, edition, applicant, group_key=group)


def test_one_dossier_an_edition(actor: Actor) -> None:
    application = make.draft_application(make.running_edition(), actor)
    with pytest.raises(Invalid, match="每届只能申报一份"):
        services.start(actor, application.edition, application.applicant, group_key="machinery")


def test_nobody_starts_for_somebody_else(actor: Actor) -> None:
    edition, applicant = make.running_edition(), make.registered_applicant(make.applicant_person())
    with pytest.raises(Forbidden):
        services.start(actor, edition, applicant, group_key="machinery")


def test_regions_and_group_may_change_while_drafting(actor: Actor) -> None:
    application = make.draft_application(make.running_edition(), actor, sites=("130100",))
    placed = {"group_key": "sme", "site_regions": ["410100"], "parent_region": ""}
    services.place_dossier(actor, application, **placed, version=application.version)
    assert application.group_key == "sme"
    assert {place.region_code for place in application.regions} == {"140200", "410100"}
    with pytest.raises(Stale):
        services.place_dossier(actor, application, **placed, version=0)


# --- drafting -----------------------------------------------------------------------------------------------------


def test_answers_are_kept_and_those_not_given_stay(actor: Actor) -> None:
    application = make.draft_application(make.running_edition(), actor)
    services.save_form(actor, application, {"employees": "１,２００"}, version=application.version)
    services.save_form(actor, application, {"revenue": {2025: "10.5"}}, version=application.version)
    assert application.answers["employees"] == "1200"
    assert application.answers["revenue"] == {"2025": "10.5"}
    assert application.answers["phone"] == "0352-1234567"  # known from the registration


def test_a_stale_form_is_answered_with_both_texts_and_stores_nothing(actor: Actor) -> None:
    application = make.draft_application(make.running_edition(), actor)
    seen = application.version
    services.save_form(actor, application, {"address": "甲", "revenue": {2025: "1"}}, version=seen)
    with pytest.raises(Stale) as stale:
        services.save_form(actor, application, {"address": "乙", "revenue": {2025: "2"}}, version=seen)
    assert stale.value.stored == {"address": "甲", "revenue_2025": "1"}
    assert stale.value.typed == {"address": "乙", "revenue_2025": "2"}
    assert application.answers["address"] == "甲"
    services.save_form(actor, application, {"address": "甲"}, version=seen)  # a double click is no conflict


@pytest.mark.parametrize(
    ("answers", "field"),
    [({"founded": "昨天"}, "founded"), ({"nothing": "x"}, "nothing"), ({"name": "x"}, "name"), ({"post": "x"}, "post")],
)
def test_an_answer_that_is_none_is_said_at_its_field(actor: Actor, answers: dict[str, str], field: str) -> None:
    application = make.draft_application(make.running_edition(), actor)
    with pytest.raises(Invalid) as refused:
        services.save_form(actor, application, answers, version=application.version)
    assert refused.value.field == field


def test_a_text_has_its_own_version(actor: Actor) -> None:
    application = make.draft_application(make.running_edition(), actor)
    first = services.save_section(actor, application, "item:4.1.2", "一\r\n二", version=0)
    assert first.text == "一\n二"
    second = services.save_section(actor, application, "item:4.1.2", "三", version=first.version)
    services.save_section(actor, application, "item:4.1.2", "三", version=0)  # a double click is no conflict
    with pytest.raises(Stale) as stale:
        services.save_section(actor, application, "item:4.1.2", "四", version=0)
    assert (stale.value.stored, stale.value.typed) == ({"body": "三"}, {"body": "四"})
    assert stale.value.current_version == second.version == section(application, "item:4.1.2").version


def test_what_is_over_the_limit_is_kept_and_only_the_hand_in_is_refused(actor: Actor) -> None:
    application = make.complete_application(make.running_edition(), actor)
    version = section(application, "overview").version
    services.save_section(actor, application, "overview", "字" * 3001, version=version)
    assert len(texts_of(application)["overview"]) == 3001
    with pytest.raises(NotReady) as refused:
        services.submit(actor, application, signatory="王五")
    assert [str(each) for each in refused.value.missing] == ["“组织概述”有 3001 字，超过 3000 字的限制，请删去 1 字。"]


@pytest.mark.parametrize(("key", "text"), [("item:9.9", "x"), ("profile", "x"), ("overview", "字" * 100_001)])
def test_no_text_outside_its_place(actor: Actor, key: str, text: str) -> None:
    application = make.draft_application(make.running_edition(), actor)
    with pytest.raises(Invalid):
        services.save_section(actor, application, key, text, version=0)


@pytest.mark.parametrize(
    "write",
    [
        lambda who, subject: services.save_form(who, subject, {"address": "x"}, version=subject.version),
        lambda who, subject: services.save_section(who, subject, "overview", "x", version=0),
        lambda who, subject: services.attach(
            who, subject, section_key="licence", filename="a.pdf", content=make.pdf("other")
        ),
    ],
    ids=["form", "text", "file"],
)
def test_a_dossier_that_was_handed_in_is_closed_and_another_one_is_not_mine(
    actor: Actor, write: Callable[[Actor, Application], object]
) -> None:
    edition = make.running_edition()
    handed_in = make.submitted_application(edition, actor)
    with pytest.raises(Forbidden, match="当前状态"):
        write(actor, handed_in)
    with pytest.raises(Forbidden, match="申报者本人"):
        write(actor, make.draft_application(edition))


# --- evidence -----------------------------------------------------------------------------------------------------


def attach(
    actor: Actor, application: Application, content: bytes, name: str = "执照.pdf", *, kind: str = "licence"
) -> Any:
    return services.attach(actor, application, section_key=kind, filename=name, content=io.BytesIO(content))


def test_a_file_is_stored_with_what_it_is(actor: Actor) -> None:
    application = make.draft_application(make.running_edition(), actor)
    content = make.pdf().getvalue()
    file = attach(actor, application, content, "C:\\资料\\执照\x00.pdf")
    assert (file.filename, file.media_type, file.size) == ("执照.pdf", "application/pdf", len(content))
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert store().is_sound(file.sha256)
    assert last_event().action == "application.attach"


@pytest.mark.parametrize(
    ("name", "kind", "field"),
    [("a.exe", "licence", "file"), ("a.png", "licence", "file"), ("a.pdf", "x", "section_key")],
)
def test_a_refused_file_stores_nothing(actor: Actor, name: str, kind: str, field: str) -> None:
    application = make.draft_application(make.running_edition(), actor)
    with pytest.raises(Invalid) as refused:
        attach(actor, application, make.pdf().getvalue(), name, kind=kind)
    assert refused.value.field == field
    assert evidence_files(application) == []
    assert list(store().digests()) == []


def test_the_same_file_twice_is_said_and_kept_once(actor: Actor) -> None:
    application = make.draft_application(make.running_edition(), actor)
    content = make.pdf().getvalue()
    attach(actor, application, content)
    with pytest.raises(Invalid, match="已经上传过，名为“执照"):
        attach(actor, application, content, "又一份.pdf")


def test_all_files_together_have_a_limit(actor: Actor) -> None:
    application = make.draft_application(make.running_edition(), actor)
    file = attach(actor, application, make.pdf("1").getvalue())
    file.size = 200 * MEGABYTE
    with pytest.raises(Invalid, match="合计不能超过 200 MB，现在已有 200 MB"):
        attach(actor, application, make.pdf("2").getvalue())


def test_a_removed_file_is_hidden_but_what_was_handed_in_keeps_it(actor: Actor) -> None:
    edition = make.running_edition()
    draft = make.draft_application(edition, actor)
    file = attach(actor, draft, make.pdf().getvalue())
    services.remove_file(actor, file)
    assert evidence_files(draft) == []
    assert find_file(file.id) is None
    assert last_event().action == "application.remove_file"

    returned = make_intake.returned_application(edition, make_intake.recommending_body())
    owner, kept = acting_owner(returned), evidence_files(returned)[0]
    services.remove_file(owner, kept)
    assert kept not in evidence_files(returned)
    assert find_file(kept.id) is kept


# --- handing in ---------------------------------------------------------------------------------------------------


@pytest.mark.databases
def test_a_dossier_that_is_handed_in_is_frozen_numbered_and_told(actor: Actor) -> None:
    edition = make.running_edition()
    application = make.complete_application(edition, actor, sites=("130100",))
    receipt = services.submit(actor, application, signatory=" 王　五 ")
    assert (application.state, application.number, application.sequence) == ("submitted", "SX2026-001", 1)
    assert (receipt.version_number, receipt.signatory, receipt.content["number"]) == (1, "王 五", "SX2026-001")
    assert receipt.digest == hashlib.sha256(canonical(receipt.content).encode()).hexdigest()
    assert canonical(json.loads(canonical(receipt.content))) == canonical(receipt.content)
    assert {file["sha256"] for file in receipt.content["files"]} == {
        file.sha256 for file in evidence_files(application)
    }
    event = last_event()
    assert (event.action, event.detail["digest"]) == ("application.submit", receipt.digest)
    letter = db.session.scalars(select(OutboxMessage)).one()
    assert receipt.digest in letter.body
    assert "received" in letter.subject
    assert make.submitted_application(edition).number == "SX2026-002"


def test_everything_that_is_missing_is_said_at_once(actor: Actor, in_the_call: TestClock) -> None:
    application = make.draft_application(make.running_edition(), actor)
    in_the_call.move_to(make.RECOMMENDING)
    with pytest.raises(NotReady) as refused:
        services.submit(actor, application, signatory="王五")
    sentences = [str(missing) for missing in refused.value.missing]
    assert len(sentences) > 30
    assert "截止" in sentences[-1]
    assert (application.number, application.receipts) == ("", [])


def test_before_the_call_nothing_is_handed_in(actor: Actor, in_the_call: TestClock) -> None:
    application = make.complete_application(make.running_edition(), actor)
    in_the_call.move_to(make.BEFORE)
    with pytest.raises(NotReady) as refused:
        services.submit(actor, application, signatory="王五")
    assert "还没有开始" in str(refused.value.missing[-1])


def test_who_may_not_hand_in(actor: Actor) -> None:
    edition = make.running_edition()
    application = make.complete_application(edition, actor)
    with pytest.raises(Forbidden):
        services.submit(make.applicant_person(), application, signatory="王五")
    with pytest.raises(Invalid, match="签署人"):
        services.submit(actor, application, signatory="　")
    with pytest.raises(WrongState):
        services.resubmit(actor, application, signatory="王五")
    services.submit(actor, application, signatory="王五")
    with pytest.raises(WrongState, match="待推荐"):
        services.submit(actor, application, signatory="王五")


def test_a_correction_is_handed_in_before_its_due_time_as_the_next_version(in_the_call: TestClock) -> None:
    application = make_intake.returned_application(make.running_edition(), make_intake.recommending_body())
    owner, number = acting_owner(application), application.number
    in_the_call.move_to(make.CHECKING)
    services.save_form(owner, application, {"address": "补正后的地址"}, version=application.version)
    receipt = services.resubmit(owner, application, signatory="王五")
    assert (application.state, application.number, receipt.version_number) == ("recommended", number, 2)
    assert receipt.content["answers"]["address"] == "补正后的地址"
    assert application.receipts[0].content["answers"]["address"] != "补正后的地址"


def test_a_correction_after_its_due_time_is_too_late(in_the_call: TestClock) -> None:
    application = make_intake.returned_application(make.running_edition(), make_intake.recommending_body())
    assert application.correction_due is not None
    in_the_call.move_to(application.correction_due.replace(day=application.correction_due.day + 1))
    with pytest.raises(NotReady, match="条件"):
        services.resubmit(acting_owner(application), application, signatory="王五")


def test_a_withdrawal_needs_a_reason_and_stays_on_record(actor: Actor) -> None:
    application = make.submitted_application(make.running_edition(), actor)
    with pytest.raises(NotReady):
        services.withdraw(actor, application, reason=" ")
    with pytest.raises(Forbidden):
        services.withdraw(make.applicant_person(), application, reason="改制")
    services.withdraw(actor, application, reason="改制")
    assert application.state == ApplicationState.WITHDRAWN
    assert last_event().reason == "改制"
