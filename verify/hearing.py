"""The lots of the hearings, drawn again: the order of the dossiers and the questions of each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import draw
from archive import Bundle, Record, demand


def check_lot(bundle: Bundle, path: str) -> tuple[Any, ...]:
    """Sealed before the public number came, by the rulebook; the lot follows from both and was kept to."""
    told = bundle.document(path)
    record, given = told["record"], told["record"]["input"]
    sealed = draw.digest(given)
    demand(sealed == record["input_digest"], "lot", path, "input")
    demand(sealed in bundle.told("defence.commit", "input_digest"), "event", "defence.commit", path)
    demand(record["commitment"] in bundle.told("defence.commit", "commitment"), "event", "defence.commit", path)
    check_rule(bundle, path, given)
    promise = hashlib.sha256((draw.normal(record["secret"]) + record["nonce"]).encode()).hexdigest()
    demand(promise == record["commitment"], "lot", path, "commitment")
    again = drawn(given, seed_of(record))
    for part in ("seed", "order", "questions"):
        demand(record["result"][part] == again[part], "lot", path, part)
    heard = {turn["dossier"]: turn["questions"] for turn in told["heard"]}
    demand(list(heard) == again["order"] and len(told["heard"]) == len(heard), "lot", path, "order")
    demand(heard == again["questions"], "lot", path, "questions")
    return ("lot", path, len(heard))


def check_rule(bundle: Bundle, path: str, given: Record) -> None:
    """What was sealed is what the rulebook asks for, of this edition's dossiers."""
    rounds = {entry["key"]: entry for entry in bundle.book["rounds"]}
    rule = rounds[given["round"]]["defence"]
    for part in ("order_by_lot", "drawn_questions"):
        demand(given[part] == rule[part], "lot", path, part)
    demand(given["edition"] == bundle.document("edition.json")["code"], "lot", path, "edition")
    demand(set(given["dossiers"]) <= set(bundle.dossiers), "lot", path, "dossiers")


def seed_of(record: Record) -> str:
    opened = {"party": "system", "secret": draw.normal(record["secret"]), "nonce": record["nonce"]}
    made_of = {"input": record["input_digest"], "public": draw.normal(record["public"]), "secrets": [opened]}
    return draw.digest({"format": "zhiheng-seed/1", **made_of})


def drawn(given: Record, seed: str) -> Record:
    dossiers, numbers = given["dossiers"], range(1, len(given["questions"]) + 1)
    order = shuffled(dossiers, seed, "order") if given["order_by_lot"] else list(dossiers)
    asked = {each: shuffled(numbers, seed, f"questions {each}")[: given["drawn_questions"]] for each in dossiers}
    return {"seed": seed, "order": order, "questions": asked}


def shuffled(items: Any, seed: str, label: str) -> list[Any]:
    """Fisher and Yates from the end, by the stream of this label."""
    order, stream = list(items), stream_of(seed.encode(), label)
    for last in range(len(order) - 1, 0, -1):
        other = below(last + 1, stream)
        order[last], order[other] = order[other], order[last]
    return order


def stream_of(seed: bytes, label: str) -> Iterator[int]:
    """The bytes of SHA-256 in counter mode (docs/draw.md)."""
    key = hashlib.sha256(b"zhiheng/stream/1\0" + len(seed).to_bytes(4, "big") + seed + label.encode()).digest()
    block = 0
    while True:
        yield from hashlib.sha256(key + block.to_bytes(8, "big")).digest()
        block += 1


def below(limit: int, stream: Iterator[int]) -> int:
    """From 0 to limit - 1: as many bytes as limit - 1 needs, surplus high bits dropped, again while too large."""
    bits = (limit - 1).bit_length()
    size = (bits + 7) // 8
    while True:
        number = int.from_bytes(bytes(next(stream) for _ in range(size)), "big") >> (8 * size - bits)
        if number < limit:
            return number
