"""Forms of sign-in, registration, one's own account, and the administration of users."""

from collections.abc import Iterable, Mapping

from wtforms import EmailField, PasswordField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from app.accounts.rules import TOKEN_DAYS
from app.kernel.actor import ROLE_LABELS, Role
from app.kernel.words import N_, LocalText
from app.policy.scopes import SCOPE_LABELS, Scope
from app.web.fields import choice
from app.web.forms import BaseForm

USERNAME = {"autocomplete": "username"}
CURRENT = {"autocomplete": "current-password"}
NEW = {"autocomplete": "new-password"}

AN_ADDRESS = Regexp(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$", message=N_("邮箱格式不对，例如 name@example.com。"))
THE_SAME = N_("两次输入的密码不一样。请重新输入。")
GRANTABLE = tuple(role for role in Role if role not in (Role.LEADER, Role.HEAD))
"""Leaders and the head come out of the draw and the appointment, never out of an administrator's form."""

TIES = ("body_id", "edition_id", "expert_id")


class SignInForm(BaseForm):
    email = EmailField(N_("邮箱"), [InputRequired(N_("请填写邮箱。"))], render_kw=USERNAME)
    password = PasswordField(N_("密码"), [InputRequired(N_("请填写密码。"))], render_kw=CURRENT)


class RegistrationForm(BaseForm):
    email = EmailField(N_("邮箱"), [InputRequired(N_("请填写邮箱。")), AN_ADDRESS, Length(max=254)], render_kw=USERNAME)
    name = StringField(
        N_("姓名"), [InputRequired(N_("请填写姓名。")), Length(max=60)], render_kw={"autocomplete": "name"}
    )
    password = PasswordField(N_("密码"), [InputRequired(N_("请填写密码。")), Length(max=200)], render_kw=NEW)
    repeat_password = PasswordField(
        N_("再次输入密码"), [InputRequired(THE_SAME), EqualTo("password", THE_SAME)], render_kw=NEW
    )


class LinkForm(BaseForm):
    email = EmailField(N_("邮箱"), [InputRequired(N_("请填写邮箱。")), AN_ADDRESS], render_kw=USERNAME)


class NewPasswordForm(BaseForm):
    password = PasswordField(N_("新密码"), [InputRequired(N_("请填写新密码。")), Length(max=200)], render_kw=NEW)
    repeat_password = PasswordField(
        N_("再次输入密码"), [InputRequired(THE_SAME), EqualTo("password", THE_SAME)], render_kw=NEW
    )


class ChangePasswordForm(NewPasswordForm):
    current_password = PasswordField(N_("当前密码"), [InputRequired(N_("请填写当前密码。"))], render_kw=CURRENT)


class AccountForm(BaseForm):
    name = StringField(
        N_("姓名"), [InputRequired(N_("请填写姓名。")), Length(max=60)], render_kw={"autocomplete": "name"}
    )
    language = RadioField(
        N_("语言"),
        [InputRequired(N_("请选择语言。"))],
        choices=[choice("zh", LocalText.same("中文")), choice("en", LocalText.same("English"))],
        description=N_("页面和邮件都用这种语言。"),
    )


DAYS_LABELS: dict[int, str] = {30: N_("30 天"), 90: N_("90 天"), 180: N_("180 天"), 365: N_("一年")}


class TokenForm(BaseForm):
    name = StringField(
        N_("名称"),
        [InputRequired(N_("请填写名称。")), Length(max=60)],
        description=N_("写明哪个系统用它，例如“市局数据平台”。"),
    )
    days = RadioField(
        N_("有效期"),
        [InputRequired(N_("请选择有效期。"))],
        choices=[choice(str(days), DAYS_LABELS[days]) for days in TOKEN_DAYS],
        default="90",
    )
    scopes = SelectMultipleField(
        N_("可以读取"),
        [InputRequired(N_("请至少选择一项。"))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=N_("只列出您自己有权查看的。令牌随时以您当时的权限为准。"),
    )

    def offer(self, scopes: Iterable[Scope]) -> None:
        self.scopes.choices = [choice(scope.value, SCOPE_LABELS[scope]) for scope in scopes]


class RoleForm(BaseForm):
    """A role and what it is tied to; which tie a role needs is said by the rule."""

    role = SelectField(
        N_("角色"),
        [InputRequired(N_("请选择角色。"))],
        choices=[choice(role.value, ROLE_LABELS[role]) for role in GRANTABLE],
    )
    body_id = SelectField(N_("推荐单位"), [Optional()], description=N_("只有推荐员需要选择。"))
    edition_id = SelectField(N_("届次"), [Optional()], description=N_("只有评审委员会委员需要选择。"))
    expert_id = SelectField(N_("专家库中的专家"), [Optional()], description=N_("只有评审专家需要选择。"))

    def offer(self, ties: Mapping[str, list[tuple[int, str]]]) -> None:
        for tie in TIES:
            options = [choice(str(number), LocalText.same(name)) for number, name in ties.get(tie, ())]
            self._fields[tie].choices = [choice("", N_("不适用")), *options]

    def chosen_ties(self) -> dict[str, int | None]:
        return {tie: int(self.text(tie)) if self.text(tie) else None for tie in TIES}


class InvitationForm(RoleForm):
    email = EmailField(N_("邮箱"), [InputRequired(N_("请填写邮箱。")), AN_ADDRESS, Length(max=254)])
    name = StringField(N_("姓名"), [InputRequired(N_("请填写姓名。")), Length(max=60)])
