"""A committee votes in rounds: each with its own papers, rights, box and count; a session is counted before it closes."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0033"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = ("convened", "voting", "closed")
NUMBERED = ("ballot", "ballot_right", "proposal")


def upgrade() -> None:
    op.create_table(
        "ballot_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("offered", sa.JSON(), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("counted_at", MOMENT, nullable=True),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["committee_session.id"], name=op.f("fk_ballot_round_session_id_committee_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_round")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_ballot_round_session_id_number")),
    )
    for table in NUMBERED:  # never rebuilt on SQLite: the box has no row numbers, and keeps none
        op.add_column(table, sa.Column("round_number", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("ballot_right") as batch:
        batch.drop_constraint(op.f("uq_ballot_right_session_id_member_id"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_ballot_right_session_id_member_id_round_number"), ["session_id", "member_id", "round_number"]
        )
    op.add_column("committee_session", sa.Column("because", sa.String(), nullable=False, server_default=""))
    op.add_column("committee_session", sa.Column("closing", sa.JSON(), nullable=False, server_default="{}"))
    _allow((*STATES, "counted"))


def _allow(states: tuple[str, ...]) -> None:
    with op.batch_alter_table("committee_session") as batch:
        batch.drop_constraint(op.f("ck_committee_session_sessionstate"), type_="check")
        batch.create_check_constraint(op.f("ck_committee_session_sessionstate"), f"state IN {states!r}")


def downgrade() -> None:
    op.execute("UPDATE committee_session SET state = 'voting' WHERE state = 'counted'")
    _allow(STATES)
    op.drop_column("committee_session", "because")
    op.drop_column("committee_session", "closing")
    with op.batch_alter_table("ballot_right") as batch:
        batch.drop_constraint(op.f("uq_ballot_right_session_id_member_id_round_number"), type_="unique")
        batch.create_unique_constraint(op.f("uq_ballot_right_session_id_member_id"), ["session_id", "member_id"])
    for table in NUMBERED:
        op.drop_column(table, "round_number")
    op.drop_table("ballot_round")
