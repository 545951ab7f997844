"""From score sheets to honours: totals, agreed totals, rankings, the count of the ballots, notices, computed again."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import ballot
import draw
import ranking
from archive import Bundle, Fault, NotComputed, Record, demand

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


def check_ranking(bundle: Bundle, record: Record) -> tuple[Any, ...]:
    key, snapshot, book = record["round"], record["snapshot"], bundle.book
    if ranking.unknown(book, key):
        raise NotComputed("ranking", key, ranking.unknown(book, key))
    check_rules(book, key, snapshot)
    dossiers = [row["dossier"] for row in snapshot["rows"]]
    check_input(bundle, key, snapshot, set(dossiers))
    reviews = [(each[0], each[1], each[2], each[4], each[5], each[3]) for each in snapshot["reviews"]]
    further = {
        "agreed": snapshot["agreed"],
        "deductions": snapshot.get("deductions", []),
        "compared": snapshot.get("compared"),
    }
    rows, cuts = ranking.rank(book, key, dossiers, reviews=reviews, further=further)
    for computed, stored in zip(rows, snapshot["rows"]):
        for field, value in computed.items():
            demand(stored[field] == value, "rank", key, stored["dossier"], field, value)
    demand(cuts == snapshot["cuts"], "cut", key)
    if bundle.is_full:
        demand(draw.digest(snapshot) == record["digest"], "snapshot", key)
    demand(record["digest"] in bundle.told("ranking.confirm", "digest"), "event", "ranking.confirm", key)
    if snapshot.get("compared"):
        return ("ranking with compared", key, len(rows))
    return ("ranking", key, len(rows))


def check_rules(book: Record, key: str, snapshot: Record) -> None:
    """What the ranking says of its rules is what the frozen rulebook says."""
    combined, rules = {**ranking.DEFAULT, **book["aggregation"]}, snapshot["rules"]
    for name in ("ties", "decimals", "rounding"):
        demand(rules[name] == combined[name], "rules", key, name)
    wanted = ranking.round_rules(book, key)
    demand([each["key"] for each in rules["rounds"]] == [each["key"] for each in wanted], "rules", key, "rounds")
    for told, rule in zip(rules["rounds"], wanted):
        for mine, theirs in ROUND_FIELDS.items():
            demand(told[mine] == (rule.get(theirs) or 0), "rules", key, f"{rule['key']}.{mine}")
        for name in ("method", "trim_from", "trim_each"):
            demand(told[name] == combined[name], "rules", key, name)
        demand(told["fallback"] == combined["trim_fallback"], "rules", key, "trim_fallback")
    levels = [
        {"key": each["key"], "seats": each["seats"], "floor": each.get("floor")}
        for each in ranking.levels_of(book, key)
    ]
    demand(rules["levels"] == levels, "rules", key, "levels")
    onward = ranking.onward(book, key)
    told = snapshot["shortlist"]
    demand(told == (None if onward is None else {"places": onward[0], "floor": onward[1]}), "rules", key, "shortlist")


def check_input(bundle: Bundle, key: str, snapshot: Record, ranked: set[str]) -> None:
    """All sheets of the ranked dossiers up to this round went in, nothing else; so did what was agreed and deducted."""
    rounds = [rule["key"] for rule in ranking.round_rules(bundle.book, key)]
    sheets = Counter()  # type: Counter[Tuple[Any, ...]]
    for sheet in bundle.records("scores/sheets.jsonl"):
        if sheet["round"] in rounds and sheet["dossier"] in ranked:
            who = sheet["expert"] if bundle.is_full else str(sheet["sheet"])
            sheets[sheet["dossier"], sheet["round"], who, sheet["total_twentieths"], results_of(bundle, sheet)] += 1
    counted = Counter((each[0], each[1], each[2], each[4], each[5]) for each in snapshot["reviews"])
    for entry in sorted((sheets - counted) + (counted - sheets)):
        raise Fault("review", key, *entry[:3])
    reports = [each for each in bundle.records("scores/consensus.jsonl") if each["total_twentieths"] is not None]
    counts = bundle.book["aggregation"]["consensus"]
    agreed = sorted(
        [each["dossier"], each["round"], each["total_twentieths"], results_of(bundle, each)]
        for each in (reports if counts else [])
        if each["round"] in rounds and each["dossier"] in ranked
    )
    demand(agreed == snapshot["agreed"], "agreed", key)
    last: dict[tuple[str, str], int] = {}
    for row in bundle.rows("scores/deductions.csv"):
        if row["round"] in rounds and row["dossier"] in ranked:
            last[row["dossier"], row["round"]] = int(row["points"])
    off = sorted([dossier, round_, points] for (dossier, round_), points in last.items() if points)
    demand(off == snapshot.get("deductions", []), "deducted", key)


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


# --- committee, notice, honours -----------------------------------------------------------------------------------


def check_session(bundle: Bundle, record: Record) -> tuple[Any, ...]:
    book, number, proposals = bundle.book, record["number"], record["proposals"]
    quorum = Fraction(str(book["committee"]["quorum"])) * record["members"]
    demand(record["rights"] >= quorum and record["used"] <= record["rights"], "quorum", number)
    codes = [code for _, code, _ in record["box"]]
    demand(len(set(codes)) == len(codes), "box", number, "—")
    votes: dict[str, dict[str, int]] = {}
    for dossier, _, choice in record["box"]:
        votes.setdefault(dossier, {})[choice] = votes.get(dossier, {}).get(choice, 0) + 1
    if {"committee", "lot"} <= set(book["aggregation"]["ties"]):
        raise NotComputed("session", number)
    rule = book["committee"]
    if record["rounds"] > 1 or (rule.get("counted_of", "present"), rule.get("ballot", "each")) != ("present", "each"):
        raise NotComputed("session otherwise", number)
    rows = {row["dossier"]: row for each in bundle.rankings() if each["is_final"] for row in each["snapshot"]["rows"]}
    decided = {each["dossier"] for each in proposals}
    candidates = [candidate(bundle, row, votes, record) for name, row in rows.items() if name in decided]
    demand(decided <= rows.keys() and votes.keys() <= decided and len(decided) == len(proposals), "box", number, "—")
    for each in candidates:
        demand(set(each["votes"]) <= {*each["levels"], "reject", "abstain"}, "box", number, each["id"])
        demand(sum(each["votes"].values()) <= min(each["entitled"], record["used"]), "box", number, each["id"])
    for computed, stored in zip(ballot.decide(book, candidates, taken_before(bundle, number)), proposals):
        for field, value in computed.items():
            demand(stored[field] == value, "count", number, stored["dossier"], field, value)
    return ("session", number, len(codes), len(proposals))


def candidate(bundle: Bundle, row: Record, votes: dict[str, dict[str, int]], record: Record) -> Record:
    name, dossier = row["dossier"], bundle.dossiers[row["dossier"]]
    score = Fraction(row["score"]) if row["rank"] is not None else None
    found = {"id": name, "rank": row["rank"], "kind": dossier["kind"], "tags": dossier["tags"].split(), "score": score}
    entitled = record["rights"] - record["recused"].get(name, 0)
    return {
        **found,
        "levels": ballot.open_levels(bundle.book, found),
        "votes": votes.get(name, {}),
        "entitled": entitled,
    }


def taken_before(bundle: Bundle, number: int) -> list[tuple[str, Record]]:
    """Seats that earlier sessions gave to dossiers that neither they nor this one decided anew."""
    given: dict[str, str] = {}
    for session in bundle.sessions():
        for each in session["proposals"]:
            given.pop(each["dossier"], None)
            if each["level"] and session["number"] < number:
                given[each["dossier"]] = each["level"]
        if session["number"] == number:
            break
    rows = bundle.dossiers
    return [(level, {"kind": rows[name]["kind"], "tags": rows[name]["tags"].split()}) for name, level in given.items()]


def check_nobody_left_out(bundle: Bundle) -> tuple[Any, ...]:
    """Whoever could have a level in the final ranking came before the committee, unless withdrawn."""
    decided = {each["dossier"] for session in bundle.sessions() for each in session["proposals"]}
    final = [record for record in bundle.rankings() if record["is_final"]]
    for row in (row for record in final for row in record["snapshot"]["rows"] if bundle.sessions()):
        able = candidate(bundle, row, {}, {"rights": 0, "recused": {}})["levels"]
        gone = bundle.dossiers[row["dossier"]]["state"] in ("withdrawn", "under_review")
        demand(not able or gone or row["dossier"] in decided, "left out", row["dossier"])
    return ("all decided",)


def last_levels(bundle: Bundle, until: int = 0) -> dict[str, str]:
    """By dossier what the last session (up to a number) that decided on it proposed."""
    found: dict[str, str] = {}
    for session in bundle.sessions():
        if not until or session["number"] <= until:
            found.update({each["dossier"]: each["level"] for each in session["proposals"]})
    return found


def check_notice(bundle: Bundle, record: Record) -> tuple[Any, ...]:
    """The list says what the committee proposed; who is missing was objected to with success."""
    number, content = record["number"], record["content"]
    demand(draw.digest(content) == record["digest"], "notice", number)
    demand(record["digest"] in bundle.told("notice.publish", "digest"), "event", "notice.publish", number)
    demand(record["last_day"] == content["last_day"], "notice", number)
    levels = last_levels(bundle, record["session"])
    by_id = {row["listed_as"]: row for row in bundle.rows("dossiers.csv") if row["listed_as"]}
    upheld = {row["dossier"] for row in bundle.rows("notices/objections.csv") if row["state"] == "upheld"}
    listed = set()
    for level in content["levels"]:
        for row in level["rows"]:
            dossier = by_id[str(row["application_id"])]
            listed.add(dossier["number"])
            demand(
                levels.get(dossier["number"]) == level["key"] and same_name(row, dossier), "listed", number, row["name"]
            )
    session = next(each for each in bundle.sessions() if each["number"] == record["session"])
    for each in session["proposals"]:
        demand(not each["level"] or each["dossier"] in listed | upheld, "not listed", number, each["dossier"])
    return ("notice", number, len(listed))


def same_name(row: Record, other: dict[str, str]) -> bool:
    return " ".join(row["name"].splitlines()) == other["name"]


def check_outcomes(bundle: Bundle) -> tuple[Any, ...]:
    """Every honour of a dossier was proposed by the last session that decided on it, and publicly noticed by that name."""
    levels, rows, dossiers = last_levels(bundle), bundle.rows("outcomes.csv"), bundle.dossiers
    for row in rows:
        if row["dossier"]:
            dossier = dossiers[row["dossier"]]
            demand(
                levels.get(row["dossier"]) == row["level"] == dossier["level"], "outcome", row["position"], row["name"]
            )
            demand(dossier["listed_as"] and dossier["name"] == row["name"], "outcome", row["position"], row["name"])
    for row in bundle.rows("notices/objections.csv"):
        demand(row["state"] not in ("upheld", "rejected") or row["answered_on"], "objection", row["number"])
        demand(
            row["state"] in ("received", "assigned", "investigating", "upheld", "rejected"), "objection", row["number"]
        )
    voted = sum(bool(row["dossier"]) for row in rows)
    return ("outcomes", voted) if voted == len(rows) else ("past outcomes", voted, len(rows) - voted)
