"""Forms of applicants: registration, start, the rulebook's own questions, texts, evidence, hand-in, withdrawal."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Field, RadioField, SelectField, StringField, TelField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from app.applications.rules import typed
from app.applications.rules.answers import AnswerRefused, read_answer
from app.applications.rules.groups import groups_for, suggested_group
from app.applications.rules.places import county_in, county_problem, place_problem, region_named
from app.applications.services import Contact
from app.kernel import credit_code, industries, regions
from app.kernel.words import N_, LocalText, Message
from app.programmes.rules.admission import EvidenceKind, FormField
from app.programmes.rules.labels import LABELS
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import ApplicantKind, FieldKind
from app.web.fields import choice
from app.web.formats import say
from app.web.forms import BaseForm

CHOOSE = Message(N_("请选择"))
PLACE_HINT = N_("填写全称，例如“山西省大同市”，可从列表中选择")


# --- registration and start ---------------------------------------------------------------------------------------


class ApplicantForm(BaseForm):
    """The city is chosen from a list, its county typed by name: no script is needed for either."""

    kind = RadioField(N_("申报者是"), [InputRequired(N_("请选择申报者的类型。"))])
    name = StringField(
        N_("名称或姓名"),
        [InputRequired(N_("请填写名称或姓名。")), Length(max=100, message=N_("名称不能超过 100 字。"))],
        description=N_("与营业执照、登记证书或身份证一致"),
    )
    credit_code = StringField(
        N_("统一社会信用代码"),
        [InputRequired(N_("请填写 18 位统一社会信用代码。"))],
        description=N_("18 位；个人和班组填写所在单位的代码"),
    )
    city = SelectField(N_("所在市（州、盟）"), [InputRequired(N_("请选择所在的市（州、盟）。"))])
    county = StringField(N_("所在县（市、区）"), description=N_("填写名称，例如“清徐县”；不填则按所在市登记"))
    industry_code = SelectField(
        N_("国民经济行业"),
        [InputRequired(N_("请选择所属的行业大类。"))],
        description=N_("GB/T 4754 大类，按主营业务选择；个人按所在单位选择"),
    )
    contact_name = StringField(N_("联系人"), [InputRequired(N_("请填写联系人。")), Length(max=50)])
    contact_phone = TelField(N_("联系电话"), [InputRequired(N_("请填写联系电话。")), Length(max=30)])

    def validate_credit_code(self, field: Field) -> None:
        problem = credit_code.problem(field.data or "")
        if problem is not None:
            raise ValidationError(say(problem))

    def validate_county(self, field: Field) -> None:
        problem = county_problem(self.text("city"), field.data or "") if self.text("city") else None
        if problem is not None:
            raise ValidationError(say(problem))

    @property
    def region_code(self) -> str:
        return county_in(self.text("city"), self.text("county")) or ""

    def described(self) -> dict[str, Any]:
        """What the services of registration take, by their names."""
        contact = Contact(self.text("contact_name"), self.text("contact_phone"))
        names = ("name", "credit_code", "industry_code")
        return {"region_code": self.region_code, "contact": contact, **{name: self.text(name) for name in names}}


def applicant_form(kinds: Iterable[ApplicantKind], award_region: str, **values: Any) -> ApplicantForm:
    form = ApplicantForm(**values)
    form.kind.choices = [choice(kind.value, LABELS[kind]) for kind in kinds]
    form.city.choices = [choice("", CHOOSE), *city_choices(award_region)]
    form.industry_code.choices = [choice("", CHOOSE), *industry_choices()]
    return form


def city_choices(award_region: str) -> list[Any]:
    """Every city grouped by its province, the award's own province first."""
    home = award_region[:2]
    provinces = sorted(regions.provinces(), key=lambda province: (province.code[:2] != home, province.code))
    return [
        replace(choice(city.code, city.name), optgroup=say(province.name))
        for province in provinces
        for city in regions.cities(province.code)
    ]


def industry_choices() -> list[Any]:
    return [
        replace(
            choice(
                division.code, LocalText(f"{division.code} {division.name.zh}", f"{division.code} {division.name.en}")
            ),
            optgroup=f"{section.code} {say(section.name)}",
        )
        for section in industries.sections()
        for division in industries.divisions(section.code)
    ]


class StartForm(BaseForm):
    """Group and further regions; every region given counts when experts are kept away."""

    group_key = SelectField(N_("申报类别"), [InputRequired(N_("请选择申报类别。"))])
    site_1 = StringField(N_("其他生产经营地（一）"), description=PLACE_HINT)
    site_2 = StringField(N_("其他生产经营地（二）"))
    site_3 = StringField(N_("其他生产经营地（三）"))
    site_4 = StringField(N_("其他生产经营地（四）"))
    parent_region = StringField(N_("上级集团所在地"), description=N_("没有上级集团则留空"))

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        problems = self._place_problems()
        for name, problem in problems.items():
            self.blame(name, say(problem))
        return bool(fine) and not problems

    def _place_problems(self) -> dict[str, Message]:
        found = {name: place_problem(self.text(name)) for name in self.place_names() if self.text(name)}
        return {name: problem for name, problem in found.items() if problem is not None}

    @staticmethod
    def place_names() -> tuple[str, ...]:
        return ("site_1", "site_2", "site_3", "site_4", "parent_region")

    def placed(self) -> dict[str, Any]:
        *sites, parent = map(self._region, self.place_names())
        return {
            "group_key": self.text("group_key"),
            "site_regions": [site for site in sites if site],
            "parent_region": parent,
        }

    def _region(self, name: str) -> str:
        typed_place = self.text(name)
        return (region_named(typed_place) or "") if typed_place else ""


def start_form(
    rulebook: Rulebook, kind: ApplicantKind, industry_code: str, *, values: Mapping[str, Any] | None = None
) -> StartForm:
    suggested = suggested_group(rulebook, kind, industry_code)
    form = StartForm(data=values or {"group_key": suggested.key if suggested else ""})
    form.group_key.choices = [
        choice("", CHOOSE),
        *(choice(group.key, group.name) for group in groups_for(rulebook, kind)),
    ]
    return form


def placed_values(group_key: str, sites: Iterable[str], parent: str) -> dict[str, str]:
    """What the start form shows of a dossier that has been started."""
    named = {f"site_{place}": regions.full_name(code).zh for place, code in enumerate(sites, start=1)}
    return {"group_key": group_key, **named, "parent_region": regions.full_name(parent).zh if parent else ""}


# --- the rulebook's own questions ---------------------------------------------------------------------------------


class Expected:
    """Marks a question whose answer is needed at hand-in; a draft may leave it empty."""

    field_flags = {"required": True}  # noqa: RUF012 - read by WTForms on the instance

    def __call__(self, form: BaseForm, field: Field) -> None:
        return None


class Reads:
    """What is typed must be readable as the rulebook's kind of answer."""

    def __init__(self, question: FormField, year: int = 0) -> None:
        self.question = question
        self.year = year
        limit = question.maximum_characters if question.kind in (FieldKind.TEXT, FieldKind.PARAGRAPH) else None
        self.field_flags = {"maxlength": limit} if limit else {}

    def __call__(self, form: BaseForm, field: Field) -> None:
        raw: object = {self.year: field.data} if self.year else field.data
        try:
            read_answer(self.question, raw, years=(self.year,))
        except AnswerRefused as refused:
            raise ValidationError(say(refused.message)) from refused


def answer_form(questions: Iterable[FormField], years: tuple[int, ...], answers: Mapping[str, Any]) -> BaseForm:
    """A form made of a section's questions, filled with what is stored."""
    fields: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for question in questions:
        kept = answers.get(question.key)
        if question.kind is FieldKind.YEARLY:
            for year in years:
                fields[f"{question.key}_{year}"] = StringField(str(year), [Reads(question, year)])
                values[f"{question.key}_{year}"] = (kept or {}).get(str(year), "")
        else:
            fields[question.key] = _input(question)
            values[question.key] = _shown(question, kept)
    made = type("AnswerForm", (BaseForm,), fields)
    form: BaseForm = made(data=values)
    return form


def typed_answers(form: BaseForm, questions: Iterable[FormField], years: tuple[int, ...]) -> dict[str, Any]:
    return {
        question.key: {year: form.text(f"{question.key}_{year}") for year in years}
        if question.kind is FieldKind.YEARLY
        else form[question.key].data
        for question in questions
    }


def _input(question: FormField) -> Any:
    checks = [*([Expected()] if question.required else []), Reads(question)]
    hint = say(question.hint) if question.hint else HINTS.get(question.kind, "")
    make = INPUTS.get(question.kind, StringField)
    return make(say(question.name), checks, description=hint, **_options(question))


INPUTS: dict[FieldKind, type[Field]] = {
    FieldKind.YES_NO: BooleanField,
    FieldKind.PARAGRAPH: TextAreaField,
    FieldKind.CHOICE: SelectField,
}


def _options(question: FormField) -> dict[str, Any]:
    """What only this kind of input takes."""
    if question.kind is FieldKind.PARAGRAPH:
        return {"filters": [newlines]}
    if question.kind is FieldKind.CHOICE:
        options = (choice(option.key, option.name) for option in question.choices)
        return {"choices": [choice("", CHOOSE), *options], "validate_choice": False}
    return {}


HINTS: dict[FieldKind, str] = {
    FieldKind.DATE: N_("例如 2001-05-08"),
    FieldKind.INTEGER: N_("只填数字"),
    FieldKind.DECIMAL: N_("只填数字"),
    FieldKind.REGION: PLACE_HINT,
    FieldKind.CREDIT_CODE: N_("18 位"),
}


def _shown(question: FormField, kept: Any) -> Any:
    if question.kind is FieldKind.REGION and kept:
        return regions.full_name(kept).zh
    return kept if kept is not None else ""


def newlines(value: str | None) -> str:
    return typed.paragraph(value or "")


# --- texts, evidence, hand-in -------------------------------------------------------------------------------------


class SectionForm(BaseForm):
    body = TextAreaField(N_("正文"), [Expected()], filters=[newlines])


class EvidenceForm(BaseForm):
    section_key = SelectField(N_("材料类别"), [InputRequired(N_("请选择材料的类别。"))])
    file = FileField(N_("文件"), [FileRequired(N_("请选择要上传的文件。"))])


def evidence_form(kinds: Iterable[EvidenceKind]) -> EvidenceForm:
    form = EvidenceForm()
    form.section_key.choices = [choice("", CHOOSE), *(choice(kind.key, kind.name) for kind in kinds)]
    return form


class AvoidForm(BaseForm):
    name = StringField(N_("专家姓名"), [InputRequired(N_("请填写专家的姓名。")), Length(max=60)])
    employer = StringField(N_("专家的工作单位"), [Length(max=100)], description=N_("同名的专家不止一位时用来区分"))
    reason = TextAreaField(N_("请求避开的理由"), [InputRequired(N_("请写明理由。")), Length(max=500)])


class StaffForm(BaseForm):
    names = TextAreaField(N_("本单位人员姓名"), description=N_("每行一个姓名，或用顿号、逗号分隔"))


class HandInForm(BaseForm):
    signatory = StringField(
        N_("签署人"),
        [InputRequired(N_("请填写签署人姓名。")), Length(max=60, message=N_("姓名不能超过 60 字。"))],
        description=N_("法定代表人或其授权的人；个人申报填写本人"),
    )
    declaration = BooleanField(
        N_("本申报者声明：申报书和全部材料真实、完整，没有隐瞒；如有虚假，愿意承担被取消资格的后果。"),
        [InputRequired(N_("提交前须作出声明。"))],
    )


class WithdrawForm(BaseForm):
    reason = TextAreaField(
        N_("撤回的理由"),
        [InputRequired(N_("请写明撤回的理由。")), Length(max=500, message=N_("理由不能超过 500 字。"))],
        filters=[newlines],
    )
