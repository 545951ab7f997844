"""Every component in every state, for those who build pages; registered outside production only."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    EmailField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.validators import ValidationError as Refused

from app.kernel.errors import Stale
from app.kernel.words import N_, Message
from app.web.fields import choice
from app.web.forms import BaseForm
from app.web.guard import needs

blueprint = Blueprint("styleguide", __name__, url_prefix="/styleguide")

PAGES = ("components", "work", "task", "split", "document", "public", "confirm")
TONES = (
    ("waiting", N_("未开始")),
    ("active", N_("评分中")),
    ("done", N_("已提交")),
    ("fault", N_("已退回")),
    ("quiet", N_("不适用")),
)
ROWS = (
    (N_("云冈精密铸造有限公司"), N_("大同市"), "638.50", "7", "1–3"),
    (N_("汾河水务集团"), N_("太原市"), "631.25", "7", "1–4"),
    (N_("平遥牛肉食品股份有限公司"), N_("晋中市"), "598.00", "6", "3–8"),
)
MISSING = (
    Message(N_("自评报告第 %(item)s 条还没有填写。"), {"item": "4.2"}),
    Message(N_("证实性材料中缺少“近三年经营数据”。")),
)


class SampleForm(BaseForm):
    """One field of every kind that the product uses."""

    name = StringField(
        N_("单位名称"), [DataRequired(N_("请填写单位名称。")), Length(max=60)], description=N_("与营业执照一致")
    )
    code = StringField(N_("统一社会信用代码"), [DataRequired(N_("请填写 18 位统一社会信用代码。"))])
    overview = TextAreaField(N_("组织概述"), [Optional(), Length(max=500)])
    group = SelectField(
        N_("申报类别"),
        choices=[
            choice("m", N_("制造业")),
            choice("s", N_("服务业")),
            choice("e", N_("教育")),
        ],
    )
    conflict = RadioField(
        N_("与申报单位有无利害关系"),
        [InputRequired(N_("请选择一项。"))],
        choices=[choice("no", N_("没有")), choice("yes", N_("有，申请回避"))],
    )
    founded = DateField(N_("成立日期"), [DataRequired(N_("请填写日期，例如 2001-05-08。"))])
    closes = DateTimeLocalField(N_("申报截止"), [Optional()])
    staff = IntegerField(N_("员工人数"), [Optional(), NumberRange(min=1)])
    email = EmailField(N_("电子邮箱"), [Optional()])
    evidence = FileField(N_("证实性材料"), description=N_("PDF 或 Excel，每个文件不超过 20 MB"))
    secret = PasswordField(N_("密码"), [Optional()])
    pledge = BooleanField(
        N_("本单位承诺所报材料真实，并同意公开单位名称与所在地区"), [InputRequired(N_("提交前须勾选承诺。"))]
    )

    def validate_code(self, field: Any) -> None:
        raise Refused(N_("第 18 位校验码不对：请逐位核对营业执照。"))


@blueprint.get("/")
@needs("styleguide.read")
def show() -> str:
    page = request.args.get("page", "components")
    wrong = SampleForm(meta={"csrf": False}, prefix="w-")
    wrong.validate()
    return render_template(
        f"styleguide/{page if page in PAGES else 'components'}.html",
        form=SampleForm(meta={"csrf": False}),
        wrong=wrong,
        pages=PAGES,
        tones=TONES,
        rows=ROWS,
        missing=MISSING,
    )


@blueprint.post("/save")
@needs("styleguide.read")
def save() -> Response:
    """Autosave with nothing behind it: a name of `409` plays the colleague who saved first."""
    if request.form.get("name") == "409":
        stored = {"name": N_("汾河水务集团")}
        raise Stale(stored=stored, typed={"name": "409"}, current_version=8)
    return jsonify(version=int(request.form.get("version", 0)) + 1)
