"""Use cases: sheets opened, saved, handed in and given back; the end of a round."""

from app.scoring.services.leading import remind, reminder, reopen, send_back, to_remind
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
    "criteria_of",
    "note_look",
    "note_reading",
    "open_sheet",
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
    "void_sheet",
]
