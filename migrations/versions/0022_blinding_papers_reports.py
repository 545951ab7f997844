"""What is hidden in blind rounds; sheets entered from paper by two people; the head's reports to the committee."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0024"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
APPEND_ONLY = ("committee_report",)
SETTLED = "OLD.state <> 'typed'"


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))
        for column, target in columns.items()
    ]


def guards() -> list[tuple[str, str, str, str]]:
    """Name, event, table, condition under which the database refuses."""
    kept = [(f"{table}_append_only_{event.lower()}", event, table, "1 = 1") for table in APPEND_ONLY for event in ("UPDATE", "DELETE")]
    return [*kept, ("paper_entry_settled", "UPDATE", "paper_entry", SETTLED), ("paper_entry_kept", "DELETE", "paper_entry", "1 = 1")]


def upgrade() -> None:
    op.create_table(
        "blinding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("marked_by", sa.Integer(), nullable=False),
        sa.Column("marked_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_keys("blinding", edition_id="edition", application_id="application", marked_by="user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blinding")),
        sa.UniqueConstraint("application_id", name=op.f("uq_blinding_application_id")),
    )
    state = sa.Enum(
        "typed", "confirmed", "refused", name="paperentrystate", native_enum=False, create_constraint=True, length=32
    )
    op.create_table(
        "paper_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("total_twentieths", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("state", state, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name=op.f("ck_paper_entry_two_people")),
        sa.CheckConstraint("state <> 'confirmed' OR confirmed_by IS NOT NULL", name=op.f("ck_paper_entry_confirmed")),
        *_keys("paper_entry", sheet_id="score_sheet", edition_id="edition", proposed_by="user", confirmed_by="user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_entry")),
    )
    op.create_index(op.f("ix_paper_entry_sheet_id"), "paper_entry", ["sheet_id"])
    op.create_table(
        "committee_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        *_keys("committee_report", edition_id="edition", round_id="round", written_by="user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_report")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_committee_report_round_id_number")),
    )
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
    for table in ("committee_report", "paper_entry", "blinding"):
        op.drop_table(table)
