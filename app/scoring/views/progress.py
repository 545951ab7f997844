"""What office, leader and supervisor watch: how far a round is, and its end."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from app.policy import allows
from app.scoring import queries, rules, services
from app.scoring.forms import CloseForm, ReminderForm, ReopenForm, SendBackForm
from app.scoring.queries import RoundRow
from app.scoring.rules import Count, Seat
from app.scoring.views import room
from app.scoring.views.room import Page, blueprint
from app.web.formats import say
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _
from app.workflow import RoundState


@blueprint.get("/progress")
@needs("progress.read")
def progress() -> Page:
    rounds = queries.rounds_of(room.edition_id())
    chosen = queries.current_round(rounds, request.args.get("round", type=int))
    if rounds and chosen is None:
        abort(404)
    if chosen is None:
        return render_template("scoring/progress.html", rounds=rounds, round=None)
    return _progress_of(chosen, rounds)


def _progress_of(chosen: RoundRow, rounds: list[RoundRow]) -> str:
    seats = queries.seats(chosen.id, watched_by=actor())
    by, only = _asked("by", WAYS, "dossier"), _asked("only", FILTERS, "")
    offered = _offered(chosen, seats)
    return render_template(
        "scoring/progress.html",
        rounds=rounds,
        round=chosen,
        groups={group.key: group.name for group in room.rulebook(chosen).groups},
        by=by,
        only=only,
        counts=list(filter(FILTERS[only], WAYS[by](seats))),
        total=len(seats),
        waiting=FILTERS["waiting"](Count(tuple(seats))),
        tally=rules.tally(seats),
        latest=_latest_by_group(seats, offered["last"]),
        w=offered,
    )


WAYS: dict[str, Callable[[Iterable[Seat]], list[Count]]] = {
    "dossier": rules.by_dossier,
    "expert": rules.by_expert,
    "group": rules.by_group,
}
FILTERS: dict[str, Callable[[Count], object]] = {
    "": lambda _count: True,
    "not_begun": lambda count: count.not_begun,
    "waiting": lambda count: count.waiting_for,
}


def _asked(name: str, known: Mapping[str, object], usual: str) -> str:
    """What the address asks for; what is unknown is no page."""
    wanted = request.args.get(name, usual)
    if wanted not in known:
        abort(404)
    return wanted


def _offered(round_: RoundRow, seats: Iterable[Seat]) -> dict[str, Any]:
    """What the page may show and offer of each seat to who looks at it."""
    who = actor()
    led = {seat.application_id for seat in seats if seat.leads and seat.expert_id == who.expert_id}
    office = allows(who, "round.close", round_)
    return {
        "words": {key: say(words) for key, (words, _tone) in rules.STANDING_LABELS.items()},
        "open": round_.state is RoundState.SCORING,
        "me": who.expert_id,
        "led": led,
        "blind": room.rulebook(round_).round(round_.key).blind,
        "names": queries.sees_names(who) or not room.rulebook(round_).round(round_.key).blind,
        "readable": queries.readable(who, round_.id),
        "last": queries.last_activity(round_.id),
        "silent": queries.uncommented(round_.id) if led else {},
        "may": {
            "remind": allows(who, "progress.remind"),
            "reopen": office,
            "replace": office,
            "close": office,
        },
        "urls": {
            "remind": url_for("scoring.remind", round_id=round_.id),
            "sheet": url_for("scoring.sheet", sheet_id=0).removesuffix("0"),
            "seat": url_for("panels.declare", assignment_id=0).removesuffix("0"),
        },
    }


def _latest_by_group(seats: Iterable[Seat], last: Mapping[int, datetime]) -> dict[str, datetime | None]:
    found: dict[str, datetime | None] = {}
    for seat in seats:
        moments = [each for each in (found.get(seat.group_key), last.get(seat.sheet_id or 0)) if each is not None]
        found[seat.group_key] = max(moments, default=None)
    return found


@blueprint.route("/rounds/<int:round_id>/remind", methods=["GET", "POST"])
@needs_on_subject("progress.remind")
def remind(round_id: int) -> Page:
    """Who is written to and what: shown first, sent by the button below it."""
    subject = reach(queries.find_round(round_id), "progress.read")
    people = services.to_remind(actor(), subject)
    form = ReminderForm()
    form.pick.choices = [(count.first.expert_id, count.first.expert) for count in people]
    if form.validate_on_submit():
        with form.problems():
            number = services.remind(actor(), subject, form.pick.data or [], note=form.text("note"))
            flash(_("已提醒 %(n)s 位专家。", n=number), "done")
            return redirect(url_for("scoring.progress", round=round_id), 303)
    page = render_template(
        "scoring/remind.html",
        round=subject,
        people=people,
        chosen=_chosen(form, people),
        reminded=queries.last_reminders(subject.edition_id),
        mail=services.reminder(subject, form.text("note")),
        f=form,
    )
    return page, form.status


def _chosen(form: ReminderForm, people: Iterable[Count]) -> set[int]:
    """Those that were ticked; at first the one that the address names, or all."""
    if request.method == "POST":
        return set(form.pick.data or [])
    named = request.args.get("expert", type=int)
    return {count.first.expert_id for count in people if named in (None, count.first.expert_id)}


@blueprint.route("/rounds/<int:round_id>/close", methods=["GET", "POST"])
@needs_on_subject("round.close")
def close_round(round_id: int) -> Page:
    subject = reach(queries.find_round(round_id), "progress.read")
    form = CloseForm()
    if form.validate_on_submit():
        with form.problems():
            services.close_round(actor(), subject, reason=form.reason.data or "")
            flash(_("本轮评分已结束，可以计算排名。"), "done")
            return redirect(url_for("scoring.progress", round=round_id), 303)
    return render_template("scoring/close.html", round=subject, closing=services.closing(subject), f=form), form.status


@blueprint.route("/sheets/<int:sheet_id>/reopen", methods=["GET", "POST"])
@needs_on_subject("score_sheet.reopen")
def reopen(sheet_id: int) -> Page:
    subject = reach(queries.sheet_for_writing(sheet_id), "score_sheet.watch")
    form = ReopenForm()
    if form.validate_on_submit():
        with form.problems():
            services.reopen(actor(), subject, reason=form.reason.data or "")
            flash(_("评分表已退回，已通知专家。"), "done")
            return redirect(url_for("scoring.progress", round=subject.round_id), 303)
    return render_template("scoring/reopen.html", sheet=subject, f=form), form.status


@blueprint.route("/sheets/<int:sheet_id>/comments", methods=["GET", "POST"])
@needs_on_subject("score_sheet.send_back")
def send_back(sheet_id: int) -> Page:
    """For its comments only; the page says which items have none and never what was scored."""
    subject = reach(queries.sheet_for_writing(sheet_id), "score_sheet.watch")
    form = SendBackForm()
    if form.validate_on_submit():
        with form.problems():
            services.send_back(actor(), subject, reason=form.text("reason"))
            flash(_("评分表已退回补写意见，已通知专家。"), "done")
            return redirect(url_for("scoring.progress", round=subject.round_id), 303)
    silent = queries.uncommented(subject.round_id).get(sheet_id, ())
    return render_template("scoring/send_back.html", sheet=subject, silent=silent, f=form), form.status
