"""The drawn list with names, group by group, for who may see it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from app.applications.models import Application
from app.experts.models import Expert
from app.kernel.words import LocalText
from app.panels.ceremonies import dossiers_in, seats_drawn
from app.panels.facts import experts
from app.panels.models import Draw
from app.programmes.queries import rulebook_of


@dataclass(frozen=True)
class NamedPanel:
    """One dossier's experts, the leader first: who, and whether he leads."""

    application: Application
    seats: list[tuple[Expert, bool]]


@dataclass(frozen=True)
class NamedGroup:
    """The panels of one industry group; its leaders with the numbers of the dossiers that each leads."""

    name: LocalText
    panels: list[NamedPanel]

    @property
    def leaders(self) -> list[tuple[Expert, list[str]]]:
        found: dict[int, tuple[Expert, list[str]]] = {}
        for panel in self.panels:
            for expert, leads in panel.seats:
                if leads:
                    found.setdefault(expert.id, (expert, []))[1].append(panel.application.number)
        return sorted(found.values(), key=lambda entry: entry[0].number)


def named_groups(draw: Draw) -> list[NamedGroup]:
    """In the rulebook's order; a dossier stands in the group in which the draw put it."""
    group_of = {entry["id"]: entry["group"] for entry in draw.input["dossiers"]}
    panels = _panels(draw)
    groups = [
        NamedGroup(group.name, [panel for panel in panels if group_of[panel.application.number] == group.key])
        for group in rulebook_of(draw.edition).groups
    ]
    return [group for group in groups if group.panels]


def _panels(draw: Draw) -> Sequence[NamedPanel]:
    seats = sorted(seats_drawn(draw), key=lambda seat: (not seat.is_leader, seat.expert))
    people = {expert.number: expert for expert in experts(Expert.number.in_({seat.expert for seat in seats}))}
    found: defaultdict[str, list[tuple[Expert, bool]]] = defaultdict(list)
    for seat in seats:
        found[seat.dossier].append((people[seat.expert], seat.is_leader))
    return [NamedPanel(application, found[application.number]) for application in dossiers_in(draw)]
