"""Interests on record: found by the system in the credit codes, or recorded by the office."""

from collections.abc import Iterable, Iterator

from sqlalchemy import select

from app.applications.models import Application
from app.audit import services as audit
from app.experts.models import Expert
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.credit_code import normal
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.panels import facts
from app.panels.models import Assignment, Conflict, ConflictSource
from app.panels.services.excusing import excuse
from app.policy import demand
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from app.workflow import AssignmentState

EMPLOYMENT = "employment"
RECORDED = N_("秘书处登记了利害关系。")
SAME_EMPLOYER = N_("专家的工作单位与申报者是同一单位（统一社会信用代码相同）。")
PARENT_EMPLOYER = N_("专家的工作单位是申报者的上级集团（统一社会信用代码相同）。")


def record_conflict(actor: Actor, expert: Expert, application: Application, *, kind: str, note: str) -> Conflict:
    """What the office knows of an expert's interest. A seat that the expert already holds is taken back."""
    demand(actor, "conflict.record", application)
    _demand_known(application.edition, kind)
    if _recorded(expert, application) is not None:
        raise Invalid(Message(N_("这一对已经登记过利害关系。")), field="expert")
    seats = _held(expert, application)
    if any(seat.state is AssignmentState.SEALED for seat in seats):
        raise NotReady([Message(N_("抽取结果还封存着，其中有这一对。请先作废这次抽取，登记后重新抽取。"))])
    conflict = add_conflict(expert, application, kind=kind, source=ConflictSource.OFFICE, note=note)
    audit.record(actor, "conflict.record", conflict, detail=_told(expert, application, kind))
    for seat in seats:
        excuse(actor, seat, reason=note.strip() or RECORDED)
    return conflict


def find_conflicts(actor: Actor, edition: Edition) -> list[Conflict]:
    """Record every pair whose credit codes show that the expert works for the applicant or for its parent."""
    demand(actor, "conflict.record", edition)
    kinds = [kind.key for kind in rulebook_of(edition).panel.conflicts]
    kind = EMPLOYMENT if EMPLOYMENT in kinds else kinds[0]
    found = [
        add_conflict(expert, application, kind=kind, source=ConflictSource.SYSTEM, note=why)
        for expert, application, why in _same_codes(edition)
        if _recorded(expert, application) is None
    ]
    db.session.flush()
    if found:
        audit.record(actor, "conflict.find", edition, detail={"found": [conflict.id for conflict in found]})
    return found


def add_conflict(expert: Expert, application: Application, *, kind: str, source: ConflictSource, note: str) -> Conflict:
    conflict = Conflict(
        expert_id=expert.id,
        application_id=application.id,
        kind=kind,
        source=source,
        note=note.strip(),
        recorded_at=clock.now(),
    )
    db.session.add(conflict)
    db.session.flush()
    return conflict


def _by_employer(pool: Iterable[Expert]) -> dict[str, list[Expert]]:
    found: dict[str, list[Expert]] = {}
    for expert in pool:
        found.setdefault(expert.employer_code, []).append(expert)
    return found


def _same_codes(edition: Edition) -> Iterator[tuple[Expert, Application, str]]:
    pool = facts.experts(Expert.employer_code != "", Expert.removed_at.is_(None))
    by_code = _by_employer(pool)
    applications = db.session.scalars(
        select(Application).where(Application.edition_id == edition.id, Application.state.not_in(facts.NOT_CANDIDATES))
    ).all()
    for application in applications:
        parent = normal(str(application.answers.get("parent_credit_code") or ""))
        for code, why in ((application.credit_code, SAME_EMPLOYER), (parent, PARENT_EMPLOYER)):
            for expert in by_code.get(code, ()):
                yield expert, application, why


def _demand_known(edition: Edition, kind: str) -> None:
    if kind not in {known.key for known in rulebook_of(edition).panel.conflicts}:
        raise Invalid(Message(N_("请选择利害关系的种类。")), field="kind")


def _recorded(expert: Expert, application: Application) -> Conflict | None:
    return db.session.scalar(
        select(Conflict).where(Conflict.expert_id == expert.id, Conflict.application_id == application.id)
    )


def _held(expert: Expert, application: Application) -> list[Assignment]:
    return list(
        db.session.scalars(
            select(Assignment).where(
                Assignment.expert_id == expert.id,
                Assignment.application_id == application.id,
                Assignment.state.in_(facts.LIVE),
            )
        )
    )


def _told(expert: Expert, application: Application, kind: str) -> dict[str, str]:
    return {"expert": expert.number, "dossier": application.number, "kind": kind}
