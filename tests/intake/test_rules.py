"""Bodies by region, quotas, local notice, ticks, corrections: tables of cases."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.intake import rules
from app.intake.rules import Body, LocalNotice
from app.kernel.workdays import china
from app.programmes.rules.values import ApplicantKind, BodyKind, Severity
from tests.support.rulebooks import rulebook

RULE = rulebook().recommendation
ITEMS = rulebook().formal_check.items_for(ApplicantKind.ORGANISATION)
BEIJING = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 4, 27)

CITY = Body(1, BodyKind.CITY, "140200")
ZONE = Body(2, BodyKind.ZONE, "140200")
COUNTY = Body(3, BodyKind.COUNTY, "140213")
DEPARTMENT = Body(4, BodyKind.DEPARTMENT, "140000")
PROVINCE = Body(5, BodyKind.PROVINCE, "140000")
ASSOCIATION = Body(6, BodyKind.ASSOCIATION, "CN")
EVERY = tuple(BodyKind)


@pytest.mark.parametrize(
    ("region", "bodies", "kinds", "expected"),
    [
        ("140213", [CITY], EVERY, CITY),
        ("140213", [CITY, COUNTY], EVERY, COUNTY),  # the smallest region that holds the seat
        ("140213", [CITY, COUNTY], [BodyKind.CITY], CITY),  # only kinds that the award admits
        ("140200", [ZONE, CITY], EVERY, CITY),
        ("140100", [CITY, COUNTY], EVERY, None),
        ("140100", [CITY, PROVINCE], EVERY, PROVINCE),
        ("140213", [DEPARTMENT], EVERY, None),  # departments are no matter of region
        ("140213", [], EVERY, None),
    ],
)
def test_the_body_is_found_by_the_seat(region: str, bodies: list[Body], kinds, expected: Body | None) -> None:
    assert rules.body_for(region, bodies, kinds) == expected


@pytest.mark.parametrize(
    ("region", "bodies", "kinds", "expected"),
    [
        ("140213", [DEPARTMENT, PROVINCE, ZONE, CITY, COUNTY], EVERY, [COUNTY, CITY, ZONE, PROVINCE, DEPARTMENT]),
        ("140213", [DEPARTMENT, ASSOCIATION, CITY], [BodyKind.CITY, BodyKind.DEPARTMENT], [CITY, DEPARTMENT]),
        ("140100", [CITY, DEPARTMENT], EVERY, [DEPARTMENT]),
        ("370100", [CITY, DEPARTMENT], EVERY, []),  # a department of another province
        ("370100", [ASSOCIATION], EVERY, [ASSOCIATION]),  # a national association holds every seat
    ],
)
def test_whoever_may_recommend_is_offered_the_nearest_first(region: str, bodies, kinds, expected) -> None:
    assert rules.bodies_for(region, bodies, kinds) == expected


def test_only_an_award_without_bodies_of_a_place_asks_for_a_choice() -> None:
    bodies = [DEPARTMENT, ASSOCIATION]
    assert rules.must_choose("140213", bodies, [BodyKind.DEPARTMENT])
    assert not rules.must_choose("140213", bodies, [BodyKind.DEPARTMENT, BodyKind.CITY])  # the city's may come yet
    assert not rules.must_choose("140213", [CITY], [BodyKind.DEPARTMENT])  # nobody to choose from


def test_the_area_of_a_national_association_is_the_whole_country() -> None:
    assert rules.area_name("CN").en == "Whole country"
    assert rules.area_name("140200").zh == "山西省大同市"


@pytest.mark.parametrize(
    ("body", "kind", "used", "left"),
    [
        (BodyKind.CITY, ApplicantKind.ORGANISATION, 0, 3),
        (BodyKind.CITY, ApplicantKind.ORGANISATION, 3, 0),
        (BodyKind.CITY, ApplicantKind.ORGANISATION, 4, 0),
        (BodyKind.CITY, ApplicantKind.INDIVIDUAL, 0, 1),
        (BodyKind.DEPARTMENT, ApplicantKind.ORGANISATION, 0, 2),
        (BodyKind.ASSOCIATION, ApplicantKind.ORGANISATION, 0, 0),  # not named: nobody
    ],
)
def test_places_left_by_kind(body: BodyKind, kind: ApplicantKind, used: int, left: int) -> None:
    assert rules.places_left(RULE, body, kind, used) == left
    assert (rules.quota_problem(RULE, body, kind, used) is None) == (left > 0)


NOW = datetime(2026, 5, 8, 1, tzinfo=UTC)
FORMAL_CHECK = rulebook().formal_check


def asked(*, due: datetime, objects: bool | None = None) -> list[rules.Asked]:
    return [rules.Asked(each, due, objects) for each in FORMAL_CHECK.departments]


@pytest.mark.parametrize(("silence", "told"), [(Severity.WARNING, 0), (Severity.BAR, len(FORMAL_CHECK.departments))])
def test_the_rulebook_says_what_silence_means(silence: Severity, told: int) -> None:
    late = asked(due=datetime(2026, 5, 7, tzinfo=UTC))
    rule = replace(FORMAL_CHECK, silence=silence)
    assert len(rules.missing_from_departments(rule, late, now=NOW)) == told


def test_an_award_that_asks_no_department_waits_for_none() -> None:
    rule = replace(FORMAL_CHECK, departments=())
    assert rules.missing_from_departments(rule, [], now=NOW) == []


def test_a_quota_without_a_number_has_no_cap() -> None:
    rule = rulebook("hefei-2023").recommendation
    assert rules.places_left(rule, BodyKind.COUNTY, ApplicantKind.ORGANISATION, 99) is None


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        (date(2026, 4, 16), date(2026, 4, 23), None),  # Thursday to Thursday: five working days after the first
        (date(2026, 4, 16), date(2026, 4, 22), "至少要到 2026-04-23"),
        (date(2026, 4, 30), date(2026, 5, 11), "期满后才能推荐"),
        # the holiday does not count, the Saturday that is worked in its place does
        (date(2026, 4, 30), date(2026, 5, 10), "至少要到 2026-05-11"),
        (None, date(2026, 4, 23), "起止日期"),
        (date(2026, 4, 16), None, "起止日期"),
    ],
)
def test_the_local_notice_lasts_five_working_days(first: date | None, last: date | None, sentence: str | None) -> None:
    problem = rules.notice_problem(5, LocalNotice(first, last), today=TODAY, calendar=china())
    assert (problem is None) if sentence is None else sentence in str(problem)


def test_everything_that_a_recommendation_lacks_is_said_at_once() -> None:
    missing = rules.missing_for_recommendation(
        RULE, opinion=" ", notice=LocalNotice(None, None), today=TODAY, calendar=china()
    )
    assert len(missing) == 2


def test_an_award_without_a_local_notice_asks_for_none() -> None:
    assert rules.notice_problem(0, LocalNotice(None, None), today=TODAY, calendar=china()) is None


def test_every_item_must_be_ticked_and_met() -> None:
    met = rules.read_ticks(ITEMS, {item.key: True for item in ITEMS})
    assert rules.missing_for_acceptance(ITEMS, met) == []
    ticks = rules.read_ticks(ITEMS, {**met, "form": {"met": False, "note": " 缺页 "}, "fraud": {}, "unknown": True})
    assert ticks["form"] == {"met": False, "note": "缺页"}
    assert "unknown" not in ticks
    sentences = [str(each) for each in rules.missing_for_acceptance(ITEMS, ticks)]
    assert sentences == ["“申报表填写完整，空缺有说明”不通过，不能受理。", "还没有核对“申报材料弄虚作假”。"]


def test_corrections_are_counted_and_due_when_the_office_closes() -> None:
    rule = rulebook().correction
    assert rules.correction_problem(rule, 0) is None
    assert "最多 1 次" in str(rules.correction_problem(rule, 1))
    returned = datetime(2026, 4, 30, 15, 59, tzinfo=UTC)  # still 30 April in Beijing
    due = rules.correction_due(rule, returned, calendar=china(), zone=BEIJING)
    assert due == datetime(2026, 5, 11, 17, tzinfo=BEIJING)
