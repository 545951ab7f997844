"""An interest is direct or indirect, and an expert who is not sure asks the office."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = sa.Enum(
    "open", "no_interest", "interest", "lapsed", name="interestquestionstate", native_enum=False, create_constraint=True, length=32
)


def upgrade() -> None:
    # A column with its own check needs no new table on SQLite: the triggers on assignments name this one.
    op.execute(
        "ALTER TABLE conflict ADD COLUMN degree VARCHAR(32) "
        "CONSTRAINT ck_conflict_interestdegree CHECK (degree IN ('direct', 'indirect'))"
    )
    op.create_table(
        "interest_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("state", STATES, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_interest_question_{column}_{table}"))
            for column, table in (
                ("edition_id", "edition"),
                ("assignment_id", "assignment"),
                ("expert_id", "expert"),
                ("answered_by", "user"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_question")),
    )
    for column in ("edition_id", "assignment_id"):
        op.create_index(op.f(f"ix_interest_question_{column}"), "interest_question", [column])
    still_open = sa.text("state = 'open'")
    op.create_index(
        "uq_interest_question_open",
        "interest_question",
        ["assignment_id"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def downgrade() -> None:
    op.drop_table("interest_question")
    op.drop_column("conflict", "degree")
