"""Dated conflicts with a lifecycle, exceptions of two people, experts to be avoided; the triggers judge by dates."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
OLD_SOURCES = ("declared", "system", "office")
SOURCES = (*OLD_SOURCES, "applicant")
EVENTS = ("INSERT", "UPDATE OF edition_id, application_id, expert_id, role, places_since, conflicts_since")
OLD_EVENTS = ("INSERT", "UPDATE OF edition_id, application_id, expert_id, role")
RULES = ("region", "leader", "conflict", "region_known")

# A place counts while its kind is one of the rulebook's and it was not left before the window of this seat.
COUNTED = """
    (e.expert_region_kinds = '' OR ',' || e.expert_region_kinds || ',' LIKE '%,' || x.kind || ',%')
"""


def _city(code: str) -> str:
    """A municipality is its own only city."""
    return f"CASE WHEN substr({code}, 1, 2) IN ('11', '12', '31', '50') THEN 'own' ELSE substr({code}, 1, 4) END"


def _same_city(first: str, second: str) -> str:
    return f"{first} LIKE '%0000' OR {second} LIKE '%0000' OR {_city(first)} = {_city(second)}"


def _same_county(first: str, second: str) -> str:
    return f"{first} LIKE '%00' OR {second} LIKE '%00' OR {first} = {second}"


def _excepted(rule: str) -> str:
    return f"""
        EXISTS (SELECT 1 FROM pair_exception p WHERE p.expert_id = NEW.expert_id AND p.rule = '{rule}'
                AND p.application_id = NEW.application_id AND p.state = 'confirmed')
    """


A, X = "a.region_code", "x.region_code"
SAME_REGION = f"""
    NOT {_excepted("region")} AND EXISTS (
        SELECT 1 FROM edition e
        JOIN application_region a ON a.application_id = NEW.application_id
        JOIN expert_region x ON x.expert_id = NEW.expert_id
        WHERE e.id = NEW.edition_id AND e.region_digits > 0 AND {COUNTED}
          AND substr({A}, 1, 2) = substr({X}, 1, 2)
          AND (e.region_digits < 4 OR {_same_city(A, X)})
          AND (e.region_digits < 6 OR {_same_county(A, X)})
    )
"""
NO_REGION = f"""
    NOT {_excepted("region")}
    AND EXISTS (SELECT 1 FROM edition e WHERE e.id = NEW.edition_id AND e.region_digits > 0)
    AND (NOT EXISTS (
            SELECT 1 FROM edition e JOIN expert_region x ON x.expert_id = NEW.expert_id
            WHERE e.id = NEW.edition_id AND {COUNTED}
         )
         OR NOT EXISTS (SELECT 1 FROM application_region a WHERE a.application_id = NEW.application_id))
"""
LEADER_FROM_HOME = f"""
    NEW.role = 'leader' AND EXISTS (
        SELECT 1 FROM edition e
        JOIN expert_region x ON x.expert_id = NEW.expert_id
        WHERE e.id = NEW.edition_id AND e.leader_outside_prefix <> '' AND {COUNTED}
          AND (substr({X}, 1, length(e.leader_outside_prefix)) = e.leader_outside_prefix
               OR ({X} LIKE '%0000' AND substr({X}, 1, 2) = substr(e.leader_outside_prefix, 1, 2)))
    )
"""
CONFLICTED = f"""
    NOT {_excepted("conflict")} AND (
        EXISTS (SELECT 1 FROM conflict c WHERE c.expert_id = NEW.expert_id AND c.application_id = NEW.application_id
                AND c.state = 'standing' AND (c.until IS NULL OR c.until >= NEW.conflicts_since))
        OR EXISTS (SELECT 1 FROM expert w JOIN application o ON o.credit_code = w.employer_code
                   WHERE w.id = NEW.expert_id AND o.id = NEW.application_id AND w.employer_code <> '')
    )
"""
CONDITIONS = dict(zip(RULES, (SAME_REGION, LEADER_FROM_HOME, CONFLICTED, NO_REGION), strict=True))

# As 0002 wrote them.
OLD_COUNTED = "AND (e.expert_region_kinds = '' OR ',' || e.expert_region_kinds || ',' LIKE '%,' || x.kind || ',%')"
OLD_CONDITIONS = {
    "region": f"""
        EXISTS (SELECT 1 FROM edition e
            JOIN application_region a ON a.application_id = NEW.application_id
            JOIN expert_region x ON x.expert_id = NEW.expert_id
            WHERE e.id = NEW.edition_id AND e.region_digits > 0
              AND substr(a.region_code, 1, e.region_digits) = substr(x.region_code, 1, e.region_digits) {OLD_COUNTED})
    """,
    "leader": f"""
        NEW.role = 'leader' AND EXISTS (
            SELECT 1 FROM edition e JOIN expert_region x ON x.expert_id = NEW.expert_id
            WHERE e.id = NEW.edition_id AND e.leader_outside_prefix <> ''
              AND substr(x.region_code, 1, length(e.leader_outside_prefix)) = e.leader_outside_prefix {OLD_COUNTED})
    """,
    "conflict": """
        EXISTS (SELECT 1 FROM conflict c WHERE c.expert_id = NEW.expert_id AND c.application_id = NEW.application_id)
    """,
    "region_known": f"""
        EXISTS (SELECT 1 FROM edition e WHERE e.id = NEW.edition_id AND e.region_digits > 0)
        AND (NOT EXISTS (SELECT 1 FROM edition e JOIN expert_region x ON x.expert_id = NEW.expert_id
                         WHERE e.id = NEW.edition_id {OLD_COUNTED})
             OR NOT EXISTS (SELECT 1 FROM application_region a WHERE a.application_id = NEW.application_id))
    """,
}


def upgrade() -> None:
    _drop_triggers()
    _conflicts()
    _exceptions()
    _wishes()
    for column in ("places_since", "conflicts_since"):
        op.add_column("assignment", sa.Column(column, sa.Date(), nullable=False, server_default="0001-01-01"))
    _create_triggers(CONDITIONS, EVENTS)


def downgrade() -> None:
    _drop_triggers()
    for column in ("places_since", "conflicts_since"):
        op.drop_column("assignment", column)
    for table in ("staff_list", "avoided_expert", "pair_exception"):
        op.drop_table(table)
    _old_conflicts()
    _create_triggers(OLD_CONDITIONS, OLD_EVENTS)


def _conflicts() -> None:
    """Several interests of different kinds may stand between the same two, each from a day to a day."""
    with op.batch_alter_table("conflict") as batch:
        batch.drop_constraint(op.f("uq_conflict_expert_id_application_id"), type_="unique")
        batch.drop_constraint(op.f("ck_conflict_conflictsource"), type_="check")
        batch.add_column(sa.Column("since", sa.Date(), nullable=True))
        batch.add_column(sa.Column("until", sa.Date(), nullable=True))
        batch.add_column(sa.Column("recorded_by", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("state", sa.String(length=32), nullable=False, server_default="standing"))
        batch.create_check_constraint(op.f("ck_conflict_conflictsource"), _one_of("source", SOURCES))
        batch.create_check_constraint(op.f("ck_conflict_conflictstate"), _one_of("state", ("standing", "withdrawn")))
        batch.create_foreign_key(op.f("fk_conflict_recorded_by_user"), "user", ["recorded_by"], ["id"])
        batch.create_index("ix_conflict_pair", ["expert_id", "application_id"])


def _old_conflicts() -> None:
    """One of each pair is kept, and none of those that were withdrawn."""
    op.execute("DELETE FROM conflict WHERE state = 'withdrawn'")
    op.execute(
        "DELETE FROM conflict WHERE id NOT IN (SELECT MIN(id) FROM conflict GROUP BY expert_id, application_id)"
    )
    op.execute("UPDATE conflict SET source = 'office' WHERE source = 'applicant'")
    with op.batch_alter_table("conflict") as batch:
        batch.drop_index("ix_conflict_pair")
        batch.drop_constraint(op.f("fk_conflict_recorded_by_user"), type_="foreignkey")
        for name in ("conflictsource", "conflictstate"):
            batch.drop_constraint(op.f(f"ck_conflict_{name}"), type_="check")
        for column in ("since", "until", "recorded_by", "state"):
            batch.drop_column(column)
        batch.create_check_constraint(op.f("ck_conflict_conflictsource"), _one_of("source", OLD_SOURCES))
        batch.create_unique_constraint(op.f("uq_conflict_expert_id_application_id"), ["expert_id", "application_id"])


def _exceptions() -> None:
    op.create_table(
        "pair_exception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.Integer(), nullable=False),
        sa.Column("rule", _enum("liftablerule", ("region", "conflict")), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("state", _enum("exceptionstate", ("proposed", "confirmed", "refused", "revoked")), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name=op.f("ck_pair_exception_two_people")),
        sa.CheckConstraint("state <> 'confirmed' OR confirmed_by IS NOT NULL", name=op.f("ck_pair_exception_confirmer")),
        *(
            _foreign("pair_exception", column, table)
            for column, table in (
                ("edition_id", "edition"),
                ("application_id", "application"),
                ("expert_id", "expert"),
                ("proposed_by", "user"),
                ("confirmed_by", "user"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair_exception")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_pair_exception_edition_id_number")),
    )
    op.create_index("ix_pair_exception_pair", "pair_exception", ["expert_id", "application_id"])


def _wishes() -> None:
    op.create_table(
        "avoided_expert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("employer", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("named_at", MOMENT, nullable=False),
        _foreign("avoided_expert", "application_id", "application"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avoided_expert")),
    )
    op.create_index(op.f("ix_avoided_expert_application_id"), "avoided_expert", ["application_id"])
    op.create_table(
        "staff_list",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("names", sa.String(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _foreign("staff_list", "application_id", "application"),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_staff_list")),
    )


def _one_of(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


def _enum(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _foreign(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _names() -> list[str]:
    return [f"assignment_{rule}_rule_{event}" for rule in RULES for event in ("insert", "update")]


def _drop_triggers() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in _names():
        op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON assignment")
        if not sqlite:
            op.execute(f"DROP FUNCTION {name}()")


def _create_triggers(conditions: dict[str, str], events: tuple[str, ...]) -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for rule, condition in conditions.items():
        for event in events:
            message = f"assignment_{rule}_rule_{event.partition(' ')[0].lower()}"
            if sqlite:
                op.execute(
                    f"CREATE TRIGGER {message} BEFORE {event} ON assignment WHEN {condition} "
                    f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
                )
                continue
            op.execute(
                f"CREATE FUNCTION {message}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {condition} THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{message}'; END IF; "
                f"RETURN NEW; END $$"
            )
            op.execute(f"CREATE TRIGGER {message} BEFORE {event} ON assignment FOR EACH ROW EXECUTE FUNCTION {message}()")
