"""What is taken out by rule when its term is over: the acts, the files and the experts that they took out."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = sa.Enum(
    "files", "contacts", "names", "wish", name="retentionkind", native_enum=False, create_constraint=True, length=32
)
STATES = sa.Enum(
    "proposed",
    "confirmed",
    "done",
    "refused",
    "stopped",
    name="retentionstate",
    native_enum=False,
    create_constraint=True,
    length=32,
)
ONE_SUBJECT = (
    "(kind = 'wish' AND expert_id IS NOT NULL AND edition_id IS NULL)"
    " OR (kind <> 'wish' AND edition_id IS NOT NULL AND expert_id IS NULL)"
)


def upgrade() -> None:
    op.create_table(
        "retention_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", KINDS, nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.Column("expert_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("state", STATES, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> proposed_by", name=op.f("ck_retention_act_two_people")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'refused') OR confirmed_by IS NOT NULL", name=op.f("ck_retention_act_confirmer")
        ),
        sa.CheckConstraint(ONE_SUBJECT, name=op.f("ck_retention_act_one_subject")),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_retention_act_edition_id_edition")),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_retention_act_expert_id_expert")),
        sa.ForeignKeyConstraint(["proposed_by"], ["user.id"], name=op.f("fk_retention_act_proposed_by_user")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["user.id"], name=op.f("fk_retention_act_confirmed_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_act")),
    )
    op.create_index(op.f("ix_retention_act_edition_id"), "retention_act", ["edition_id"])
    op.create_index(op.f("ix_retention_act_expert_id"), "retention_act", ["expert_id"])
    op.create_table(
        "erased_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("of_table", sa.String(length=40), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["act_id"], ["retention_act.id"], name=op.f("fk_erased_file_act_id_retention_act")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erased_file")),
        sa.UniqueConstraint("of_table", "row_id", "sha256", name=op.f("uq_erased_file_of_table_row_id_sha256")),
    )
    op.create_index(op.f("ix_erased_file_act_id"), "erased_file", ["act_id"])
    op.create_index(op.f("ix_erased_file_sha256"), "erased_file", ["sha256"])
    op.create_table(
        "erased_expert",
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["expert_id"], ["expert.id"], name=op.f("fk_erased_expert_expert_id_expert")),
        sa.ForeignKeyConstraint(["act_id"], ["retention_act.id"], name=op.f("fk_erased_expert_act_id_retention_act")),
        sa.PrimaryKeyConstraint("expert_id", name=op.f("pk_erased_expert")),
    )
    op.create_index(op.f("ix_erased_expert_act_id"), "erased_expert", ["act_id"])


def downgrade() -> None:
    op.drop_table("erased_expert")
    op.drop_table("erased_file")
    op.drop_table("retention_act")
