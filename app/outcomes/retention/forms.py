"""Why something is to be taken out, and why not."""

from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from app.kernel.words import N_
from app.web.forms import BaseForm

TOO_LONG = N_("不超过 1000 字。")


class ProposalForm(BaseForm):
    reason = TextAreaField(
        N_("处理理由"), [InputRequired(N_("请写明理由，它会记入审计日志。")), Length(max=1000, message=TOO_LONG)]
    )


class RefusalForm(BaseForm):
    reason = TextAreaField(
        N_("不予处理的理由"), [InputRequired(N_("请写明理由，它会记入审计日志。")), Length(max=1000, message=TOO_LONG)]
    )


class ConfirmationForm(BaseForm):
    """A step without fields: the page says what it does."""
