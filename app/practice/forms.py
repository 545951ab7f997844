"""One page with all items of a case."""

from typing import Any, cast

from wtforms import SelectField, TextAreaField
from wtforms.validators import Length

from app.kernel.words import N_
from app.practice.models import PracticeAnswer
from app.practice.rules import REASON_LIMIT
from app.practice.services import Answered
from app.web.fields import choice
from app.web.forms import BaseForm

NOT_YET = N_("未评分")


class AnswersForm(BaseForm):
    """A percentage and a reason for each item; made for one case by `answers_form`."""

    def answered(self, codes: tuple[str, ...]) -> dict[str, Answered]:
        return {code: Answered(_percent(self.text(f"percent_{code}")), self.text(f"reason_{code}")) for code in codes}


def answers_form(answers: list[PracticeAnswer], percents: tuple[int, ...]) -> AnswersForm:
    choices = [choice("", NOT_YET), *(choice(str(percent), f"{percent}%") for percent in percents)]
    fields: dict[str, Any] = {}
    for stored in answers:
        fields[f"percent_{stored.item_code}"] = SelectField(N_("我的评分"), choices=choices, validate_choice=True)
        fields[f"reason_{stored.item_code}"] = TextAreaField(N_("我的理由"), [Length(max=REASON_LIMIT)])
    data = {f"percent_{each.item_code}": _shown(each.percent) for each in answers}
    data |= {f"reason_{each.item_code}": each.reason for each in answers}
    return cast("AnswersForm", type("AnswersOfCase", (AnswersForm,), fields)(data=data))


def _shown(percent: int | None) -> str:
    return "" if percent is None else str(percent)


def _percent(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() else None
