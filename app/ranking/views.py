"""Screens of the ranking: computed, read, confirmed, exported."""

from hashlib import sha256

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.kernel.errors import Forbidden, NotFound
from app.kernel.spreadsheets import FORMATS
from app.kernel.words import N_, Message
from app.policy import allows
from app.programmes import current
from app.ranking import (
    advice_pages,
    advice_queries,
    extra_readers,
    models,  # noqa: F401
    pages,
    portrait,
    queries,
    rules,
    services,
    tie_pages,
)
from app.ranking.explanation import explanation
from app.ranking.forms import ConfirmForm
from app.ranking.stepping_aside import demand_impartial, stepped_aside
from app.scoring.queries import rounds_of
from app.web.downloads import attachment
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _

blueprint = Blueprint("ranking", __name__, template_folder="templates")

Page = str | Response | tuple[str, int]


@blueprint.get("/rankings")
@needs("ranking.list")
def index() -> Page:
    header = current.header()
    edition_id = request.args.get("edition", type=int) or (header.id if header else 0)
    found = queries.views(actor(), edition_id)
    return render_template(
        "ranking/index.html",
        rounds=rounds_of(edition_id),
        rankings={round_id: [each for each in found if each.round_id == round_id] for round_id in _rounds(found)},
        may_compute=allows(actor(), "ranking.compute"),
    )


def _rounds(found: list[queries.RankingView]) -> set[int]:
    return {each.round_id for each in found}


@blueprint.post("/rounds/<int:round_id>/ranking")
@needs_on_subject("ranking.compute")
def compute(round_id: int) -> Page:
    ranking = services.compute(actor(), reach(queries.find_round(round_id), "ranking.list"))
    flash(_("排名已计算，请核对后确认。"), "done")
    return redirect(url_for("ranking.show", ranking_id=ranking.id), 303)


def reached(ranking_id: int) -> queries.RankingView:
    found = reach(queries.view(ranking_id), "ranking.read")
    if rules.scores_hidden(pages.rulebook_for(found), actor()):
        raise Forbidden(
            Message(
                N_(
                    "本届评审规则规定，委员看到的材料只列名次，不列得分，所以排名和它的分析不对委员开放。名次请看会议材料。"
                )
            ),
            "scores_hidden",
        )
    return found


@blueprint.get("/rankings/<int:ranking_id>")
@needs_on_subject("ranking.read")
def show(ranking_id: int) -> Page:
    found = reached(ranking_id)
    lines, blind = queries.lines(ranking_id), is_blind(found)
    lines = pages.without_names(lines) if blind else lines
    rulebook = pages.rulebook_for(found)
    return render_template(
        "ranking/show.html",
        ranking=found,
        blind=blind,
        ranked=[line for line in lines if line.rank is not None],
        unranked=[(line, pages.reason_of(line, rulebook)) for line in lines if line.rank is None],
        words=pages.words_for(found, lines, rulebook),
        said=pages.said(),
        marks=pages.marks(found, rulebook),
        cuts=rules.cut_positions(found.summary),
        sentences=explanation(rulebook, found.round_key),
        may_confirm=allows(actor(), "ranking.confirm", found),
        may_export=allows(actor(), "ranking.export", found),
        may_read_advice=allows(actor(), "advice.read", found),
    )


def reached_advice(ranking_id: int) -> tuple[queries.RankingView, advice_queries.Advised]:
    found = reached(ranking_id)
    advised = advice_queries.advised(ranking_id)
    if advised is None:
        raise NotFound
    return found, advised


def is_blind(view: queries.RankingView) -> bool:
    return rules.names_hidden(pages.rulebook_for(view), actor())


@blueprint.get("/rankings/<int:ranking_id>/advice")
@needs_on_subject("advice.read")
def advice(ranking_id: int) -> Page:
    found, advised = reached_advice(ranking_id)
    lines = queries.lines(ranking_id)
    told = advice_pages.teller(found, advised.content, lines, blind=is_blind(found))
    on_wall = request.args.get("view") == "wall"
    return render_template(
        "ranking/wall.html" if on_wall else "ranking/advice.html",
        ranking=found,
        advised=advised,
        page=told.page(),
        recused=stepped_aside(actor(), found.edition_id),
        may_watch=allows(actor(), "advice.watch", found),
    )


@blueprint.get("/rankings/<int:ranking_id>/experts")
@needs_on_subject("advice.watch")
def experts(ranking_id: int) -> Page:
    found, advised = reached_advice(ranking_id)
    told = advice_pages.teller(found, advised.content, (), blind=False)
    people = advice_queries.names_of_experts(found.edition_id)
    return render_template(
        "ranking/experts.html",
        ranking=found,
        rounds=list(told.manners(people, found.round_key)),
        ties=tie_pages.ties(advised.content, people, told.rulebook.panel.region_level.value),
    )


@blueprint.get("/rankings/<int:ranking_id>/extra")
@needs_on_subject("advice.watch")
def extra(ranking_id: int) -> Page:
    found, advised = reached_advice(ranking_id)
    return render_template(
        "ranking/extra.html",
        ranking=found,
        proposals=extra_readers.proposals(found, advised.content),
        may_seat=allows(actor(), "assignment.seat"),
    )


@blueprint.get("/rankings/<int:ranking_id>/dossiers/<int:application_id>")
@needs_on_subject("advice.read")
def dossier(ranking_id: int, application_id: int) -> Page:
    found, advised = reached_advice(ranking_id)
    lines = queries.lines(ranking_id)
    told = advice_pages.teller(found, advised.content, lines, blind=is_blind(found))
    row = told.row_of(application_id)
    if row is None:
        raise NotFound
    demand_impartial(actor(), found.edition_id, application_id)
    rulebook = pages.rulebook_for(found)
    sheets = portrait.sheets(found, application_id)
    return render_template(
        "ranking/dossier.html",
        ranking=found,
        row=row,
        page=told.page(),
        rounds=portrait.rounds(rulebook, sheets, seed=advised.digest),
        radar=portrait.radar(rulebook, row.line, portrait.marks(found)),
    )


@blueprint.route("/rankings/<int:ranking_id>/confirm", methods=["GET", "POST"])
@needs_on_subject("ranking.confirm")
def confirm(ranking_id: int) -> Page:
    found = reach(queries.find(ranking_id), "ranking.read")
    form = ConfirmForm()
    if form.validate_on_submit():
        with form.problems():
            services.confirm(actor(), found)
            flash(_("排名已确认并冻结。"), "done")
            return redirect(url_for("ranking.show", ranking_id=ranking_id), 303)
    page = render_template(
        "ranking/confirm.html",
        ranking=found,
        lines=queries.lines(ranking_id),
        missing=services.missing_for_confirming(found),
        f=form,
    )
    return page, form.status


@blueprint.get("/rankings/<int:ranking_id>.<any(xlsx, csv):suffix>")
@needs_on_subject("ranking.export")
def export(ranking_id: int, suffix: str) -> Response:
    found = reach(queries.view(ranking_id), "ranking.read")
    write, media_type = FORMATS[suffix]
    content = write(pages.table(found, queries.lines(ranking_id)))
    services.note_export(actor(), found, sha256=sha256(content.getbuffer()).hexdigest())
    return attachment(content, filename=pages.filename(found, suffix), media_type=media_type)
