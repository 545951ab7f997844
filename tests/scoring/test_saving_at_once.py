"""Two saves of one item at the same moment: a double click, or a second window."""

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillWaiting

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.kernel import unit_of_work
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Stale
from app.scoring import queries, services
from app.scoring.rules import Judgement
from tests.factories import scoring as factory

CODE = "4.1.2"


def save(app: Flask, actor: Actor, sheet_id: int, judgement: Judgement) -> tuple[int, int]:
    """As the second window's request does it: the version and the sheet's total that it leaves."""
    with app.app_context(), unit_of_work.transaction():
        item = queries.item_for_writing(sheet_id, CODE)
        assert item is not None
        services.save_loaded_item(actor, item, judgement)
        db.session.flush()
        return item.version, item.sheet.total_twentieths


def saved_meanwhile(app: Flask, second: Judgement) -> tuple[Future[tuple[int, int]], int]:
    """The first window has saved 65 and not yet committed when the second one begins; it has to wait."""
    with app.app_context(), unit_of_work.transaction():
        made = factory.panel(1, 1)
        actor, sheet_id = made.actors[0], made.sheet().id
    with ThreadPoolExecutor(1) as other, app.app_context(), unit_of_work.transaction():
        item = queries.item_for_writing(sheet_id, CODE)
        assert item is not None
        services.save_loaded_item(actor, item, Judgement(65, version=1))
        waiting = other.submit(save, app, actor, sheet_id, second)
        with pytest.raises(StillWaiting):
            waiting.result(0.4)
    return waiting, sheet_id


@pytest.mark.databases
def test_the_same_content_sent_twice_at_once_is_stored_once(app: Flask) -> None:
    waiting, sheet_id = saved_meanwhile(app, Judgement(65, version=1))
    assert waiting.result() == (2, 65 * 50 * 20 // 100)
    with app.app_context():
        saves = select(AuditEvent).where(AuditEvent.action == "score_sheet.save", AuditEvent.subject_id == sheet_id)
        assert len(db.session.scalars(saves).all()) == 1


@pytest.mark.databases
def test_another_content_at_once_is_answered_with_what_was_saved_first(app: Flask) -> None:
    waiting, _sheet = saved_meanwhile(app, Judgement(40, version=1))
    with pytest.raises(Stale) as stale:
        waiting.result()
    assert stale.value.stored[f"{CODE}-percent"] == "65"
    assert stale.value.current_version == 2
