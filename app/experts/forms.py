"""Forms of the expert pool: upload, confirmation, one expert."""

from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, IntegerField, RadioField, StringField
from wtforms.validators import InputRequired, Length

from app.experts.models import EXPERT_KIND_LABELS
from app.experts.rules import ExpertEntry
from app.experts.services import RowInvalid
from app.kernel.words import N_
from app.web.fields import choice
from app.web.formats import say
from app.web.forms import BaseForm

SEVERAL = N_("多个用分号分隔。")


class UploadForm(BaseForm):
    file = FileField(
        N_("专家表格"),
        [FileRequired(N_("请选择 .xlsx 或 .csv 文件。"))],
        description=N_("按模板填写的 .xlsx，或列名相同的 .csv；不超过 5 MB、5000 行。"),
    )


class ApplyForm(BaseForm):
    without_refused = BooleanField(N_("只导入其余各行，被拒绝的行不导入"))


class ExpertForm(BaseForm):
    """The columns of the spreadsheet, but for the number, which never changes."""

    name = StringField(N_("姓名"), [InputRequired(N_("请填写姓名。")), Length(max=60)])
    email = StringField(
        N_("邮箱"),
        [InputRequired(N_("请填写邮箱。")), Length(max=254)],
        description=N_("也是登录用的邮箱；修改后须用新邮箱登录。"),
    )
    kind = RadioField(N_("类别"), [InputRequired(N_("请选择类别。"))])
    title = StringField(N_("职称"), [Length(max=60)])
    specialty = StringField(N_("专业特长"), [Length(max=200)])
    employer = StringField(N_("工作单位"), [InputRequired(N_("请填写工作单位。")), Length(max=120)])
    employer_code = StringField(N_("单位统一社会信用代码"), description=N_("18 位；据此发现专家与申报者同属一家单位。"))
    employer_region = StringField(
        N_("单位所在地代码"), [InputRequired(N_("请填写单位所在地代码。"))], description=N_("GB/T 2260 六位代码。")
    )
    residence_region = StringField(
        N_("常住地代码"), [InputRequired(N_("请填写常住地代码。"))], description=N_("GB/T 2260 六位代码。")
    )
    former_regions = StringField(N_("原单位所在地代码"), description=SEVERAL)
    industries = StringField(N_("行业代码"), description=N_("GB/T 4754 大类两位代码，多个用分号分隔。"))
    may_lead = BooleanField(N_("可任组长"))
    max_load = IntegerField(N_("承担上限"), [InputRequired(N_("请填写 1 至 50 的整数。"))])
    available = BooleanField(N_("可参加评审"))

    def __init__(self, entry: ExpertEntry) -> None:
        given: dict[str, Any] = {name: getattr(entry, name) for name in self.columns()}
        for name in ("former_regions", "industries"):
            given[name] = ";".join(given[name])
        super().__init__(data=given)
        self["kind"].choices = [choice(kind, label) for kind, label in EXPERT_KIND_LABELS.items()]

    @classmethod
    def columns(cls) -> list[str]:
        return [name for name in ExpertEntry.__dataclass_fields__ if name != "number"]

    def texts(self) -> dict[str, str]:
        """What was typed, as a row of the spreadsheet would say it."""
        return {name: _as_written(self[name].data) for name in self.columns()}

    def blame_all(self, invalid: RowInvalid) -> None:
        for reason in invalid.reasons:
            self.blame(reason.column, say(reason.text))


def _as_written(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value or "")
