"""Forms of draws, conflicts and declarations."""

from wtforms import BooleanField, DateField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.kernel.words import N_
from app.panels.pledge import PLEDGE_VERSION
from app.programmes.rules.labels import LABELS
from app.programmes.rules.review import PanelRule
from app.web.fields import choice
from app.web.forms import BaseForm

KIND = N_("利害关系的种类")
CHOOSE_KIND = N_("请选择利害关系的种类。")


class ConfirmForm(BaseForm):
    """Nothing to fill in; carries what a refused act answers."""


class ReasonForm(BaseForm):
    reason = TextAreaField(N_("理由"), [InputRequired(N_("请写明理由。")), Length(max=500)])


class HeadForm(BaseForm):
    expert = StringField(N_("专家编号"), [InputRequired(N_("请填写专家编号。"))], description=N_("专家库中的编号。"))


class _KindForm(BaseForm):
    kind = RadioField(KIND, [InputRequired(CHOOSE_KIND)], validate_choice=True)

    def __init__(self, panel: PanelRule) -> None:
        super().__init__()
        self["kind"].choices = [choice(kind.key, kind.name) for kind in panel.conflicts]


class ConflictForm(_KindForm):
    expert = StringField(N_("专家编号"), [InputRequired(N_("请填写专家编号。"))])
    dossier = StringField(N_("申报书编号"), [InputRequired(N_("请填写申报书编号。"))])
    since = DateField(N_("开始日期"), [Optional()], description=N_("不清楚就留空。"))
    until = DateField(N_("结束日期"), [Optional()], description=N_("仍在持续就留空。"))
    note = TextAreaField(N_("说明"), [InputRequired(N_("请写明事实和来源。")), Length(max=500)])


class EndForm(BaseForm):
    until = DateField(N_("结束日期"), [InputRequired(N_("请填写结束日期。"))])
    reason = TextAreaField(N_("理由"), [InputRequired(N_("请写明理由。")), Length(max=500)])


class ExceptionForm(BaseForm):
    rule = RadioField(N_("例外于哪条规则"), [InputRequired(N_("请选择一条规则。"))], validate_choice=True)
    expert = StringField(N_("专家编号"), [InputRequired(N_("请填写专家编号。"))])
    dossier = StringField(N_("申报书编号"), [InputRequired(N_("请填写申报书编号。"))])
    reason = TextAreaField(
        N_("理由"),
        [InputRequired(N_("请写明理由。")), Length(max=500)],
        description=N_("确认后理由会公开，请勿写入个人信息。"),
    )

    def __init__(self, panel: PanelRule) -> None:
        super().__init__()
        self["rule"].choices = [choice(rule.value, LABELS[rule]) for rule in panel.exceptions]


class OwnConflictForm(_KindForm):
    note = TextAreaField(N_("说明"), [Length(max=500)], description=N_("只有秘书处和监督员能看到。"))


class PledgeForm(BaseForm):
    pledge_version = HiddenField(default=PLEDGE_VERSION)
    pledge = BooleanField(
        N_("我已阅读并承诺以上各条，与该申报者没有利害关系。"), [InputRequired(N_("请先阅读并勾选承诺。"))]
    )

    def show_again(self) -> None:
        """The page shows the text in force, so that is what the next answer is about."""
        self.pledge_version.data = PLEDGE_VERSION
