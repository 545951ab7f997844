"""In words, how far the scores of a draw's dossiers can be compared: from who reads what, before anybody has scored."""

from collections.abc import Iterator, Sequence

from app.kernel.canonical import Record
from app.kernel.words import N_, Message
from app.panels import rules
from app.panels.draw import DrawInput
from app.panels.engine import Panel
from app.panels.engine.efficiency import design

APART = N_(
    "共同的专家没有把全部申报书连在一起：它们分成 %(parts)s 块，最大的一块有 %(largest)s 份。"
    "块与块之间分不清是专家偏严还是材料偏弱，得分不宜直接比较。"
)
TOGETHER = N_(
    "共同的专家把全部 %(n)s 份申报书连在一起，得分可以比较：效率 %(efficiency)s，1 相当于每位专家的宽严都已知道。"
)
CONNECTED = N_("共同的专家把全部 %(n)s 份申报书连在一起，得分可以比较。份数较多，没有计算效率。")
ACROSS = N_("%(n)s 份评审跨组完成；不同组的两份相比，误差是同组相比的 %(times)s 倍。")


def measured(given: DrawInput, panels: Sequence[Panel]) -> Record:
    """The design of a whole draw as it is kept with it; empty where there are fewer than two dossiers."""
    if len(panels) < 2:
        return {}
    group = {dossier.id: dossier.group for dossier in given.dossiers}
    seats = [(panel.dossier, member) for panel in panels for member in panel.members]
    found = design(seats, group)
    return {
        "dossiers": len(panels),
        "parts": len(found.parts),
        "largest": len(found.parts[0]),
        "efficiency": _rounded(found.efficiency, 2),
        "crossing": rules.crossing(rules.served(seats, group)),
        "times": _rounded(found.across, 1),
    }


def _rounded(value: float | None, places: int) -> str:
    return "" if value is None else f"{value:.{places}f}"


def sentences(design: Record) -> tuple[Message, ...]:
    """What a measured design says; nothing of one that was not measured."""
    return tuple(_sentences(design)) if design else ()


def _sentences(design: Record) -> Iterator[Message]:
    if design["parts"] > 1:
        yield Message(APART, {"parts": design["parts"], "largest": design["largest"]})
    elif design["efficiency"]:
        yield Message(TOGETHER, {"n": design["dossiers"], "efficiency": design["efficiency"]})
    else:
        yield Message(CONNECTED, {"n": design["dossiers"]})
    if design["times"]:
        yield Message(ACROSS, {"n": design["crossing"], "times": design["times"]})
