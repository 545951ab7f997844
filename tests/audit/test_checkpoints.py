"""Checkpoints: a signed root over the record, by which a chain that was written anew as a whole is found too."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.audit import checkpoints, merkle, services
from app.audit.models import AuditCheckpoint
from app.kernel import signing, unit_of_work
from app.kernel.actor import Actor
from app.kernel.canonical import canonical
from app.kernel.database import db
from tests.conftest import MORNING, TestClock

SYSTEM = Actor.system("tests")
HASHES = st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), max_size=40)


def record(count: int) -> None:
    with unit_of_work.transaction():
        for number in range(count):
            services.record(SYSTEM, "workdays.edit", reason=f"第 {number} 次", detail={"n": number})


def sealed() -> AuditCheckpoint:
    with unit_of_work.transaction():
        made = checkpoints.seal()
    assert made is not None
    return made


# --- the root -----------------------------------------------------------------------------------------------------


def by_the_book(hashes: list[str]) -> bytes:
    """RFC 6962, 2.1, word for word: split at the largest power of two below the count."""
    if len(hashes) < 2:
        return hashlib.sha256(b"\x00" + bytes.fromhex(hashes[0]) if hashes else b"").digest()
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return hashlib.sha256(b"\x01" + by_the_book(hashes[:split]) + by_the_book(hashes[split:])).digest()


@given(HASHES)
def test_the_root_is_that_of_rfc_6962(hashes: list[str]) -> None:
    tree = merkle.Tree()
    for each in hashes:
        tree.add(each)
    assert tree.root == by_the_book(hashes).hex()


@given(HASHES)
def test_earlier_roots_stay_when_more_follows(hashes: list[str]) -> None:
    found = merkle.roots(hashes, set(range(1, len(hashes) + 1)))
    assert found == {count: by_the_book(hashes[:count]).hex() for count in range(1, len(hashes) + 1)}


# --- sealing ------------------------------------------------------------------------------------------------------


@pytest.mark.databases
def test_what_is_sealed_is_signed_and_the_same_until_something_happens(app_context: Flask) -> None:
    assert checkpoints.seal() is None
    record(5)
    first = sealed()
    assert signing.is_signed(canonical(checkpoints.statement(first)).encode(), first.signature, signing.public_key())
    assert (first.last_id, sealed().id) == (5, first.id)
    record(2)
    assert (sealed().last_id, len(checkpoints.until(7)), list(checkpoints.faults())) == (7, 2, [])
    assert checkpoints.covering(3).id == first.id


@pytest.mark.databases
def test_a_chain_written_anew_as_a_whole_does_not_fit_its_checkpoint(app_context: Flask, database: str) -> None:
    record(4)
    sealed()
    table = "" if database == "sqlite" else " ON audit_event"
    db.session.execute(text(f"DROP TRIGGER audit_append_only_update{table}"))
    db.session.execute(text("UPDATE audit_event SET hash = :forged WHERE id = 2"), {"forged": "0" * 64})
    assert list(checkpoints.faults()) == ["audit_checkpoint 1"]
    db.session.rollback()


@pytest.mark.databases
@pytest.mark.parametrize("statement", ["UPDATE audit_checkpoint SET root = 'x'", "DELETE FROM audit_checkpoint"])
def test_the_database_keeps_checkpoints_as_they_are(app_context: Flask, statement: str) -> None:
    record(1)
    sealed()
    with pytest.raises(DBAPIError, match="audit_checkpoint_append_only"):
        db.session.execute(text(statement))
    db.session.rollback()


def test_the_clock_seals_once_a_day_and_only_what_is_new(app_context: Flask, frozen_clock: TestClock) -> None:
    record(1)
    assert (checkpoints.seal_when_due(), checkpoints.seal_when_due()) == (1, 0)
    record(1)
    assert checkpoints.seal_when_due() == 0
    frozen_clock.move_to(MORNING + checkpoints.INTERVAL)
    assert (checkpoints.seal_when_due(), checkpoints.seal_when_due()) == (1, 0)
    frozen_clock.move_to(MORNING + 2 * checkpoints.INTERVAL)
    assert checkpoints.seal_when_due() == 0


def test_the_key_is_made_once_and_read_by_its_owner_only(app_context: Flask) -> None:
    key, path = signing.public_key(), app_context.extensions["settings"].instance_path / "signing_key"
    assert (signing.public_key(), path.stat().st_mode & 0o777) == (key, 0o600)
    assert not signing.is_signed(b"other words", signing.sign(b"words"), key)
    assert not signing.is_signed(b"words", "no signature", key)
