"""A sheet that was given back says why, and whether only its comments may change."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("score_sheet", sa.Column("returned_for", sa.String(), nullable=False, server_default=""))
    op.add_column("score_sheet", sa.Column("comments_only", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("score_sheet", "comments_only")
    op.drop_column("score_sheet", "returned_for")
