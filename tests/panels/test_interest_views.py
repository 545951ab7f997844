"""Pages of interests, exceptions, the matrix and unlawful seats, by the people who use them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from app.experts import services as experts
from app.kernel import unit_of_work
from app.kernel.actor import Actor
from app.kernel.database import db
from app.panels import queries, services
from app.programmes.models import Round
from tests.factories import panels as made
from tests.factories.accounts import office, supervisor
from tests.factories.experts import row
from tests.support.client import document

OFFICE, SECOND, WATCHER = "office@test.example", "second@test.example", "watch@test.example"
HOME = "140105"
LENIENT = ("exceptions = []", 'exceptions = ["region"]')
PAIR = {"expert": "E090", "dossier": "SX2026-001"}


@dataclass(frozen=True)
class Place:
    round: int
    code: str
    office: Actor


@pytest.fixture
def arranged(app: Flask) -> Callable[..., Place]:
    """Two people of the office, a supervisor, two dossiers; E090 lives in the applicant's own city."""

    def arrange(*, publish: bool = False) -> Place:
        with app.app_context(), unit_of_work.transaction():
            actor = office(email=OFFICE, password=True)
            office(email=SECOND, password=True)
            supervisor(email=WATCHER, password=True)
            home = row(90, employer_region=HOME, residence_region=HOME)
            given = made.setting(2, actor=actor, rows=[home], rulebook=LENIENT)
            if publish:
                services.publish_draw(actor, made.drawn(given))
            return Place(given.round.id, given.edition.code, actor)

    return arrange


def test_an_interest_is_recorded_ended_and_withdrawn(arranged: Any, signed_in: Any) -> None:
    arranged()
    desk = signed_in(OFFICE)
    form = {"form": "/conflicts/new", "kind": "kinship", "note": "堂兄", **PAIR}
    wrong = desk.submit("/conflicts/new", **form | {"expert": "E999"})
    assert wrong.status_code == 422
    assert "没有这个编号" in document(wrong).text
    unknown = desk.submit("/conflicts/new", **form | {"dossier": "SX2026-999"})
    assert "没有这个编号的申报书" in document(unknown).text
    assert desk.submit("/conflicts/new", since="2020-01-01", **form).status_code == 303
    assert "亲属关系" in desk.page("/conflicts").text

    assert desk.submit("/conflicts/1/end", form="/end", reason="x").status_code == 422
    assert desk.submit("/conflicts/1/end", form="/end", until="2019-01-01", reason="x").status_code == 422
    assert desk.submit("/conflicts/1/end", form="/end", until="2026-01-01", reason="已解除").status_code == 303
    assert desk.submit("/conflicts/1/withdraw", form="/withdraw").status_code == 422
    assert desk.submit("/conflicts/1/withdraw", form="/withdraw", reason="同名").status_code == 303
    assert "已撤销登记" in desk.page("/conflicts").text
    assert desk.submit("/conflicts", form="/conflicts/find").status_code == 303


def test_the_supervisor_reads_and_changes_nothing(arranged: Any, signed_in: Any) -> None:
    place = arranged()
    watcher = signed_in(WATCHER)
    number = place.round
    for address in ("/conflicts", "/exceptions", "/unlawful-seats", f"/rounds/{number}/matrix"):
        assert watcher.get(address).status_code == 200
    for address in ("/conflicts/new", "/exceptions/new"):
        assert watcher.get(address).status_code == 403


def test_an_exception_takes_two_people_and_is_public(arranged: Any, signed_in: Any) -> None:
    place = arranged()
    first, second = signed_in(OFFICE), signed_in(SECOND)
    assert first.submit("/exceptions/new", form="/exceptions/new", rule="region", **PAIR).status_code == 422
    words = {"rule": "region", "reason": "全国仅此一人熟悉这一工艺"}
    assert first.submit("/exceptions/new", form="/exceptions/new", **words, **PAIR).status_code == 303
    assert first.get("/exceptions/1/confirm").status_code == 403
    assert "确认例外" in second.page("/desk").text
    assert second.submit("/exceptions/1/confirm", form="/confirm").status_code == 303
    public = first.page(f"/results/{place.code}").text
    assert "全国仅此一人熟悉这一工艺" in public
    assert "示例制造1有限公司" not in public
    number = place.round
    assert "依第 1 号例外可以评审" in first.page(f"/rounds/{number}/eligibility/E090/SX2026-001").text
    assert second.submit("/exceptions/1/revoke", form="/revoke", reason="另有安排").status_code == 303
    assert "已撤销：另有安排" in first.page(f"/results/{place.code}").text
    assert first.submit("/exceptions/new", form="/exceptions/new", **words, **PAIR).status_code == 303
    assert second.submit("/exceptions/2/refuse", form="/refuse").status_code == 422
    assert second.submit("/exceptions/2/refuse", form="/refuse", reason="理由不足").status_code == 303


def test_every_cell_of_the_matrix_opens_its_reason(arranged: Any, signed_in: Any) -> None:
    place = arranged()
    number, desk = place.round, signed_in(OFFICE)
    page = desk.page(f"/rounds/{number}/matrix").text
    assert "E090" in page
    assert "区" in page
    assert "E001" not in desk.page(f"/rounds/{number}/matrix?expert=E090").text
    assert "E090" not in desk.page(f"/rounds/{number}/matrix?province=33").text
    assert "没有符合这些条件" in desk.page(f"/rounds/{number}/matrix?dossier=nothing&group=x&rule=load").text
    assert desk.get(f"/rounds/{number}/matrix?row=-4&column=x&dossier=SX2026-001").status_code == 200
    paper = desk.page(f"/rounds/{number}/eligibility/E090/SX2026-001").text
    assert "不能评审的说明" in paper
    assert "140105" in paper
    assert "可以评审的说明" in desk.page(f"/rounds/{number}/eligibility/E001/SX2026-001").text
    assert desk.get(f"/rounds/{number}/eligibility/E999/SX2026-001").status_code == 404


def test_a_move_puts_the_seat_on_the_desk_with_its_reason(app: Flask, arranged: Any, signed_in: Any) -> None:
    place = arranged(publish=True)
    desk = signed_in(OFFICE)
    assert "所有席位都合规" in desk.page("/unlawful-seats").text
    with app.app_context(), unit_of_work.transaction():
        seat = queries.assignments_in(db.session.get_one(Round, place.round))[0]
        experts.edit_expert(place.office, seat.expert, {"employer_region": HOME}, version=seat.expert.version)
    assert "处理席位" in desk.page("/desk").text
    page = desk.page("/unlawful-seats").text
    assert "属于同一省级地区" in page
    assert "更换" in page
