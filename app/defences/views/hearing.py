"""The hearing itself: the chair's clock and pointer, the projector, what judges' pages follow, the results to be signed."""

from typing import Any

from flask import jsonify, redirect, url_for
from werkzeug.wrappers import Response

from app.audit.services import record_look
from app.defences import combined, queries, services
from app.defences.forms import TimeForm
from app.defences.models import DefenceSession, DefenceSlot, Mark
from app.defences.views.room import Answer, blueprint, done, page
from app.kernel import clock
from app.kernel.errors import NotFound
from app.panels.queries import find_assignment
from app.web.forms import BaseForm
from app.web.guard import actor, needs_on_subject, reach
from app.web.language import _


def _slot(session: DefenceSession, slot_id: int) -> DefenceSlot:
    found = session.slot(slot_id)
    if found is None:
        raise NotFound
    return found


@blueprint.post("/defences/<int:session_id>/begin")
@needs_on_subject("defence.begin")
def begin(session_id: int) -> Answer:
    found = reach(queries.find(session_id), "defence.read")
    services.begin(actor(), found)
    return done(_("答辩已开始。请叫第一家。"), "clock_page", found)


@blueprint.get("/defences/<int:session_id>/clock")
@needs_on_subject("defence.call")
def clock_page(session_id: int) -> Answer:
    found = reach(queries.find(session_id), "defence.read")
    return page("clock", found, current=found.slot(found.current_id), now=_now(found), marks=Mark)


@blueprint.post("/defences/<int:session_id>/slots/<int:slot_id>/call")
@needs_on_subject("defence.call")
def call(session_id: int, slot_id: int) -> Answer:
    found = reach(queries.find(session_id), "defence.read")
    services.call(actor(), found, _slot(found, slot_id))
    return redirect(url_for("defences.clock_page", session_id=session_id), 303)


@blueprint.post("/defences/<int:session_id>/slots/<int:slot_id>/<mark>")
@needs_on_subject("defence.call")
def press(session_id: int, slot_id: int, mark: str) -> Answer:
    found = reach(queries.find(session_id), "defence.read")
    if mark not in list(Mark):
        raise NotFound
    services.press(actor(), found, _slot(found, slot_id), Mark(mark))
    return redirect(url_for("defences.clock_page", session_id=session_id), 303)


@blueprint.route("/defences/<int:session_id>/slots/<int:slot_id>/correct", methods=["GET", "POST"])
@needs_on_subject("defence.correct")
def correct(session_id: int, slot_id: int) -> Answer:
    found, form = reach(queries.find(session_id), "defence.read"), TimeForm()
    slot = _slot(found, slot_id)
    if form.validate_on_submit():
        with form.problems():
            services.correct(actor(), found, slot, seconds=form.total(), reason=form.text("reason"))
            return done(_("用时已更正。"), "clock_page", found)
    return page("correct", found, f=form, slot=slot), form.status


@blueprint.get("/defences/<int:session_id>/projector")
@needs_on_subject("defence.read")
def projector(session_id: int) -> Answer:
    found = reach(queries.find(session_id), "defence.read")
    return page("projector", found, current=found.slot(found.current_id), now=_now(found))


@blueprint.get("/defences/<int:session_id>/now.json")
@needs_on_subject("defence.read")
def now(session_id: int) -> Response:
    """Who is heard now and how the clock stands: asked every two seconds by every page that follows."""
    return jsonify(_now(reach(queries.find(session_id), "defence.read")))


@blueprint.get("/defences/of/<int:assignment_id>.json")
@needs_on_subject("assignment.read")
def now_for(assignment_id: int) -> Response:
    """The same for a judge's score sheet: where the sheet of the dossier that is heard now is."""
    assignment = reach(find_assignment(assignment_id), "assignment.read")
    found = queries.session_of(assignment)
    return jsonify(_now(found) if found is not None else {})


def _now(session: DefenceSession) -> dict[str, Any]:
    slot = session.slot(session.current_id)
    if slot is None:
        return {"slot": None, "phase": "", "title": "", "at": clock.now().isoformat()}
    rule = services.rule_for(session)
    phase, began, minutes = _phase(slot, rule.statement_minutes, rule.question_minutes)
    mine = queries.sheets(session).get((slot.application_id, actor().expert_id or 0))
    return {
        "slot": slot.id,
        "place": slot.position,
        "title": f"{slot.application.number} {slot.application.name}",
        "phase": phase,
        "began": began.isoformat() if began else "",
        "began_at": began,
        "seconds": 60 * minutes,
        "at": clock.now().isoformat(),
        "sheet": url_for("scoring.sheet", sheet_id=mine.id) if mine else "",
    }


def _phase(slot: DefenceSlot, statement: int, questions: int) -> tuple[str, Any, int]:
    """What is going on, since when, and for how many minutes."""
    last = slot.marks[-1].mark if slot.marks else None
    running = {Mark.STATEMENT_BEGUN: statement, Mark.QUESTIONS_BEGUN: questions}
    if last in running:
        return last.value, slot.at(last), running[last]
    return (last.value if last else "called"), None, questions if last else statement


@blueprint.route("/defences/<int:session_id>/end", methods=["GET", "POST"])
@needs_on_subject("defence.end")
def end(session_id: int) -> Answer:
    found, form = reach(queries.find(session_id), "defence.read"), BaseForm()
    if form.validate_on_submit():
        with form.problems():
            services.end(actor(), found)
            return done(_("这一场答辩已结束，可以打印结果表签名。"), "show", found)
    return page("end", found, f=form, missing=services.missing_for_ending(found)), form.status


@blueprint.get("/defences/<int:session_id>/results")
@needs_on_subject("defence.read_results")
def results(session_id: int) -> Answer:
    """The result sheet for signatures; every look at it is on record."""
    found = reach(queries.find(session_id), "defence.read")
    record_look(actor(), "defence.read_results", found)
    return page(
        "results",
        found,
        sheets=queries.sheets(found),
        parts=combined.parts(found.round),
        combined=combined.combined(found.round),
    )
