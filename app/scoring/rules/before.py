"""Scores after a visit, purely: what was said before, and which changes still lack their reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.kernel.words import N_, Message
from app.programmes.rules.criteria import CriteriaSet
from app.scoring.rules.sheets import Entry


@dataclass(frozen=True, slots=True)
class Before:
    """An item's percentages before the visit, as far as this expert may see them: the own one, and the own panel's."""

    own: int | None = None
    agreed: int | None = None

    @property
    def standing(self) -> int | None:
        """Where the item stood: what the panel agreed on, else the expert's own percentage."""
        return self.own if self.agreed is None else self.agreed


Befores = Mapping[str, Before]


def befores(own: Mapping[str, int], agreed: Mapping[str, int]) -> dict[str, Before]:
    return {code: Before(own.get(code), agreed.get(code)) for code in {*own, *agreed}}


def unexplained(entries: Iterable[Entry], before: Befores, criteria: CriteriaSet) -> list[tuple[str, Message]]:
    """The items whose percentage was changed without a reason (rulebook: `visit.change_needs_reason`)."""
    return [
        (entry.code, _unexplained(entry, before[entry.code].standing, criteria))
        for entry in entries
        if entry.code in before and _is_changed(entry, before[entry.code]) and not entry.reason
    ]


def _is_changed(entry: Entry, before: Before) -> bool:
    return entry.percent is not None and entry.percent != before.standing


def _unexplained(entry: Entry, standing: int | None, criteria: CriteriaSet) -> Message:
    text = N_("%(code)s %(name)s：评审前是 %(before)s%%，现在是 %(now)s%%，请写明改动的理由。")
    values = {"code": entry.code, "name": criteria.item(entry.code).name, "before": standing, "now": entry.percent}
    return Message(text, values)
