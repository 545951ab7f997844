"""The expert pool: dated regions, degree, certificates, languages, blocked dates; imports row by row."""

import json
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OLD_KINDS = ("employer", "residence", "former_employer")
KINDS = (*OLD_KINDS, "registration")
OLD_STATES = ("previewed", "applied", "discarded")
STATES = ("received", "unreadable", "previewed", "applying", "applied", "discarded")


def upgrade() -> None:
    _widen_expert()
    _allow("expert_region", "kind", "expertregionkind", KINDS)
    for column in (
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("typed_code", sa.String(length=6), nullable=False, server_default=""),
    ):
        op.add_column("expert_region", column)
    _children()
    _imports()


def downgrade() -> None:
    op.add_column("pool_import", sa.Column("rows", sa.JSON(), nullable=False, server_default="[]"))
    op.drop_table("pool_import_row")
    with op.batch_alter_table("pool_import") as batch:
        batch.drop_constraint(op.f("fk_pool_import_applied_by_user"), type_="foreignkey")
        batch.drop_column("applied_by")
        batch.drop_column("problem")
    op.execute("UPDATE pool_import SET state = 'discarded' WHERE state NOT IN ('previewed', 'applied', 'discarded')")
    _allow("pool_import", "state", "poolimportstate", OLD_STATES)
    for table in ("expert_blocked", "expert_certificate"):
        op.drop_table(table)
    op.execute("DELETE FROM expert_region WHERE kind = 'registration'")
    for name in ("typed_code", "until"):
        op.drop_column("expert_region", name)
    _allow("expert_region", "kind", "expertregionkind", OLD_KINDS)
    for name in _added_to_expert():
        op.drop_column("expert", name)


def _added_to_expert() -> dict[str, sa.Column]:
    return {
        "min_load": sa.Column("min_load", sa.Integer(), nullable=False, server_default="0"),
        "degree": sa.Column("degree", sa.String(length=20), nullable=False, server_default=""),
        "criteria": sa.Column("criteria", sa.JSON(), nullable=False, server_default="[]"),
        "languages": sa.Column("languages", sa.JSON(), nullable=False, server_default="[]"),
        "searchable": sa.Column("searchable", sa.String(), nullable=False, server_default=""),
        "confirmed_at": sa.Column("confirmed_at", MOMENT, nullable=True),
        "last_used_on": sa.Column("last_used_on", sa.Date(), nullable=True),
    }


def _widen_expert() -> None:
    """Added one by one: the table cannot be made anew on SQLite while others point to it."""
    for column in _added_to_expert().values():
        op.add_column("expert", column)
    connection = op.get_bind()
    expert = sa.table("expert", *(sa.column(name) for name in ("id", "number", "name", "employer", "specialty", "searchable")))
    for row in connection.execute(sa.select(expert)).all():
        text = "\n".join((row.number, row.name, row.employer, row.specialty))
        folded = "\n".join("".join(unicodedata.normalize("NFKC", line).casefold().split()) for line in text.split("\n"))
        connection.execute(expert.update().where(expert.c.id == row.id).values(searchable=folded))


def _allow(table: str, column: str, name: str, values: tuple[str, ...]) -> None:
    """The values that the database accepts. On SQLite the table is made anew beside triggers that speak of it."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        op.execute("PRAGMA legacy_alter_table=ON")
    constraint = f"ck_{table}_{name}"
    listed = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(constraint), type_="check")
        batch.create_check_constraint(op.f(constraint), f"{column} IN ({listed})")
    if sqlite:
        op.execute("PRAGMA legacy_alter_table=OFF")


def _foreign(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _children() -> None:
    op.create_table(
        "expert_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        _foreign("expert_certificate", "expert_id", "expert"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_certificate")),
    )
    op.create_table(
        "expert_blocked",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        _foreign("expert_blocked", "expert_id", "expert"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expert_blocked")),
    )
    for table in ("expert_certificate", "expert_blocked"):
        op.create_index(op.f(f"ix_{table}_expert_id"), table, ["expert_id"])


def _imports() -> None:
    """The table of imports is made anew first, while nothing points to it."""
    op.add_column("pool_import", sa.Column("problem", sa.JSON(), nullable=False, server_default="{}"))
    with op.batch_alter_table("pool_import") as batch:
        batch.add_column(sa.Column("applied_by", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f("fk_pool_import_applied_by_user"), "user", ["applied_by"], ["id"])
    _allow("pool_import", "state", "poolimportstate", STATES)
    op.create_table(
        "pool_import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        _foreign("pool_import_row", "import_id", "pool_import"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_import_row")),
    )
    op.create_index("ix_pool_import_row_import_verdict", "pool_import_row", ["import_id", "verdict", "row"])
    connection = op.get_bind()
    for import_id, rows in connection.execute(sa.text("SELECT id, rows FROM pool_import")).all():
        for row in json.loads(rows) if isinstance(rows, str) else rows:
            connection.execute(
                sa.text(
                    "INSERT INTO pool_import_row (import_id, row, verdict, content) VALUES (:import_id, :row, :verdict, :content)"
                ),
                {"import_id": import_id, "row": row["row"], "verdict": row["verdict"], "content": json.dumps(row)},
            )
    op.drop_column("pool_import", "rows")
