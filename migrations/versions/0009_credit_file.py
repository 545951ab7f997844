"""The credit file of an expert: dated facts with their source, the expert's reply, their withdrawal."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = sa.Enum(
    "late",
    "declined",
    "recused",
    "excused",
    "void_sheet",
    "misconduct",
    "training",
    name="creditfactkind",
    native_enum=False,
    create_constraint=True,
    length=32,
)


def upgrade() -> None:
    op.create_table(
        "credit_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("kind", KINDS, nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("replied_at", MOMENT, nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawal_reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR withdrawal_reason <> ''", name=op.f("ck_credit_fact_withdrawn_with_reason")
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_credit_fact_{column}_{table}"))
            for column, table in (("expert_id", "expert"), ("recorded_by", "user"), ("withdrawn_by", "user"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_fact")),
    )
    op.create_index("ix_credit_fact_expert_day", "credit_fact", ["expert_id", "happened_on"])


def downgrade() -> None:
    op.drop_table("credit_fact")
