"""Experts are asked to serve in an edition and answer by a mailed link; an expert may propose a correction of his data."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.add_column("expert", sa.Column("proposal", sa.String(), nullable=False, server_default=""))
    op.add_column("expert", sa.Column("proposed_at", MOMENT, nullable=True))
    op.create_table(
        "expert_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("sent_by", sa.Integer(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("decline_kind", _words("declinekind", "professional", "personal", "other"), nullable=True),
        sa.Column("decline_text", sa.String(length=500), nullable=False),
        sa.Column("max_load", sa.Integer(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("blocked", sa.JSON(), nullable=False),
        sa.Column("pledge_version", sa.String(length=20), nullable=False),
        sa.Column("pledge_text", sa.String(), nullable=False),
        sa.Column("pledged_at", MOMENT, nullable=True),
        sa.Column("state", _words("invitationstate", "sent", "accepted", "declined", "withdrawn"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_expert_invitation_{column}_{table}"))
            for column, table in (("edition_id", "edition"), ("expert_id", "expert"), ("sent_by", "user"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_invitation")),
    )
    op.create_index(op.f("ix_expert_invitation_expert_id"), "expert_invitation", ["expert_id"])
    standing = sa.text("state <> 'withdrawn'")
    op.create_index(
        "uq_expert_invitation_standing",
        "expert_invitation",
        ["edition_id", "expert_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )


def downgrade() -> None:
    op.drop_table("expert_invitation")
    op.drop_column("expert", "proposed_at")
    op.drop_column("expert", "proposal")
