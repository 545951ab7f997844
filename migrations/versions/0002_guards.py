"""Rules that the database itself keeps: the out-of-region rule, conflicts, the frozen rulebook, the audit log."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COUNTED_REGION = """
          AND (e.expert_region_kinds = '' OR ',' || e.expert_region_kinds || ',' LIKE '%,' || x.kind || ',%')
"""
SAME_REGION = f"""
    EXISTS (
        SELECT 1 FROM edition e
        JOIN application_region a ON a.application_id = NEW.application_id
        JOIN expert_region x ON x.expert_id = NEW.expert_id
        WHERE e.id = NEW.edition_id AND e.region_digits > 0
          AND substr(a.region_code, 1, e.region_digits) = substr(x.region_code, 1, e.region_digits)
          {COUNTED_REGION}
    )
"""
LEADER_FROM_HOME = f"""
    NEW.role = 'leader' AND EXISTS (
        SELECT 1 FROM edition e
        JOIN expert_region x ON x.expert_id = NEW.expert_id
        WHERE e.id = NEW.edition_id AND e.leader_outside_prefix <> ''
          AND substr(x.region_code, 1, length(e.leader_outside_prefix)) = e.leader_outside_prefix
          {COUNTED_REGION}
    )
"""
CONFLICTED = """
    EXISTS (SELECT 1 FROM conflict c WHERE c.expert_id = NEW.expert_id AND c.application_id = NEW.application_id)
"""
NO_REGION = f"""
    EXISTS (SELECT 1 FROM edition e WHERE e.id = NEW.edition_id AND e.region_digits > 0)
    AND (NOT EXISTS (
            SELECT 1 FROM edition e JOIN expert_region x ON x.expert_id = NEW.expert_id
            WHERE e.id = NEW.edition_id {COUNTED_REGION}
         )
         OR NOT EXISTS (SELECT 1 FROM application_region a WHERE a.application_id = NEW.application_id))
"""
RULEBOOK_CHANGED = """
    OLD.frozen_at IS NOT NULL AND (
        NEW.rulebook <> OLD.rulebook OR NEW.rulebook_digest <> OLD.rulebook_digest
        OR NEW.region_digits <> OLD.region_digits OR NEW.leader_outside_prefix <> OLD.leader_outside_prefix
        OR NEW.expert_region_kinds <> OLD.expert_region_kinds OR NEW.frozen_at IS NULL
    )
"""

ASSIGNMENT_RULES = (
    ("assignment_region_rule", SAME_REGION),
    ("assignment_leader_rule", LEADER_FROM_HOME),
    ("assignment_conflict_rule", CONFLICTED),
    ("assignment_region_known_rule", NO_REGION),
)
ASSIGNMENT_EVENTS = ("INSERT", "UPDATE OF edition_id, application_id, expert_id, role")


def guards() -> list[tuple[str, str, str, str]]:
    """Name, event, table, condition under which the database refuses."""
    kept = [("rulebook_frozen_rule", "UPDATE", "edition", RULEBOOK_CHANGED)]
    for name, condition in ASSIGNMENT_RULES:
        for event in ASSIGNMENT_EVENTS:
            kept.append((f"{name}_{event.partition(' ')[0].lower()}", event, "assignment", condition))
    for event in ("UPDATE", "DELETE"):
        kept.append((f"audit_append_only_{event.lower()}", event, "audit_event", "1 = 1"))
        kept.append((f"submitted_sheet_append_only_{event.lower()}", event, "submitted_sheet", "1 = 1"))
    return kept

FIRST_HEAD = f"""
    INSERT INTO audit_head (id, last_id, last_hash)
    SELECT 1, COALESCE(MAX(id), 0), COALESCE((SELECT hash FROM audit_event ORDER BY id DESC LIMIT 1), '{"0" * 64}')
    FROM audit_event
"""


def upgrade() -> None:
    op.execute(FIRST_HEAD)
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, event, table, condition in guards():
        if sqlite:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
            )
        else:
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {condition} THEN RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = '{name}'; END IF; "
                f"{'RETURN OLD;' if event == 'DELETE' else 'RETURN NEW;'} END $$"
            )
            op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    op.execute("DELETE FROM audit_head")
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, _event, table, _condition in guards():
        op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {table}")
        if not sqlite:
            op.execute(f"DROP FUNCTION {name}()")
