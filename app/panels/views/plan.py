"""The wizard on a working copy: who is in the pool, which rules and wishes hold, the soft aims, and what it would come to."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.kernel.errors import NotFound
from app.kernel.regions import full_name
from app.kernel.words import N_
from app.panels import allowed, ceremonies, facts, forms, measurements, preview, services
from app.panels.grouping import most_crossing
from app.panels.models import Draw
from app.panels.planned import plan_of
from app.panels.policies import EXPLAINED, TRIALS
from app.panels.rules import RULE_LABELS
from app.panels.views.room import Answer, blueprint
from app.programmes.queries import rulebook_of
from app.programmes.rules.values import GroupMode
from app.web.forms import BaseForm
from app.web.guard import actor, needs_on_subject, reach
from app.web.language import _

STEPS: dict[str, str] = {
    "dossiers": N_("申报书"),
    "experts": N_("专家"),
    "groups": N_("行业组"),
    "rules": N_("规则"),
    "aims": N_("目标"),
    "policy": N_("方式"),
    "preview": N_("预览"),
}


@blueprint.get("/draws/<int:draw_id>/plan/<step>")
@needs_on_subject("draw.read")
def plan(draw_id: int, step: str) -> Answer:
    found = reach(ceremonies.find_draw(draw_id), "draw.read")
    return page(found, step)


@blueprint.post("/draws/<int:draw_id>/plan/experts")
@needs_on_subject("draw.edit")
def leave_out(draw_id: int) -> Answer:
    found, form = reach(ceremonies.find_draw(draw_id), "draw.read"), forms.LeaveOutForm()
    if form.validate_on_submit():
        with form.problems():
            services.leave_out(actor(), found, form.text("expert"), reason=form.text("reason"), version=version())
            return saved(draw_id, "experts")
    return page(found, "experts", form)


@blueprint.post("/draws/<int:draw_id>/plan/experts/<number>/in")
@needs_on_subject("draw.edit")
def take_in(draw_id: int, number: str) -> Answer:
    services.take_in(actor(), reach(ceremonies.find_draw(draw_id), "draw.read"), number, version=version())
    return saved(draw_id, "experts")


@blueprint.post("/draws/<int:draw_id>/plan/rules")
@needs_on_subject("draw.edit")
def wish(draw_id: int) -> Answer:
    found, form = reach(ceremonies.find_draw(draw_id), "draw.read"), forms.WishForm()
    if form.validate_on_submit():
        keep = services.keep_together if form.text("kind") == "pinned" else services.keep_apart
        with form.problems():
            keep(actor(), found, form.wish(), version=version())
            return saved(draw_id, "rules")
    return page(found, "rules", form)


@blueprint.post("/draws/<int:draw_id>/plan/rules/<expert>/<dossier>/drop")
@needs_on_subject("draw.edit")
def drop_wish(draw_id: int, expert: str, dossier: str) -> Answer:
    found = reach(ceremonies.find_draw(draw_id), "draw.read")
    services.drop_wish(actor(), found, expert, dossier, version=version())
    return saved(draw_id, "rules")


@blueprint.post("/draws/<int:draw_id>/plan/aims")
@needs_on_subject("draw.edit")
def choose_aims(draw_id: int) -> Answer:
    found, form = reach(ceremonies.find_draw(draw_id), "draw.read"), forms.AimsForm()
    if form.validate_on_submit():
        with form.problems():
            services.choose_aims(actor(), found, form.aims(), version=version())
            return saved(draw_id, "aims")
    return page(found, "aims", form)


@blueprint.post("/draws/<int:draw_id>/plan/policy")
@needs_on_subject("draw.edit")
def choose_policy(draw_id: int) -> Answer:
    found = reach(ceremonies.find_draw(draw_id), "draw.read")
    form = _policy_form(found)
    if form.validate_on_submit():
        with form.problems():
            services.choose_policy(actor(), found, *form.chosen(), version=version())
            return saved(draw_id, "policy")
    return page(found, "policy", form)


def version() -> int:
    return request.form.get("version", type=int) or 0


def _policy_form(found: Draw) -> forms.PolicyForm:
    form = forms.PolicyForm()
    form.offer(allowed.policies_of(found.round), allowed.shares_of(found.round), plan_of(found))
    return form


def saved(draw_id: int, step: str) -> Response:
    flash(_("抽取方案已保存。"), "done")
    return redirect(url_for("panels.plan", draw_id=draw_id, step=step), 303)


def page(found: Draw, step: str, form: BaseForm | None = None, **more: Any) -> Answer:
    """`more` stands for what the step would show by itself, such as a form that was refused."""
    steps = steps_of(found)
    if step not in steps:
        raise NotFound
    shown = {
        "draw": found,
        "plan": plan_of(found),
        "step": step,
        "steps": steps,
        "rules": RULE_LABELS,
        "region": full_name,
        "shape": facts.shape_of(found.round),
        "rule": facts.round_rule(found.round),
        "of_panels": facts.panel_rule(found.round),
        "form": form or _form(found, step),
        "groups": {group.key: group.name for group in rulebook_of(found.edition).groups},
    }
    content = shown | _content(found, step) | more
    return render_template(f"panels/plan/{step}.html", **content), 200 if form is None else form.status


def steps_of(found: Draw) -> dict[str, str]:
    """The step about groups where experts keep to theirs."""
    is_grouped = facts.panel_rule(found.round).groups is not GroupMode.MIXED
    return {key: name for key, name in STEPS.items() if is_grouped or key != "groups"}


def _form(found: Draw, step: str) -> BaseForm | None:
    if step == "aims":
        return forms.AimsForm(obj=plan_of(found).aims)
    if step == "policy":
        return _policy_form(found)
    return {"experts": forms.LeaveOutForm, "rules": forms.WishForm}.get(step, forms.ConfirmForm)()


def _content(found: Draw, step: str) -> dict[str, Any]:
    """What each step looks at; worked out afresh from today's facts while the plan is a working copy."""
    working = preview.look(found)
    more = {"policy": _policies, "groups": _groups, "preview": _preview}.get(step)
    return {"working": working} | (more(found, working) if more else {})


def _policies(found: Draw, working: preview.Working) -> dict[str, Any]:
    return {
        "policies": allowed.policies_of(found.round),
        "allowed": allowed.words(found.round),
        "explained": EXPLAINED,
        "measured": measurements.shown(found, "policies", working.given),
        "stage": measurements.stage_of,
        "trials": TRIALS,
    }


def _groups(found: Draw, working: preview.Working) -> dict[str, Any]:
    most = most_crossing(found.round)
    return {
        "move_form": forms.MoveForm(rulebook_of(found.edition)),
        "crossing_form": forms.CrossingForm(most, plan_of(found)),
        "counts": preview.group_counts(working),
        "most": most,
        "is_settled": bool(facts.live_seats(found.round)),
        "measured": measurements.shown(found, "crossing", working.given) if most else None,
        "stage": measurements.stage_of,
    }


def _preview(_found: Draw, working: preview.Working) -> dict[str, Any]:
    pair = (request.args.get("expert", "").strip(), request.args.get("dossier", "").strip())
    return {"trial": preview.trial(working), "asked": pair, "why": preview.why(working, *pair)}
