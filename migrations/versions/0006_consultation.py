"""The departments asked in the formal check and what they replied; the day of an expert's last look at a dossier."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0002"
branch_labels = None
depends_on = None

REPLIES = sa.Enum(
    "waiting", "no_objection", "objection", name="reply", native_enum=False, create_constraint=True, length=32
)


def upgrade() -> None:
    op.add_column("score_sheet", sa.Column("looked_on", sa.Date(), nullable=True))
    op.create_table(
        "consultation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("department_key", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", REPLIES, nullable=False),
        sa.Column("replied_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_consultation_application_id_application")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["user.id"], name=op.f("fk_consultation_recorded_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
        sa.UniqueConstraint(
            "application_id", "department_key", name=op.f("uq_consultation_application_id_department_key")
        ),
    )


def downgrade() -> None:
    op.drop_table("consultation")
    op.drop_column("score_sheet", "looked_on")
