"""What a role may be tied to, by name; accounts know no later stage, so the application hands this table to them."""

from sqlalchemy import select

from app.accounts.ties import TieSource
from app.experts.models import Expert
from app.intake.models import RecommendingBody
from app.kernel.database import db
from app.programmes.models import Edition


def bodies() -> list[tuple[int, str]]:
    rows = db.session.execute(select(RecommendingBody.id, RecommendingBody.name).order_by(RecommendingBody.region_code))
    return [(row.id, row.name) for row in rows]


def experts() -> list[tuple[int, str]]:
    rows = db.session.execute(
        select(Expert.id, Expert.number, Expert.name).where(Expert.removed_at.is_(None)).order_by(Expert.number)
    )
    return [(row.id, f"{row.number} {row.name}") for row in rows]


def editions() -> list[tuple[int, str]]:
    rows = db.session.execute(select(Edition.id, Edition.code, Edition.title_zh).order_by(Edition.id.desc()))
    return [(row.id, f"{row.code} {row.title_zh}") for row in rows]


TIES: dict[str, TieSource] = {"body_id": bodies, "expert_id": experts, "edition_id": editions}
