"""Papers for the room: sign-in sheet, wall list, blank score sheets; and what comes back from them, entered by two people."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from app.kernel.words import LocalText
from app.policy import allows
from app.programmes.models import Round
from app.programmes.queries import rulebook_of
from app.scoring import queries, rules, services
from app.scoring.forms import ComparedForm, RefuseEntryForm, SheetForm, SignedOnForm
from app.scoring.models import PaperEntry, ScoreSheet
from app.scoring.rules import Count
from app.scoring.views.room import Page, blueprint
from app.web.guard import actor, needs_on_subject, reach
from app.web.language import _


@blueprint.get("/rounds/<int:round_id>/papers")
@needs_on_subject("paper.read")
def papers(round_id: int) -> Page:
    found = reach(queries.find_round(round_id), "progress.read")
    seats = queries.seats(round_id, watched_by=actor())
    sees = allows(actor(), "paper_entry.list")
    return render_template(
        "scoring/papers.html",
        round=found,
        names=_names_shown(found),
        counts=rules.by_dossier(seats),
        entries=queries.entries_in(round_id) if sees else (),
        may_type=allows(actor(), "round.close", found),
    )


def _names_shown(found: Round) -> bool:
    """On a leader's paper of a blind round there are numbers only, and on the wall for everybody."""
    return queries.sees_names(actor()) or not rulebook_of(found.edition).round(found.key).blind


def _groups(found: Round) -> dict[str, LocalText]:
    return {group.key: group.name for group in rulebook_of(found.edition).groups}


@blueprint.get("/rounds/<int:round_id>/sign-in-sheet")
@needs_on_subject("paper.read")
def sign_in_sheet(round_id: int) -> Page:
    """The experts of each group with a place to sign; never which dossier is whose."""
    found = reach(queries.find_round(round_id), "progress.read")
    seats = queries.seats(round_id, watched_by=actor())
    groups = [(count.first.group_key, _people(count)) for count in rules.by_group(seats)]
    return render_template("scoring/sign_in_sheet.html", round=found, groups=sorted(groups), names=_groups(found))


def _people(count: Count) -> list[tuple[str, str, bool]]:
    """Name, employer and whether he leads a panel here; each once."""
    found: dict[int, tuple[str, str, bool]] = {}
    for seat in count.seats:
        leads = seat.leads or found.get(seat.expert_id, ("", "", False))[2]
        found[seat.expert_id] = (seat.expert, seat.employer, leads)
    return sorted(found.values(), key=lambda person: (not person[2], person[0]))


@blueprint.get("/rounds/<int:round_id>/wall-list")
@needs_on_subject("paper.read")
def wall_list(round_id: int) -> Page:
    """The dossiers of each group as they hang at the door: no expert stands on it."""
    found = reach(queries.find_round(round_id), "progress.read")
    blind = rulebook_of(found.edition).round(found.key).blind
    rows = queries.dossiers_by_group(round_id)
    return render_template("scoring/wall_list.html", round=found, groups=rows, names=_groups(found), blind=blind)


@blueprint.get("/sheets/<int:sheet_id>/blank")
@needs_on_subject("paper.read")
def blank_sheet(sheet_id: int) -> Page:
    """A score sheet to be filled in by hand: the items and their points, nothing that anybody has scored."""
    subject = reach(queries.find_sheet(sheet_id), "score_sheet.watch")
    return render_template(
        "scoring/blank_sheet.html",
        sheet=subject,
        criteria=services.criteria_of(subject),
        names=_names_shown(subject.round),
    )


# --- entered on behalf --------------------------------------------------------------------------------------------


@blueprint.route("/sheets/<int:sheet_id>/paper-entry", methods=["GET", "POST"])
@needs_on_subject("paper_entry.type")
def type_entry(sheet_id: int) -> Page:
    subject = reach(queries.sheet_for_writing(sheet_id), "score_sheet.watch")
    criteria = services.criteria_of(subject)
    form, typed = SignedOnForm(), SheetForm(criteria)
    if form.validate_on_submit() and not typed.problems:
        with form.problems():
            services.type_entry(actor(), subject, typed.judgements(), signed_on=form.day())
            flash(_("已录入。请另一位工作人员对照纸质评分表核对，核对之前不计入结果。"), "done")
            return redirect(url_for("scoring.papers", round_id=subject.round_id), 303)
    status = 422 if typed.problems and form.is_submitted() else form.status
    return _entry_page(subject, form, typed=typed, criteria=criteria), status


def _entry_page(subject: ScoreSheet, form: SignedOnForm, *, typed: SheetForm, criteria: Any) -> str:
    return render_template(
        "scoring/type_entry.html",
        sheet=subject,
        criteria=criteria,
        typed=typed,
        problems=typed.problems if form.is_submitted() else {},
        asks_reason=rulebook_of(subject.round.edition).round(subject.round.key).visit is not None,
        f=form,
    )


@blueprint.get("/paper-entries/<int:entry_id>")
@needs_on_subject("paper_entry.read")
def entry(entry_id: int) -> Page:
    found = reach(queries.find_entry(entry_id), "paper_entry.read")
    services.note_entry_look(actor(), found)
    return _compare(found, ComparedForm())


@blueprint.post("/paper-entries/<int:entry_id>/confirm")
@needs_on_subject("paper_entry.confirm")
def confirm_entry(entry_id: int) -> Page:
    found, form = reach(queries.find_entry(entry_id), "paper_entry.read"), ComparedForm()
    if form.validate():
        with form.problems():
            services.confirm_entry(actor(), found, compared=bool(form.compared.data))
            flash(_("核对无误，评分表已提交，已通知专家。"), "done")
            return redirect(url_for("scoring.papers", round_id=found.sheet.round_id), 303)
    return _compare(reach(queries.find_entry(entry_id), "paper_entry.read"), form), 422


def _compare(found: PaperEntry, form: ComparedForm) -> str:
    return render_template(
        "scoring/entry.html",
        entry=found,
        criteria=services.criteria_of(found.sheet),
        entries={each.code: each for each in queries.entries_of_paper(found)},
        may_confirm=allows(actor(), "paper_entry.confirm", found) and found.state == "typed",
        f=form,
    )


@blueprint.route("/paper-entries/<int:entry_id>/refuse", methods=["GET", "POST"])
@needs_on_subject("paper_entry.refuse")
def refuse_entry(entry_id: int) -> Page:
    found, form = reach(queries.find_entry(entry_id), "paper_entry.read"), RefuseEntryForm()
    if form.validate_on_submit():
        with form.problems():
            services.refuse_entry(actor(), found, reason=form.text("reason"))
            flash(_("已作废这份录入，可以重新录入。"), "done")
            return redirect(url_for("scoring.papers", round_id=found.sheet.round_id), 303)
    return render_template("scoring/refuse_entry.html", entry=found, f=form), form.status
