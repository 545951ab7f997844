"""The supervisor's filter of the record."""

from datetime import datetime, time, timedelta
from typing import Any

from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from app.audit import labels
from app.audit.queries import Filter
from app.kernel.words import N_
from app.web.fields import choice
from app.web.formats import zone
from app.web.forms import BaseForm


class FilterForm(BaseForm):
    class Meta(BaseForm.Meta):
        csrf = False

    who = StringField(N_("办理人"), [Optional(), Length(max=120)])
    action = SelectField(N_("办理事项"), [Optional()], choices=[choice("", N_("全部"))])
    subject_type = SelectField(
        N_("对象"),
        [Optional()],
        choices=[choice("", N_("全部")), *(choice(key, label) for key, label in labels.SUBJECTS.items() if key)],
    )
    subject_id = IntegerField(N_("对象编号"), [Optional(), NumberRange(min=1, max=2**31 - 1)])
    since = DateField(N_("起始日期"), [Optional()])
    until = DateField(N_("截止日期"), [Optional()])
    edition = IntegerField(N_("届次"), [Optional(), NumberRange(min=1, max=2**31 - 1)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = sorted(labels.all_actions().items())
        self.action.choices = [choice("", N_("全部")), *(choice(action, label) for action, label in known)]

    def chosen(self) -> Filter:
        """Days are days of the award's zone; the last one is included."""
        return Filter(
            who=self.text("who"),
            action=self.text("action"),
            subject_type=self.text("subject_type"),
            subject_id=self.subject_id.data,
            edition_id=self.edition.data,
            since=_midnight(self.since.data),
            until=_midnight(self.until.data + timedelta(days=1)) if self.until.data else None,
        )

    def asked(self) -> dict[str, str]:
        """The filter as it stands in the address, for the pager and the exports."""
        return {field.name: str(field.data) for field in self if field.data and not field.errors}


def _midnight(day: Any) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), zone())
