"""Forms of an inquiry."""

from collections.abc import Sequence
from datetime import date

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, DateField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.kernel.words import N_
from app.notices.inquiries.queries import Handler
from app.notices.inquiries.services import EMPTY_ANSWER, EMPTY_FINDING, Finding
from app.notices.services import Evidence
from app.web.fields import choice
from app.web.forms import BaseForm

DATES = ["%Y-%m-%d", "%Y/%m/%d"]
WITHIN_3000 = Length(max=3000, message=N_("不超过 3000 字。"))
WITHIN_1000 = Length(max=1000, message=N_("不超过 1000 字。"))


class HandlerForm(BaseForm):
    handler_id = RadioField(N_("异议办理人"), [InputRequired(N_("请选择办理人。"))], coerce=int)

    def offer(self, found: Sequence[Handler]) -> None:
        """Those whom nothing in the data bars."""
        free = [each.user for each in found if not each.obstacles]
        self.handler_id.choices = [choice(str(user.id), f"{user.name}（{user.email}）") for user in free]


class DeclareForm(BaseForm):
    pledge = BooleanField(
        N_("我与申报者、推荐单位和异议人没有利害关系，没有参与这份申报的评分或表决；情况变化时立即回避"),
        [InputRequired(N_("承办前须作出声明；有利害关系的，请办理回避。"))],
    )


class RecuseForm(BaseForm):
    reason = TextAreaField(N_("回避的理由"), [InputRequired(N_("请写明回避的理由。")), WITHIN_1000])


class QuestionForm(BaseForm):
    question = TextAreaField(
        N_("请申报者说明的问题"),
        [InputRequired(N_("请写明需要说明的问题。")), WITHIN_3000],
        description=N_("申报者会看到这些文字。请勿写出异议人的姓名、单位或可以认出异议人的内容。"),
    )
    due_on = DateField(N_("说明期限"), [InputRequired(N_("请填写说明期限。"))], format=DATES)

    def day(self) -> date:
        return self.due_on.data or date.min


class ExtendForm(BaseForm):
    reason = TextAreaField(N_("延长的理由"), [InputRequired(N_("请写明延长的理由，异议人会看到。")), WITHIN_1000])


class FindingForm(BaseForm):
    finding = TextAreaField(
        N_("核查情况"),
        [InputRequired(EMPTY_FINDING), WITHIN_3000],
        description=N_("内部留存：查了什么、依据哪些材料、得出什么事实。异议人看不到。"),
    )
    answer = TextAreaField(
        N_("答复异议人"),
        [InputRequired(EMPTY_ANSWER), WITHIN_3000],
        description=N_("写明结论和理由，发给异议人。"),
    )

    def found(self) -> Finding:
        return Finding(self.text("finding"), self.text("answer"))


class ReplyForm(BaseForm):
    answer = TextAreaField(N_("您的说明"), [InputRequired(N_("请写明您的说明。")), WITHIN_3000])
    papers = MultipleFileField(N_("附件"), description=N_("PDF、图片或 Office 文件，可以选多个。"))

    def given_papers(self) -> list[Evidence]:
        return [Evidence(each.filename, each.stream) for each in self.papers.data or () if each and each.filename]
