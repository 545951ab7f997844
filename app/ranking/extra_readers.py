"""Who could give the extra reviews that would tell most: lawful by the one rule function, on no panel of the dossier yet.

Asked anew at each look: loads, interests and rounds move on after a ranking is confirmed. Seats are given by name, on the panels' own
page, which asks the rules once more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.applications.models import Application
from app.experts.models import Expert
from app.experts.queries import PERSON_ID
from app.kernel.canonical import Record
from app.kernel.database import db
from app.kernel.words import N_, Message
from app.panels import facts, origins, rules
from app.panels.engine import Seat
from app.panels.grouping import grouping_in
from app.panels.guard import Guard
from app.panels.models import Assignment
from app.programmes.models import Round
from app.ranking.advice.extra import Reader, first_choices, tells
from app.ranking.queries import RankingView
from app.workflow import ApplicationState, RoundState

SEEN = N_("这一轮评过 %(n)s 份，宽严估计的误差约 %(error)s 分")
UNSEEN = N_("没有评过这一轮，宽严未知（各专家相差约 %(error)s 分）")
UNUSUAL = N_("评分起伏异常，请先核查")
FITS = {10_000: N_("熟悉这一行业"), 4_000: N_("熟悉相近行业")}


@dataclass(frozen=True)
class Offer:
    """One expert for one dossier; `against`: what the panel as it stands says against the seat."""

    expert: Expert
    reader: Reader
    against: tuple[Message, ...]

    @property
    def reasons(self) -> tuple[Message, ...]:
        """Why this one, and what to look at first."""
        doubt = {"n": self.reader.reviews, "error": round(self.reader.error)}
        known = Message(SEEN if self.reader.reviews else UNSEEN, doubt)
        odd = (Message(UNUSUAL),) if self.reader.is_unusual else ()
        return (*odd, known, *((Message(FITS[self.reader.fit]),) if self.reader.fit in FITS else ()))


@dataclass(frozen=True)
class Proposal:
    """One dossier: the round in which it may get a seat, what stands against any seat in that round (`closed`) and of this dossier,
    and the experts to choose from."""

    application: Application
    round: Round
    closed: tuple[Message, ...]
    missing: tuple[Message, ...]
    offers: tuple[Offer, ...]

    @property
    def is_open(self) -> bool:
        return not (self.closed or self.missing)


@dataclass(frozen=True)
class Known:
    """What the advice has found of one round: noise and spread of severity as standard deviations, and each expert's manner."""

    noise: float
    severity: float
    manners: Mapping[str, Record]

    @classmethod
    def of(cls, content: Record, round_key: str) -> "Known":
        (fit,) = (each for each in content["fits"] if each["key"] == round_key)
        return cls(fit["noise"], fit["severity"], {each["expert"]: each for each in content["manners"][round_key]})

    def reader(self, expert: rules.ExpertFacts, dossier: rules.DossierFacts) -> Reader:
        """Of an expert whom the round has not seen no more is known than how far severities lie apart."""
        manner = self.manners.get(expert.id, {"reviews": 0, "error": None, "is_unusual": False})
        error = self.severity if manner["error"] is None else manner["error"]
        return Reader(
            expert=expert.id,
            tells=tells(self.noise, error),
            error=error,
            reviews=manner["reviews"],
            fit=rules.affinity(expert, dossier),
            load=expert.load,
            limit=expert.max_load,
            is_unusual=manner["is_unusual"],
        )


def proposals(ranking: RankingView, content: Record) -> list[Proposal]:
    """In the order in which another review would tell most."""
    numbers = [number for number, _value in content["worth"]]
    if not numbers:
        return []
    known, found = Known.of(content, ranking.round_key), _applications(ranking.edition_id, numbers)
    ranked = db.session.get_one(Round, ranking.round_id)
    rounds = {number: _round_for(application, ranked) for number, application in found.items()}
    pools = {
        round_.id: Pool(round_, [found[number] for number in numbers if rounds[number] is round_])
        for round_ in rounds.values()
    }
    return [pools[rounds[number].id].proposal(found[number], known) for number in numbers]


def _applications(edition_id: int, numbers: Sequence[str]) -> dict[str, Application]:
    wanted = select(Application).where(Application.edition_id == edition_id, Application.number.in_(numbers))
    rows = db.session.scalars(wanted.options(joinedload(Application.round), selectinload(Application.regions)))
    return {row.number: row for row in rows}


def _round_for(application: Application, ranked: Round) -> Round:
    """The round in which it is under review, where that one still takes seats; else the round that was ranked."""
    here = application.round
    if here is None or application.state is not ApplicationState.UNDER_REVIEW:
        return ranked
    return ranked if here.state is RoundState.CLOSED else here


class Pool:
    """All experts before the dossiers of one round."""

    def __init__(self, round_: Round, applications: Sequence[Application]) -> None:
        self.round = round_
        self.people = facts.experts(Expert.removed_at.is_(None))
        self.given = facts.facts_for(round_, self.people, applications)
        self.seats = facts.live_seats(round_)
        self.guard = Guard(self.given, self.seats, grouping_in(round_))
        self.read = _ever_seated(applications)
        self.closed = tuple(origins.missing_to_name(round_, []))

    def proposal(self, application: Application, known: Known) -> Proposal:
        (dossier,) = (each for each in self.given.dossiers if each.id == application.number)
        chosen = first_choices(known.reader(expert, dossier) for expert in self._lawful(dossier))
        people = {expert.number: expert for expert in self.people}
        return Proposal(
            application,
            self.round,
            self.closed,
            tuple(each for each in origins.missing_to_name(self.round, [dossier.id]) if each not in self.closed),
            tuple(Offer(people[each.expert], each, self._against(dossier.id, each.expert)) for each in chosen),
        )

    def _lawful(self, dossier: rules.DossierFacts) -> Iterator[rules.ExpertFacts]:
        panel = list(self._mates(dossier.id)) if self.given.shape.one_per_employer else []
        for expert in self.given.experts:
            verdict = rules.judge(expert, dossier, self.given.rule, conflicts=self.given.conflicts, panel=panel)
            if verdict.is_lawful and expert.id not in self.read.get(dossier.id, ()):
                yield expert

    def _mates(self, dossier: str) -> Iterator[rules.ExpertFacts]:
        seated = {seat.expert for seat in self.seats if seat.dossier == dossier}
        return (expert for expert in self.given.experts if expert.id in seated)

    def _against(self, dossier: str, expert: str) -> tuple[Message, ...]:
        return tuple(each.text for each in self.guard.judge(Seat(dossier, expert)).objections)


def _ever_seated(applications: Iterable[Application]) -> dict[str, set[str]]:
    """By dossier, who has or had a seat on it in any round."""
    rows = db.session.execute(
        select(Application.number, facts.PERSON.number)
        .select_from(Assignment)
        .join(Expert, Expert.id == Assignment.expert_id)
        .join(facts.PERSON, facts.PERSON.id == PERSON_ID)
        .join(Application, Application.id == Assignment.application_id)
        .where(Application.id.in_([each.id for each in applications]))
    )
    found: dict[str, set[str]] = {}
    for dossier, expert in rows:
        found.setdefault(dossier, set()).add(expert)
    return found
