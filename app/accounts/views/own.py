"""A person's own account: name, language, password, signed-in browsers."""

from typing import Any

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts import queries, services
from app.accounts.forms import AccountForm, ChangePasswordForm
from app.accounts.rules import browser_name
from app.accounts.services import WrongPassword
from app.accounts.views.room import Answer, address, blueprint, refused_attempt
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _, remember


def _shown() -> dict[str, Any]:
    user = queries.find_user(actor().user_id)
    return {
        "user": user,
        "sessions": [(session, browser_name(session.user_agent)) for session in queries.open_sessions(actor())],
        "this": actor().session_id,
    }


@blueprint.route("/account", methods=["GET", "POST"])
@needs("account.edit")
def account() -> Answer:
    user = queries.find_user(actor().user_id)
    form = AccountForm(obj=user)
    if form.validate_on_submit():
        with form.problems():
            services.rename(actor(), name=form.text("name"), language=form.text("language"))
            flash(_("账号资料已保存。"))
            response = make_response(redirect(url_for("accounts.account"), 303))
            remember(response, form.text("language"))
            return response
    return render_template("accounts/account.html", form=form, **_shown()), form.status


@blueprint.route("/account/password", methods=["GET", "POST"])
@needs("account.edit")
def change_password() -> Answer:
    form = ChangePasswordForm()
    user = queries.find_user(actor().user_id)
    if form.validate_on_submit():
        try:
            with form.problems():
                _change(form)
                return redirect(url_for("accounts.account"), 303)
        except WrongPassword as refused:
            email = "" if user is None else user.email
            return refused_attempt(form, refused, email=email, page="accounts/change_password.html", user=user)
    return render_template("accounts/change_password.html", form=form, user=user), form.status


def _change(form: ChangePasswordForm) -> None:
    current, password = form.text("current_password"), form.text("password")
    ended = services.change_password(actor(), current=current, password=password, address=address())
    flash(_("密码已经更换，其他浏览器上的登录都已退出。"))
    if ended:
        flash(_("%(n)s 个接口令牌已作废，请为用它们的系统换上新的令牌。", n=ended))


@blueprint.post("/account/sessions/<int:session_id>/end")
@needs_on_subject("account.end_session")
def end_session(session_id: int) -> Response:
    services.end_session(actor(), reach(queries.find_session(session_id), "account.end_session"))
    flash(_("那个浏览器已经退出登录。"))
    return redirect(url_for("accounts.account"), 303)
