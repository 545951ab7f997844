"""Forms of the committee."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    DateField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.decisions.queries import Paper
from app.decisions.rules import UNMARKED, Term, too_many
from app.kernel.words import N_, LocalText
from app.programmes.models import Edition
from app.web.fields import choice
from app.web.formats import say
from app.web.forms import BaseForm

PREFIX = "choice_"


class MemberForm(BaseForm):
    user_id = SelectField(N_("委员"), [InputRequired(N_("请选择一位委员。"))], coerce=int)
    post = StringField(N_("职务或单位"), [Length(max=120, message=N_("不超过 120 字。"))])
    term_from = DateField(N_("任期起"), [Optional()])
    term_until = DateField(N_("任期止"), [Optional()])
    term_number = IntegerField(
        N_("第几届任期"), [Optional(), NumberRange(min=1, max=9, message=N_("请填 1 到 9。"))], default=1
    )

    @property
    def term(self) -> Term:
        return Term(self.term_from.data, self.term_until.data, self.term_number.data or 1)


class SessionForm(BaseForm):
    held_at = DateTimeLocalField(N_("开会时间"), [InputRequired(N_("请填写开会时间。"))])
    place = StringField(
        N_("地点"), [InputRequired(N_("请填写开会地点。")), Length(max=120, message=N_("不超过 120 字。"))]
    )

    agenda = TextAreaField(N_("议程"), [Length(max=2000, message=N_("不超过 2000 字。"))], description=N_("每行一项。"))

    @property
    def items(self) -> list[str]:
        return agenda_items(self.text("agenda"))

    def instant(self, edition: Edition) -> datetime:
        """What was typed, on the clocks of the award's zone."""
        typed: datetime = self._fields["held_at"].data
        return typed.replace(tzinfo=ZoneInfo(edition.time_zone))


class AgendaForm(BaseForm):
    agenda = TextAreaField(
        N_("议程"),
        [InputRequired(N_("请至少写一项。")), Length(max=2000, message=N_("不超过 2000 字。"))],
        description=N_("每行一项。"),
    )

    @property
    def items(self) -> list[str]:
        return agenda_items(self.text("agenda"))


def agenda_items(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class HandOutForm(BaseForm):
    members = SelectMultipleField(
        N_("用纸质选票的委员"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class AttendanceForm(BaseForm):
    members = SelectMultipleField(
        N_("到会委员"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class RecusalForm(BaseForm):
    application_id = SelectField(N_("回避的申报"), [InputRequired(N_("请选择一件申报。"))], coerce=int)
    reason = TextAreaField(N_("回避理由"), [InputRequired(N_("请写明回避理由，例如曾在该单位任职。")), Length(max=500)])


class CloseForm(BaseForm):
    reason = TextAreaField(N_("理由"), [Length(max=1000, message=N_("不超过 1000 字。"))])


class VoteAgainForm(BaseForm):
    dossiers = SelectMultipleField(
        N_("再投的申报"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    present = SelectMultipleField(
        N_("现在到会的委员"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=N_("离会的去掉勾选，不再发票；后到的勾上。前几轮的票不受影响。"),
    )
    reason = TextAreaField(
        N_("为什么再投"),
        [
            InputRequired(N_("请写明为什么再投一轮。")),
            Length(max=500, message=N_("不超过 500 字。")),
        ],
    )


class ConfirmForm(BaseForm):
    """A step without fields: the page says what it does."""


class BallotForm(BaseForm):
    """`limits`: how many may be chosen at most, by level; empty where each dossier is asked about by itself."""

    def __init__(self, *, limits: Mapping[str, int], names: Mapping[str, LocalText]) -> None:
        super().__init__()
        self.limits, self.names = limits, names

    def validate(self, extra_validators: Any = None) -> bool:
        complete = super().validate(extra_validators)
        beyond = too_many(self.limits, choices_in(self), self.names)
        self.general.extend(say(sentence) for sentence in beyond)
        return complete and not beyond


def ballot_form(papers: Sequence[Paper], names: dict[str, LocalText], limits: Mapping[str, int]) -> BallotForm:
    """One question for each dossier, none of them answered beforehand; where so many may be chosen, the rest is not chosen."""
    kind: type[BallotForm] = type("BallotForm", (BallotForm,), _questions(papers, names, limits))
    return kind(limits=limits, names=names)


def reading_form(papers: Sequence[Paper], names: dict[str, LocalText], limits: Mapping[str, int]) -> BallotForm:
    """The same questions, for what somebody reads from a printed ballot."""
    serial = StringField(N_("选票编号"), [InputRequired(N_("请填写选票上方的编号。")), Length(max=20)])
    fields = {"serial": serial, **_questions(papers, names, limits)}
    kind: type[BallotForm] = type("ReadingForm", (BallotForm,), fields)
    return kind(limits=limits, names=names)


def _questions(papers: Sequence[Paper], names: dict[str, LocalText], limits: Mapping[str, int]) -> dict[str, Any]:
    must = Optional() if limits else InputRequired(N_("请选择一项。"))
    return {
        f"{PREFIX}{paper.application_id}": RadioField(
            say(paper.called), [must], choices=[choice(key, names[key]) for key in paper.choices]
        )
        for paper in papers
    }


def choices_in(form: BallotForm) -> dict[int, str]:
    """What was chosen, by dossier."""
    unsaid = UNMARKED if form.limits else ""
    return {
        int(name.removeprefix(PREFIX)): str(field.data or unsaid)
        for name, field in form._fields.items()
        if name.startswith(PREFIX)
    }
