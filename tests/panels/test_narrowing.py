"""The matrix narrowed to a rule searches the whole pool: the same experts as looking at every cell would find."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.experts import services as experts
from app.kernel.database import db
from app.panels import eligibility, facts, rules, services
from app.panels.eligibility import EXPERTS_A_PAGE, Wanted
from tests.factories import panels as made
from tests.factories.experts import row

pytestmark = pytest.mark.usefixtures("app_context")
AT_HOME = [row(n, employer_region="140200", residence_region="140200") for n in range(100, 170)]
ABSENT = [row(n, employer_region="330100", residence_region="330100", available="否") for n in range(170, 175)]
SEPARATE = ('groups = "mixed"', 'groups = "separate"')


def setting(rule: tuple[str, str] = ("", "")) -> made.Setting:
    """Experts far away, at home, not available, with interests; one whose employer applies."""
    given = made.setting(3, 24, rows=[*AT_HOME, *ABSENT], rulebook=rule)
    given.dossiers[1].group_key = "power"
    for number, dossier in ((1, 0), (2, 2), (120, 2)):
        services.record_conflict(
            given.office, given.expert(number), given.dossiers[dossier], services.Interest("other", "x")
        )
    owner = given.expert(5)
    owner.employer_code = given.dossiers[0].credit_code
    db.session.flush()
    return given


def by_every_cell(given: made.Setting, rule: str, dossiers: list[str]) -> list[str]:
    """Of the whole pool, by the rule for one pair."""
    found = facts.facts_for(given.round, facts.experts(), given.dossiers)
    wanted = [dossier for dossier in found.dossiers if dossier.id in dossiers]
    return [
        expert.id
        for expert in found.experts
        if any(
            rule in {objection.rule for objection in judged}
            for judged in (
                rules.judge(expert, dossier, found.rule, conflicts=found.conflicts).objections for dossier in wanted
            )
        )
    ]


def pages(given: made.Setting, wanted: Wanted) -> Iterator[eligibility.Matrix]:
    while True:
        page = eligibility.matrix(given.round, wanted)
        yield page
        if page.after is None:
            return
        wanted = Wanted(rule=wanted.rule, row=page.after)


def shown(found: list[eligibility.Matrix]) -> list[str]:
    return [line.expert.number for page in found for line in page.lines]


@pytest.mark.databases
@pytest.mark.parametrize("rule", ["region", "state", "conflict"])
def test_a_rule_finds_whom_it_bars_in_the_whole_pool(rule: str) -> None:
    given = setting()
    found = list(pages(given, Wanted(rule=rule)))
    numbers = [dossier.number for dossier in found[0].dossiers]
    assert shown(found) == by_every_cell(given, rule, numbers) != []
    for page in found:
        assert all(any(rule in cell for cell in line.cells) for line in page.lines)


def test_interests_narrow_the_dossiers_too() -> None:
    given = setting()
    page = eligibility.matrix(given.round, Wanted(rule="conflict"))
    assert [dossier.number for dossier in page.dossiers] == ["SX2026-001", "SX2026-003"]
    assert shown([page]) == ["E001", "E002", "E005", "E120"]
    mine = eligibility.matrix(given.round, Wanted(rule="conflict", expert="E120"))
    assert ([dossier.number for dossier in mine.dossiers], shown([mine])) == (["SX2026-003"], ["E120"])


def test_pages_of_a_rule_lead_on_and_back() -> None:
    given = setting()
    first, second = pages(given, Wanted(rule="region"))
    assert (len(first.lines), len(second.lines)) == (EXPERTS_A_PAGE, len(AT_HOME) - EXPERTS_A_PAGE)
    assert (first.before, second.after, first.experts_in_all) == (None, None, None)
    assert first.after is not None
    again = eligibility.matrix(given.round, Wanted(rule="region", row=first.after))
    assert again.before is not None
    assert shown([eligibility.matrix(given.round, Wanted(rule="region", row=again.before))]) == shown([first])


def test_who_is_full_and_who_serves_another_group_are_found() -> None:
    given = setting(SEPARATE)
    made.published(given)
    busy = facts.held_in(given.round)
    for expert in given.pool:
        expert.max_load = 1
    db.session.flush()
    for rule in ("load", "group"):
        found = list(pages(given, Wanted(rule=rule)))
        numbers = [dossier.number for dossier in found[0].dossiers]
        assert shown(found) == by_every_cell(given, rule, numbers) != [], rule
    assert len(busy) == len(shown(list(pages(given, Wanted(rule="load")))))


@pytest.mark.parametrize("rule", ["group", "load", "nothing"])
def test_a_rule_that_bars_nobody_finds_nobody(rule: str) -> None:
    given = setting()
    page = eligibility.matrix(given.round, Wanted(rule=rule))
    assert (page.lines, page.before, page.after) == ((), None, None)


def test_a_place_left_long_ago_is_looked_at_by_the_rule_itself() -> None:
    given = setting()
    moved = given.expert(100)
    experts.edit_expert(
        given.office,
        moved,
        {"employer_region": "330100", "residence_region": "330100"},
        version=moved.version,
    )
    for place in moved.regions:
        if place.region_code.startswith("14"):
            place.until = facts.today(given.edition) - timedelta(days=3653)
    db.session.flush()
    assert "E100" not in shown(list(pages(given, Wanted(rule="region"))))
