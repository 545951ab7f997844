"""Made-up totals with known severities, for the engines that calibrate them."""

from __future__ import annotations

from random import Random

from app.ranking.calibration import Review


def edition(seed: int, dossiers: int = 40, experts: int = 24, reads: int = 4, severity: float = 60) -> list[Review]:
    """A mixed design with known severities; totals in whole twentieths."""
    chance = Random(seed)
    lean = [chance.gauss(0, severity) for _ in range(experts)]
    found = []
    for dossier in range(dossiers):
        level = chance.gauss(550, 90)
        for expert in chance.sample(range(experts), reads):
            score = level + lean[expert] + chance.gauss(0, 50)
            found.append(Review(f"D{dossier:03}", f"E{expert:03}", round(20 * score)))
    return found
