"""The seal of an archived edition: the database refuses to add, change or delete anything of it.

The triggers follow from the tables as they are, and the migrations lay them anew whenever they have run (migrations/env.py): a
table that comes later is sealed too, unless it is named below, and no migration has to work around them.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import JSON, Connection, Table, inspect, text

from app.kernel.database import Base

SEAL = "edition_is_archived"
"""What the database answers; web/errors.py has the sentence for people."""

LIVES_ON: dict[str, str] = {
    "audit_event": "the record goes on, and is append-only by itself",
    "outbox_message": "mail about what happens later",
    "yearly_declaration": "handed in, with its files, for years after the honour",
    "watch_fact": "found out for years after the honour",
    "bundle": "a copy of what is sealed, which may be made again",
    "export": "a copy for those who carry lists elsewhere",
    "disclosure": "told to the supervisor in confidence, and answered when he can",
    "role_grant": "who may sign in, not what happened",
    "retention_act": "what is erased by rule, years after",
}
"""Tables with an edition that are written after it was archived, and why."""
REVOCATION = ("state", "revoked_for")
"""An honour may still be revoked: nothing else of it changes."""
DOORS: dict[str, tuple[str, ...]] = {
    "avoided_expert": ("name", "employer", "reason"),
    "letter": ("content", "digest"),
    "objection": ("name", "identity", "contact_name", "contact"),
    "staff_list": ("names",),
}
"""Contact data and letters that a retention act may take out, column by column, while it is confirmed and not yet carried
out."""
OPENED_BY = {"letter": "'contacts', 'files'"}
"""By which kinds of acts, where not by one of contacts alone: a letter to an applicant goes with the dossier's files."""
OPEN_ACT = (
    "EXISTS (SELECT 1 FROM retention_act r WHERE r.edition_id = e.id AND r.kind IN ({}) AND r.state = 'confirmed')"
)
TEXTS: dict[str, tuple[str, ...]] = {
    "assignment": ("reason",),
    "committee_session": ("because",),
    "conflict": ("note",),
    "consensus_answer": ("text",),
    "consensus_item": ("reason", "strengths", "improvements"),
    "consensus_note": ("text",),
    "consultation": ("note",),
    "defence_deduction": ("reason",),
    "expert_invitation": ("decline_text",),
    "feedback_item": ("drafted_strengths", "drafted_improvements", "strengths", "improvements"),
    "feedback_report": ("summary",),
    "formal_check": ("reason",),
    "interest_question": ("text", "answer"),
    "item_score": ("strengths", "improvements", "reason"),
    "objection": ("text", "finding", "answer"),
    "objection_extension": ("reason",),
    "objection_request": ("question", "answer"),
    "pair_exception": ("reason", "decision"),
    "practice_answer": ("reason",),
    "recommendation": ("opinion",),
    "recusal": ("reason",),
    "score_sheet": ("returned_for", "abstained_for"),
    "visit": ("contact", "unconfirmed_because"),
    "visit_appointment": ("whom", "topic"),
    "visit_issue": ("text", "finding"),
    "visit_log": ("about", "text"),
    "visit_meeting": ("text",),
    "visit_photo": ("caption",),
}
"""Free texts of an edition that stand under no digest: names in them become pseudonyms with their people."""
NAMING_ACT = (
    "EXISTS (SELECT 1 FROM retention_act r WHERE r.kind IN ('contacts', 'names', 'wish') AND r.state = 'confirmed')"
)
"""Whoever is erased may be named in every edition that he had a part in, so that these columns open everywhere at once."""

Trigger = tuple[str, str, str, str]
"""Name, event, table, condition."""


def ways() -> dict[str, tuple[str, ...]]:
    """Every table that belongs to an edition, with the columns that lead there: its own last one names the edition."""
    tables = Base.metadata.tables
    found: dict[str, tuple[str, ...]] = {
        name: ("edition_id",) for name, table in tables.items() if "edition_id" in table.c
    }
    found["edition"] = ("id",)
    while further := {name: way for name in tables.keys() - found for way in _step(tables[name], found)}:
        found |= further
    return found


def _step(table: Table, known: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Through a column that must be filled to a table whose way is known; the first by name, once."""
    for key in sorted(table.foreign_keys, key=lambda each: each.parent.name):
        parent = key.column.table.name
        if not key.parent.nullable and parent in known and parent not in ("edition", *LIVES_ON):
            yield (f"{key.parent.name}:{parent}", *known[parent])
            return


def sealed() -> dict[str, tuple[str, ...]]:
    return {name: way for name, way in ways().items() if name not in LIVES_ON}


def triggers(dialect: str) -> list[Trigger]:
    return [each for name, way in sorted(sealed().items()) for each in _of_table(name, way, dialect)]


def _of_table(name: str, way: tuple[str, ...], dialect: str) -> Iterator[Trigger]:
    if name == "edition":
        yield f"seal_{name}_update", "UPDATE", name, "OLD.state = 'archived'"
        yield f"seal_{name}_delete", "DELETE", name, "OLD.state = 'archived'"
        return
    before, after = (_archived(way, row) for row in ("OLD", "NEW"))
    changed = f"({before} OR {after})"
    if name == "outcome":
        changed = f"{changed} AND ({_differs(name, _others(name, REVOCATION), dialect)})"
    if doors := _doors(name):
        changed = f"{changed} AND ({_outside(name, doors, way, dialect)})"
    yield f"seal_{name}_insert", "INSERT", name, after
    yield f"seal_{name}_update", "UPDATE", name, changed
    yield f"seal_{name}_delete", "DELETE", name, before


def _archived(way: tuple[str, ...], row: str, *further: str) -> str:
    *steps, last = way
    joins, place = [], row
    for number, step in enumerate(steps):
        column, _, parent = step.partition(":")
        joins.append((f"{parent} p{number}", f"p{number}.id = {place}.{column}"))
        place = f"p{number}"
    sources = ", ".join(["edition e", *(f'"{source.split()[0]}" {source.split()[1]}' for source, _on in joins)])
    conditions = " AND ".join(
        [f"e.id = {place}.{last}", "e.state = 'archived'", *(on for _source, on in joins), *further]
    )
    return f"EXISTS (SELECT 1 FROM {sources} WHERE {conditions})"  # noqa: S608  # nosec B608 - names of our own tables


def _doors(name: str) -> list[tuple[tuple[str, ...], str]]:
    """Columns of a table that may be rewritten while an act of the kind waits to be carried out."""
    open_act = OPEN_ACT.format(OPENED_BY.get(name, "'contacts'"))
    found = ((DOORS.get(name, ()), open_act), (TEXTS.get(name, ()), NAMING_ACT))
    return [(columns, act) for columns, act in found if columns]


def _outside(name: str, doors: list[tuple[tuple[str, ...], str]], way: tuple[str, ...], dialect: str) -> str:
    """Whether an update changes a column behind a door that is shut, or one that has none."""
    free = tuple(column for columns, _act in doors for column in columns)
    shut = (f"(({_differs(name, columns, dialect)}) AND NOT {_archived(way, 'OLD', act)})" for columns, act in doors)
    return " OR ".join([_differs(name, _others(name, free), dialect), *shut])


def _others(name: str, free: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(column.name for column in Base.metadata.tables[name].c if column.name not in free)


def _differs(name: str, columns: tuple[str, ...], dialect: str) -> str:
    unlike = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    return " OR ".join(unlike.join(f" {_compared(name, row, column)} " for row in ("NEW", "OLD")) for column in columns)


def _compared(name: str, row: str, column: str) -> str:
    """PostgreSQL knows no equality of JSON, only of its text."""
    is_json = isinstance(Base.metadata.tables[name].c[column].type, JSON)
    return f"CAST({row}.{column} AS TEXT)" if is_json else f"{row}.{column}"


# --- in the database ----------------------------------------------------------------------------------------------


def lift(connection: Connection) -> None:
    """Before migrations: no trigger stands in the way of a table that is made anew."""
    for name, table in _laid(connection):
        if connection.dialect.name == "sqlite":
            connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text(f'DROP TRIGGER {name} ON "{table}"'))
            connection.execute(text(f"DROP FUNCTION {name}()"))


def lay(connection: Connection) -> None:
    """After migrations: over every table that is there, where the columns are those of the models."""
    if missing_columns(connection):
        return
    for trigger in triggers(connection.dialect.name):
        for statement in _statements(trigger, connection.dialect.name):
            connection.exec_driver_sql(statement)


def missing_columns(connection: Connection) -> bool:
    """Whether the database stands at an earlier migration than the models."""
    found: Any = inspect(connection)
    there = set(found.get_table_names())
    return any(name not in there for name in Base.metadata.tables)


def _statements(trigger: Trigger, dialect: str) -> tuple[str, ...]:
    name, event, table, condition = trigger
    if dialect == "sqlite":
        body = f"BEGIN SELECT RAISE(ABORT, '{SEAL}'); END"
        return (f'CREATE TRIGGER {name} BEFORE {event} ON "{table}" WHEN {condition} {body}',)
    passed = "OLD" if event == "DELETE" else "NEW"
    refuse = f"RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{SEAL}'"
    body = f"BEGIN IF {condition} THEN {refuse}; END IF; RETURN {passed}; END"
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
        f'CREATE TRIGGER {name} BEFORE {event} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {name}()',
    )


def _laid(connection: Connection) -> list[tuple[str, str]]:
    """Name and table of every seal that the database holds."""
    names = {
        "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'seal@_%' ESCAPE '@'",
        "postgresql": "SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE t.tgname LIKE 'seal@_%' ESCAPE '@'",
    }
    return [(row[0], row[1]) for row in connection.execute(text(names[connection.dialect.name]))]


def not_laid(connection: Connection) -> list[str]:
    """Seals that should be there and are not; for `flask doctor`."""
    there = {name for name, _table in _laid(connection)}
    return [name for name, *_rest in triggers(connection.dialect.name) if name not in there]
