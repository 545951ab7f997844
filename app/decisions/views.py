"""Screens of the committee: members, sessions, papers, the secret ballot, the count and the minutes."""

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.decisions import queries, services
from app.decisions.forms import (
    AgendaForm,
    AttendanceForm,
    BallotForm,
    CloseForm,
    ConfirmForm,
    HandOutForm,
    MemberForm,
    RecusalForm,
    SessionForm,
    VoteAgainForm,
    ballot_form,
    choices_in,
    reading_form,
)
from app.decisions.minutes_paper import minutes_pdf
from app.decisions.models import CommitteeSession
from app.decisions.rules import code_on_paper
from app.kernel.errors import NotFound, WrongState
from app.kernel.typesetting import PDF_TYPE
from app.kernel.words import N_, LocalText, Message
from app.programmes import current
from app.programmes.models import Edition
from app.web.downloads import attachment
from app.web.fields import choice
from app.web.formats import say
from app.web.guard import actor, needs, needs_on_subject, reach
from app.web.language import _
from app.web.transactions import sealed

blueprint = Blueprint("decisions", __name__, template_folder="templates")

Answer = Response | str | tuple[str, int]
CODES = "ballot_codes"
AGENDA = (
    N_("核对到会人数，宣布是否达到法定人数"),
    N_("宣布回避事项"),
    N_("秘书处报告评审情况和最终排名，委员审阅材料"),
    N_("推举监票人，无记名投票"),
    N_("计票，宣布结果，形成拟奖名单"),
)
"""What a session usually goes through; the office changes it."""


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
            services.add_member(
                actor(), found, queries.get_user(form.user_id.data), post=form.text("post"), term=form.term
            )
            flash(_("已加入本届委员名单。"))
            return redirect(url_for("decisions.members", edition=request.args.get("edition")), 303)
    listed = queries.members_of(found.id)
    return render_template("decisions/members.html", found=found, form=form, members=listed), form.status


@blueprint.route("/committee/convene", methods=["GET", "POST"])
@needs("session.convene")
def convene() -> Answer:
    found, form = chosen_edition(), SessionForm(data={"agenda": "\n".join(map(say, AGENDA))})
    ranking = queries.final_ranking(found.id)
    if ranking is None:
        raise WrongState(Message(N_("最终排名还没有确认。请先在“排名”中确认。")))
    if form.validate_on_submit():
        with form.problems():
            convened = services.convene(
                actor(), ranking, held_at=form.instant(found), place=form.text("place"), agenda=form.items
            )
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


@blueprint.route("/committee/<int:session_id>/agenda", methods=["GET", "POST"])
@needs_on_subject("session.plan")
def agenda(session_id: int) -> Answer:
    found = reached(session_id)
    form = AgendaForm(data={"agenda": "\n".join(found.agenda)})
    if form.validate_on_submit():
        with form.problems():
            services.plan_agenda(actor(), found, form.items)
            flash(_("议程已保存。"))
            return back_to(session_id)
    return render_template("decisions/agenda.html", found=found, form=form), form.status


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


def ballot_page(session_id: int) -> tuple[queries.Room, BallotForm]:
    """The member's own ballot paper; who has voted or is not present is told so instead."""
    room = queries.room(reached(session_id), actor())
    if not room.may_vote:
        raise WrongState(services.NO_RIGHT)
    return room, ballot_form(room.my_papers, room.choice_names, room.limits)


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


# --- on paper -----------------------------------------------------------------------------------------------------


@blueprint.route("/committee/<int:session_id>/papers", methods=["GET", "POST"])
@needs_on_subject("session.hand_out_papers")
def papers(session_id: int) -> Answer:
    room, form = queries.room(reached(session_id), actor()), HandOutForm()
    able = queries.may_vote_on_paper(room.session)
    form.members.choices = [choice(str(each.id), LocalText.same(each.user.name)) for each in able]
    if form.validate_on_submit():
        with form.problems():
            services.hand_out_papers(actor(), room.session, form.members.data or [])
            flash(_("纸质选票已生成，请打印。"))
            return redirect(url_for("decisions.papers", session_id=session_id), 303)
    out = queries.papers_out(room.session)
    handed_out = queries.handed_out(room.session)
    page = {"room": room, "found": room.session, "form": form, "out": out, "handed_out": handed_out}
    return render_template("decisions/on_paper.html", **page), form.status


def printed_code(serial: str, dossier: int) -> str:
    code = code_on_paper(serial, dossier)
    return f"{code[:5]}-{code[5:]}"


@blueprint.get("/committee/<int:session_id>/papers/print")
@needs_on_subject("session.hand_out_papers")
def printed(session_id: int) -> str:
    room = queries.room(reached(session_id), actor())
    out = queries.papers_out(room.session)
    return render_template("decisions/printed.html", room=room, found=room.session, out=out, code_of=printed_code)


@blueprint.route("/committee/<int:session_id>/papers/read", methods=["GET", "POST"])
@needs_on_subject("session.read_paper")
@sealed
def read_paper(session_id: int) -> Answer:
    room = queries.room(reached(session_id), actor())
    form = reading_form(room.on_ballot, room.choice_names, room.limits)
    if form.validate_on_submit():
        with form.problems():
            left = services.read_paper(actor(), room.session, form.text("serial"), choices_in(form))
            flash(_("两人录入一致，选票已入票箱。") if left is None else _("已记下您的录入。"))
            return redirect(url_for("decisions.papers", session_id=session_id), 303)
    return render_template("decisions/read_paper.html", room=room, found=room.session, form=form), form.status


# --- the count ----------------------------------------------------------------------------------------------------


@blueprint.route("/committee/<int:session_id>/count", methods=["GET", "POST"])
@needs_on_subject("session.count")
def count(session_id: int) -> Answer:
    found, form = reached(session_id), ConfirmForm()
    if form.validate_on_submit():
        with form.problems():
            services.count(actor(), found)
            flash(_("计票完毕。请核对结果，再决定闭会，还是再投一轮。"))
            return back_to(session_id)
    used, of = queries.votes_cast(session_id)
    rules = queries.count_rules(found)
    return render_template("decisions/count.html", found=found, form=form, used=used, of=of, rules=rules), form.status


def counted(session_id: int) -> queries.Room:
    """A session whose round is counted; at any other time there is nothing to decide about it."""
    room = queries.room(reached(session_id), actor())
    if room.standing is None:
        raise WrongState(Message(N_("这次会议现在没有计好票的一轮。请返回会议页面。")))
    return room


@blueprint.route("/committee/<int:session_id>/again", methods=["GET", "POST"])
@needs_on_subject("session.vote_again")
def vote_again(session_id: int) -> Answer:
    room = counted(session_id)
    form = VoteAgainForm(data={"dossiers": sorted(room.proposed_again), "present": sorted(room.voters)})
    form.dossiers.choices = [choice(str(each.application_id), each.called) for each in room.may_vote_again]
    form.present.choices = [(str(member.id), member.user.name) for member in room.members]
    if form.validate_on_submit():
        with form.problems():
            services.vote_again(
                actor(),
                room.session,
                form.dossiers.data or [],
                reason=form.text("reason"),
                present=form.present.data or [],
            )
            flash(_("新一轮投票已开始，每位到会委员又有一次投票的权利。"))
            return back_to(session_id)
    return render_template("decisions/again.html", room=room, found=room.session, form=form), form.status


@blueprint.route("/committee/<int:session_id>/close", methods=["GET", "POST"])
@needs_on_subject("session.close")
def close(session_id: int) -> Answer:
    room, form = counted(session_id), CloseForm()
    if form.validate_on_submit():
        with form.problems():
            services.close(actor(), room.session, reason=form.text("reason"))
            flash(_("会议已闭会，拟奖名单已形成。"))
            return redirect(url_for("decisions.minutes", session_id=session_id), 303)
    return render_template("decisions/close.html", room=room, found=room.session, form=form), form.status


def closed(session_id: int) -> CommitteeSession:
    found = reached(session_id)
    if found.state != "closed":
        raise WrongState(Message(N_("会议还没有闭会，没有记录可看。")))
    return found


@blueprint.get("/committee/<int:session_id>/minutes")
@needs_on_subject("session.read")
def minutes(session_id: int) -> str:
    return render_template("decisions/minutes.html", minutes=queries.minutes(closed(session_id)))


@blueprint.get("/committee/<int:session_id>/minutes.pdf")
@needs_on_subject("session.read")
def minutes_to_sign(session_id: int) -> Response:
    paper = queries.minutes(closed(session_id))
    name = _("评审委员会会议记录-%(number)s.pdf", number=f"{paper.edition.code}-{session_id}")
    return attachment(BytesIO(minutes_pdf(paper)), filename=name, media_type=PDF_TYPE)
