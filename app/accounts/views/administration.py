"""The operator's screens: who has an account, with which roles."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import queries, services, ties
from app.accounts.forms import InvitationForm, RoleForm
from app.accounts.models import User
from app.accounts.views.room import Answer, blueprint
from app.kernel.actor import Role
from app.kernel.errors import NotFound
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/users")
@needs("user.list")
def users() -> str:
    text, wanted = request.args.get("q", "").strip(), request.args.get("role", "")
    role = next((role for role in Role if role.value == wanted), None)
    listing = queries.users(text=text, role=role, page=request.args.get("page", 1, type=int))
    return render_template("accounts/users.html", listing=listing, text=text, role=wanted, roles=Role)


@blueprint.route("/users/invite", methods=["GET", "POST"])
@needs("user.invite")
def invite() -> Answer:
    form = InvitationForm()
    form.offer(ties.choices())
    if form.validate_on_submit():
        with form.problems():
            user = services.invite(
                actor(),
                email=form.text("email"),
                name=form.text("name"),
                role=Role(form.text("role")),
                **form.chosen_ties(),
            )
            flash(_("已邀请。设置密码的链接会发到对方邮箱，七天内有效。"))
            return redirect(url_for("accounts.user", user_id=user.id), 303)
    return render_template("accounts/invite.html", form=form), form.status


def _reached(user_id: int) -> User:
    return reach(queries.find_user(user_id), "user.read")


@blueprint.get("/users/<int:user_id>")
@needs_on_subject("user.read")
def user(user_id: int) -> str:
    return _user_page(_reached(user_id), RoleForm())


def _user_page(found: User, form: RoleForm) -> str:
    offered = ties.choices()
    form.offer(offered)
    rows = [(granted, ties.names_of(granted, offered)) for granted in found.grants]
    seen = queries.last_sign_in(found)
    return render_template("accounts/user.html", found=found, form=form, rows=rows, last_sign_in=seen)


@blueprint.post("/users/<int:user_id>/grants")
@needs_on_subject("user.grant")
def grant(user_id: int) -> Answer:
    found, form = _reached(user_id), RoleForm()
    form.offer(ties.choices())
    if form.validate_on_submit():
        with form.problems():
            services.grant(actor(), found, Role(form.text("role")), **form.chosen_ties())
            flash(_("已授权，对方下一次点击即生效。"))
            return redirect(url_for("accounts.user", user_id=user_id), 303)
    return _user_page(found, form), form.status


@blueprint.post("/users/<int:user_id>/grants/<int:grant_id>/revoke")
@needs_on_subject("user.revoke")
def revoke(user_id: int, grant_id: int) -> Response:
    granted = queries.find_grant(_reached(user_id), grant_id)
    if granted is None:
        raise NotFound
    services.revoke(actor(), granted)
    flash(_("授权已收回。"))
    return redirect(url_for("accounts.user", user_id=user_id), 303)


@blueprint.post("/users/<int:user_id>/invite")
@needs_on_subject("user.invite")
def invite_again(user_id: int) -> Response:
    services.invite_again(actor(), _reached(user_id))
    flash(_("邀请邮件已重新发出。"))
    return redirect(url_for("accounts.user", user_id=user_id), 303)


@blueprint.post("/users/<int:user_id>/suspend")
@needs_on_subject("user.suspend")
def suspend(user_id: int) -> Response:
    services.suspend(actor(), _reached(user_id))
    flash(_("账号已停用，所有登录都已退出，接口令牌都已作废。"))
    return redirect(url_for("accounts.user", user_id=user_id), 303)


@blueprint.post("/users/<int:user_id>/restore")
@needs_on_subject("user.restore")
def restore(user_id: int) -> Response:
    services.restore(actor(), _reached(user_id))
    flash(_("账号已恢复。"))
    return redirect(url_for("accounts.user", user_id=user_id), 303)
