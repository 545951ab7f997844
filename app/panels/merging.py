"""What seats and draws hold against the merge of two entries of one expert.

The sentence about a draw whose list is not public is the same for every expert of the pool: it tells nothing of the list.
"""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, select

from app.applications.models import Application
from app.experts.models import Expert
from app.kernel.database import db
from app.kernel.words import N_, LocalText, Message
from app.panels import facts
from app.panels.models import Assignment, Draw
from app.programmes.models import Edition, Round
from app.workflow import DrawState, EditionState, RoundState

Held = dict[int, tuple[LocalText, list[str]]]
"""By round its name and the dossiers in the order of their numbers."""


def obstacles(survivor: Expert, other: Expert) -> list[Message]:
    return [*_draws_under_way(), *_seats_in_hand(other), *_judged_twice(survivor, other)]


def _draws_under_way() -> Iterator[Message]:
    """Their input is frozen with both entries in the pool, whoever was drawn."""
    frozen = (DrawState.COMMITTED, DrawState.DRAWN)
    rows = select(Edition).join(Draw, Draw.edition_id == Edition.id).where(Draw.state.in_(frozen)).distinct()
    for edition in db.session.scalars(rows.order_by(Edition.id)):
        text = N_("“%(edition)s”有一次抽取的输入已经封定、名单尚未公布。请在名单公布或这次抽取作废之后再合并。")
        yield Message(text, {"edition": edition.title})


def _seats_in_hand(other: Expert) -> Iterator[Message]:
    """A seat keeps its number, so its round has to be over: until then its sheet may be wanted from its holder."""
    for name, dossiers in _held(other, Round.state != RoundState.CLOSED).values():
        text = N_(
            "编号 %(number)s 在“%(round)s”还有席位（%(dossiers)s）。请先收回这些任务并另派专家，或在这一轮结束后再合并。"
        )
        yield Message(text, {"number": other.number, "round": name, "dossiers": ", ".join(dossiers)})


def _judged_twice(survivor: Expert, other: Expert) -> Iterator[Message]:
    running = Edition.state == EditionState.RUNNING
    mine = {number for _name, dossiers in _held(survivor, running).values() for number in dossiers}
    theirs = {number for _name, dossiers in _held(other, running).values() for number in dossiers}
    for number in sorted(mine & theirs):
        text = N_(
            "编号 %(first)s 和 %(second)s 都在申报书 %(dossier)s 的专家组里，合并后就是一人评了两次。请先收回其中一个任务。"
        )
        yield Message(text, {"first": survivor.number, "second": other.number, "dossier": number})


def _held(expert: Expert, *conditions: ColumnElement[bool]) -> Held:
    rows = db.session.execute(
        select(Round, Application.number)
        .join(Assignment, Assignment.round_id == Round.id)
        .join(Application, Application.id == Assignment.application_id)
        .join(Edition, Edition.id == Round.edition_id)
        .where(Assignment.expert_id == expert.id, Assignment.state.in_(facts.LIVE), *conditions)
        .order_by(Round.id, Application.number)
    )
    found: Held = {}
    for round_, number in rows:
        found.setdefault(round_.id, (round_.name, []))[1].append(number)
    return found
