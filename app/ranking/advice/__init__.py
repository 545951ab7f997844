"""What may be said beside an official ranking: chances, rank intervals, what would change it. Pure; it changes no official number.

Specification and measurements: benchmarks/ranking.md; why it is built so: docs/decisions/0023.
"""

from collections.abc import Sequence

import numpy as np

from app.kernel.words import N_, Message
from app.ranking.advice.data import Advice, Numbers, Outlook, Part, Place, Question, band, combined
from app.ranking.advice.posterior import Draws
from app.ranking.advice.ranks import Tally, tally
from app.ranking.advice.rounds import Calibrated, calibrated
from app.ranking.calibration.data import Places, Refusal, Vector

__all__ = ["Advice", "Outlook", "Part", "Place", "Question", "advise", "band", "calibrated_scores", "consider"]

PRECISE = 20_000_000
"""Dossiers × draws from which single precision draws: the ranks of very many dossiers do not need more."""
APART, KEPT = "apart", "kept"


Rounds = dict[str, Calibrated]


def advise(question: Question) -> Advice:
    """The same question gives the same advice, in whatever order its sheets come."""
    return consider(question)[0]


def consider(question: Question) -> tuple[Advice, Rounds]:
    """The advice, and by round what it rests on: those rounds whose sheets suffice."""
    found = list(map(calibrated, question.parts))
    refused = [each.reason for each in found if isinstance(each, Refusal)]
    rounds = [each for each in found if isinstance(each, Calibrated)]
    can_tell = question.dossiers and not refused
    advice = _advice(question, rounds) if can_tell else Advice(refusals=tuple(refused))
    return advice, {each.part.key: each for each in rounds}


def calibrated_scores(advice: Advice) -> dict[str, float]:
    return {each.dossier: each.calibrated for each in advice.outlooks}


def _advice(question: Question, rounds: Sequence[Calibrated]) -> Advice:
    names = list(question.dossiers)
    scores = _combined(question, names, [each.values for each in rounds], rounds)
    ranked = _tally(question, names, rounds)
    low, high = ranked.interval(question.share)
    within = [ranked.within[place.places] for place in question.cuts]
    flags = _flags(question, rounds)
    outlooks = tuple(
        Outlook(
            dossier=name,
            calibrated=float(scores[place]),
            within=tuple(int(counts[place]) for counts in within),
            low=int(low[place]),
            high=int(high[place]),
            flags=flags[name],
        )
        for place, name in enumerate(names)
    )
    return Advice(
        notices=tuple(_notices(question, names, rounds, scores)),
        outlooks=outlooks,
        wrong=tuple(
            float((1 - counts[: cut.places] / ranked.draws).sum())
            for cut, counts in zip(question.cuts, within, strict=True)
        ),
        fits=tuple(each.fit for each in rounds),
    )


def _places(names: Sequence[str], each: Calibrated) -> Places:
    """Where in the round's table each dossier is; −1 where the round has no sheet of it."""
    known = {name: place for place, name in enumerate(each.table.dossiers)}
    return np.array([known.get(name, -1) for name in names], dtype=np.intp)


def _kept(names: Sequence[str], part: Part) -> Vector:
    return np.array([part.kept.get(name, 0.0) for name in names])


def _combined(
    question: Question, names: Sequence[str], values: Sequence[Vector], rounds: Sequence[Calibrated]
) -> Numbers:
    own = [
        np.where(at >= 0, value[at] + _kept(names, each.part), np.nan)
        for value, each in zip(values, rounds, strict=True)
        for at in (_places(names, each),)
    ]
    return combined(own, question.parts)


def _tally(question: Question, names: Sequence[str], rounds: Sequence[Calibrated]) -> Tally:
    kind = np.float32 if len(names) * question.draws >= PRECISE else np.float64
    systems = [each.system for each in rounds]
    at = [_places(names, each) for each in rounds]
    kept = [_kept(names, each.part)[:, None] for each in rounds]

    def sample(number: int, count: int) -> Draws:
        drawn = []
        for place, system in enumerate(systems):
            seed = np.random.SeedSequence(question.seed, spawn_key=(place, number))
            levels = system.draws(np.random.Generator(np.random.PCG64(seed)), count, kind)[at[place]]
            drawn.append(np.where(at[place][:, None] >= 0, levels + kept[place].astype(kind), np.nan))
        return combined(drawn, question.parts)

    return tally(sample, len(names), question.draws, [cut.places for cut in question.cuts])


def _flags(question: Question, rounds: Sequence[Calibrated]) -> dict[str, tuple[str, ...]]:
    apart = frozenset[str]().union(*(each.apart for each in rounds))
    kept = frozenset[str]().union(*(each.part.kept for each in rounds))
    return {
        name: tuple(flag for flag, holds in ((APART, name in apart), (KEPT, name in kept)) if holds)
        for name in question.dossiers
    }


def _notices(question: Question, names: Sequence[str], rounds: Sequence[Calibrated], scores: Numbers) -> list[Message]:
    found = [message for each in rounds for message in each.notices()]
    if any(each.is_uneven for each in rounds):
        robust = _combined(question, names, [each.robust for each in rounds], rounds)
        found += [_changed(cut, scores, robust) for cut in question.cuts]
    return found


def _changed(cut: Place, scores: Numbers, robust: Numbers) -> Message:
    first, second = (set(np.argsort(-each, kind="stable")[: cut.places].tolist()) for each in (scores, robust))
    text = N_("离群评分少算时，校准后的前 %(places)s 名有 %(n)s 家不同。")
    return Message(text, {"places": cut.places, "n": len(first - second)})
