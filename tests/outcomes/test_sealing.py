"""The seal of an archived edition on both databases, in every run; test_edition_archive.py goes through the whole demo."""

from __future__ import annotations

import pytest
from flask import Flask

from app import lifecycle
from app.kernel import unit_of_work
from app.kernel.database import db
from tests.factories import outcomes as made
from tests.factories.decisions import office
from tests.support.sealed import unsealed
from tests.support.server import FrozenClock


@pytest.mark.databases
def test_what_an_archived_edition_holds_is_neither_changed_nor_deleted_nor_added_to(
    app_context: Flask, frozen_clock: FrozenClock
) -> None:
    with unit_of_work.transaction():
        noticed, _outcomes = made.concluded(frozen_clock)
        edition = noticed.room.edition
    assert unsealed(edition.id)[1] != []
    db.session.rollback()
    with unit_of_work.transaction():
        lifecycle.advance(edition, "edition.archive", office())
    tried, done = unsealed(edition.id)
    assert done == []
    assert {"edition", "application", "ranking_row", "ballot", "committee_session", "notice", "outcome"} <= tried
