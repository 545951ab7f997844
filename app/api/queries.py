"""Reads for other systems: a page of each list, each under the same condition as the stage's own pages."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from app.api.shapes import Asked
from app.applications import queries as applications
from app.applications.models import Application
from app.experts.models import Expert
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.notices.models import Objection
from app.outcomes import queries as outcomes
from app.outcomes.models import Outcome
from app.panels import queries as panels
from app.panels.models import Assignment
from app.programmes import queries as programmes
from app.programmes.models import Edition, Round
from app.ranking import queries as rankings
from app.ranking.models import Ranking, RankingRow
from app.scoring import queries as scoring
from app.scoring.models import ScoreSheet
from app.scoring.queries.visibility import SEATED


def edition_called(actor: Actor, code: str) -> int | None:
    """The id of an edition that the actor may know of."""
    return db.session.scalar(select(Edition.id).where(Edition.code == code, programmes.visible_to(actor)))


def _page(asked: Asked, found: Select[*tuple[Any, ...]], table: Any, edition: Any = None) -> Sequence[Any]:
    narrowed = found.where(table.id > asked.after)
    if asked.edition_id is not None and edition is not None:
        narrowed = narrowed.where(edition == asked.edition_id)
    ordered = narrowed.order_by(table.id).limit(asked.limit + 1)
    return db.session.execute(ordered).all()


def _entities(rows: Sequence[Any]) -> Sequence[Any]:
    return [row[0] for row in rows]


def editions(asked: Asked) -> Sequence[Any]:
    found = select(Edition).options(selectinload(Edition.rounds)).where(programmes.visible_to(asked.actor))
    return _entities(_page(asked, found, Edition, Edition.id))


def dossiers(asked: Asked) -> Sequence[Any]:
    found = select(Application).options(joinedload(Application.edition, innerjoin=True))
    return _entities(
        _page(asked, found.where(applications.visible_to(asked.actor)), Application, Application.edition_id)
    )


def experts(asked: Asked) -> Sequence[Any]:
    """The pool without those who were taken out; it belongs to no edition."""
    found = select(Expert).options(selectinload(Expert.regions), selectinload(Expert.industries))
    return _entities(_page(asked, found.where(Expert.removed_at.is_(None)), Expert))


def seats_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The office and the supervisor see every seat of a published panel, who follows the progress those that are held, and
    an expert the own ones. Until a draw is published its seats exist only under codes, in no table of seats."""
    if actor.has(Role.OFFICE, Role.SUPERVISOR):
        return true()
    return or_(panels.visible_to(actor), and_(scoring.watched_by(actor), Assignment.state.in_(SEATED)))


def seats(asked: Asked) -> Sequence[Any]:
    found = (
        select(
            Assignment.id,
            Assignment.role,
            Assignment.origin,
            Assignment.state,
            Edition.code.label("edition"),
            Round.key.label("round"),
            Application.number.label("application"),
            Expert.number.label("expert"),
            Expert.name.label("expert_name"),
        )
        .join(Round, Round.id == Assignment.round_id)
        .join(Edition, Edition.id == Assignment.edition_id)
        .join(Application, Application.id == Assignment.application_id)
        .join(Expert, Expert.id == Assignment.expert_id)
        .where(seats_visible_to(asked.actor))
    )
    return _page(asked, found, Assignment, Assignment.edition_id)


def sheets(asked: Asked) -> Sequence[Any]:
    found = (
        select(ScoreSheet)
        .options(
            selectinload(ScoreSheet.items),
            joinedload(ScoreSheet.round, innerjoin=True).joinedload(Round.edition, innerjoin=True),
            joinedload(ScoreSheet.assignment, innerjoin=True).options(
                joinedload(Assignment.application, innerjoin=True), joinedload(Assignment.expert, innerjoin=True)
            ),
        )
        .where(scoring.visible_to(asked.actor))
    )
    return _entities(_page(asked, found, ScoreSheet, ScoreSheet.edition_id))


def ranking_heads(asked: Asked) -> Sequence[Any]:
    found = (
        select(
            Ranking.id,
            Ranking.number,
            Ranking.is_final,
            Ranking.state,
            Ranking.computed_at,
            Ranking.digest,
            Edition.code.label("edition"),
            Round.key.label("round"),
        )
        .join(Round, Round.id == Ranking.round_id)
        .join(Edition, Edition.id == Ranking.edition_id)
        .where(rankings.visible_to(asked.actor))
    )
    return _page(asked, found, Ranking, Ranking.edition_id)


def ranking_rows(asked: Asked) -> Sequence[Any]:
    found = (
        select(RankingRow)
        .join(Ranking, Ranking.id == RankingRow.ranking_id)
        .options(
            joinedload(RankingRow.application, innerjoin=True),
            joinedload(RankingRow.ranking, innerjoin=True).options(
                joinedload(Ranking.round, innerjoin=True), joinedload(Ranking.edition, innerjoin=True)
            ),
        )
        .where(rankings.visible_to(asked.actor))
    )
    return _entities(_page(asked, found, RankingRow, Ranking.edition_id))


def results(asked: Asked) -> Sequence[Any]:
    found = outcomes.visible_to(asked.actor).options(joinedload(Outcome.edition, innerjoin=True))
    return _entities(_page(asked, found, Outcome, Outcome.edition_id))


def objections(asked: Asked) -> Sequence[Any]:
    """What came of objections; who made them and what was told in evidence leave the house by no list."""
    found = (
        select(
            Objection.id,
            Objection.number,
            Objection.state,
            Objection.received_at,
            Objection.due_on,
            Objection.answered_at,
            Objection.finding,
            Objection.effect,
            Objection.answer,
            Objection.notice_id,
            Edition.code.label("edition"),
            Application.number.label("application"),
        )
        .join(Edition, Edition.id == Objection.edition_id)
        .outerjoin(Application, Application.id == Objection.application_id)
    )
    return _page(asked, found, Objection, Objection.edition_id)
