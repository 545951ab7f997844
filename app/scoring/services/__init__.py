"""Use cases: sheets opened, saved, handed in and given back; the end of a round."""

from app.scoring.services.rounds import close_round, closing
from app.scoring.services.sheets import (
    abstain,
    criteria_of,
    note_look,
    note_reading,
    open_sheet,
    reopen,
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
    "reopen",
    "save_item",
    "save_items",
    "save_loaded_item",
    "skip",
    "submit",
    "void_sheet",
]
