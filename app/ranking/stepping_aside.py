"""Dossiers from which a reader of the advice steps aside: he sees their places, and none of the scores and comments behind.

The committee meets later in the pipeline, so it tells.
"""

from collections.abc import Callable

from app.kernel.actor import Actor
from app.kernel.errors import Forbidden
from app.kernel.words import N_, Message

Source = Callable[[int, int], set[int]]
_sources: list[Source] = []


def learn(source: Source) -> None:
    """Called once by create_app. `source`: by user and edition, the applications from which he steps aside."""
    _sources[:] = [source]


def stepped_aside(actor: Actor, edition_id: int) -> set[int]:
    return set[int]().union(*(source(actor.user_id or 0, edition_id) for source in _sources))


def demand_impartial(actor: Actor, edition_id: int, application_id: int) -> None:
    """Raises Forbidden: who steps aside from a dossier does not read what its experts said."""
    if application_id in stepped_aside(actor, edition_id):
        raise Forbidden(
            Message(N_("您已对这一申报回避，不能查看它的评分、评语和分析。排名表照常可看；若回避有误，请告诉秘书处。")),
            "recused",
        )
