"""What shares of reviews that cross groups come to on the working copy of a draw, worked out in the background."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0027"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLE = "crossing_measurement"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("percents", sa.JSON(), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("highest", sa.Integer(), nullable=True),
        sa.Column("shares", sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f(f"fk_{TABLE}_edition_id_edition")),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f(f"fk_{TABLE}_draw_id_draw")),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f(f"fk_{TABLE}_asked_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("draw_id", name=op.f(f"uq_{TABLE}_draw_id")),
    )
    op.create_index(op.f(f"ix_{TABLE}_ended_at"), TABLE, ["ended_at"])


def downgrade() -> None:
    op.drop_table(TABLE)
