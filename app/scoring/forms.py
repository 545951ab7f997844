"""What an expert writes of one item, and the reasons that the office gives."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from wtforms import BooleanField, DateField, IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.kernel.errors import Invalid
from app.kernel.words import N_, Message
from app.programmes.rules.criteria import CriteriaSet
from app.scoring.rules import Judgement, percent_problem, text_problem
from app.web.forms import BaseForm

VERSION_MISSING = Message(N_("页面不完整，没有保存。请刷新页面后再试。"))


def plain_lines(text: Any) -> Any:
    """Browsers send two characters for a line break; people, and the counter beside the field, count one."""
    return text.replace("\r\n", "\n") if isinstance(text, str) else text


class ItemForm(BaseForm):
    """One item; its fields are named `4.1.2-percent`, so that one sheet is one form and an item can be sent alone."""

    class Meta(BaseForm.Meta):
        csrf = False  # the sheet carries one token for all its items, and the door has checked it

    percent = StringField(N_("得分比例"))
    strengths = TextAreaField(N_("优势"), filters=[plain_lines])
    improvements = TextAreaField(N_("改进机会"), filters=[plain_lines])
    reason = TextAreaField(N_("改动的理由"), filters=[plain_lines])
    version = IntegerField()

    @classmethod
    def of(cls, code: str) -> "ItemForm":
        return cls(prefix=f"{code}-")

    def problems_by_field(self, percents: tuple[int, ...]) -> dict[str, Message]:
        found = {
            "percent": percent_problem(self.text("percent"), percents),
            "strengths": text_problem(self.text("strengths")),
            "improvements": text_problem(self.text("improvements")),
            "reason": text_problem(self.text("reason")),
            "version": None if isinstance(self.version.data, int) else VERSION_MISSING,
        }
        return {name: problem for name, problem in found.items() if problem is not None}

    def judgement(self, percents: tuple[int, ...]) -> Judgement:
        """Raises Invalid with the first sentence of what is wrong."""
        for name, problem in self.problems_by_field(percents).items():
            raise Invalid(problem, field=f"{self._prefix}{name}")
        typed = self.text("percent")
        return Judgement(
            int(typed) if typed else None,
            self.text("strengths"),
            self.text("improvements"),
            self.version.data or 0,
            self.text("reason"),
        )


class SheetForm:
    """The whole sheet as it was sent: every item's form under its code."""

    def __init__(self, criteria: CriteriaSet) -> None:
        self.percents = criteria.percents
        self.items: Mapping[str, ItemForm] = {code: ItemForm.of(code) for code in criteria.item_codes}

    @property
    def problems(self) -> dict[str, Message]:
        """By the name of the field."""
        return {
            f"{code}-{name}": problem
            for code, form in self.items.items()
            for name, problem in form.problems_by_field(self.percents).items()
        }

    def judgements(self) -> dict[str, Judgement]:
        return {code: form.judgement(self.percents) for code, form in self.items.items()}


class AbstainForm(BaseForm):
    reason = TextAreaField(
        N_("弃评的理由（只有秘书处和监督员能看到）"),
        [
            InputRequired(N_("请写明弃评的理由。")),
            Length(max=500, message=N_("理由不超过 500 字。")),
        ],
    )


class ReopenForm(BaseForm):
    reason = TextAreaField(
        N_("退回的理由（专家会看到）"),
        [
            InputRequired(N_("请写明退回的理由。")),
            Length(max=500, message=N_("理由不超过 500 字。")),
        ],
    )


class SendBackForm(BaseForm):
    reason = TextAreaField(
        N_("请补写什么（专家会看到）"),
        [
            InputRequired(N_("请写明需要补写的内容。")),
            Length(max=500, message=N_("理由不超过 500 字。")),
        ],
    )


class ReminderForm(BaseForm):
    """`pick` is filled by the view: the experts from whom something is still to come."""

    pick = SelectMultipleField(
        N_("提醒谁"),
        [InputRequired(N_("请至少勾选一位专家。"))],
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    note = TextAreaField(
        N_("附言（加在邮件末尾）"),
        [Length(max=300, message=N_("附言不超过 300 字。"))],
    )


class CommitteeReportForm(BaseForm):
    body = TextAreaField(
        N_("报告正文"),
        [InputRequired(N_("请写报告正文。")), Length(max=5000, message=N_("报告不超过 5000 字。"))],
    )


class SignedOnForm(BaseForm):
    signed_on = DateField(N_("纸质评分表的签署日期"), [InputRequired(N_("请填写签署日期。"))])

    def day(self) -> date:
        typed: date = self._fields["signed_on"].data
        return typed


class ComparedForm(BaseForm):
    compared = BooleanField(N_("我已对照专家签字的纸质评分表逐条核对，与上面录入的内容完全一致。"))


class RefuseEntryForm(BaseForm):
    reason = TextAreaField(
        N_("哪里与纸质评分表不符"),
        [InputRequired(N_("请写明哪里不符。")), Length(max=500, message=N_("理由不超过 500 字。"))],
    )


class CloseForm(BaseForm):
    reason = TextAreaField(
        N_("说明（评分份数不足时必填）"),
        [Length(max=500, message=N_("说明不超过 500 字。"))],
    )
