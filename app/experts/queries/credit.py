"""The credit file of one expert: dated facts, the newest first."""

from collections.abc import Sequence

from sqlalchemy import exists, select

from app.experts.models import CreditFact, CreditFactKind, Expert, ExpertInvitation
from app.experts.rules.credit import full_years
from app.kernel import clock
from app.kernel.database import db
from app.programmes.models import Edition
from app.workflow import InvitationState


def find_fact(fact_id: int) -> CreditFact | None:
    return db.session.get(CreditFact, fact_id)


def credit_file(expert: Expert) -> Sequence[CreditFact]:
    """Everything on file, what was withdrawn too."""
    on_file = select(CreditFact).where(CreditFact.expert_id == expert.id)
    return db.session.scalars(on_file.order_by(CreditFact.happened_on.desc(), CreditFact.id.desc())).all()


def standing_facts(expert_id: int, kind: CreditFactKind, source: str) -> Sequence[CreditFact]:
    """Facts of one kind from one source that the system filed and nobody has withdrawn."""
    filed = (CreditFact.expert_id == expert_id, CreditFact.kind == kind, CreditFact.source == source)
    by_step = (CreditFact.recorded_by.is_(None), CreditFact.withdrawn_at.is_(None))
    return db.session.scalars(select(CreditFact).where(*filed, *by_step)).all()


def unanswered_and_unnoted() -> Sequence[ExpertInvitation]:
    """Invitations past their due time that were never answered, and of which no credit file tells yet."""
    noted = exists().where(
        CreditFact.expert_id == ExpertInvitation.expert_id,
        CreditFact.kind == CreditFactKind.LATE,
        CreditFact.source == Edition.code,
    )
    return db.session.scalars(
        select(ExpertInvitation)
        .join(Edition, Edition.id == ExpertInvitation.edition_id)
        .where(ExpertInvitation.state == InvitationState.SENT, ExpertInvitation.due_at < clock.now(), ~noted)
        .order_by(ExpertInvitation.id)
    ).all()


def years_unused(expert: Expert) -> int | None:
    """Whole years since the last seat; None where the expert never had one."""
    return None if expert.last_used_on is None else full_years(expert.last_used_on, clock.today())
