"""Rankings of rounds whose sheets are in."""

from __future__ import annotations

from collections.abc import Sequence

from app import lifecycle
from app.programmes.queries import rulebook_of
from app.ranking import queries, rules, services
from app.ranking.models import Ranking
from app.ranking.official import Review
from tests.factories.decisions import office, running_edition
from tests.factories.scoring import Panel, declare, dossier, hand_in, reviewed, seated
from tests.factories.visits import over
from tests.support.built import built_once


@built_once
def ranked(scores: Sequence[Sequence[int]], *, confirm: bool = False) -> tuple[Panel, Ranking]:
    """The paper round's ranking: one row of percentages a dossier, one percentage an expert."""
    made = reviewed(scores)
    ranking = services.compute(office(), made.round)
    if confirm:
        services.confirm(office(), ranking)
    return made, ranking


@built_once
def long_ranking(rows: int, round_key: str = "paper") -> Ranking:
    """A ranking of many dossiers from made-up totals: six hundred sheets scored item by item would take a minute."""
    edition = running_edition()
    round_ = next(each for each in edition.rounds if each.key == round_key)
    numbers = {dossier(edition, round_, "machinery").number: 0 for _row in range(rows)}
    reviews = [
        Review(number, "paper", f"E{expert:03d}", 9000 + 7 * place + expert)
        for place, number in enumerate(numbers)
        for expert in range(3)
    ]
    computed = rules.compute(rulebook_of(edition), round_key, list(numbers), reviews)
    return services._stored(round_, computed, queries.candidates(round_))


def next_round(made: Panel, key: str, scores: Sequence[Sequence[int]]) -> Panel:
    """The dossiers that went on, reviewed again by other experts; the round is closed."""
    round_ = next(each for each in made.edition.rounds if each.key == key)
    onward = [dossier for dossier in made.dossiers if dossier.round_id == round_.id]
    panel = seated(made.edition, round_, onward, len(scores[0]), first_expert=1 + 20 * round_.position)
    for assignment in panel.assignments:
        declare(assignment)
    if key == "site":
        over(panel)
    for number, row in enumerate(scores):
        for position, percent in enumerate(row):
            hand_in(panel.sheet(number, position), percent)
    lifecycle.advance(round_, "round.close", office())
    return panel
