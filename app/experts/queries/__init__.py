"""Reads of the expert pool: the list with its filters, one expert, an import and its rows."""

from sqlalchemy import select

from app.experts.models import Expert
from app.experts.queries.credit import credit_file, find_fact, years_unused
from app.experts.queries.duplicates import side_by_side, suspected_pairs, two_experts
from app.experts.queries.entries import entries, entry_of, fingerprint, pool_facts
from app.experts.queries.listing import Filter, Listing, chips, conditions, expired_of, is_confirmed, missing_of, pool
from app.experts.queries.merging import (
    PERSON_ID,
    fields_of,
    fields_to_merge,
    find_merge,
    has_changed,
    merge_by_which,
    missing_to_merge,
    open_merge_of,
    open_merges,
)
from app.experts.queries.previews import abolished, find_import, import_rows, recent_imports, shown, waiting_imports
from app.kernel.database import db

__all__ = [
    "PERSON_ID",
    "Filter",
    "Listing",
    "abolished",
    "chips",
    "conditions",
    "credit_file",
    "entries",
    "entry_of",
    "expired_of",
    "fields_of",
    "fields_to_merge",
    "find_by_number",
    "find_expert",
    "find_fact",
    "find_import",
    "find_merge",
    "fingerprint",
    "has_changed",
    "import_rows",
    "is_confirmed",
    "merge_by_which",
    "missing_of",
    "missing_to_merge",
    "open_merge_of",
    "open_merges",
    "pool",
    "pool_facts",
    "recent_imports",
    "shown",
    "side_by_side",
    "suspected_pairs",
    "two_experts",
    "waiting_imports",
    "years_unused",
]


def find_expert(expert_id: int) -> Expert | None:
    return db.session.get(Expert, expert_id)


def find_by_number(number: str) -> Expert | None:
    return db.session.scalar(select(Expert).where(Expert.number == number.strip().upper()))
