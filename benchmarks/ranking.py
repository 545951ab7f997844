"""The advisory layer as a plug-in of a ranking simulator: `benchmarks.ranking:advise`."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from app.ranking.advice import Part, Place, Question
from app.ranking.advice import advise as advised
from app.ranking.calibration import Refusal, Review, calibrate

DRAWS = 2_000


def named(place: int) -> str:
    return f"{place:06d}"


def reviews_of(edition: Mapping[str, Any]) -> tuple[Review, ...]:
    return tuple(Review(named(row["d"]), named(row["e"]), row["score20"]) for row in edition["reviews"])


def advise(edition: dict[str, Any]) -> dict[str, Any]:
    """`edition` and the answer as such simulators exchange them: reviews {d, e, score20}, one value a dossier."""
    found = calibrate(reviews_of(edition))
    if isinstance(found, Refusal):
        return {"value": [None] * edition["n_dossiers"], "refused": found.reason.text}
    return {"value": [found.values.get(named(place)) for place in range(edition["n_dossiers"])]}


def question_of(edition: Mapping[str, Any], share: float = 0.95) -> Question:
    """The edition as the product would ask about it: one round, the plain mean official."""
    totals: dict[str, list[int]] = {}
    for row in edition["reviews"]:
        totals.setdefault(named(row["d"]), []).append(row["score20"])
    means = {name: Fraction(sum(given), 20 * len(given)) for name, given in totals.items()}
    ordered = dict(sorted(means.items(), key=lambda pair: (-pair[1], pair[0])))
    groups = {named(place): str(group) for place, group in enumerate(edition["group"])}
    cuts = tuple(Place(str(top), top) for top in edition["top"])
    return Question(ordered, (Part("round", reviews_of(edition), groups),), cuts, edition["seed"], DRAWS, share)


def forecast(edition: dict[str, Any]) -> dict[str, Any]:
    """The answer with chances and 95 % rank intervals."""
    found = advised(question_of(edition))
    if found.refusals:
        return {"value": [None] * edition["n_dossiers"], "refused": found.refusals[0].text}
    by = {int(each.dossier): each for each in found.outlooks}
    rows = [by[place] for place in range(edition["n_dossiers"])]
    return {
        "value": [row.calibrated for row in rows],
        "p_top": {str(top): [row.within[number] / DRAWS for row in rows] for number, top in enumerate(edition["top"])},
        "rank_lo": [row.low for row in rows],
        "rank_hi": [row.high for row in rows],
        "wrong": list(found.wrong),
    }
