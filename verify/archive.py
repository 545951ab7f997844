"""The archive of a review as a whole: its files, its signed index, the digests of files and records, the audit log."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from typing import Any

import draw
import ed25519

FORMAT, INDEX, SIGNATURE, DIGESTS = "zhiheng-bundle/1", "index.json", "signature.json", "digests.csv"
FORMULA = re.compile(r"^'(\s*[=+\-@＝＋－＠])")
Record = dict[str, Any]


class Fault(Exception):
    """What differs: its key in FAULTS, and what the sentence names."""

    def __init__(self, key: str, *named: Any) -> None:
        super().__init__(key)
        self.key, self.named = key, named


def demand(holds: Any, key: str, *named: Any) -> None:
    if not holds:
        raise Fault(key, *named)


class Bundle:
    """The files of an archive, read when they are asked for."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive, self.kept = archive, {}  # type: zipfile.ZipFile, Dict[str, Any]
        self.names = archive.namelist()

    def bytes(self, path: str) -> bytes:
        if path not in self.names:
            raise Fault("missing", path)
        try:
            return self.archive.read(path)
        except Exception as damaged:  # whatever a damaged archive makes the library raise
            raise Fault("damaged", path) from damaged

    def text(self, path: str) -> str:
        try:
            return self.bytes(path).decode()
        except UnicodeDecodeError as wrong:
            raise Fault("damaged", path) from wrong

    def document(self, path: str) -> Record:
        if path not in self.kept:
            self.kept[path] = parsed(self.text(path), path)
        return self.kept[path]

    def records(self, path: str) -> list[Record]:
        if path not in self.kept:
            lines = self.text(path).split("\n")[:-1]
            self.kept[path] = [parsed(line, f"{path}:{place}") for place, line in enumerate(lines, start=1)]
        return self.kept[path]

    def rows(self, path: str) -> list[dict[str, str]]:
        if path not in self.kept:
            found = csv.DictReader(io.StringIO(self.text(path), newline=""))
            self.kept[path] = [{key: plain(cell) for key, cell in row.items()} for row in found]
        return self.kept[path]

    def under(self, folder: str) -> list[str]:
        return sorted(name for name in self.names if name.startswith(folder) and name.endswith(".json"))

    # --- what several checks look up --------------------------------------------------------------------------------

    @property
    def is_full(self) -> bool:
        return self.document(INDEX)["version"] == "full"

    @property
    def book(self) -> Record:
        return self.document("rulebook/rulebook.json")["said"]["rulebook"]

    @property
    def dossiers(self) -> dict[str, dict[str, str]]:
        return {row["number"]: row for row in self.rows("dossiers.csv")}

    def traits(self, dossier: str) -> Record:
        row = self.dossiers[dossier]
        return {"kind": row["kind"], "tags": row["tags"].split()}

    def first_seed(self) -> str:
        """Of the first round's published draw, before any dossier was opened; empty: none was drawn."""
        rounds = self.document("edition.json")["rounds"]
        draws = [row for row in self.rows("draws/draws.csv") if row["state"] == "published" and not row["follows"]]
        first = sorted(draws, key=lambda row: (rounds.index(row["round"]), int(row["number"])))
        return first[0]["seed"] if first else ""

    def rankings(self) -> list[Record]:
        """In the order of the rounds."""
        found = {record["round"]: record for record in map(self.document, self.under("rankings/"))}
        return [found[key] for key in self.document("edition.json")["rounds"] if key in found]

    def sessions(self) -> list[Record]:
        return sorted(map(self.document, self.under("committee/")), key=lambda record: record["number"])

    def told(self, action: str, field: str) -> set[str]:
        """What events of an action say in a field of their detail."""
        events = self.records("audit/events.jsonl")
        return {event["detail"].get(field, "") for event in events if event["action"] == action}


def parsed(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as wrong:
        raise Fault("damaged", where) from wrong


def plain(cell: str | None) -> str:
    """Without the mark that keeps spreadsheets from taking a cell for a formula."""
    return FORMULA.sub(r"\1", cell or "")


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- index, signature, digests ------------------------------------------------------------------------------------


def check_signature(bundle: Bundle, key: str) -> tuple[Any, ...]:
    index, signature = bundle.bytes(INDEX), bundle.document(SIGNATURE)
    demand(not key or signature["key"] == key, "other key", signature["key"])
    signed = ed25519.is_signed(f"{FORMAT}\n".encode() + index, signature["signature"], signature["key"])
    demand(signed, "signature", f"{INDEX} / {SIGNATURE}")
    written = json.dumps(
        {**signature, "format": "zhiheng-signature/1", "of": INDEX}, sort_keys=True, separators=(",", ":")
    )
    demand(bundle.text(SIGNATURE) == written + "\n", "signature", SIGNATURE)
    return ("signature", signature["key"]) if key else ("own key", signature["key"])


def check_files(bundle: Bundle) -> tuple[Any, ...]:
    """Nothing is missing, nothing is there that the index does not list; of a file that differs, the record that does."""
    listed = {file["path"]: file for file in bundle.document(INDEX)["files"]}
    for path in sorted({*bundle.names, INDEX, SIGNATURE} ^ {*listed, INDEX, SIGNATURE}):
        raise Fault("missing" if path in listed else "unlisted", path)
    demand(len(set(bundle.names)) == len(bundle.names), "unlisted", "ZIP")
    demand(sha256(bundle.bytes(DIGESTS)) == listed[DIGESTS]["sha256"], "file", DIGESTS)
    records: dict[str, list[dict[str, str]]] = {}
    for row in bundle.rows(DIGESTS):
        records.setdefault(row["path"], []).append(row)
    for path, file in sorted(listed.items()):
        content = bundle.bytes(path)
        if path != DIGESTS:
            check_records(path, content, records.pop(path, []))
        demand((len(content), sha256(content)) == (file["bytes"], file["sha256"]), "file", path)
    for path in records:
        raise Fault("missing", path)
    return ("files", len(listed))


def check_records(path: str, content: bytes, rows: list[dict[str, str]]) -> None:
    whole = len(rows) == 1 and rows[0]["line"] == "0"
    pieces = [content] if whole else [line + b"\n" for line in content.split(b"\n")[:-1]]
    for piece, row in zip(pieces, rows):
        demand(sha256(piece) == row["sha256"], "record", path, row["line"], row["name"])
    rest = content if whole else content.rpartition(b"\n")[2]
    demand(len(pieces) == len(rows) and (whole or not rest), "record", path, min(len(pieces), len(rows)) + 1, "—")


# --- the audit log ------------------------------------------------------------------------------------------------


def check_audit(bundle: Bundle) -> tuple[Any, ...]:
    """Every event that is told has its hash and its place in the chain; the others stand there by their hashes."""
    hashes, events = ["0" * 64, *bundle.text("audit/hashes.txt").split("\n")[:-1]], bundle.records("audit/events.jsonl")
    last = 0
    for event in events:
        number = event["id"]
        told = {key: value for key, value in event.items() if key != "hash"}
        demand(
            last < number < len(hashes) and draw.digest(told) == event["hash"] == hashes[number],
            "audit",
            number,
            event["action"],
        )
        demand(event["previous_hash"] == hashes[number - 1], "audit", number, event["action"])
        last = number
    return ("audit", len(events), len(hashes) - 1)


def check_checkpoints(bundle: Bundle) -> tuple[Any, ...]:
    hashes = bundle.text("audit/hashes.txt").split("\n")[:-1]
    checkpoints = bundle.document("audit/checkpoints.json")["checkpoints"]
    wanted = {checkpoint["last_id"]: checkpoint for checkpoint in checkpoints}
    peaks: list[tuple[int, bytes]] = []
    for count, each in enumerate(hashes, start=1):
        node, size = hashlib.sha256(b"\0" + bytes.fromhex(each)).digest(), 1
        while peaks and peaks[-1][0] == size:
            node, size = hashlib.sha256(b"\1" + peaks.pop()[1] + node).digest(), size * 2
        peaks.append((size, node))
        if count in wanted:
            checkpoint = wanted[count]
            root = root_of([node for _, node in peaks])
            demand((root, each) == (checkpoint["root"], checkpoint["last_hash"]), "checkpoint", count)
    own = bundle.document(SIGNATURE)["key"]
    for checkpoint in checkpoints:
        statement = {name: value for name, value in checkpoint.items() if name not in ("key", "signature")}
        text = json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        signed = ed25519.is_signed(text.encode(), checkpoint["signature"], checkpoint["key"])
        demand(signed, "checkpoint", checkpoint["last_id"])
    last = max(wanted, default=0)
    demand(wanted[last]["key"] == own, "checkpoint", last)
    demand(last == len(hashes) and wanted[last]["root"] == bundle.document(INDEX)["audit_root"], "checkpoint", last)
    return ("checkpoints", len(checkpoints), last)


def root_of(nodes: list[bytes]) -> str:
    node = nodes[-1]
    for peak in reversed(nodes[:-1]):
        node = hashlib.sha256(b"\1" + peak + node).digest()
    return node.hex()
