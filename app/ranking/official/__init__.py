"""The official result: scores of each round to one value, values of the rounds to one score, scores to ranks and lines.

All of it in integers of 1/20 point and fractions, so equal is equal and the order of the input never matters. Equal
scores share a rank (1, 2, 2, 4). Only where a tie straddles a line does the rulebook's chain decide who is above it, and
what the chain leaves open is left to the committee. A dossier with too few valid reviews is listed with the reason.
Seats may be limited for some or kept for others (`lines`); scores may be standardised where a rulebook says so (`standard`).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import filterfalse

from app.kernel.exact import display
from app.ranking.official.data import (
    NOTHING_MORE,
    Agreed,
    Cut,
    Deduction,
    Facts,
    Level,
    Ranking,
    Review,
    RoundRule,
    Row,
    Rules,
    Traits,
)
from app.ranking.official.lines import lines
from app.ranking.official.lot import lot
from app.ranking.official.record import snapshot
from app.ranking.official.scores import Scores, aggregate, applied, combine
from app.ranking.official.standard import Unscorable

__all__ = [
    "Agreed",
    "Cut",
    "Deduction",
    "Facts",
    "Level",
    "Ranking",
    "Review",
    "RoundRule",
    "Row",
    "Rules",
    "Traits",
    "Unscorable",
    "aggregate",
    "applied",
    "combine",
    "competition_ranks",
    "lot",
    "rank",
    "shortlist",
    "snapshot",
]


def rank(
    dossiers: Sequence[str],
    reviews: Iterable[Review],
    rules: Rules,
    *,
    agreed: Iterable[Agreed] = (),
    deductions: Iterable[Deduction] = (),
    facts: Facts = NOTHING_MORE,
) -> Ranking:
    """Every dossier of the list, the ranked ones by falling score, then the unranked ones with their reasons. Reviews of other
    dossiers only count for the cells of standardised scores. Raises Unscorable where such a score has no value."""
    scores = Scores(rules, reviews, agreed, deductions, facts=facts)
    reasons = scores.reasons(dossiers)
    rounds = _values(scores, reasons)
    final = {dossier: scores.final(values) for dossier, values in rounds.items()}
    cuts, placed = lines(scores, final)
    shown = _shown(final, rules)
    ranks = competition_ranks(final)
    counts = Counter(final.values())
    still_open = {dossier for cut in cuts for dossier in cut.open}
    depth = {level.key: place for place, level in enumerate(rules.levels)}
    order = sorted(final, key=lambda dossier: (ranks[dossier], depth.get(placed.get(dossier, ""), len(depth)), dossier))
    order += filterfalse(final.__contains__, reasons)
    rows = (
        Row(
            dossier,
            position,
            ranks.get(dossier),
            final.get(dossier),
            shown.get(dossier, ""),
            tied=dossier in final and counts[final[dossier]] > 1,
            straddles=dossier in still_open,
            line=placed.get(dossier, ""),
            reviews=sum(len(scores.sheets(dossier, rule.key)) for rule in rules.rounds),
            rounds=rounds.get(dossier, {}),
            reason=reasons[dossier],
        )
        for position, dossier in enumerate(order, start=1)
    )
    return Ranking(tuple(rows), cuts)


def competition_ranks(scores: Mapping[str, Fraction]) -> dict[str, int]:
    """1, 2, 2, 4: equal scores share the rank of the first of them."""
    ordered = sorted(scores.values(), reverse=True)
    first = {score: place for place, score in reversed(list(enumerate(ordered, start=1)))}
    return {dossier: first[score] for dossier, score in scores.items()}


def _values(scores: Scores, reasons: Mapping[str, object]) -> dict[str, dict[str, Fraction]]:
    """By round, of every dossier that nothing keeps from being ranked."""
    return {dossier: scores.rounds(dossier) for dossier, reason in reasons.items() if reason is None}


def _shown(scores: Mapping[str, Fraction], rules: Rules) -> dict[str, str]:
    """Each score rounded once for display; with more decimals where different scores would look alike."""
    texts: dict[Fraction, str] = {}
    alike, decimals = set(scores.values()), rules.decimals
    while alike:
        shown = {score: display(score, decimals, rules.rounding) for score in alike}
        counts = Counter(shown.values())
        texts |= {score: text for score, text in shown.items() if counts[text] == 1}
        alike -= texts.keys()
        decimals += 2
    return {dossier: texts[score] for dossier, score in scores.items()}


def shortlist(ranking: Ranking, places: int, *, floor: int | None = None) -> Ranking:
    """Mark who goes on to the next round: the first `places` ranks, all of a tie across that line, nobody below the floor."""
    rows = (
        replace(row, advances=row.rank is not None and row.rank <= places and _reaches(row.score, floor))
        for row in ranking.rows
    )
    return replace(ranking, rows=tuple(rows))


def _reaches(score: Fraction | None, floor: int | None) -> bool:
    return score is not None and (floor is None or score >= floor)
