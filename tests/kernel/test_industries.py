import pytest

from app.kernel import industries


def test_the_standard_has_twenty_sections_and_ninety_seven_divisions() -> None:
    assert [section.code for section in industries.sections()] == list("ABCDEFGHIJKLMNOPQRST")
    assert [division.code for division in industries.divisions()] == [f"{code:02d}" for code in range(1, 98)]
    assert [division.code for division in industries.divisions("D")] == ["44", "45", "46"]
    assert all(division.section for division in industries.divisions())
    assert sum(len(industries.divisions(section.code)) for section in industries.sections()) == 97


@pytest.mark.parametrize(
    ("code", "zh", "section"),
    [
        ("C", "制造业", "C"),
        ("39", "计算机、通信和其他电子设备制造业", "C"),
        ("c39", "计算机、通信和其他电子设备制造业", "C"),
        ("C3911", "计算机、通信和其他电子设备制造业", "C"),
        ("3140", "黑色金属冶炼和压延加工业", "C"),
        ("01", "农业", "A"),
        ("83", "教育", "P"),
        ("97", "国际组织", "T"),
    ],
)
def test_a_code_is_read_as_its_section_or_division(code: str, zh: str, section: str) -> None:
    found = industries.find(code)
    assert found is not None
    assert (found.name.zh, found.section) == (zh, section)


@pytest.mark.parametrize("code", ["", "00", "98", "Z", "C3", "制造业", "３９"])
def test_an_unknown_code_is_no_industry(code: str) -> None:
    assert industries.find(code) is None
    assert industries.section_of(code) == ""


@pytest.mark.parametrize(
    ("known", "asked", "covered"),
    [
        ("39", "39", True),
        ("39", "3911", True),
        ("C", "39", True),
        ("C", "C", True),
        ("39", "C", False),
        ("38", "39", False),
        ("P", "39", False),
        ("", "", False),
        ("", "39", False),
    ],
)
def test_a_section_covers_its_divisions_not_the_other_way(known: str, asked: str, *, covered: bool) -> None:
    assert industries.covers(known, asked) is covered
