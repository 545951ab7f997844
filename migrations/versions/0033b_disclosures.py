"""What is told to the supervisor in confidence: kept as it was told."""

import sqlalchemy as sa
from alembic import op

revision = "0033b"
down_revision = "0031"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
CHANGED = "NEW.text <> OLD.text OR NEW.received_at <> OLD.received_at OR OLD.answered_at IS NOT NULL"
GUARDS = (("disclosure_is_kept_as_told", "UPDATE", CHANGED), ("disclosure_is_kept", "DELETE", "TRUE"))
"""Name, act, condition under which the database refuses it."""


def upgrade() -> None:
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("contact", sa.String(length=120), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("answered_at IS NULL OR answer <> ''", name=op.f("ck_disclosure_answered_in_words")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_disclosure_edition_id_edition")),
        sa.ForeignKeyConstraint(["answered_by"], ["user.id"], name=op.f("fk_disclosure_answered_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_disclosure_token_hash")),
    )
    op.create_index(op.f("ix_disclosure_edition_id"), "disclosure", ["edition_id"])
    for guard in GUARDS:
        _set(*guard)


def _set(name: str, act: str, condition: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON disclosure WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )
        return
    passed = "NEW" if act == "UPDATE" else "OLD"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{name}'; END IF; RETURN {passed}; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON disclosure FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, _act, _condition in GUARDS:
        op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON disclosure")
        if not sqlite:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_index(op.f("ix_disclosure_edition_id"), "disclosure")
    op.drop_table("disclosure")
