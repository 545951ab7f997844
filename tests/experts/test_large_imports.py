"""A list that is too large for a request: received, read and carried out by the clock, with its progress; whole or not at all."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import jobs
from app.experts import services
from app.experts.models import Expert, ExpertRegion, PoolImport
from app.kernel import progress, unit_of_work
from app.kernel.database import db
from app.workflow import PoolImportState
from tests.factories.accounts import office
from tests.factories.experts import pool, row, sheet
from tests.support.client import Client

OFFICE = "office@test.example"
LARGE = 1_200


@pytest.fixture
def desk(app: Flask, signed_in: Callable[[str], Client]) -> Client:
    with app.app_context(), unit_of_work.transaction():
        office(email=OFFICE, password=True)
    return signed_in(OFFICE)


def work(app: Flask) -> None:
    with app.app_context():
        jobs.work_imports(threading.Event())


@pytest.mark.databases
def test_a_large_list_is_read_and_taken_in_by_the_clock(app: Flask, desk: Client) -> None:
    content = sheet(*(row(n, specialty="精" * 40) for n in range(1, LARGE + 1)), row(LARGE + 1, email="x"))
    assert len(content) > services.AT_ONCE_BYTES
    address = desk.submit("/experts/import", file=(content, "pool.csv")).location

    assert "正在等待处理" in desk.page(address).text
    told = desk.get(f"{address}/progress").json
    assert told == {"done": 0, "total": 0, "text": "正在等待处理，通常几秒内开始。"}

    work(app)
    assert desk.get(f"{address}/progress").json["url"] == address
    page = desk.page(f"{address}?show=new&page=12")
    assert f"专家{LARGE}" in page.text
    assert desk.submit(address, form="apply", without_refused="y").status_code == 303
    assert "正在等待处理" in desk.page(address).text

    work(app)
    assert "已导入" in desk.page(address).text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Expert)) == LARGE
        assert db.session.scalar(select(func.count(Expert.user_id))) == LARGE


@pytest.mark.usefixtures("app_context")
def test_what_goes_wrong_in_the_background_is_said_on_the_page_and_nothing_is_half() -> None:
    actor = office()
    made = services.receive_import(actor, filename="pool.csv", content="甲,乙\n1,2\n".encode())
    older = services.preview_import(actor, filename="pool.csv", content=sheet(row(1), row(2)))
    services.order_import(actor, older)
    pool(actor, row(2, name="别名"))
    db.session.commit()

    jobs.work_imports(threading.Event())

    assert db.session.get_one(PoolImport, made.id).state is PoolImportState.UNREADABLE
    assert "没有找到表头" in db.session.get_one(PoolImport, made.id).problem["text"]
    given_back = db.session.get_one(PoolImport, older.id)
    assert given_back.state is PoolImportState.PREVIEWED
    assert "预览已经过时" in given_back.problem["text"]
    assert list(db.session.scalars(select(Expert.number))) == ["E002"]


@pytest.mark.usefixtures("app_context")
def test_progress_is_told_between_processes_and_forgotten() -> None:
    assert progress.told("x") == (0, 0)
    progress.tell("x", 3, 9)
    assert progress.told("x") == (3, 9)
    progress.forget("x")
    assert progress.told("x") == (0, 0)


@pytest.mark.databases
@pytest.mark.usefixtures("app_context")
def test_what_was_typed_and_when_stays_with_the_region() -> None:
    (expert,) = pool(office(), row(registration_region="110103", former_regions="320500（2012-03至2019-08）"))
    facts = {r.kind.value: r for r in db.session.scalars(select(ExpertRegion).filter_by(expert_id=expert.id))}
    assert (facts["registration"].region_code, facts["registration"].typed_code) == ("110101", "110103")
    former = facts["former_employer"]
    assert (str(former.since), str(former.until), former.source) == ("2012-03-01", "2019-08-31", "pool.csv")
