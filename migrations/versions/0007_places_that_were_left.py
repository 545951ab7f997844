"""The triggers leave out places that an expert left before the window of the seat, as the rule does (ADR 9)."""

import runpy
from pathlib import Path
from types import SimpleNamespace

from alembic import op

revision = "0007"
down_revision = "0003"
branch_labels = None
depends_on = None

guards = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("0004_conflicts_and_exceptions.py"))))
COUNTED = f"{guards.COUNTED.rstrip()} AND (x.until IS NULL OR x.until >= NEW.places_since)\n"


def upgrade() -> None:
    _write(COUNTED)


def downgrade() -> None:
    _write(guards.COUNTED)


def _write(counted: str) -> None:
    conditions = {rule: text.replace(guards.COUNTED, counted) for rule, text in guards.CONDITIONS.items()}
    guards._drop_triggers()
    guards._create_triggers(conditions, guards.EVENTS)
