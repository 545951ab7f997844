"""A row of the desk, and the counts and dates from which rows are worked out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.kernel.words import LocalText, Message
from app.workflow import OPEN_OBJECTIONS, EditionState, NoticeState, RankingState, RoundState

Text = Message | LocalText


@dataclass(frozen=True)
class Standing:
    """A state whose word and look the workflow table has; `is_released`: outsiders are told the state itself."""

    lifecycle: str
    state: str
    is_released: bool = False


@dataclass(frozen=True)
class Task:
    """A row of the desk: what, in which state, until when, and the one verb that leads to it.

    `word` and `tone` are for rows whose state is in no lifecycle.
    """

    title: Text
    endpoint: str
    verb: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    state: Standing | None = None
    word: Message | None = None
    tone: str = "waiting"
    due: datetime | None = None
    note: Text | None = None


@dataclass(frozen=True)
class Counts:
    """How many rows of each lifecycle stand in each state in one edition."""

    numbers: Mapping[tuple[str, str], int]

    def of(self, lifecycle: str, *states: str) -> int:
        return sum(self.numbers.get((lifecycle, state), 0) for state in states)

    def all(self, lifecycle: str) -> int:
        return sum(count for (kind, _state), count in self.numbers.items() if kind == lifecycle)


@dataclass(frozen=True)
class RoundFacts:
    """A round with its due time and the state of its newest ranking, None where there is none."""

    id: int
    name: LocalText
    state: RoundState
    due: datetime | None
    ranking_id: int | None
    ranking_state: RankingState | None

    @property
    def is_unranked(self) -> bool:
        return self.state == RoundState.CLOSED and self.ranking_id is None

    @property
    def is_unfinished(self) -> bool:
        is_unconfirmed = self.state == RoundState.CLOSED and self.ranking_state != RankingState.CONFIRMED
        return is_unconfirmed or self.state == RoundState.SCORING


@dataclass(frozen=True)
class OfficeFacts:
    edition_id: int
    edition_state: EditionState
    counts: Counts
    dues: Mapping[str, datetime]
    rounds: tuple[RoundFacts, ...]
    empty_seats: int
    escalated_seats: int = 0
    unlawful_seats: int = 0
    proposals: int = 0
    merges: int = 0
    declarations_late: int = 0
    declarations_to_review: int = 0
    watch_facts: int = 0
    watch_edition_id: int | None = None
    notice_id: int | None = None
    session_id: int | None = None
    notice_closes_at: datetime | None = None
    objection_due: datetime | None = None

    @property
    def is_ranked(self) -> bool:
        """Whether the ranking of the last round, from which the committee works, is confirmed."""
        return bool(self.rounds) and self.rounds[-1].ranking_state == RankingState.CONFIRMED

    @property
    def is_judging(self) -> bool:
        """Whether a round is still being scored or ranked."""
        return any(round_.is_unfinished for round_ in self.rounds)

    @property
    def is_unopposed(self) -> bool:
        """Whether a notice has ended, none follows it, and no objection is left to be answered."""
        still_open = self.counts.of("notice", NoticeState.DRAFT, NoticeState.PUBLISHED)
        still_open += self.counts.of("objection", *OPEN_OBJECTIONS)
        return self.counts.of("notice", NoticeState.ENDED) > 0 and not still_open


def counted(text: str, count: int) -> Message:
    return Message(text, {"n": count})
