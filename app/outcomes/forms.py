"""Forms of honours."""

from flask_wtf.file import FileField
from wtforms import DateField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.kernel.words import N_
from app.notices.services import Evidence
from app.outcomes.models import REVOKED_FOR_LABELS
from app.web.fields import choice
from app.web.forms import BaseForm


class ApprovalForm(BaseForm):
    document = StringField(
        N_("批准文件文号"),
        [InputRequired(N_("请填写批准文件的文号。")), Length(max=120, message=N_("不超过 120 字。"))],
    )
    approved_on = DateField(N_("批准日期"), [InputRequired(N_("请填写批准日期，例如 2026-08-31。"))])

    file = FileField(N_("批准文件扫描件（可不传）"))

    def given_file(self) -> Evidence | None:
        upload = self.file.data
        return Evidence(upload.filename, upload.stream) if upload and upload.filename else None


class RevocationForm(BaseForm):
    because = RadioField(
        N_("撤销的情形"),
        [InputRequired(N_("请选择撤销的情形，限制申报的届数由此决定。"))],
        choices=[choice(key.value, label) for key, label in REVOKED_FOR_LABELS.items()],
    )
    reason = TextAreaField(
        N_("撤销理由"),
        [InputRequired(N_("请写明撤销理由，理由会公布。")), Length(max=1000, message=N_("不超过 1000 字。"))],
    )


class ConfirmForm(BaseForm):
    """A step without fields: the page says what it does."""
