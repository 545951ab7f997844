"""Signed checkpoints of the audit log; only ever added, like its events."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0019"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
EVENTS = ("UPDATE", "DELETE")


def upgrade() -> None:
    op.create_table(
        "audit_checkpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.String(length=64), nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checkpoint")),
        sa.UniqueConstraint("last_id", name=op.f("uq_audit_checkpoint_last_id")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for event in EVENTS:
        name = _name(event)
        if sqlite:
            op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON audit_checkpoint BEGIN SELECT RAISE(ABORT, '{name}'); END")
        else:
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{name}'; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON audit_checkpoint FOR EACH ROW EXECUTE FUNCTION {name}()"
            )


def downgrade() -> None:
    op.drop_table("audit_checkpoint")
    if op.get_bind().dialect.name != "sqlite":
        for event in EVENTS:
            op.execute(f"DROP FUNCTION {_name(event)}()")


def _name(event: str) -> str:
    return f"audit_checkpoint_append_only_{event.lower()}"
