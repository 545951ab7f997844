"""What may be said beside a confirmed ranking, kept as it was when the ranking was confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0026"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "ranking_advice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ranking_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("seed", sa.String(length=40), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("computed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["ranking_id"], ["ranking.id"], name=op.f("fk_ranking_advice_ranking_id_ranking")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_advice")),
        sa.UniqueConstraint("ranking_id", name=op.f("uq_ranking_advice_ranking_id")),
    )


def downgrade() -> None:
    op.drop_table("ranking_advice")
