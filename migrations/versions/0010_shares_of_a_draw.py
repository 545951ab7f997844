"""The chances of a random draw, committed with the input; the database refuses to change them afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0012"
branch_labels = None
depends_on = None

RULE = "draw_shares_frozen_rule"
CHANGED = """
    OLD.state <> 'sketch' AND (CAST(NEW.marginals AS TEXT) <> CAST(OLD.marginals AS TEXT)
        OR NEW.marginals_digest <> OLD.marginals_digest)
"""


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    op.add_column("draw", sa.Column("marginals", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("draw", sa.Column("marginals_digest", sa.String(64), nullable=False, server_default=""))
    op.add_column("draw", sa.Column("measured", sa.JSON(), nullable=False, server_default="{}"))
    if _sqlite():
        op.execute(
            f"CREATE TRIGGER {RULE} BEFORE UPDATE ON draw WHEN {CHANGED} BEGIN SELECT RAISE(ABORT, '{RULE}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {RULE}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {CHANGED} THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{RULE}'; END IF; RETURN NEW; END $$"
    )
    op.execute(f"CREATE TRIGGER {RULE} BEFORE UPDATE ON draw FOR EACH ROW EXECUTE FUNCTION {RULE}()")


def downgrade() -> None:
    op.execute(f"DROP TRIGGER {RULE}" if _sqlite() else f"DROP TRIGGER {RULE} ON draw")
    if not _sqlite():
        op.execute(f"DROP FUNCTION {RULE}()")
    op.drop_column("draw", "measured")
    op.drop_column("draw", "marginals_digest")
    op.drop_column("draw", "marginals")
