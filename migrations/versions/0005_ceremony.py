"""The verifiable draw: a working copy, commitments, the public number; and what the database itself refuses about it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0007"
branch_labels = None
depends_on = None

BEFORE = ("drawn", "published", "discarded")
STATES = ("sketch", "committed", *BEFORE)
OPENLY = "state IN ('sketch', 'committed', 'discarded') OR parent_id IS NOT NULL OR public_value <> ''"

def added() -> tuple[sa.Column, ...]:
    return (
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default="2026-01-01 00:00:00"),
        sa.Column("plan", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("codes", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("codes_digest", sa.String(64), nullable=False, server_default=""),
        sa.Column("source", sa.String(200), nullable=False, server_default=""),
        sa.Column("known_at", sa.DateTime(timezone=True)),
        sa.Column("reveal_by", sa.DateTime(timezone=True)),
        sa.Column("committed_at", sa.DateTime(timezone=True)),
        sa.Column("public_value", sa.String(200), nullable=False, server_default=""),
        sa.Column("public_at", sa.DateTime(timezone=True)),
        sa.Column("witnesses", sa.String(200), nullable=False, server_default=""),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    )


def changed(table: str, *columns: str) -> str:
    return " OR ".join(f"CAST(NEW.{name} AS TEXT) <> CAST(OLD.{name} AS TEXT)" for name in columns)


COMMITTED_CHANGED = f"""
    (OLD.state <> 'sketch' AND ({changed("draw", "input", "input_digest", "codes", "codes_digest", "plan", "source")}
        OR NEW.known_at <> OLD.known_at OR NEW.reveal_by <> OLD.reveal_by OR NEW.state = 'sketch'))
    OR (OLD.public_value <> '' AND NEW.public_value <> OLD.public_value)
    OR (OLD.seed <> '' AND ({changed("draw", "seed", "result", "result_digest")}))
"""
PROMISE_CHANGED = f"""
    {changed("draw_party", "draw_id", "key", "commitment")}
    OR (OLD.secret <> '' AND NEW.secret <> OLD.secret)
"""
GUARDS = (
    ("draw_frozen_rule", "UPDATE", "draw", COMMITTED_CHANGED),
    ("draw_party_frozen_rule", "UPDATE", "draw_party", PROMISE_CHANGED),
    ("draw_party_kept_rule", "DELETE", "draw_party", "1 = 1"),
)


def upgrade() -> None:
    _change_states(BEFORE, STATES)
    op.create_table(
        "draw_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("commitment", sa.String(64), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("sealed", sa.String(200), nullable=False),
        sa.Column("secret", sa.String(200), nullable=False),
        sa.Column("revealed_at", sa.DateTime(timezone=True)),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_draw_party_draw_id_draw")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_party")),
        sa.UniqueConstraint("draw_id", "key", name=op.f("uq_draw_party_draw_id_key")),
    )
    for name, event, table, condition in GUARDS:
        _guard(name, event, table, condition)


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _change_states(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    growing = len(new) > len(old)
    with op.batch_alter_table("draw", recreate="auto") as batch:
        batch.drop_constraint(op.f("ck_draw_drawstate"), type_="check")
        if not growing:
            batch.drop_constraint(op.f("ck_draw_drawn_with_a_public_value"), type_="check")
        batch.alter_column("state", existing_type=sa.String(32), type_=sa.String(32), existing_nullable=False)
        batch.alter_column("drawn_at", existing_type=sa.DateTime(timezone=True), nullable=growing)
        for column in added():
            if growing:
                batch.add_column(column)
            else:
                batch.drop_column(column.name)
        batch.create_check_constraint(op.f("ck_draw_drawstate"), f"state IN {new!r}")
        if growing:
            batch.create_check_constraint(op.f("ck_draw_drawn_with_a_public_value"), OPENLY)


def _guard(name: str, event: str, table: str, condition: str) -> None:
    if _sqlite():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{name}'; END IF; "
        f"{'RETURN OLD;' if event == 'DELETE' else 'RETURN NEW;'} END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    for name, _event, table, _condition in GUARDS:
        op.execute(f"DROP TRIGGER {name}" if _sqlite() else f"DROP TRIGGER {name} ON {table}")
        if not _sqlite():
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_table("draw_party")
    _change_states(STATES, BEFORE)
