"""Screens of accounts: sign in and out, register, language."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, make_response, redirect, render_template, request, session, url_for
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from app.accounts import services
from app.accounts.forms import RegistrationForm, SignInForm
from app.accounts.queries import actor_of_session
from app.accounts.sign_in import SignedIn, token_hash
from app.kernel import unit_of_work
from app.kernel.errors import Invalid
from app.web.formats import say
from app.web.guard import actor, needs
from app.web.language import LANGUAGES, _, remember

blueprint = Blueprint("accounts", __name__, template_folder="templates")

Answer = Response | str | tuple[str, int]


def inside(target: str | None) -> str:
    """Only an address of this site, else the desk: nobody is sent elsewhere after signing in."""
    parts = urlsplit(target or "")
    safe = target and target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc
    return str(target) if safe else url_for("desk.show")


@blueprint.route("/sign-in", methods=["GET", "POST"])
@needs("account.sign_in")
def sign_in() -> Answer:
    form = SignInForm()
    if form.validate_on_submit():
        try:
            token = services.sign_in(
                form.text("email"), form.text("password"), address=_address(), user_agent=request.user_agent.string
            )
        except Invalid as refused:
            return _refuse_sign_in(form, refused)
        _remember_session(token)
        return redirect(inside(request.args.get("next")), 303)
    return render_template("accounts/sign_in.html", form=form), form.status


def _refuse_sign_in(form: SignInForm, refused: Invalid) -> tuple[str, int]:
    """The attempt is counted although the answer is a refusal, which the edge would roll back."""
    unit_of_work.rollback()
    with unit_of_work.transaction():
        services.note_failed_attempt(form.text("email"), _address())
    form.blame(refused.field, say(refused.message))
    return render_template("accounts/sign_in.html", form=form), refused.status


def _remember_session(token: str) -> None:
    session.clear()
    session.permanent = True
    who = actor_of_session(token_hash(token))
    if who is not None:
        login_user(SignedIn(token, who))


def _address() -> str:
    return request.remote_addr or ""


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
    return response
