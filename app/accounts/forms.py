"""Forms of sign-in and registration."""

from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Regexp

from app.kernel.words import N_
from app.web.forms import BaseForm


class SignInForm(BaseForm):
    email = EmailField(N_("邮箱"), [InputRequired(N_("请填写邮箱。"))])
    password = PasswordField(N_("密码"), [InputRequired(N_("请填写密码。"))])


class RegistrationForm(BaseForm):
    email = EmailField(
        N_("邮箱"),
        [
            InputRequired(N_("请填写邮箱。")),
            Regexp(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$", message=N_("邮箱格式不对，例如 name@example.com。")),
            Length(max=254),
        ],
    )
    name = StringField(N_("姓名"), [InputRequired(N_("请填写姓名。")), Length(max=60)])
    password = PasswordField(N_("密码"), [InputRequired(N_("请填写密码。")), Length(max=200)])
    repeat_password = PasswordField(N_("再次输入密码"), [EqualTo("password", N_("两次输入的密码不一样。请重新输入。"))])
