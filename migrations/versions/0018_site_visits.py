"""Visits on site, the reason of a change after one, and what the database keeps of both for good."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STATES = ("planned", "notified", "opened", "closed", "reported")
PAPERS = ("opening", "closing", "report")
APPEND_ONLY = ("visit_log", "visit_photo", "visit_signature", "visit_report")
REPORTED = "EXISTS (SELECT 1 FROM visit_report r WHERE r.visit_id = OLD.visit_id)"
TABLES = (
    "visit_report",
    "visit_signature",
    "visit_meeting",
    "visit_photo",
    "visit_log",
    "visit_issue",
    "visit_appointment",
    "visit",
)
REASON_TOUCHED = """
    EXISTS (
        SELECT 1 FROM score_sheet s JOIN consensus c ON c.round_id = s.round_id AND c.application_id = s.application_id
        WHERE s.id = OLD.sheet_id AND EXISTS (SELECT 1 FROM submitted_sheet h WHERE h.sheet_id = s.id)
    )
"""


def guards() -> list[tuple[str, str, str, str]]:
    """Name, event, table, condition under which the database refuses."""
    kept = [
        ("item_score_reason_in_consensus", "UPDATE OF reason", "item_score", REASON_TOUCHED),
        ("visit_issue_frozen", "UPDATE", "visit_issue", REPORTED),
        ("visit_meeting_frozen", "UPDATE", "visit_meeting", REPORTED),
    ]
    for table in APPEND_ONLY:
        for event in ("UPDATE", "DELETE"):
            kept.append((f"{table}_append_only_{event.lower()}", event, table, "1 = 1"))
    return kept


def _chosen(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _made(table: str, *columns: object, **keys: str) -> None:
    references = [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))
        for column, target in keys.items()
    ]
    own = sa.Column("id", sa.Integer(), nullable=False)
    op.create_table(table, own, *columns, *references, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")))


def _integer(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, sa.Integer(), nullable=empty)


def _moment(name: str, *, empty: bool = False) -> sa.Column:
    return sa.Column(name, MOMENT, nullable=empty)


def _text(name: str, length: int | None = None) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=False)


def upgrade() -> None:
    _made(
        "visit",
        _integer("edition_id"),
        _integer("round_id"),
        _integer("application_id"),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        _text("place", 200),
        _text("contact", 200),
        _moment("notified_at", empty=True),
        _moment("confirmed_at", empty=True),
        _integer("confirmed_by", empty=True),
        _moment("opened_at", empty=True),
        _moment("closed_at", empty=True),
        sa.Column("state", _chosen("visitstate", *STATES), nullable=False),
        _integer("version"),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_visit_days_in_order")),
        sa.UniqueConstraint("round_id", "application_id", name=op.f("uq_visit_round_id_application_id")),
        edition_id="edition",
        round_id="round",
        application_id="application",
        confirmed_by="user",
    )
    op.create_index(op.f("ix_visit_edition_id"), "visit", ["edition_id"])
    _made(
        "visit_appointment",
        _integer("visit_id"),
        _moment("starts_at"),
        _moment("ends_at"),
        _text("whom", 200),
        _text("topic", 200),
        _text("item_code", 20),
        _integer("expert_id", empty=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_visit_appointment_times_in_order")),
        visit_id="visit",
        expert_id="expert",
    )
    _made(
        "visit_issue",
        _integer("visit_id"),
        sa.Column("kind", _chosen("issuekind", "clarify", "verify"), nullable=False),
        sa.Column("source", _chosen("issuesource", "team", "consensus"), nullable=False),
        _text("item_code", 20),
        _text("text"),
        _integer("raised_by", empty=True),
        _moment("raised_at"),
        _text("finding"),
        _integer("settled_by", empty=True),
        _moment("settled_at", empty=True),
        _integer("version"),
        visit_id="visit",
        raised_by="expert",
        settled_by="expert",
    )
    _made(
        "visit_log",
        _integer("visit_id"),
        sa.Column("kind", _chosen("logkind", "interview", "document"), nullable=False),
        _text("about", 200),
        _text("item_code", 20),
        _text("text"),
        _integer("expert_id"),
        _moment("at"),
        visit_id="visit",
        expert_id="expert",
    )
    _made(
        "visit_photo",
        _integer("visit_id"),
        _text("mark", 64),
        _text("caption", 200),
        _text("item_code", 20),
        _text("sha256", 64),
        _text("suffix", 5),
        _integer("size"),
        _moment("taken_at", empty=True),
        _integer("expert_id"),
        _moment("at"),
        sa.UniqueConstraint("visit_id", "mark", name=op.f("uq_visit_photo_visit_id_mark")),
        visit_id="visit",
        expert_id="expert",
    )
    _made(
        "visit_meeting",
        _integer("visit_id"),
        sa.Column("paper", _chosen("visitpaper", *PAPERS), nullable=False),
        _moment("held_at"),
        _text("place", 200),
        _text("text"),
        _integer("version"),
        sa.CheckConstraint("paper IN ('opening', 'closing')", name=op.f("ck_visit_meeting_of_a_meeting")),
        sa.UniqueConstraint("visit_id", "paper", name=op.f("uq_visit_meeting_visit_id_paper")),
        visit_id="visit",
    )
    _made(
        "visit_signature",
        _integer("visit_id"),
        sa.Column("paper", _chosen("visitpaper", *PAPERS), nullable=False),
        sa.Column("side", _chosen("side", "team", "applicant", "office"), nullable=False),
        _text("name", 60),
        _text("post", 100),
        _moment("signed_at"),
        _integer("typed_by", empty=True),
        sa.UniqueConstraint(
            "visit_id", "paper", "side", "name", "post", name=op.f("uq_visit_signature_visit_id_paper_side_name_post")
        ),
        visit_id="visit",
        typed_by="user",
    )
    _made(
        "visit_report",
        _integer("visit_id"),
        sa.Column("content", sa.JSON(), nullable=False),
        _text("digest", 64),
        _moment("reported_at"),
        sa.UniqueConstraint("visit_id", name=op.f("uq_visit_report_visit_id")),
        visit_id="visit",
    )
    for table in ("visit_appointment", "visit_issue", "visit_log", "visit_photo"):
        op.create_index(op.f(f"ix_{table}_visit_id"), table, ["visit_id"])
    op.add_column("item_score", sa.Column("reason", sa.String(), nullable=False, server_default=""))
    for guard in guards():
        _set(*guard)


def _set(name: str, event: str, table: str, condition: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{name}'; END IF; "
        f"{'RETURN OLD;' if event == 'DELETE' else 'RETURN NEW;'} END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, _event, table, _condition in guards():
        op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {table}")
        if not sqlite:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_column("item_score", "reason")
    for table in TABLES:
        op.drop_table(table)
