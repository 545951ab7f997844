"""Forms of the committee."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from wtforms import DateTimeLocalField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.decisions.queries import Paper
from app.kernel.words import N_, LocalText, Message
from app.programmes.models import Edition
from app.web.fields import choice
from app.web.formats import say
from app.web.forms import BaseForm

PREFIX = "choice_"


class MemberForm(BaseForm):
    user_id = SelectField(N_("委员"), [InputRequired(N_("请选择一位委员。"))], coerce=int)
    post = StringField(N_("职务或单位"), [Length(max=120, message=N_("不超过 120 字。"))])


class SessionForm(BaseForm):
    held_at = DateTimeLocalField(N_("开会时间"), [InputRequired(N_("请填写开会时间。"))])
    place = StringField(
        N_("地点"), [InputRequired(N_("请填写开会地点。")), Length(max=120, message=N_("不超过 120 字。"))]
    )

    def instant(self, edition: Edition) -> datetime:
        """What was typed, on the clocks of the award's zone."""
        typed: datetime = self._fields["held_at"].data
        return typed.replace(tzinfo=ZoneInfo(edition.time_zone))


class AttendanceForm(BaseForm):
    members = SelectMultipleField(
        N_("到会委员"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class RecusalForm(BaseForm):
    application_id = SelectField(N_("回避的申报"), [InputRequired(N_("请选择一件申报。"))], coerce=int)
    reason = TextAreaField(N_("回避理由"), [InputRequired(N_("请写明回避理由，例如曾在该单位任职。")), Length(max=500)])


class ConfirmForm(BaseForm):
    """A step without fields: the page says what it does."""


def ballot_form(papers: Sequence[Paper], names: dict[str, LocalText]) -> BaseForm:
    """One question for each dossier, none of them answered beforehand."""
    fields = {
        f"{PREFIX}{paper.application_id}": RadioField(
            paper.name or say(Message(N_("第 %(n)s 号"), {"n": paper.place})),
            [InputRequired(N_("请选择一项。"))],
            choices=[choice(key, names[key]) for key in paper.choices],
        )
        for paper in papers
    }
    kind: type[BaseForm] = type("BallotForm", (BaseForm,), fields)
    return kind()


def choices_in(form: BaseForm) -> dict[int, str]:
    """What was chosen, by dossier."""
    return {
        int(name.removeprefix(PREFIX)): str(field.data or "")
        for name, field in form._fields.items()
        if name.startswith(PREFIX)
    }
