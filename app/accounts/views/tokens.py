"""A person's own tokens for programs: made, shown once, taken back."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts import tokens as service
from app.accounts.forms import TokenForm
from app.accounts.views.room import Answer, blueprint
from app.policy.scopes import SCOPE_LABELS, Scope
from app.web.addresses import public
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/account/tokens")
@needs("token.list")
def tokens() -> Answer:
    return _page(_form())


@blueprint.post("/account/tokens")
@needs("token.create")
def create_token() -> Answer:
    """The answer is the only page on which the token ever stands."""
    form = _form()
    if form.validate():
        with form.problems():
            made, secret = service.create(
                actor(),
                name=form.text("name"),
                days=int(form.days.data),
                scopes=[Scope(scope) for scope in form.scopes.data or []],
            )
            return render_template(
                "accounts/token.html", token=made, secret=secret, labels=SCOPE_LABELS, guide=public("api.guide")
            )
    return _page(form)


@blueprint.post("/account/tokens/<int:token_id>/revoke")
@needs_on_subject("token.revoke")
def revoke_token(token_id: int) -> Response:
    service.revoke(actor(), reach(service.find(token_id), "token.read"))
    flash(_("令牌已作废，用它的系统从现在起读不到任何内容。"))
    return redirect(url_for("accounts.tokens"), 303)


def _form() -> TokenForm:
    form = TokenForm()
    form.offer(service.offered(actor()))
    return form


def _page(form: TokenForm) -> Answer:
    listed = [(token, service.is_open(token)) for token in service.tokens_of(actor())]
    return render_template("accounts/tokens.html", form=form, tokens=listed, labels=SCOPE_LABELS), form.status
