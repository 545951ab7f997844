"""Measurements of a working copy by kind: policies beside shares that cross. What was measured before is measured anew when asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0038"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
BEFORE, TABLE = "crossing_measurement", "draw_measurement"


def upgrade() -> None:
    op.drop_table(BEFORE)
    op.create_table(
        TABLE,
        *_columns("asked_for", "found"),
        sa.Column("kind", sa.String(length=16), nullable=False),
        *_keys(TABLE),
        sa.UniqueConstraint("draw_id", "kind", name=op.f(f"uq_{TABLE}_draw_id_kind")),
    )
    op.create_index(op.f(f"ix_{TABLE}_ended_at"), TABLE, ["ended_at"])


def downgrade() -> None:
    op.drop_table(TABLE)
    op.create_table(
        BEFORE,
        *_columns("percents", "shares"),
        *_keys(BEFORE),
        sa.UniqueConstraint("draw_id", name=op.f(f"uq_{BEFORE}_draw_id")),
    )
    op.create_index(op.f(f"ix_{BEFORE}_ended_at"), BEFORE, ["ended_at"])


def _columns(asked_for: str, found: str) -> list[sa.Column]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column(asked_for, sa.JSON(), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("highest", sa.Integer(), nullable=True),
        sa.Column(found, sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
    ]


def _keys(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f(f"fk_{table}_edition_id_edition")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f(f"fk_{table}_draw_id_draw")),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f(f"fk_{table}_asked_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]
