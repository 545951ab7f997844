"""The rulebook, the draws and every seat, checked from an archive."""

from __future__ import annotations

from typing import Any

import draw
from archive import Bundle, Fault, Record, demand

try:
    import tomllib
except ImportError:
    tomllib = None

# --- rulebook and draws -------------------------------------------------------------------------------------------


def check_rulebook(bundle: Bundle) -> tuple[Any, ...]:
    edition, said = bundle.document("edition.json"), bundle.document("rulebook/rulebook.json")["said"]
    demand(draw.digest(said) == edition["rulebook_digest"], "rulebook", edition["rulebook_digest"])
    opened = bundle.told("edition.open", "rulebook_digest")
    demand(not opened or edition["rulebook_digest"] in opened, "event", "edition.open", "rulebook_digest")
    rule, panel, region = edition["region_rule"], said["rulebook"]["panel"], said["rulebook"]["region"]
    outside = rule["leader_outside_prefix"]
    demand(rule["level"] == panel["region_level"], "region rule", rule["level"])
    demand(not rule["expert_regions"] or set(rule["expert_regions"]) == set(panel["expert_regions"]), "region rule", "")
    demand(bool(outside) == panel["leader_outside_award_region"] and region.startswith(outside), "region rule", outside)
    check_texts(bundle, said)
    return ("rulebook", edition["rulebook_digest"])


def check_texts(bundle: Bundle, said: Record) -> None:
    """The frozen texts say the same; Python learned to read them in 3.11 only."""
    if tomllib is None:
        return
    texts = {"rulebook/rulebook.toml": said["rulebook"]}
    texts.update({f"rulebook/criteria/{key}.toml": each for key, each in said["criteria"].items()})
    for path, data in texts.items():
        demand(tomllib.loads(bundle.text(path)) == data, "text", path)


def check_draw(bundle: Bundle, path: str) -> tuple[Any, ...]:
    """Everything that draw.py checks of a record, and that it is the draw that was committed and published."""
    record = bundle.document(path)["record"]
    row = next(row for row in bundle.rows("draws/draws.csv") if f"draws/{row['round']}-{row['number']}.json" == path)
    for part in ("input", "result", "marginals"):
        demand(record["digests"].get(part, "") == row[f"{part}_digest"], "draws.csv", path, part)
    demand(
        (record["seed"], record["public"]) == (row["seed"], row["public_value"] or record["public"]),
        "draws.csv",
        path,
        "seed",
    )
    if not row["follows"]:
        demand(row["input_digest"] in bundle.told("draw.commit", "input_digest"), "event", "draw.commit", path)
        demand(row["result_digest"] in bundle.told("draw.publish", "result_digest"), "event", "draw.publish", path)
    if "input" in record:
        pool = record["input"].get("input", record["input"])
        demand(draw.digest(pool["experts"]) == row["pool_digest"], "draws.csv", path, "pool")
    for _, check in draw.checks(record):
        try:
            check()
        except draw.Fault as fault:
            raise Fault("draw", path, *fault.sentences) from fault
    return ("draw", path) if "input" in record else ("draw without input", path)


# --- panels -------------------------------------------------------------------------------------------------------


def check_seats(bundle: Bundle) -> tuple[Any, ...]:
    """No place of an expert lies in a region of the dossier, no leader comes from the award's own, seats by lot were drawn."""
    rule, seats = bundle.document("edition.json")["region_rule"], bundle.rows("panels/seats.csv")
    lifted = {
        (code, row["dossier"])
        for row in bundle.rows("panels/exceptions.csv")
        for code in row["codes"].split()
        if row["rule"] == "region"
    }
    for seat in seats:
        name = (seat["round"], seat["dossier"], seat["code"])
        if rule["level"] != "none" and (seat["code"], seat["dossier"]) not in lifted:
            mine, theirs = seat["regions"].split(), bundle.dossiers[seat["dossier"]]["regions"].split()
            demand(mine and theirs, "no region", *name)
            demand(not any(draw.same_region(a, b, rule["level"]) for a in mine for b in theirs), "region", *name)
        outside = rule["leader_outside_prefix"]
        if seat["role"] == "leader" and outside:
            home = outside.ljust(6, "0")
            demand(
                not any(draw.same_region(a, home, draw.level_of(home)) for a in seat["regions"].split()),
                "leader",
                *name,
            )
    check_drawn(bundle, seats)
    return ("seats", len(seats))


def check_drawn(bundle: Bundle, seats: list[dict[str, str]]) -> None:
    """Both ways: every seat by lot stands in the result of its draw, every seat of a result that is in force was given."""
    drawn: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for path in bundle.under("draws/"):
        result = bundle.document(path)["record"]["result"]
        pairs = {(panel["dossier"], code) for panel in result.get("panels", []) for code in panel["members"]}
        pairs.update([(result["seat"][0], result["seat"][1])] if "seat" in result else [])
        drawn[tuple(path[len("draws/") : -len(".json")].rsplit("-", 1))] = pairs  # type: ignore[index]
    given: dict[str, set[tuple[str, str]]] = {}
    for seat in seats:
        given.setdefault(seat["round"], set()).add((seat["dossier"], seat["code"]))
        if seat["draw"]:
            pair = (seat["dossier"], seat["code"])
            demand(pair in drawn.get((seat["round"], seat["draw"]), ()), "not drawn", seat["round"], *pair)
    for (key, _), pairs in drawn.items():
        for dossier, code in sorted(pairs - given.get(key, set())):
            raise Fault("not seated", key, dossier, code)
