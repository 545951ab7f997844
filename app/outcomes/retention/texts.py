"""Names in free texts: whoever is erased goes by his pseudonym there, too.

What stands under a digest (sheets as they were handed in, reports, receipts, letters) is not rewritten: it would prove nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Select, Table, select, update

from app.accounts.models import User
from app.applications.models import Applicant
from app.experts.models import Expert
from app.kernel.database import Base, db
from app.outcomes import sealing
from app.outcomes.retention.rules import Pseudonyms

UNSEALED: dict[str, tuple[str, ...]] = {
    "credit_fact": ("text", "reply", "withdrawal_reason"),
    "expert_merge": ("reason", "decision"),
    "watch_fact": ("text", "settled"),
    "yearly_declaration": ("note",),
    "retention_act": ("reason", "decision"),
}
"""Texts beside the editions; they name people of any of them."""

Places = list[list[Any]]
"""Table and row of each text that was rewritten."""


def rename(names: Mapping[str, str], editions: Collection[int]) -> Places:
    """In every free text of these editions, and beside them; `names`: what each goes by from now on."""
    pseudonyms = Pseudonyms(names, _known(names))
    if not pseudonyms:
        return []
    return sorted(_rewritten(pseudonyms, editions))


def _known(names: Mapping[str, str]) -> set[str]:
    """Everybody else whom the house knows by name."""
    columns = (Expert.name, User.name, Applicant.contact_name)
    return {name for column in columns for name in db.session.scalars(select(column).distinct())} - names.keys()


def _rewritten(pseudonyms: Pseudonyms, editions: Collection[int]) -> Iterator[list[Any]]:
    ways = sealing.ways()
    for name, columns in (sealing.TEXTS | UNSEALED).items():
        table = Base.metadata.tables[name]
        rows = _rows(table, columns)
        if name in sealing.TEXTS:
            rows = rows.where(_edition(table, ways[name]).in_(editions))
        yield from ([name, row_id] for row_id in _renamed(table, columns, rows, pseudonyms))


def _rows(table: Table, columns: Iterable[str]) -> Select[Any]:
    return select(table.c.id, *(table.c[column] for column in columns)).order_by(table.c.id)


def _edition(table: Any, way: tuple[str, ...]) -> Any:
    """The edition of a row, found along its way (sealing.ways)."""
    if len(way) == 1:
        return table.c[way[0]]
    column, _, parent = way[0].partition(":")
    above = Base.metadata.tables[parent].alias()
    return select(_edition(above, way[1:])).where(above.c.id == table.c[column]).scalar_subquery()


def _renamed(table: Table, columns: Iterable[str], rows: Select[Any], pseudonyms: Pseudonyms) -> Iterator[int]:
    """The rows that were rewritten."""
    for row in db.session.execute(rows).mappings().all():
        texts = {column: row[column] for column in columns if row[column]}
        changed = {column: new for column, old in texts.items() if (new := pseudonyms.put_into(old)) != old}
        if changed:
            db.session.execute(update(table).where(table.c.id == row["id"]).values(changed))
            yield row["id"]
