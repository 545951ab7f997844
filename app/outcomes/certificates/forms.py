"""The question that anybody may ask."""

from wtforms import StringField
from wtforms.validators import Length

from app.kernel.words import N_
from app.web.forms import BaseForm


class CodeForm(BaseForm):
    class Meta(BaseForm.Meta):
        csrf = False

    code = StringField(N_("查验码"), [Length(max=40, message=N_("查验码是证书上的 12 位字母和数字。"))])
