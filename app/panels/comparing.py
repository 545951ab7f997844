"""In words, how far the scores of a draw's dossiers can be compared: from who reads what, before anybody has scored."""

from collections.abc import Sequence

from app.kernel.words import N_, Message
from app.panels import rules
from app.panels.draw import DrawInput
from app.panels.engine import Panel
from app.panels.engine.efficiency import Design, design

APART = N_(
    "共同的专家没有把全部申报书连在一起：它们分成 %(parts)s 块，最大的一块有 %(largest)s 份。"
    "块与块之间分不清是专家偏严还是材料偏弱，得分不宜直接比较。"
)
TOGETHER = N_(
    "共同的专家把全部 %(n)s 份申报书连在一起，得分可以比较：效率 %(efficiency)s，1 相当于每位专家的宽严都已知道。"
)
ACROSS = N_("%(n)s 份评审跨组完成；不同组的两份相比，误差是同组相比的 %(times)s 倍。")


def comparison(given: DrawInput, panels: Sequence[Panel]) -> tuple[Message, ...]:
    """Sentences about a whole draw; none where there are fewer than two dossiers."""
    group = {dossier.id: dossier.group for dossier in given.dossiers}
    seats = [(panel.dossier, member) for panel in panels for member in panel.members]
    if len(panels) < 2:
        return ()
    found = design(seats, group)
    return (_whole(found), *_between(found, rules.crossing(rules.served(seats, group))))


def _whole(found: Design) -> Message:
    if found.efficiency is None:
        return Message(APART, {"parts": len(found.parts), "largest": len(found.parts[0])})
    return Message(TOGETHER, {"n": len(found.parts[0]), "efficiency": f"{found.efficiency:.2f}"})


def _between(found: Design, crossing: int) -> tuple[Message, ...]:
    return () if found.across is None else (Message(ACROSS, {"n": crossing, "times": f"{found.across:.1f}"}),)
