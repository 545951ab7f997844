"""Files that were ordered to be taken along, each for one person and for a day."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0033b"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("ranking_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Enum("scores", "comments", "summary", name="exportkind", native_enum=False, length=32, create_constraint=True), nullable=False),
        sa.Column("suffix", sa.Enum("xlsx", "csv", "pdf", name="exportformat", native_enum=False, length=32, create_constraint=True), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("ordered_at", MOMENT, nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("state", sa.Enum("ordered", "made", "failed", "expired", name="exportstate", native_enum=False, length=32, create_constraint=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_export_user_id_user")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_export_edition_id_edition")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_export_round_id_round")),
        sa.ForeignKeyConstraint(["ranking_id"], ["ranking.id"], name=op.f("fk_export_ranking_id_ranking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_index(op.f("ix_export_user_id_edition_id"), "export", ["user_id", "edition_id"])
    op.create_index(op.f("ix_export_expires_at"), "export", ["expires_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_export_expires_at"), "export")
    op.drop_index(op.f("ix_export_user_id_edition_id"), "export")
    op.drop_table("export")
