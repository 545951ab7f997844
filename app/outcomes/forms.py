"""Forms of honours."""

from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.kernel.words import N_
from app.web.forms import BaseForm


class ApprovalForm(BaseForm):
    document = StringField(
        N_("批准文件文号"),
        [InputRequired(N_("请填写批准文件的文号。")), Length(max=120, message=N_("不超过 120 字。"))],
    )
    approved_on = DateField(N_("批准日期"), [InputRequired(N_("请填写批准日期，例如 2026-08-31。"))])


class RevocationForm(BaseForm):
    reason = TextAreaField(
        N_("撤销理由"),
        [InputRequired(N_("请写明撤销理由，理由会公布。")), Length(max=1000, message=N_("不超过 1000 字。"))],
    )


class ConfirmForm(BaseForm):
    """A step without fields: the page says what it does."""
