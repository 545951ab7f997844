"""A panel's consensus beside its independent sheets, and what the database keeps of both for good."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = ("open", "proposed", "agreed", "no_consensus", "released")

SHEET_TOUCHED = """
    NEW.total_twentieths <> OLD.total_twentieths
    AND EXISTS (SELECT 1 FROM submitted_sheet h WHERE h.sheet_id = OLD.id)
    AND EXISTS (SELECT 1 FROM consensus c WHERE c.round_id = OLD.round_id AND c.application_id = OLD.application_id)
"""
ITEM_TOUCHED = """
    EXISTS (
        SELECT 1 FROM score_sheet s JOIN consensus c ON c.round_id = s.round_id AND c.application_id = s.application_id
        WHERE s.id = OLD.sheet_id AND EXISTS (SELECT 1 FROM submitted_sheet h WHERE h.sheet_id = s.id)
    )
"""
AGREED_TOUCHED = "EXISTS (SELECT 1 FROM consensus c WHERE c.id = OLD.consensus_id AND c.state <> 'open')"
APPEND_ONLY = ("consensus_note", "consensus_answer", "panel_report")


def guards() -> list[tuple[str, str, str, str]]:
    """Name, event, table, condition under which the database refuses."""
    kept = [
        ("score_sheet_in_consensus", "UPDATE OF total_twentieths", "score_sheet", SHEET_TOUCHED),
        ("item_score_in_consensus", "UPDATE OF percent, strengths, improvements", "item_score", ITEM_TOUCHED),
        ("consensus_item_frozen", "UPDATE", "consensus_item", AGREED_TOUCHED),
    ]
    for table in APPEND_ONLY:
        for event in ("UPDATE", "DELETE"):
            kept.append((f"{table}_append_only_{event.lower()}", event, table, "1 = 1"))
    return kept


def _key() -> sa.Column:
    return sa.Column("id", sa.Integer(), nullable=False)


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))
        for column, target in columns.items()
    ]


def upgrade() -> None:
    state = sa.Enum(*STATES, name="consensusstate", native_enum=False, create_constraint=True, length=32)
    op.create_table(
        "consensus",
        _key(),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("criteria_key", sa.String(60), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("proposal", sa.Integer(), nullable=False),
        sa.Column("total_twentieths", sa.Integer(), nullable=True),
        sa.Column("state", state, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("total_twentieths BETWEEN 0 AND 20000", name=op.f("ck_consensus_total")),
        sa.CheckConstraint("state <> 'agreed' OR total_twentieths IS NOT NULL", name=op.f("ck_consensus_agreed_total")),
        sa.CheckConstraint("state <> 'no_consensus' OR total_twentieths IS NULL", name=op.f("ck_consensus_no_total")),
        *_keys("consensus", edition_id="edition", round_id="round", application_id="application"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consensus")),
        sa.UniqueConstraint("round_id", "application_id", name=op.f("uq_consensus_round_id_application_id")),
    )
    op.create_index(op.f("ix_consensus_edition_id"), "consensus", ["edition_id"])
    op.create_table(
        "consensus_item",
        _key(),
        sa.Column("consensus_id", sa.Integer(), nullable=False),
        sa.Column("item_code", sa.String(20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("strengths", sa.String(), nullable=False),
        sa.Column("improvements", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "percent IS NULL OR (percent BETWEEN 0 AND 100 AND percent % 5 = 0)",
            name=op.f("ck_consensus_item_percent_step"),
        ),
        *_keys("consensus_item", consensus_id="consensus"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consensus_item")),
        sa.UniqueConstraint("consensus_id", "item_code", name=op.f("uq_consensus_item_consensus_id_item_code")),
    )
    op.create_table(
        "consensus_note",
        _key(),
        sa.Column("consensus_id", sa.Integer(), nullable=False),
        sa.Column("item_code", sa.String(20), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        *_keys("consensus_note", consensus_id="consensus", expert_id="expert"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consensus_note")),
    )
    op.create_index(op.f("ix_consensus_note_consensus_id"), "consensus_note", ["consensus_id"])
    op.create_table(
        "consensus_answer",
        _key(),
        sa.Column("consensus_id", sa.Integer(), nullable=False),
        sa.Column("proposal", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("confirms", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("confirms OR text <> ''", name=op.f("ck_consensus_answer_dissent_says_why")),
        *_keys("consensus_answer", consensus_id="consensus", expert_id="expert"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consensus_answer")),
        sa.UniqueConstraint(
            "consensus_id", "proposal", "expert_id", name=op.f("uq_consensus_answer_consensus_id_proposal_expert_id")
        ),
    )
    op.create_table(
        "panel_report",
        _key(),
        sa.Column("consensus_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("released_at", MOMENT, nullable=False),
        *_keys("panel_report", consensus_id="consensus"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_report")),
        sa.UniqueConstraint("consensus_id", name=op.f("uq_panel_report_consensus_id")),
    )
    op.add_column("ranking_row", sa.Column("bases", sa.JSON(), nullable=False, server_default="{}"))
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
    op.drop_column("ranking_row", "bases")
    for table in ("panel_report", "consensus_answer", "consensus_note", "consensus_item", "consensus"):
        op.drop_table(table)
