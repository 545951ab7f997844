"""Where seats come from: the draw that gave one or that fixed who follows on it, and what stands against seats by name."""

from collections.abc import Callable, Collection

from sqlalchemy import select

from app.kernel.database import db
from app.kernel.words import N_, Message
from app.panels import ceremony
from app.panels.ceremonies import coded_panels, codes_of, missing_while_open, open_draw, root_of
from app.panels.models import Assignment, Draw
from app.panels.queries import to_name
from app.programmes.models import Round
from app.workflow import DrawState


def missing_to_name(round_: Round, numbers: Collection[str]) -> list[Message]:
    """What stands against seats by name on the panels of these dossiers."""
    missing = missing_while_open(round_)
    draw = open_draw(round_)
    if draw is not None and draw.state is not DrawState.SKETCH:
        missing.append(Message(N_("本轮有一次抽取的输入已经封定。请先完成或作废它，再指定专家。")))
    known = {application.number for application in to_name(round_)}
    missing += [
        Message(N_("申报书 %(number)s 现在不能组成专家组：不在本轮评审中。"), {"number": number})
        for number in sorted(set(numbers) - known)
    ]
    return missing


def root_for(assignment: Assignment) -> Draw | None:
    """The draw that fixed who follows on this seat: its own, else the latest published draw of its round."""
    if assignment.draw is not None:
        return root_of(assignment.draw)
    return db.session.scalar(
        select(Draw)
        .where(Draw.round_id == assignment.round_id, Draw.parent_id.is_(None), Draw.state == DrawState.PUBLISHED)
        .order_by(Draw.id.desc())
        .limit(1)
    )


def gave(draw: Draw) -> Callable[[str, str], bool]:
    """Whether a draw in force gave a dossier's seat to an expert: asked by their numbers, answered from its result."""
    found = _pairs_in(draw)
    key = str(codes_of(root_of(draw))["key"]) if draw.state is DrawState.PUBLISHED else ""
    return lambda dossier, expert: bool(key) and (dossier, ceremony.code(key, expert)) in found


def _pairs_in(draw: Draw) -> set[tuple[str, str]]:
    """Dossier and code of every seat in a result, whether it lists panels or a successor alone."""
    panels = {(panel.dossier, code) for panel in coded_panels(draw) for code in panel.members}
    successor = draw.result.get("seat")
    return panels | ({(successor[0], successor[1])} if successor else set())
