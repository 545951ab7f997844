"""Feedback reports: two people at least, the approved text frozen, no release without its file."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0027b"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = sa.Enum(
    "drafted", "edited", "approved", "released", name="feedbackstate", native_enum=False, create_constraint=True, length=32
)


def upgrade() -> None:
    op.create_table(
        "feedback_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("criteria_key", sa.String(length=60), nullable=False),
        sa.Column("drafted_by", sa.Integer(), nullable=False),
        sa.Column("drafted_at", MOMENT, nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("editors", sa.JSON(), nullable=False),
        sa.Column("edited_by", sa.Integer(), nullable=True),
        sa.Column("edited_at", MOMENT, nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("released_at", MOMENT, nullable=True),
        sa.Column("state", STATES, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("edited_by IS NULL OR edited_by <> drafted_by", name=op.f("ck_feedback_report_second_person")),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> edited_by", name=op.f("ck_feedback_report_not_own_text")
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'released') OR digest <> ''", name=op.f("ck_feedback_report_frozen")
        ),
        sa.CheckConstraint("state <> 'released' OR pdf_sha256 <> ''", name=op.f("ck_feedback_report_typeset")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_feedback_report_edition_id_edition")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_feedback_report_application_id_application")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_feedback_report_round_id_round")),
        sa.ForeignKeyConstraint(["drafted_by"], ["user.id"], name=op.f("fk_feedback_report_drafted_by_user")),
        sa.ForeignKeyConstraint(["edited_by"], ["user.id"], name=op.f("fk_feedback_report_edited_by_user")),
        sa.ForeignKeyConstraint(["approved_by"], ["user.id"], name=op.f("fk_feedback_report_approved_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_report")),
        sa.UniqueConstraint("application_id", name=op.f("uq_feedback_report_application_id")),
    )
    op.create_index(op.f("ix_feedback_report_edition_id"), "feedback_report", ["edition_id"])
    op.create_table(
        "feedback_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("item_code", sa.String(length=20), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("drafted_strengths", sa.String(), nullable=False),
        sa.Column("drafted_improvements", sa.String(), nullable=False),
        sa.Column("strengths", sa.String(), nullable=False),
        sa.Column("improvements", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["feedback_report.id"], name=op.f("fk_feedback_item_report_id_feedback_report")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_item")),
        sa.UniqueConstraint("report_id", "item_code", name=op.f("uq_feedback_item_report_id_item_code")),
    )


def downgrade() -> None:
    op.drop_table("feedback_item")
    op.drop_index(op.f("ix_feedback_report_edition_id"), "feedback_report")
    op.drop_table("feedback_report")
