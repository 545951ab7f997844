"""Reads of scoring."""

from app.scoring.queries.progress import (
    RoundRow,
    current_round,
    dossiers_in,
    due_of,
    find_round,
    led_by,
    rounds_of,
    seats,
)
from app.scoring.queries.sheets import (
    ItemRow,
    SheetHead,
    item_for_writing,
    item_rows,
    items_for_writing,
    sheet_for_writing,
    sheet_head,
    sheet_of_assignment,
    submitted_versions,
    visible_to,
)
from app.scoring.queries.worklist import RoundOfWork, Task, Window, Worklist, next_task, worklist

__all__ = [
    "ItemRow",
    "RoundOfWork",
    "RoundRow",
    "SheetHead",
    "Task",
    "Window",
    "Worklist",
    "current_round",
    "dossiers_in",
    "due_of",
    "find_round",
    "item_for_writing",
    "item_rows",
    "items_for_writing",
    "led_by",
    "next_task",
    "rounds_of",
    "seats",
    "sheet_for_writing",
    "sheet_head",
    "sheet_of_assignment",
    "submitted_versions",
    "visible_to",
    "worklist",
]
