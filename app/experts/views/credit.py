"""The credit file: the office records and withdraws facts, the expert replies."""

from flask import flash, redirect, render_template, url_for

from app.experts import forms, queries, services
from app.experts.models import CREDIT_FACT_LABELS, CreditFactKind
from app.experts.views.room import Answer, blueprint
from app.web.guard import actor, needs_on_subject, reach
from app.web.language import _


@blueprint.route("/experts/<int:expert_id>/facts/new", methods=["GET", "POST"])
@needs_on_subject("credit_fact.record")
def record_fact(expert_id: int) -> Answer:
    found = reach(queries.find_expert(expert_id), "expert.read")
    form = forms.CreditFactForm()
    if form.validate_on_submit():
        with form.problems():
            services.record_fact(
                actor(),
                found,
                CreditFactKind(form.text("kind")),
                happened_on=form["happened_on"].data,
                text=form.text("fact"),
                source=form.text("source"),
            )
            flash(_("已记入信誉档案，专家本人可以看到。"))
            return redirect(url_for("experts.expert", expert_id=expert_id, _anchor="credit"), 303)
    return render_template("experts/record_fact.html", found=found, form=form), form.status


@blueprint.route("/experts/facts/<int:fact_id>/withdraw", methods=["GET", "POST"])
@needs_on_subject("credit_fact.withdraw")
def withdraw_fact(fact_id: int) -> Answer:
    fact = reach(queries.find_fact(fact_id), "credit_fact.read")
    form = forms.WithdrawalForm()
    if form.validate_on_submit():
        with form.problems():
            services.withdraw_fact(actor(), fact, reason=form.text("reason"))
            flash(_("已撤回，理由留在档案中。"))
            return redirect(url_for("experts.expert", expert_id=fact.expert_id, _anchor="credit"), 303)
    shown = {"fact": fact, "form": form, "credit_kinds": CREDIT_FACT_LABELS}
    return render_template("experts/withdraw_fact.html", **shown), form.status


@blueprint.route("/experts/facts/<int:fact_id>/reply", methods=["GET", "POST"])
@needs_on_subject("credit_fact.reply")
def reply_to_fact(fact_id: int) -> Answer:
    fact = reach(queries.find_fact(fact_id), "credit_fact.read")
    form = forms.ReplyForm(data={"reply": fact.reply})
    if form.validate_on_submit():
        with form.problems():
            services.reply_to_fact(actor(), fact, form.text("reply"))
            flash(_("已保存您的说明。"))
            return redirect(url_for("experts.mine", _anchor="credit"), 303)
    shown = {"fact": fact, "form": form, "credit_kinds": CREDIT_FACT_LABELS}
    return render_template("experts/reply_to_fact.html", **shown), form.status
