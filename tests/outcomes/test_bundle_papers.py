"""Papers in a bundle: the very files that people hold, those of the full version in no public one."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.demo.story import CODE
from app.experts.models import Expert
from app.kernel import unit_of_work
from app.kernel.database import db
from app.kernel.exact import display_twentieths
from app.outcomes import services as outcomes
from app.outcomes.certificates.models import Certificate
from app.outcomes.certificates.rules import shown
from app.outcomes.feedback import services as feedback
from app.outcomes.feedback.models import FeedbackReport
from app.outcomes.models import RevokedFor
from app.programmes.models import Edition
from app.workflow import FeedbackState
from tests.factories.decisions import let_in, office
from tests.factories.feedback import editor, typeset
from tests.outcomes.test_bundle_rules import CASES, bundle, concluded
from tests.support.bundles import Files, checked, edited, signed_again, words
from tests.support.client import Client
from tests.support.server import FrozenClock

SignIn = Callable[[str], Client]


def edition() -> Edition:
    return db.session.scalars(select(Edition).where(Edition.code == CODE)).one()


def both() -> tuple[Files, Files]:
    """The public and the full version as they are at this moment."""
    with unit_of_work.transaction():
        return bundle(edition(), full=False), bundle(edition(), full=True)


@pytest.fixture
def result(app: Flask, frozen_clock: FrozenClock) -> Flask:
    with app.app_context(), unit_of_work.transaction():
        concluded(frozen_clock, CASES["the mean"])
    return app


def on_paper(files: Files, path: str) -> str:
    return "".join(words({path: files[path]}).split())


# --- feedback reports ---------------------------------------------------------------------------------------------


def written(report: FeedbackReport) -> FeedbackReport:
    """Every item in words, typeset; drafted by one person, edited by a second, approved by a third."""
    for item in report.items:
        texts = {"strengths": "方法系统。", "improvements": "缺少对比。"}
        feedback.save_item(editor(), report, item.item_code, texts, version=item.version)
    return typeset(report)


def reports() -> list[FeedbackReport]:
    return list(db.session.scalars(select(FeedbackReport).order_by(FeedbackReport.id)))


def released() -> dict[int, tuple[str, str]]:
    """By report the number of its dossier and its owner's mail address: drafted by one, edited and approved by two others."""
    with unit_of_work.transaction():
        feedback.draft_all(office(), edition())
    with unit_of_work.transaction():
        assert [written(report).state for report in reports()] == [FeedbackState.APPROVED] * 2
    assert of_feedback(*both()) == []
    with unit_of_work.transaction():
        feedback.release_all(office(), edition())
        owners = {each.id: (each.application.number, each.application.applicant.owner.email) for each in reports()}
        let_in(*(email for _number, email in owners.values()))
    return owners


def of_feedback(*versions: Files) -> list[str]:
    return [path for files in versions for path in files if path.startswith("feedback/")]


@pytest.mark.databases
def test_a_released_report_is_in_the_full_version_as_its_applicant_has_it(result: Flask, signed_in: SignIn) -> None:
    with result.app_context():
        owners = released()
        public, full = both()
    assert of_feedback(public) == []
    assert of_feedback(full) == [f"feedback/{number}.pdf" for number, _email in owners.values()]
    for report_id, (number, email) in owners.items():
        loaded = signed_in(email).get(f"/feedback/{report_id}/report.pdf")
        assert (loaded.status_code, loaded.data) == (200, full[f"feedback/{number}.pdf"])
        loaded.close()


# --- certificates -------------------------------------------------------------------------------------------------


def test_a_certificate_is_in_both_versions_as_its_holder_has_it(
    result: Flask, signed_in: SignIn, client: Client
) -> None:
    with result.app_context(), unit_of_work.transaction():
        public, full = both()
        held = db.session.scalars(select(Certificate).order_by(Certificate.id)).all()
        owners = {each.id: db.session.get_one(User, each.owner_id).email for each in held}
        papers = {each.id: (f"certificates/{each.number}.pdf", shown(each.code)) for each in held}
        let_in(*owners.values())
    for certificate_id, (path, code) in papers.items():
        loaded = signed_in(owners[certificate_id]).get(f"/certificates/{certificate_id}/certificate.pdf")
        assert loaded.data == public[path] == full[path]
        loaded.close()
        assert code in public["certificates/certificates.csv"].decode()
        assert f"/verify/{code}" in on_paper(public, path)
        assert "有效：" in client.page(f"/verify/{code}").text


def test_only_the_full_version_says_what_no_page_shows_of_a_certificate(result: Flask, tmp_path: Path) -> None:
    with result.app_context():
        public, full = both()
        path = "certificates/contents.jsonl"
        code = json.loads(full[path].splitlines()[0])["content"]["credit_code"]
        assert code
        assert path not in public
        assert code not in words(public)
        changed = edited(full, path, lambda record: record["content"].update(name="别人"))
        found, lines = checked(signed_again(changed), tmp_path, "--en")
    assert (found, "does not say what honour" in str(lines)) == (1, True)


def test_a_revoked_honours_certificate_says_so(result: Flask, tmp_path: Path) -> None:
    with result.app_context():
        with unit_of_work.transaction():
            honour = outcomes.queries.of_edition(edition().id)[0]
            outcomes.revoke(office(), honour, reason="核实造假。", because=RevokedFor.FRAUD)
        public, _full = both()
        rows = public["certificates/certificates.csv"].decode().splitlines()[1:]
        assert [row.rpartition(",")[2] for row in rows] == ["revoked", "published"]
        assert ["撤销" in on_paper(public, f"certificates/{row.split(',')[0]}.pdf") for row in rows] == [True, False]
        said = checked(signed_again(public), tmp_path, "--en")[1]
    assert "OK  All 2 certificates say what the honours say." in said


# --- rankings and result sheets -----------------------------------------------------------------------------------


def papers_of(full: Files, folder: str) -> dict[str, str]:
    """By number or round what each paper of a folder says."""
    found = [path for path in full if path.startswith(f"{folder}/") and path.endswith(".pdf")]
    return {Path(path).stem: on_paper(full, path) for path in found}


def lacking(sheet: dict[str, Any], said: str) -> list[str]:
    told = (sheet["digest"], sheet["expert"], display_twentieths(sheet["total_twentieths"]))
    return [part for part in told if part not in said]


@pytest.mark.demo("result")
def test_result_sheets_say_what_the_records_say_and_name_no_expert(app_context: Flask) -> None:
    public, full = both()
    sheets = [json.loads(line) for line in full["scores/sheets.jsonl"].splitlines()]
    said = papers_of(full, "results")
    assert papers_of(public, "results") == {}
    assert said.keys() == {sheet["dossier"] for sheet in sheets}
    assert [lacking(sheet, said[sheet["dossier"]]) for sheet in sheets] == [[]] * len(sheets)
    everything = "".join(said.values())
    assert [name for name in db.session.scalars(select(Expert.name)) if name in everything] == []
    for row in table(full, "scores/deductions.csv"):
        assert ("超时扣" in said[row["dossier"]]) == (row["points"] != "0")


@pytest.mark.demo("result")
def test_a_ranking_on_paper_says_what_its_record_says(app_context: Flask) -> None:
    public, full = both()
    names = {row["number"]: row["name"] for row in table(full, "dossiers.csv")}
    said = papers_of(full, "rankings")
    assert (papers_of(public, "rankings"), said.keys()) == ({}, {"paper", "site", "defence"})
    for key, text in said.items():
        record = json.loads(full[f"rankings/{key}.json"])
        assert record["digest"] in text
        rows = record["snapshot"]["rows"]
        wanted = [(f"{row['dossier']}{names[row['dossier']]}", row["shown"]) for row in rows]
        assert [name for name, shown in wanted if name not in text or shown not in text] == []


def table(files: Files, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[path].decode(), newline="")))
