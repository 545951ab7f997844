"""Sessions of statements and defences: slots in the order of the lot, presses on the clock, deductions for overtime."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0022"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = ("planned", "committed", "drawn", "running", "ended")
MARKS = ("statement_begun", "statement_ended", "questions_begun", "questions_ended")
APPEND_ONLY = ("defence_mark", "defence_deduction")
LOT_TOUCHED = """
    OLD.input_digest <> '' AND (
        NEW.input_digest <> OLD.input_digest OR NEW.promise <> OLD.promise
        OR NEW.secret <> OLD.secret OR NEW.nonce <> OLD.nonce
        OR (OLD.public_value <> '' AND NEW.public_value <> OLD.public_value)
    )
"""


def guards() -> list[tuple[str, str, str, str]]:
    """Name, event, table, condition under which the database refuses."""
    kept = [("defence_session_lot", "UPDATE", "defence_session", LOT_TOUCHED)]
    for table in APPEND_ONLY:
        for event in ("UPDATE", "DELETE"):
            kept.append((f"{table}_append_only_{event.lower()}", event, table, "1 = 1"))
    return kept


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))
        for column, target in columns.items()
    ]


def upgrade() -> None:
    state = sa.Enum(*STATES, name="defencestate", native_enum=False, create_constraint=True, length=32)
    mark = sa.Enum(*MARKS, name="mark", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "defence_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("held_at", MOMENT, nullable=False),
        sa.Column("room", sa.String(200), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("lot_input", sa.JSON(), nullable=False),
        sa.Column("input_digest", sa.String(64), nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("promise", sa.String(64), nullable=False),
        sa.Column("public_value", sa.String(200), nullable=False),
        sa.Column("witnesses", sa.String(200), nullable=False),
        sa.Column("lot_result", sa.JSON(), nullable=False),
        sa.Column("current_id", sa.Integer(), nullable=True),
        sa.Column("state", state, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_keys("defence_session", edition_id="edition", round_id="round"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defence_session")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_defence_session_round_id_number")),
    )
    op.create_index(op.f("ix_defence_session_edition_id"), "defence_session", ["edition_id"])
    op.create_table(
        "defence_slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.JSON(), nullable=False),
        *_keys("defence_slot", session_id="defence_session", round_id="round", application_id="application"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defence_slot")),
        sa.UniqueConstraint("round_id", "application_id", name=op.f("uq_defence_slot_round_id_application_id")),
    )
    op.create_index(op.f("ix_defence_slot_session_id"), "defence_slot", ["session_id"])
    op.create_table(
        "defence_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("mark", mark, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("pressed_by", sa.Integer(), nullable=True),
        *_keys("defence_mark", slot_id="defence_slot", pressed_by="user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defence_mark")),
        sa.UniqueConstraint("slot_id", "mark", name=op.f("uq_defence_mark_slot_id_mark")),
    )
    op.create_table(
        "defence_deduction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("seconds >= 0 AND points >= 0", name=op.f("ck_defence_deduction_not_negative")),
        sa.CheckConstraint("number = 1 OR reason <> ''", name=op.f("ck_defence_deduction_correction_says_why")),
        *_keys("defence_deduction", slot_id="defence_slot", recorded_by="user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_defence_deduction")),
        sa.UniqueConstraint("slot_id", "number", name=op.f("uq_defence_deduction_slot_id_number")),
    )
    op.add_column("ranking_row", sa.Column("deductions", sa.JSON(), nullable=False, server_default="{}"))
    for guard in guards():
        _set(*guard)


def _set(name: str, event: str, table: str, condition: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{name}'; END IF; "
        f"{'RETURN OLD;' if event == 'DELETE' else 'RETURN NEW;'} END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, _event, table, _condition in guards():
        op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {table}")
        if not sqlite:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_column("ranking_row", "deductions")
    for table in ("defence_deduction", "defence_mark", "defence_slot", "defence_session"):
        op.drop_table(table)
