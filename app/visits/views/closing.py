"""Meetings with their minutes and names, the end of the visit, the report and its paper."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import abort, flash, redirect, url_for

from app.kernel import clock
from app.kernel.errors import NotFound, Stale
from app.visits import queries, rules, services
from app.visits.forms import MeetingForm, ReportForm, SignForm
from app.visits.models import Side, Visit, VisitPaper
from app.visits.views.room import Answer, blueprint, done, page, seen
from app.web.forms import BaseForm
from app.web.guard import actor, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/visits/<int:visit_id>/meetings/<paper>")
@needs_on_subject("visit.read")
def meeting(visit_id: int, paper: str) -> Answer:
    return _meeting(seen(visit_id), _paper(paper))


def _paper(word: str) -> VisitPaper:
    if word not in list(VisitPaper):
        raise NotFound
    return VisitPaper(word)


def _meeting(
    found: Visit,
    paper: VisitPaper,
    *,
    form: MeetingForm | None = None,
    sign: SignForm | None = None,
    stored: Mapping[str, str] = MappingProxyType({}),
) -> str:
    signed = [each for each in queries.signatures(found) if each.paper is paper]
    return page(
        "meeting",
        found,
        paper=paper,
        meeting=queries.meetings(found).get(paper.value),
        f=form or _filled(found, paper),
        sign=sign or SignForm(formdata=None, data={"name": found.name_of(actor().expert_id), "side": Side.TEAM}),
        stored=stored,
        signatures=signed,
        report=queries.report(found),
    )


def _filled(found: Visit, paper: VisitPaper) -> MeetingForm:
    kept = queries.meetings(found).get(paper.value)
    zone = queries.zone_of(found.round.edition)
    when = (kept.held_at if kept else clock.now()).astimezone(zone).replace(tzinfo=None)
    text, place = (kept.text, kept.place) if kept else ("", found.place)
    return MeetingForm(formdata=None, data={"held_at": when, "place": place, "text_": text})


@blueprint.post("/visits/<int:visit_id>/meetings/<paper>")
@needs_on_subject("visit.meet")
def record_meeting(visit_id: int, paper: str) -> Answer:
    found, form = reach(queries.find(visit_id), "visit.read"), MeetingForm()
    kind = _paper(paper)
    stored: dict[str, str] = {}
    if form.validate():
        try:
            services.record_meeting(actor(), found, kind, form.minutes(found), version=form.version.data or 0)
            return done(_("会议记录已保存。"), "meeting", found, paper=paper)
        except Stale as stale:
            stored, form.version.data = stale.stored, stale.current_version
    return _meeting(found, kind, form=form, stored=stored), 409 if stored else 422


@blueprint.post("/visits/<int:visit_id>/meetings/<paper>/sign")
@needs_on_subject("visit.sign")
def sign(visit_id: int, paper: str) -> Answer:
    found, form = reach(queries.find(visit_id), "visit.read"), SignForm()
    if form.validate():
        with form.problems():
            side, name = Side(form.text("side")), form.text("name")
            services.sign(actor(), found, _paper(paper), side, name=name, post=form.text("post"))
            flash(_("已签名。"), "done")
            return redirect(url_for("visits.meeting", visit_id=visit_id, paper=paper, _anchor="signatures"), 303)
    return _meeting(found, _paper(paper), sign=form), 422


@blueprint.route("/visits/<int:visit_id>/close", methods=["GET", "POST"])
@needs_on_subject("visit.close")
def close(visit_id: int) -> Answer:
    found, form = reach(queries.find(visit_id), "visit.read"), BaseForm()
    if form.validate_on_submit():
        with form.problems():
            services.close(actor(), found)
            return done(_("现场评审已结束。请写核实结果和报告。"), "show", found)
    missing = rules.missing_for_closing(queries.standing(found))
    return page("close", found, f=form, missing=missing), form.status


@blueprint.route("/visits/<int:visit_id>/report", methods=["GET", "POST"])
@needs_on_subject("visit.report")
def report(visit_id: int) -> Answer:
    found, form = reach(queries.find(visit_id), "visit.read"), ReportForm()
    if form.validate_on_submit():
        with form.problems():
            services.report(actor(), found, text=form.text("remark"))
            return done(_("现场评审报告已提交。请全组签名。"), "meeting", found, paper="report")
    return page("report", found, f=form, missing=services.missing_for_report(found)), form.status


@blueprint.get("/visits/<int:visit_id>/paper")
@needs_on_subject("visit.read")
def paper(visit_id: int) -> Answer:
    """The report as a paper for signatures."""
    found = seen(visit_id)
    stored = queries.report(found)
    if stored is None:
        abort(404)
    signed = queries.signatures(found)
    return page("paper", found, report=stored, signatures=signed, photos=queries.photos(found))
