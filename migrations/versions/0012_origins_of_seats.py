"""Where every seat comes from: a recorded draw, or somebody who answers for it by name and with a reason."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0008"
branch_labels = None
depends_on = None

BY_LOT = ("draw", "reserve", "repair", "top_up")
BY_NAME = ("hand", "import", "copy")
ANSWERED_FOR = (
    f"(origin IN {BY_LOT!r} AND draw_id IS NOT NULL) OR "
    f"(origin IN {BY_NAME!r} AND draw_id IS NULL AND seated_by IS NOT NULL AND reason <> '')"
)


def upgrade() -> None:
    triggers = _triggers()
    with op.batch_alter_table("assignment") as batch:
        batch.alter_column("draw_id", existing_type=sa.Integer(), nullable=True)
        batch.add_column(sa.Column("origin", sa.String(32), nullable=False, server_default="draw"))
        batch.add_column(sa.Column("reason", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("seated_by", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column("seated_at", sa.DateTime(timezone=True), nullable=False, server_default="2026-01-01 00:00:00")
        )
        batch.create_foreign_key(op.f("fk_assignment_seated_by_user"), "user", ["seated_by"], ["id"])
        batch.create_check_constraint(op.f("ck_assignment_seatorigin"), f"origin IN {(*BY_LOT, *BY_NAME)!r}")
        batch.create_check_constraint(op.f("ck_assignment_answered_for"), ANSWERED_FOR)
    _again(triggers)
    op.execute("UPDATE assignment SET seated_at = COALESCE((SELECT drawn_at FROM draw WHERE draw.id = draw_id), seated_at)")
    op.execute("UPDATE assignment SET origin = 'reserve' WHERE replaces_id IS NOT NULL")


def downgrade() -> None:
    triggers = _triggers()
    op.execute("DELETE FROM assignment WHERE draw_id IS NULL")
    with op.batch_alter_table("assignment") as batch:
        batch.drop_constraint(op.f("ck_assignment_answered_for"), type_="check")
        batch.drop_constraint(op.f("ck_assignment_seatorigin"), type_="check")
        batch.drop_constraint(op.f("fk_assignment_seated_by_user"), type_="foreignkey")
        for column in ("origin", "reason", "seated_by", "seated_at"):
            batch.drop_column(column)
        batch.alter_column("draw_id", existing_type=sa.Integer(), nullable=False)
    _again(triggers)


def _triggers() -> list[str]:
    """SQLite makes the table anew and forgets its triggers with the old one; PostgreSQL changes it where it stands."""
    if op.get_bind().dialect.name != "sqlite":
        return []
    rows = op.get_bind().execute(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'assignment' ORDER BY rowid")
    )
    return [row.sql for row in rows]


def _again(triggers: list[str]) -> None:
    for trigger in triggers:
        op.execute(sa.text(trigger.replace(":", r"\:")))
