"""From the approved list to the published result: approval recorded, result published, honours revoked, past editions."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select

from app.applications.models import Application
from app.audit import services as audit
from app.decisions.models import CommitteeSession, Proposal
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import NotReady
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.notices.models import Notice, Objection
from app.outcomes.models import Outcome
from app.policy import demand
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from app.programmes.rules.rulebook import Level
from app.programmes.services import conclude_edition, create_edition
from app.workflow import NoticeState, ObjectionState, OutcomeState, SessionState

DATA = Path(__file__).parent / "data"
THIRD_EDITION_APPROVED = date(2021, 4, 25)


@dataclass(frozen=True)
class PastHonour:
    """What was published of one honour of an edition that was not run here."""

    level_key: str
    name: str
    kind: str
    region_code: str
    group_name: str


def missing_for_approval(notice: Notice) -> list[Message]:
    """Everything that still stands between the notice and the record of the approval."""
    missing = []
    if notice.state != NoticeState.ENDED:
        missing.append(Message(N_("公示尚未结束。")))
    if _objections(notice, ObjectionState.RECEIVED):
        missing.append(Message(N_("还有异议没有答复。")))
    if _outcomes(notice.edition_id):
        missing.append(Message(N_("本届的批准结果已经登记过。")))
    return missing


def record_approval(actor: Actor, notice: Notice, *, document: str, approved_on: date) -> list[Outcome]:
    """Record what the government approved: one outcome for each proposed dossier without an upheld objection.

    The system never awards: it keeps the number and the day of the document in which the government did.
    """
    demand(actor, "outcome.record", notice)
    missing = missing_for_approval(notice)
    if not document.strip():
        missing.append(Message(N_("请填写批准文件的文号。")))
    if missing:
        raise NotReady(missing)
    made = [
        _outcome(notice.edition, proposal, place, document=document.strip(), approved_on=approved_on)
        for place, proposal in enumerate(_approved_proposals(notice), start=1)
    ]
    db.session.add_all(made)
    db.session.flush()
    detail = {"document": document, "approved_on": approved_on.isoformat(), "outcomes": [one.id for one in made]}
    audit.record(actor, "outcome.record", notice, detail=detail)
    return made


def publish(actor: Actor, edition: Edition) -> None:
    """Publish the approved result: every outcome, every honoured dossier, and the end of the edition, together."""
    demand(actor, "outcome.publish", edition)
    waiting = [outcome for outcome in _outcomes(edition.id) if outcome.state == OutcomeState.APPROVED]
    if not waiting:
        raise NotReady([Message(N_("还没有登记政府的批准文件。"))])
    for outcome in waiting:
        outcome.published_at = clock.now()
        advance(outcome, "outcome.publish", actor)
        if outcome.application_id is not None:
            advance(db.session.get_one(Application, outcome.application_id), "application.honour", actor)
    conclude_edition(actor, edition)


def revoke(actor: Actor, outcome: Outcome, *, reason: str) -> None:
    """Take an honour back: lists and statistics change, the history stays."""
    advance(outcome, "outcome.revoke", actor, reason=reason)


def record_past_edition(
    actor: Actor,
    *,
    rulebook_key: str,
    code: str,
    number: int,
    approved_on: date,
    honours: Sequence[PastHonour],
) -> Edition:
    """An edition that was run elsewhere: only its published result is known."""
    edition = create_edition(actor, rulebook_key=rulebook_key, number=number, code=code, starts=approved_on)
    advance(edition, "edition.record_past", actor)
    rulebook = rulebook_of(edition)
    for place, honour in enumerate(honours, start=1):
        outcome = _past_outcome(edition, honour, place, rulebook.level(honour.level_key))
        outcome.approved_on = approved_on
        db.session.add(outcome)
        db.session.flush()
        advance(outcome, "outcome.publish", actor)
    return edition


def record_third_shanxi(actor: Actor) -> Edition:
    """The public facts of the third Shanxi award (decision of 2021-04-25): five winners and ten nominees with their cities."""
    keys = {"质量奖": "award", "提名奖": "nomination"}
    with (DATA / "shanxi-3rd-winners.csv").open(encoding="utf-8", newline="") as file:
        honours = [
            PastHonour(keys[row["level"]], row["name"], row["kind"], row["city_code"], row["industry_group"])
            for row in csv.DictReader(file)
        ]
    return record_past_edition(
        actor,
        rulebook_key="shanxi-2021",
        code="SX2020",
        number=3,
        approved_on=THIRD_EDITION_APPROVED,
        honours=honours,
    )


def latest_session(edition: Edition) -> CommitteeSession:
    """The committee's last closed session of the edition."""
    closed = select(CommitteeSession).where(
        CommitteeSession.edition_id == edition.id, CommitteeSession.state == SessionState.CLOSED
    )
    return db.session.scalars(closed.order_by(CommitteeSession.id.desc())).first() or _no_session()


def _no_session() -> CommitteeSession:
    raise NotReady([Message(N_("评委会还没有闭会，没有拟奖名单。"))])


def _outcomes(edition_id: int) -> Sequence[Outcome]:
    return db.session.scalars(select(Outcome).where(Outcome.edition_id == edition_id).order_by(Outcome.position)).all()


def _objections(notice: Notice, state: ObjectionState) -> Sequence[Objection]:
    found = select(Objection).where(Objection.notice_id == notice.id, Objection.state == state)
    return db.session.scalars(found).all()


def _approved_proposals(notice: Notice) -> list[Proposal]:
    """The proposed list in its order, less those against whom an objection was upheld: they go back to a new vote."""
    upheld = {objection.application_id for objection in _objections(notice, ObjectionState.UPHELD)}
    levels = [level.key for level in rulebook_of(notice.edition).levels]
    proposed = [
        proposal
        for proposal in notice.session.proposals
        if proposal.level_key and proposal.application_id not in upheld
    ]
    return sorted(proposed, key=lambda proposal: (levels.index(proposal.level_key), proposal.position))


def _outcome(edition: Edition, proposal: Proposal, place: int, *, document: str, approved_on: date) -> Outcome:
    dossier, rulebook = proposal.application, rulebook_of(edition)
    level = rulebook.level(proposal.level_key)
    return Outcome(
        edition_id=edition.id,
        application_id=dossier.id,
        position=place,
        level_key=level.key,
        level_zh=level.name.zh,
        level_en=level.name.en,
        name=dossier.name,
        kind=dossier.kind,
        region_code=dossier.region_code,
        group_name=rulebook.group(dossier.group_key).name.zh,
        credit_code=dossier.credit_code,
        approval_document=document,
        approved_on=approved_on,
    )


def _past_outcome(edition: Edition, honour: PastHonour, place: int, level: Level) -> Outcome:
    return Outcome(
        edition_id=edition.id,
        position=place,
        level_key=level.key,
        level_zh=level.name.zh,
        level_en=level.name.en,
        name=honour.name,
        kind=honour.kind,
        region_code=honour.region_code,
        group_name=honour.group_name,
        published_at=clock.now(),
    )
