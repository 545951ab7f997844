"""From ballots to honours: the count of every round, what was proposed, noticed and given, computed again."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import ballot
import draw
import scores
from archive import Bundle, Record, demand

OTHER_CHOICES = {"each": {"reject", "abstain"}, "up_to": {"unmarked"}}
OBJECTION_STATES = ("received", "assigned", "investigating", "upheld", "rejected")
Seats = list[tuple[str, str]]  # level and dossier of every seat that is given


def final_rows(bundle: Bundle) -> dict[str, Record]:
    """By dossier, in the official order."""
    return {row["dossier"]: row for each in bundle.rankings() if each["is_final"] for row in each["snapshot"]["rows"]}


def open_levels(bundle: Bundle, row: Record) -> list[str]:
    score = None if row["rank"] is None else Fraction(row["score"])
    return ballot.open_levels(bundle.book, bundle.dossiers[row["dossier"]]["kind"], score)


# --- ballots ------------------------------------------------------------------------------------------------------


def check_session(bundle: Bundle, record: Record) -> tuple[Any, ...]:
    """Each round's voters, ballot paper, box and count, then the list that all of them make."""
    number, given = record["number"], given_before(bundle, record["number"])
    results: list[list[Record]] = []
    for voted in record["rounds"]:
        check_voters(bundle, record, voted)
        check_paper(bundle, number, voted, given, asked={each["dossier"] for found in results[:1] for each in found})
        check_box(bundle, record, voted)
        found = ballot.count(bundle.book, candidates(bundle, record, voted), held(bundle, given))
        check_list(number, found, voted["results"])
        results.append(found)
        given = given + [(each["level"], each["dossier"]) for each in found if each["level"]]
    codes = [code for voted in record["rounds"] for _, code, _ in voted["box"]]
    demand(len(set(codes)) == len(codes), "box", number, "—")
    listed = ballot.settled(bundle.book, results, list(final_rows(bundle)))
    check_list(number, listed, record["proposals"])
    return ("session", number, len(results), len(codes), len(listed))


def check_list(number: int, computed: list[Record], stored: list[Record]) -> None:
    demand(len(computed) == len(stored), "count", number, "—", "length", len(computed))
    for wanted, told in zip(computed, stored):
        for field in sorted({*wanted, *told}):
            demand(told.get(field) == wanted.get(field), "count", number, told["dossier"], field, wanted.get(field))


def check_voters(bundle: Bundle, record: Record, voted: Record) -> None:
    quorum = Fraction(str(bundle.book["committee"]["quorum"])) * record["members"]
    demand(record["members"] >= voted["rights"] >= quorum, "quorum", record["number"])
    demand(voted["used"] <= voted["rights"], "quorum", record["number"])


def check_paper(bundle: Bundle, number: int, voted: Record, given: Seats, *, asked: set[str]) -> None:
    """The first paper offers what the ranking opens; a further one only to those without a seat, and only levels with seats."""
    book, rows, seated = bundle.book, final_rows(bundle), {dossier for _, dossier in given}
    taken = Counter(level for level, _ in given)
    left = {level["key"]: level["seats"] - taken[level["key"]] for level in book["levels"]}
    for dossier, levels in voted["offered"].items():
        is_open = dossier in rows and dossier not in seated and (not asked or dossier in asked)
        able = open_levels(bundle, rows[dossier]) if is_open else []
        demand(levels and levels == [key for key in able if not asked or left[key] > 0], "paper", number, dossier)
    limits = left if book["committee"].get("ballot") == "up_to" else {}
    demand(voted["limits"] == limits, "paper", number, "—")


def check_box(bundle: Bundle, record: Record, voted: Record) -> None:
    number, others = record["number"], OTHER_CHOICES[bundle.book["committee"].get("ballot", "each")]
    for dossier, _, choice in voted["box"]:
        demand(choice in {*voted["offered"].get(dossier, ()), *others}, "box", number, dossier)
    for dossier, cast in Counter(dossier for dossier, _, _ in voted["box"]).items():
        demand(cast <= min(entitled(bundle, record, voted, dossier), voted["used"]), "box", number, dossier)
    chosen = Counter(choice for _, _, choice in voted["box"])
    for level, most in voted["limits"].items():
        demand(chosen[level] <= most * voted["used"], "box", number, level)


def entitled(bundle: Bundle, record: Record, voted: Record, dossier: str) -> int:
    of_all = bundle.book["committee"].get("counted_of") == "all_members"
    return int((record["members"] if of_all else voted["rights"]) - voted["recused"].get(dossier, 0))


def candidates(bundle: Bundle, record: Record, voted: Record) -> list[Record]:
    """Whoever was voted on in a round, in the official order, with the voices in its box."""
    votes: dict[str, Counter[str]] = {}
    for dossier, _, choice in voted["box"]:
        votes.setdefault(dossier, Counter())[choice] += 1
    ties = set(bundle.book["aggregation"]["ties"])
    seed = bundle.first_seed() if {"committee", "lot"} <= ties else ""
    return [
        {
            **bundle.traits(name),
            "id": name,
            "rank": row["rank"],
            "levels": voted["offered"][name],
            "votes": dict(votes.get(name, {})),
            "entitled": entitled(bundle, record, voted, name),
            "lot": scores.lot(seed, name),
        }
        for name, row in final_rows(bundle).items()
        if name in voted["offered"]
    ]


def held(bundle: Bundle, given: Seats) -> ballot.Taken:
    return [(level, bundle.traits(name)) for level, name in given]


def given_before(bundle: Bundle, number: int) -> Seats:
    """Seats that earlier sessions gave to dossiers that neither they nor this one decided anew."""
    given: dict[str, str] = {}
    for session in bundle.sessions():
        for each in session["proposals"]:
            given.pop(each["dossier"], None)
            if each["level"] and session["number"] < number:
                given[each["dossier"]] = each["level"]
        if session["number"] == number:
            break
    return [(level, name) for name, level in given.items()]


def check_nobody_left_out(bundle: Bundle) -> tuple[Any, ...]:
    """Whoever could have a level in the final ranking came before the committee, unless withdrawn."""
    decided = {each["dossier"] for session in bundle.sessions() for each in session["proposals"]}
    for name, row in final_rows(bundle).items() if bundle.sessions() else ():
        gone = bundle.dossiers[name]["state"] in ("withdrawn", "under_review")
        demand(gone or name in decided or not open_levels(bundle, row), "left out", name)
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
        demand(row["state"] in OBJECTION_STATES, "objection", row["number"])
    voted = sum(bool(row["dossier"]) for row in rows)
    return ("outcomes", voted) if voted == len(rows) else ("past outcomes", voted, len(rows) - voted)


def check_certificates(bundle: Bundle) -> tuple[Any, ...]:
    """Each says name, level and standing of its honour and was issued with this digest; every honoured dossier has one."""
    honours = {row["position"]: row for row in bundle.rows("outcomes.csv")}
    issued, dossiers = bundle.told("certificate.issue", "digest"), bundle.dossiers
    rows, without = bundle.rows("certificates/certificates.csv"), dict(honours)
    for row in rows:
        honour = without.pop(row["position"], {})
        same = all(row[field] == honour.get(field) for field in ("level", "name", "state"))
        demand(same, "certificate", row["number"], row["position"])
        demand(row["digest"] in issued, "event", "certificate.issue", row["number"])
    for position, honour in without.items():
        has_none = honour["dossier"] and dossiers[honour["dossier"]]["state"] == "honoured"
        demand(not has_none, "certificate", "—", position)
    if bundle.is_full:
        told = {each["number"]: each for each in bundle.records("certificates/contents.jsonl")}
        for row in rows:
            content = told[row["number"]]["content"]
            demand(draw.digest(content) == row["digest"], "certificate", row["number"], row["position"])
            demand(same_name(content, row) and content["number"] == row["number"], "certificate", row["number"], "—")
    return ("certificates", len(rows))
