"""Letters to applicants, each with its content and digest."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0046"
branch_labels = None
depends_on = None

OCCASIONS = (
    "accepted",
    "returned",
    "refused",
    "visit",
    "defence",
    "not_advanced",
    "not_proposed",
    "honoured",
    "objection_upheld",
    "objection_rejected",
    "objection_answered",
)


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("objection_id", sa.Integer(), nullable=True),
        sa.Column(
            "occasion",
            sa.Enum(*OCCASIONS, name="occasion", native_enum=False, length=32, create_constraint=True),
            nullable=False,
        ),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_letter_edition_id_edition")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_letter_application_id_application")
        ),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"], name=op.f("fk_letter_objection_id_objection")),
        sa.CheckConstraint("(application_id IS NULL) <> (objection_id IS NULL)", name=op.f("ck_letter_one_receiver")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("edition_id", "sequence", name=op.f("uq_letter_edition_id_sequence")),
        sa.UniqueConstraint("number", name=op.f("uq_letter_number")),
    )
    op.create_index(op.f("ix_letter_application_id"), "letter", ["application_id"])
    op.create_index(op.f("ix_letter_objection_id"), "letter", ["objection_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_letter_objection_id"), "letter")
    op.drop_index(op.f("ix_letter_application_id"), "letter")
    op.drop_table("letter")
