"""The office's invitations of an edition: who was asked, who answered what, who is reminded."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.experts import forms, letters, queries, services
from app.experts.models import DECLINE_LABELS, Expert
from app.experts.queries import invitations as reads
from app.experts.views.people import narrowed_by_address
from app.experts.views.room import Answer, blueprint
from app.kernel import clock
from app.kernel.errors import NotFound
from app.programmes import current
from app.programmes.models import Edition
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _
from app.workflow import EXPERT_INVITATION

USUAL_DAYS = 14


@blueprint.get("/experts/invitations")
@needs("expert_invitation.list")
def invitations() -> str:
    edition, state = _edition(), request.args.get("state", "")
    return render_template(
        "experts/invitations.html",
        of=edition,
        state=state,
        counts=reads.counted(edition),
        labels={state.value: label.internal for state, label in EXPERT_INVITATION.labels.items()},
        rows=reads.invitations(edition, state),
        now=clock.now(),
        decline_labels=DECLINE_LABELS,
    )


@blueprint.route("/experts/invitations/new", methods=["GET", "POST"])
@needs("expert_invitation.create")
def invite() -> Answer:
    """One expert (`?expert=`) or those of the filtered list."""
    edition, narrowed = _edition(), narrowed_by_address()
    chosen = request.args.get("expert", type=int)
    conditions = queries.conditions(narrowed) if chosen is None else [Expert.id == chosen]
    people = reads.invitable(edition, conditions)
    form = forms.InvitationForm(data={"due_on": clock.today() + timedelta(days=USUAL_DAYS)})
    if form.validate_on_submit():
        with form.problems():
            made = services.invite_experts(actor(), edition, people, due_on=form.day())
            flash(_("已邀请 %(n)s 位专家，邮件随即发出。", n=len(made)))
            return redirect(url_for("experts.invitations", edition=edition.id), 303)
    asked: dict[str, Any] = {**narrowed.asked, "edition": edition.id} | ({"expert": chosen} if chosen else {})
    mail = letters.shown(letters.INVITATION, edition, None)
    return render_template(
        "experts/invite.html", of=edition, people=people, form=form, asked=asked, mail=mail
    ), form.status


@blueprint.get("/experts/invitations/remind")
@needs("expert_invitation.create")
def remind() -> str:
    """What is going to be sent to whom; sent by the button below it."""
    edition = _edition()
    rows = reads.picked(edition, request.args.getlist("pick", type=int))
    return render_template(
        "experts/remind.html", of=edition, rows=rows, mail=letters.shown(letters.REMINDER, edition, None)
    )


@blueprint.post("/experts/invitations/remind")
@needs("expert_invitation.create")
def send_reminders() -> Response:
    edition = _edition()
    rows = reads.picked(edition, request.form.getlist("pick", type=int))
    services.remind(actor(), rows)
    flash(_("已提醒 %(n)s 位专家。", n=len(rows)))
    return redirect(url_for("experts.invitations", edition=edition.id), 303)


@blueprint.route("/experts/invitations/<int:invitation_id>/withdraw", methods=["GET", "POST"])
@needs_on_subject("expert_invitation.withdraw")
def withdraw_invitation(invitation_id: int) -> Answer:
    found = reach(reads.find_invitation(invitation_id), "expert_invitation.read")
    form = forms.InvitationWithdrawalForm()
    if form.validate_on_submit():
        with form.problems():
            services.withdraw_invitation(actor(), found, reason=form.text("reason"))
            flash(_("已撤回邀请并告知专家。"))
            return redirect(url_for("experts.invitations", edition=found.edition_id), 303)
    return render_template("experts/withdraw_invitation.html", found=found, form=form), form.status


def _edition() -> Edition:
    found = current.chosen()
    if found is None:
        raise NotFound
    return found
