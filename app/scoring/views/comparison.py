"""The head of panel's screens: groups side by side after a round, and the reports to the committee."""

from fractions import Fraction
from typing import Any

from flask import flash, redirect, render_template, url_for

from app.kernel.exact import display, from_text
from app.policy import allows
from app.programmes.models import Round
from app.programmes.queries import rulebook_of
from app.scoring import comparison as compared
from app.scoring import queries, services
from app.scoring.forms import CommitteeReportForm
from app.scoring.views import room
from app.scoring.views.room import Page, blueprint
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/rounds/<int:round_id>/comparison")
@needs_on_subject("comparison.read")
def comparison(round_id: int) -> Page:
    found = reach(queries.find_round(round_id), "comparison.read")
    services.note_comparison(actor(), found)
    sheets = queries.rated(round_id)
    return render_template(
        "scoring/comparison.html",
        round=found,
        experts=compared.experts_of(sheets),
        may_write=allows(actor(), "committee_report.write", found),
        **_side_by_side(found, compared.groups_of(sheets)),
    )


def _side_by_side(found: Round, groups: list[compared.GroupLine]) -> dict[str, Any]:
    return {
        "groups": groups,
        "names": {group.key: group.name for group in rulebook_of(found.edition).groups},
        "ranges": compared.RANGES,
        "shown": compared.shown,
        "percent": lambda share: display(share, 0),
    }


@blueprint.route("/rounds/<int:round_id>/committee-report", methods=["GET", "POST"])
@needs_on_subject("committee_report.write")
def write_report(round_id: int) -> Page:
    found = reach(queries.find_round(round_id), "comparison.read")
    earlier = [each for each in queries.reports(found.edition_id) if each.round_id == round_id]
    form = CommitteeReportForm(data={"body": earlier[0].content["text"] if earlier else ""})
    if form.validate_on_submit():
        with form.problems():
            report = services.write_report(actor(), found, text=form.text("body"))
            flash(_("报告已保存为第 %(n)s 版，评审委员会可以查看。", n=report.number), "done")
            return redirect(url_for("scoring.report", report_id=report.id), 303)
    groups = compared.groups_of(queries.rated(round_id))
    page = render_template(
        "scoring/write_report.html", round=found, earlier=earlier, f=form, **_side_by_side(found, groups)
    )
    return page, form.status


@blueprint.get("/committee-reports")
@needs("committee_report.list")
def reports() -> Page:
    seen = [each for each in queries.reports(room.edition_id()) if allows(actor(), "committee_report.read", each)]
    rounds = [each for each in queries.rounds_of(room.edition_id()) if allows(actor(), "comparison.read", each)]
    return render_template("scoring/reports.html", reports=seen, rounds=rounds)


@blueprint.get("/committee-reports/<int:report_id>")
@needs_on_subject("committee_report.read")
def report(report_id: int) -> Page:
    """As a paper for the committee, with a place to sign."""
    found = reach(queries.find_report(report_id), "committee_report.read")
    names = {group.key: group.name for group in rulebook_of(found.round.edition).groups}
    return render_template("scoring/report.html", report=found, names=names, ranges=compared.RANGES, in_points=_points)


def _points(exact: str) -> str:
    value: Fraction = from_text(exact)
    return display(value)
