"""What the signed-in expert sees and changes of his own data, and the corrections that the office settles for him."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.experts import forms, queries, services
from app.experts.models import Expert
from app.experts.queries.invitations import proposals
from app.experts.views.people import on_file, shown
from app.experts.views.room import Answer, blueprint
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/experts/mine")
@needs_on_subject("expert.read_own")
def mine() -> str:
    """What the pool knows of the expert who is signed in."""
    found = reach(_own(), "expert.read_own")
    return render_template(
        "experts/mine.html",
        found=found,
        missing=queries.missing_of(found),
        confirmed=queries.is_confirmed(found),
        **shown(),
        **on_file(found),
    )


@blueprint.post("/experts/mine/confirm")
@needs_on_subject("expert.confirm")
def confirm() -> Response:
    services.confirm_own(actor(), reach(_own(), "expert.read_own"))
    flash(_("已确认本人资料，谢谢。"))
    return redirect(url_for("experts.mine"), 303)


def _own() -> Expert | None:
    return queries.find_expert(actor().expert_id or 0)


@blueprint.route("/experts/mine/edit", methods=["GET", "POST"])
@needs_on_subject("expert.edit_own")
def edit_mine() -> Answer:
    found = reach(_own(), "expert.read_own")
    form = forms.LimitsForm.of(queries.entry_of(found))
    if form.validate_on_submit():
        with form.problems():
            version = request.form.get("version", type=int) or 0
            services.edit_own(actor(), found, form.limits(), version=version)
            flash(_("已保存您的意愿。"))
            return redirect(url_for("experts.mine"), 303)
    return render_template("experts/edit_mine.html", found=found, form=form), form.status


@blueprint.route("/experts/mine/propose", methods=["GET", "POST"])
@needs_on_subject("expert.propose")
def propose() -> Answer:
    found = reach(_own(), "expert.read_own")
    form = forms.ProposalForm(data={"proposal": found.proposal})
    if form.validate_on_submit():
        with form.problems():
            services.propose(actor(), found, form.text("proposal"))
            flash(_("已告知秘书处，更正之前仍以现有资料为准。"))
            return redirect(url_for("experts.mine"), 303)
    return render_template("experts/propose.html", found=found, form=form), form.status


@blueprint.get("/experts/proposals")
@needs("expert.list")
def corrections() -> str:
    return render_template("experts/corrections.html", people=proposals())


@blueprint.post("/experts/<int:expert_id>/settle")
@needs_on_subject("expert.settle")
def settle(expert_id: int) -> Response:
    found = reach(queries.find_expert(expert_id), "expert.read")
    services.settle_proposal(actor(), found)
    flash(_("已办结这项更正。"))
    return redirect(url_for("experts.corrections"), 303)
