"""Who could take a seat on one panel by name: the lawful first, the fittest and least loaded of them first; and why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from app.applications.models import Application
from app.experts.models import Expert
from app.panels import facts, queries, rules
from app.panels.engine import Seat
from app.panels.grouping import grouping_in
from app.panels.guard import Guard
from app.panels.models import Assignment
from app.panels.rules import Objection
from app.programmes.models import Round

CANDIDATES_A_PAGE = 25


@dataclass(frozen=True)
class Candidate:
    """`fit` in basis points; `objections` are those to the seat as a member, as the panel stands now."""

    expert: Expert
    fit: int
    load: int
    limit: int
    objections: tuple[Objection, ...]
    may_lead: bool

    @property
    def is_lawful(self) -> bool:
        return not self.objections or self.may_lead


@dataclass(frozen=True)
class Candidates:
    """One page of them; `lawful` counts those of all pages who may take the seat."""

    rows: tuple[Candidate, ...]
    total: int
    lawful: int


def candidates(round_: Round, application: Application, *, word: str = "", first: int = 0) -> Candidates:
    """The pool against this panel, narrowed to names, numbers or employers that contain `word`."""
    people = [expert for expert in facts.experts(Expert.removed_at.is_(None)) if _called(expert, word)]
    given = facts.facts_for(round_, people, [application])
    (dossier,), guard = given.dossiers, Guard(given, facts.live_seats(round_), grouping_in(round_))
    found = [
        Candidate(
            expert,
            rules.affinity(known, dossier),
            known.load,
            known.max_load,
            guard.judge(Seat(dossier.id, known.id)).objections,
            guard.judge(Seat(dossier.id, known.id, is_leader=True)).is_lawful,
        )
        for expert, known in zip(people, given.experts, strict=True)
    ]
    found.sort(key=_rank)
    lawful = sum(map(attrgetter("is_lawful"), found))
    return Candidates(tuple(found[first : first + CANDIDATES_A_PAGE]), len(found), lawful)


def _called(expert: Expert, word: str) -> bool:
    return not word or any(word.lower() in text.lower() for text in (expert.number, expert.name, expert.employer))


def _rank(each: Candidate) -> tuple[bool, int, int, str]:
    return not each.is_lawful, -each.fit, each.load, each.expert.number


@dataclass(frozen=True)
class PanelToFill:
    """The seats that stand on one panel and how many are free."""

    seats: Sequence[Assignment]
    size: int

    @property
    def free(self) -> int:
        return max(self.size - len(self.seats), 0)


def panel_to_fill(round_: Round, application: Application) -> PanelToFill:
    return PanelToFill(queries.live_seats_of(round_, application), facts.shape_of(round_).size)
