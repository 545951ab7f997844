"""Tokens with which programs read what their owners may read."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0040"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
SCOPE = sa.Enum(
    "api.editions", "api.applications", "api.experts", "api.contacts", "api.panels", "api.sheets", "api.rankings",
    "api.results", "api.objections", name="scope", native_enum=False, length=32, create_constraint=True,
)


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("start", sa.String(length=12), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.Column("window_at", MOMENT, nullable=True),
        sa.Column("window_requests", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_api_token_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_user_id"), "api_token", ["user_id"])
    op.create_table(
        "api_token_scope",
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("scope", SCOPE, nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["token_id"], ["api_token.id"], name=op.f("fk_api_token_scope_token_id_api_token")),
        sa.PrimaryKeyConstraint("token_id", "scope", name=op.f("pk_api_token_scope")),
    )


def downgrade() -> None:
    op.drop_table("api_token_scope")
    op.drop_index(op.f("ix_api_token_user_id"), "api_token")
    op.drop_table("api_token")
