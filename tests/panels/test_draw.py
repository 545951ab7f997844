import hashlib
import json
import random
from dataclasses import replace as changed
from typing import Any

import pytest

from app.kernel.canonical import canonical, digest
from app.kernel.words import LocalText
from app.panels import rules
from app.panels.draw import (
    DrawInput,
    DrawResult,
    Replacement,
    draw,
    input_record,
    read_input,
    replace,
    reserve_order,
    result_record,
)
from app.panels.engine import Infeasible, Seat, Shape
from app.panels.engine.pool import LOT_PARTS, lot
from app.panels.rules import ConflictFact, ExpertFacts
from tests.panels.pools import OUTSIDE_SHANXI, SEED, dossier, expert, pool

KINSHIP = ConflictFact("kinship", LocalText("亲属关系", "Kinship"))


def drawn(given: DrawInput, seed: str = SEED) -> DrawResult:
    result = draw(given, seed)
    assert isinstance(result, DrawResult), result
    return result


def seats(result: DrawResult) -> list[Seat]:
    return [Seat(panel.dossier, member, member == panel.leader) for panel in result.panels for member in panel.members]


def with_everything() -> DrawInput:
    given = pool(40, 6, "rich")
    conflicts = {(given.experts[0].id, "D001"): KINSHIP, (given.experts[1].id, "D000"): KINSHIP}
    affinity = {(who.id, entry.id): rules.affinity(who, entry) for who in given.experts for entry in given.dossiers}
    first = drawn(changed(given, conflicts=conflicts))
    return changed(given, conflicts=conflicts, affinity=affinity, fixed=tuple(seats(first)[:2]))


# --- what anybody can draw again ----------------------------------------------------------------------------------


def test_the_same_input_and_seed_give_the_same_panels_for_ever() -> None:
    result = drawn(pool(40, 8, "golden"))
    assert result.input_digest == "802fef0ca9ba16e16251a9065dbafca98a6dcbe39cfbcb1964d1f208c3411298"
    assert result.digest == "de44e836d5fc7329b09b654385e99ff42214047f9195229fdc92773707fa603e"


@pytest.mark.parametrize("shuffle", range(3))
def test_the_order_of_the_rows_does_not_reach_the_record(shuffle: int) -> None:
    given = with_everything()
    order = random.Random(shuffle)

    def mixed(items: Any) -> Any:
        return tuple(order.sample(list(items), len(items)))

    turned = changed(
        given,
        experts=tuple(changed(who, regions=mixed(who.regions)) for who in mixed(given.experts)),
        dossiers=mixed(given.dossiers),
        conflicts=dict(mixed(given.conflicts.items())),
        affinity=dict(mixed(given.affinity.items())),
        fixed=mixed(given.fixed),
    )
    assert canonical(input_record(turned)) == canonical(input_record(given))
    assert drawn(turned) == drawn(given)


def test_a_stored_record_is_drawn_again_to_the_same_digest() -> None:
    given = with_everything()
    stored = json.loads(json.dumps(input_record(given)))
    assert input_record(read_input(stored)) == input_record(given)
    assert drawn(read_input(stored)).digest == drawn(given).digest


def test_the_digests_are_of_the_canonical_records() -> None:
    given = with_everything()
    result = drawn(given)
    plain = json.dumps(input_record(given), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert result.input_digest == hashlib.sha256(plain).hexdigest()
    assert result.digest == digest(result.record)
    assert result.record == result_record(result.input_digest, SEED, result.panels[::-1])
    assert "亲属关系".encode() in plain


@pytest.mark.parametrize(
    "change",
    [
        {"lot": 1},
        {"balance": 1},
        {"shape": Shape(size=4)},
        {"rule": rules.PairRule("city")},
        {"conflicts": {("E0000", "D000"): KINSHIP}},
        {"fixed": (Seat("D000", "E0001"),)},
        {"affinity": {("E0000", "D000"): 1}},
    ],
)
def test_every_part_of_the_input_counts_in_its_digest(change: dict[str, Any]) -> None:
    given = pool(20, 2)
    assert digest(input_record(changed(given, **change))) != digest(input_record(given))


def test_a_record_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="another format"):
        read_input(input_record(pool(5, 1)) | {"format": "zhiheng-draw/0"})


def test_the_lot_of_a_pair_is_what_the_description_says() -> None:
    number = int.from_bytes(hashlib.sha256(b"lot|5e|E1|D1").digest()[:8], "big")
    assert lot("5e", "E1", "D1", 1000) == number % 1000
    assert lot("5e", "E1", "D1", 0) == 0


def test_a_draw_that_cannot_be_made_says_why() -> None:
    assert isinstance(draw(pool(3, 1), SEED), Infeasible)


# --- a lost seat --------------------------------------------------------------------------------------------------


def test_reserves_stand_by_falling_weight() -> None:
    given = pool(30, 3)
    order = reserve_order(given, SEED, "D001")
    by_number = {who.id: who for who in given.experts}
    (file,) = (entry for entry in given.dossiers if entry.id == "D001")

    def weight(name: str) -> int:
        return rules.affinity(by_number[name], file) * LOT_PARTS + lot(SEED, name, "D001", given.lot * LOT_PARTS)

    assert list(order) == sorted(order, key=weight, reverse=True)
    assert set(order) == {who.id for who in given.experts if rules.judge(who, file, given.rule).is_lawful}


@pytest.mark.parametrize("place", range(0, 40, 3))
def test_a_lost_seat_is_filled_and_nobody_else_moves(place: int) -> None:
    given = pool(80, 8)
    standing = seats(drawn(given))
    lost = standing[place]
    recused = changed(given, conflicts={(lost.expert, lost.dossier): KINSHIP})
    answer = replace(recused, SEED, lost, standing=standing)
    assert isinstance(answer, Replacement)
    assert (answer.lost, answer.seat.dossier, answer.seat.is_leader) == (lost, lost.dossier, lost.is_leader)
    # the panel with the successor is lawful as a whole: as fixed seats it needs no further choice
    after = [seat for seat in standing if seat != lost] + [answer.seat]
    whole = drawn(changed(recused, fixed=tuple(after)))
    assert sorted(seats(whole), key=str) == sorted(after, key=str)
    assert replace(recused, SEED, lost, standing=standing[::-1]) == answer


def small(*facts: ExpertFacts) -> DrawInput:
    return DrawInput(facts, (dossier(), dossier("D02")), OUTSIDE_SHANXI, Shape(size=2))


LEADER = Seat("D01", "E1", is_leader=True)
MEMBER = Seat("D01", "E2")


@pytest.mark.parametrize(
    ("reserve", "lost"),
    [
        pytest.param(expert("E3", "140100"), MEMBER, id="from the applicant's province"),
        pytest.param(expert("E3", may_lead=False), LEADER, id="a leader has to be followed by a leader"),
        pytest.param(expert("E3", employer_code="employer of E1"), MEMBER, id="of an employer already there"),
        pytest.param(expert("E3", max_load=1), MEMBER, id="with another dossier in hand"),
    ],
)
def test_who_does_not_fit_is_not_called(reserve: ExpertFacts, lost: Seat) -> None:
    given = small(expert("E1"), expert("E2"), reserve)
    answer = replace(given, SEED, lost, standing=[LEADER, MEMBER, Seat("D02", "E3")])
    assert isinstance(answer, Infeasible)
    (shortage,) = answer.shortages
    assert shortage.dossier == "D01"
    assert "没有可以替补的专家" in str(shortage.text)


def test_a_member_may_follow_without_being_able_to_lead() -> None:
    given = small(expert("E1"), expert("E2"), expert("E3", may_lead=False))
    answer = replace(given, SEED, MEMBER, standing=[LEADER, MEMBER])
    assert isinstance(answer, Replacement)
    assert answer.seat == Seat("D01", "E3")
