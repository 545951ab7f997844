"""The shipped rulebooks: each loads, says what is public, and keeps its digest until a value changes."""

import tomllib
from datetime import date
from fractions import Fraction

import pytest

from app.programmes.rules.parsing import digest, parse_criteria
from app.programmes.rules.review import years_before
from app.programmes.rules.rulebook import Majority
from app.programmes.rules.values import ApplicantKind, BodyKind, ItemKind, RoundKind, RoundMode
from tests.support.rulebooks import CRITERIA, TEXTS, edited, edited_rulebook, rulebook


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_every_shipped_rulebook_loads(key: str) -> None:
    book = rulebook(key)
    assert book.key == key
    assert book.total_seats > 0
    for group in book.enabled_groups:
        assert book.criteria_for(group.key).points == 1000
    for stage in book.calendar:
        assert book.stage(stage.key) is stage


@pytest.mark.parametrize(
    ("key", "categories", "items"),
    [
        ("gbt-19580-2012", [110, 90, 90, 130, 100, 80, 400], 23),
        ("gbt-19580-2004", [100, 80, 90, 120, 110, 100, 400], 22),
        ("baldrige-2013-2023", [120, 85, 85, 90, 85, 85, 450], 17),
        ("efqm-2020", [100, 100, 100, 200, 100, 200, 200], 25),
        ("individual", [200, 300, 500], 8),
        ("china-quality-award", [300, 300, 200, 200], 10),
    ],
)
def test_every_criteria_set_has_its_points(key: str, categories: list[int], items: int) -> None:
    criteria = parse_criteria(CRITERIA[key])
    assert [category.points for category in criteria.categories] == categories
    assert len(criteria.items) == len(criteria.item_codes) == items


def test_national_standard_is_found_by_item_and_percentage() -> None:
    criteria = rulebook().criteria_for("machinery")
    assert criteria.item("4.1.2").points == 50
    assert criteria.category_of("4.1.2").name.zh == "领导"
    assert criteria.percents[:3] == (0, 5, 10)
    assert [category.code for category in criteria.categories if category.results_only] == ["4.7"]
    assert len(criteria.bands_for(ItemKind.PROCESS)) == len(criteria.bands_for(ItemKind.RESULT)) == 6
    band = criteria.band(ItemKind.RESULT, 45)
    assert (band.low, band.high) == (30, 45)
    with pytest.raises(KeyError):
        criteria.band(ItemKind.RESULT, 47)


def test_shanxi_says_what_is_public_and_what_was_decided() -> None:
    book = rulebook()
    assert [(level.key, level.seats, level.vacancy_allowed, level.floor) for level in book.levels] == [
        ("award", 5, True, 600),
        ("nomination", 10, True, 550),
    ]
    assert book.level("award").name.zh == "质量奖"
    assert book.cycle_years == 3
    assert book.committee.majority("nomination").strict
    assert book.basis("levels.award.seats").published
    assert not book.basis("levels.award.floor").published
    assert book.panel.region_level == "province"
    assert book.panel.region_digits == 2
    assert book.panel.leader_outside_award_region
    assert book.basis("panel.leader_outside_award_region").published
    assert book.region_prefix == "14"
    assert book.applicant_kinds == (ApplicantKind.ORGANISATION, ApplicantKind.INDIVIDUAL)
    city = book.recommendation.quota(BodyKind.CITY)
    assert city.places(ApplicantKind.TEAM) == 3
    assert city.places(ApplicantKind.INDIVIDUAL) == 1
    assert [(entry.key, entry.weight) for entry in book.rounds] == [("paper", 30), ("site", 50), ("defence", 20)]
    assert book.seats_forward("paper") == 30
    assert book.seats_forward("site") == 23
    assert book.seats_forward("defence") is None
    assert book.round_after("paper") is book.round("site")
    assert book.round_after("defence") is None


def test_awards_differ_without_code() -> None:
    zhejiang, hefei, baldrige = rulebook("zhejiang-2017"), rulebook("hefei-2023"), rulebook("baldrige-2023")
    assert zhejiang.round("defence").mode is RoundMode.CORRECTION
    assert zhejiang.round("paper").notice_working_days == 5
    assert [level.floor for level in hefei.levels] == [600, 550]
    assert hefei.region_prefix == "3401"
    assert [entry.kind for entry in hefei.rounds] == [RoundKind.PAPER, RoundKind.SITE]
    assert baldrige.committee.blind_papers
    assert baldrige.panel.region_digits is None
    assert baldrige.region_prefix == ""


def test_the_form_depends_on_who_applies() -> None:
    dossier, formal = rulebook().dossier, rulebook().formal_check
    for_person = {field.key for field in dossier.fields_for(ApplicantKind.INDIVIDUAL)}
    for_firm = {field.key for field in dossier.fields_for(ApplicantKind.ORGANISATION)}
    assert "quality_work_since" in for_person - for_firm
    assert "revenue" in for_firm - for_person
    figures = [field for field in dossier.fields if field.section == "figures"]
    assert not any(field.required for field in figures), "a school has no revenue"
    assert "identity" in {kind.key for kind in dossier.evidence_for(ApplicantKind.INDIVIDUAL)}
    assert "quality_work" in {item.key for item in formal.items_for(ApplicantKind.INDIVIDUAL)}


@pytest.mark.parametrize("key", ["level", "round", "group", "criteria", "stage", "basis"])
def test_an_unknown_key_is_an_error(key: str) -> None:
    with pytest.raises(KeyError):
        getattr(rulebook(), key)("unknown")


@pytest.mark.parametrize(
    ("share", "strict", "yes", "voters", "reached"),
    [
        ("2/3", False, 20, 30, True),
        ("2/3", False, 19, 30, False),
        ("2/3", False, 0, 0, False),
        ("1/2", True, 15, 30, False),
        ("1/2", True, 16, 30, True),
        ("1/2", True, 0, 0, False),
    ],
)
def test_majority(share: str, *, strict: bool, yes: int, voters: int, reached: bool) -> None:
    assert Majority("award", Fraction(share), strict).reached(yes=yes, voters=voters) is reached


def test_digest_ignores_order_spacing_and_comments() -> None:
    text, criteria = TEXTS["hefei-2023"], CRITERIA
    raw = tomllib.loads(text)
    turned = edited("", {(key,): raw[key] for key in reversed(raw)})
    assert turned != text
    commented = {**criteria, "gbt-19580-2012": f"# a remark\n{criteria['gbt-19580-2012']}\n"}
    assert digest(turned, commented) == digest(text, criteria)
    assert len(digest(text, criteria)) == 64


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("levels[0].seats", 6),
        ("committee.quorum", "3/5"),
        ("name.en", "Another name"),
        (("defaults", "notice", "zh"), "另一个理由"),
        ("calendar[0].days", 46),
    ],
)
def test_digest_changes_with_any_value(place: str | tuple[str, ...], value: object) -> None:
    text = TEXTS["hefei-2023"]
    assert digest(edited(text, {place: value}), CRITERIA) != digest(text, CRITERIA)


def test_digest_covers_the_criteria_sets_that_are_named_and_no_others() -> None:
    text = TEXTS["hefei-2023"]
    named = {**CRITERIA, "gbt-19580-2012": CRITERIA["gbt-19580-2012"].replace("组织治理", "组织的治理")}
    others = {**CRITERIA, "efqm-2020": "changed = true"}
    assert digest(text, named) != digest(text, CRITERIA)
    assert digest(text, others) == digest(text, CRITERIA)


def test_quotas_reservations_and_limits_can_be_expressed() -> None:
    book = edited_rulebook(
        {
            "levels[0].limits": [{"kind": "individual", "seats": 1}],
            "levels[0].reserved": [{"tag": "sme", "seats": 1}],
            "recommendation.quotas[0].individuals": 0,
        }
    )
    assert book.level("award").limits[0].seats == 1
    assert book.level("award").reserved[0].tag == "sme"
    assert book.recommendation.quota(BodyKind.CITY).places(ApplicantKind.INDIVIDUAL) == 0


@pytest.mark.parametrize(
    ("day", "years", "since"),
    [
        (date(2026, 5, 8), 3, date(2023, 5, 8)),
        (date(2026, 5, 8), 0, date(2026, 5, 8)),
        (date(2024, 2, 29), 3, date(2021, 2, 28)),
        (date(2024, 2, 29), 4, date(2020, 2, 29)),
        (date(2024, 5, 8), 3000, date(1, 5, 8)),
    ],
)
def test_a_window_is_counted_back_to_the_day(day: date, years: int, since: date) -> None:
    assert years_before(day, years) == since
