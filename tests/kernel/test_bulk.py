"""Many rows at once are the same rows as one by one, on either database, with every constraint and in the transaction."""

import gc

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.experts.models import Expert
from app.kernel import clock
from app.kernel.bulk import FEW, add_batch, add_rows, alter_batch, alter_rows, batch, many_objects
from app.kernel.database import db
from tests.factories import experts
from tests.factories.accounts import office

pytestmark = [pytest.mark.usefixtures("app_context"), pytest.mark.databases]
SIZES = (1, FEW, FEW + 1)


def people(count: int, *, since: int = 0) -> list[dict[str, object]]:
    shared = {"password_hash": "", "language": "zh", "active": True, "created_at": clock.now()}
    return [{"email": f"p{n}@test.example", "name": f'"甲"\\\t{n}', **shared} for n in range(since, since + count)]


@pytest.mark.parametrize("count", SIZES)
def test_rows_are_read_as_they_were_given(count: int) -> None:
    given = people(count)
    add_rows(User, given)
    found = db.session.scalars(select(User).where(User.email.like("p%@test.example")).order_by(User.id)).all()
    assert [(user.email, user.name, user.active, user.created_at) for user in found] == [
        (row["email"], row["name"], row["active"], row["created_at"]) for row in given
    ]


@pytest.mark.parametrize("count", SIZES)
def test_only_the_named_rows_and_columns_are_altered(count: int) -> None:
    add_rows(User, people(count + 1))
    ids = db.session.scalars(select(User.id).where(User.email.like("p%@test.example")).order_by(User.id)).all()
    alter_rows(User, [{"active": False, "id": user_id, "name": f"乙{user_id}"} for user_id in ids[:-1]])
    altered = {user.id: user for user in db.session.scalars(select(User))}
    assert all((altered[at].name, altered[at].active) == (f"乙{at}", False) for at in ids[:-1])
    assert (altered[ids[-1]].name, altered[ids[-1]].active) == (f'"甲"\\\t{count}', True)
    assert altered[ids[0]].email == "p0@test.example"
    alter_rows(User, [{"id": user_id, "language": "en"} for user_id in ids])
    assert db.session.scalar(select(func.count()).where(User.language == "en")) == count + 1


@pytest.mark.parametrize("count", SIZES)
def test_rows_made_ready_before_are_written_with_what_is_known_only_then(count: int) -> None:
    given = people(count)
    made = batch(User, [name for name in given[0] if name != "name"], given)
    assert db.session.scalar(select(func.count()).where(User.email.like("p%@test.example"))) == 0
    add_batch(made.given(name=[f"甲{n}" for n in range(count)]))
    found = db.session.scalars(select(User).where(User.email.like("p%@test.example")).order_by(User.id)).all()
    assert [(user.name, user.created_at) for user in found] == [
        (f"甲{n}", given[n]["created_at"]) for n in range(count)
    ]


@pytest.mark.parametrize("count", [1, FEW + 1])
def test_rows_are_altered_by_a_key_and_counted(count: int) -> None:
    everybody = experts.pool(office(), *(experts.row(n) for n in range(1, FEW + 3)))
    before = {expert.number: expert.version for expert in everybody}
    chosen = [expert.number for expert in everybody][:count]
    alter_batch(batch(Expert, ("title", "number"), [{"title": "新", "number": n} for n in chosen]), counted="version")
    alter_batch(batch(Expert, ("number",), [{"number": chosen[0]}]), counted="version")
    alter_batch(batch(Expert, ("number",), []), counted="version")
    db.session.expire_all()
    after = {expert.number: (expert.title, expert.version - before[expert.number]) for expert in everybody}
    assert {number for number, (title, _) in after.items() if title == "新"} == set(chosen)
    assert after[chosen[0]][1] == 2
    assert {counted for number, (_, counted) in after.items() if number not in chosen} == {0}


@pytest.mark.parametrize("count", SIZES)
def test_a_constraint_refuses_all_of_them(count: int) -> None:
    taken = people(1)
    add_rows(User, taken)
    with pytest.raises(IntegrityError, match=r"(?i)unique"), db.session.begin_nested():
        add_rows(User, [*people(count, since=1), *taken])
    assert db.session.scalar(select(func.count()).where(User.email.like("p%@test.example"))) == 1


@pytest.mark.parametrize("count", SIZES)
def test_a_trigger_refuses_all_of_them(count: int) -> None:
    event = {"at": clock.now(), "action": "x", "actor_name": "", "subject_type": "", "reason": "", "detail": {}}
    add_rows(AuditEvent, [{"id": 900 + n, **event, "previous_hash": "", "hash": str(n)} for n in range(count)])
    with pytest.raises(DBAPIError, match="audit_append_only"), db.session.begin_nested():
        alter_rows(AuditEvent, [{"id": 900 + n, "reason": "changed"} for n in range(count)])
    assert set(db.session.scalars(select(AuditEvent.reason).where(AuditEvent.id >= 900))) == {""}


def test_nothing_to_do_is_nothing() -> None:
    add_rows(User, [])
    alter_rows(User, [])
    assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_the_collector_rests_meanwhile_and_works_again_even_after_a_fault() -> None:
    with pytest.raises(ZeroDivisionError), many_objects():
        1 // int(gc.isenabled())
    assert gc.isenabled()
    with many_objects(), many_objects():
        pass
    assert gc.isenabled()
