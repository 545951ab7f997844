"""Two entries of one person become one: who proposed and confirmed it, where the other entry and its account point to."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
POINTERS = (("expert", "merged_into_id"), ("user", "successor_id"))


def upgrade() -> None:
    for table, column in POINTERS:
        # In plain words: SQLite takes a reference only together with its column, and takes no other way without a new table.
        reference = f'CONSTRAINT fk_{table}_{column}_{table} REFERENCES "{table}" (id)'
        op.execute(f'ALTER TABLE "{table}" ADD COLUMN {column} INTEGER {reference}')
    op.create_index(op.f("ix_expert_merged_into_id"), "expert", ["merged_into_id"])
    op.create_table(
        "expert_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survivor_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("survivor_version", sa.Integer(), nullable=False),
        sa.Column("other_version", sa.Integer(), nullable=False),
        sa.Column("taken", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("state", _words("mergestate", "proposed", "confirmed", "refused"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("survivor_id <> other_id", name=op.f("ck_expert_merge_two_entries")),
        sa.CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name=op.f("ck_expert_merge_two_people")),
        sa.CheckConstraint("state <> 'confirmed' OR confirmed_by IS NOT NULL", name=op.f("ck_expert_merge_confirmer")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_expert_merge_{column}_{table}"))
            for column, table in (
                ("survivor_id", "expert"),
                ("other_id", "expert"),
                ("proposed_by", "user"),
                ("confirmed_by", "user"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_merge")),
    )
    for column in ("survivor_id", "other_id"):
        op.create_index(op.f(f"ix_expert_merge_{column}"), "expert_merge", [column])


def downgrade() -> None:
    op.drop_table("expert_merge")
    op.drop_index(op.f("ix_expert_merged_into_id"), "expert")
    for table, column in reversed(POINTERS):
        op.drop_column(table, column)


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
