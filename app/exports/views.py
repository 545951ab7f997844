"""Screens of exports: what may be had, what was ordered, the files themselves; and the lists that hang on a wall."""

from flask import Blueprint, flash, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.exports import making, models, queries, rules, services, walls
from app.exports.rules import ExportFormat, ExportKind
from app.kernel import files, progress, spreadsheets
from app.kernel.errors import NotFound
from app.kernel.typesetting import PDF_TYPE
from app.notices import queries as notices
from app.notices.models import Notice
from app.outcomes.letters import queries as letters
from app.policy import allows
from app.programmes import current
from app.programmes.models import Edition, Round
from app.programmes.queries import find_edition
from app.ranking import queries as rankings
from app.web.downloads import attachment
from app.web.formats import say
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _
from app.workflow import ExportState

blueprint = Blueprint("exports", __name__, template_folder="templates")

MEDIA_TYPES = {
    ExportFormat.XLSX: spreadsheets.XLSX_TYPE,
    ExportFormat.CSV: spreadsheets.CSV_TYPE,
    ExportFormat.PDF: PDF_TYPE,
    ExportFormat.ZIP: "application/zip",
}
PATH = "<any(scores, comments, summary):kind>.<any(xlsx, csv, pdf):suffix>"


@blueprint.get("/exports")
@needs("export.list")
def index() -> str:
    edition = current.chosen()
    if edition is None:
        return render_template("exports/index.html", found=None)
    ordered = queries.ordered(actor(), edition.id)
    under_way = next((each for each in ordered if each.state is ExportState.ORDERED), None)
    done, total = progress.told(under_way.key) if under_way else (0, 0)
    return render_template(
        "exports/index.html",
        found=edition,
        offers=queries.offers(actor(), edition.rounds),
        notices=_posted(edition),
        ordered=ordered,
        under_way=under_way,
        done=done,
        total=total,
        text=services.stage_of(under_way, done=done, total=total) if under_way else None,
        kinds=rules.KIND_LABELS,
        formats=rules.FORMAT_LABELS,
        formats_of=rules.FORMATS_OF,
        of_a_round=rules.OF_A_ROUND,
        of_a_ranking=rules.OF_A_RANKING,
        letters=letters.count(edition.id) if allows(actor(), "letter.list") else 0,
        may_see_wall=allows(actor(), "paper.read"),
    )


def _posted(edition: Edition) -> list[Notice]:
    return [each for each in notices.notices_of(actor(), edition.id) if each.digest]


@blueprint.post(f"/rounds/<int:round_id>/exports/{PATH}")
@needs_on_subject("export.order")
def order_of_round(round_id: int, kind: str, suffix: str) -> Response:
    return _order(reach(queries.find_round(round_id), "export.list"), kind, suffix, None)


@blueprint.post(f"/rankings/<int:ranking_id>/exports/{PATH}")
@needs_on_subject("export.order")
def order_of_ranking(ranking_id: int, kind: str, suffix: str) -> Response:
    ranking = reach(rankings.find(ranking_id), "advice.read")
    return _order(ranking.round, kind, suffix, ranking_id)


@blueprint.post("/editions/<int:edition_id>/exports/letters.zip")
@needs_on_subject("export.order")
def order_letters(edition_id: int) -> Response:
    edition: Edition = reach(find_edition(edition_id), "edition.read")
    services.order_letters(actor(), edition)
    return redirect(url_for("exports.index", edition=edition.id), 303)


def _order(round_: Round, kind: str, suffix: str, ranking_id: int | None) -> Response:
    if not rules.is_offered(kind, suffix, ranked=ranking_id is not None):
        raise NotFound
    export = services.order(actor(), round_, ExportKind(kind), ExportFormat(suffix), ranking_id=ranking_id)
    if services.is_small(export):
        making.make_now(export)
        flash(_("文件已制成，请在 24 小时内下载。"), "done")
    return redirect(url_for("exports.index", edition=round_.edition_id), 303)


@blueprint.get("/exports/<int:export_id>/progress")
@needs_on_subject("export.read")
def job(export_id: int) -> Response:
    """Asked by the page's script while the clock works."""
    export: models.Export = reach(queries.find(export_id), "export.read")
    done, total = progress.told(export.key)
    answer = {"done": done, "total": total, "text": say(services.stage_of(export, done=done, total=total))}
    if export.state is not ExportState.ORDERED:
        answer["url"] = url_for("exports.index", edition=export.edition_id)
    return jsonify(answer)


@blueprint.get("/exports/<int:export_id>/file")
@needs_on_subject("export.take")
def take(export_id: int) -> Response:
    """Who takes what along is on record before it leaves."""
    export: models.Export = reach(queries.find(export_id), "export.read")
    content = files.passing().open(export.sha256)
    services.note_taken(actor(), export)
    return attachment(content, filename=export.filename, media_type=MEDIA_TYPES[export.suffix])


# --- on the wall --------------------------------------------------------------------------------------------------


@blueprint.get("/rounds/<int:round_id>/wall-list.pdf")
@needs_on_subject("paper.read")
def wall_list(round_id: int) -> Response:
    """The dossiers of each group for the door of the room: no expert and no score stands on it."""
    made = walls.of_round(reach(queries.find_round(round_id), "progress.read"))
    return attachment(made.content, filename=made.filename, media_type=PDF_TYPE)


@blueprint.get("/notices/<int:notice_id>/poster.pdf")
@needs_on_subject("notice.read")
def poster(notice_id: int) -> Response:
    """What was published, to be hung up; of a draft there is none."""
    notice = reach(notices.find(notice_id), "notice.read")
    if not notice.digest:
        raise NotFound
    made = walls.of_notice(notice)
    return attachment(made.content, filename=made.filename, media_type=PDF_TYPE)
