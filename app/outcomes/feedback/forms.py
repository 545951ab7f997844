"""What an editor writes, and why a report goes back."""

from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.kernel.words import N_
from app.outcomes.feedback.rules import SUMMARY_LIMIT, TEXT_LIMIT
from app.scoring.forms import plain_lines
from app.web.forms import BaseForm

TOO_LONG = N_("文字超出了字数限制。")


class ItemForm(BaseForm):
    strengths = TextAreaField(N_("优势"), [Length(max=TEXT_LIMIT, message=TOO_LONG)], filters=[plain_lines])
    improvements = TextAreaField(N_("改进机会"), [Length(max=TEXT_LIMIT, message=TOO_LONG)], filters=[plain_lines])
    version = IntegerField()

    def texts(self) -> dict[str, str]:
        return {name: self.text(name) for name in ("strengths", "improvements")}


class SummaryForm(BaseForm):
    summary = TextAreaField(N_("总体评语"), [Length(max=SUMMARY_LIMIT, message=TOO_LONG)], filters=[plain_lines])
    version = IntegerField()


class SendBackForm(BaseForm):
    reason = TextAreaField(
        N_("退回的理由"),
        [InputRequired(N_("请写明退回的理由。")), Length(max=1000, message=N_("不超过 1000 字。"))],
    )


class ConfirmForm(BaseForm):
    """A step without fields: the page says what it does."""
