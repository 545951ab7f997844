"""The expert's screens: the work list, the scorebook, the receipt."""

from functools import partial
from io import BytesIO
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.audit import queries as audit_log
from app.audit.export import json_lines
from app.kernel import clock
from app.kernel.canonical import canonical
from app.kernel.errors import Stale
from app.kernel.exact import display_twentieths
from app.policy import allows
from app.programmes.rules.criteria import CriteriaSet
from app.scoring import earlier, queries, receipts, rules, services
from app.scoring.forms import AbstainForm, ItemForm, SheetForm
from app.scoring.models import ScoreSheet
from app.scoring.pages import dossier_shown, marked, sheet_view
from app.scoring.queries import SheetHead
from app.scoring.references import PATTERN, references
from app.scoring.views import room
from app.scoring.views.room import Page, blueprint
from app.web.downloads import attachment
from app.web.formats import clock_time, moment, remaining, say
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _
from app.web.transactions import repeatable

FIND_LIMIT = 100


@blueprint.get("/work")
@needs("score_sheet.list")
def worklist() -> Page:
    found = queries.worklist(actor(), room.edition_id())
    return render_template(
        "scoring/worklist.html",
        work=found,
        windows={key: _shown(window) for key, window in found.windows.items()},
        sheets=url_for("scoring.sheet", sheet_id=0).removesuffix("0"),
        declarations=url_for("panels.declare", assignment_id=0).removesuffix("0"),
        titles=rules.GROUP_TITLES,
        may_watch=allows(actor(), "progress.read"),
    )


def _shown(window: queries.Window) -> dict[str, Any]:
    """A round's name and due time in words, once for all its rows."""
    late = window.due is not None and window.due < clock.now()
    return {"name": say(window.name), "due": moment(window.due), "left": remaining(window.due), "late": late}


@blueprint.get("/sheets/<int:sheet_id>")
@needs_on_subject("score_sheet.read")
def sheet(sheet_id: int) -> Page:
    head = reach(queries.sheet_head(sheet_id), "score_sheet.read")
    if not allows(actor(), "score_sheet.save", head):
        return redirect(url_for("scoring.receipt", sheet_id=sheet_id), 303)
    if services.note_reading(actor(), head):
        return redirect(
            request.full_path.rstrip("?"), 303
        )  # the first opening of a day: the record first, then the page
    return _scorebook(head, room.criteria(head))


@blueprint.post("/sheets/<int:sheet_id>")
@needs_on_subject("score_sheet.save")
def save(sheet_id: int) -> Page:
    """The whole sheet at once, for browsers without scripts; nothing typed is lost when one field is refused."""
    subject = reach(queries.sheet_for_writing(sheet_id), "score_sheet.read")
    typed = SheetForm(services.criteria_of(subject))
    stored: dict[str, str] = {}
    if not typed.problems:
        try:
            services.save_items(actor(), subject, typed.judgements())
            flash(_("评分表已保存。"), "done")
            return redirect(_after_saving(subject), 303)
        except Stale as stale:
            stored = stale.stored
    head = queries.sheet_head(sheet_id)
    assert head is not None
    return _scorebook(head, room.criteria(head), typed=typed, stored=stored), 409 if stored else 422


@blueprint.post("/sheets/<int:sheet_id>/items/<code>")
@needs_on_subject("score_sheet.save")
@repeatable
def save_item(sheet_id: int, code: str) -> Page:
    typed = ItemForm.of(code)  # read before anything is locked
    item = queries.item_for_writing(sheet_id, code)
    subject = reach(item.sheet if item else None, "score_sheet.read")
    assert item is not None
    judgement = typed.judgement(services.criteria_of(subject).percents)
    services.save_loaded_item(actor(), item, judgement)
    if request.headers.get("X-Requested-With") != "fetch":
        return redirect(url_for("scoring.sheet", sheet_id=sheet_id, _anchor=f"{code}-percent"), 303)
    saved_at = clock.now()
    return jsonify(
        saved_at=saved_at.isoformat(timespec="seconds"),
        time=clock_time(saved_at),
        version=item.version,
        total=display_twentieths(subject.total_twentieths),
    )


@blueprint.get("/sheets/<int:sheet_id>/submit")
@needs_on_subject("score_sheet.submit")
def confirm_submission(sheet_id: int) -> Page:
    return _submission(reach(queries.sheet_head(sheet_id), "score_sheet.read"))


@blueprint.post("/sheets/<int:sheet_id>/submit")
@needs_on_subject("score_sheet.submit")
def submit(sheet_id: int) -> Page:
    services.submit(actor(), reach(queries.sheet_for_writing(sheet_id), "score_sheet.read"))
    flash(_("评分表已提交并锁定。下面是回执。"), "done")
    return redirect(url_for("scoring.receipt", sheet_id=sheet_id), 303)


@blueprint.route("/sheets/<int:sheet_id>/abstain", methods=["GET", "POST"])
@needs_on_subject("score_sheet.abstain")
def abstain(sheet_id: int) -> Page:
    subject = reach(queries.sheet_for_writing(sheet_id), "score_sheet.read")
    form = AbstainForm()
    if form.validate_on_submit():
        with form.problems():
            services.abstain(actor(), subject, reason=form.reason.data or "")
            flash(_("已记下弃评，这份评分表不计入结果。秘书处会另行安排。"), "done")
            return redirect(url_for("scoring.worklist"), 303)
    head = queries.sheet_head(sheet_id)
    assert head is not None
    return render_template("scoring/abstain.html", sheet=head, title=room.title(head), f=form), form.status


@blueprint.get("/sheets/<int:sheet_id>/receipt")
@needs_on_subject("score_sheet.read")
def receipt(sheet_id: int) -> Page:
    """The sheet as a paper: the expert's receipt, or what the supervisor looks at, which is recorded."""
    head = reach(queries.sheet_head(sheet_id), "score_sheet.read")
    services.note_look(actor(), head)
    criteria = room.criteria(head)
    entries = [row.entry for row in queries.item_rows(sheet_id)]
    versions = queries.submitted_versions(sheet_id)
    typed = request.args.get("check", "").strip()
    return render_template(
        "scoring/receipt.html",
        sheet=head,
        criteria=criteria,
        entries=entries,
        categories=rules.category_totals(entries, criteria),
        versions=versions,
        recorded=receipts.recorded(versions, audit_log.of_subject("score_sheet", sheet_id)),
        typed=typed,
        checked=receipts.check(versions, typed) if typed else None,
        title=room.title(head),
    )


@blueprint.get("/sheets/<int:sheet_id>/submitted/<int:number>.json")
@needs_on_subject("score_sheet.read")
def submitted(sheet_id: int, number: int) -> Response:
    """The very bytes over which the digest of a submission was taken."""
    head = reach(queries.sheet_head(sheet_id), "score_sheet.read")
    services.note_look(actor(), head)
    versions = {each.number: each for each in queries.submitted_versions(sheet_id)}
    if number not in versions:
        abort(404)
    content = BytesIO(canonical(versions[number].content).encode())
    name = f"{head.number}-{head.expert_number}-{number}.json"
    return attachment(content, filename=name, media_type="application/json")


@blueprint.get("/sheets/<int:sheet_id>/submitted/<int:number>/record.json")
@needs_on_subject("score_sheet.read")
def submission_on_record(sheet_id: int, number: int) -> Response:
    """The line of the audit log that holds a submission's digest, as the log's export has it: its hash can be worked out."""
    head = reach(queries.sheet_head(sheet_id), "score_sheet.read")
    services.note_look(actor(), head)
    found = receipts.recorded(queries.submitted_versions(sheet_id), audit_log.of_subject("score_sheet", sheet_id))
    if number not in found:
        abort(404)
    content = BytesIO("".join(json_lines([found[number]])).encode())
    return attachment(content, filename=f"{head.number}-{number}-audit.json", media_type="application/json")


def _scorebook(head: SheetHead, criteria: CriteriaSet, **refused: Any) -> str:
    rulebook = room.rulebook(head)
    rule = rulebook.round(head.round_key)
    dossier = dossier_shown(actor(), head, rulebook)
    files = dossier.files if dossier else ()
    file_address = url_for("panels.file", assignment_id=head.assignment_id, file_id=0).removesuffix("0")
    sought = request.args.get("find", "").strip()[:FIND_LIMIT]
    return render_template(
        "scoring/sheet.html",
        sheet=head,
        title=room.title(head),
        group=rulebook.group(head.group_key).name,
        dossier=dossier,
        file_urls={file.id: f"{file_address}{file.id}" for file in files},
        cited=partial(references, files=files),
        citation=PATTERN,
        sought=sought,
        marked=marked,
        pane="dossier" if sought else "sheet",
        view=sheet_view(criteria, queries.item_rows(head.id), before=earlier.before(rule, head), **refused),
        hearing=rule.defence is not None,
        held_back=earlier.held_back(rule, head),
        limit=rules.TEXT_LIMIT,
        refused=bool(refused),
        stale=bool(refused.get("stored")),
    )


def _submission(head: SheetHead) -> str:
    criteria, rule = room.criteria(head), room.rulebook(head).round(head.round_key)
    entries = [row.entry for row in queries.item_rows(head.id)]
    back = url_for("scoring.sheet", sheet_id=head.id)
    return render_template(
        "scoring/submit.html",
        sheet=head,
        title=room.title(head),
        criteria=criteria,
        gaps=[
            (message, f"{back}#{code}-percent") if code else message
            for code, message in earlier.gaps(rule, entries, head, criteria)
        ],
        silent=[(code, f"{back}#{code}-percent") for code in rules.without_comment(entries)],
        categories=rules.category_totals(entries, criteria),
        back=back,
    )


def _after_saving(subject: ScoreSheet) -> str:
    """Where the button that was pressed leads: on, to the next dossier, or to the check before submission."""
    then = request.form.get("then", "")
    if then == "submit":
        return url_for("scoring.confirm_submission", sheet_id=subject.id)
    if then == "skip":
        services.skip(actor(), subject)
    if then not in ("next", "skip"):
        return url_for("scoring.sheet", sheet_id=subject.id)
    following = queries.next_task(actor(), subject)
    return url_for("scoring.sheet", sheet_id=following.sheet_id) if following else url_for("scoring.worklist")
