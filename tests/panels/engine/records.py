"""A small public draw with everything that is published, and its record."""

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from app.kernel.canonical import Record, canonical, digest
from app.panels import draw, rules
from app.panels.engine import Panel, Shape
from app.panels.engine.matching.instance import Instance, Share
from app.panels.engine.matching.marginals import Marginals, marginals, record, replayed
from tests.panels.pools import OUTSIDE_SHANXI, dossier, expert

PROGRAM = Path(__file__).resolve().parents[3] / "verify" / "draw.py"
PARTIES = {"notary": ("tea leaves", "0b" * 16), "organiser": ("红灯笼 七", "0a" * 16), "office": ("", "")}
PROVINCES = ("110000", "310000", "440000", "330000")


def verified(record: object, folder: Path) -> tuple[int, str]:
    """What the program says of a record, by itself: without the product or any package."""
    file = folder / "record.json"
    file.write_text(canonical(record), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(PROGRAM), str(file)], capture_output=True, check=False, encoding="utf-8"
    )
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout


def drawn_record(experts: int = 14, dossiers: int = 5, *, public: str = "双色球 2026050 期", seats: int = 3) -> Record:
    """`office` has withheld its secret."""
    people = [expert(f"E{number:02}", PROVINCES[number % 4], employer_code=f"U{number}") for number in range(experts)]
    files = [dossier(f"D{number}", PROVINCES[number % 3]) for number in range(dossiers)]
    given = draw.DrawInput(
        tuple(people), tuple(files), OUTSIDE_SHANXI, Shape(size=seats, leader=False, max_per_province=0)
    )
    source = draw.input_record(given)
    instance = _instance(people, files, seats)
    found = marginals(instance, Share(1, 2))
    assert isinstance(found, Marginals), found
    shares = record(found, [person.id for person in people], [file.id for file in files])
    return sealed({"format": "zhiheng-record/1", "input": source, "marginals": shares, "public": public})


def _instance(people: list[rules.ExpertFacts], files: list[rules.DossierFacts], seats: int) -> Instance:
    shape = (len(files), len(people))
    return Instance(
        np.random.default_rng(20260508).integers(0, 10_001, shape),
        np.array([[rules.judge(person, file, OUTSIDE_SHANXI).is_lawful for person in people] for file in files]),
        np.full(len(files), seats),
        np.zeros(len(people), dtype=np.int64),
        np.array([person.max_load for person in people]),
    )


def sealed(parts: Record) -> Record:
    """Everything that follows from input, shares and public value: what an honest organiser would publish."""
    openings = [_opening(party) for party in PARTIES]
    secrets: list[dict[str, Any]] = [
        {"party": opening["party"], "secret": opening["secret"], "nonce": opening["nonce"]}
        if not opening["withheld"]
        else {"party": opening["party"], "secret": parts["public"], "nonce": ""}
        for opening in sorted(openings, key=lambda opening: opening["party"])
    ]
    source = {"input": digest(parts["input"]), "marginals": digest(parts["marginals"])}
    seed = digest({"format": "zhiheng-seed/1", **source, "public": parts["public"], "secrets": secrets})
    result = draw.result_record(source["input"], seed, _panels(parts, seed))
    return {
        **parts,
        "commitments": [
            {"party": party, "commitment": hashlib.sha256((secret + nonce).encode()).hexdigest()}
            for party, (secret, nonce) in PARTIES.items()
        ],
        "openings": openings,
        "seed": seed,
        "result": result,
        "digests": {**source, "result": digest(result)},
    }


def _opening(party: str) -> dict[str, Any]:
    secret, nonce = PARTIES[party]
    return {"party": party, "secret": secret, "nonce": nonce, "withheld": not secret}


def _panels(parts: Record, seed: str) -> list[Panel]:
    seats = replayed(parts["marginals"], seed)
    return [
        Panel(entry["id"], tuple(who for where, who in seats if where == entry["id"]))
        for entry in parts["input"]["dossiers"]
    ]
