"""A ranking as a record, with its input: what is stored, published and recomputed."""

from collections.abc import Iterable

from app.kernel.canonical import Record
from app.kernel.exact import to_text
from app.ranking.official.data import (
    NOTHING_MORE,
    Agreed,
    Cut,
    Deduction,
    Facts,
    Level,
    Ranking,
    Review,
    RoundRule,
    Row,
    Rules,
)

SNAPSHOT_FORMAT = "zhiheng-ranking/1"


def snapshot(
    ranking: Ranking,
    reviews: Iterable[Review],
    rules: Rules,
    *,
    agreed: Iterable[Agreed] = (),
    deductions: Iterable[Deduction] = (),
    facts: Facts = NOTHING_MORE,
) -> Record:
    """Input and result in a form for storage and bundles; `kernel.canonical.digest` gives its digest. Fractions are n/d."""
    return {
        "format": SNAPSHOT_FORMAT,
        "rules": _rules_record(rules),
        "reviews": sorted(
            [entry.dossier, entry.round, entry.reviewer, entry.role, entry.total, entry.results] for entry in reviews
        ),
        "agreed": sorted([entry.dossier, entry.round, entry.total, entry.results] for entry in agreed),
        **_deductions_record(deductions),
        **_facts_record(facts),
        "rows": [_row_record(row) for row in ranking.rows],
        "cuts": [_cut_record(cut) for cut in ranking.cuts],
    }


def _deductions_record(deductions: Iterable[Deduction]) -> Record:
    """Only where there are any: a ranking without says what it always said."""
    told = sorted([entry.dossier, entry.round, entry.points] for entry in deductions)
    return {"deductions": told} if told else {}


def _facts_record(facts: Facts) -> Record:
    """Only what the rules asked for."""
    traits = sorted([dossier, each.group, each.kind, sorted(each.tags)] for dossier, each in facts.traits.items())
    return ({"traits": traits} if traits else {}) | ({"seed": facts.seed} if facts.seed else {})


def _rules_record(rules: Rules) -> Record:
    return {
        "rounds": [_round_record(rule) for rule in rules.rounds],
        "levels": [_level_record(level) for level in rules.levels],
        "ties": list(rules.ties),
        "decimals": rules.decimals,
        "rounding": rules.rounding,
    }


def _round_record(rule: RoundRule) -> Record:
    """A spread only where one is used: other rules say what they always said."""
    said = [name for name in RoundRule.__slots__ if name != "spread" or rule.is_standardised]
    return {name: getattr(rule, name) for name in said} | {"role_weights": dict(rule.role_weights)}


def _level_record(level: Level) -> Record:
    """Limits only where there are any."""
    limits = {"kinds": list(level.kinds), "limits": dict(level.limits), "reserved": dict(level.reserved)}
    base: Record = {"key": level.key, "seats": level.seats, "floor": level.floor}
    return base | {name: value for name, value in limits.items() if value}


def _row_record(row: Row) -> Record:
    return {
        "dossier": row.dossier,
        "position": row.position,
        "rank": row.rank,
        "score": "" if row.score is None else to_text(row.score),
        "shown": row.shown,
        "tied": row.tied,
        "straddles": row.straddles,
        "line": row.line,
        "advances": row.advances,
        "reviews": row.reviews,
        "rounds": {key: to_text(value) for key, value in row.rounds.items()},
        "reason": {} if row.reason is None else {"text": row.reason.text, "values": dict(row.reason.values)},
    }


def _cut_record(cut: Cut) -> Record:
    return {
        "level": cut.level,
        "seats": cut.seats,
        "filled": cut.filled,
        "tied": list(cut.tied),
        "decided_by": cut.decided_by,
        "open": list(cut.open),
        "open_seats": cut.open_seats,
        **({"passed": list(cut.passed)} if cut.passed else {}),
    }
