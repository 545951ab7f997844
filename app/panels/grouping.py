"""The industry groups of a round where experts keep to theirs: the rulebook's, as the plans of its draws have settled them."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select

from app.applications.models import Application
from app.kernel.database import db
from app.panels.engine import Seat
from app.panels.models import Draw
from app.panels.plan import Plan, read_plan
from app.panels.rules import DossierFacts, Grouping
from app.programmes.models import Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.values import GroupMode
from app.workflow import DrawState


def grouping_in(round_: Round, plan: Plan | None = None) -> Grouping | None:
    """The groups of all dossiers of the edition; None where the rulebook mixes them. `plan`: of a draw in the making, beside
    those that were published."""
    book = rulebook_of(round_.edition)
    if book.panel.groups is GroupMode.MIXED:
        return None
    plans = [*published_plans(round_), *([plan] if plan else ())]
    names = {group.key: group.name for group in book.groups}
    size = book.round(round_.key).panel_size
    return Grouping(_group_of(round_, plans), names, size, _crossing(plans, most_crossing(round_)))


def _group_of(round_: Round, plans: Iterable[Plan]) -> dict[str, str]:
    rows = db.session.execute(
        select(Application.number, Application.group_key).where(Application.edition_id == round_.edition_id)
    )
    return dict(rows.all()) | {move.dossier: move.group for plan in plans for move in plan.moved}


def most_crossing(round_: Round) -> int:
    """Of all reviews so many per cent may cross at most."""
    return rulebook_of(round_.edition).panel.crossing_percent or 0


def _crossing(plans: Iterable[Plan], most: int) -> int:
    """The share that the first draw chose holds for the round; later draws add no review that crosses."""
    return next((plan.crossing for plan in plans if plan.crossing is not None), most)


def published_plans(round_: Round) -> list[Plan]:
    """Of the round's own draws, in their order."""
    own = (Draw.round_id == round_.id, Draw.parent_id.is_(None), Draw.state == DrawState.PUBLISHED)
    return [read_plan(plan) for plan in db.session.scalars(select(Draw.plan).where(*own).order_by(Draw.number))]


def has_crossing(round_: Round) -> bool:
    grouping = grouping_in(round_)
    return grouping is not None and grouping.percent > 0


def grouped(grouping: Grouping | None, dossier: DossierFacts) -> DossierFacts:
    """The dossier in the group in which it is reviewed."""
    return dossier if grouping is None else replace(dossier, group=grouping.group[dossier.id])


def seated_in(seats: Iterable[Seat]) -> set[tuple[str, str]]:
    """Pairs (dossier, expert), as the rules of groups read them."""
    return {(seat.dossier, seat.expert) for seat in seats}
