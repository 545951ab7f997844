"""All letters of an edition in one file: an export that is of no round."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

KINDS = ("scores", "comments", "summary")
FORMATS = ("xlsx", "csv", "pdf")
OF_A_ROUND = "(kind = 'letters') = (round_id IS NULL)"


def upgrade() -> None:
    _allow((*KINDS, "letters"), (*FORMATS, "zip"))
    with op.batch_alter_table("export") as table:
        table.alter_column("round_id", existing_type=sa.Integer(), nullable=True)
        table.create_check_constraint(op.f("ck_export_sheets_of_a_round"), OF_A_ROUND)


def downgrade() -> None:
    op.execute("DELETE FROM export WHERE kind = 'letters'")
    with op.batch_alter_table("export") as table:
        table.drop_constraint(op.f("ck_export_sheets_of_a_round"), type_="check")
        table.alter_column("round_id", existing_type=sa.Integer(), nullable=False)
    _allow(KINDS, FORMATS)


def _allow(kinds: tuple[str, ...], formats: tuple[str, ...]) -> None:
    with op.batch_alter_table("export") as table:
        table.drop_constraint(op.f("ck_export_exportkind"), type_="check")
        table.drop_constraint(op.f("ck_export_exportformat"), type_="check")
        table.create_check_constraint(op.f("ck_export_exportkind"), f"kind IN {kinds!r}")
        table.create_check_constraint(op.f("ck_export_exportformat"), f"suffix IN {formats!r}")
