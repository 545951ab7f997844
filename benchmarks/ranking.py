"""The advisory layer as a plug-in of a ranking simulator: `benchmarks.ranking:advise`."""

from typing import Any

from app.ranking.calibration import Refusal, Review, calibrate


def advise(edition: dict[str, Any]) -> dict[str, Any]:
    """`edition` and the answer as such simulators exchange them: reviews {d, e, score20}, one value a dossier."""
    found = calibrate(Review(f"{row['d']:06d}", f"{row['e']:06d}", row["score20"]) for row in edition["reviews"])
    if isinstance(found, Refusal):
        return {"value": [None] * edition["n_dossiers"], "refused": found.reason.text}
    return {"value": [found.values.get(f"{place:06d}") for place in range(edition["n_dossiers"])]}
