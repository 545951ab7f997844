"""The public draw's protocol as arithmetic: commitments, the seed that follows from all secrets, and the codes of experts.

Commit – public number – reveal (docs/draw.md). The input's digest and every party's commitment are public before the
public number can be known; the seed needs all of them, so that nobody who lacks one can foresee or steer it.
"""

import base64
import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import replace as changed

from app.kernel.canonical import Record, digest
from app.panels.draw import DrawInput

SEED_FORMAT = "zhiheng-seed/1"
SYSTEM = "system"
CODE_LENGTH = 8
NONCE_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Opening:
    """What a party's commitment was of; `withheld`: the public value stands in for a secret that never came."""

    party: str
    secret: str
    nonce: str
    withheld: bool = False


def normal(text: str) -> str:
    """A typed text as it is hashed: NFKC, so that full-width figures are figures, and without needless spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def commitment(secret: str, nonce: str) -> str:
    """SHA-256 of the secret's UTF-8 followed by the nonce (32 hexadecimal characters), in hexadecimal."""
    return hashlib.sha256((normal(secret) + nonce).encode()).hexdigest()


def seed_record(
    input_digest: str, public_value: str, openings: Iterable[Opening], *, marginals_digest: str = ""
) -> Record:
    """What the seed is the digest of: the parties by name, each with its secret or, where withheld, the public value.
    The digest of the chances only where the draw is made from any."""
    return {
        "format": SEED_FORMAT,
        "input": input_digest,
        **({"marginals": marginals_digest} if marginals_digest else {}),
        "public": public_value,
        "secrets": [
            {
                "party": opening.party,
                "secret": public_value if opening.withheld else normal(opening.secret),
                "nonce": "" if opening.withheld else opening.nonce,
            }
            for opening in sorted(openings, key=lambda opening: opening.party)
        ],
    }


def seed_of(input_digest: str, public_value: str, openings: Iterable[Opening], *, marginals_digest: str = "") -> str:
    return digest(seed_record(input_digest, public_value, openings, marginals_digest=marginals_digest))


# --- codes instead of names ---------------------------------------------------------------------------------------


def code(key: str, number: str) -> str:
    """The code of an expert in one draw. Without the sealed key nobody can tell whose it is, or draw again by himself."""
    hashed = hashlib.sha256(f"code|{key}|{number}".encode()).digest()
    return base64.b32encode(hashed).decode()[:CODE_LENGTH]


def codes(key: str, numbers: Iterable[str]) -> dict[str, str]:
    """Number → code. Two experts of one code are an error (their odds are below one in a million for 1,000 experts)."""
    found = {number: code(key, number) for number in numbers}
    if len(set(found.values())) != len(found):
        raise ValueError("two experts have the same code: take another key")
    return found


def coded(given: DrawInput, names: Mapping[str, str]) -> DrawInput:
    """The same input with every expert under his code."""
    return changed(
        given,
        experts=tuple(changed(expert, id=names[expert.id]) for expert in given.experts),
        conflicts={(names[expert], dossier): fact for (expert, dossier), fact in given.conflicts.items()},
        fixed=tuple(changed(seat, expert=names[seat.expert]) for seat in given.fixed),
        affinity={(names[expert], dossier): value for (expert, dossier), value in given.affinity.items()},
        forbidden=frozenset((names[expert], dossier) for expert, dossier in given.forbidden),
    )
