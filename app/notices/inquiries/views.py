"""Screens of an inquiry: the office's page and its steps, the applicant's answer, the objector's own page."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.audit.services import record_look
from app.kernel import file_types, files
from app.kernel.errors import NotFound
from app.notices import queries as notices
from app.notices import rules as notice_rules
from app.notices.inquiries import queries, services
from app.notices.inquiries.forms import (
    DeclareForm,
    ExtendForm,
    FindingForm,
    HandlerForm,
    QuestionForm,
    RecuseForm,
    ReplyForm,
)
from app.notices.inquiries.models import ObjectionRequest
from app.notices.models import EFFECT_LABELS, Objection, ObjectionEffect
from app.policy import allows
from app.programmes.queries import rulebook_of
from app.web.downloads import attachment
from app.web.forms import BaseForm
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _

blueprint = Blueprint("inquiries", __name__, template_folder="templates")

Answer = Response | str | tuple[str, int]
ACTS = ("assign", "declare", "recuse", "ask", "extend", "uphold")


def _objection(objection_id: int) -> Objection:
    return reach(notices.find_objection(objection_id), "objection.read")


def _back(objection: Objection, said: str) -> Response:
    flash(said, "done")
    return redirect(url_for("inquiries.show", objection_id=objection.id), 303)


# --- the office ---------------------------------------------------------------------------------------------------


@blueprint.get("/objections/<int:objection_id>")
@needs_on_subject("objection.read")
def show(objection_id: int) -> str:
    found = _objection(objection_id)
    record_look(actor(), "objection.read", found)
    return render_template(
        "inquiries/show.html",
        found=found,
        against=notices.objected_to(found),
        identity=notice_rules.masked(found.identity),
        requests=queries.requests_of(found),
        record=queries.record_of(found),
        late=queries.is_late(found),
        days_left=queries.days_left(found.notice.edition, found.due_on),
        may={act: allows(actor(), f"objection.{act}", found) for act in ACTS},
        no_extension=services.missing_to_extend(found),
        effects=EFFECT_LABELS,
    )


@blueprint.route("/objections/<int:objection_id>/handler", methods=["GET", "POST"])
@needs_on_subject("objection.assign")
def assign(objection_id: int) -> Answer:
    found, form = _objection(objection_id), HandlerForm()
    offered = queries.handlers(found)
    form.offer(offered)
    if form.validate_on_submit():
        with form.problems():
            handler = queries.find_handler(form.handler_id.data)
            if handler is None:
                raise NotFound
            services.assign(actor(), found, handler)
            return _back(found, _("已指定办理人，等待其声明。"))
    barred = [each for each in offered if each.obstacles]
    return render_template("inquiries/assign.html", found=found, form=form, barred=barred), form.status


def _step(objection_id: int, template: str, form: BaseForm, *, act: Callable[[Objection], object], said: str) -> Answer:
    """One act of an inquiry on a page of its own."""
    found = _objection(objection_id)
    if form.validate_on_submit():
        with form.problems():
            act(found)
            return _back(found, said)
    rule = rulebook_of(found.notice.edition).objection
    return render_template(f"inquiries/{template}.html", found=found, form=form, rule=rule), form.status


@blueprint.route("/objections/<int:objection_id>/declare", methods=["GET", "POST"])
@needs_on_subject("objection.declare")
def declare(objection_id: int) -> Answer:
    said = _("已声明无利害关系，由您承办。")
    return _step(objection_id, "declare", DeclareForm(), act=lambda found: services.declare(actor(), found), said=said)


@blueprint.route("/objections/<int:objection_id>/recuse", methods=["GET", "POST"])
@needs_on_subject("objection.recuse")
def recuse(objection_id: int) -> Answer:
    form = RecuseForm()

    def act(found: Objection) -> None:
        services.recuse(actor(), found, reason=form.text("reason"))

    return _step(objection_id, "recuse", form, act=act, said=_("已回避，请另行指定办理人。"))


@blueprint.route("/objections/<int:objection_id>/request", methods=["GET", "POST"])
@needs_on_subject("objection.ask")
def ask(objection_id: int) -> Answer:
    form = QuestionForm()

    def act(found: Objection) -> None:
        services.ask(actor(), found, question=form.text("question"), due_on=form.day())

    return _step(objection_id, "ask", form, act=act, said=_("已请申报者说明。"))


@blueprint.route("/objections/<int:objection_id>/extension", methods=["GET", "POST"])
@needs_on_subject("objection.extend")
def extend(objection_id: int) -> Answer:
    form = ExtendForm()

    def act(found: Objection) -> None:
        services.extend(actor(), found, reason=form.text("reason"))

    return _step(objection_id, "extend", form, act=act, said=_("答复期限已延长，并告知异议人。"))


def _finding_page(found: Objection, form: FindingForm) -> tuple[str, int]:
    against = notices.objected_to(found)
    effect = ObjectionEffect.NEW_VOTE if against else ObjectionEffect.NEW_NOTICE
    page = render_template(
        "inquiries/decide.html",
        found=found,
        form=form,
        against=against,
        effect=EFFECT_LABELS[effect],
        missing=services.missing_to_decide(found),
        requests=queries.requests_of(found),
    )
    return page, form.status


@blueprint.get("/objections/<int:objection_id>/finding")
@needs_on_subject("objection.uphold")
def decide(objection_id: int) -> Answer:
    return _finding_page(_objection(objection_id), FindingForm())


def _decided(objection_id: int, decide_so: Callable[..., None]) -> Answer:
    found, form = _objection(objection_id), FindingForm()
    if form.validate_on_submit():
        with form.problems():
            decide_so(actor(), found, form.found())
            return _back(found, _("结论已记录，并答复异议人。"))
    return _finding_page(found, form)


@blueprint.post("/objections/<int:objection_id>/uphold")
@needs_on_subject("objection.uphold")
def uphold(objection_id: int) -> Answer:
    return _decided(objection_id, services.uphold)


@blueprint.post("/objections/<int:objection_id>/reject")
@needs_on_subject("objection.reject")
def reject(objection_id: int) -> Answer:
    return _decided(objection_id, services.reject)


# --- the applicant ------------------------------------------------------------------------------------------------


def _request(request_id: int) -> ObjectionRequest:
    return reach(queries.find_request(request_id), "objection_request.read")


def _request_page(asked: ObjectionRequest, form: ReplyForm) -> tuple[str, int]:
    page = render_template(
        "inquiries/request.html",
        asked=asked,
        dossier=queries.asked_dossier(asked),
        form=form,
        missing=services.missing_to_answer(asked),
        may_answer=allows(actor(), "objection_request.answer", asked),
    )
    return page, form.status


@blueprint.get("/objection-requests/<int:request_id>")
@needs_on_subject("objection_request.read")
def request(request_id: int) -> Answer:
    return _request_page(_request(request_id), ReplyForm())


@blueprint.post("/objection-requests/<int:request_id>")
@needs_on_subject("objection_request.answer")
def answer(request_id: int) -> Answer:
    asked, form = _request(request_id), ReplyForm()
    if form.validate_on_submit():
        with form.problems():
            services.answer_request(actor(), asked, text=form.text("answer"), papers=form.given_papers())
            flash(_("您的说明已交给办理人。"), "done")
            return redirect(url_for("inquiries.request", request_id=request_id), 303)
    return _request_page(asked, form)


@blueprint.get("/objection-requests/<int:request_id>/files/<int:paper_id>")
@needs_on_subject("objection_request.read")
def paper(request_id: int, paper_id: int) -> Response:
    kept = queries.find_paper(_request(request_id), paper_id)
    if kept is None:
        raise NotFound
    kind = file_types.TYPES[file_types.suffix_of(kept.name)]
    return attachment(files.store().open(kept.sha256), filename=kept.name, media_type=kind.media_type)


# --- the objector -------------------------------------------------------------------------------------------------


@blueprint.get("/objections/follow/<token>")
@needs("objection.follow")
def follow(token: str) -> str:
    found = notices.objection_by_token(token)
    if found is None:
        raise NotFound
    return render_template(
        "inquiries/follow.html",
        found=found,
        token=token,
        against=notices.objected_to(found),
        identity=notice_rules.masked(found.identity),
        extensions=queries.extensions_of(found),
        effects=EFFECT_LABELS,
    )
