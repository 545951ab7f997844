"""Forms of editions: new, calendar, rulebook file, working days."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel.speaklater import LazyString
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, DateTimeLocalField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

from app.kernel.words import N_, LocalText
from app.programmes.models import Edition
from app.web.fields import choice
from app.web.formats import say
from app.web.forms import BaseForm

LOCAL_FORMAT = "%Y-%m-%dT%H:%M"


class EditionForm(BaseForm):
    rulebook_key = SelectField(N_("评审规则"))
    number = IntegerField(
        N_("第几届"), [InputRequired(N_("请填写届数。")), NumberRange(1, 99, N_("届数是 1 到 99 的整数。"))]
    )
    code = StringField(
        N_("届次代码"),
        [
            InputRequired(N_("请填写届次代码。")),
            Length(max=20),
            Regexp(r"[A-Za-z0-9-]+$", message=N_("届次代码只能用字母、数字和连字符，例如 SX2026。")),
        ],
    )
    starts = DateField(N_("申报开始日期"), [InputRequired(N_("请选择申报开始日期。"))])

    def offer(self, rulebooks: Mapping[str, LocalText]) -> None:
        self.rulebook_key.choices = [choice(key, name) for key, name in rulebooks.items()]


class RulebookForm(BaseForm):
    file = FileField(N_("规则文件（TOML）"), [FileRequired(N_("请选择规则文件。"))])


class WorkdayForm(BaseForm):
    day = DateField(N_("日期"), [InputRequired(N_("请选择日期。"))])
    working = RadioField(
        N_("这一天"),
        choices=[choice("1", N_("上班")), choice("0", N_("放假"))],
        validators=[InputRequired(N_("请选择上班或放假。"))],
    )
    note = StringField(N_("依据"), [InputRequired(N_("请写明依据，例如国务院办公厅通知文号。")), Length(max=200)])


def window_field(name: LocalText) -> DateTimeLocalField:
    """A local date and time of the award's zone."""
    formats = [LOCAL_FORMAT, "%Y-%m-%dT%H:%M:%S"]
    label = LazyString(say, name)
    return DateTimeLocalField(label, [InputRequired(N_("请填写日期和时间。"))], format=formats)


def period_form(edition: Edition, names: Iterable[tuple[str, LocalText]]) -> BaseForm:
    """A form with an opening and a closing field for each period, filled with the stored instants in the award's zone."""
    fields: dict[str, DateTimeLocalField] = {}
    for key, name in names:
        fields[f"{key}_opens_at"] = window_field(name)
        fields[f"{key}_closes_at"] = window_field(name)
    zone = ZoneInfo(edition.time_zone)
    stored: dict[str, datetime] = {}
    for period in edition.periods:
        stored[f"{period.key}_opens_at"] = period.opens_at.astimezone(zone).replace(tzinfo=None)
        stored[f"{period.key}_closes_at"] = period.closes_at.astimezone(zone).replace(tzinfo=None)
    form: BaseForm = type("PeriodForm", (BaseForm,), dict(fields))(data=stored)
    return form


def windows(form: BaseForm, edition: Edition) -> dict[str, tuple[datetime, datetime]]:
    """What the form says, as instants."""
    zone = ZoneInfo(edition.time_zone)
    return {
        period.key: (
            form[f"{period.key}_opens_at"].data.replace(tzinfo=zone),
            form[f"{period.key}_closes_at"].data.replace(tzinfo=zone),
        )
        for period in edition.periods
    }
