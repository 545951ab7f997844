"""Forms of draws, conflicts and declarations."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple
from datetime import timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from app.kernel import clock
from app.kernel.errors import Invalid
from app.kernel.words import N_, Message
from app.panels import plan
from app.panels.ceremony import NONCE_LENGTH
from app.panels.engine import Policy
from app.panels.lists import ListedSeat
from app.panels.models import INTEREST_DEGREE_LABELS, SEAT_ROLE_LABELS, SeatRole
from app.panels.pledge import PLEDGE_VERSION
from app.panels.policies import POLICIES
from app.panels.services import Terms
from app.programmes.models import Edition
from app.programmes.rules.labels import LABELS
from app.programmes.rules.review import PanelRule
from app.programmes.rules.rulebook import Rulebook
from app.web.fields import choice
from app.web.forms import BaseForm
from app.workflow import InterestQuestionState

KIND = N_("利害关系的种类")
CHOOSE_KIND = N_("请选择利害关系的种类。")


class ConfirmForm(BaseForm):
    """Nothing to fill in; carries what a refused act answers."""


class StartForm(BaseForm):
    top_up = BooleanField(
        N_("一并补抽不满员的专家组"), description=N_("已有的席位保留不动，只抽空出的席位；种子由这次抽取重新产生。")
    )


class ReasonForm(BaseForm):
    reason = TextAreaField(N_("理由"), [InputRequired(N_("请写明理由。")), Length(max=500)])


class SeatForm(BaseForm):
    role = RadioField(
        N_("角色"),
        [InputRequired()],
        choices=[choice(role.value, label) for role, label in SEAT_ROLE_LABELS.items()],
        default=SeatRole.MEMBER.value,
    )
    reason = TextAreaField(
        N_("理由"),
        [InputRequired(N_("请写明理由。")), Length(max=500)],
        description=N_("理由会公开，请勿写入个人信息。"),
    )

    @property
    def is_leader(self) -> bool:
        return self.text("role") == SeatRole.LEADER


class ListFileForm(BaseForm):
    file = FileField(
        N_("专家组名单"),
        [FileRequired(N_("请选择 .xlsx 或 .csv 文件。"))],
        description=N_("按模板填写的 .xlsx，或列名相同的 .csv；不超过 3000 行。"),
    )


class CopyForm(BaseForm):
    without_refused = BooleanField(N_("只写入其余各行，不合规的行不写入"))
    reason = TextAreaField(
        N_("理由"),
        [InputRequired(N_("请写明理由。")), Length(max=500)],
        description=N_("理由会公开，请勿写入个人信息。"),
    )


class ListForm(CopyForm):
    """Carries the list that was looked at; every row is judged again when it comes back."""

    rows = HiddenField()
    filename = HiddenField()
    digest = HiddenField()

    def carry(self, listed: Sequence[ListedSeat], *, filename: str, digest: str) -> None:
        self.rows.data = json.dumps([astuple(row) for row in listed], ensure_ascii=False)
        self.filename.data, self.digest.data = filename, digest

    def listed(self) -> list[ListedSeat]:
        """Raises Invalid for what no page of ours has sent."""
        try:
            return [
                ListedSeat(int(row), str(dossier), str(expert), str(role))
                for row, dossier, expert, role in self._sent()
            ]
        except (TypeError, ValueError) as error:
            raise Invalid(Message(N_("名单没有随页面送到。请重新上传。"))) from error

    def _sent(self) -> list[list[str]]:
        sent: list[list[str]] = json.loads(self.text("rows"))
        return sent


# --- the working copy ---------------------------------------------------------------------------------------------

EXPERT_NUMBER = N_("专家编号")
FILL_EXPERT = N_("请填写专家编号。")


class LeaveOutForm(BaseForm):
    expert = StringField(EXPERT_NUMBER, [InputRequired(FILL_EXPERT)])
    reason = StringField(N_("不列入的理由"), [InputRequired(N_("请写明理由。")), Length(max=200)])


class WishForm(BaseForm):
    kind = RadioField(
        N_("安排"),
        [InputRequired()],
        choices=[choice("forbidden", N_("不安排在一起")), choice("pinned", N_("指定安排在一起"))],
        default="forbidden",
    )
    expert = StringField(EXPERT_NUMBER, [InputRequired(FILL_EXPERT)])
    dossier = StringField(N_("申报书编号"), [InputRequired(N_("请填写申报书编号。"))])
    reason = StringField(N_("理由"), [InputRequired(N_("请写明理由。")), Length(max=200)])

    def wish(self) -> plan.PairWish:
        return plan.PairWish(self.text("expert"), self.text("dossier"), self.text("reason"))


def _steps(label: str, steps: dict[int, str], hint: str) -> RadioField:
    choices = [choice(str(value), name) for value, name in steps.items()]
    return RadioField(label, [InputRequired()], coerce=int, choices=choices, description=hint)


class AimsForm(BaseForm):
    expertise = _steps(N_("熟悉行业"), plan.EXPERTISE, N_("专家的行业与申报书越接近，越优先。"))
    balance = _steps(N_("任务均衡"), plan.BALANCES, N_("尽量不让少数专家承担很多份。"))
    fresh = _steps(N_("新面孔"), plan.FRESHNESS, N_("没有参加过以往评审的专家优先。"))
    lot = _steps(N_("抽签的分量"), plan.LOTS, N_("分量越大，名单越难预料，行业匹配越可能让步。"))

    def aims(self) -> plan.Aims:
        return plan.Aims(**{name: self[name].data for name in ("expertise", "balance", "fresh", "lot")})


class MoveForm(BaseForm):
    dossier = StringField(N_("申报书编号"), [InputRequired(N_("请填写申报书编号。"))])
    group = SelectField(N_("移到哪一组"), [InputRequired(N_("请选择要移到的行业组。"))])
    reason = StringField(N_("理由"), [InputRequired(N_("请写明理由。")), Length(max=200)])

    def __init__(self, book: Rulebook) -> None:
        super().__init__()
        groups = [choice(group.key, group.name) for group in book.enabled_groups]
        self["group"].choices = [choice("", N_("请选择")), *groups]

    def move(self) -> plan.Move:
        return plan.Move(self.text("dossier"), self.text("group"), self.text("reason"))


class CrossingForm(BaseForm):
    crossing = RadioField(
        N_("跨组评审的比例"),
        [InputRequired(N_("请选择一个比例。"))],
        description=N_("随输入封定；本轮以后的抽取不再增加跨组评审。"),
    )

    def __init__(self, most: int, chosen: plan.Plan) -> None:
        super().__init__()
        shares = [share for share in plan.CROSSINGS if share < most] + [most]
        self["crossing"].choices = [choice(str(share), _crossing(share)) for share in shares]
        if not self["crossing"].data:
            self["crossing"].data = str(chosen.share_crossing(most))


def _crossing(percent: int) -> Message:
    if not percent:
        return Message(N_("不跨组：每位专家只评一个组"))
    return Message(N_("%(n)s %%"), {"n": percent})


def _parts(share: tuple[int, int]) -> str:
    return "/".join(map(str, share))


class PolicyForm(BaseForm):
    policy = RadioField(N_("抽取方式"), [InputRequired(N_("请选择一种方式。"))], validate_choice=True)
    share = RadioField(
        N_("任何一名专家进入任何一份申报书的机会不超过"),
        [InputRequired(N_("请选择上限。"))],
        description=N_("只用于近优随机。上限越低，名单越难预料，匹配度让步越多。"),
    )

    def offer(self, policies: Collection[Policy], shares: Iterable[tuple[int, int]], chosen: plan.Plan) -> None:
        """What the rulebook allows, the plan's own choice marked; no cap where nothing is drawn at random."""
        self["policy"].choices = [choice(policy, POLICIES[policy]) for policy in policies]
        self["share"].choices = [choice(_parts(share), plan.SHARES.get(share, _parts(share))) for share in shares]
        if not self.is_submitted():
            self["policy"].data, self["share"].data = chosen.policy, _parts(chosen.share)
        if "random" not in policies:
            del self["share"]

    def chosen(self) -> tuple[Policy, tuple[int, int]]:
        policy: Policy = self["policy"].data
        if "share" not in self:
            return policy, plan.Plan().share
        most, whole = map(int, self.text("share").split("/"))
        return policy, (most, whole)


# --- the ceremony -------------------------------------------------------------------------------------------------

SECRET = N_("秘密")


class CommitForm(BaseForm):
    source = StringField(
        N_("公开数的来源"),
        [InputRequired(N_("请写明公开数取自哪里，例如哪一期开奖号码。")), Length(max=200)],
        description=N_("任何人都能查到、谁也不能左右，例如某一期开奖号码，或当众掷出的十枚骰子。"),
    )
    known_at = DateTimeLocalField(
        N_("公开数何时可知"), [InputRequired(N_("请填写时间。"))], description=N_("此前各方可以作出承诺。")
    )
    reveal_by = DateTimeLocalField(
        N_("揭示期限"), [InputRequired(N_("请填写时间。"))], description=N_("过期不揭示的，以公开数代替，并记录在案。")
    )
    unseal_at = DateTimeLocalField(
        N_("启封时间"),
        [Optional()],
        description=N_("在此之前名单对秘书处也是封存的；到时才能启封、通知专家。留空则抽取后即可启封。"),
    )

    def propose(self, edition: Edition) -> None:
        """Tomorrow morning at ten, an hour for the reveal, and then the list."""
        tomorrow = clock.now().astimezone(ZoneInfo(edition.time_zone)) + timedelta(days=1)
        ten = tomorrow.replace(hour=10, minute=0, second=0, microsecond=0, tzinfo=None)
        eleven = ten + timedelta(hours=1)
        for field, moment in zip(self._times, (ten, eleven, eleven), strict=True):
            field.data = moment if not self.is_submitted() else field.data

    @property
    def _times(self) -> tuple[DateTimeLocalField, ...]:
        return self.known_at, self.reveal_by, self.unseal_at

    def terms(self, edition: Edition) -> Terms:
        """What was typed, the times on the clocks of the award's zone."""
        zone = ZoneInfo(edition.time_zone)
        known, reveal, unseal = (
            each.data and each.data.replace(tzinfo=zone) for each in cast("tuple[Any, ...]", self._times)
        )
        return Terms(self.text("source"), known, reveal, unseal)


class PromiseForm(BaseForm):
    secret = StringField(
        SECRET, [Length(max=200)], description=N_("一句只有您知道的话。系统只存它的摘要；揭示时须一字不差地再次录入。")
    )
    promise = StringField(
        N_("或者只交承诺值"),
        [Length(max=64)],
        description=N_("自己算出 SHA-256（秘密＋随机码），只把 64 位结果填在这里。"),
    )


class GuestForm(BaseForm):
    name = StringField(N_("哪一方"), [InputRequired(N_("请写明这一方的名称。")), Length(max=100)])
    promise = StringField(N_("承诺值"), [InputRequired(N_("请填写承诺值。")), Length(max=64)])


class PublicValueForm(BaseForm):
    value = StringField(N_("公开数"), [InputRequired(N_("请录入公开数。")), Length(max=200)])
    again = StringField(N_("再录一次"), [InputRequired(N_("请再录一次。")), Length(max=200)])
    witnesses = StringField(N_("在场见证人"), [InputRequired(N_("请写明在场见证人的姓名。")), Length(max=200)])


class RevealForm(BaseForm):
    secret = StringField(SECRET, [InputRequired(N_("请录入当初的秘密。")), Length(max=200)])
    nonce = StringField(
        N_("随机码"),
        [Length(max=NONCE_LENGTH)],
        description=N_("只在当初自己计算承诺值时填写。"),
    )


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
    degree = RadioField(
        N_("直接还是间接"), [InputRequired(N_("请说明利害关系是直接的还是间接的。"))], validate_choice=True
    )
    note = TextAreaField(N_("说明"), [Length(max=500)], description=N_("只有秘书处和监督员能看到。"))

    def __init__(self, panel: PanelRule) -> None:
        super().__init__(panel)
        self["degree"].choices = [choice(degree.value, label) for degree, label in INTEREST_DEGREE_LABELS.items()]


class QuestionForm(BaseForm):
    facts = TextAreaField(
        N_("拿不准的情况"),
        [InputRequired(N_("请写明拿不准的情况，秘书处才能认定。")), Length(max=500)],
        description=N_("例如：与哪个人、哪家单位、什么时候、什么关系。只有秘书处和监督员能看到。"),
    )


class FindingForm(_KindForm):
    """The office's answer: the kind is asked for only where there is an interest."""

    kind = RadioField(
        N_("哪一种利害关系"), [Optional()], description=N_("认定有利害关系时选择。"), validate_choice=True
    )
    finding = RadioField(N_("认定"), [InputRequired(N_("请选择认定的结果。"))], validate_choice=True)
    reason = TextAreaField(
        N_("理由"), [InputRequired(N_("请写明理由。")), Length(max=500)], description=N_("专家会在通知中看到。")
    )

    def __init__(self, panel: PanelRule) -> None:
        super().__init__(panel)
        self["finding"].choices = [
            choice(InterestQuestionState.NO_INTEREST.value, N_("没有利害关系，专家可以完成声明")),
            choice(InterestQuestionState.INTEREST.value, N_("有利害关系，收回评审任务，另抽专家")),
        ]


class PledgeForm(BaseForm):
    pledge_version = HiddenField(default=PLEDGE_VERSION)
    pledge = BooleanField(
        N_("我已阅读并承诺以上各条，与该申报者没有利害关系。"), [InputRequired(N_("请先阅读并勾选承诺。"))]
    )

    def show_again(self) -> None:
        """The page shows the text in force, so that is what the next answer is about."""
        self.pledge_version.data = PLEDGE_VERSION
