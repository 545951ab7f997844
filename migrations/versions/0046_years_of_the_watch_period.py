"""The years of a watch period share no day: each begins the day after the one before has ended.

What was handed in keeps the days that it was handed in with, as its digest does.
"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0034"
branch_labels = None
depends_on = None

ROWS = sa.table("yearly_declaration", sa.column("id", sa.Integer), sa.column("begins_on", sa.Date))
ONE_DAY = timedelta(days=1)


def upgrade() -> None:
    _move(ONE_DAY)


def downgrade() -> None:
    _move(-ONE_DAY)


def _move(by: timedelta) -> None:
    connection = op.get_bind()
    for row_id, day in connection.execute(sa.select(ROWS.c.id, ROWS.c.begins_on)).all():
        connection.execute(ROWS.update().where(ROWS.c.id == row_id).values(begins_on=day + by))
