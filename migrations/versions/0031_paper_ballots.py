"""Ballots on paper, typed in by two; the agenda of a session; terms of members."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

ADDED = (
    ("committee_member", lambda: sa.Column("term_from", sa.Date(), nullable=True)),
    ("committee_member", lambda: sa.Column("term_until", sa.Date(), nullable=True)),
    ("committee_member", lambda: sa.Column("term_number", sa.Integer(), nullable=False, server_default="1")),
    ("committee_session", lambda: sa.Column("agenda", sa.JSON(), nullable=False, server_default="[]")),
    ("ballot_right", lambda: sa.Column("on_paper", sa.Boolean(), nullable=False, server_default=sa.false())),
    ("ballot_round", lambda: sa.Column("clerks", sa.JSON(), nullable=False, server_default="[]")),
    ("ballot_round", lambda: sa.Column("differed", sa.Integer(), nullable=False, server_default="0")),
)


def upgrade() -> None:
    for table, column in ADDED:
        op.add_column(table, column())
    op.create_table(
        "ballot_paper",
        sa.Column("serial", sa.String(length=32), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("round_number", sa.Integer(), nullable=False),
        sa.Column("first_by", sa.Integer(), nullable=True),
        sa.Column("first", sa.JSON(), nullable=False),
        sa.Column("second_by", sa.Integer(), nullable=True),
        sa.Column("second", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["committee_session.id"], name=op.f("fk_ballot_paper_session_id_committee_session")
        ),
        sa.ForeignKeyConstraint(["first_by"], ["user.id"], name=op.f("fk_ballot_paper_first_by_user")),
        sa.ForeignKeyConstraint(["second_by"], ["user.id"], name=op.f("fk_ballot_paper_second_by_user")),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_ballot_paper")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_ballot_paper_session_id"), "ballot_paper", ["session_id"])


def downgrade() -> None:
    op.drop_table("ballot_paper")
    for table, column in reversed(ADDED):
        op.drop_column(table, column().name)
