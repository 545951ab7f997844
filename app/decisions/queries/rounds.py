"""Rounds of a session: what a ballot paper offers, what was counted, where the list stands and what is left to give."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.decisions.models import BallotRound, CommitteeSession
from app.decisions.queries.box import recusals_by_dossier, right_holders
from app.decisions.queries.papers import Paper, Seated, lot_seed, papers, rulebook_for, seats_taken
from app.decisions.rules import (
    Candidate,
    Counted,
    Departure,
    LevelSeats,
    departures,
    missing_for_close,
    missing_for_vote_again,
    settled,
)
from app.kernel.words import LocalText, Message
from app.programmes.rules.admission import Level
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import VotersCounted
from app.ranking.official import lot


def round_papers(session: CommitteeSession) -> list[Paper]:
    """What the ballot paper of the running round asks, with the levels that it offers."""
    offered = session.rounds[-1].offered if session.rounds else {}
    return [
        replace(paper, levels=tuple(offered[str(paper.application_id)]))
        for paper in papers(session)
        if str(paper.application_id) in offered
    ]


def counted_rounds(session: CommitteeSession) -> list[list[Counted]]:
    return [[Counted(**each) for each in voted.results] for voted in session.rounds]


def entitled(session: CommitteeSession, voted: BallotRound) -> dict[int, int]:
    """Voters of each dossier: members who hold a right, or all members, less those recused for it."""
    away = stepping_aside(session, voted)
    voters = session.members_total if _of_all(session) else len(right_holders(session.id, voted.number))
    return {int(dossier): voters - away.get(int(dossier), 0) for dossier in voted.offered}


def stepping_aside(session: CommitteeSession, voted: BallotRound) -> dict[int, int]:
    """By dossier how many of those who are counted in this round step aside for it."""
    counted = None if _of_all(session) else right_holders(session.id, voted.number)
    return recusals_by_dossier(session.id, counted)


def _of_all(session: CommitteeSession) -> bool:
    return rulebook_for(session).committee.counted_of is VotersCounted.ALL


def candidates(
    session: CommitteeSession, votes: Mapping[int, Mapping[str, int]], entitled: Mapping[int, int]
) -> list[Candidate]:
    """Those on the ballot paper of the last round, in the official order."""
    seed = lot_seed(session)
    return [_candidate(paper, votes, entitled, seed) for paper in round_papers(session)]


def _candidate(
    paper: Paper, votes: Mapping[int, Mapping[str, int]], entitled: Mapping[int, int], seed: str = ""
) -> Candidate:
    dossier, drawn = paper.application_id, lot(seed, paper.number) if seed else 0
    voters = entitled.get(dossier, 0)
    return Candidate(dossier, paper.rank, paper.kind, paper.levels, votes.get(dossier, {}), voters, paper.tags, drawn)


# --- seats ----------------------------------------------------------------------------------------------------------


def seats_left(session: CommitteeSession) -> list[LevelSeats]:
    """What earlier sessions, and the rounds of this one that are counted, have left to give."""
    rulebook, kinds = rulebook_for(session), {paper.application_id: paper for paper in papers(session)}
    given = [each for results in counted_rounds(session) for each in results if each.level_key]
    here = [Seated(each.level_key, kinds[each.application_id].kind, kinds[each.application_id].tags) for each in given]
    return _left(rulebook, [*seats_taken(session.edition_id), *here])


def _left(rulebook: Rulebook, taken: Sequence[Seated]) -> list[LevelSeats]:
    def left(level: Level) -> LevelSeats:
        used = [each for each in taken if each.level_key == level.key]
        kinds = Counter(each.kind for each in used)
        limits = {limit.kind: limit.seats - kinds[limit.kind] for limit in level.limits}
        return LevelSeats(
            rulebook.committee.majority(level.key), level.seats - len(used), limits, _open_to_others(level, used)
        )

    return [left(level) for level in rulebook.levels]


def _open_to_others(level: Level, used: Sequence[Seated]) -> dict[frozenset[str], int]:
    """By the tags of some reserved seats: how many seats may still go to dossiers with none of them."""
    found = {}
    for tags, seats in level.open_without().items():
        found[tags] = max(0, seats - sum(tags.isdisjoint(each.tags) for each in used))
    return found


# --- where the list stands ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """A counted session before it closes: the list so far, what departs from the official order, what is left."""

    rulebook: Rulebook
    rounds: Sequence[BallotRound]
    papers: Mapping[int, Paper]
    listed: Sequence[Counted]
    departures: Sequence[Departure]
    left: Sequence[LevelSeats]

    @property
    def may_vote_again(self) -> list[Paper]:
        """Who has no seat yet and could still get one, with the levels that have a seat left."""
        seated = {each.application_id for each in self.listed if each.level_key}
        rest = (paper for paper in self.papers.values() if paper.application_id not in seated)
        narrowed = (replace(paper, levels=_of(paper.levels, self.vacant)) for paper in rest)
        return [paper for paper in narrowed if paper.levels]

    @property
    def called(self) -> dict[int, LocalText | Message]:
        return {dossier: paper.called for dossier, paper in self.papers.items()}

    @property
    def by_round(self) -> list[tuple[BallotRound, list[Counted]]]:
        return [(voted, [Counted(**each) for each in voted.results]) for voted in self.rounds]

    @property
    def departed(self) -> list[tuple[LocalText | Message, LocalText, list[LocalText | Message]]]:
        """The departures by name: who was passed over, for which level, for whom."""
        called = self.called
        return [
            (called[each.passed], self.rulebook.level(each.level_key).name, [called[key] for key in each.for_whom])
            for each in self.departures
        ]

    @property
    def seated(self) -> int:
        return sum(bool(each.level_key) for each in self.listed)

    @property
    def needs_reason(self) -> bool:
        return bool(self.missing_for_close(""))

    @property
    def waiting(self) -> set[int]:
        """Those whom a tie keeps undecided."""
        return {each.application_id for each in self.listed if each.new_vote}

    @property
    def missing_for_vote_again(self) -> list[Message]:
        most = self.rulebook.committee.rounds
        return missing_for_vote_again(number=len(self.rounds), most=most, left=len(self.may_vote_again))

    @property
    def vacant(self) -> dict[str, int]:
        """Seats that nobody has, by level."""
        return {each.key: each.seats for each in self.left if each.seats > 0}

    def missing_for_close(self, reason: str) -> list[Message]:
        due = [level.name for level in self.rulebook.levels if level.key in self.vacant and not level.vacancy_allowed]
        return missing_for_close(departs=bool(self.departures), unfilled=due, reason=reason)


def _of(levels: Iterable[str], wanted: Container[str]) -> tuple[str, ...]:
    return tuple(level for level in levels if level in wanted)


def standing(session: CommitteeSession) -> Standing:
    rulebook, every = rulebook_for(session), papers(session)
    levels = [level.key for level in rulebook.levels]
    listed = settled(counted_rounds(session), levels, [paper.application_id for paper in every])
    return Standing(
        rulebook,
        session.rounds,
        {paper.application_id: paper for paper in every},
        listed,
        departures(listed, [_candidate(paper, {}, {}) for paper in every], levels),
        seats_left(session),
    )
