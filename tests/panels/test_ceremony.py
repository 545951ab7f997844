"""Commit, public number, reveal, draw: each step done, refused, too early, too late; and nothing can be changed afterwards."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.audit.models import AuditEvent
from app.experts import services as experts
from app.kernel import clock
from app.kernel.actor import Role
from app.kernel.canonical import canonical, digest
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, WrongState
from app.kernel.outbox import OutboxMessage
from app.panels import ceremonies, ceremony, services
from app.panels.ceremony import Opening
from app.panels.models import Assignment, Draw, DrawParty
from app.panels.plan import Aims, PairWish
from app.workflow import DrawState
from tests.factories.accounts import person, supervisor
from tests.factories.experts import row
from tests.factories.panels import committed, drawn, later, published, setting, terms, witnessed

pytestmark = pytest.mark.usefixtures("app_context")

HOME = "140200"
SECRET, NONCE = "汾河流水哗啦啦", "ab" * 16


def events(action: str) -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


def party(draw: Draw, key: str) -> DrawParty:
    return next(each for each in draw.parties if each.key == key)


# --- the arithmetic -----------------------------------------------------------------------------------------------


def test_a_commitment_is_the_hash_of_the_secret_and_the_nonce() -> None:
    hashed = "73de77d3f2c9677bae5eafcdaa40a62c801b1f0673f4c307236f9e71a2692247"
    assert ceremony.commitment("abc", "0" * 32) == hashed
    assert ceremony.commitment(" ａbc ", "0" * 32) == hashed


def test_the_seed_needs_every_part_and_does_not_depend_on_their_order() -> None:
    parts = [Opening("system", "s", NONCE), Opening("office", "o", NONCE)]
    seed = ceremony.seed_of("1" * 64, "3 5 1", parts)
    assert ceremony.seed_of("1" * 64, "3 5 1", parts[::-1]) == seed
    others = [
        ceremony.seed_of("2" * 64, "3 5 1", parts),
        ceremony.seed_of("1" * 64, "3 5 2", parts),
        ceremony.seed_of("1" * 64, "3 5 1", parts[:1]),
        ceremony.seed_of("1" * 64, "3 5 1", [parts[0], Opening("office", "O", NONCE)]),
        ceremony.seed_of("1" * 64, "3 5 1", [parts[0], Opening("office", "o", NONCE, withheld=True)]),
    ]
    assert len({seed, *others}) == 6


def test_two_experts_never_share_a_code() -> None:
    codes = ceremony.codes("key", [f"E{number:05d}" for number in range(2_000)])
    assert len(set(codes.values())) == 2_000
    assert ceremony.codes("another key", ["E00001"]) != {"E00001": codes["E00001"]}


# --- the working copy ---------------------------------------------------------------------------------------------


def test_a_working_copy_tells_nobody_and_one_round_has_one_at_a_time() -> None:
    given = setting()
    draw = services.start_draw(given.office, given.round)
    assert (draw.state, draw.input, draw.seed) == (DrawState.SKETCH, {}, "")
    assert [event.state_after for event in events("draw.create")] == ["sketch"]
    assert ceremonies.public_draws(given.edition) == []
    with pytest.raises(NotReady) as missing:
        services.start_draw(given.office, given.round)
    assert "正在进行" in str(missing.value.missing[0])
    with pytest.raises(Forbidden):
        services.start_draw(supervisor(), given.round)


def test_choices_go_into_the_input_with_their_reasons() -> None:
    given = setting(2)
    draw = services.start_draw(given.office, given.round)
    services.leave_out(given.office, draw, "e001", reason="出国", version=draw.version)
    services.leave_out(given.office, draw, "E002", reason="误填", version=draw.version)
    services.take_in(given.office, draw, "E002", version=draw.version)
    services.keep_apart(given.office, draw, PairWish("E004", "SX2026-001", "老同事"), version=draw.version)
    services.keep_together(
        given.office, draw, PairWish("E005", "SX2026-002", "上次的问题由他提出"), version=draw.version
    )
    services.choose_aims(given.office, draw, Aims(balance=2000, fresh=1500), version=draw.version)
    services.commit(given.office, draw, terms())

    names = ceremonies.names_for(draw, ["E001", "E002", "E004", "E005"])
    states = {expert["id"]: expert["state"] for expert in draw.input["experts"]}
    assert (states[names["E001"]], states[names["E002"]]) == ("left_out", "available")
    assert [names["E004"], "SX2026-001"] in [[c["expert"], c["dossier"]] for c in draw.input["conflicts"]]
    assert draw.input["fixed"] == [["SX2026-002", names["E005"], False]]
    assert (draw.input["balance"], draw.plan["left_out"]) == (2000, {"E001": "出国"})
    with later(draw):
        services.record_public_value(given.office, draw, "1", again="1", witnesses="王某")
        services.draw_panels(given.office, draw)
    seats = {(seat.expert, seat.dossier) for seat in ceremonies.seats_drawn(draw)}
    assert ("E005", "SX2026-002") in seats
    assert not seats & {("E004", "SX2026-001"), ("E001", "SX2026-001"), ("E001", "SX2026-002")}


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (PairWish("E999", "SX2026-001", "x"), "expert"),
        (PairWish("E001", "SX2026-999", "x"), "dossier"),
        (PairWish("E001", "SX2026-001", " "), "reason"),
    ],
)
def test_a_wish_names_a_known_pair_and_a_reason(wish: PairWish, field: str) -> None:
    given = setting()
    draw = services.start_draw(given.office, given.round)
    with pytest.raises(Invalid) as invalid:
        services.keep_apart(given.office, draw, wish, version=draw.version)
    assert invalid.value.field == field


def test_a_pair_is_wished_for_once_and_may_be_dropped() -> None:
    given = setting()
    draw = services.start_draw(given.office, given.round)
    services.keep_apart(given.office, draw, PairWish("E001", "SX2026-001", "x"), version=draw.version)
    with pytest.raises(Invalid):
        services.keep_together(given.office, draw, PairWish("E001", "SX2026-001", "x"), version=draw.version)
    services.drop_wish(given.office, draw, "E001", "SX2026-001", version=draw.version)
    assert draw.plan["forbidden"] == []


# --- the commitment -----------------------------------------------------------------------------------------------


@pytest.mark.databases
def test_a_commitment_freezes_the_input_under_codes_and_publishes_its_digest() -> None:
    given = setting(rows=[row(90, employer_region=HOME, residence_region=HOME)])
    draw = committed(given)

    assert draw.state is DrawState.COMMITTED
    assert digest(draw.input) == draw.input_digest
    assert not any(expert.number in canonical(draw.input) for expert in given.pool)
    assert len(draw.input["experts"]) == len(given.pool)
    (event,) = events("draw.commit")
    assert event.detail["input_digest"] == draw.input_digest
    assert event.detail["commitment"] == party(draw, "system").commitment
    assert party(draw, "system").secret == ""
    assert db.session.scalar(select(Assignment.id)) is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"source": " "}, "source"),
        ({"known_at": -1}, "known_at"),
        ({"reveal_by": 0}, "reveal_by"),
        ({"unseal_at": 0}, "unseal_at"),
    ],
)
def test_the_public_number_is_named_in_advance_and_lies_in_the_future(change: dict[str, Any], field: str) -> None:
    given = setting()
    draw = services.start_draw(given.office, given.round)
    usual, now = terms(), clock.now()
    times = {name: now + timedelta(hours=hours) for name, hours in change.items() if name != "source"}
    named = {"source": usual.source, "known_at": usual.known_at, "reveal_by": usual.reveal_by} | change | times
    with pytest.raises(Invalid) as invalid:
        services.commit(given.office, draw, services.Terms(**named))
    assert invalid.value.field == field


def test_what_cannot_be_staffed_is_not_committed_and_names_the_rule() -> None:
    given = setting(1, 2, rows=[row(n, employer_region=HOME, residence_region=HOME) for n in range(50, 55)])
    draw = services.start_draw(given.office, given.round)
    with pytest.raises(services.Unstaffable) as unstaffable:
        services.commit(given.office, draw, terms())
    (shortage,) = unstaffable.value.shortages
    assert (shortage.dossier, shortage.removals.by_rule) == ("SX2026-001", {"region": 5})


def test_only_the_office_commits_and_only_once() -> None:
    given = setting()
    draw = committed(given)
    with pytest.raises(Forbidden):
        services.commit(supervisor(), draw, terms())
    with pytest.raises(WrongState):
        services.commit(given.office, draw, terms())
    with pytest.raises(Forbidden):
        services.leave_out(given.office, draw, "E001", reason="x", version=draw.version)


@pytest.mark.databases
def test_the_list_stays_sealed_until_the_time_that_was_named() -> None:
    given = setting()
    draw = services.start_draw(given.office, given.round)
    services.commit(given.office, draw, replace(terms(), unseal_at=clock.now() + timedelta(hours=30)))
    with later(draw):
        services.record_public_value(given.office, draw, "3 5 1", again="3 5 1", witnesses="王某")
        services.draw_panels(given.office, draw)
    with pytest.raises(NotReady) as refused:
        services.publish_draw(given.office, draw)
    assert "封存到" in str(refused.value.missing[0])
    for change in (
        "UPDATE draw SET state = 'published', published_at = '2020-01-01 00:00:00+00:00'",
        "UPDATE draw SET unseal_at = '2020-01-01 00:00:00'",
    ):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(change))
    with clock.fixed(draw.unseal_at):
        services.publish_draw(given.office, draw)
    assert draw.state == "published"


CHANGES = [
    "UPDATE draw SET input_digest = 'x'",
    "UPDATE draw SET input = '{}'",
    "UPDATE draw SET plan = '{\"a\": 1}'",
    "UPDATE draw SET codes = '{}'",
    "UPDATE draw SET source = 'x'",
    "UPDATE draw SET known_at = '2030-01-01 00:00:00+00:00'",
    "UPDATE draw SET state = 'sketch'",
    "UPDATE draw SET public_value = '6 6 6'",
    "UPDATE draw SET state = 'drawn', public_value = ''",
    "UPDATE draw_party SET commitment = 'x'",
    "DELETE FROM draw_party",
]


@pytest.mark.databases
@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_every_change_of_what_was_committed(change: str) -> None:
    witnessed(setting())
    with pytest.raises(IntegrityError):
        db.session.execute(text(change))


@pytest.mark.databases
def test_the_database_refuses_a_draw_without_a_public_value() -> None:
    given = setting()
    services.start_draw(given.office, given.round)
    with pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE draw SET state = 'drawn'"))


@pytest.mark.databases
@pytest.mark.parametrize("column", ["seed", "result_digest"])
def test_the_database_refuses_a_change_of_what_was_drawn(column: str) -> None:
    drawn(setting())
    with pytest.raises(IntegrityError):
        db.session.execute(text(f"UPDATE draw SET {column} = 'x'"))  # noqa: S608


def test_later_changes_of_the_pool_do_not_reach_the_draw() -> None:
    given = setting()
    draw = committed(given)
    before = draw.input_digest
    experts.edit_expert(given.office, given.pool[0], {"may_lead": "否"}, version=given.pool[0].version)
    assert digest(draw.input) == before
    assert ceremonies.verify(draw).agrees


# --- further parties ----------------------------------------------------------------------------------------------


def test_a_party_puts_in_a_secret_of_which_only_the_hash_is_kept() -> None:
    given = setting()
    draw = committed(given)
    watcher = supervisor()
    services.promise_secret(watcher, draw, SECRET)

    mine = party(draw, "supervisor")
    assert (mine.secret, len(mine.commitment)) == ("", 64)
    assert SECRET not in canonical([event.detail for event in events("draw.promise")])
    with pytest.raises(Invalid):
        services.promise_hash(watcher, draw, "0" * 64)
    with pytest.raises(Forbidden):
        services.promise_secret(person(Role.EXPERT), draw, SECRET)


def test_a_guest_hands_over_a_hash_and_later_the_secret() -> None:
    given = setting()
    draw = committed(given)
    services.promise_for_guest(given.office, draw, "公证处", ceremony.commitment(SECRET, NONCE))
    with later(draw):
        services.record_public_value(given.office, draw, "6", again="6", witnesses="王某")
        with pytest.raises(NotReady):
            services.draw_panels(given.office, draw)
        guest = party(draw, "guest1")
        with pytest.raises(Invalid):
            services.reveal(given.office, draw, guest, SECRET)
        services.reveal(given.office, draw, guest, SECRET, nonce=NONCE)
        services.draw_panels(given.office, draw)
    assert (guest.name, guest.secret, guest.nonce) == ("公证处", SECRET, NONCE)
    assert ceremonies.verify(draw).agrees


@pytest.mark.parametrize(("name", "promise", "field"), [("", "0" * 64, "name"), ("公证处", "zz", "promise")])
def test_a_guest_has_a_name_and_a_hash(name: str, promise: str, field: str) -> None:
    given = setting()
    draw = committed(given)
    with pytest.raises(Invalid) as invalid:
        services.promise_for_guest(given.office, draw, name, promise)
    assert invalid.value.field == field


def test_a_short_secret_is_refused() -> None:
    given = setting()
    with pytest.raises(Invalid):
        services.promise_secret(given.office, committed(given), "123")


def test_nobody_promises_once_the_public_number_can_be_known() -> None:
    given = setting()
    draw = committed(given)
    with later(draw), pytest.raises(NotReady):
        services.promise_secret(given.office, draw, SECRET)


# --- the public number --------------------------------------------------------------------------------------------


def test_the_public_number_is_typed_twice_before_witnesses_and_stays() -> None:
    given = setting()
    draw = committed(given)
    with pytest.raises(NotReady):
        services.record_public_value(given.office, draw, "6", again="6", witnesses="王某")
    with later(draw):
        for value, again, witnesses, field in (
            ("", "", "王某", "value"),
            ("6", "9", "王某", "again"),
            ("6", "6", " ", "witnesses"),
        ):
            with pytest.raises(Invalid) as invalid:
                services.record_public_value(given.office, draw, value, again=again, witnesses=witnesses)
            assert invalid.value.field == field
        services.record_public_value(given.office, draw, "０３  17", again="03 17", witnesses="王某、李某")
        with pytest.raises(NotReady):
            services.record_public_value(given.office, draw, "6", again="6", witnesses="王某")
        with pytest.raises(Forbidden):
            services.record_public_value(supervisor(), draw, "6", again="6", witnesses="王某")
    assert (draw.public_value, draw.witnesses) == ("03 17", "王某、李某")
    assert events("draw.witness")[0].detail["public_value"] == "03 17"


# --- the reveal and the draw --------------------------------------------------------------------------------------


@pytest.mark.databases
def test_a_draw_names_nobody_and_gives_nobody_a_seat() -> None:
    given = setting()
    draw = drawn(given)

    assert draw.state is DrawState.DRAWN
    assert len(draw.seed) == 64
    assert not any(expert.number in canonical(draw.result) for expert in given.pool)
    assert db.session.scalar(select(Assignment.id)) is None
    assert db.session.scalar(select(OutboxMessage.id).where(OutboxMessage.action == "draw.publish")) is None
    (event,) = events("draw.draw")
    assert event.detail["seed"] == draw.seed
    assert not any(expert.number in canonical(event.detail) for expert in given.pool)
    assert ceremonies.verify(draw).agrees


def test_the_same_parts_give_the_same_panels_and_another_public_number_others() -> None:
    given = setting()
    results = []
    for value in ("1", "1", "2", "3", "4"):
        draw = drawn(given, value)
        results.append((draw.seed, draw.result_digest, canonical(draw.result["panels"])))
        services.discard_draw(given.office, draw, reason="演示")
    assert results[0] == results[1]
    assert len({seed for seed, _digest, _panels in results}) == 4
    assert len({panels for _seed, _digest, panels in results}) > 1


def test_a_secret_is_revealed_by_its_own_party_and_to_the_letter() -> None:
    given = setting()
    draw = committed(given)
    watcher = supervisor()
    services.promise_secret(watcher, draw, SECRET)
    mine = party(draw, "supervisor")
    with later(draw):
        with pytest.raises(NotReady):
            services.reveal(watcher, draw, mine, SECRET)
        services.record_public_value(given.office, draw, "6", again="6", witnesses="王某")
        with pytest.raises(Invalid):
            services.reveal(watcher, draw, mine, SECRET + "！")
        with pytest.raises(Invalid):
            services.reveal(given.office, draw, mine, SECRET)
        with pytest.raises(NotReady):
            services.reveal(given.office, draw, party(draw, "system"), "x")
        services.reveal(watcher, draw, mine, SECRET)
        with pytest.raises(NotReady):
            services.reveal(watcher, draw, mine, SECRET)
        services.draw_panels(given.office, draw)
    assert (mine.secret, mine.withheld) == (SECRET, False)
    assert ceremonies.verify(draw).agrees


def test_who_withholds_is_replaced_by_the_public_number_after_the_term() -> None:
    given = setting()
    draw = committed(given)
    services.promise_secret(supervisor(), draw, SECRET)
    with later(draw):
        services.record_public_value(given.office, draw, "6", again="6", witnesses="王某")
        with pytest.raises(NotReady) as missing:
            services.draw_panels(given.office, draw)
    assert "监督员" in str(missing.value.missing[0]) or "supervisor" in str(missing.value.missing[0])
    assert draw.reveal_by is not None
    with clock.fixed(draw.reveal_by):
        services.draw_panels(given.office, draw)
    assert party(draw, "supervisor").withheld
    assert events("draw.draw")[0].detail["withheld"] == ["supervisor"]
    assert ceremonies.verify(draw).agrees


def test_nothing_is_drawn_without_the_public_number_or_by_anybody_else() -> None:
    given = setting()
    draw = committed(given)
    with pytest.raises(NotReady):
        services.draw_panels(given.office, draw)
    with pytest.raises(Forbidden):
        services.draw_panels(supervisor(), draw)


def test_a_working_copy_cannot_be_drawn_and_a_drawn_list_not_drawn_again() -> None:
    given = setting()
    sketch = services.start_draw(given.office, given.round)
    with pytest.raises(WrongState):
        services.draw_panels(given.office, sketch)
    services.discard_draw(given.office, sketch, reason="x")
    draw = drawn(given)
    with pytest.raises(WrongState):
        services.draw_panels(given.office, draw)


# --- tampering ----------------------------------------------------------------------------------------------------


def test_a_changed_record_is_noticed() -> None:
    draw = drawn(setting())
    assert ceremonies.verify(draw).agrees
    db.session.expunge_all()
    draw.input = draw.input | {"lot": 1}
    assert not ceremonies.verify(draw).input_agrees
    draw.seed = "0" * 64
    found = ceremonies.verify(draw)
    assert not found.seed_agrees
    assert not found.agrees


def test_a_discarded_draw_stays_on_record_and_public() -> None:
    given = setting()
    draw = drawn(given)
    services.discard_draw(given.office, draw, reason="专家信息有误")
    assert ceremonies.verify(draw).agrees
    assert ceremonies.public_draws(given.edition) == [draw]


# --- replacements -------------------------------------------------------------------------------------------------


def test_the_successor_is_fixed_by_the_draw_whoever_asks_and_whenever() -> None:
    given = setting(1, 24)
    seats = published(given)
    root = seats[0].draw
    names = []
    for _attempt in range(2):
        with db.session.begin_nested() as savepoint:
            made = services.replace(given.office, seats[0], reason="没有时间")
            names.append(made.result["seat"][1])
            assert made.seed == root.seed
            savepoint.rollback()
        db.session.expire_all()
    assert names[0] == names[1]
