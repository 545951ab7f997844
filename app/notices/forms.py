"""Forms of notices and objections."""

from collections.abc import Mapping

from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.kernel.words import N_
from app.notices.services import Evidence, Objector
from app.web.fields import choice
from app.web.forms import BaseForm


class ConfirmForm(BaseForm):
    """A step without fields: the page says what it does."""


class ObjectionForm(BaseForm):
    is_unit = RadioField(
        N_("以谁的名义提出"),
        [InputRequired(N_("请选择单位或个人。"))],
        choices=[choice("1", N_("单位")), choice("0", N_("个人"))],
    )
    name = StringField(
        N_("单位名称或个人姓名"), [InputRequired(N_("异议须实名提出，请填写单位名称或姓名。")), Length(max=120)]
    )
    identity = StringField(
        N_("统一社会信用代码或身份证件号码"), [InputRequired(N_("请填写证件号码，用于核实身份。")), Length(max=40)]
    )
    contact_name = StringField(N_("联系人"), [InputRequired(N_("请填写联系人。")), Length(max=60)])
    contact = StringField(N_("联系电话或邮箱"), [InputRequired(N_("请填写联系电话或邮箱。")), Length(max=120)])
    application_id = SelectField(N_("针对哪个申报者"), [InputRequired()], coerce=int)
    statement = TextAreaField(
        N_("异议内容和理由"),
        [InputRequired(N_("请写明异议的事实和理由。")), Length(max=5000, message=N_("不超过 5000 字。"))],
    )
    evidence = FileField(N_("证据材料"))
    pledge = BooleanField(N_("本人（本单位）保证所述属实，并愿意配合核查"), [InputRequired(N_("提交前须勾选。"))])

    def offer(self, names: Mapping[int, str], *, evidence_required: bool) -> None:
        """The dossiers on the list (0 stands for the notice as a whole), and whether a file must come with it."""
        self.evidence.flags.required = evidence_required
        every = [choice(str(key), name) for key, name in sorted(names.items(), key=lambda pair: pair[1])]
        self.application_id.choices = [choice("0", N_("公示程序或整个名单")), *every]

    def objector(self) -> Objector:
        return Objector(
            is_unit=self.text("is_unit") == "1",
            name=self.text("name"),
            identity=self.text("identity"),
            contact_name=self.text("contact_name"),
            contact=self.text("contact"),
        )

    def given_evidence(self) -> Evidence | None:
        upload = self.evidence.data
        return Evidence(upload.filename, upload.stream) if upload and upload.filename else None
