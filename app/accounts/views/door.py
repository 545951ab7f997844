"""Sign in and out, register, language, and the password by a mailed link."""

import re

from flask import flash, make_response, redirect, render_template, request, session, url_for
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from app.accounts import links, services
from app.accounts.forms import LinkForm, NewPasswordForm, RegistrationForm, SignInForm
from app.accounts.queries import actor_of_session
from app.accounts.rules import token_hash
from app.accounts.sign_in import SignedIn
from app.accounts.views.room import Answer, address, blueprint, refused_attempt
from app.kernel.errors import Invalid
from app.web.guard import actor, needs
from app.web.language import COOKIE, LANGUAGES, _, remember

GONE = 410
PATH_HERE = re.compile(r"/(?!/)[^\\]*")
"""Two slashes begin the address of another host, and browsers read a backslash as a slash."""


def inside(target: str | None) -> str:
    """Only an address of this site, else the desk: nobody is sent elsewhere after signing in."""
    if target and target.isprintable() and PATH_HERE.fullmatch(target):
        return target
    return url_for("desk.show")


@blueprint.route("/sign-in", methods=["GET", "POST"])
@needs("account.sign_in")
def sign_in() -> Answer:
    form = SignInForm()
    if form.validate_on_submit():
        try:
            token = services.sign_in(
                form.text("email"), form.text("password"), address=address(), user_agent=request.user_agent.string
            )
        except Invalid as refused:
            return refused_attempt(form, refused, email=form.text("email"), page="accounts/sign_in.html")
        return _signed_in(token)
    return render_template("accounts/sign_in.html", form=form), form.status


def _signed_in(token: str) -> Response:
    """A browser that has chosen no language takes the person's."""
    session.clear()
    session.permanent = True
    response = make_response(redirect(inside(request.args.get("next")), 303))
    who = actor_of_session(token_hash(token))
    if who is not None:
        login_user(SignedIn(token, who))
        if COOKIE not in request.cookies:
            remember(response, who.language)
    return response


@blueprint.post("/sign-out")
@needs("account.sign_out")
def sign_out() -> Response:
    services.sign_out(actor())
    logout_user()
    session.clear()
    return redirect(url_for("outcomes.public_home"), 303)


@blueprint.route("/register", methods=["GET", "POST"])
@needs("account.register")
def register() -> Answer:
    form = RegistrationForm()
    if form.validate_on_submit():
        with form.problems():
            services.register(actor(), email=form.text("email"), name=form.text("name"), password=form.text("password"))
            flash(_("账号已经建好，请登录后开始申报。"))
            return redirect(url_for("accounts.sign_in"), 303)
    return render_template("accounts/register.html", form=form), form.status


@blueprint.post("/language")
@needs("account.language")
def language() -> Response:
    response = make_response(redirect(inside(request.form.get("next")), 303))
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        remember(response, chosen)
        services.choose_language(actor(), chosen)
    return response


@blueprint.route("/password", methods=["GET", "POST"])
@needs("account.ask_link")
def ask_link() -> Answer:
    """One answer for known and unknown addresses: nobody learns here who has an account."""
    form = LinkForm()
    if form.validate_on_submit():
        services.ask_link(form.text("email"))
        flash(_("如果这个邮箱有账号，设置密码的链接已经发出，请查收。十分钟内只发一次。"))
        return redirect(url_for("accounts.sign_in"), 303)
    return render_template("accounts/ask_link.html", form=form), form.status


@blueprint.route("/password/<token>", methods=["GET", "POST"])
@needs("account.set_password")
def set_password(token: str) -> Answer:
    link, form = links.read(token), NewPasswordForm()
    if link is None:
        return render_template("accounts/dead_link.html"), GONE
    if form.validate_on_submit():
        with form.problems():
            services.set_password_by_link(link, form.text("password"))
            flash(_("密码已经设置，请用它登录。"))
            return redirect(url_for("accounts.sign_in"), 303)
    return render_template("accounts/set_password.html", form=form, link=link), form.status
