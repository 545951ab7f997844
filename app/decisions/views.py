"""Screens of the committee: members, sessions, papers, the secret ballot, the count and the minutes."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.decisions import queries, services
from app.decisions.forms import (
    AttendanceForm,
    ConfirmForm,
    MemberForm,
    RecusalForm,
    SessionForm,
    ballot_form,
    choices_in,
)
from app.decisions.models import CommitteeSession
from app.kernel.errors import NotFound, WrongState
from app.kernel.words import N_, Message
from app.programmes import current
from app.programmes.models import Edition
from app.web.fields import choice
from app.web.formats import say
from app.web.forms import BaseForm
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _
from app.web.transactions import sealed

blueprint = Blueprint("decisions", __name__, template_folder="templates")

Answer = Response | str | tuple[str, int]
CODES = "ballot_codes"


def chosen_edition() -> Edition:
    found = current.chosen()
    if found is None:
        raise NotFound
    return found


def reached(session_id: int) -> CommitteeSession:
    return reach(queries.find(session_id), "session.read")


def back_to(session_id: int) -> Response:
    return redirect(url_for("decisions.show", session_id=session_id), 303)


# --- sessions and members -----------------------------------------------------------------------------------------


@blueprint.get("/committee")
@needs("session.list")
def sessions() -> str:
    found = current.chosen()
    listed = None if found is None else queries.overview(actor(), found.id)
    return render_template("decisions/sessions.html", found=found, listed=listed)


@blueprint.route("/committee/members", methods=["GET", "POST"])
@needs("member.list")
def members() -> Answer:
    found = chosen_edition()
    form = MemberForm()
    form.user_id.choices = [
        choice(str(key), f"{name} {email}") for key, name, email in queries.possible_members(found.id)
    ]
    if form.validate_on_submit():
        with form.problems():
            services.add_member(actor(), found, queries.get_user(form.user_id.data), post=form.text("post"))
            flash(_("已加入本届委员名单。"))
            return redirect(url_for("decisions.members", edition=request.args.get("edition")), 303)
    listed = queries.members_of(found.id)
    return render_template("decisions/members.html", found=found, form=form, members=listed), form.status


@blueprint.route("/committee/convene", methods=["GET", "POST"])
@needs("session.convene")
def convene() -> Answer:
    found, form = chosen_edition(), SessionForm()
    ranking = queries.final_ranking(found.id)
    if ranking is None:
        raise WrongState(Message(N_("最终排名还没有确认。请先在“排名”中确认。")))
    if form.validate_on_submit():
        with form.problems():
            convened = services.convene(actor(), ranking, held_at=form.instant(found), place=form.text("place"))
            flash(_("会议已召集，通知已发给全体委员。"))
            return back_to(convened.id)
    missing = services.missing_for_convening(ranking, queries.members_of(found.id))
    return render_template("decisions/convene.html", found=found, form=form, missing=missing), form.status


@blueprint.get("/committee/<int:session_id>")
@needs_on_subject("session.read")
def show(session_id: int) -> str:
    room = queries.room(reached(session_id), actor())
    template = "decisions/member.html" if room.for_member else "decisions/session.html"
    form = AttendanceForm(data={"members": sorted(room.present)})
    return render_template(template, room=room, found=room.session, form=form, missing=missing_now(room))


def missing_now(room: queries.Room) -> list[Message]:
    return services.missing_for_vote(room.session) if room.session.state == "convened" else []


@blueprint.post("/committee/<int:session_id>/attendance")
@needs_on_subject("session.attend")
def attend(session_id: int) -> Response:
    found = reached(session_id)
    services.record_attendance(actor(), found, request.form.getlist("members", type=int))
    flash(_("到会名单已保存。"))
    return back_to(session_id)


@blueprint.route("/committee/<int:session_id>/recusal", methods=["GET", "POST"])
@needs_on_subject("session.recuse")
def recuse(session_id: int) -> Answer:
    found, form = reached(session_id), RecusalForm()
    dossiers = queries.dossiers_by_name(found)
    form.application_id.choices = [choice(str(each.id), each.name) for each in dossiers.values()]
    if form.validate_on_submit():
        with form.problems():
            services.recuse(actor(), found, dossiers[form.application_id.data], reason=form.text("reason"))
            flash(_("已登记回避。该件您不投票，也不计入表决人数。"))
            return back_to(session_id)
    return render_template("decisions/recusal.html", found=found, form=form), form.status


# --- the vote -----------------------------------------------------------------------------------------------------


@blueprint.route("/committee/<int:session_id>/open", methods=["GET", "POST"])
@needs_on_subject("session.open")
def open_voting(session_id: int) -> Answer:
    found, form = reached(session_id), ConfirmForm()
    if form.validate_on_submit():
        with form.problems():
            services.open_voting(actor(), found)
            flash(_("已宣布开始投票。"))
            return back_to(session_id)
    room, missing = queries.room(found, actor()), services.missing_for_vote(found)
    return render_template("decisions/open.html", room=room, found=found, form=form, missing=missing), form.status


def ballot_page(session_id: int) -> tuple[queries.Room, BaseForm]:
    """The member's own ballot paper; who has voted or is not present is told so instead."""
    room = queries.room(reached(session_id), actor())
    if not room.may_vote:
        raise WrongState(services.NO_RIGHT)
    return room, ballot_form(room.my_papers, room.choice_names)


@blueprint.get("/committee/<int:session_id>/vote")
@needs_on_subject("session.vote")
def ballot(session_id: int) -> str:
    room, form = ballot_page(session_id)
    return render_template("decisions/ballot.html", room=room, found=room.session, form=form)


@blueprint.post("/committee/<int:session_id>/vote/check")
@needs_on_subject("session.vote")
@sealed
def check(session_id: int) -> Answer:
    """What is about to be cast, read back; nothing is stored yet."""
    room, form = ballot_page(session_id)
    if not form.validate_on_submit():
        return render_template("decisions/ballot.html", room=room, found=room.session, form=form), form.status
    return render_template("decisions/check.html", room=room, found=room.session, chosen=choices_in(form))


@blueprint.post("/committee/<int:session_id>/vote/change")
@needs_on_subject("session.vote")
@sealed
def change(session_id: int) -> str:
    room, form = ballot_page(session_id)
    return render_template("decisions/ballot.html", room=room, found=room.session, form=form)


@blueprint.post("/committee/<int:session_id>/vote")
@needs_on_subject("session.vote")
@sealed
def vote(session_id: int) -> Response:
    room, form = ballot_page(session_id)
    codes = services.vote(actor(), room.session, choices_in(form))
    session[CODES] = [session_id, list(zip((paper.application_id for paper in room.my_papers), codes, strict=True))]
    return redirect(url_for("decisions.codes", session_id=session_id), 303)


@blueprint.get("/committee/<int:session_id>/vote/codes")
@needs_on_subject("session.read")
def codes(session_id: int) -> str:
    """Once: they lie only in this browser's own cookie, and this page takes them out of it."""
    found = reached(session_id)
    whose, pairs = session.pop(CODES, (0, ()))
    mine = dict(pairs) if whose == session_id else {}
    papers = [(paper, mine[paper.application_id]) for paper in queries.papers(found) if paper.application_id in mine]
    return render_template("decisions/codes.html", found=found, papers=papers)


# --- the count ----------------------------------------------------------------------------------------------------


@blueprint.route("/committee/<int:session_id>/close", methods=["GET", "POST"])
@needs_on_subject("session.close")
def close(session_id: int) -> Answer:
    found, form = reached(session_id), ConfirmForm()
    if form.validate_on_submit():
        with form.problems():
            services.close(actor(), found)
            flash(_("计票完毕，会议已闭会。"))
            return redirect(url_for("decisions.minutes", session_id=session_id), 303)
    used, of = queries.votes_cast(session_id)
    rules = queries.count_rules(found)
    return render_template("decisions/close.html", found=found, form=form, used=used, of=of, rules=rules), form.status


@blueprint.get("/committee/<int:session_id>/minutes")
@needs_on_subject("session.read")
def minutes(session_id: int) -> str:
    found = reached(session_id)
    if found.state != "closed":
        raise WrongState(Message(N_("会议还没有闭会，没有记录可看。")))
    paper = queries.minutes(found)
    columns = [(say(name), "num") for name in paper.choice_names.values()]
    return render_template("decisions/minutes.html", minutes=paper, columns=columns)
