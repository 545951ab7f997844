"""Use cases: conflicts, the draw, declarations, replacements, the head of panel."""

from app.panels.pledge import PLEDGE_VERSION
from app.panels.services.conflicts import find_conflicts, record_conflict
from app.panels.services.declaring import declare_clear, declare_conflict
from app.panels.services.drawing import Unstaffable, discard_draw, draw_panels, publish_draw
from app.panels.services.excusing import excuse
from app.panels.services.heads import appoint_head
from app.panels.services.replacing import replace
from app.panels.services.seating import UnlawfulSeats, seat_experts

__all__ = [
    "PLEDGE_VERSION",
    "UnlawfulSeats",
    "Unstaffable",
    "appoint_head",
    "declare_clear",
    "declare_conflict",
    "discard_draw",
    "draw_panels",
    "excuse",
    "find_conflicts",
    "publish_draw",
    "record_conflict",
    "replace",
    "seat_experts",
]
