"""Bundles that the office ordered, with the digests of both versions."""

import sqlalchemy as sa
from alembic import op

revision = "0027b"
down_revision = "0029"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = sa.Enum("ordered", "made", "failed", name="bundlestate", native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "bundle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("ordered_by", sa.Integer(), nullable=False),
        sa.Column("ordered_at", MOMENT, nullable=False),
        sa.Column("public_sha256", sa.String(length=64), nullable=False),
        sa.Column("public_bytes", sa.BigInteger(), nullable=False),
        sa.Column("full_sha256", sa.String(length=64), nullable=False),
        sa.Column("full_bytes", sa.BigInteger(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=True),
        sa.Column("state", STATES, nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_bundle_edition_id_edition")),
        sa.ForeignKeyConstraint(["ordered_by"], ["user.id"], name=op.f("fk_bundle_ordered_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle")),
    )
    op.create_index(op.f("ix_bundle_edition_id"), "bundle", ["edition_id"])


def downgrade() -> None:
    op.drop_table("bundle")
