"""Notices and objections: draft, publish, close; take an objection in. What becomes of one stands under `inquiries`."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from app import lifecycle
from app.audit import services as audit
from app.decisions.models import CommitteeSession
from app.kernel import clock, file_types, files
from app.kernel.actor import Actor
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.numbering import lock_row, numbered
from app.kernel.words import N_, LocalText, Message
from app.notices import queries, rules
from app.notices.models import Notice, Objection
from app.policy import demand
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of, working_calendar
from app.programmes.rules.calendar import last_working_day
from app.programmes.rules.rulebook import Rulebook
from app.workflow import SessionState

TITLE = LocalText("关于%s拟奖名单的公示", "Public notice of the proposed list, %s")
OUTSIDE = Message(N_("不在公示期内，不能提出异议。异议须在公示期内提出。"))


@dataclass(frozen=True)
class Objector:
    """Who objects, by real name: a unit with its credit code, or a person with an identity document."""

    is_unit: bool
    name: str
    identity: str
    contact_name: str
    contact: str


@dataclass(frozen=True)
class Evidence:
    filename: str
    content: BinaryIO


# --- the notice ---------------------------------------------------------------------------------------------------


def draft(actor: Actor, session: CommitteeSession) -> Notice:
    """A notice of the list that a closed session proposed; nothing is public yet."""
    demand(actor, "notice.create")
    if missing := missing_for_draft(session):
        raise NotReady(missing)
    edition = db.session.get_one(Edition, session.edition_id)
    notice = Notice(edition_id=edition.id, session_id=session.id, working_days=rulebook_of(edition).notice.working_days)
    db.session.add(notice)
    db.session.flush()
    audit.record(actor, "notice.create", notice, after=notice.state)
    return notice


def missing_for_draft(session: CommitteeSession) -> list[Message]:
    edition = db.session.get_one(Edition, session.edition_id)
    closed = session.state == SessionState.CLOSED
    ended = queries.ended_of(session.id)
    stands = bool(ended) and not any(queries.upheld_against_the_whole(notice.id) for notice in ended)
    checks = (
        (not closed, Message(N_("会议还没有闭会，没有拟奖名单。"))),
        (queries.running_or_draft(session.id) is not None, Message(N_("这次会议的名单已有公示稿或正在公示。"))),
        (stands, Message(N_("这次会议的名单已经公示期满，不须再公示。"))),
        (closed and not queries.listed(session, edition), Message(N_("这次会议没有拟奖名单，无须公示。"))),
    )
    return [sentence for failed, sentence in checks if failed]


def publish(actor: Actor, notice: Notice) -> None:
    """Freeze the list with its digest and start the term: working days from the day after today, in the award's zone."""
    demand(actor, "notice.publish", notice)
    edition = notice.edition
    if not queries.listed(notice.session, edition):
        raise NotReady([Message(N_("这次会议没有拟奖名单，无须公示。"))])
    now = clock.now()
    last_day = last_working_day(
        queries.today_in(edition), notice.working_days, is_working=working_calendar().is_working
    )
    notice.published_at, notice.last_day = now, last_day
    notice.closes_at = rules.end_of_day(last_day, queries.zone_of(edition))
    notice.content = compose(notice) | {
        "edition": edition.code,
        "working_days": notice.working_days,
        "published_at": now.isoformat(timespec="seconds"),
        "last_day": last_day.isoformat(),
    }
    notice.digest = digest(notice.content)
    lifecycle.advance(
        notice, "notice.publish", actor, detail={"digest": notice.digest, "last_day": last_day.isoformat()}
    )


def compose(notice: Notice) -> dict[str, object]:
    """What the notice says, from what stands now: the preview, and what publishing freezes."""
    edition, rulebook = notice.edition, rulebook_of(notice.edition)
    return rules.content_of(
        title=LocalText(TITLE.zh % edition.title_zh, TITLE.en % edition.title_en),
        organiser=rulebook.organiser,
        levels=rulebook.levels,
        listed=queries.listed(notice.session, edition),
        rule=rulebook.objection,
    )


def close(actor: Actor, notice: Notice) -> None:
    """The term is over; before its end nobody can close it."""
    demand(actor, "notice.close", notice)
    if notice.closes_at is not None and clock.now() < notice.closes_at:
        day = notice.last_day.isoformat() if notice.last_day else ""
        raise NotReady([Message(N_("公示期到 %(day)s 24:00 为止，期满之前不能结束公示。"), {"day": day})])
    lifecycle.advance(notice, "notice.close", actor)


def close_expired(actor: Actor) -> int:
    """For the clock: end every notice whose term is over; how many they were."""
    expired = [notice for notice in queries.published_now() if not queries.takes_objections(notice)]
    for notice in expired:
        close(actor, notice)
    return len(expired)


# --- objections ---------------------------------------------------------------------------------------------------


def file_objection(
    actor: Actor,
    notice: Notice,
    *,
    objector: Objector,
    application_id: int | None,
    text: str,
    evidence: Evidence | None = None,
) -> tuple[Objection, str]:
    """Register a real-name objection inside the term; the token returned is kept nowhere else."""
    demand(actor, "objection.create", notice)
    if not queries.takes_objections(notice):
        raise NotReady([OUTSIDE])
    if problem := rules.identity_problem(objector.identity, is_unit=objector.is_unit):
        raise Invalid(problem, field="identity")
    if application_id is not None and application_id not in rules.listed_names(notice.content):
        raise Invalid(Message(N_("该申报者不在公示名单上。")), field="application_id")
    sha256 = _keep_evidence(notice, evidence)
    token, today = secrets.token_urlsafe(24), queries.today_in(notice.edition)
    rule = rulebook_of(notice.edition).objection
    objection = Objection(
        notice_id=notice.id,
        edition_id=notice.edition_id,
        application_id=application_id,
        number=_next_number(notice.edition),
        token_hash=rules.token_hash(token),
        is_unit=objector.is_unit,
        name=objector.name.strip(),
        identity=rules.normal_identity(objector.identity),
        contact_name=objector.contact_name.strip(),
        contact=objector.contact.strip(),
        text=text.strip(),
        evidence_name=evidence.filename if evidence else "",
        evidence_sha256=sha256,
        received_at=clock.now(),
        due_on=last_working_day(today, rule.working_days, is_working=working_calendar().is_working),
    )
    db.session.add(objection)
    db.session.flush()
    audit.record(actor, "objection.create", objection, after=objection.state, detail={"number": objection.number})
    return objection, token


def needs_evidence(notice: Notice) -> bool:
    return rulebook_of(notice.edition).objection.evidence_required


def _keep_evidence(notice: Notice, evidence: Evidence | None) -> str:
    rulebook = rulebook_of(notice.edition)
    if evidence is not None:
        return keep_file(rulebook, evidence, field="evidence")
    if rulebook.objection.evidence_required:
        raise Invalid(Message(N_("异议须附书面证据。请选择文件。")), field="evidence")
    return ""


def keep_file(rulebook: Rulebook, file: Evidence, *, field: str) -> str:
    """The door for whatever comes with an objection: of a kind and size as the rulebook takes them in dossiers."""
    try:
        kind = file_types.expected_type(file.filename, rulebook.dossier.file_types)
        stored = files.store().put(
            file.content,
            limit=rulebook.dossier.file_megabytes * files.MEGABYTE,
            check=lambda path: file_types.inspect(path, kind),
        )
    except Invalid as refused:
        raise Invalid(refused.message, field=field) from refused
    return stored.sha256


def _next_number(edition: Edition) -> str:
    lock_row(Edition.id, edition.id)
    return numbered(f"{edition.code}-YY", queries.count_of_edition(edition.id) + 1)


def missing_for_approval(notice: Notice) -> Sequence[Message]:
    """What stands between a notice and the approval of its list, as far as notices know."""
    unanswered = queries.open_objections(notice.edition_id)
    numbers = tuple(objection.number for objection in unanswered)
    whole = queries.upheld_against_the_whole(notice.id)
    checks = (
        (notice.state != "ended", Message(N_("公示还没有期满结束。"))),
        (
            bool(unanswered),
            Message(N_("还有 %(n)s 件异议没有答复：%(numbers)s。"), {"n": len(unanswered), "numbers": numbers}),
        ),
        (
            whole is not None,
            Message(
                N_("对整个公示的异议 %(number)s 成立，须重新公示后再报批。"), {"number": whole.number if whole else ""}
            ),
        ),
    )
    return [sentence for failed, sentence in checks if failed]
