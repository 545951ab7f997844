"""What is typed of a visit: its days, its plan, issues and findings, log lines, pictures, minutes, names under a paper."""

from datetime import datetime, tzinfo
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, DateTimeLocalField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.kernel.errors import Invalid
from app.kernel.words import N_, LocalText, Message
from app.scoring.forms import plain_lines
from app.visits import queries, rules
from app.visits.labels import LABELS
from app.visits.models import IssueKind, LogKind, Side, Visit
from app.visits.services import Appointment, Minutes
from app.web.fields import choice
from app.web.forms import BaseForm

DATES = ["%Y-%m-%d", "%Y/%m/%d"]
TIMES = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
NO_TIME = Message(N_("请按 09:30 的样子填写时间。"))


def _line(label: str, limit: int = 200, required: str = "", **more: Any) -> StringField:
    needed = [InputRequired(required)] if required else [Optional()]
    return StringField(label, [*needed, Length(max=limit, message=N_("文字超出了字数限制。"))], **more)


def _text(label: str, required: str, limit: int = rules.TEXT_LIMIT) -> TextAreaField:
    too_long = Length(max=limit, message=N_("文字超出了字数限制。"))
    return TextAreaField(label, [InputRequired(required), too_long], filters=[plain_lines])


def _day(label: str) -> DateField:
    return DateField(label, [InputRequired(N_("请填写日期，例如 2026-05-08。"))], format=DATES)


def _item(label: str = N_("条款"), **more: Any) -> SelectField:
    return SelectField(label, [Optional()], **more)


def _offer_items(field: SelectField, visit: Visit, none: str) -> None:
    items = queries.criteria_of(visit).items
    named = [
        choice(item.code, LocalText(f"{item.code} {item.name.zh}", f"{item.code} {item.name.en}")) for item in items
    ]
    field.choices = [*([choice("", none)] if none else []), *named]


class DaysForm(BaseForm):
    starts_on = _day(N_("开始日期"))
    ends_on = _day(N_("结束日期"))
    place = _line(N_("地点"), required=N_("请填写地点。"))
    contact = _line(N_("联系人和电话"))
    version = IntegerField()

    def days(self) -> rules.Days:
        first, last = self.starts_on.data, self.ends_on.data
        assert first is not None
        assert last is not None
        return rules.Days(first, last, self.text("place"), self.text("contact"))


class PlanForm(BaseForm):
    day = _day(N_("日期"))
    begins = _line(N_("开始时间"), 5, N_("请填写开始时间，例如 09:30。"))
    until = _line(N_("结束时间"), 5, N_("请填写结束时间，例如 10:30。"))
    whom = _line(N_("见谁、到哪里"), required=N_("请填写见谁或到哪里，例如“生产部负责人，一车间”。"))
    topic = _line(N_("内容"), required=N_("请填写内容。"))
    expert = SelectField(N_("由谁负责"), [Optional()])
    item = _item()

    @classmethod
    def of(cls, visit: Visit) -> "PlanForm":
        form = cls()
        if form.day.data is None:
            form.day.data = visit.starts_on
        team = [choice(str(seat.expert_id), LocalText.same(seat.expert.name)) for seat in visit.seats]
        form.expert.choices = [choice("", N_("全组")), *team]
        _offer_items(form.item, visit, N_("不限条款"))
        return form

    def appointment(self, visit: Visit) -> Appointment:
        chosen, zone = self.text("expert"), queries.zone_of(visit.round.edition)
        return Appointment(
            starts_at=self._time("begins", zone),
            ends_at=self._time("until", zone),
            whom=self.text("whom"),
            topic=self.text("topic"),
            item_code=self.text("item"),
            expert_id=int(chosen) if chosen else None,
        )

    def _time(self, name: str, zone: tzinfo) -> datetime:
        day = self.day.data
        assert day is not None
        found = rules.moment_of(day, self.text(name), zone)
        if found is None:
            raise Invalid(NO_TIME, field=name)
        return found


class IssueForm(BaseForm):
    kind = RadioField(
        N_("种类"),
        [InputRequired(N_("请选择需澄清还是需核实。"))],
        choices=[choice(kind, LABELS[kind]) for kind in IssueKind],
    )
    item = _item()
    text_ = _text(N_("要弄清什么"), N_("请写明要弄清什么。"))

    @classmethod
    def of(cls, visit: Visit) -> "IssueForm":
        form = cls()
        _offer_items(form.item, visit, "")
        return form


class FindingForm(BaseForm):
    finding = _text(N_("核实结果"), N_("请写明现场核实的结果。"))
    version = IntegerField()


class LogForm(BaseForm):
    kind = RadioField(
        N_("种类"),
        [InputRequired(N_("请选择访谈还是查阅资料。"))],
        choices=[choice(kind, LABELS[kind]) for kind in LogKind],
    )
    about = _line(N_("访谈对象或资料名称"), required=N_("请填写访谈对象及其职务，或资料名称及编号。"))
    item = _item()
    text_ = _text(N_("记录"), N_("请填写记录。"))

    @classmethod
    def of(cls, visit: Visit) -> "LogForm":
        form = cls()
        _offer_items(form.item, visit, N_("不限条款"))
        return form


class PhotoForm(BaseForm):
    photo = FileField(N_("照片"), [FileRequired(N_("请拍照或选择一张照片。"))])
    caption = _line(N_("说明"), required=N_("请写明拍的是什么。"))
    item = _item()
    mark = StringField()
    taken_at = StringField()

    @classmethod
    def of(cls, visit: Visit) -> "PhotoForm":
        form = cls()
        _offer_items(form.item, visit, N_("不限条款"))
        return form

    def taken(self) -> datetime | None:
        """When the device says that it was taken; its word alone, so nothing hangs on it."""
        try:
            found = datetime.fromisoformat(self.text("taken_at"))
        except ValueError:
            return None
        return found if found.tzinfo is not None else None


class MeetingForm(BaseForm):
    held_at = DateTimeLocalField(N_("时间"), [InputRequired(N_("请填写时间。"))], format=TIMES)
    place = _line(N_("地点"), required=N_("请填写地点。"))
    text_ = _text(N_("会议记录"), N_("请写会议记录。"), rules.REPORT_LIMIT)
    version = IntegerField()

    def minutes(self, visit: Visit) -> Minutes:
        held_at = self.held_at.data
        assert held_at is not None
        return Minutes(queries.local(visit, held_at), self.text("place"), self.text("text_"))


class SignForm(BaseForm):
    side = RadioField(
        N_("身份"),
        [InputRequired(N_("请选择身份。"))],
        choices=[choice(side, LABELS[side]) for side in Side],
        default=Side.TEAM,
    )
    name = _line(N_("姓名"), 60, N_("请键入姓名，作为签名。"))
    post = _line(N_("职务"), 100)


class ReasonForm(BaseForm):
    reason = _text(N_("理由（申报者会看到）"), N_("请写明理由。"), 500)


class AheadForm(BaseForm):
    reason = _text(N_("为什么不等申报者确认"), N_("请写明理由，例如：何时以何种方式联系过、对方怎样答复。"), 500)


class ReportForm(BaseForm):
    remark = _text(N_("现场评审报告"), N_("请写现场评审报告。"), rules.REPORT_LIMIT)
