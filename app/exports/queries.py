"""Reads for files: which sheets a person may take along, what is offered, what was ordered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.orm import joinedload

from app.accounts.queries import actor_of_user
from app.exports.models import Export
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.outcomes.letters import queries as letters
from app.outcomes.letters.models import Letter
from app.policy import allows
from app.programmes.models import Round
from app.programmes.queries import rulebook_of
from app.ranking import advice_queries, portrait
from app.ranking import queries as rankings
from app.scoring import queries as scoring
from app.workflow import ExportState, RankingState

NEWEST = 30


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The files that `export.read` allows, as a condition; a test holds it against the policy."""
    if actor.has(Role.OFFICE, Role.SUPERVISOR, Role.LEADER):
        return Export.user_id == actor.user_id
    return false()


def find(export_id: int) -> Export | None:
    return db.session.get(Export, export_id)


def find_round(round_id: int) -> Round | None:
    return db.session.get(Round, round_id)


def ordered(actor: Actor, edition_id: int) -> Sequence[Export]:
    """What the actor has ordered lately, the newest first."""
    found = select(Export).options(joinedload(Export.round), joinedload(Export.ranking), joinedload(Export.edition))
    mine = found.where(visible_to(actor), Export.edition_id == edition_id)
    return db.session.scalars(mine.order_by(Export.id.desc()).limit(NEWEST)).all()


def waiting() -> Sequence[int]:
    return db.session.scalars(select(Export.id).where(Export.state == ExportState.ORDERED).order_by(Export.id)).all()


def outlived() -> Sequence[Export]:
    return db.session.scalars(
        select(Export).where(Export.state == ExportState.MADE, Export.expires_at < clock.now())
    ).all()


def is_still_wanted(sha256: str) -> bool:
    """Whether another row holds the same bytes."""
    found = select(Export.id).where(Export.state == ExportState.MADE, Export.sha256 == sha256)
    return db.session.scalar(found.limit(1)) is not None


# --- which sheets -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """The sheets of a file in their order, each with what stands for its expert; `names`: applicants stand by name."""

    reviewers: Mapping[int, tuple[str, str]]
    names: bool
    view: rankings.RankingView | None = None
    lettered: tuple[portrait.Lettered, ...] = ()

    @property
    def sheet_ids(self) -> list[int]:
        return list(self.reviewers)


def of_round(actor: Actor, round_: Round) -> Source:
    """What `score_sheet.read` lets the actor read in this round: experts by number and name, in a blind round no applicants."""
    seen = scoring.seen(actor, round_.id)
    blind = rulebook_of(round_.edition).round(round_.key).blind
    return Source(
        {each.sheet_id: (each.expert_number, each.expert) for each in seen}, scoring.sees_names(actor) or not blind
    )


def of_ranking(actor: Actor, ranking_id: int) -> Source | None:
    """What the pages of a confirmed ranking show of its sheets, under the same letters; None for whom they do not."""
    view = rankings.view(ranking_id)
    advised = advice_queries.advised(ranking_id)
    if view is None or advised is None or not is_open(actor, view):
        return None
    rows = tuple(portrait.lettered(view, seed=advised.digest))
    return Source({row.sheet_id: (row.letter, "") for row in rows}, names=True, view=view, lettered=rows)


def is_open(actor: Actor, view: rankings.RankingView) -> bool:
    return allows(actor, "advice.read", view) and allows(actor, "ranking.export", view)


def source_of(export: Export) -> Source | None:
    """What the orderer may take along at this moment: rights that have ended since leave nothing."""
    actor = actor_of_user(export.user)
    if not export.user.active or not allows(actor, "export.order"):
        return None
    return of_round(actor, export.reviewed) if export.ranking_id is None else of_ranking(actor, export.ranking_id)


def letters_of(export: Export) -> Sequence[Letter]:
    """What the orderer may take along of the edition's letters at this moment."""
    actor = actor_of_user(export.user)
    if not export.user.active or not (allows(actor, "export.order") and allows(actor, "letter.list")):
        return ()
    return letters.whole(actor, export.edition_id)


# --- what is offered ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """A round with how many sheets the actor may take along by name, and its rankings whose sheets stand under letters."""

    round: Round
    sheets: int
    rankings: list[rankings.RankingView]
    lettered: frozenset[int]


def offers(actor: Actor, rounds: Sequence[Round]) -> list[Offer]:
    views = rankings.views(actor, rounds[0].edition_id) if rounds else []
    return [_offer(actor, round_, [view for view in views if view.round_id == round_.id]) for round_ in rounds]


def _offer(actor: Actor, round_: Round, views: list[rankings.RankingView]) -> Offer:
    kept = [view for view in views if view.state is not RankingState.SUPERSEDED]
    confirmed = frozenset(view.id for view in kept if is_open(actor, view))
    exported = [view for view in kept if allows(actor, "ranking.export", view)]
    return Offer(round_, len(scoring.readable(actor, round_.id)), exported, confirmed)
