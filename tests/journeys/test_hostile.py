"""What nobody may get out of the product or into it, tried as somebody with ill will or bad luck would try it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, select

from app.applications.models import Application, EvidenceFile
from app.config import Settings
from app.demo.documents import evidence_pdf
from app.experts.models import Expert
from app.kernel.actor import Role
from app.kernel.database import db
from app.panels.models import Assignment
from app.scoring.models import ScoreSheet
from tests.support import postgres
from tests.support.client import Client, document
from tests.support.databases import release, run_command, run_folder

SignedIn = Callable[[str], Client]
UNKNOWN = 999_999
OWN_PEOPLE = [f"{role.value}@demo.example" for role in (Role.EXPERT, Role.LEADER, Role.HEAD)]

SUBJECTS: dict[str, str] = {
    "dossier": "/applications/{application}",
    "preview": "/applications/{application}/preview",
    "section": "/applications/{application}/text/overview",
    "receipt": "/applications/{application}/receipts/1",
    "file": "/files/{file}",
    "recommendation": "/recommendations/{application}",
    "choice of body": "/applications/{application}/recommending-body",
    "formal check": "/formal-checks/{application}",
    "departments' replies": "/formal-checks/{application}/replies",
    "expert": "/experts/{expert}",
    "declaration": "/assignments/{assignment}",
    "dossier to judge": "/assignments/{assignment}/dossier",
    "evidence to judge": "/assignments/{assignment}/files/{file}",
    "evidence page to judge": "/assignments/{assignment}/files/{file}/pages/1",
    "sheet": "/sheets/{sheet}",
    "score receipt": "/sheets/{sheet}/receipt",
    "draw": "/draws/{draw}",
    "draw record": "/draws/{draw}/result.json",
    "ranking": "/rankings/{ranking}",
    "ranking export": "/rankings/{ranking}.csv",
    "session": "/committee/{session}",
    "minutes": "/committee/{session}/minutes",
    "objection": "/objections/{objection}",
    "objection's evidence": "/objections/{objection}/evidence",
    "user": "/users/{user}",
}
"""Pages of one thing; the things belong to none of the demo's own accounts."""

OFFICE_READS = {"dossier", "preview", "section", "receipt", "file", "choice of body", "formal check", "departments' replies", "expert", "draw", "draw record",
                "ranking", "ranking export", "session", "minutes", "objection", "objection's evidence"}  # fmt: skip
# A 403 with its reason is an answer too: the office sees that a dossier exists whose sections it may not write.
MAY_READ: dict[Role, set[str]] = {
    Role.OFFICE: OFFICE_READS,
    Role.SUPERVISOR: OFFICE_READS | {"score receipt", "sheet"},
    Role.COMMITTEE: {"session", "minutes", "ranking", "ranking export"},
    Role.HEAD: {"ranking", "ranking export"},
    Role.OPERATOR: {"user"},
}


@pytest.fixture
def foreign(app: Flask) -> dict[str, int]:
    """Ids that exist, of things that belong to somebody else."""
    with app.app_context():
        dossier = first(Application.id, Application.region_code.startswith("1402"))
        not_ours = Expert.email.not_in(OWN_PEOPLE)
        seat = first(Assignment.id, Assignment.expert.has(not_ours))
        return {
            "application": dossier,
            "file": first(EvidenceFile.id, EvidenceFile.application_id == dossier),
            "expert": first(Expert.id, not_ours),
            "assignment": seat,
            "sheet": first(ScoreSheet.id, ScoreSheet.assignment_id == seat),
            **dict.fromkeys(("draw", "ranking", "session", "objection", "user"), 1),
        }


def first(column: Any, *conditions: ColumnElement[bool]) -> int:
    found: int = db.session.scalars(select(column).where(*conditions).order_by(column)).first()  # type: ignore[assignment]
    assert found
    return found


def told(person: Client, address: str) -> tuple[int, str, str]:
    """All that an answer gives away; the address itself may come back in it."""
    with person.get(address) as answer:
        text = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        return answer.status_code, answer.headers.get("Location", ""), text.replace(address, "")


@pytest.mark.demo("notice")
@pytest.mark.parametrize("role", list(Role))
def test_unknown_and_foreign_things_answer_alike(signed_in: SignedIn, foreign: dict[str, int], role: Role) -> None:
    person = signed_in(f"{role.value}@demo.example")
    unknown = dict.fromkeys(foreign, UNKNOWN)
    readable = set()
    for name, template in SUBJECTS.items():
        theirs, nobodys = template.format_map(foreign), template.format_map(unknown)
        if told(person, theirs) != told(person, nobodys):
            readable.add(name)
    assert readable == MAY_READ.get(role, set())


@pytest.mark.demo("notice")
def test_a_visitor_is_sent_to_the_door_whatever_the_number(client: Client, foreign: dict[str, int]) -> None:
    for name, template in SUBJECTS.items():
        for ids in (foreign, dict.fromkeys(foreign, UNKNOWN)):
            answer = client.get(template.format_map(ids))
            assert answer.status_code in (302, 303), name
            assert answer.headers["Location"].startswith("/sign-in"), name


def own_pages(person: Client) -> Iterator[tuple[str, str]]:
    """Every page that a person reaches by links from the first one, but for what everybody may read."""
    waiting, seen = ["/desk"], {"/desk"}
    while waiting:
        address = waiting.pop()
        with person.get(address, follow_redirects=True) as answer:
            if answer.mimetype != "text/html":
                continue
            page = document(answer)
        yield address, page.source
        for link in page.links():
            plain = link.partition("#")[0]
            if (
                plain.startswith("/")
                and plain not in seen
                and not re.match(r"/(api|notices|results|rulebook|$)", plain)
            ):
                seen.add(plain)
                waiting.append(plain)


@pytest.mark.demo("notice")
def test_an_applicant_never_sees_a_score_a_rank_or_an_expert(app: Flask, signed_in: SignedIn) -> None:
    with app.app_context():
        names = set(db.session.scalars(select(Expert.name)))
    pages = dict(own_pages(signed_in("applicant@demo.example")))
    assert len(pages) >= 5
    for address, source in pages.items():
        assert [name for name in names if name in source] == [], address
        assert re.findall("得分|名次|综合评分|专家组", source) == [], address


@pytest.mark.demo("applications")
def test_a_form_sent_again_with_other_content_is_refused(signed_in: SignedIn) -> None:
    person = signed_in("applicant@demo.example")
    page = person.page("/applicant/correct")
    form = next(each for each in page.forms if "contact_name" in each.names)
    first_time = person.send(form, "/applicant/correct", "", {"contact_name": "第一次"})
    again = person.send(form, "/applicant/correct", "", {"contact_name": "第一次"})
    other = person.send(form, "/applicant/correct", "", {"contact_name": "第二次"})
    assert (first_time.status_code, again.status_code, other.status_code) == (303, 303, 409)
    assert "已经提交过一次" in document(other).text
    assert "第二次" in other.get_data(as_text=True), "what was typed is not lost"
    assert "第二次" not in person.page("/applicant/correct").source


@pytest.mark.demo("applications")
def test_a_form_left_open_too_long_gives_the_text_back(signed_in: SignedIn) -> None:
    person = signed_in("applicant@demo.example")
    answer = person.submit("/applicant/correct", contact_name="写了很久", csrf_token="stale")
    assert answer.status_code == 400
    assert "安全凭证已过期" in document(answer).text
    assert "写了很久" in answer.get_data(as_text=True)


@pytest.mark.demo("applications")
def test_a_request_beyond_all_limits_is_told_so(
    app: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 10_000)
    person = signed_in("applicant@demo.example")
    dossier = next(link for link in person.page("/applications").links() if re.fullmatch(r"/applications/\d+", link))
    too_much = evidence_pdf("too large") + bytes(10_000)
    answer = person.submit(f"{dossier}/evidence", section_key="licence", file=(too_much, "执照.pdf"))
    assert answer.status_code == 413
    assert "太大" in document(answer).text


# --- the database away --------------------------------------------------------------------------------------------


@contextmanager
def database_away(app: Flask, settings: Settings, kind: str) -> Iterator[None]:
    """The server drops it under open connections, or its file cannot be opened any more."""
    if kind == "postgresql":
        name = settings.database_url.rpartition("/")[2]
        postgres.server(run_folder()).drop(name)
        yield
        return
    release(app)
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    yield
    path.rmdir()
    path.with_suffix(".away").rename(path)


@pytest.mark.demo("applications")
@pytest.mark.databases
def test_the_database_away_is_no_error_and_loses_no_text(
    app: Flask, settings: Settings, database: str, *, signed_in: SignedIn, client: Client
) -> None:
    person = signed_in("applicant@demo.example")
    form = next(each for each in person.page("/applicant/correct").forms if "contact_name" in each.names)
    with database_away(app, settings, database):
        answers = [
            person.get("/"),
            person.get("/desk"),
            person.send(form, "/applicant/correct", "", {"contact_name": "写了很久"}),
        ]
        assert client.get("/healthz").status_code == 200, "the process itself is alive"
        assert client.get("/readyz").status_code == 503
    for answer in answers:
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "暂时无法连接数据库" in document(answer).text
    assert "写了很久" in answers[-1].get_data(as_text=True)


@pytest.mark.demo("applications")
def test_nothing_is_half_done_after_the_database_was_away(app: Flask, settings: Settings, signed_in: SignedIn) -> None:
    person = signed_in("applicant@demo.example")
    form = next(each for each in person.page("/applicant/correct").forms if "contact_name" in each.names)
    with database_away(app, settings, "sqlite"):
        person.send(form, "/applicant/correct", "", {"contact_name": "丢失的名字"})
    assert "丢失的名字" not in person.page("/applicant/correct").source
    assert person.send(form, "/applicant/correct", "", {"contact_name": "再次提交"}).status_code == 303
    run_command(app, "doctor")
