"""The page behind an invitation's link, for who signs in and who does not: what is asked, and the answer."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.accounts import links as accounts
from app.accounts.models import User
from app.experts import forms, links, queries, services
from app.experts.models import DECLINE_LABELS, ExpertInvitation
from app.experts.pledge import SERVICE_PLEDGE, SERVICE_PLEDGE_VERSION
from app.experts.queries.invitations import closed, find_invitation, most_dossiers
from app.experts.views.room import Answer, blueprint
from app.kernel.actor import Actor
from app.kernel.database import db
from app.programmes.queries import calendar, rulebook_of
from app.programmes.rules.labels import LABELS
from app.programmes.rules.values import RegionLevel
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _
from app.workflow import InvitationState

GONE = 410


@blueprint.get("/experts/invitations/<int:invitation_id>")
@needs_on_subject("expert_invitation.read")
def invitation(invitation_id: int) -> Response:
    """From the expert's desk to the same page as by the link."""
    found = reach(find_invitation(invitation_id), "expert_invitation.read")
    if actor().expert_id != found.expert_id:
        return redirect(url_for("experts.invitations", edition=found.edition_id))
    return redirect(url_for("experts.invited", token=links.token_for(found)))


@blueprint.get("/invitations/<token>")
@needs("expert_invitation.follow")
def invited(token: str) -> Answer:
    found = links.read(token)
    if found is None or closed(found) is not None:
        return _gone(found)
    return _page(token, found, _acceptance(found), forms.DeclineForm(obj=found))


@blueprint.post("/invitations/<token>/accept")
@needs("expert_invitation.follow")
def accept_invitation(token: str) -> Answer:
    found = links.read(token)
    if found is None or closed(found) is not None:
        return _gone(found)
    form = _acceptance(found)
    if form.validate_on_submit():
        with form.problems():
            services.accept(_answerer(found), found, form.limits(), is_pledged=form.pledged.data)
            flash(_("已收到您的答复：接受邀请。谢谢！"))
            return redirect(url_for("experts.invited", token=token), 303)
    return _page(token, found, form, forms.DeclineForm(formdata=None))


@blueprint.post("/invitations/<token>/decline")
@needs("expert_invitation.follow")
def decline_invitation(token: str) -> Answer:
    found = links.read(token)
    if found is None or closed(found) is not None:
        return _gone(found)
    form = forms.DeclineForm()
    if form.validate_on_submit():
        with form.problems():
            services.decline(_answerer(found), found, form.kind(), form.text("decline_text"))
            flash(_("已收到您的答复：谢绝邀请。"))
            return redirect(url_for("experts.invited", token=token), 303)
    return _page(token, found, forms.AcceptanceForm.of(queries.entry_of(found.expert), formdata=None), form)


def _answerer(found: ExpertInvitation) -> Actor:
    """Who is signed in as that very expert answers in his own name; who has only the link, by the link."""
    who = actor()
    return who if who.expert_id == found.expert_id else links.bearer(found)


def _acceptance(found: ExpertInvitation) -> forms.AcceptanceForm:
    form = forms.AcceptanceForm.of(queries.entry_of(found.expert))
    if not form.is_submitted():
        form.max_load.data = min(form.max_load.data or 1, most_dossiers(found.edition))
    return form


def _gone(found: ExpertInvitation | None) -> Answer:
    return render_template("experts/invitation_gone.html", reason=found and closed(found)), GONE


def _page(token: str, found: ExpertInvitation, accepting: forms.AcceptanceForm, declining: forms.DeclineForm) -> Answer:
    rulebook = rulebook_of(found.edition)
    level = rulebook.panel.region_level
    body = render_template(
        "experts/invited.html",
        token=token,
        found=found,
        accepting=accepting,
        declining=declining,
        most=most_dossiers(found.edition),
        rounds=rulebook.rounds,
        windows={row.key: row for row in calendar(found.edition)},
        level=None if level is RegionLevel.NONE else LABELS[level],
        pledge=SERVICE_PLEDGE,
        pledge_version=SERVICE_PLEDGE_VERSION,
        decline_labels=DECLINE_LABELS,
        password_link=_password_link(found),
    )
    return body, max(accepting.status, declining.status) if accepting.errors or declining.errors else 200


def _password_link(found: ExpertInvitation) -> str:
    """Who has accepted and has no password yet may set one from here: the link came to the same mail address."""
    user = None if found.expert.user_id is None else db.session.get(User, found.expert.user_id)
    if found.state is not InvitationState.ACCEPTED or user is None or user.password_hash or not user.active:
        return ""
    return url_for("accounts.set_password", token=accounts.token_for(user, accounts.Purpose.FIRST))
