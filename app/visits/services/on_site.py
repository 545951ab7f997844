"""On site and after: issues, logs, pictures, meetings, signatures, the end of the visit and its report."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady, Stale, WrongState
from app.kernel.words import N_, Message
from app.lifecycle import advance, demand_step
from app.policy import demand
from app.visits import pictures, queries, rules
from app.visits.models import (
    IssueKind,
    IssueSource,
    LogKind,
    Side,
    Visit,
    VisitIssue,
    VisitLog,
    VisitMeeting,
    VisitPaper,
    VisitPhoto,
    VisitReport,
    VisitSignature,
)
from app.visits.services.arranging import demand_item, unsettled_issue

# --- issues -------------------------------------------------------------------------------------------------------


def raise_issue(actor: Actor, visit: Visit, kind: IssueKind, code: str, *, text: str) -> VisitIssue:
    """Something to clarify or verify on site, by item."""
    demand(actor, "visit.raise", visit)
    demand_item(visit, code)
    issue = unsettled_issue(visit, IssueSource.TEAM, kind, code, text=text)
    issue.raised_by = actor.expert_id
    db.session.add(issue)
    audit.record(actor, "visit.raise", visit, detail={"item": code, "kind": kind})
    return issue


def settle(actor: Actor, issue: VisitIssue, *, finding: str, version: int) -> None:
    """What the team found; the same text sent twice is stored once, a stale one answers with both."""
    demand(actor, "visit.settle", issue.visit)
    if issue.finding == finding:
        return
    if issue.version != version:
        raise Stale(stored={"finding": issue.finding}, typed={"finding": finding}, current_version=issue.version)
    issue.finding, issue.settled_by, issue.settled_at = finding, actor.expert_id, clock.now()
    audit.record(actor, "visit.settle", issue.visit, detail={"item": issue.item_code, "issue": issue.id})


# --- on site ------------------------------------------------------------------------------------------------------


def open_(actor: Actor, visit: Visit) -> None:
    demand_step(visit, "visit.open", actor)
    if missing := rules.missing_for_opening(queries.standing(visit)):
        raise NotReady(missing)
    visit.opened_at = clock.now()
    advance(visit, "visit.open", actor)


def note(actor: Actor, visit: Visit, kind: LogKind, *, about: str, code: str, text: str) -> VisitLog:
    """A line of the interview log or of the document log; it cannot be taken back."""
    demand(actor, "visit.note", visit)
    demand_item(visit, code)
    assert actor.expert_id is not None
    line = VisitLog(
        visit_id=visit.id,
        kind=kind,
        about=about,
        item_code=code,
        text=text,
        expert_id=actor.expert_id,
        at=clock.now(),
    )
    db.session.add(line)
    audit.record(actor, "visit.note", visit, detail={"kind": kind, "item": code})
    return line


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a device sends it; `mark` is the device's own name for it."""

    mark: str
    filename: str
    content: BinaryIO
    caption: str
    item_code: str = ""
    taken_at: datetime | None = None


def keep_photo(actor: Actor, visit: Visit, picture: Picture) -> VisitPhoto:
    """Store a picture without the camera's own notes. Sent twice, as happens on a poor line, it is stored once."""
    demand(actor, "visit.note", visit)
    known = queries.photo_marked(visit, picture.mark)
    if known is not None:
        return known
    demand_item(visit, picture.item_code)
    stored, suffix = pictures.keep(picture.filename, picture.content)
    assert actor.expert_id is not None
    photo = VisitPhoto(
        visit_id=visit.id,
        mark=picture.mark,
        caption=picture.caption,
        item_code=picture.item_code,
        sha256=stored.sha256,
        suffix=suffix,
        size=stored.size,
        taken_at=picture.taken_at,
        expert_id=actor.expert_id,
        at=clock.now(),
    )
    db.session.add(photo)
    audit.record(actor, "visit.note", visit, detail={"photo": stored.sha256, "item": picture.item_code})
    return photo


# --- meetings and signatures --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Minutes:
    held_at: datetime
    place: str
    text: str


def record_meeting(actor: Actor, visit: Visit, paper: VisitPaper, minutes: Minutes, *, version: int) -> VisitMeeting:
    """The record of the opening or closing meeting, as the leader has it now."""
    demand(actor, "visit.meet", visit)
    meeting = queries.meetings(visit).get(paper.value)
    if meeting is None:
        meeting = VisitMeeting(
            visit_id=visit.id, paper=paper, held_at=minutes.held_at, place=minutes.place, text=minutes.text
        )
        db.session.add(meeting)
    elif meeting.version != version:
        stored = {"place": meeting.place, "text": meeting.text}
        typed = {"place": minutes.place, "text": minutes.text}
        raise Stale(stored=stored, typed=typed, current_version=meeting.version)
    meeting.held_at, meeting.place, meeting.text = minutes.held_at, minutes.place, minutes.text
    audit.record(actor, "visit.meet", visit, detail={"meeting": paper, "at": minutes.held_at.isoformat()})
    return meeting


def sign(actor: Actor, visit: Visit, paper: VisitPaper, side: Side, *, name: str, post: str = "") -> None:
    """A name typed under a paper. A member signs for the team with the own name only; guests type theirs on a member's device."""
    demand(actor, "visit.sign", visit)
    own = visit.name_of(actor.expert_id)
    if side is Side.TEAM and name != own:
        raise Invalid(Message(N_("评审组成员只能签自己的姓名：%(name)s。"), {"name": own}), field="name")
    _demand_paper(visit, paper, side)
    known = {(each.paper, each.side, each.name, each.post) for each in queries.signatures(visit)}
    if (paper, side, name, post) in known:
        return
    db.session.add(
        VisitSignature(
            visit_id=visit.id,
            paper=paper,
            side=side,
            name=name,
            post=post,
            signed_at=clock.now(),
            typed_by=actor.user_id,
        )
    )
    audit.record(actor, "visit.sign", visit, detail={"paper": paper, "side": side, "name": name})


def _demand_paper(visit: Visit, paper: VisitPaper, side: Side) -> None:
    """The report is signed by the team once it stands; a meeting, before the report is out."""
    reported = queries.report(visit) is not None
    if paper is VisitPaper.REPORT:
        if not reported or side is not Side.TEAM:
            raise WrongState(Message(N_("现场评审报告提交之后，由评审组成员签名。")))
    elif reported:
        raise WrongState(Message(N_("现场评审报告已经提交，会议签到不能再补。")))


# --- closed and reported ------------------------------------------------------------------------------------------


def close(actor: Actor, visit: Visit) -> None:
    demand_step(visit, "visit.close", actor)
    if missing := rules.missing_for_closing(queries.standing(visit)):
        raise NotReady(missing)
    visit.closed_at = clock.now()
    advance(visit, "visit.close", actor)


def missing_for_report(visit: Visit) -> list[Message]:
    return rules.missing_for_report(queries.standing(visit))


def report(actor: Actor, visit: Visit, *, text: str) -> VisitReport:
    """The team's report with its digest; from now on nothing that it says can be changed."""
    demand_step(visit, "visit.report", actor)
    if missing := missing_for_report(visit):
        raise NotReady(missing)
    content = rules.report_content(_about(visit), **_written(visit), text=text)
    made = VisitReport(visit_id=visit.id, content=content, digest=digest(content), reported_at=clock.now())
    db.session.add(made)
    advance(visit, "visit.report", actor, detail={"digest": made.digest})
    return made


def _about(visit: Visit) -> dict[str, object]:
    return {
        "edition": visit.round.edition.code,
        "rulebook_digest": visit.round.edition.rulebook_digest,
        "round": visit.round.key,
        "application": visit.application.number,
        "from": visit.starts_on.isoformat(),
        "to": visit.ends_on.isoformat(),
        "place": visit.place,
        "team": [{"expert": seat.expert.number, "role": seat.role.value} for seat in visit.seats],
    }


def _written(visit: Visit) -> dict[str, list[rules.Record]]:
    return {
        "issues": _told_of(queries.issues(visit), "kind", "source", "item_code", "text", "finding"),
        "logs": _told_of(queries.logs(visit), "kind", "about", "item_code", "text", "at"),
        "photos": _told_of(queries.photos(visit), "caption", "item_code", "sha256", "at"),
        "meetings": [_meeting_record(visit, meeting) for meeting in queries.meetings(visit).values()],
    }


def _told_of(rows: Iterable[Any], *names: str) -> list[rules.Record]:
    return [rules.fields_of(row, names) for row in rows]


def _meeting_record(visit: Visit, meeting: VisitMeeting) -> rules.Record:
    signed = [each for each in queries.signatures(visit) if each.paper is meeting.paper]
    told = rules.fields_of(meeting, ("paper", "held_at", "place", "text"))
    return told | {"signed": _told_of(signed, "side", "name", "post")}
