"""Forms of outcomes: the approval, the revocation."""

from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.kernel.words import N_
from app.web.forms import BaseForm


class ApprovalForm(BaseForm):
    document = StringField(N_("批准文件文号"), [InputRequired(N_("请填写批准文件的文号。")), Length(max=120)])
    approved_on = DateField(N_("批准日期"), [InputRequired(N_("请选择批准日期。"))])


class RevocationForm(BaseForm):
    reason = TextAreaField(N_("撤销理由"), [InputRequired(N_("请写明撤销理由。")), Length(max=2000)])
