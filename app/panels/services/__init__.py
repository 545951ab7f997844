"""Use cases: conflicts, the draw from working copy to publication, declarations, replacements, the head of panel."""

from app.panels.pledge import PLEDGE_VERSION
from app.panels.services.committing import (
    SystemSecret,
    Terms,
    commit,
    own_key,
    promise_for_guest,
    promise_hash,
    promise_secret,
    record_public_value,
    reveal,
)
from app.panels.services.conflicts import Interest, end_conflict, record_conflict, withdraw_conflict
from app.panels.services.declaring import (
    ask,
    case_to_practise,
    declare_clear,
    declare_conflict,
    find_interest,
    find_no_interest,
    lapse_question,
)
from app.panels.services.drawing import discard_draw, draw_panels, publish_draw
from app.panels.services.exceptions import confirm_exception, propose_exception, refuse_exception, revoke_exception
from app.panels.services.excusing import excuse
from app.panels.services.finding import find_conflicts
from app.panels.services.heads import appoint_head
from app.panels.services.knowing import expert_named
from app.panels.services.measuring import measure
from app.panels.services.merging import follow_merge
from app.panels.services.moving import choose_crossing, move_back, move_dossier
from app.panels.services.naming import seat_by_hand, seat_list, seat_named
from app.panels.services.planning import (
    choose_aims,
    choose_policy,
    drop_wish,
    keep_apart,
    keep_together,
    leave_out,
    start_draw,
    take_in,
)
from app.panels.services.refusals import Unstaffable
from app.panels.services.repairing import Repaired, missing_to_repair, repair
from app.panels.services.replacing import replace
from app.panels.services.seating import UnlawfulSeats, seat_experts

__all__ = [
    "PLEDGE_VERSION",
    "Interest",
    "Repaired",
    "SystemSecret",
    "Terms",
    "UnlawfulSeats",
    "Unstaffable",
    "appoint_head",
    "ask",
    "case_to_practise",
    "choose_aims",
    "choose_crossing",
    "choose_policy",
    "commit",
    "confirm_exception",
    "declare_clear",
    "declare_conflict",
    "discard_draw",
    "draw_panels",
    "drop_wish",
    "end_conflict",
    "excuse",
    "expert_named",
    "find_conflicts",
    "find_interest",
    "find_no_interest",
    "follow_merge",
    "keep_apart",
    "keep_together",
    "lapse_question",
    "leave_out",
    "measure",
    "missing_to_repair",
    "move_back",
    "move_dossier",
    "own_key",
    "promise_for_guest",
    "promise_hash",
    "promise_secret",
    "propose_exception",
    "publish_draw",
    "record_conflict",
    "record_public_value",
    "refuse_exception",
    "repair",
    "replace",
    "reveal",
    "revoke_exception",
    "seat_by_hand",
    "seat_experts",
    "seat_list",
    "seat_named",
    "start_draw",
    "take_in",
    "withdraw_conflict",
]
