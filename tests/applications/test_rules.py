"""Places, groups, answers and readiness: tables of cases."""

import pytest

from app.applications.rules import typed
from app.applications.rules.answers import AnswerRefused, is_empty, read_answer
from app.applications.rules.groups import group_problem, region_problem, suggested_group
from app.applications.rules.places import county_in, county_problem, place_problem, region_named
from app.applications.rules.readiness import DossierFacts, gaps_before_submission, missing_for_submission
from app.applications.rules.sections import sections_of
from app.kernel import credit_code
from app.kernel.words import LocalText
from app.programmes.rules.admission import Choice, FormField
from app.programmes.rules.values import ApplicantKind, FieldKind, FieldSection
from tests.support.rulebooks import edited_rulebook, rulebook

ORGANISATION, INDIVIDUAL = ApplicantKind.ORGANISATION, ApplicantKind.INDIVIDUAL


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("山西省大同市", "140200"),
        (" 大同 ", "140200"),
        ("１４０２００", "140200"),
        ("Datong", "140200"),
        ("清徐县", "140121"),
        ("北京市", "110100"),
        ("长治市潞州区", "140403"),
        ("山西", "140000"),
    ],
)
def test_a_place_is_found_by_the_names_people_use(text: str, code: str) -> None:
    assert region_named(text) == code


@pytest.mark.parametrize(
    ("text", "sentence"), [("亚特兰蒂斯", "没有找到"), ("99", "没有找到"), ("朝阳区", "北京市朝阳区、吉林省")]
)
def test_a_place_that_is_unknown_or_not_the_only_one_says_so(text: str, sentence: str) -> None:
    assert region_named(text) is None
    assert sentence in str(place_problem(text))


@pytest.mark.parametrize(
    ("text", "code"), [("", "140100"), ("清徐县", "140121"), ("140121", "140121"), ("朝阳区", None)]
)
def test_a_county_is_looked_for_in_its_city_only(text: str, code: str | None) -> None:
    assert county_in("140100", text) == code
    assert (county_problem("140100", text) is None) == (code is not None)


@pytest.mark.parametrize(
    ("kind", "industry", "group"),
    [
        (ORGANISATION, "34", "machinery"),
        (ORGANISATION, "38", "power"),  # a division before its section
        (ORGANISATION, "46", "power"),
        (ORGANISATION, "83", "public_services"),
        (ORGANISATION, "43", "sme"),  # no group names it
        (INDIVIDUAL, "34", "individual"),
    ],
)
def test_the_group_is_suggested_by_kind_and_industry(kind: ApplicantKind, industry: str, group: str) -> None:
    found = suggested_group(rulebook(), kind, industry)
    assert found is not None
    assert found.key == group


def test_a_group_must_be_enabled_and_of_the_kind() -> None:
    assert group_problem(rulebook(), ORGANISATION, "machinery") is None
    assert "选择" in str(group_problem(rulebook(), ORGANISATION, "individual"))
    assert "不接受班组" in str(group_problem(rulebook(), ApplicantKind.TEAM, "team"))


def test_an_applicant_from_elsewhere_is_told_before_filling_anything_in() -> None:
    assert region_problem(rulebook(), "140200") is None
    assert "河北省石家庄市" in str(region_problem(rulebook(), "130100"))
    assert region_problem(edited_rulebook({"eligibility.within_region": False}), "130100") is None


# --- answers ------------------------------------------------------------------------------------------------------


def question(kind: FieldKind, *, limit: int | None = None, required: bool = True) -> FormField:
    return FormField(
        "key",
        FieldSection.PROFILE,
        kind,
        LocalText.same("问题"),
        required=required,
        kinds=(ORGANISATION,),
        maximum_characters=limit,
        choices=(Choice("a", LocalText.same("甲")),),
    )


@pytest.mark.parametrize(
    ("kind", "raw", "kept"),
    [
        (FieldKind.TEXT, " 太行　（集团）ＡＢＣ１２ ", "太行 （集团）ABC12"),
        (FieldKind.PARAGRAPH, "一\r\n二\r三 ", "一\n二\n三"),
        (FieldKind.INTEGER, "１,２００", "1200"),
        (FieldKind.DECIMAL, "12.50", "12.50"),
        (FieldKind.DATE, "2001年5月8日", "2001-05-08"),
        (FieldKind.DATE, "２００１/５/８", "2001-05-08"),
        (FieldKind.CHOICE, "a", "a"),
        (FieldKind.YES_NO, "y", True),
        (FieldKind.YES_NO, None, False),
        (FieldKind.CREDIT_CODE, credit_code.make(7, "140200").lower(), credit_code.make(7, "140200")),
        (FieldKind.REGION, "大同市", "140200"),
        (FieldKind.INDUSTRY, "C3411", "34"),
        (FieldKind.TEXT, "", ""),
        (FieldKind.YEARLY, {2023: "1,234.5", "2024": " "}, {"2023": "1234.5"}),
        (FieldKind.YEARLY, "", {}),
    ],
)
def test_an_answer_is_kept_in_its_plain_form(kind: FieldKind, raw: object, kept: object) -> None:
    assert read_answer(question(kind), raw, years=(2023, 2024)) == kept


@pytest.mark.parametrize(
    ("kind", "raw", "sentence"),
    [
        (FieldKind.TEXT, "字" * 6, "现在有 6 字，请删去 1 字"),
        (FieldKind.PARAGRAPH, "字" * 6, "不能超过 5 字"),
        (FieldKind.INTEGER, "12.5", "不是整数"),
        (FieldKind.INTEGER, "-3", "不是整数"),
        (FieldKind.DECIMAL, "约 12", "不是一个数"),
        (FieldKind.DATE, "2001-02-30", "不是一个日期"),
        (FieldKind.DATE, "去年", "不是一个日期"),
        (FieldKind.CHOICE, "b", "选择一项"),
        (FieldKind.CREDIT_CODE, "1", "18 位"),
        (FieldKind.REGION, "某地", "没有找到"),
        (FieldKind.INDUSTRY, "X9", "GB/T 4754"),
        (FieldKind.YEARLY, {2023: "十"}, "不是一个数"),
        (FieldKind.YEARLY, {1999: "1"}, "1999"),
    ],
)
def test_an_answer_that_cannot_be_read_says_why(kind: FieldKind, raw: object, sentence: str) -> None:
    with pytest.raises(AnswerRefused, match=sentence):
        read_answer(question(kind, limit=5), raw, years=(2023, 2024))


def test_characters_are_counted_as_people_see_them() -> None:
    assert len(typed.paragraph("𠮷\r\n衡")) == 3


@pytest.mark.parametrize(
    ("kind", "kept", "empty"),
    [
        (FieldKind.TEXT, "", True),
        (FieldKind.TEXT, "a", False),
        (FieldKind.YES_NO, False, True),
        (FieldKind.YEARLY, {"2023": "1", "2024": ""}, True),
        (FieldKind.YEARLY, {"2023": "1"}, False),
        (FieldKind.YEARLY, None, True),
    ],
)
def test_when_a_required_answer_is_still_missing(kind: FieldKind, kept: object, *, empty: bool) -> None:
    assert is_empty(question(kind), kept) is empty


# --- readiness ----------------------------------------------------------------------------------------------------


def full(kind: ApplicantKind = ORGANISATION, group: str = "machinery") -> DossierFacts:
    sections = sections_of(rulebook(), kind, group)
    return DossierFacts(
        kind,
        group,
        {field.key: "x" for section in sections for field in section.fields if field.kind is not FieldKind.YEARLY},
        {section.key: "文" for section in sections if section.part == "text"},
        frozenset(row.key for row in rulebook().dossier.evidence_for(kind)),
    )


def changed(facts: DossierFacts, **changes: object) -> DossierFacts:
    return DossierFacts(**{**facts.__dict__, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "group"), [(ORGANISATION, "machinery"), (INDIVIDUAL, "individual")])
def test_a_complete_dossier_lacks_nothing(kind: ApplicantKind, group: str) -> None:
    assert missing_for_submission(rulebook(), full(kind, group)) == []


def test_an_empty_dossier_lacks_everything_at_once_each_with_its_section() -> None:
    gaps = gaps_before_submission(rulebook(), DossierFacts(ORGANISATION, "machinery"))
    sections = {gap.section for gap in gaps}
    assert {"profile", "declaration", "contact", "overview", "item:4.1.2", "item:4.7.7", "evidence"} <= sections
    assert sum(section.startswith("item:") for section in sections) == 23
    assert "figures" not in sections  # every figure is optional


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"texts": {**full().texts, "overview": "字" * 3001}}, "有 3001 字，超过 3000 字的限制，请删去 1 字"),
        ({"texts": {**full().texts, "item:4.1.2": "字" * 30001}}, "自评报告合计"),
        ({"texts": {**full().texts, "item:4.1.2": ""}}, "4.1.2“高层领导的作用”还没有撰写"),
        ({"evidence": frozenset({"results"})}, "缺少“营业执照或登记证书”"),
        ({"answers": {**full().answers, "truthful": False}}, "还没有勾选"),
        ({"answers": {**full().answers, "founded": ""}}, "“成立日期”还没有填写"),
    ],
)
def test_each_kind_of_gap_has_its_sentence(changes: dict[str, object], sentence: str) -> None:
    missing = missing_for_submission(rulebook(), changed(full(), **changes))
    assert len(missing) == 1
    assert sentence in str(missing[0])


def test_exactly_the_limit_is_within_it() -> None:
    texts = {**full().texts, "overview": "字" * 3000, "item:4.1.2": "字" * (30000 - 22)}
    assert missing_for_submission(rulebook(), changed(full(), texts=texts)) == []
