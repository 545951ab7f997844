"""A visit begins when the applicant has agreed or the office has said why not; scores after a visit come after it."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

UNSETTLED = "NEW.state = 'opened' AND NEW.confirmed_at IS NULL AND NEW.unconfirmed_because = ''"
TOO_EARLY = """
    NEW.state = 'submitted' AND EXISTS (SELECT 1 FROM round r WHERE r.id = NEW.round_id AND r.kind = 'site')
    AND NOT EXISTS (
        SELECT 1 FROM visit v WHERE v.round_id = NEW.round_id AND v.application_id = NEW.application_id
        AND v.state IN ('closed', 'reported')
    )
"""
GUARDS = (("visit_opened_unsettled", "visit", UNSETTLED), ("score_sheet_before_visit", "score_sheet", TOO_EARLY))
"""Name, table, condition under which the database refuses a new state."""


def upgrade() -> None:
    op.add_column("visit", sa.Column("unconfirmed_because", sa.String(), nullable=False, server_default=""))
    for guard in GUARDS:
        _set(*guard)


def _set(name: str, table: str, condition: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE OF state ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{name}'; END IF; RETURN NEW; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE UPDATE OF state ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, _condition in GUARDS:
        op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {table}")
        if not sqlite:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_column("visit", "unconfirmed_because")
