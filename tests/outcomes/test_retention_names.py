"""Names that people wrote into texts, entries that are one person, files that stay or go, and the bundle after all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.experts.models import Expert, ExpertMerge, PoolImport, PoolImportRow
from app.experts.queries import missing_to_merge
from app.experts.services import confirm_merge, discard_import, propose_merge, remove_expert
from app.kernel import files, signing, unit_of_work
from app.kernel.database import db
from app.notices.models import Objection
from app.outcomes.feedback.models import FeedbackReport
from app.outcomes.retention import queries
from app.outcomes.retention.models import RetentionAct, RetentionKind
from app.outcomes.retention.rules import Pseudonyms
from app.panels.models import Assignment
from app.scoring.models import ItemScore, ScoreSheet, SubmittedSheet
from app.workflow import RetentionState
from tests.factories.experts import preview, row
from tests.factories.retention import (
    OFFICE,
    archived,
    bundled,
    confirmed,
    edition,
    faults,
    refused,
    seated,
    second,
    wished,
    work,
)
from tests.support.bundles import checked, unpacked
from tests.support.server import FrozenClock

demo = pytest.mark.demo("result")
KNOWN = Pseudonyms({"张三": "E001", "John Smith": "E002", "阿迪力·买买提": "E003", "李": "E004"}, ["张三丰", "王五"])


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("张三认为证据不足", "E001认为证据不足"),
        ("张 三、张　三", "E001、E001"),
        ("张三丰不是他", "张三丰不是他"),
        ("JOHN　smith, Ｊｏｈｎ Ｓｍｉｔｈ", "E002, E002"),
        ("John Smithson, Littlejohn Smith", "John Smithson, Littlejohn Smith"),
        ("阿迪力买买提、阿迪力•买买提", "E003、E003"),
        ("王五和李某", "王五和李某"),
        ("", ""),
    ],
)
def test_a_name_becomes_a_pseudonym_however_it_is_written(written: str, kept: str) -> None:
    assert KNOWN.put_into(written) == kept


def test_without_a_name_nothing_is_looked_for() -> None:
    assert not Pseudonyms({"李": "E004"}, ["李四"])
    assert Pseudonyms({}).put_into("张三") == "张三"


def commented(expert: Expert) -> int:
    """An item of somebody's sheet in whose comment the expert is named."""
    with unit_of_work.transaction():
        item = db.session.scalars(
            select(ItemScore.id).join(ScoreSheet).where(ScoreSheet.edition_id == edition().id)
        ).first()
        assert item is not None
        text = f"同意{expert.name}的意见，{expert.name[0]} {expert.name[1:]}还指出两点。"
        db.session.execute(update(ItemScore).where(ItemScore.id == item).values(strengths=text))
    return item


@demo
@pytest.mark.databases(rare="postgresql")
def test_a_name_in_a_comment_goes_with_its_expert_and_what_is_under_a_digest_stays(
    app_context: Flask, running_clock: FrozenClock, tmp_path: Path
) -> None:
    expert = seated()
    item, number = commented(expert), expert.number
    archived(running_clock)
    handed_in = {each.id: each.digest for each in db.session.scalars(select(SubmittedSheet))}
    rewritten = f"UPDATE item_score SET strengths = 'x' WHERE id = {item}"  # noqa: S608 - a number
    with unit_of_work.transaction():
        remove_expert(OFFICE, expert, reason="本人要求离库。")
    assert refused(rewritten)
    act = confirmed(app_context, RetentionKind.NAMES)
    assert refused("UPDATE item_score SET percent = 0"), "the door lets texts through, no score"
    assert not refused(rewritten)
    db.session.rollback()
    work(app_context)
    assert (act.state, act.counts["text"]) == (RetentionState.DONE, 1)
    strengths = db.session.scalars(select(ItemScore.strengths).where(ItemScore.id == item)).one()
    assert strengths == f"同意{number}的意见，{number}还指出两点。"
    assert refused(rewritten), "the door is shut again"
    assert {each.id: each.digest for each in db.session.scalars(select(SubmittedSheet))} == handed_in
    assert faults() == []
    with files.store().open(bundled().full_sha256) as full:
        assert checked(full.read(), tmp_path, "--key", signing.public_key())[0] == 0


@demo
@pytest.mark.databases(rare="postgresql")
def test_an_objectors_name_goes_out_of_what_was_written_about_the_objection(
    app_context: Flask, running_clock: FrozenClock
) -> None:
    with unit_of_work.transaction():
        found = db.session.scalars(select(Objection).where(Objection.edition_id == edition().id)).all()[0]
        found.contact_name, found.contact = "欧阳示例", "138"
        db.session.execute(update(Objection).values(finding="经与欧阳 示例核实。"))
        number, key = found.number, found.id
    archived(running_clock)
    act = confirmed(app_context, RetentionKind.CONTACTS)
    assert refused("UPDATE objection SET number = 'x'")
    work(app_context)
    db.session.expire_all()
    assert db.session.get_one(Objection, key).finding == f"经与{number}核实。"
    assert act.counts["text"] >= 1
    assert refused("UPDATE objection SET finding = 'x'")
    assert faults() == []


def joined(survivor: Expert) -> Expert:
    """A second entry of the same person, merged into this one by two people."""
    taken = db.session.scalars(select(Assignment.expert_id)).all()
    others = db.session.scalars(select(Expert).where(Expert.id.not_in([survivor.id, *taken])).order_by(Expert.id))
    other = next(each for each in others if not missing_to_merge(survivor, each))
    with unit_of_work.transaction():
        merge = propose_merge(OFFICE, survivor, other, taken=[], reason=f"{other.name}是同一人。")
    with unit_of_work.transaction():
        confirm_merge(second(), merge)
    return other


@demo
def test_of_an_expert_with_two_entries_both_are_forgotten(app_context: Flask, running_clock: FrozenClock) -> None:
    survivor = seated()
    other = joined(survivor)
    names = {survivor.name, other.name}
    archived(running_clock)
    with unit_of_work.transaction():
        remove_expert(OFFICE, survivor, reason="本人要求离库。")
    act = wished(app_context, survivor)
    work(app_context)
    assert act.counts["expert"] == 2
    assert [(each.name, each.employer) for each in (survivor, other)] == [(survivor.number, ""), (other.number, "")]
    merge = db.session.scalars(select(ExpertMerge)).one()
    assert (merge.before, merge.reason) == ({}, f"{other.number}是同一人。")
    assert not names & {*db.session.scalars(select(Expert.name))}
    assert act.reason == f"{survivor.number}来信要求。"
    assert queries.is_erased(other)
    assert faults() == []


@demo
def test_a_name_that_two_people_bear_is_left_in_the_texts(app_context: Flask, running_clock: FrozenClock) -> None:
    expert = seated()
    name, item = expert.name, commented(expert)
    with unit_of_work.transaction():
        namesake = db.session.scalars(select(Expert).where(Expert.id != expert.id)).all()[0]
        namesake.name = name
    archived(running_clock)
    with unit_of_work.transaction():
        remove_expert(OFFICE, expert, reason="本人要求离库。")
    act = confirmed(app_context, RetentionKind.NAMES)
    work(app_context)
    assert "text" not in act.counts
    assert name in db.session.scalars(select(ItemScore.strengths).where(ItemScore.id == item)).one()


@demo
def test_the_spreadsheet_that_an_expert_came_in_goes_with_him(app_context: Flask, running_clock: FrozenClock) -> None:
    archived(running_clock)
    expert = seated()
    others = {each.id: each.digest for each in db.session.scalars(select(PoolImport))}
    with unit_of_work.transaction():
        discarded = preview(OFFICE, row(1, number=expert.number, name=expert.name, email=expert.email))
        waiting = preview(OFFICE, row(2, number="E9999", name="旁人", email="other@example.com"))
        discard_import(OFFICE, discarded)
        remove_expert(OFFICE, expert, reason="本人要求离库。")
    digests, number = (discarded.digest, waiting.digest), expert.number
    act = wished(app_context, expert)
    work(app_context)
    assert [files.store().is_sound(each) for each in digests] == [False, True], "a list without him stays"
    assert act.counts["pool_import"] == 1 + len(others)
    assert db.session.get_one(PoolImport, discarded.id).digest == digests[0], "the digest stays"
    assert not [each for each in db.session.scalars(select(PoolImportRow.content)) if each["texts"]["number"] == number]
    with pytest.raises(files.Erased):
        files.store().open(digests[0])
    assert faults() == []


@demo
def test_after_every_act_the_full_bundle_is_made_verifies_and_tells_of_them(
    app_context: Flask, running_clock: FrozenClock, tmp_path: Path
) -> None:
    archived(running_clock)
    with unit_of_work.transaction():
        remove_expert(OFFICE, seated(), reason="本人要求离库。")
    acts: list[RetentionAct] = [confirmed(app_context, kind) for kind in queries.BY_TERM]
    work(app_context)
    reports = db.session.scalars(select(FeedbackReport.pdf_sha256).where(FeedbackReport.pdf_sha256 != "")).all()
    assert all(files.store().is_sound(each) for each in reports), "an applicant's report stays"
    with files.store().open(bundled().full_sha256) as full:
        content = full.read()
    code, told = checked(content, tmp_path, "--key", signing.public_key())[:2]
    assert code == 0, told
    made = unpacked(content)
    log = made["audit/events.jsonl"].decode()
    assert all(act.digest and act.digest in log for act in acts), "which act took what out is on record in the bundle"
    assert len([path for path in made if path.startswith("feedback/")]) == len(reports)
    assert any(path.startswith("committee/") and path.endswith(".pdf") for path in made)
