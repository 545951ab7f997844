"""Certificates; the approval document as a file; why an honour was revoked."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
REASONS = sa.Enum("fraud", "incident", name="revokedfor", native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("issued_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_certificate_outcome_id_outcome")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_certificate_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("outcome_id", name=op.f("uq_certificate_outcome_id")),
        sa.UniqueConstraint("number", name=op.f("uq_certificate_number")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
    )
    op.create_index(op.f("ix_certificate_owner_id"), "certificate", ["owner_id"])
    with op.batch_alter_table("outcome") as table:
        table.add_column(sa.Column("approval_filename", sa.String(length=200), nullable=False, server_default=""))
        table.add_column(sa.Column("approval_sha256", sa.String(length=64), nullable=False, server_default=""))
        table.add_column(sa.Column("revoked_for", REASONS, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("outcome") as table:
        table.drop_constraint(op.f("ck_outcome_revokedfor"), type_="check")
        table.drop_column("revoked_for")
        table.drop_column("approval_sha256")
        table.drop_column("approval_filename")
    op.drop_index(op.f("ix_certificate_owner_id"), "certificate")
    op.drop_table("certificate")
