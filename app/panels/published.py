"""The record of a draw for those who check it: whole, or what anybody may have."""

from app.panels import ceremonies
from app.panels.models import Draw

RECORD_FORMAT = "zhiheng-record/1"


def whole_record(draw: Draw) -> dict[str, object]:
    """Everything that `verify/draw.py` asks for (docs/draw.md), and the key of the codes."""
    root = ceremonies.root_of(draw)
    parties = ceremonies.opened(root)
    return {
        "format": RECORD_FORMAT,
        "input": draw.input,
        **({"marginals": draw.marginals} if draw.marginals_digest else {}),
        **({"follows": _seed_source(root)} if draw.parent_id else {}),
        "commitments": [{"party": party.key, "commitment": party.commitment} for party in parties],
        "public": root.public_value,
        "openings": [
            {"party": party.key, "secret": party.secret, "nonce": party.nonce, "withheld": party.withheld}
            for party in parties
        ],
        "seed": draw.seed,
        "result": draw.result,
        "digests": {**_seed_source(draw), "result": draw.result_digest},
        "codes": ceremonies.codes_of(root),
    }


def _seed_source(draw: Draw) -> dict[str, str]:
    """The digests that a draw's seed is made from, also the seed of every draw that follows it."""
    marginals = {"marginals": draw.marginals_digest} if draw.marginals_digest else {}
    return {"input": draw.input_digest, **marginals}


SEALED_PARTS = ("input", "codes")


def public_record(draw: Draw) -> dict[str, object]:
    """What anybody may have once the list is published: no fact about any expert, and nothing but codes for names."""
    return {part: value for part, value in whole_record(draw).items() if part not in SEALED_PARTS}
