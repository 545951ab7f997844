"""The reliability box as a record, ready for storage."""

from collections.abc import Callable, Iterable
from typing import Any

from app.kernel.canonical import Record
from app.ranking.advice.record import message_record, plain
from app.ranking.calibration import Refusal
from app.ranking.reliability import Sheet, reliability
from app.ranking.reliability.box import ItemAgreement, PanelAgreement, Shares


def relied(sheets: Iterable[Sheet]) -> Record:
    """Each figure, or under its name and `_refused` the reason why there is none."""
    box = reliability(sheets)
    return {
        **_either("shares", box.shares, _shares),
        **_either("alpha", box.alpha, lambda alpha: round(alpha, 6)),
        **_either("panels", box.panels, lambda panels: list(map(_panel, panels))),
        **_either("items", box.items, lambda items: list(map(_item, items))),
    }


def _either(name: str, figure: object, told: Callable[[Any], object]) -> Record:
    if isinstance(figure, Refusal):
        return {f"{name}_refused": message_record(figure.reason)}
    return {name: told(figure)}


def _shares(found: Shares) -> Record:
    dossiers, experts, chance = found.between
    return plain(
        {
            "dossiers": dossiers,
            "experts": experts,
            "chance": chance,
            "reviews": found.reviews,
            "single": found.single,
            "mean": found.mean,
            "calibrated": found.calibrated,
            "needed": found.needed,
            "needed_calibrated": found.needed_calibrated,
        }
    )


def _panel(panel: PanelAgreement) -> Record:
    return plain(
        {
            "experts": len(panel.experts),
            "dossiers": len(panel.dossiers),
            "w": panel.concordance.w,
            "two_single": panel.intraclass.two_single.value,
            "two_mean": panel.intraclass.two_mean.value,
        }
    )


def _item(item: ItemAgreement) -> Record:
    return plain({"item": item.item, "pairs": len(item.pairs), "median": item.median})
