"""The bundle of a finished edition: the same bytes, nothing private in the public one, and no change that is not found."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.applications.models import Application
from app.audit import services as audit
from app.decisions.models import CommitteeMember
from app.demo.story import CODE
from app.experts.models import Expert
from app.kernel import signing, unit_of_work
from app.kernel.actor import Actor
from app.kernel.canonical import Record, digest
from app.kernel.database import db
from app.kernel.errors import NotReady
from app.outcomes import services
from app.outcomes.models import RevokedFor
from app.programmes.models import Edition
from app.scoring.models import SubmittedSheet
from tests.factories import outcomes as made
from tests.support.bundles import Files, checked, edited, named, packed, replaced, signed_again, unpacked, words
from tests.support.databases import run_command
from tests.support.server import FrozenClock

FINISHED = pytest.mark.demo("result")
VERSIONS = pytest.mark.parametrize("version", ["public", "full"])


def edition() -> Edition:
    return db.session.scalars(select(Edition).where(Edition.code == CODE)).one()


def make(*, full: bool = False) -> bytes:
    with unit_of_work.transaction():
        return services.make_bundle(edition(), full=full)[1]


def faults(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith("✗")]


# --- made ---------------------------------------------------------------------------------------------------------


@FINISHED
@VERSIONS
@pytest.mark.databases(rare="postgresql")
def test_the_bundle_of_a_finished_edition_holds_and_is_the_same_whenever_it_is_made(
    app: Flask, tmp_path: Path, version: str
) -> None:
    out, more = tmp_path / "made.zip", ("--full",) if version == "full" else ()
    said = run_command(app, "archive", "export", "--edition", CODE, "--out", str(out), *more)
    with app.app_context():
        assert f"--key {signing.public_key()}" in said
        code, lines = checked(out.read_bytes(), tmp_path, "--key", signing.public_key())
        assert (code, faults(lines)) == (0, []), lines
        with unit_of_work.transaction():
            audit.record(Actor.system("tests"), "score_sheet.read", edition())
        assert make(full=version == "full") == out.read_bytes()


@FINISHED
def test_a_further_step_of_the_edition_makes_another_bundle(app_context: Flask) -> None:
    first = make()
    with unit_of_work.transaction():
        outcome = next(iter(services.queries.of_edition(edition().id)))
        services.revoke(made.office(), outcome, reason="示例理由", because=RevokedFor.INCIDENT)
    assert make() != first


def test_nothing_leaves_before_the_result_is_public(app_context: Flask, frozen_clock: FrozenClock) -> None:
    noticed, _outcomes = made.approved(frozen_clock)
    with pytest.raises(NotReady) as refused:
        services.make_bundle(noticed.room.edition, full=True)
    assert "尚未公布" in str(refused.value.missing[0])


@FINISHED
def test_an_unknown_edition_and_one_that_is_not_over_are_refused_in_a_sentence(app: Flask, tmp_path: Path) -> None:
    asked = ["archive", "export", "--edition", "NONE", "--out", str(tmp_path / "x.zip")]
    refused = app.test_cli_runner().invoke(args=asked)
    assert (refused.exit_code, "没有代码为 NONE 的届次" in refused.output) == (1, True)
    assert not (tmp_path / "x.zip").exists()


@FINISHED
def test_the_public_version_names_no_expert_no_member_and_no_applicant_without_an_honour(app_context: Flask) -> None:
    text = words(unpacked(make()))
    members = select(User.name).join(CommitteeMember, CommitteeMember.user_id == User.id)
    unnamed = select(Application.name).where(Application.edition_id == edition().id, Application.level_key == "")
    for names in (select(Expert.name), select(Expert.number), members, unnamed):
        found = db.session.scalars(names).all()
        assert found
        assert [name for name in found if name in text] == []


@FINISHED
def test_the_public_version_holds_no_word_that_an_expert_wrote(app_context: Flask) -> None:
    text = words(unpacked(make()))
    contents = db.session.scalars(select(SubmittedSheet.content)).all()
    written = {
        item[field] for content in contents for item in content["items"] for field in ("strengths", "improvements")
    }
    assert len(written) > 5
    assert [words for words in written if words and json.dumps(words, ensure_ascii=False)[1:-1] in text] == []
    assert max(written, key=len) in unpacked(make(full=True))["scores/sheets.jsonl"].decode()


# --- changed by somebody without the key --------------------------------------------------------------------------


KEPT: dict[str, Files] = {}
"""Each version made once: the tests below only change copies of them."""


@pytest.fixture
def whole(app_context: Flask) -> Files:
    if "full" not in KEPT:
        KEPT["full"] = unpacked(make(full=True))
    return dict(KEPT["full"])


@pytest.fixture
def public(app_context: Flask) -> Files:
    if "public" not in KEPT:
        KEPT["public"] = unpacked(make())
    return dict(KEPT["public"])


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 0x01]) + content[place + 1 :]


@FINISHED
@pytest.mark.parametrize("version", ["public", pytest.param("full", marks=pytest.mark.slow)])
def test_a_byte_changed_in_any_file_is_found_and_the_file_is_named(
    whole: Files, public: Files, tmp_path: Path, version: str
) -> None:
    """The whole program for one file of each folder and kind, its checks of files for every one."""
    every = whole if version == "full" else public
    assert named(packed(every)) == ""
    first = {(Path(path).parent, Path(path).suffix): path for path in sorted(every, reverse=True)}
    for number, (path, content) in enumerate(every.items()):
        place = (number * 7919) % len(content)
        changed = packed({**every, path: flipped(content, place)})
        assert path in named(changed), (path, place)
        if path in first.values():
            code, lines = checked(changed, tmp_path, "--en")
            assert code == 1, (path, place)
            assert any(path in line for line in faults(lines)), (path, place, faults(lines))


RECORDS = ("scores/sheets.jsonl", "scores/consensus.jsonl", "panels/seats.csv", "outcomes.csv", "audit/events.jsonl")


@FINISHED
@pytest.mark.parametrize("path", RECORDS)
def test_a_byte_changed_in_a_record_names_the_record(public: Files, tmp_path: Path, path: str) -> None:
    lines = public[path].splitlines(keepends=True)
    for line in (1, len(lines) // 2, len(lines) - 1):
        changed = [*lines[:line], flipped(lines[line], len(lines[line]) // 2), *lines[line + 1 :]]
        code, said = checked(packed({**public, path: b"".join(changed)}), tmp_path, "--en")
        assert code == 1
        assert any(f"{path}, line {line + 1}, the record" in fault for fault in faults(said)), said


@FINISHED
def test_a_file_that_is_missing_or_was_added_is_named(public: Files, tmp_path: Path) -> None:
    less = {path: content for path, content in public.items() if path != "outcomes.csv"}
    assert "outcomes.csv is missing" in str(checked(packed(less), tmp_path, "--en"))
    assert "more.txt is not in the index" in str(checked(packed({**public, "more.txt": b"x"}), tmp_path, "--en"))


@FINISHED
def test_another_key_and_what_is_no_bundle_are_refused(public: Files, tmp_path: Path) -> None:
    code, lines = checked(packed(public), tmp_path, "--en", "--key", "00" * 32)
    assert (code, "signed by another key" in faults(lines)[0]) == (1, True)
    assert checked(packed({"a.txt": b"a"}), tmp_path)[0] == 2
    assert checked(b"no archive", tmp_path)[0] == 2


# --- changed by somebody who has the key and writes every digest anew ---------------------------------------------

Change = Callable[[Files], Files]


def in_json(path: str, edit: Callable[[Record], object], line: int = 0) -> Change:
    return lambda every: edited(every, path, edit, line=line)


def in_text(path: str, old: str, new: str) -> Change:
    return lambda every: replaced(every, path, old, new)


def lower_item(sheet: Record, *, honestly: bool = False) -> None:
    item = next(item for item in sheet["items"] if item["percent"] >= 5)
    item["percent"] -= 5
    if honestly:
        item["twentieths"] -= item["points"]
        sheet["total_twentieths"] -= item["points"]


def swap_leaders(ranking: Record) -> None:
    rows = ranking["snapshot"]["rows"]
    rows[0]["dossier"], rows[1]["dossier"] = rows[1]["dossier"], rows[0]["dossier"]


def first_review(ranking: Record) -> Any:
    return ranking["snapshot"]["reviews"][0]


def turn_ballot(session: Record) -> None:
    ballot = next(entry for entry in session["rounds"][0]["box"] if entry[2] == "award")
    ballot[2] = "reject"


def rename(notice: Record) -> None:
    notice["content"]["levels"][0]["rows"][0]["name"] = "另一家公司"


def rename_with_digest(notice: Record) -> None:
    rename(notice)
    notice["digest"] = digest(notice["content"])


def other_member(draw: Record) -> None:
    panels = draw["record"]["result"]["panels"]
    panels[0]["members"], panels[1]["members"] = panels[1]["members"], panels[0]["members"]


def other_weight(rulebook: Record) -> None:
    rulebook["said"]["rulebook"]["rounds"][0]["weight"] = 31


def other_weight_and_digest(every: Files) -> Files:
    changed = edited(every, "rulebook/rulebook.json", other_weight)
    anew = digest(json.loads(changed["rulebook/rulebook.json"])["said"])
    return edited(changed, "edition.json", lambda record: record.update(rulebook_digest=anew))


def _other_question(questions: Record) -> None:
    questions[min(questions)] = [9]


def _seal_otherwise(lot: Record) -> None:
    record = lot["record"]
    record["input"]["dossiers"].reverse()
    record["input_digest"] = digest(record["input"])


CROSS_CHECKS: dict[str, tuple[Change, str]] = {
    "a percentage": (in_json("scores/sheets.jsonl", lower_item, 3), "is not points times percentage"),
    "a whole sheet": (
        in_json("scores/sheets.jsonl", lambda sheet: lower_item(sheet, honestly=True), 3),
        "and the score sheets differ",
    ),
    "an agreed total": (
        in_json("scores/consensus.jsonl", lambda report: report.update(total_twentieths=1)),
        "the total is not the sum",
    ),
    "a deduction": (
        in_text("scores/deductions.csv", "defence,SX2026-001,1,0", "defence,SX2026-001,1,5"),
        "deductions in the ranking of defence",
    ),
    "the order of a ranking": (in_json("rankings/defence.json", swap_leaders), "Ranking of defence"),
    "a review in a ranking": (
        in_json("rankings/paper.json", lambda ranking: first_review(ranking).__setitem__(4, 20_000)),
        "The ranking of paper and the score sheets differ",
    ),
    "a rule of a ranking": (
        in_json("rankings/paper.json", lambda ranking: ranking["snapshot"]["rules"].update(decimals=3)),
        "by other rules",
    ),
    "a ballot": (in_json("committee/1.json", turn_ballot), "Session 1: "),
    "a decision": (
        in_json("committee/1.json", lambda session: session["proposals"][0].update(level="nomination")),
        "Session 1: level of",
    ),
    "a count": (
        in_json("committee/1.json", lambda session: session["rounds"][0]["results"][0].update(new_vote=True)),
        "Session 1: new_vote of",
    ),
    "a ballot paper": (
        in_json("committee/1.json", lambda session: session["rounds"][0]["offered"].popitem()),
        "Session 1: ",
    ),
    "the voters": (
        in_json("committee/1.json", lambda session: session["rounds"][0].update(rights=2)),
        "Session 1: no quorum",
    ),
    "a name on the notice": (in_json("notices/1.json", rename), "Notice 1 was changed"),
    "the notice and its digest": (in_json("notices/1.json", rename_with_digest), "no fitting notice.publish"),
    "an honour": (in_text("outcomes.csv", "nomination", "award"), "is not what was voted or noticed"),
    "a region of an expert": (in_text("panels/seats.csv", ",210000", ",140000"), "comes from"),
    "an expert on a panel": (
        in_text("panels/seats.csv", "member,draw,1", "member,draw,2"),
        "is not in the draw's result",
    ),
    "panels of a draw": (in_json("draws/paper-1.json", other_member), "The result was changed"),
    "the order of a hearing": (
        in_json("hearings/defence-1.json", lambda lot: lot["heard"].reverse()),
        "the lot drawn again differs: order",
    ),
    "a question of a hearing": (
        in_json("hearings/defence-1.json", lambda lot: _other_question(lot["record"]["result"]["questions"])),
        "the lot drawn again differs: questions",
    ),
    "a public number of a hearing": (
        in_json("hearings/defence-1.json", lambda lot: lot["record"].update(public="0")),
        "the lot drawn again differs: seed",
    ),
    "a secret of a hearing": (
        in_json("hearings/defence-1.json", lambda lot: lot["record"].update(secret="0")),
        "the lot drawn again differs: commitment",
    ),
    "what was sealed for a hearing": (
        in_json("hearings/defence-1.json", _seal_otherwise),
        "no fitting defence.commit",
    ),
    "a seed": (
        in_json("draws/paper-1.json", lambda draw: draw["record"].update(seed="0" * 64)),
        "draws.csv and draws/paper-1.json differ",
    ),
    "the rulebook": (in_json("rulebook/rulebook.json", other_weight), "The rulebook was changed"),
    "the rulebook and its digest": (other_weight_and_digest, "no fitting edition.open"),
    "the text of the rulebook": (
        in_text("rulebook/rulebook.toml", "decimals = 2", "decimals = 3"),
        "does not say what the frozen data say",
    ),
    "an event": (
        in_json("audit/events.jsonl", lambda event: event.update(actor_name="另一个人"), 5),
        "of the audit log was changed",
    ),
    "an event and its hash": (
        lambda every: _rehashed(every, 5),
        "of the audit log was changed",
    ),
    "the list of hashes": (
        lambda every: {**every, "audit/hashes.txt": b"0" * 64 + every["audit/hashes.txt"][64:]},
        "does not fit the log",
    ),
    "the name on a certificate": (
        in_text("certificates/certificates.csv", ",1,award,", ",1,nomination,"),
        "does not say what honour 1 says",
    ),
    "the digest of a certificate": (
        lambda every: _other_digests(every, "certificates/certificates.csv"),
        "no fitting certificate.issue",
    ),
    "an honour without a certificate": (
        lambda every: _without_last_line(every, "certificates/certificates.csv"),
        "Certificate — does not say",
    ),
    "an objection": (in_text("notices/objections.csv", ",rejected", ",forgotten"), "The record of objection"),
}


def _other_digests(every: Files, path: str) -> Files:
    return {**every, path: re.sub(rb",[0-9a-f]{64},", b"," + b"0" * 64 + b",", every[path])}


def _without_last_line(every: Files, path: str) -> Files:
    return {**every, path: b"".join(every[path].splitlines(keepends=True)[:-1])}


def _rehashed(every: Files, line: int) -> Files:
    def change(event: Record) -> None:
        event["actor_name"] = "另一个人"
        event["hash"] = digest({key: value for key, value in event.items() if key != "hash"})

    return edited(every, "audit/events.jsonl", change, line=line)


@FINISHED
@pytest.mark.parametrize("case", CROSS_CHECKS)
def test_a_record_changed_together_with_its_digests_contradicts_the_others(
    public: Files, tmp_path: Path, case: str
) -> None:
    change, expected = CROSS_CHECKS[case]
    code, lines = checked(signed_again(change(public)), tmp_path, "--en")
    assert code == 1
    assert any(expected in fault for fault in faults(lines)), faults(lines)


@FINISHED
def test_the_full_version_holds_every_sheet_to_what_was_handed_in(whole: Files, tmp_path: Path) -> None:
    def comment(sheet: Record) -> None:
        sheet["content"]["items"][0]["strengths"] = "改过的评语"

    def comment_with_digest(sheet: Record) -> None:
        comment(sheet)
        sheet["digest"] = digest(sheet["content"])

    for edit, expected in (
        (comment, "does not fit its digest"),
        (comment_with_digest, "no fitting score_sheet.submit"),
    ):
        changed = edited(whole, "scores/sheets.jsonl", edit, line=7)
        code, lines = checked(signed_again(changed), tmp_path, "--en")
        assert (code, expected in str(faults(lines))) == (1, True), lines


@FINISHED
def test_the_files_of_a_bundle_packed_and_signed_again_unchanged_are_the_bundle(public: Files) -> None:
    again = unpacked(signed_again(public))
    assert again.keys() == public.keys()
    assert {path for path in public if public[path] != again[path]} <= {"digests.csv", "index.json", "signature.json"}
