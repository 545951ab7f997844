"""A sheet may be put off, given back or abstained from; an abstention keeps its reason."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATES = ("draft", "submitted", "void")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("score_sheet") as batch:
        batch.add_column(sa.Column("skipped_at", MOMENT, nullable=True))
        batch.add_column(sa.Column("returned_at", MOMENT, nullable=True))
        batch.add_column(sa.Column("abstained_for", sa.String(), nullable=False, server_default=""))
        batch.drop_constraint(op.f("ck_score_sheet_scoresheetstate"), type_="check")
        batch.create_check_constraint(op.f("ck_score_sheet_scoresheetstate"), f"state IN {(*STATES, 'abstained')!r}")


def downgrade() -> None:
    op.execute("UPDATE score_sheet SET state = 'void' WHERE state = 'abstained'")
    with op.batch_alter_table("score_sheet") as batch:
        batch.drop_constraint(op.f("ck_score_sheet_scoresheetstate"), type_="check")
        batch.create_check_constraint(op.f("ck_score_sheet_scoresheetstate"), f"state IN {STATES!r}")
        for column in ("skipped_at", "returned_at", "abstained_for"):
            batch.drop_column(column)
