"""What the leader writes of one item, what members say, and how a talk is closed."""

from wtforms import IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.consensus.rules import REPORT_LIMIT, TEXT_LIMIT, Proposal
from app.kernel.words import N_
from app.scoring.forms import plain_lines
from app.web.fields import choice
from app.web.forms import BaseForm


def _text(label: str, limit: int = TEXT_LIMIT, required: str = "") -> TextAreaField:
    rules = [InputRequired(required)] if required else []
    return TextAreaField(label, [*rules, Length(max=limit, message=N_("文字超出了字数限制。"))], filters=[plain_lines])


class ItemForm(BaseForm):
    percent = StringField(N_("合议比例"))
    reason = _text(N_("理由（与中位数不同时必填）"))
    strengths = _text(N_("优势"))
    improvements = _text(N_("改进机会"))
    version = IntegerField()

    def proposal(self, code: str, points: int) -> Proposal:
        typed = self.text("percent")
        percent = int(typed) if typed.isascii() and typed.isdigit() else None
        return Proposal(code, points, percent, *map(self.text, ("reason", "strengths", "improvements")))


class NoteForm(BaseForm):
    remark = _text(N_("我的意见"), required=N_("请先写下您的意见。"))


class AnswerForm(BaseForm):
    confirms = RadioField(
        N_("对提出的合议结果"),
        [InputRequired(N_("请选择确认或不同意。"))],
        choices=[choice("yes", N_("确认")), choice("no", N_("不同意，记录我的意见"))],
    )
    remark = _text(N_("意见（不同意时必填）"))


class GiveUpForm(BaseForm):
    reason = _text(N_("合议不成的理由"), 500, N_("请写明合议不成的理由。"))


class ReportForm(BaseForm):
    remark = _text(N_("合议报告"), REPORT_LIMIT, N_("请写明合议报告。"))
