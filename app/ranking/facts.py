"""What a ranking needs besides scores, read where its rules look at it: traits of the dossiers, the published seed of a lot."""

from sqlalchemy import select

from app.applications.models import Application
from app.kernel.database import db
from app.panels.models import Draw
from app.programmes.models import Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.tags import tags_of
from app.ranking import rules
from app.ranking.official import Facts, Traits
from app.workflow import DrawState


def facts_of(round_: Round) -> Facts:
    """What the rules need besides scores, and nothing where they need nothing."""
    official = rules.official_rules(rulebook_of(round_.edition), round_.key)
    return Facts(
        _traits(round_.edition_id) if rules.needs_traits(official) else {},
        _seed(round_.edition_id) if rules.needs_seed(official) else "",
    )


def _traits(edition_id: int) -> dict[str, Traits]:
    """Of every dossier that went into review, also of those that are out since."""
    rows = db.session.execute(
        select(Application.number, Application.group_key, Application.kind, Application.answers).where(
            Application.edition_id == edition_id, Application.round_id.is_not(None)
        )
    )
    return {row.number: Traits(row.group_key, row.kind.value, tags_of(row.group_key, row.answers)) for row in rows}


def _seed(edition_id: int) -> str:
    """Of the draw with which the first round's experts were published, before any dossier was opened; empty: none was drawn."""
    return (
        db.session.scalar(
            select(Draw.seed)
            .join(Round, Round.id == Draw.round_id)
            .where(Draw.edition_id == edition_id, Draw.parent_id.is_(None), Draw.state == DrawState.PUBLISHED)
            .order_by(Round.position, Draw.number)
            .limit(1)
        )
        or ""
    )
