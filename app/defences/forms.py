"""What is typed of a session: time, room, list and questions, the public number, a corrected time, nothing else."""

from typing import Any
from zoneinfo import ZoneInfo

from wtforms import DateTimeLocalField, IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.defences import queries
from app.defences.models import DefenceSession
from app.defences.services import Sitting
from app.kernel.words import N_, LocalText
from app.programmes.models import Round
from app.scoring.forms import plain_lines
from app.web.fields import choice
from app.web.forms import BaseForm

TOO_LONG = N_("文字超出了字数限制。")


class SittingForm(BaseForm):
    held_at = DateTimeLocalField(
        N_("时间"), [InputRequired(N_("请填写时间。"))], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    )
    room = StringField(N_("地点"), [InputRequired(N_("请填写地点。")), Length(max=200, message=TOO_LONG)])
    dossiers = SelectMultipleField(
        N_("参加答辩的申报"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    questions = TextAreaField(
        N_("题目"),
        [Optional(), Length(max=5000, message=TOO_LONG)],
        filters=[plain_lines],
        description=N_("一行一道；封定之后不能再改，抽到之前只有秘书处看得到"),
    )
    version = IntegerField()

    @classmethod
    def of(cls, round_: Round, session: DefenceSession | None = None) -> "SittingForm":
        known = queries.to_hear(round_, session.id if session else None)
        form = cls(data=_stored(round_, session) if session else {"dossiers": [each.id for each in known]})
        form.dossiers.choices = [choice(each.id, LocalText.same(f"{each.number} {each.name}")) for each in known]  # type: ignore[arg-type]
        return form

    def sitting(self, round_: Round) -> Sitting:
        held_at = self.held_at.data
        assert held_at is not None
        lines = [line.strip() for line in self.text("questions").split("\n")]
        at = held_at.replace(tzinfo=ZoneInfo(round_.edition.time_zone))
        return Sitting(at, self.text("room"), self.dossiers.data or [], [line for line in lines if line])


def _stored(round_: Round, session: DefenceSession) -> dict[str, Any]:
    return {
        "held_at": session.held_at.astimezone(ZoneInfo(round_.edition.time_zone)).replace(tzinfo=None),
        "room": session.room,
        "dossiers": [slot.application_id for slot in session.slots],
        "questions": "\n".join(session.questions),
    }


class LotForm(BaseForm):
    value = StringField(
        N_("公开数"),
        [InputRequired(N_("请填写当众产生的公开数。")), Length(max=200, message=TOO_LONG)],
        description=N_("例如当众掷骰子的点数，依次填写"),
    )
    witnesses = StringField(N_("见证人"), [InputRequired(N_("请填写见证人姓名。")), Length(max=200, message=TOO_LONG)])


class TimeForm(BaseForm):
    minutes = IntegerField(
        N_("分钟"), [InputRequired(N_("请填写分钟。")), NumberRange(0, 600, N_("请填写 0 至 600。"))]
    )
    seconds = IntegerField(N_("秒"), [InputRequired(N_("请填写秒。")), NumberRange(0, 59, N_("请填写 0 至 59。"))])
    reason = TextAreaField(N_("更正的理由"), [InputRequired(N_("请写明理由。")), Length(max=500, message=TOO_LONG)])

    def total(self) -> int:
        return 60 * (self.minutes.data or 0) + (self.seconds.data or 0)
