"""Forms of the expert pool: upload, confirmation, one expert, the credit file."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Self

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.experts.models import CREDIT_FACT_LABELS, DECLINE_LABELS, EXPERT_KIND_LABELS, DeclineKind
from app.experts.queries.previews import WORDS
from app.experts.rules import BY_KEY, ExpertEntry
from app.experts.rules.cells import LANGUAGES
from app.experts.services import Limits, RowInvalid
from app.kernel.words import N_
from app.web.fields import choice
from app.web.formats import say
from app.web.forms import BaseForm
from app.web.language import chosen

A_DAY = N_("形如 2019-09-01，可不填。")


class UploadForm(BaseForm):
    file = FileField(
        N_("专家表格"),
        [FileRequired(N_("请选择 .xlsx 或 .csv 文件。"))],
        description=N_("按模板填写的 .xlsx，或列名相同的 .csv；不超过 10 MB、20000 行。"),
    )


class ApplyForm(BaseForm):
    without_refused = BooleanField(N_("只导入其余各行，被拒绝的行不导入"))


class RemovalForm(BaseForm):
    reason = TextAreaField(N_("理由"), [InputRequired(N_("请写明理由。")), Length(max=500)])


class MergeForm(BaseForm):
    """Which number stays, which value stands in each field in which the two entries differ, and why."""

    survivor = RadioField(N_("保留的编号"), [InputRequired(N_("请选择保留哪一个编号。"))])
    reason = TextAreaField(
        N_("理由"),
        [InputRequired(N_("请写明理由。")), Length(max=500)],
        description=N_("凭什么认定是同一个人，例如已电话向本人核实。"),
    )

    @classmethod
    def of(cls, numbers: tuple[str, str], columns: Sequence[str]) -> Self:
        """With a question for each of these columns, answered by the number whose value stands."""
        needed = [InputRequired(N_("请选择以哪一份资料为准。"))]
        asked = {key: RadioField(BY_KEY[key].name.in_language(chosen()), needed) for key in columns}
        form: Self = type("MergeForm", (cls,), asked)()
        for key in ("survivor", *columns):
            form[key].choices = [(number, number) for number in numbers]
        return form

    def taken(self, columns: Sequence[str]) -> list[str]:
        """The columns in which the value of the number that goes stands."""
        return [key for key in columns if self.text(key) != self.text("survivor")]


class MergeConfirmationForm(BaseForm):
    """Nothing to fill in; carries what a refused act answers."""


class MergeRefusalForm(BaseForm):
    reason = TextAreaField(N_("理由"), [InputRequired(N_("请写明理由。")), Length(max=500)])


class CreditFactForm(BaseForm):
    kind = RadioField(N_("事实的种类"), [InputRequired(N_("请选择种类。"))])
    happened_on = DateField(N_("发生日期"), [InputRequired(N_("请填写发生日期。"))])
    fact = TextAreaField(
        N_("事实"),
        [InputRequired(N_("请写明发生了什么。")), Length(max=500)],
        description=N_("只写发生了什么，不写评价；专家本人会看到。"),
    )
    source = StringField(
        N_("来源"),
        [InputRequired(N_("请写明来源，例如文件号或通话记录。")), Length(max=200)],
        description=N_("例如文件号、会议记录或通话记录及其日期。"),
    )

    def __init__(self) -> None:
        super().__init__()
        self["kind"].choices = [choice(kind, label) for kind, label in CREDIT_FACT_LABELS.items()]


class WithdrawalForm(BaseForm):
    reason = TextAreaField(N_("理由"), [InputRequired(N_("请写明理由。")), Length(max=500)])


class ReplyForm(BaseForm):
    reply = TextAreaField(
        N_("您的说明"),
        [InputRequired(N_("请写下您的说明。")), Length(max=1000)],
        description=N_("显示在这项事实旁边，秘书处和监督员都能看到；可以修改，每一版都留在审计日志中。"),
    )


class LimitsForm(BaseForm):
    """What only the expert knows: how many dossiers, when not, and in which languages."""

    max_load = IntegerField(N_("每轮最多承担份数"), [InputRequired(N_("请填写份数，例如 8。"))])
    languages = SelectMultipleField(
        N_("工作语言"),
        choices=[choice(words.zh, words) for words in LANGUAGES.values()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    blocked = StringField(
        N_("不能参加的日期"),
        [Length(max=400)],
        description=N_("例如 2026-05-01至2026-05-07，多个用分号分隔。"),
    )

    @classmethod
    def of(cls, known: ExpertEntry, **more: Any) -> Self:
        return cls(
            data={
                "max_load": known.max_load,
                "languages": [LANGUAGES[code].zh for code in known.languages],
                "blocked": ";".join(known.blocked),
            },
            **more,
        )

    def limits(self) -> Limits:
        languages = ";".join(self.languages.data or ())
        return Limits(self.max_load.data or 0, languages, self.text("blocked"))


class AcceptanceForm(LimitsForm):
    pledged = BooleanField(N_("我已阅读以上承诺并签署"))


class DeclineForm(BaseForm):
    decline_kind = RadioField(
        N_("谢绝的原因"),
        [InputRequired(N_("请选择谢绝的原因。"))],
        choices=[choice(kind, label) for kind, label in DECLINE_LABELS.items()],
    )
    decline_text = TextAreaField(
        N_("说明"), [Length(max=500)], description=N_("选择“其他原因”时必填；只有秘书处和监督员看得到。")
    )

    def kind(self) -> DeclineKind:
        return DeclineKind(self.decline_kind.data)


class InvitationForm(BaseForm):
    due_on = DateField(
        N_("答复期限"),
        [InputRequired(N_("请填写答复期限，例如 2026-05-08。"))],
        description=N_("到当天 23:59 为止；此前专家可以修改答复。"),
    )

    def day(self) -> date:
        return self.due_on.data or date.min


class InvitationWithdrawalForm(BaseForm):
    reason = TextAreaField(
        N_("理由"), [InputRequired(N_("请写明理由。")), Length(max=500)], description=N_("会写进发给专家的邮件。")
    )


class ProposalForm(BaseForm):
    proposal = TextAreaField(
        N_("要更正的内容"),
        [InputRequired(N_("请写明要更正什么，改成什么。")), Length(max=1000)],
        description=N_("例如：2026 年 3 月起调到示例大学工作，单位所在地改为杭州市。"),
    )


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
    degree = StringField(N_("学历学位"), [Length(max=20)], description=N_("大专、本科、硕士或博士。"))
    specialty = StringField(N_("专业特长"), [Length(max=200)])
    employer = StringField(N_("工作单位"), [InputRequired(N_("请填写工作单位。")), Length(max=120)])
    employer_code = StringField(N_("单位统一社会信用代码"), description=N_("18 位；据此发现专家与申报者同属一家单位。"))
    employer_region = StringField(
        N_("单位所在地代码"), [InputRequired(N_("请填写单位所在地代码。"))], description=N_("GB/T 2260 六位代码。")
    )
    employer_since = StringField(N_("单位所在地起始日期"), description=A_DAY)
    residence_region = StringField(
        N_("常住地代码"), [InputRequired(N_("请填写常住地代码。"))], description=N_("GB/T 2260 六位代码。")
    )
    residence_since = StringField(N_("常住起始日期"), description=A_DAY)
    registration_region = StringField(N_("户籍地代码"), description=N_("GB/T 2260 六位代码。"))
    former_regions = StringField(
        N_("原单位所在地代码"), description=N_("多个用分号分隔，括号里写起止，例如 320500（2012-03至2019-08）。")
    )
    industries = StringField(N_("行业代码"), description=N_("GB/T 4754 大类两位代码，多个用分号分隔。"))
    criteria = StringField(N_("擅长类目"), description=N_("例如领导;战略，多个用分号分隔。"))
    certificates = StringField(
        N_("资格证书"), description=N_("名称,编号,有效期至；多个用分号分隔，例如 质量奖评审员,PS-0012,2027-12-31。")
    )
    languages = StringField(N_("工作语言"), description=N_("例如中文;英语，多个用分号分隔。"))
    may_lead = BooleanField(N_("可任组长"))
    max_load = IntegerField(N_("承担上限"), [InputRequired(N_("请填写 1 至 50 的整数。"))])
    min_load = IntegerField(N_("承担下限"), [InputRequired(N_("请填写 0 至 50 的整数。"))])
    blocked = StringField(N_("不能参加的日期"), description=N_("例如 2026-05-01至2026-05-07，多个用分号分隔。"))
    available = BooleanField(N_("可参加评审"))

    def __init__(self, entry: ExpertEntry) -> None:
        given: dict[str, Any] = {name: getattr(entry, name) for name in self.columns()}
        given |= {name: ";".join(_in_words(name, value)) for name, value in given.items() if isinstance(value, tuple)}
        given["degree"] = "".join(_in_words("degree", (entry.degree,)))
        super().__init__(data=given)
        self["kind"].choices = [choice(kind, label) for kind, label in EXPERT_KIND_LABELS.items()]

    @classmethod
    def columns(cls) -> list[str]:
        return [name for name in BY_KEY if name != "number"]

    def texts(self) -> dict[str, str]:
        """What was typed, as a row of the spreadsheet would say it."""
        return {name: _as_written(self[name].data) for name in self.columns()}

    def blame_all(self, invalid: RowInvalid) -> None:
        for reason in invalid.reasons:
            self.blame(reason.column, say(reason.text))


def _in_words(column: str, values: tuple[str, ...]) -> Iterator[str]:
    """Codes as the person who fills in the form would write them."""
    words = WORDS.get(column, {})
    for value in values:
        yield words[value].in_language(chosen()) if value in words else value


def _as_written(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)
