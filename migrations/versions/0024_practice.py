"""Practice cases: tables of their own, without a way to dossiers, seats or score sheets."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0018"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = sa.Enum("draft", "finished", name="practicestate", native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "practice_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("case_key", sa.String(length=60), nullable=False),
        sa.Column("case_digest", sa.String(length=64), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("state", STATES, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_practice_sheet_edition_id_edition")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_practice_sheet_expert_id_expert")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_sheet")),
        sa.UniqueConstraint("edition_id", "expert_id", "case_key", name=op.f("uq_practice_sheet_edition_id_expert_id_case_key")),
    )
    op.create_index(op.f("ix_practice_sheet_expert_id"), "practice_sheet", ["expert_id"])
    op.create_table(
        "practice_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("item_code", sa.String(length=20), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("percent IS NULL OR (percent >= 0 AND percent <= 100)", name=op.f("ck_practice_answer_percent")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["practice_sheet.id"], name=op.f("fk_practice_answer_sheet_id_practice_sheet")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_answer")),
        sa.UniqueConstraint("sheet_id", "item_code", name=op.f("uq_practice_answer_sheet_id_item_code")),
    )


def downgrade() -> None:
    op.drop_table("practice_answer")
    op.drop_table("practice_sheet")
