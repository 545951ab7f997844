"""The ways of choosing panels: what they cost, what is committed, what the public record proves, and stale pages."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.kernel import regions
from app.kernel.canonical import Record, canonical, digest
from app.kernel.database import db
from app.kernel.errors import Stale
from app.panels import ceremonies, policies, published, rules, services, trials
from app.panels import draw as drawing
from app.panels.draw import DrawResult, input_record, read_input
from app.panels.engine import Infeasible, Policy, Seat, Shape
from app.panels.models import Draw
from app.panels.plan import Aims, PairWish, Plan, read_plan
from app.panels.planned import policy_words
from tests.factories import panels as made
from tests.panels.engine.records import PROGRAM, verified
from tests.panels.pools import OUTSIDE_SHANXI, SEED, dossier, expert, pool


def drawn(given: drawing.DrawInput, seed: str = SEED, chances: Record | None = None) -> DrawResult:
    found = drawing.draw(given, seed, chances)
    assert isinstance(found, DrawResult), found
    return found


def shares(given: drawing.DrawInput) -> Record:
    found = drawing.shares(given)
    assert not isinstance(found, Infeasible), found
    return found


def at_random(**parts: Any) -> drawing.DrawInput:
    return pool(80, 8, policy="random", **parts)


# --- chances ------------------------------------------------------------------------------------------------------


def test_the_chances_are_published_before_the_seed_and_keep_the_cap() -> None:
    found = shares(at_random(share=(1, 3)))
    parts = [arc[2] for arc in found["arcs"] if arc[3]]
    assert (found["most"], found["whole"]) == (1, 3)
    assert set(parts) == {1}
    assert sum(parts) == 3 * 5 * 8


def test_panels_follow_from_chances_and_seed_alone_in_any_order_of_rows() -> None:
    given = at_random()
    turned = drawing.DrawInput(
        given.experts[::-1], given.dossiers[3:] + given.dossiers[:3], given.rule, given.shape, policy="random"
    )
    assert canonical(shares(given)) == canonical(shares(turned))
    assert canonical(drawn(given).record) == canonical(drawn(turned, chances=shares(given)).record)
    assert drawn(given).digest != drawn(given, "77" * 32).digest


def test_a_pinned_pair_is_sure_and_no_other() -> None:
    given = at_random()
    who, where = next(
        (who, where)
        for where in given.dossiers
        for who in given.experts
        if rules.judge(who, where, given.rule).is_lawful
    )
    found = shares(drawing.DrawInput(**{**_parts(given), "fixed": (Seat(where.id, who.id),)}))
    sure = [tuple(arc[3:]) for arc in found["arcs"] if arc[3] and arc[2] == found["whole"]]
    assert sure == [(who.id, where.id)]


def _parts(given: drawing.DrawInput) -> dict[str, Any]:
    return {name: getattr(given, name) for name in drawing.DrawInput.__dataclass_fields__}


def test_where_seats_and_loads_are_all_that_is_asked_the_chances_come_with_their_proof() -> None:
    people = tuple(expert(f"E{n:02d}", code) for n, code in enumerate(["110000", "310000", "440000"] * 5))
    files = tuple(dossier(f"D{n}") for n in range(3))
    affinity = {
        (who.id, file.id): 100 * ((7 * n + 3 * m) % 40) for n, who in enumerate(people) for m, file in enumerate(files)
    }
    given = drawing.DrawInput(
        people, files, OUTSIDE_SHANXI, Shape(size=3, leader=False), affinity=affinity, balance=0, policy="random"
    )
    assert {"prices", "affinity"} <= set(shares(given))
    under_rules = drawing.DrawInput(**{**_parts(given), "shape": Shape(size=3)})
    assert "prices" not in shares(under_rules)
    assert len(drawn(given).panels) == 3


def test_too_small_a_cap_leads_to_no_chances_and_says_so() -> None:
    people = tuple(expert(f"E{n}", "110000") for n in range(4))
    for shape in (Shape(size=3), Shape(size=3, leader=False)):
        given = drawing.DrawInput(people, (dossier(),), OUTSIDE_SHANXI, shape, balance=0, policy="random")
        found = drawing.shares(given)
        assert isinstance(found, Infeasible)
        assert "不超过 1/2" in str(found.shortages[0].text)


# --- the worst-off first ------------------------------------------------------------------------------------------


def contested(shape: Shape, **parts: Any) -> drawing.DrawInput:
    """Two dossiers whose best total leaves the second nothing: the experts who know it are worth more to the first."""
    people = tuple(expert(f"E{n}", "110000", max_load=1) for n in range(6))
    files = (dossier("D1"), dossier("D2"))
    worth = {"D1": (9_000, 9_000, 9_000, 3_000, 3_000, 3_000), "D2": (5_000, 5_000, 5_000, 100, 100, 100)}
    affinity = {(who.id, file): worth[file][n] for n, who in enumerate(people) for file in worth}
    return drawing.DrawInput(people, files, OUTSIDE_SHANXI, shape, affinity=affinity, lot=0, balance=0, **parts)


@pytest.mark.parametrize("shape", [Shape(size=3), Shape(size=3, leader=False)], ids=["every rule", "core"])
def test_the_worst_off_dossier_comes_first_at_a_stated_price(shape: Shape) -> None:
    totals = {}
    for policy in ("best", "fairest"):
        given = contested(shape, policy=policy)
        totals[policy] = policies.reached(given, drawn(given).panels)
    assert totals["best"] == (27_300, Fraction(100))
    assert totals["fairest"][1] > 2_000
    assert totals["fairest"][0] <= totals["best"][0]
    assert totals["fairest"][1] <= policies.fair_bound(contested(shape))


def test_no_lawful_list_beats_the_bound_and_the_order_of_rows_changes_nothing() -> None:
    given = pool(60, 10, policy="fairest")
    turned = drawing.DrawInput(**{**_parts(given), "experts": given.experts[::-1], "dossiers": given.dossiers[::-1]})
    assert drawn(given).record == drawn(turned).record
    bound = policies.fair_bound(given)
    for policy in policies.POLICIES:
        other = drawing.DrawInput(**{**_parts(given), "policy": policy})
        assert policies.reached(other, drawn(other).panels)[1] <= bound


def test_where_nobody_can_be_treated_fairly_the_reason_is_named() -> None:
    people = tuple(expert(f"E{n}", "110000", employer_code="one") for n in range(4))
    for shape in (Shape(size=3), Shape(size=5, leader=False)):
        given = drawing.DrawInput(people, (dossier(),), OUTSIDE_SHANXI, shape, policy="fairest")
        assert isinstance(drawing.draw(given, SEED), Infeasible)
        assert policies.fair_bound(given) == 0


# --- prices -------------------------------------------------------------------------------------------------------


def prices(given: drawing.DrawInput) -> dict[Policy, policies.Price]:
    highest = trials.highest("policies", given)
    priced = [policies.price_of(given, policy, highest) for policy in policies.POLICIES]
    return {price.policy: policies.read_price(policies.price_record(price)) for price in priced}


def test_each_way_shows_what_it_costs_on_this_very_input() -> None:
    found = prices(pool(80, 8, lot=0, balance=0))
    best, random = found["best"], found["random"]
    assert best.kept == 1
    assert best.foreseen == best.seats == 40
    assert random.kept is not None
    assert random.kept <= 1
    assert random.foreseen == 0
    assert all(price.lowest <= 10_000 for price in found.values())


def test_a_way_that_leads_to_no_list_says_why_beside_the_others() -> None:
    people = tuple(expert(f"E{n}", "110000") for n in range(4))
    given = drawing.DrawInput(people, (dossier(),), OUTSIDE_SHANXI, Shape(size=3))
    found = prices(given)
    best, random = found["best"], found["random"]
    assert best.kept == 1
    assert "不超过 1/2" in str(random.short)


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        ({}, None),
        ({"most": 0, "expected": "0"}, None),
        ({"most": 40_000}, None),
        ({"most": 40_000, "expected": "39000"}, "97.50 %"),
        (
            {"most": 40_000, "expected": "39000", "total": 38_000, "lowest": "9500/3"},
            "95.00 %，匹配度最低的一组平均 31.7",
        ),
    ],
)
def test_the_price_of_a_draw_in_one_sentence(measured: Record, words: str | None) -> None:
    found = policies.cost_words(measured)
    assert (found is None) == (words is None)
    assert words is None or words in str(found)


def test_the_price_of_a_random_draw_is_the_average_over_its_seeds() -> None:
    given = at_random()
    chances = shares(given)
    totals = [policies.reached(given, drawn(given, f"{n:064x}", chances).panels)[0] for n in range(60)]
    average = policies.expected(given, chances)
    assert abs(Fraction(sum(totals), 60) - average) < average / 50


# --- the ceremony -------------------------------------------------------------------------------------------------


def chosen(policy: Policy, share: tuple[int, int] = (1, 2), pins: int = 0) -> tuple[made.Setting, Draw]:
    """A working copy under a policy, drawn through the whole ceremony; `pins` pairs sit together whatever is drawn."""
    given = made.setting(2, 24)
    draw = services.start_draw(given.office, given.round)
    for number in range(pins):
        wish = PairWish(f"E{number + 3:03d}", "SX2026-001", "上年已评")
        services.keep_together(given.office, draw, wish, version=draw.version)
        db.session.flush()
    services.choose_policy(given.office, draw, policy, share, version=draw.version)
    services.commit(given.office, draw, made.terms(), system=made.SYSTEM)
    with made.later(draw):
        services.record_public_value(given.office, draw, "3 5 1", again="3 5 1", witnesses="王某")
        services.draw_panels(given.office, draw)
    return given, draw


@pytest.mark.parametrize("policy", policies.POLICIES)
def test_the_products_own_record_is_checked_without_the_product(
    app_context: object, tmp_path: Path, policy: Policy
) -> None:
    given, draw = chosen(policy)
    services.publish_draw(given.office, draw)
    code, said = verified(published.whole_record(draw), tmp_path)
    assert code == 0, said
    code, public = verified(published.public_record(draw), tmp_path)
    assert code == 0, public
    assert "This record is without the input" in public
    for words in (said, public):
        assert ("得到的名单逐字节相同" in words) == (policy == "random")
    assert ceremonies.verify(draw).agrees


def test_the_public_record_holds_no_fact_about_an_expert(app_context: object) -> None:
    given, draw = chosen("random")
    services.publish_draw(given.office, draw)
    public = canonical(published.public_record(draw))
    assert not {"input", "codes"} & json.loads(public).keys()
    for person in given.pool:
        for fact in (person.number, person.name, person.employer_code):
            assert fact not in public


def test_a_random_draw_with_a_pinned_pair_is_replayed(app_context: object, tmp_path: Path) -> None:
    _given, draw = chosen("random", (1, 3), pins=1)
    code, said = verified(published.whole_record(draw), tmp_path)
    assert code == 0, said
    assert len([arc for arc in draw.marginals["arcs"] if arc[3] and arc[2] == 3]) == 1


def test_the_chances_are_part_of_commitment_and_seed(app_context: object) -> None:
    _given, draw = chosen("random")
    assert digest(draw.marginals) == draw.marginals_digest
    record = published.whole_record(draw)
    assert isinstance(record["digests"], dict)
    assert record["digests"]["marginals"] == draw.marginals_digest
    assert [str(words)[:9] for words in policy_words(draw)] == ["抽取方式为近优随机", "这份名单的总匹配度"]
    changed = {**draw.marginals, "most": 2}
    db.session.expunge_all()
    draw.marginals = changed
    found = ceremonies.verify(draw)
    assert not found.marginals_agree
    assert not found.agrees


@pytest.mark.databases
@pytest.mark.parametrize("change", ["marginals = '{}'", "marginals_digest = 'x'"])
def test_the_database_refuses_other_chances_after_the_commitment(app_context: object, change: str) -> None:
    chosen("random")
    with pytest.raises(IntegrityError):
        db.session.execute(text(f"UPDATE draw SET {change}"))  # noqa: S608


def test_a_tampered_chance_is_noticed_by_the_program(app_context: object, tmp_path: Path) -> None:
    _given, draw = chosen("random")
    record = json.loads(canonical(published.whole_record(draw)))
    record["marginals"]["arcs"][0][2] = 2
    code, said = verified(record, tmp_path)
    assert code == 1
    assert "概率表被改动" in said


def test_a_successor_follows_the_lots_of_the_seed_under_every_policy() -> None:
    given = at_random()
    orders = {drawing.reserve_order(given, f"{n:064x}", "D001") for n in range(3)}
    assert len(orders) == 3


# --- codes of regions ---------------------------------------------------------------------------------------------


def test_a_record_holds_only_codes_in_force() -> None:
    old = ["110103", "110228"]
    given = drawing.DrawInput(
        tuple(expert(f"E{n}", code) for n, code in enumerate(old)), (dossier("D1", "110229"),), OUTSIDE_SHANXI, Shape()
    )
    record = input_record(given)
    codes = {place[1] for entry in (*record["experts"], *record["dossiers"]) for place in entry["regions"]}
    assert codes == {regions.current(code) for code in (*old, "110229")}
    assert not codes & set(old)
    assert input_record(read_input(record)) == record


@pytest.mark.parametrize("level", ["province", "city", "county"])
def test_the_program_and_the_product_agree_on_what_is_one_region(level: Any) -> None:
    scope: dict[str, Any] = {"__name__": "verify"}
    exec(compile(PROGRAM.read_text(encoding="utf-8"), PROGRAM, "exec"), scope)  # noqa: S102
    same: Callable[[str, str, str], bool] = scope["same_region"]
    codes = [
        "110000",
        "110101",
        "110118",
        "140100",
        "140105",
        "140200",
        "500101",
        "500229",
        "429004",
        "429005",
        "310115",
    ]
    for one in codes:
        for other in codes:
            assert same(one, other, level) == regions.same_region(one, other, level), (one, other)


# --- stale pages --------------------------------------------------------------------------------------------------


CHANGES: dict[str, Callable[..., None]] = {
    "aims": lambda actor, draw, version: services.choose_aims(actor, draw, Aims(balance=0), version=version),
    "policy": lambda actor, draw, version: services.choose_policy(actor, draw, "random", (1, 4), version=version),
    "out": lambda actor, draw, version: services.leave_out(actor, draw, "E002", reason="出差", version=version),
    "in": lambda actor, draw, version: services.take_in(actor, draw, "E001", version=version),
    "apart": lambda actor, draw, version: services.keep_apart(
        actor, draw, PairWish("E004", "SX2026-001", "同学"), version=version
    ),
    "together": lambda actor, draw, version: services.keep_together(
        actor, draw, PairWish("E004", "SX2026-001", "专长"), version=version
    ),
    "drop": lambda actor, draw, version: services.drop_wish(actor, draw, "E005", "SX2026-001", version=version),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_page_that_somebody_overtook_changes_nothing_and_shows_both_texts(app_context: object, change: str) -> None:
    given = made.setting()
    draw = services.start_draw(given.office, given.round)
    services.keep_apart(given.office, draw, PairWish("E005", "SX2026-001", "老同事"), version=draw.version)
    db.session.flush()
    seen = draw.version
    services.leave_out(given.office, draw, "E001", reason="出国", version=seen)
    db.session.flush()
    before = draw.plan
    with pytest.raises(Stale) as stale:
        CHANGES[change](given.office, draw, seen)
    assert draw.plan == before
    assert stale.value.current_version == draw.version
    assert stale.value.stored != stale.value.typed
    assert stale.value.stored.keys() == stale.value.typed.keys()
    CHANGES[change](given.office, draw, draw.version)


def test_the_same_change_made_twice_from_one_page_shows_the_whole_plan(app_context: object) -> None:
    given = made.setting()
    draw = services.start_draw(given.office, given.round)
    seen = draw.version
    services.choose_aims(given.office, draw, Aims(balance=0), version=seen)
    db.session.flush()
    with pytest.raises(Stale) as stale:
        services.choose_aims(given.office, draw, Aims(balance=0), version=seen)
    assert stale.value.stored["任务均衡"] == stale.value.typed["任务均衡"] == "不考虑"


def test_a_plan_that_changed_since_the_page_was_read_is_not_committed(app_context: object) -> None:
    given = made.setting()
    draw = services.start_draw(given.office, given.round)
    seen = draw.version
    services.choose_policy(given.office, draw, "random", (1, 2), version=seen)
    db.session.flush()
    with pytest.raises(Stale) as stale:
        services.commit(given.office, draw, made.terms(), version=seen)
    assert stale.value.stored["抽取方式"] == "近优随机 1/2"


def test_a_plan_of_before_there_were_policies_is_the_best_one() -> None:
    record = {name: value for name, value in Plan().record().items() if name not in ("policy", "share")}
    assert read_plan(record) == Plan()
    assert read_plan(Plan(policy="random", share=(1, 4)).record()) == Plan(policy="random", share=(1, 4))
