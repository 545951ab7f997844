"""Screens of editions: list, new, calendar, rulebook as sentences, opening, working days."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.kernel import clock
from app.kernel.errors import NotFound
from app.programmes import forms, queries, services
from app.programmes.rules.sentences import sentences
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _

blueprint = Blueprint("programmes", __name__, template_folder="templates")

Answer = Response | str | tuple[str, int]
YEARS_AROUND = 10
"""How far the calendar of working days leads on, from this year: a link to the next year for ever is a trap for programs."""


@blueprint.get("/editions")
@needs("edition.list")
def editions() -> str:
    return render_template("programmes/editions.html", editions=queries.all_editions())


@blueprint.route("/editions/new", methods=["GET", "POST"])
@needs("edition.create")
def new() -> Answer:
    form = forms.EditionForm()
    form.offer(services.shipped_rulebooks())
    if form.validate_on_submit():
        with form.problems():
            edition = services.create_edition(
                actor(),
                rulebook_key=form.text("rulebook_key"),
                number=form.number.data or 0,
                code=form.text("code"),
                starts=form.starts.data or clock.today(),
            )
            flash(_("已按规则建立本届，请核对日程后启动。"))
            return redirect(url_for("programmes.edition", edition_id=edition.id), 303)
    return render_template("programmes/new.html", form=form), form.status


@blueprint.get("/editions/<int:edition_id>")
@needs_on_subject("edition.read")
def edition(edition_id: int) -> str:
    found = reach(queries.find_edition(edition_id), "edition.read")
    rulebook = queries.rulebook_of(found)
    return render_template("programmes/edition.html", found=found, rulebook=rulebook, calendar=queries.calendar(found))


@blueprint.route("/editions/<int:edition_id>/calendar", methods=["GET", "POST"])
@needs_on_subject("edition.plan")
def calendar(edition_id: int) -> Answer:
    found = reach(queries.find_edition(edition_id), "edition.read")
    rows = queries.calendar(found)
    form = forms.period_form(found, [(row.key, row.name) for row in rows])
    if form.validate_on_submit():
        with form.problems():
            version = request.form.get("version", type=int) or 0
            services.plan_periods(actor(), found, forms.windows(form, found), version=version)
            flash(_("日程已保存。"))
            return redirect(url_for("programmes.edition", edition_id=edition_id), 303)
    return render_template("programmes/calendar.html", found=found, rows=rows, form=form), form.status


@blueprint.route("/editions/<int:edition_id>/rulebook/replace", methods=["GET", "POST"])
@needs_on_subject("edition.change_rulebook")
def replace_rulebook(edition_id: int) -> Answer:
    found = reach(queries.find_edition(edition_id), "edition.read")
    form = forms.RulebookForm()
    if form.validate_on_submit():
        with form.problems():
            services.replace_rulebook(actor(), found, form.file.data.read().decode("utf-8", "replace"))
            flash(_("规则已更换。"))
            return redirect(url_for("programmes.edition", edition_id=edition_id), 303)
    return render_template("programmes/replace_rulebook.html", found=found, form=form), form.status


@blueprint.route("/editions/<int:edition_id>/open", methods=["GET", "POST"])
@needs_on_subject("edition.open")
def open_call(edition_id: int) -> Answer:
    found = reach(queries.find_edition(edition_id), "edition.read")
    if request.method == "POST":
        services.open_edition(actor(), found)
        flash(_("本届已启动，规则已冻结。"))
        return redirect(url_for("programmes.edition", edition_id=edition_id), 303)
    return render_template("programmes/open.html", found=found, rulebook=queries.rulebook_of(found))


@blueprint.get("/rulebook/<code>")
@needs("rulebook.read")
def rulebook(code: str) -> str:
    found = queries.published_edition(code, actor())
    if found is None:
        raise NotFound
    book = queries.rulebook_of(found)
    return render_template("programmes/rulebook.html", found=found, book=book, sections=sentences(book))


@blueprint.route("/workdays", methods=["GET", "POST"])
@needs("edition.list")
def workdays() -> Answer:
    this_year = clock.today().year
    year = request.args.get("year", default=this_year, type=int)
    form = forms.WorkdayForm()
    if form.validate_on_submit():
        with form.problems():
            services.mark_day(
                actor(), form.day.data or clock.today(), working=form.working.data == "1", note=form.text("note")
            )
            flash(_("已记入工作日历。"))
            return redirect(url_for("programmes.workdays", year=year), 303)
    kept, near = queries.working_calendar(), range(this_year - YEARS_AROUND, this_year + YEARS_AROUND + 1)
    return render_template("programmes/workdays.html", year=year, near=near, calendar=kept, form=form), form.status
