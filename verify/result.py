"""From score sheets to rankings: every total, every agreed total, every rank, computed again."""

from __future__ import annotations

from collections import Counter
from typing import Any

import draw
import ranking
import rules
import scores
from archive import Bundle, Fault, Record, demand

# --- scores -------------------------------------------------------------------------------------------------------


def criteria_of(bundle: Bundle, record: Record) -> tuple[dict[str, int], set[str]]:
    """Points by item, and the items of the categories that ask for results only."""
    chosen = bundle.document("rulebook/rulebook.json")["said"]["criteria"][record["criteria"]]
    points = {item["code"]: item["points"] for category in chosen["categories"] for item in category["items"]}
    results = {
        item["code"]
        for category in chosen["categories"]
        if all(each["kind"] == "result" for each in category["items"])
        for item in category["items"]
    }
    return points, results


def check_sheets(bundle: Bundle) -> tuple[Any, ...]:
    sheets = bundle.records("scores/sheets.jsonl")
    handed_in = bundle.told("score_sheet.submit", "digest") | bundle.told("score_sheet.take_over", "digest")
    for sheet in sheets:
        name = (sheet["dossier"], sheet["round"], sheet["sheet"])
        points, _ = criteria_of(bundle, sheet)
        for item in sheet["items"]:
            demand(points[item["code"]] == item["points"], "points", *name, item["code"])
            scored = None if item["percent"] is None else item["points"] * item["percent"] // 5
            demand(item["percent"] is None or item["percent"] in range(0, 101, 5), "points", *name, item["code"])
            demand(item["twentieths"] == scored, "item", *name, item["code"])
        codes = [item["code"] for item in sheet["items"]]
        demand(len(set(codes)) == len(codes) and set(codes) == set(points), "items", *name)
        demand(sum(item["twentieths"] or 0 for item in sheet["items"]) == sheet["total_twentieths"], "total", *name)
        if bundle.is_full:
            check_content(sheet, name, ("criteria", "total_twentieths", "expert", "round"))
            demand(sheet["digest"] in handed_in, "event", "score_sheet.submit", " · ".join(map(str, name)))
    demand(
        len({(s["dossier"], s["round"], s["sheet"]) for s in sheets}) == len(sheets), "items", "sheets.jsonl", "", ""
    )
    return ("sheets", len(sheets))


def check_content(record: Record, name: tuple[Any, ...], fields: tuple[str, ...]) -> None:
    """Of the full version: the whole content has its digest and says what the numbers say."""
    content = record["content"]
    demand(draw.digest(content) == record["digest"], "content", *name)
    told = [{key: each.get(key) for key in record["items"][0]} for each in content["items"]] if record["items"] else []
    same = all(content[field] == record[field] for field in fields) and content["application"] == record["dossier"]
    demand(same and told == record["items"], "content", *name)


def check_consensus(bundle: Bundle) -> tuple[Any, ...]:
    reports, released = bundle.records("scores/consensus.jsonl"), bundle.told("consensus.release", "digest")
    for report in reports:
        name = (report["dossier"], report["round"], "")
        points, _ = criteria_of(bundle, report)
        for item in report["items"]:
            demand(points[item["code"]] == item["points"], "points", *name, item["code"])
        if report["total_twentieths"] is not None:
            total = sum(
                item["points"] * item["percent"] // 5 for item in report["items"] if item["percent"] is not None
            )
            demand(total == report["total_twentieths"], "total", *name)
        if bundle.is_full:
            check_content(report, name, ("criteria", "total_twentieths", "round"))
            demand(report["digest"] in released, "event", "consensus.release", report["dossier"])
    return ("consensus", len(reports))


# --- rankings -----------------------------------------------------------------------------------------------------

ROUND_FIELDS = {"minimum_reviews": "minimum_reviews", "mode": "mode", "weight": "weight", "bound": "correction_bound"}
COMBINED_FIELDS = {
    "method": "method",
    "trim_from": "trim_from",
    "trim_each": "trim_each",
    "fallback": "trim_fallback",
    "spread": "spread",
}


def check_ranking(bundle: Bundle, record: Record) -> tuple[Any, ...]:
    key, snapshot, book = record["round"], record["snapshot"], bundle.book
    check_rules(book, key, snapshot)
    dossiers = [row["dossier"] for row in snapshot["rows"]]
    check_input(bundle, key, snapshot, set(dossiers))
    rows, cuts = ranking.rank(book, key, dossiers, {**snapshot, "traits": traits(bundle, key, snapshot)})
    for computed, stored in zip(rows, snapshot["rows"]):
        for field, value in computed.items():
            demand(stored[field] == value, "rank", key, stored["dossier"], field, value)
    demand(cuts == snapshot["cuts"], "cut", key)
    if bundle.is_full:
        demand(draw.digest(snapshot) == record["digest"], "snapshot", key)
    demand(record["digest"] in bundle.told("ranking.confirm", "digest"), "event", "ranking.confirm", key)
    return ("ranking with compared" if snapshot.get("compared") else "ranking", key, len(rows))


def traits(bundle: Bundle, key: str, snapshot: Record) -> list[list[Any]]:
    """Of every dossier; what the ranking tells of one must be what its own record tells."""
    own = {name: [name, row["group"], row["kind"], row["tags"].split()] for name, row in bundle.dossiers.items()}
    for told in snapshot.get("traits", []):
        demand(own.setdefault(told[0], told) == told, "traits", key, told[0])
    return list(own.values())


def check_rules(book: Record, key: str, snapshot: Record) -> None:
    """What the ranking says of its rules is what the frozen rulebook says."""
    combined, told = rules.combined(book), snapshot["rules"]
    for name in ("ties", "decimals", "rounding"):
        demand(told[name] == combined[name], "rules", key, name)
    wanted = rules.rounds_until(book, key)
    demand([each["key"] for each in told["rounds"]] == [each["key"] for each in wanted], "rules", key, "rounds")
    for each, rule in zip(told["rounds"], wanted):
        for mine, theirs in ROUND_FIELDS.items():
            demand(each[mine] == (rule.get(theirs) or 0), "rules", key, f"{rule['key']}.{mine}")
        for mine, theirs in COMBINED_FIELDS.items():
            demand(each.get(mine, combined[theirs]) == combined[theirs], "rules", key, theirs)
    levels = [level_rule(book, level) for level in rules.levels_of(book, key)]
    demand(told["levels"] == levels, "rules", key, "levels")
    onward = rules.onward(book, key)
    shortlist = None if onward is None else {"places": onward[0], "floor": onward[1]}
    demand(snapshot["shortlist"] == shortlist, "rules", key, "shortlist")


def level_rule(book: Record, level: Record) -> Record:
    """What limits nobody of this award is left out."""
    kinds = {kind for group in book["groups"] if group["enabled"] for kind in group["kinds"]}
    limits = {
        "kinds": sorted(level["kinds"]) if kinds - set(level["kinds"]) else [],
        "limits": {each["kind"]: each["seats"] for each in level.get("limits", [])},
        "reserved": {each["tag"]: each["seats"] for each in level.get("reserved", [])},
    }
    told = {"key": level["key"], "seats": level["seats"], "floor": level.get("floor")}
    return {**told, **{name: value for name, value in limits.items() if value}}


def check_input(bundle: Bundle, key: str, snapshot: Record, ranked: set[str]) -> None:
    """All sheets of the ranked dossiers up to this round went in (for standardised scores those of all others, too), nothing
    else; so did what was agreed and deducted, and the lot's seed."""
    rounds, combined = [rule["key"] for rule in rules.rounds_until(bundle.book, key)], rules.combined(bundle.book)
    standardised = combined["method"] in scores.STANDARDISED
    sheets = Counter()  # type: Counter[Tuple[Any, ...]]
    for sheet in bundle.records("scores/sheets.jsonl"):
        if sheet["round"] in rounds and (standardised or sheet["dossier"] in ranked):
            who = sheet["expert"] if bundle.is_full else str(sheet["sheet"])
            sheets[sheet["dossier"], sheet["round"], who, sheet["total_twentieths"], results_of(bundle, sheet)] += 1
    counted = Counter((each[0], each[1], each[2], each[4], each[5]) for each in snapshot["reviews"])
    for entry in sorted((sheets - counted) + (counted - sheets)):
        raise Fault("review", key, *entry[:3])
    reports = [each for each in bundle.records("scores/consensus.jsonl") if each["total_twentieths"] is not None]
    agreed = sorted(
        [each["dossier"], each["round"], each["total_twentieths"], results_of(bundle, each)]
        for each in (reports if combined["consensus"] else [])
        if each["round"] in rounds and each["dossier"] in ranked
    )
    demand(agreed == snapshot["agreed"], "agreed", key)
    last: dict[tuple[str, str], int] = {}
    for row in bundle.rows("scores/deductions.csv"):
        if row["round"] in rounds and row["dossier"] in ranked:
            last[row["dossier"], row["round"]] = int(row["points"])
    off = sorted([dossier, round_, points] for (dossier, round_), points in last.items() if points)
    demand(off == snapshot.get("deductions", []), "deducted", key)
    by_lot = rules.levels_of(bundle.book, key) and "lot" in combined["ties"]
    demand(snapshot.get("seed", "") == (bundle.first_seed() if by_lot else ""), "seed", key)


def results_of(bundle: Bundle, record: Record) -> int:
    _, results = criteria_of(bundle, record)
    return sum(item["points"] * (item["percent"] or 0) // 5 for item in record["items"] if item["code"] in results)


def check_onward(bundle: Bundle) -> tuple[Any, ...]:
    """Nobody is ranked in a later round who did not go on from the one before."""
    before: set[str] | None = None
    for record in bundle.rankings():
        rows = record["snapshot"]["rows"]
        for row in rows:
            demand(before is None or row["dossier"] in before, "onward", record["round"], row["dossier"])
        before = {row["dossier"] for row in rows if row["advances"]}
    return ("onward",)
