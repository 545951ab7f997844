"""The credit file of one expert: dated facts, the newest first."""

from collections.abc import Sequence

from sqlalchemy import select

from app.experts.models import CreditFact, Expert
from app.experts.rules.credit import full_years
from app.kernel import clock
from app.kernel.database import db


def find_fact(fact_id: int) -> CreditFact | None:
    return db.session.get(CreditFact, fact_id)


def credit_file(expert: Expert) -> Sequence[CreditFact]:
    """Everything on file, what was withdrawn too."""
    on_file = select(CreditFact).where(CreditFact.expert_id == expert.id)
    return db.session.scalars(on_file.order_by(CreditFact.happened_on.desc(), CreditFact.id.desc())).all()


def years_unused(expert: Expert) -> int | None:
    """Whole years since the last seat; None where the expert never had one."""
    return None if expert.last_used_on is None else full_years(expert.last_used_on, clock.today())
