"""The pages of the draw and of the declaration, by the people who use them."""

import hashlib
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from app import jobs
from app.audit.models import AuditEvent
from app.kernel import unit_of_work
from app.kernel.actor import Role
from app.kernel.database import db
from app.panels import services
from app.panels.models import Assignment, Draw
from app.panels.pledge import PLEDGE_VERSION
from tests.factories import panels as made
from tests.factories.accounts import office, person, supervisor
from tests.factories.experts import row
from tests.factories.practice import practised
from tests.support.client import Client, document

PROGRAM = Path(__file__).resolve().parents[2] / "verify" / "draw.py"
OFFICE, WATCHER, HEAD = "office@test.example", "watch@test.example", "head@test.example"


MEASURING_TURNS = 5
"""The steps of measuring what each of the three ways of drawing costs."""


@dataclass
class Place:
    """Addresses of what the setting holds."""

    round: int
    draw: int = 0
    seat: int = 0
    expert: str = ""
    other: str = ""


@pytest.fixture
def arranged(app: Flask) -> Callable[..., Place]:
    """Office, supervisor, two accepted dossiers and a pool; drawn and published where asked."""

    def arrange(
        *, pool: int = 16, commit: bool = False, draw: bool = False, publish: bool = False, blind: bool = False
    ) -> Place:
        with app.app_context(), unit_of_work.transaction():
            actor = office(email=OFFICE, password=True)
            supervisor(email=WATCHER, password=True)
            rulebook = ("blind = false", "blind = true") if blind else ("", "")
            home = [row(n, employer_region="140200", residence_region="140200", may_lead="是") for n in range(90, 93)]
            given = made.setting(2, pool, actor=actor, rows=home, rulebook=rulebook)
            place = Place(given.round.id)
            if commit:
                place.draw = made.committed(given).id
            if draw or publish:
                place.draw = made.drawn(given).id
            if publish:
                _publish(given, place)
        return place

    return arrange


def _publish(given: made.Setting, place: Place) -> None:
    services.publish_draw(given.office, db.session.get_one(Draw, place.draw))
    seats = db.session.scalars(select(Assignment).order_by(Assignment.id)).all()
    other = next(seat for seat in seats if seat.expert_id != seats[0].expert_id)
    for expert in {seat.expert_id: seat.expert for seat in seats}.values():
        practised(given.edition, expert)
    place.seat = seats[0].id
    place.expert, place.other = (made.let_sign_in(seat.expert) for seat in (seats[0], other))


# --- the office ---------------------------------------------------------------------------------------------------


NAMES = re.compile(r"专家\d+|E\d{3}")
AT_TEN, AT_ELEVEN = "2026-05-08T10:00", "2026-05-08T11:00"
TEN = datetime.fromisoformat(AT_TEN).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def test_from_the_draft_to_the_published_panels(arranged: Any, signed_in: Any, frozen_clock: Any) -> None:
    place = arranged()
    desk = signed_in(OFFICE)
    assert "同一地区 3" in desk.page(f"/rounds/{place.round}/precheck").text
    answer = desk.submit(f"/rounds/{place.round}/draw", form="/draw")
    assert answer.status_code == 303
    address = answer.location.partition("/plan")[0]
    assert "没有抽取任何人" in desk.page(answer.location).text
    assert desk.submit(answer.location, form="/plan/experts", expert="E001", reason="出国").status_code == 303
    wish = {"expert": "E002", "dossier": "SX2026-001", "reason": "老同事"}
    assert desk.submit(f"{address}/plan/rules", form="/plan/rules", **wish).status_code == 303
    assert desk.submit(f"{address}/plan/aims", form="/plan/aims", balance="2000").status_code == 303
    preview = desk.page(f"{address}/plan/preview").text
    assert "全部可以排满" in preview
    assert "得分能否相互比较" in preview
    why = desk.page(f"{address}/plan/preview?expert=e090&dossier=SX2026-001").text
    assert "属于同一省级地区" in why

    terms = {"source": "第 2026123 期开奖号码", "known_at": AT_TEN, "reveal_by": AT_ELEVEN, "unseal_at": AT_TEN}
    assert desk.submit(f"{address}/commit", form="/commit", **terms).status_code == 303
    watcher = signed_in(WATCHER)
    assert watcher.submit(f"{address}/promise", form="/promise", secret="汾河流水哗啦啦").status_code == 303
    value = {"value": "03 17", "again": "03 17", "witnesses": "王某"}
    assert desk.submit(f"{address}/public-number", form="/public-number", **value).status_code == 422

    frozen_clock.move_to(TEN)
    assert desk.submit(f"{address}/public-number", form="/public-number", **value).status_code == 303
    assert "监督员还没有揭示" in desk.page(f"{address}/draw").text
    party = next(link for link in watcher.page(address).links() if link.endswith("/reveal"))
    assert watcher.submit(party, form="/reveal", secret="汾河流水").status_code == 422
    assert watcher.submit(party, form="/reveal", secret="汾河流水哗啦啦").status_code == 303
    assert desk.submit(f"{address}/draw", form="/draw").status_code == 303
    page = desk.page(address)
    assert "已抽取，名单封存" in page.text
    assert "完全一致" in desk.page(f"{address}/check").text

    assert "邮件中不写申报者名称" in desk.page(f"{address}/publish").text
    assert desk.submit(f"{address}/publish", form="/publish").status_code == 303
    assert "待声明 6" in desk.page("/draws").text
    assert "组长" in desk.page(f"/rounds/{place.round}/panels").text
    assert NAMES.search(desk.page(f"{address}/list").text)


SEALED_PAGES = ("", "/check", "/hall?step=1", "/hall?step=6", "/paper", "/publish", "/plan/preview", "/plan/rules")
SEALED_FILES = ("/list", "/input.json", "/result.json", "/record.json")


def test_while_the_list_is_sealed_the_office_sees_no_name_anywhere(app: Flask, arranged: Any, signed_in: Any) -> None:
    place = arranged(draw=True)
    desk = signed_in(OFFICE)
    for part in SEALED_PAGES:
        assert not NAMES.search(desk.page(f"/draws/{place.draw}{part}").text), part
    for part in SEALED_FILES:
        assert desk.get(f"/draws/{place.draw}{part}").status_code == 403, part
    for address in ("/desk", "/draws", "/progress", f"/rounds/{place.round}/panels"):
        assert not NAMES.search(desk.page(address).text), address
    with app.app_context():
        assert db.session.scalar(select(Assignment.id)) is None


def test_the_supervisor_may_look_and_is_on_record_for_it(app: Flask, arranged: Any, signed_in: Any) -> None:
    place = arranged(draw=True)
    watcher = signed_in(WATCHER)
    assert NAMES.search(watcher.page(f"/draws/{place.draw}/list").text)
    watcher.get(f"/draws/{place.draw}/record.json")
    with app.app_context():
        looks = db.session.scalars(select(AuditEvent.action).where(AuditEvent.action == "draw.read_list")).all()
    assert len(looks) == 2


def test_the_public_page_shows_the_proof_and_nobodys_name(
    app: Flask, arranged: Any, signed_in: Any, client: Client
) -> None:
    place = arranged(publish=True)
    with app.app_context():
        draw = db.session.get_one(Draw, place.draw)
        told = (draw.input_digest, draw.seed, draw.result_digest, draw.public_value, draw.codes_digest)
        codes = list(draw.codes["experts"])
    text = client.page("/editions/SX2026/draws").text
    for part in told:
        assert part in text
    assert not NAMES.search(text)
    assert not any(code in text for code in codes)
    assert client.get("/editions/nothing/draws").status_code == 404
    assert client.get(f"/draws/{place.draw}").status_code == 302


def test_a_draft_that_cannot_be_staffed_says_why_for_each_dossier(arranged: Any, signed_in: Any) -> None:
    place = arranged(pool=2)
    desk = signed_in(OFFICE)
    address = desk.submit(f"/rounds/{place.round}/draw", form="/draw").location.partition("/plan")[0]
    text = desk.page(f"{address}/plan/preview").text
    assert "抽不出名单" in text
    assert "同一地区 3" in text
    refused = desk.submit(
        f"{address}/commit", form="/commit", source="掷骰", known_at="2099-01-01T10:00", reveal_by="2099-01-01T11:00"
    )
    assert refused.status_code == 422


def test_a_wish_or_a_step_that_is_unknown_is_refused(arranged: Any, signed_in: Any) -> None:
    place = arranged()
    desk = signed_in(OFFICE)
    address = desk.submit(f"/rounds/{place.round}/draw", form="/draw").location.partition("/plan")[0]
    wrong = desk.submit(f"{address}/plan/experts", form="/plan/experts", expert="E999", reason="x")
    assert (wrong.status_code, "没有这个编号" in document(wrong).text) == (422, True)
    assert desk.submit(f"{address}/plan/rules", form="/plan/rules", expert="E001").status_code == 422
    for part in ("/plan/nothing", "/hall?step=7", "/parties/99/reveal"):
        assert desk.get(f"{address}{part}").status_code in (403, 404), part


def test_the_way_of_drawing_is_measured_chosen_and_told_to_everybody(
    app: Flask, arranged: Any, signed_in: Any, client: Client, frozen_clock: Any, tmp_path: Path
) -> None:
    place = arranged(pool=24)
    desk = signed_in(OFFICE)
    address = desk.submit(f"/rounds/{place.round}/draw", form="/draw").location.partition("/plan")[0]
    assert "测算各方式的代价" in desk.page(f"{address}/plan/policy").text
    assert desk.submit(f"{address}/plan/policy", form="measure").status_code == 303
    with app.app_context():
        for _turn in range(MEASURING_TURNS):
            jobs.work(threading.Event())
    measured = desk.page(f"{address}/plan/policy").text
    assert "最差一组平均" in measured
    assert "0 / 6" in measured
    wrong = desk.submit(f"{address}/plan/policy", form="/plan/policy", policy="fastest", share="1/2")
    assert wrong.status_code == 422
    assert desk.submit(f"{address}/plan/policy", form="/plan/policy", policy="random", share="1/3").status_code == 303
    terms = {"source": "掷骰", "known_at": AT_TEN, "reveal_by": AT_ELEVEN, "unseal_at": AT_TEN}
    assert "机会不超过 1/3" in desk.page(f"{address}/commit").text
    assert desk.submit(f"{address}/commit", form="/commit", **terms).status_code == 303
    for part in ("", "/hall?step=1", "/paper"):
        assert "机会不超过 1/3" in desk.page(f"{address}{part}").text, part
    public = client.page("/editions/SX2026/draws").text
    assert "机会不超过 1/3" in public
    assert "总匹配度平均为规则所许最高值的" in public

    frozen_clock.move_to(TEN)
    value = {"value": "03 17", "again": "03 17", "witnesses": "王某"}
    assert desk.submit(f"{address}/public-number", form="/public-number", **value).status_code == 303
    assert desk.submit(f"{address}/draw", form="/draw").status_code == 303
    record = "/editions/SX2026/draws/paper/1.json"
    assert client.get(record).status_code == 404
    assert desk.submit(f"{address}/publish", form="/publish").status_code == 303
    assert record in client.page("/editions/SX2026/draws").links()
    assert "这份名单的总匹配度" in client.page("/editions/SX2026/draws").text
    file = tmp_path / "record.json"
    file.write_bytes(client.get(record).data)
    done = subprocess.run([sys.executable, str(PROGRAM), str(file)], capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stdout
    assert "得到的名单逐字节相同" in done.stdout
    assert client.get(record.replace("SX2026", "nothing")).status_code == 404
    assert "完全一致" in desk.page(f"{address}/check").text


@pytest.mark.usefixtures("frozen_clock")
def test_a_page_of_the_plan_that_somebody_overtook_answers_with_both_texts(arranged: Any, signed_in: Any) -> None:
    place = arranged()
    desk = signed_in(OFFICE)
    address = desk.submit(f"/rounds/{place.round}/draw", form="/draw").location.partition("/plan")[0]
    assert desk.submit(f"{address}/plan/experts", form="/plan/experts", expert="E001", reason="出国").status_code == 303
    late = desk.submit(f"{address}/plan/aims", form="/plan/aims", balance="2000", version="1")
    assert late.status_code == 409
    shown = document(late).text
    assert "适当均衡" in shown
    assert "尽量均衡" in shown
    terms = {"source": "掷骰", "known_at": AT_TEN, "reveal_by": AT_ELEVEN, "unseal_at": AT_TEN}
    assert desk.submit(f"{address}/commit", form="/commit", version="1", **terms).status_code == 409
    assert desk.submit(f"{address}/commit", form="/commit", **terms).status_code == 303


def test_a_guest_is_written_down_by_the_office(arranged: Any, signed_in: Any) -> None:
    place = arranged(commit=True)
    desk = signed_in(OFFICE)
    address = f"/draws/{place.draw}/guests"
    assert desk.submit(address, form="/guests", name="公证处", promise="x").status_code == 422
    assert desk.submit(address, form="/guests", name="公证处", promise="a" * 64).status_code == 303
    assert "公证处" in desk.page(f"/draws/{place.draw}/hall?step=2").text
    assert desk.submit(f"/draws/{place.draw}/promise?room=hall", form="/promise", promise="b" * 64).location.endswith(
        "step=2"
    )


def test_the_downloaded_record_is_what_the_digest_is_of(app: Flask, arranged: Any, signed_in: Any) -> None:
    place = arranged(draw=True)
    desk = signed_in(WATCHER)
    with app.app_context():
        draw = db.session.get_one(Draw, place.draw)
        digests = (draw.input_digest, draw.result_digest)
    files = [desk.get(f"/draws/{place.draw}/{part}.json").data for part in ("input", "result")]
    assert tuple(hashlib.sha256(file).hexdigest() for file in files) == digests


def test_a_draw_is_discarded_with_a_reason(arranged: Any, signed_in: Any) -> None:
    place = arranged(draw=True)
    desk = signed_in(OFFICE)
    assert desk.submit(f"/draws/{place.draw}/discard", form="/discard").status_code == 422
    assert desk.submit(f"/draws/{place.draw}/discard", reason="信息有误").status_code == 303
    page = desk.page(f"/draws/{place.draw}").text
    assert "已作废" in page
    assert "完全一致" in desk.page(f"/draws/{place.draw}/check").text
    assert desk.get(f"/draws/{place.draw}/publish").status_code == 200
    assert desk.submit(f"/draws/{place.draw}/publish", form="/publish").status_code == 409


def test_a_seat_is_taken_back_and_filled_again(arranged: Any, signed_in: Any) -> None:
    place = arranged(publish=True)
    desk = signed_in(OFFICE)
    assert desk.submit(f"/assignments/{place.seat}/excuse", reason="没有时间").status_code == 303
    assert "待替补的席位" in desk.page("/draws").text
    assert desk.submit(f"/assignments/{place.seat}/replace", form="/replace").status_code == 422
    answer = desk.submit(f"/assignments/{place.seat}/replace", reason="没有时间")
    assert answer.status_code == 303
    assert "没有时间" in desk.page(answer.location).text
    assert "完全一致" in desk.page(f"{answer.location}/check").text
    assert "待替补的席位" not in desk.page("/draws").text


def test_a_conflict_and_a_head_are_recorded_by_number(arranged: Any, signed_in: Any) -> None:
    arranged()
    desk = signed_in(OFFICE)
    assert "还没有登记任何利害关系" in desk.page("/conflicts").text
    wrong = desk.submit("/conflicts/new", expert="E999", dossier="SX2026-001", kind="other", note="x")
    assert (wrong.status_code, "没有这个编号" in document(wrong).text) == (422, True)
    wrong = desk.submit("/conflicts/new", expert="e001", dossier="nothing", kind="other", note="x")
    assert "本届没有这个编号" in document(wrong).text
    assert desk.submit("/conflicts/new", expert="e001", dossier="SX2026-001", kind="other", note="x").status_code == 303
    assert "秘书处登记" in desk.page("/conflicts").text

    refused = desk.submit("/head", expert="E090")
    assert (refused.status_code, "以外" in document(refused).text) == (422, True)
    assert desk.submit("/head", expert="E003").status_code == 303
    assert "专家3" in desk.page("/head").text


def test_the_supervisor_reads_everything_and_changes_nothing(arranged: Any, signed_in: Any) -> None:
    place = arranged(publish=True)
    watcher = signed_in(WATCHER)
    for address in ("/draws", f"/draws/{place.draw}", f"/draws/{place.draw}/check", "/conflicts"):
        assert watcher.get(address).status_code == 200, address
    acts = [f"/draws/{place.draw}/publish", f"/draws/{place.draw}/discard", "/conflicts/new", "/head"]
    acts += [f"/draws/{place.draw}/{act}" for act in ("commit", "guests", "public-number", "draw")]
    acts += [f"/rounds/{place.round}/draw", f"/assignments/{place.seat}/excuse", f"/assignments/{place.seat}/replace"]
    for address in acts:
        assert watcher.get(address).status_code == 403, address


def test_an_empty_house_says_what_must_happen_first(app: Flask, signed_in: Any) -> None:
    with app.app_context(), unit_of_work.transaction():
        office(email=OFFICE, password=True)
    desk = signed_in(OFFICE)
    assert "还没有可以抽取的轮次" in desk.page("/draws").text
    assert desk.get("/conflicts").status_code == 404


# --- the expert ---------------------------------------------------------------------------------------------------


def test_declare_first_then_read(app: Flask, arranged: Any, signed_in: Any) -> None:
    place = arranged(publish=True)
    expert = signed_in(place.expert)
    page = expert.page(f"/assignments/{place.seat}").text
    assert "示例制造1有限公司" in page
    assert "组织概述" not in page
    assert expert.get(f"/assignments/{place.seat}/dossier").status_code == 403

    assert expert.submit(f"/assignments/{place.seat}", form="/clear").status_code == 422
    answer = expert.submit(f"/assignments/{place.seat}", form="/clear", pledge="y")
    assert answer.status_code == 303
    assert "组织概述" in expert.page(answer.location).text
    assert "声明没有利害关系" in expert.page(f"/assignments/{place.seat}").text
    with app.app_context():
        looks = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "assignment.read_dossier")).all()
    assert len(looks) == 1


def test_an_interest_hides_the_dossier_at_once(arranged: Any, signed_in: Any) -> None:
    place = arranged(publish=True)
    expert = signed_in(place.expert)
    expert.submit(f"/assignments/{place.seat}", form="/clear", pledge="y")
    assert expert.submit(f"/assignments/{place.seat}", form="/conflict").status_code == 422
    answer = expert.submit(
        f"/assignments/{place.seat}", form="/conflict", kind="training", degree="indirect", note="讲过课"
    )

    assert answer.status_code == 303
    for part in ("", "/dossier", "/files/1"):
        assert expert.get(f"/assignments/{place.seat}{part}").status_code == 404, part
    assert "待替补的席位" in signed_in(OFFICE).page("/draws").text


def test_an_outdated_pledge_is_shown_again(arranged: Any, signed_in: Any) -> None:
    place = arranged(publish=True)
    answer = signed_in(place.expert).submit(
        f"/assignments/{place.seat}", form="/clear", pledge="y", pledge_version="old"
    )
    assert answer.status_code == 422
    assert "承诺书已经更新" in document(answer).text
    assert PLEDGE_VERSION in answer.get_data(as_text=True)


def test_a_foreign_assignment_answers_like_an_unknown_one(
    app: Flask, arranged: Any, signed_in: Any, client: Client
) -> None:
    place = arranged(publish=True)
    with app.app_context(), unit_of_work.transaction():
        person(Role.HEAD, email=HEAD, password=True)
    for who in (place.other, OFFICE, WATCHER, HEAD):
        visitor = signed_in(who)
        for part in ("", "/dossier", "/files/1"):
            assert visitor.get(f"/assignments/{place.seat}{part}").status_code == 404, (who, part)
    assert client.get(f"/assignments/{place.seat}").status_code == 302
    assert signed_in(place.expert).get("/assignments/9999").status_code == 404


def test_a_blind_round_names_nobody(arranged: Any, signed_in: Any) -> None:
    place = arranged(publish=True, blind=True)
    expert = signed_in(place.expert)
    assert "示例制造" not in expert.page(f"/assignments/{place.seat}").text
    expert.submit(f"/assignments/{place.seat}", form="/clear", pledge="y")
    assert "示例制造" not in expert.page(f"/assignments/{place.seat}/dossier").text
