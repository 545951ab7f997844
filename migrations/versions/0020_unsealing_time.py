"""The time before which a drawn list stays sealed, named when the input is committed and kept by the database."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0010"
branch_labels = None
depends_on = None

NAME = "draw_unsealing_rule"
CONDITION = """
    (OLD.state <> 'sketch' AND NEW.unseal_at <> OLD.unseal_at)
    OR (NEW.state = 'published' AND OLD.state <> 'published' AND NEW.published_at < NEW.unseal_at)
"""


def upgrade() -> None:
    op.add_column("draw", sa.Column("unseal_at", sa.DateTime(timezone=True)))
    if _sqlite():
        op.execute(
            f"CREATE TRIGGER {NAME} BEFORE UPDATE ON draw WHEN {CONDITION} BEGIN SELECT RAISE(ABORT, '{NAME}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {CONDITION} THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{NAME}'; END IF; RETURN NEW; END $$"
    )
    op.execute(f"CREATE TRIGGER {NAME} BEFORE UPDATE ON draw FOR EACH ROW EXECUTE FUNCTION {NAME}()")


def downgrade() -> None:
    op.execute(f"DROP TRIGGER {NAME}" if _sqlite() else f"DROP TRIGGER {NAME} ON draw")
    if not _sqlite():
        op.execute(f"DROP FUNCTION {NAME}()")
    op.drop_column("draw", "unseal_at")


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
