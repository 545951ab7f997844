"""The result sheet of a hearing says what the rounds come to together, as the rulebook counts them."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from app import lifecycle
from app.defences import combined
from app.kernel import unit_of_work
from app.programmes.rules.values import RoundMode
from app.ranking import services as rankings
from tests.factories import defences
from tests.factories.decisions import let_in, office
from tests.factories.ranking import next_round, ranked
from tests.factories.scoring import Panel, hand_in, seated
from tests.factories.scoring import declare as clear
from tests.support.client import Client
from tests.support.rulebooks import rulebook

Enter = Callable[[str], Client]


def heard_last() -> Panel:
    """Paper 60 %, visit 80 %, and two judges' 70 % in the hearing, of which two points are lost to the clock."""
    made, _paper = ranked([(60,) * 3], confirm=True)
    site = next_round(made, "site", [(80,) * 5])
    rankings.confirm(office(), rankings.compute(office(), site.round))
    round_ = next(each for each in made.edition.rounds if each.key == "defence")
    panel = seated(made.edition, round_, made.dossiers, 7, first_expert=80)
    for assignment in panel.assignments:
        clear(assignment)
    _made, session = defences.arranged(panel)
    defences.services.commit(office(), session, system=defences.SECRET)
    defences.services.draw(office(), session, "3 1 4", witnesses="王监督")
    session = defences.fresh(session)
    defences.services.begin(panel.actors[0], session)
    defences.heard(panel.actors[0], session, session.slots[0], 17 * 60 + 65)
    for judge in range(7):
        hand_in(panel.sheet(0, judge), 70)
    defences.services.end(panel.actors[0], session)
    return panel


@pytest.mark.usefixtures("app_context")
def test_the_value_is_the_rankings_before_and_after_it_is_computed() -> None:
    panel = heard_last()
    live = combined.combined(panel.round)[panel.dossiers[0].id]
    assert dict(live.rounds) == {"paper": "600.00", "site": "800.00", "defence": "698.00"}
    assert live.shown == "719.60"  # 30 % of 600, 50 % of 800, 20 % of 698
    lifecycle.advance(panel.round, "round.close", office())
    rankings.compute(office(), panel.round)
    assert combined.combined(panel.round)[panel.dossiers[0].id] == live


def test_the_sheet_to_be_signed_shows_every_round_and_how_it_counts(app: Flask, signed_in: Enter) -> None:
    with app.app_context(), unit_of_work.transaction():
        panel = heard_last()
        chair = panel.experts[0].email
        let_in(chair)
    page = signed_in(chair).page("/defences/1/results").text
    for said in ("现场评审", "计入总分，权重 50%", "800.00", "698.00", "719.60"):
        assert said in page


def test_a_correction_is_named_with_its_bound() -> None:
    rule = rulebook().round("defence")
    corrected = replace(rule, mode=RoundMode.CORRECTION, weight=None, correction_bound=30)
    assert str(combined.counts(corrected)) == "作为修正，上下不超过 30 分"
    assert str(combined.counts(rule)) == "计入总分，权重 20%"
