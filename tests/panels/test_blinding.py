"""What experts of a blind round must not read: name, region, words that the office marks, and what files tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.applications.models import EvidenceFile, Receipt
from app.applications.queries.dossier import content_of, read_content
from app.audit.models import AuditEvent
from app.kernel import files, unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, Stale
from app.panels import queries
from app.panels.blinding import MASK, Hidden, blinded, masked, own_words
from app.panels.services.blinding import mark
from app.programmes import services as programmes
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from tests.factories import scoring as factory
from tests.kernel.test_metadata import pdf
from tests.support.client import document
from tests.support.rulebooks import TEXTS, edited

EXPERT, OFFICE, SUPERVISOR = "expert1@example.org", "office@example.org", "supervisor@example.org"
TELLING = "示例制造001有限公司在太原市。示例制造001 的“晋牌”商标，总经理 王大明，山西名牌。JIN BRAND 与晋 牌同属。"


def blind_edition() -> Edition:
    edition = programmes.create_edition(
        factory.office(), rulebook_key="shanxi-2021", number=4, code="SX2026", starts=date(2026, 3, 2)
    )
    text = edited(TEXTS["shanxi-2021"], {"rounds[0].blind": True})
    programmes.replace_rulebook(factory.office(), edition, text)
    programmes.open_edition(factory.office(), edition)
    return edition


def blind_panel() -> factory.Panel:
    made = factory.panel(1, 2, edition=blind_edition())
    receipt = db.session.scalars(select(Receipt).where(Receipt.application_id == made.dossiers[0].id)).one()
    content = dict(receipt.content)
    key = next(iter(content["texts"]))
    content["texts"] = {**content["texts"], "overview": TELLING, key: TELLING}
    receipt.content, receipt.digest = content, digest(content)
    db.session.flush()
    return made


@pytest.fixture
def arrange(app: Flask) -> Callable[[], object]:
    @contextmanager
    def arranging() -> Iterator[None]:
        with app.app_context(), unit_of_work.transaction():
            for email, role in ((OFFICE, Role.OFFICE), (SUPERVISOR, Role.SUPERVISOR)):
                factory.person(email, role)
            yield

    return arranging


@pytest.mark.parametrize(
    ("text", "words", "wanted"),
    [
        ("晋牌好", ["晋牌"], f"{MASK}好"),
        ("晋 牌，晋\n牌", ["晋牌"], f"{MASK}，{MASK}"),
        ("Jin Brand", ["jin brand"], MASK),
        ("晋牌集团与晋牌", ["晋牌", "晋牌集团"], f"{MASK}与{MASK}"),
        ("a+b", ["a+b"], MASK),
        ("无关", [" "], "无关"),
    ],
)
def test_words_are_covered_whatever_their_case_and_blanks(text: str, words: list[str], wanted: str) -> None:
    assert masked(text, Hidden.of(words)) == wanted


@pytest.mark.usefixtures("app_context")
def test_answers_that_name_people_places_or_the_group_are_hidden_and_their_names_in_texts_too() -> None:
    made = blind_panel()
    application = made.dossiers[0]
    told = {
        "legal_representative": "王大明",
        "registered_address": "学府街道 9 号",
        "address": "体育北路 77 号",
        "parent": "晋示例控股",
        "quality_officer": "李小红",
        "employees": 620,
    }
    application.answers = told
    content = content_of(application) | {"texts": {"overview": "董事长王大明和李小红带领晋示例控股的 620 名员工。"}}
    dossier = read_content(content, rulebook_of(made.edition))
    assert all(str(value) in repr(dossier) for value in told.values())
    seen = repr(blinded(dossier, Hidden.of(own_words(application))))
    assert [value for key, value in told.items() if key != "employees" and value in seen] == []
    assert "620" in seen


@pytest.mark.usefixtures("app_context")
def test_name_short_name_code_and_places_are_hidden_without_anybodys_doing() -> None:
    made = blind_panel()
    words = own_words(made.dossiers[0])
    assert {"示例制造001有限公司", "示例制造001", "山西省", "山西", "太原市", "太原"} <= set(words)
    dossier = queries.dossier_of(made.assignment())
    assert dossier is not None
    assert [word for word in words if word in repr(dossier)] == []
    assert dossier.name == made.dossiers[0].number
    assert {part.key for part in dossier.parts}.isdisjoint({"identity", "contact"})


@pytest.mark.usefixtures("app_context")
def test_marked_words_and_withheld_files_are_gone_for_experts_and_their_addresses_answer_like_unknown_ones() -> None:
    made = blind_panel()
    dossier, given = made.dossiers[0], db.session.scalars(select(EvidenceFile).order_by(EvidenceFile.id)).all()
    mark(boss(), dossier, words=["晋牌", "王大明", "JIN brand", "晋牌"], files=[given[0].id], version=0)
    shown = queries.dossier_of(made.assignment())
    assert shown is not None
    assert [word for word in ("晋牌", "晋 牌", "王大明", "JIN BRAND") if word in repr(shown)] == []
    assert [(file.id, file.name, file.sha256) for file in shown.files] == [(given[1].id, "1", "")]
    assert queries.file_of(made.assignment(), given[0].id) is None
    lines = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "blinding.edit")).all()
    assert [line.detail["words"] for line in lines] == [["晋牌", "王大明", "JIN brand"]]


def boss() -> Actor:
    user = factory.person(OFFICE, Role.OFFICE)
    return Actor(user_id=user.id, name=user.name, roles=frozenset({Role.OFFICE}))


@pytest.mark.usefixtures("app_context")
def test_marks_of_two_people_are_never_overwritten_unseen_and_only_the_office_marks() -> None:
    made = blind_panel()
    dossier = made.dossiers[0]
    first = mark(boss(), dossier, words=["晋牌"], files=[], version=0)
    db.session.flush()
    with pytest.raises(Stale) as stale:
        mark(boss(), dossier, words=["王大明"], files=[], version=0)
    assert (stale.value.stored["words"], stale.value.current_version) == ("晋牌", first.version)
    with pytest.raises(Invalid, match="须有 2 至 60 个字"):
        mark(boss(), dossier, words=["晋"], files=[], version=first.version)
    with pytest.raises(Forbidden):
        mark(made.actors[0], dossier, words=["王大明"], files=[], version=first.version)


@pytest.mark.usefixtures("app_context")
def test_in_an_open_round_the_marks_hide_nothing() -> None:
    made = factory.panel(1, 1)
    mark(boss(), made.dossiers[0], words=["座谈"], files=[], version=0)
    dossier = queries.dossier_for_experts(made.dossiers[0].id, rulebook_of(made.edition), "paper")
    assert dossier is not None
    assert "座谈" in repr(dossier)


def test_the_office_marks_previews_and_the_expert_reads_exactly_that(arrange, signed_in, app: Flask) -> None:
    with arrange():
        blind_panel()
    desk, expert = signed_in(OFFICE), signed_in(EXPERT)
    assert "/rounds/1/blinding" in desk.page("/progress").links()
    assert desk.page("/rounds/1/blinding").links().count("/applications/1/blinding") == 1
    page = desk.page("/applications/1/blinding")
    assert "示例制造001有限公司" in page.text
    answer = desk.submit("/applications/1/blinding", form="blinding", terms="晋牌\n王大明\nJIN BRAND", files=["1"])
    assert answer.status_code == 303
    preview = desk.page("/applications/1/as-expert")
    for source in (main_of(preview), expert.page("/sheets/1").source, expert.page("/assignments/1/dossier").source):
        told = [word for word in ("晋牌", "王大明", "JIN BRAND", "太原", "山西名牌", "证明") if word in source]
        assert told == []
        assert MASK in source
    assert expert.get("/assignments/1/files/1").status_code == 404
    assert expert.get("/applications/1/as-expert").status_code in (403, 404)
    assert "所在地不显示" in expert.page("/assignments/1").text
    assert signed_in(SUPERVISOR).get("/applications/1/blinding").status_code == 403


def main_of(page) -> str:
    """Without the line that tells the office whose dossier it is."""
    return page.source.replace("示例制造001有限公司", "", 1)


def test_a_refused_or_stale_list_comes_back_as_it_was_typed(arrange, signed_in) -> None:
    with arrange():
        blind_panel()
    desk = signed_in(OFFICE)
    refused = desk.submit("/applications/1/blinding", form="blinding", terms="王大明\n晋")
    assert refused.status_code == 422
    assert "“晋”不能遮盖" in document(refused).text
    stale = desk.page("/applications/1/blinding")
    desk.submit("/applications/1/blinding", form="blinding", terms="晋牌")
    form = next(each for each in stale.forms if "terms" in each.names)
    answer = desk.send(form, "/applications/1/blinding", "", {"terms": "王大明"})
    assert answer.status_code == 409
    assert {"晋牌", "王大明"} <= set(document(answer).text.split())


def test_a_file_is_sent_without_its_name_and_its_properties(arrange, signed_in, app: Flask) -> None:
    with arrange():
        blind_panel()
        from_factory = db.session.get_one(EvidenceFile, 2)
        stored = files.store().put(pdf(), limit=10**6, check=lambda _path: None)
        from_factory.sha256, from_factory.size = stored.sha256, stored.size
    answer = signed_in(EXPERT).get("/assignments/1/files/2")
    assert answer.status_code == 200
    assert "证明" not in answer.headers["Content-Disposition"]
    assert "太原某某集团".encode("utf-16-be") not in answer.get_data()
