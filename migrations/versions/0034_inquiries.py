"""The inquiry into an objection: handler, requests to the applicant, extensions, finding and effect."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0037"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
HANDLED = "state NOT IN ('investigating', 'upheld', 'rejected') OR (handler_id IS NOT NULL AND declared_at IS NOT NULL)"
FOUND = "state NOT IN ('upheld', 'rejected') OR (finding <> '' AND answer <> '' AND effect IS NOT NULL)"
BEFORE = ("received", "upheld", "rejected")
STATES = ("received", "assigned", "investigating", "upheld", "rejected")
EFFECTS = sa.Enum(
    "new_vote", "new_notice", "none", name="objectioneffect", native_enum=False, create_constraint=True, length=32
)


def upgrade() -> None:
    with op.batch_alter_table("objection") as table:
        table.drop_constraint(op.f("ck_objection_objectionstate"), type_="check")
        table.create_check_constraint(op.f("ck_objection_objectionstate"), f"state IN {STATES!r}")
        table.add_column(sa.Column("handler_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("declared_at", MOMENT, nullable=True))
        table.add_column(sa.Column("reminded_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("finding", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("effect", EFFECTS, nullable=True))
        table.create_foreign_key(op.f("fk_objection_handler_id_user"), "user", ["handler_id"], ["id"])
    _complete_what_was_answered()
    with op.batch_alter_table("objection") as table:
        table.create_check_constraint(op.f("ck_objection_handled_without_interest"), HANDLED)
        table.create_check_constraint(op.f("ck_objection_found_and_answered"), FOUND)
    op.create_table(
        "objection_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.CheckConstraint("answered_at IS NULL OR answer <> ''", name=op.f("ck_objection_request_answered_in_words")),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["objection.id"], name=op.f("fk_objection_request_objection_id_objection")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_objection_request_owner_id_user")),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_objection_request_asked_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_request")),
    )
    op.create_index(op.f("ix_objection_request_objection_id"), "objection_request", ["objection_id"])
    op.create_index(op.f("ix_objection_request_owner_id"), "objection_request", ["owner_id"])
    op.create_table(
        "objection_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["objection_request.id"], name=op.f("fk_objection_paper_request_id_objection_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_paper")),
    )
    op.create_index(op.f("ix_objection_paper_request_id"), "objection_paper", ["request_id"])
    op.create_table(
        "objection_extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("objection_id", sa.Integer(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("due_before", sa.Date(), nullable=False),
        sa.Column("due_after", sa.Date(), nullable=False),
        sa.Column("extended_by", sa.Integer(), nullable=False),
        sa.Column("extended_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["objection_id"], ["objection.id"], name=op.f("fk_objection_extension_objection_id_objection")
        ),
        sa.ForeignKeyConstraint(["extended_by"], ["user.id"], name=op.f("fk_objection_extension_extended_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_extension")),
    )
    op.create_index(op.f("ix_objection_extension_objection_id"), "objection_extension", ["objection_id"])


def _complete_what_was_answered() -> None:
    """Before there were handlers, whoever answered had handled it, and the answer was the finding."""
    op.execute(
        "UPDATE objection SET handler_id = answered_by, declared_at = answered_at, finding = answer, effect = CASE "
        "WHEN state = 'rejected' THEN 'none' WHEN application_id IS NULL THEN 'new_notice' ELSE 'new_vote' END "
        "WHERE state IN ('upheld', 'rejected')"
    )


def downgrade() -> None:
    for table_name in ("objection_extension", "objection_paper", "objection_request"):
        op.drop_table(table_name)
    op.execute("UPDATE objection SET state = 'received' WHERE state IN ('assigned', 'investigating')")
    with op.batch_alter_table("objection") as table:
        table.drop_constraint(op.f("ck_objection_found_and_answered"), type_="check")
        table.drop_constraint(op.f("ck_objection_handled_without_interest"), type_="check")
        table.drop_constraint(op.f("ck_objection_objectioneffect"), type_="check")
        table.drop_constraint(op.f("fk_objection_handler_id_user"), type_="foreignkey")
        table.drop_constraint(op.f("ck_objection_objectionstate"), type_="check")
        table.create_check_constraint(op.f("ck_objection_objectionstate"), f"state IN {BEFORE!r}")
        for column in ("effect", "finding", "reminded_on", "declared_at", "handler_id"):
            table.drop_column(column)
