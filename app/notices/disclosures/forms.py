"""What is told, and the answer."""

from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.kernel.words import N_
from app.web.forms import BaseForm


class DisclosureForm(BaseForm):
    statement = TextAreaField(
        N_("要反映的事实"),
        [InputRequired(N_("请写明要反映的事实。")), Length(max=5000, message=N_("不超过 5000 字。"))],
    )
    contact = StringField(N_("联系方式"), [Length(max=120, message=N_("不超过 120 字。"))])


class AnswerForm(BaseForm):
    answer = TextAreaField(
        N_("处理情况"), [InputRequired(N_("请写明处理情况。")), Length(max=3000, message=N_("不超过 3000 字。"))]
    )
