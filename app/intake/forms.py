"""Forms of recommending bodies and of the formal check."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain, starmap
from typing import Any

from flask_wtf.file import FileField
from wtforms import DateField, Field, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.applications.forms import Expected
from app.intake.models import BODY_KIND_LABELS, RecommendingBody, Reply
from app.intake.queries import Opinion
from app.intake.rules import COUNTRY, WHOLE_COUNTRY, WORDS
from app.intake.services import Document
from app.kernel import regions
from app.kernel.regions import Region
from app.kernel.words import N_, Message
from app.programmes.rules.admission import CheckItem, RecommendationRule
from app.programmes.rules.values import BodyKind
from app.web.fields import choice
from app.web.formats import say
from app.web.forms import BaseForm

MET, NOT_MET = "1", "0"
LONGEST_REASON = 1000
LONGEST_NOTE = 300
SHORT_ENOUGH = Length(max=LONGEST_REASON, message=N_("不能超过 1000 字。"))


class RecommendForm(BaseForm):
    opinion = TextAreaField(
        N_("推荐意见"),
        [InputRequired(N_("请填写推荐意见。")), SHORT_ENOUGH],
        description=N_("写明核实了什么、推荐的理由；秘书处和评审委员会可以看到"),
    )
    notice_from = DateField(
        N_("本地公示开始日期"), [Optional()], description=N_("发布当日不计入工作日"), format=["%Y-%m-%d", "%Y/%m/%d"]
    )
    notice_until = DateField(N_("本地公示结束日期"), [Optional()], format=["%Y-%m-%d", "%Y/%m/%d"])

    def given(self) -> dict[str, Any]:
        first: date | None = self.notice_from.data
        last: date | None = self.notice_until.data
        return {"opinion": self.text("opinion"), "notice_from": first, "notice_until": last}


def recommend_form(rule: RecommendationRule) -> RecommendForm:
    """The dates are marked as needed where the rulebook asks for a local notice; the rule itself says what is wrong."""
    form = RecommendForm()
    for field in (form.notice_from, form.notice_until):
        field.flags.required = rule.local_notice_working_days > 0
    return form


class ReasonForm(BaseForm):
    """The applicant reads these words."""

    reason = TextAreaField(
        N_("理由"),
        [InputRequired(N_("请写明理由。")), SHORT_ENOUGH],
        description=N_("原文发给申报者，请写明哪一处有什么问题、应当怎样办"),
    )


class ConfirmForm(BaseForm):
    """Nothing to fill in: the page only asks once more."""


class BodyForm(BaseForm):
    name = StringField(N_("推荐单位名称"), [InputRequired(N_("请填写推荐单位的名称。")), Length(max=100)])
    kind = RadioField(
        N_("单位类型"),
        [InputRequired(N_("请选择单位类型。"))],
        description=N_("决定适用规则中的哪一类名额"),
    )
    region_code = SelectField(
        N_("负责的地区"),
        [InputRequired(N_("请选择推荐单位负责的地区。"))],
        description=N_("市、县和示范区：该地区的申报书自动转到这个单位。省直部门和行业协会：该地区的申报者可以选择它"),
    )


class ChoiceOfBodyForm(BaseForm):
    body = RadioField(
        N_("推荐单位"),
        [InputRequired(N_("请从列出的推荐单位中选择一个。"))],
        description=N_("推荐名额按推荐单位分别计算，由该单位审核、公示并出具推荐意见"),
    )


def choice_of_body_form(bodies: Iterable[RecommendingBody], chosen: RecommendingBody | None) -> ChoiceOfBodyForm:
    form = ChoiceOfBodyForm(data={"body": str(chosen.id) if chosen else ""})
    form.body.choices = [
        choice(
            str(body.id),
            Message(N_("%(body)s（%(kind)s）"), {"body": body.name, "kind": Message(BODY_KIND_LABELS[body.kind])}),
        )
        for body in bodies
    ]
    return form


def body_form(kinds: Iterable[BodyKind], award_region: str) -> BodyForm:
    form = BodyForm()
    form.kind.choices = [choice(kind.value, BODY_KIND_LABELS[kind]) for kind in kinds]
    form.region_code.choices = [choice("", Message(N_("请选择"))), *_region_choices(award_region)]
    return form


def _region_choices(award_region: str) -> list[Any]:
    """The award's own region and each city and county in it; for a national award the country, provinces and cities."""
    return _choices_at_home(award_region) if regions.find(award_region) else _choices_everywhere()


def _choices_everywhere() -> list[Any]:
    groups = [(province, regions.cities(province.code)) for province in regions.provinces()]
    return [choice(COUNTRY, WHOLE_COUNTRY), *chain.from_iterable(starmap(_region_group, groups))]


def _choices_at_home(award_region: str) -> list[Any]:
    prefix = award_region.rstrip("0")
    groups = [(city, regions.counties(city.code)) for city in regions.cities(award_region)]
    places = chain.from_iterable(starmap(_region_group, groups))
    inside = [place for place in places if place.value.startswith(prefix) and place.value != award_region]
    return [choice(award_region, regions.full_name(award_region)), *inside]


def _region_group(region: Region, parts: Sequence[Region]) -> list[Any]:
    """The region and what lies in it, under its name."""
    heading = say(region.name)
    return [replace(choice(place.code, place.name), optgroup=heading) for place in (region, *parts)]


class ReplyForm(BaseForm):
    departments = SelectMultipleField(
        N_("答复的部门"),
        [InputRequired(N_("请选择至少一个已征求意见的部门。"))],
        description=N_("答复相同的部门可以一次登记；再次登记时以新的答复为准"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    reply = RadioField(
        N_("答复"),
        [InputRequired(N_("请选择部门的答复。"))],
        choices=[choice(Reply.NO_OBJECTION, N_("无异议")), choice(Reply.OBJECTION, N_("有不同意见"))],
    )
    replied = DateField(N_("答复日期"), [InputRequired(N_("请填写答复日期。"))], format=["%Y-%m-%d", "%Y/%m/%d"])
    note = TextAreaField(N_("意见内容"), [SHORT_ENOUGH], description=N_("有不同意见的必须写明"))
    file = FileField(N_("部门的书面意见"), description=N_("有不同意见的必须上传"))

    def given(self) -> dict[str, Any]:
        upload = self.file.data
        return {
            "objects": self.text("reply") == Reply.OBJECTION,
            "replied": self.replied.data,
            "note": self.text("note"),
            "document": Document(upload.filename, upload.stream) if upload and upload.filename else None,
        }


def reply_form(opinions: Iterable[Opinion]) -> ReplyForm:
    form = ReplyForm()
    form.departments.choices = [choice(each.key, each.name) for each in opinions if each.row is not None]
    return form


# --- the formal check's ticks -------------------------------------------------------------------------------------


def short_note(_form: BaseForm, field: Field) -> None:
    if len(field.data or "") > LONGEST_NOTE:
        raise ValidationError(say(Message(N_("说明不能超过 %(n)s 字。"), {"n": LONGEST_NOTE})))


def check_form(items: Iterable[CheckItem], ticks: Mapping[str, Mapping[str, Any]]) -> BaseForm:
    """Two choices and a note for each item of the rulebook, filled with what has been ticked."""
    fields: dict[str, Any] = {}
    values: dict[str, str] = {}
    for item in items:
        met, not_met = WORDS[item.kind]
        tick = ticks.get(item.key, {})
        fields[f"met_{item.key}"] = RadioField(
            say(item.text), [Expected()], choices=[choice(MET, met), choice(NOT_MET, not_met)], validate_choice=False
        )
        fields[f"note_{item.key}"] = StringField(N_("说明"), [short_note])
        values[f"met_{item.key}"] = {True: MET, False: NOT_MET}.get(tick.get("met"), "")  # type: ignore[arg-type]
        values[f"note_{item.key}"] = str(tick.get("note", ""))
    made = type("CheckForm", (BaseForm,), fields)
    form: BaseForm = made(data=values)
    return form


def ticked(form: BaseForm, items: Iterable[CheckItem]) -> dict[str, dict[str, Any]]:
    words = {MET: True, NOT_MET: False}
    return {
        item.key: {"met": words.get(form.text(f"met_{item.key}")), "note": form.text(f"note_{item.key}")}
        for item in items
    }
