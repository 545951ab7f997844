"""Who may object and how he is shown; what a notice says."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.kernel import credit_code
from app.kernel.words import LocalText
from app.notices import rules
from app.notices.rules import Listed
from app.programmes.rules.admission import Level
from app.programmes.rules.review import ObjectionRule
from app.programmes.rules.values import ApplicantKind

CODE = credit_code.make(1, "140100")
UNIT, PERSON = True, False


@pytest.mark.parametrize(
    ("identity", "is_unit", "refused"),
    [
        (CODE, UNIT, ""),
        (CODE.lower(), UNIT, ""),
        (CODE[:-1] + ("0" if CODE[-1] != "0" else "1"), UNIT, "校验位不符"),
        ("123", UNIT, "应为 18 位"),
        ("110101199003070000", PERSON, ""),
        ("11010119900307 000x", PERSON, ""),
        ("E12345678", PERSON, ""),
        ("HA1234567", PERSON, ""),
        ("匿名", PERSON, "请填写 18 位居民身份证号码"),
        ("12345", PERSON, "请填写 18 位居民身份证号码"),
        (CODE, PERSON, "请填写 18 位居民身份证号码"),
    ],
)
def test_who_objects_says_who_he_is(identity: str, is_unit: bool, refused: str) -> None:  # noqa: FBT001
    problem = rules.identity_problem(identity, is_unit=is_unit)
    assert (problem is None) == (not refused)
    assert refused in str(problem or "")


@pytest.mark.parametrize(
    ("identity", "shown"),
    [("110101199003070000", "110*************00"), ("E12345678", "E12****78"), ("12345", "12345"), ("", "")],
)
def test_an_identity_is_shown_masked(identity: str, shown: str) -> None:
    assert rules.masked(identity) == shown


def test_a_day_ends_when_it_ends_where_the_award_lives() -> None:
    end = rules.end_of_day(date(2026, 8, 19), ZoneInfo("Asia/Shanghai"))
    assert end.astimezone(UTC) == datetime(2026, 8, 19, 16, 0, tzinfo=UTC)


def test_the_published_order_tells_nothing_of_votes_or_scores() -> None:
    def listed(number: int, name: str, region: str, level: str) -> Listed:
        return Listed(number, level, name, region, LocalText.same("市"), LocalText.same("组"))

    content = rules.content_of(
        title=LocalText.same("t"),
        organiser=LocalText.same("o"),
        levels=[
            Level(key, LocalText.same(key), 5, vacancy_allowed=True, kinds=(ApplicantKind.ORGANISATION,))
            for key in ("award", "nomination")
        ],
        listed=[listed(1, "乙", "140200", "award"), listed(2, "甲", "140100", "award")],
        rule=ObjectionRule(5, 5, 1, real_name=True, evidence_required=True),
    )
    assert [[row["name"] for row in level["rows"]] for level in content["levels"]] == [["甲", "乙"], []]
    assert set(content["levels"][0]["rows"][0]) == {"application_id", "name", "city", "group"}
    assert rules.listed_names(content) == {2: "甲", 1: "乙"}
