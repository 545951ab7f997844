"""Use cases: sheets opened, saved, handed in and given back; the end of a round."""

from app.scoring.services.leading import remind, reminder, reopen, send_back, to_remind
from app.scoring.services.papers import confirm_entry, note_entry_look, refuse_entry, type_entry
from app.scoring.services.reporting import note_comparison, write_report
from app.scoring.services.rounds import close_round, closing
from app.scoring.services.sheets import (
    abstain,
    criteria_of,
    note_look,
    note_reading,
    open_sheet,
    save_item,
    save_items,
    save_loaded_item,
    skip,
    submit,
    void_sheet,
)

__all__ = [
    "abstain",
    "close_round",
    "closing",
    "confirm_entry",
    "criteria_of",
    "note_comparison",
    "note_entry_look",
    "note_look",
    "note_reading",
    "open_sheet",
    "refuse_entry",
    "remind",
    "reminder",
    "reopen",
    "save_item",
    "save_items",
    "save_loaded_item",
    "send_back",
    "skip",
    "submit",
    "to_remind",
    "type_entry",
    "void_sheet",
    "write_report",
]
