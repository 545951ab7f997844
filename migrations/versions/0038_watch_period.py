"""The watch period: yearly declarations with their files, facts that may speak against an honour."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0036"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
DECLARED = sa.Enum(
    "owed",
    "submitted",
    "accepted",
    "lapsed",
    name="declarationstate",
    native_enum=False,
    create_constraint=True,
    length=32,
)
SETTLED = sa.Enum(
    "open",
    "dismissed",
    "interviewed",
    "revoked",
    name="watchfactstate",
    native_enum=False,
    create_constraint=True,
    length=32,
)
SOURCES = sa.Enum("declared", "found", name="factsource", native_enum=False, create_constraint=True, length=32)
KINDS = sa.Enum(
    "conditions", "accident", "penalty", "other", name="factkind", native_enum=False, create_constraint=True, length=32
)


def upgrade() -> None:
    op.create_table(
        "yearly_declaration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=True),
        sa.Column("noted_at", MOMENT, nullable=True),
        sa.Column("state", DECLARED, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('submitted', 'accepted') OR digest <> ''", name=op.f("ck_yearly_declaration_declared")
        ),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_yearly_declaration_outcome_id_outcome")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_yearly_declaration_edition_id_edition")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_yearly_declaration_owner_id_user")),
        sa.ForeignKeyConstraint(["noted_by"], ["user.id"], name=op.f("fk_yearly_declaration_noted_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_yearly_declaration")),
        sa.UniqueConstraint("outcome_id", "year", name=op.f("uq_yearly_declaration_outcome_id_year")),
    )
    op.create_index(op.f("ix_yearly_declaration_edition_id"), "yearly_declaration", ["edition_id"])
    op.create_index(op.f("ix_yearly_declaration_owner_id"), "yearly_declaration", ["owner_id"])
    op.create_table(
        "declaration_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["yearly_declaration.id"],
            name=op.f("fk_declaration_file_declaration_id_yearly_declaration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_file")),
    )
    op.create_index(op.f("ix_declaration_file_declaration_id"), "declaration_file", ["declaration_id"])
    op.create_table(
        "watch_fact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=True),
        sa.Column("source", SOURCES, nullable=False),
        sa.Column("kind", KINDS, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("settled", sa.String(), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("state", SETTLED, nullable=False),
        sa.CheckConstraint("state = 'open' OR settled <> ''", name=op.f("ck_watch_fact_settled_in_words")),
        sa.ForeignKeyConstraint(["outcome_id"], ["outcome.id"], name=op.f("fk_watch_fact_outcome_id_outcome")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_watch_fact_edition_id_edition")),
        sa.ForeignKeyConstraint(
            ["declaration_id"], ["yearly_declaration.id"], name=op.f("fk_watch_fact_declaration_id_yearly_declaration")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["user.id"], name=op.f("fk_watch_fact_recorded_by_user")),
        sa.ForeignKeyConstraint(["settled_by"], ["user.id"], name=op.f("fk_watch_fact_settled_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_fact")),
    )
    op.create_index(op.f("ix_watch_fact_edition_id"), "watch_fact", ["edition_id"])
    op.create_index(op.f("ix_watch_fact_outcome_id"), "watch_fact", ["outcome_id"])


def downgrade() -> None:
    op.drop_table("watch_fact")
    op.drop_table("declaration_file")
    op.drop_table("yearly_declaration")
