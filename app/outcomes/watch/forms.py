"""What a holder declares, and what the office notes and decides."""

from collections.abc import Mapping
from typing import Any

from flask_wtf.file import MultipleFileField
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.kernel.words import N_
from app.notices.services import Evidence
from app.outcomes.watch.models import FACT_KIND_LABELS
from app.outcomes.watch.rules import NO_FIGURES, NO_SIGNATORY, QUESTIONS, TEXT_LIMIT, Statement, problems
from app.scoring.forms import plain_lines
from app.web.fields import choice
from app.web.formats import say
from app.web.forms import BaseForm
from app.workflow import WatchFactState

TOO_LONG = N_("文字超出了字数限制。")
ANSWER = N_("请选择“有”或“没有”。")
DETAILS = N_("情况说明（回答“有”的须填写）")


def _question(label: str) -> RadioField:
    return RadioField(label, [InputRequired(ANSWER)], choices=[choice("no", N_("没有")), choice("yes", N_("有"))])


def _details() -> TextAreaField:
    return TextAreaField(DETAILS, [Length(max=TEXT_LIMIT, message=TOO_LONG)], filters=[plain_lines])


class DeclarationForm(BaseForm):
    conditions = _question(QUESTIONS["conditions"])
    conditions_text = _details()
    accident = _question(QUESTIONS["accident"])
    accident_text = _details()
    penalty = _question(QUESTIONS["penalty"])
    penalty_text = _details()
    changes = _question(QUESTIONS["changes"])
    changes_text = _details()
    figures = TextAreaField(
        N_("本年度主要质量和经营指标"),
        [InputRequired(NO_FIGURES), Length(max=TEXT_LIMIT, message=TOO_LONG)],
        filters=[plain_lines],
    )
    files = MultipleFileField(N_("附件"))
    signatory = StringField(N_("负责人姓名"), [InputRequired(NO_SIGNATORY), Length(max=60)])
    pledge = BooleanField(N_("以上所述属实，如有隐瞒愿承担撤销奖项的后果"), [InputRequired(N_("提交前须勾选。"))])

    @classmethod
    def filled(cls, content: Mapping[str, Any]) -> "DeclarationForm":
        """With what was declared before it was sent back; empty the first time."""
        if not content:
            return cls()
        told = content["told"]
        answers = {key: "yes" if key in told else "no" for key in QUESTIONS}
        texts = {f"{key}_text": told.get(key, "") for key in QUESTIONS}
        return cls(data={**answers, **texts, "figures": content["figures"], "signatory": content["signatory"]})

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        lacking = problems(self.statement())
        for name, sentence in lacking.items():
            if not self[name].errors:
                self.blame(name, say(sentence))
        return is_valid and not lacking

    def statement(self) -> Statement:
        told = {key: self.text(f"{key}_text") for key in QUESTIONS if self.text(key) == "yes"}
        return Statement(told, self.text("figures"), self.text("signatory"))

    def given_files(self) -> list[Evidence]:
        return [Evidence(each.filename, each.stream) for each in self.files.data or () if each and each.filename]


class ReviewForm(BaseForm):
    note = TextAreaField(N_("审阅意见（只供秘书处和监督员查看）"), [Length(max=1000, message=N_("不超过 1000 字。"))])


class SendBackForm(BaseForm):
    reason = TextAreaField(
        N_("退回的理由（发给获奖者）"),
        [InputRequired(N_("请写明退回的理由。")), Length(max=1000, message=N_("不超过 1000 字。"))],
    )


class FactForm(BaseForm):
    kind = RadioField(
        N_("情况的类别"),
        [InputRequired(N_("请选择类别。"))],
        choices=[choice(key.value, label) for key, label in FACT_KIND_LABELS.items()],
    )
    situation = TextAreaField(
        N_("情况经过"),
        [InputRequired(N_("请写明情况：时间、事实和来源。")), Length(max=TEXT_LIMIT, message=TOO_LONG)],
    )


class SettleForm(BaseForm):
    decision = RadioField(
        N_("处理"),
        [InputRequired(N_("请选择怎样处理。"))],
        choices=[
            choice(WatchFactState.DISMISSED.value, N_("不影响奖项")),
            choice(WatchFactState.INTERVIEWED.value, N_("约谈并要求整改")),
        ],
    )
    reason = TextAreaField(
        N_("核实的情况和理由"),
        [InputRequired(N_("请写明核实的情况和处理的理由。")), Length(max=1000, message=N_("不超过 1000 字。"))],
    )
