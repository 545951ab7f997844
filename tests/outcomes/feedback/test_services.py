"""A feedback report from the draft to its applicant: who may what, what is frozen, and what nobody sees too early."""

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app import doctor, lifecycle
from app.audit.models import AuditEvent
from app.kernel import files
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, Stale, WrongState
from app.kernel.outbox import OutboxMessage
from app.outcomes.feedback import queries, rules, services
from app.outcomes.feedback.models import FeedbackReport
from app.policy import allows
from app.workflow import FeedbackState
from tests.factories.decisions import office
from tests.factories.feedback import approved, approver, drafted, editor, handed_over, typeset
from tests.factories.scoring import panel

pytestmark = pytest.mark.usefixtures("app_context")

OURS = ("每个状态", "与其摘要一致", "内容与摘要一致")


def faults() -> list[str]:
    return [
        fault
        for found in doctor.examine()
        if any(word in str(found.check) for word in OURS)
        for fault in found.faults
        if "evidence_file" not in fault
    ]


def actions(report: FeedbackReport) -> list[str]:
    of_report = AuditEvent.subject_type == "feedback_report", AuditEvent.subject_id == report.id
    return list(db.session.scalars(select(AuditEvent.action).where(*of_report).order_by(AuditEvent.id)))


def conclude(report: FeedbackReport) -> None:
    lifecycle.advance(report.edition, "edition.conclude", office())


# --- drafted ------------------------------------------------------------------------------------------------------


@pytest.mark.databases
def test_a_draft_holds_every_remark_once_and_no_name() -> None:
    made, reports = drafted()
    assert len(reports) == 2
    item = reports[0].items[0]
    assert sorted(item.drafted_strengths.splitlines()) == [
        "意见0：指标改善。",
        "意见1：指标改善。",
        "评审专家看到展开充分。",
    ]
    everything = "".join(each.strengths + each.improvements for report in reports for each in report.items)
    assert not any(expert.name in everything for expert in made.experts)
    assert actions(reports[0]) == ["feedback_report.draft"]
    assert faults() == []


def test_nothing_is_drafted_while_a_round_runs() -> None:
    made = panel(1, 1)
    with pytest.raises(NotReady) as refused:
        services.draft_all(office(), made.edition)
    assert len(refused.value.missing) == 2


def test_drafting_twice_adds_nothing() -> None:
    made, _reports = drafted()
    with pytest.raises(NotReady):
        services.draft_all(office(), made.edition)


# --- edited -------------------------------------------------------------------------------------------------------


def test_who_drafted_does_not_edit() -> None:
    _made, (report, _other) = drafted()
    with pytest.raises(Forbidden) as refused:
        services.save_summary(office(), report, "好", version=report.version)
    assert refused.value.rule == "~drafter"
    with pytest.raises(Forbidden):
        services.hand_over(office(), report)


def test_an_edit_leaves_the_draft_and_is_on_record() -> None:
    _made, (report, _other) = drafted()
    item = report.items[0]
    before = item.drafted_strengths
    services.save_item(editor(), report, item.item_code, {"strengths": "新", "improvements": ""}, version=item.version)
    assert (item.strengths, item.drafted_strengths) == ("新", before)
    assert report.edited_by == editor().user_id
    assert actions(report)[-1] == "feedback_report.edit"
    services.save_item(editor(), report, item.item_code, {"strengths": "新", "improvements": ""}, version=0)
    assert actions(report).count("feedback_report.edit") == 1, "the same content sent twice is stored once"


def test_a_stale_edit_loses_neither_text() -> None:
    _made, (report, _other) = drafted()
    item = report.items[0]
    services.save_item(editor(), report, item.item_code, {"strengths": "甲", "improvements": ""}, version=item.version)
    with pytest.raises(Stale) as refused:
        services.save_item(
            approver(), report, item.item_code, {"strengths": "乙", "improvements": ""}, version=item.version - 1
        )
    assert (refused.value.stored["strengths"], refused.value.typed["strengths"]) == ("甲", "乙")


def test_too_long_a_text_is_refused_at_its_field() -> None:
    _made, (report, _other) = drafted()
    long = "长" * (rules.TEXT_LIMIT + 1)
    with pytest.raises(Invalid) as refused:
        services.save_item(
            editor(), report, report.items[0].item_code, {"strengths": long, "improvements": ""}, version=1
        )
    assert refused.value.field == "strengths"


def test_a_report_without_remarks_or_items_without_words_is_not_handed_over() -> None:
    _made, (report, _other) = drafted()
    item = report.items[0]
    services.save_item(editor(), report, item.item_code, {"strengths": "", "improvements": ""}, version=item.version)
    with pytest.raises(NotReady) as refused:
        services.hand_over(editor(), report)
    assert len(refused.value.missing) == 2


# --- approved -----------------------------------------------------------------------------------------------------


@pytest.mark.databases
def test_who_edited_does_not_approve_and_what_is_approved_is_frozen() -> None:
    _made, (report, _other) = drafted()
    handed_over(report)
    with pytest.raises(Forbidden) as refused:
        services.approve(editor(), report)
    assert refused.value.rule == "~editor"
    services.approve(approver(), report)
    assert report.state is FeedbackState.APPROVED
    assert report.content["summary"] == ["总体良好，建议加强战略展开。"]
    assert faults() == []
    with pytest.raises(Forbidden):
        services.save_summary(editor(), report, "改", version=report.version)


def test_the_office_that_drafted_may_approve_what_another_edited() -> None:
    _made, (report, _other) = drafted()
    services.approve(office(), handed_over(report))
    assert report.approved_by == office().user_id


def test_sent_back_it_says_nothing_any_more_until_it_is_approved_again() -> None:
    _made, (report, _other) = drafted()
    typeset(report)
    services.send_back(approver(), report, reason="第一条写得不清楚。")
    assert (report.state, report.digest, report.pdf_sha256) == (FeedbackState.DRAFTED, "", "")
    with pytest.raises(Forbidden):
        services.send_back(editor(), report, reason="我自己")
    with pytest.raises(Invalid):
        services.send_back(approver(), handed_over(report), reason=" ")


@pytest.mark.databases
@pytest.mark.parametrize(
    "change",
    ["approved_by = edited_by", "edited_by = drafted_by", "digest = ''", "state = 'released', pdf_sha256 = ''"],
)
def test_the_database_refuses_one_person_alone_and_a_release_without_a_file(change: str) -> None:
    _made, (report, _other) = drafted()
    approved(report)
    db.session.flush()
    with pytest.raises(IntegrityError):
        db.session.execute(text(f"UPDATE feedback_report SET {change} WHERE id = {report.id}"))  # noqa: S608


# --- typeset and released -----------------------------------------------------------------------------------------


def test_the_file_is_kept_by_its_digest_and_holds_no_score(app_context: Flask) -> None:
    _made, (report, _other) = drafted()
    typeset(report)
    assert files.store().is_sound(report.pdf_sha256)
    assert faults() == []
    files.store().path(report.pdf_sha256).unlink()
    assert faults() == [f"feedback_report {report.id}"]


def test_a_file_of_what_was_sent_back_meanwhile_is_thrown_away() -> None:
    _made, (report, _other) = drafted()
    made = services.work_out(services.prepare(approved(report).id))
    services.send_back(approver(), report, reason="再改。")
    services.keep(made)
    assert report.pdf_sha256 == ""


def test_all_go_out_together_and_only_after_the_result() -> None:
    made, (report, other) = drafted()
    typeset(report)
    with pytest.raises(NotReady) as refused:
        services.release_all(office(), made.edition)
    assert len(refused.value.missing) == 2, "the result is not out, and one report is not approved"
    typeset(other)
    conclude(report)
    owner = Actor(user_id=report.owner_id, name="申报者", roles=frozenset({Role.APPLICANT}))
    assert not allows(owner, "feedback_report.receive", report)
    assert queries.received(owner) == []
    assert services.release_all(office(), made.edition) == 2
    assert allows(owner, "feedback_report.receive", report)
    assert not allows(owner, "feedback_report.read", other)
    assert [each.id for each in queries.received(owner)] == [report.id]
    mails = db.session.scalars(select(OutboxMessage).where(OutboxMessage.action == "feedback_report.release")).all()
    assert len(mails) == 2
    assert "展开" not in mails[0].body
    with pytest.raises(WrongState):
        services.send_back(approver(), report, reason="太迟")


def test_trouble_with_a_file_stands_in_the_list_and_keeps_the_release_back() -> None:
    made, (report, other) = drafted()
    approved(report)
    typeset(other)
    services.note_trouble(report.id)
    assert queries.to_typeset() == []
    progress = queries.progress(made.edition.id)
    assert (progress.approved, progress.typeset, progress.troubled, progress.is_working) == (2, 1, 1, False)
    conclude(report)
    with pytest.raises(NotReady):
        services.release_all(office(), made.edition)


def test_the_field_is_compared_with_once_it_is_large_enough() -> None:
    _made, reports = drafted(rules.MINIMUM_OTHERS + 1)
    content = services.compose(reports[0])
    assert content["others"] == rules.MINIMUM_OTHERS
    assert all(line["field"] for line in content["profile"])
