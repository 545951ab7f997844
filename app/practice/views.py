"""Screens of practice: the cases, one case with the model answer afterwards, and who has finished."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.kernel.errors import NotFound
from app.practice import models, queries, rules, services  # noqa: F401
from app.practice.forms import AnswersForm, answers_form
from app.practice.models import PracticeSheet
from app.programmes import current
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _
from app.workflow import PracticeState

blueprint = Blueprint("practice", __name__, template_folder="templates")

Page = str | Response | tuple[str, int]
FINISH = "finish"


def _edition() -> Edition:
    chosen = current.chosen()
    if chosen is None:
        raise NotFound
    return chosen


@blueprint.get("/practice")
@needs("practice_sheet.begin")
def index() -> Page:
    edition = _edition()
    return render_template(
        "practice/index.html",
        edition=edition,
        cases=queries.cases_of(edition),
        sheets=queries.own_sheets(actor(), edition),
        sittings=queries.sittings_of(edition),
    )


@blueprint.post("/practice/<key>/begin")
@needs("practice_sheet.begin")
def begin(key: str) -> Page:
    services.begin(actor(), _edition(), _case(key))
    return redirect(url_for("practice.case", key=key), 303)


@blueprint.get("/practice/<key>")
@needs("practice_sheet.begin")
def case(key: str) -> Page:
    sheet = queries.find_sheet(_edition().id, actor().expert_id or 0, _case(key).case.key)
    if sheet is None:
        return redirect(url_for("practice.index"))
    return _page(sheet, _form(sheet))


@blueprint.post("/practice/<key>")
@needs_on_subject("practice_sheet.save")
def save(key: str) -> Page:
    """Both buttons keep what was typed; one of them then asks for the model answer."""
    sheet = _own(key)
    form = _form(sheet)
    if form.validate_on_submit():
        with form.problems():
            services.save(actor(), sheet, form.answered(_case(key).case.codes))
            if request.form.get("then") == FINISH:
                services.finish(actor(), sheet)
            else:
                flash(_("已保存，可以稍后继续。"), "done")
            return redirect(url_for("practice.case", key=key), 303)
    return _page(_own(key), form)


@blueprint.get("/practice/overview")
@needs("practice_sheet.list")
def overview() -> Page:
    edition = _edition()
    cases = {each.case.key: each.case for each in queries.cases_of(edition)}
    sheets = queries.sheets_of(edition)
    compared = {sheet.id: _comparison(sheet) for sheet in sheets if sheet.state is PracticeState.FINISHED}
    return render_template("practice/overview.html", edition=edition, cases=cases, sheets=sheets, compared=compared)


def _own(key: str) -> PracticeSheet:
    return reach(queries.find_sheet(_edition().id, actor().expert_id or 0, _case(key).case.key), "practice_sheet.save")


def _case(key: str) -> queries.ShippedCase:
    found = next((each for each in queries.cases_of(_edition()) if each.case.key == key), None)
    if found is None:
        raise NotFound
    return found


def _form(sheet: PracticeSheet) -> AnswersForm:
    criteria = rulebook_of(sheet.edition).criteria(queries.shipped()[sheet.case_key].case.criteria)
    return answers_form(sheet.answers, criteria.percents)


def _comparison(sheet: PracticeSheet) -> rules.Comparison:
    percents = {code: percent for code, percent in sheet.percents().items() if percent is not None}
    return rules.compare(queries.shipped()[sheet.case_key].case, percents)


def _page(sheet: PracticeSheet, form: AnswersForm) -> tuple[str, int]:
    found = queries.shipped()[sheet.case_key].case
    criteria = rulebook_of(sheet.edition).criteria(found.criteria)
    is_finished = sheet.state is PracticeState.FINISHED
    comparison = _comparison(sheet) if is_finished else None
    page = render_template(
        "practice/case.html",
        sheet=sheet,
        case=found,
        criteria=criteria,
        form=form,
        comparison=comparison,
        words=rules.in_words(comparison) if comparison else [],
        reasons={answer.item_code: answer.reason for answer in sheet.answers},
    )
    return page, form.status
