"""Use cases: conflicts, the draw, declarations, replacements, the head of panel."""

from app.panels.pledge import PLEDGE_VERSION
from app.panels.services.conflicts import Interest, end_conflict, record_conflict, withdraw_conflict
from app.panels.services.declaring import declare_clear, declare_conflict
from app.panels.services.drawing import Unstaffable, discard_draw, draw_panels, publish_draw
from app.panels.services.exceptions import confirm_exception, propose_exception, refuse_exception, revoke_exception
from app.panels.services.excusing import excuse
from app.panels.services.finding import find_conflicts
from app.panels.services.heads import appoint_head
from app.panels.services.replacing import replace
from app.panels.services.seating import UnlawfulSeats, seat_experts

__all__ = [
    "PLEDGE_VERSION",
    "Interest",
    "UnlawfulSeats",
    "Unstaffable",
    "appoint_head",
    "confirm_exception",
    "declare_clear",
    "declare_conflict",
    "discard_draw",
    "draw_panels",
    "end_conflict",
    "excuse",
    "find_conflicts",
    "propose_exception",
    "publish_draw",
    "record_conflict",
    "refuse_exception",
    "replace",
    "revoke_exception",
    "seat_experts",
    "withdraw_conflict",
]
