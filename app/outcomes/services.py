"""Honours: approval recorded, result published, honour revoked, earlier editions recorded from what was published."""

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import delete

from app import lifecycle
from app.accounts.models import User
from app.applications.letters import PAPER
from app.applications.models import Application
from app.audit import services as audit
from app.kernel import clock, outbox
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.notices.models import Notice
from app.notices.services import Evidence, keep_file, missing_for_approval
from app.outcomes import archiving, bundle, queries
from app.outcomes.certificates import services as certificates
from app.outcomes.models import Outcome, RevokedFor
from app.outcomes.rules import PastWinner, read_past_winners
from app.outcomes.watch import services as watch
from app.policy import demand
from app.programmes import services as programmes
from app.programmes.models import Edition, Period
from app.programmes.queries import rulebook_of
from app.programmes.rules.rulebook import Rulebook
from app.workflow import ApplicationState, OutcomeState

DATA = Path(__file__).parent / "data"
THIRD_SHANXI = DATA / "shanxi-3rd-winners.csv"


# --- approval and publication -------------------------------------------------------------------------------------


def record_approval(
    actor: Actor, notice: Notice, *, document: str, approved_on: date, file: Evidence | None = None
) -> list[Outcome]:
    """What the authority approved, off the system: one honour for each dossier of the list that still stands.

    The document itself is kept by its digest where it is given.
    """
    demand(actor, "outcome.record", notice)
    if missing := missing_to_record(notice):
        raise NotReady(missing)
    _check_approval(notice, document, approved_on)
    rulebook = rulebook_of(notice.edition)
    first = len(queries.of_edition(notice.edition_id)) + 1
    dossiers = queries.unrecorded(queries.proposed(notice), queries.recorded_applications(notice.edition_id))
    outcomes = [_honour(rulebook, dossier, position) for position, dossier in enumerate(dossiers, start=first)]
    sha256 = keep_file(rulebook, file, field="file") if file else ""
    for outcome in outcomes:
        outcome.approval_document, outcome.approved_on = document.strip(), approved_on
        outcome.approval_filename, outcome.approval_sha256 = file.filename if file else "", sha256
    db.session.add_all(outcomes)
    db.session.flush()
    detail = {"document": document.strip(), "approved_on": approved_on.isoformat(), "honours": len(outcomes)}
    detail |= {"sha256": sha256} if sha256 else {}
    audit.record(actor, "outcome.record", notice, detail=detail)
    return outcomes


def missing_to_record(notice: Notice) -> list[Message]:
    missing = list(missing_for_approval(notice))
    recorded = queries.recorded_applications(notice.edition_id)
    if notice.digest and not [each for each in queries.proposed(notice) if each.id not in recorded]:
        missing.append(Message(N_("公示名单中没有待批准的申报。")))
    return missing


def _check_approval(notice: Notice, document: str, approved_on: date) -> None:
    if not document.strip():
        raise Invalid(Message(N_("请填写批准文件的文号。")), field="document")
    if notice.last_day and approved_on <= notice.last_day:
        raise Invalid(
            Message(N_("批准日期不能早于公示期满：公示期到 %(day)s。"), {"day": notice.last_day}), field="approved_on"
        )
    if approved_on > clock.now().astimezone(ZoneInfo(notice.edition.time_zone)).date():
        raise Invalid(Message(N_("批准日期不能晚于今天。")), field="approved_on")


def _honour(rulebook: Rulebook, dossier: Application, position: int) -> Outcome:
    level = rulebook.level(dossier.level_key)
    return Outcome(
        edition_id=dossier.edition_id,
        application_id=dossier.id,
        position=position,
        level_key=level.key,
        level_zh=level.name.zh,
        level_en=level.name.en,
        name=dossier.name,
        kind=dossier.kind,
        region_code=dossier.region_code,
        group_name=rulebook.group(dossier.group_key).name.zh,
        credit_code=dossier.credit_code,
    )


def missing_for_publication(edition: Edition) -> list[Message]:
    approved = queries.of_edition(edition.id, OutcomeState.APPROVED)
    return [] if approved else [Message(N_("没有已批准、待公布的授奖结果。请先记录批准文件。"))]


def publish(actor: Actor, edition: Edition) -> list[Outcome]:
    """Make the approved honours public. The edition is concluded unless a dossier still waits for a vote or an approval."""
    demand(actor, "outcome.publish", edition)
    if missing := missing_for_publication(edition):
        raise NotReady(missing)
    outcomes = list(queries.of_edition(edition.id, OutcomeState.APPROVED))
    for outcome in outcomes:
        _make_public(actor, outcome)
    if not queries.unsettled(edition.id):
        programmes.conclude_edition(actor, edition)
    return outcomes


def _make_public(actor: Actor, outcome: Outcome) -> None:
    outcome.published_at = clock.now()
    lifecycle.advance(outcome, "outcome.publish", actor)
    dossier = db.session.get(Application, outcome.application_id)
    if dossier is not None and dossier.state == ApplicationState.PROPOSED:
        lifecycle.advance(dossier, "application.honour", actor)
        certificates.issue(actor, outcome, dossier)
        watch.owe(outcome, dossier)
        _tell_owner(
            dossier,
            "outcome.publish",
            subject=f"授奖结果已公布：{outcome.level_zh} / Result published: {outcome.level_en}",
            body=(
                f"{outcome.name}：\n\n经批准（{outcome.approval_document}），授予贵方{outcome.level_zh}。\n{PAPER.zh}\n\n"
                f"By {outcome.approval_document}, {outcome.name} holds the {outcome.level_en}.\n{PAPER.en}\n"
            ),
        )


def _tell_owner(dossier: Application, action: str, *, subject: str, body: str) -> None:
    owner = db.session.get_one(User, dossier.owner_id)
    outbox.post(action, owner.email, subject=subject, body=body, edition_id=dossier.edition_id)


def revoke(actor: Actor, outcome: Outcome, *, reason: str, because: RevokedFor) -> None:
    """Take an honour back: it leaves the list and the counts, and stays in the history with the reason.

    `because` decides for how many editions its holder is barred; its certificate shows as revoked from now on.
    """
    demand(actor, "outcome.revoke", outcome)
    if not reason.strip():
        raise Invalid(Message(N_("请写明撤销理由，理由会公布。")), field="reason")
    outcome.revoked_for = because
    lifecycle.advance(outcome, "outcome.revoke", actor, reason=reason.strip(), detail={"because": because})
    watch.end(actor, outcome, reason=reason)
    dossier = db.session.get(Application, outcome.application_id) if outcome.application_id else None
    if dossier is not None:
        _tell_owner(
            dossier,
            "outcome.revoke",
            subject=f"奖项已撤销：{outcome.level_zh} / Award revoked: {outcome.level_en}",
            body=(
                f"{outcome.name}：\n\n贵方所获{outcome.level_zh}已撤销。理由：{reason.strip()}\n\n"
                f"The {outcome.level_en} of {outcome.name} has been revoked. Reason: {reason.strip()}\n"
            ),
        )


# --- the bundle ---------------------------------------------------------------------------------------------------


def make_bundle(edition: Edition, *, full: bool) -> tuple[str, bytes]:
    """Name and content of the archive, at once; the same for as long as the edition takes no further step."""
    if missing := archiving.missing(edition):
        raise NotReady(missing)
    scope = bundle.scope_of(edition, full=full)
    return bundle.file_name(scope), bundle.build(scope)


# --- earlier editions ---------------------------------------------------------------------------------------------


def record_past_edition(
    actor: Actor, *, rulebook_key: str, code: str, number: int, published_on: date, rows: Sequence[PastWinner]
) -> Edition:
    """An edition that was run before the system: only what was published of it, no calendar, no dossiers."""
    demand(actor, "edition.record_past")
    edition = programmes.create_edition(actor, rulebook_key=rulebook_key, number=number, code=code, starts=published_on)
    db.session.execute(delete(Period).where(Period.edition_id == edition.id))
    db.session.expire(edition, ["periods"])
    edition.frozen_at = clock.now()
    rulebook = rulebook_of(edition)
    published_at = datetime.combine(published_on, time(), ZoneInfo(edition.time_zone))
    outcomes = [_past_honour(edition, rulebook, row, place) for place, row in enumerate(rows, start=1)]
    db.session.add_all(outcomes)
    db.session.flush()
    for outcome in outcomes:
        outcome.published_at = published_at
        lifecycle.advance(outcome, "outcome.publish", actor)
    lifecycle.advance(edition, "edition.record_past", actor, detail={"honours": len(outcomes)})
    return edition


def _past_honour(edition: Edition, rulebook: Rulebook, row: PastWinner, position: int) -> Outcome:
    level = next((level for level in rulebook.levels if level.name.zh == row.level), None)
    if level is None:
        raise Invalid(Message(N_("规则中没有名为“%(level)s”的奖项。"), {"level": row.level}), field="rows")
    return Outcome(
        edition_id=edition.id,
        position=position,
        level_key=level.key,
        level_zh=level.name.zh,
        level_en=level.name.en,
        name=row.name,
        kind=row.kind,
        region_code=row.region_code,
        group_name=row.group,
        credit_code=row.credit_code,
    )


def record_third_shanxi(actor: Actor) -> Edition:
    """The third Shanxi award as announced on 2021-04-25: five winners, ten nominees."""
    return record_past_edition(
        actor,
        rulebook_key="shanxi-2021",
        code="SX2020",
        number=3,
        published_on=date(2021, 4, 25),
        rows=read_past_winners(THIRD_SHANXI.read_text(encoding="utf-8")),
    )
