"""How far a round is, purely: seats, who is behind, whose score may still come, and when a round may end."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.kernel.words import N_, Message
from app.scoring.rules.sheets import WorkGroup, group_of
from app.workflow import AssignmentState, ScoreSheetState


class Standing(StrEnum):
    UNDECLARED = "undeclared"
    NOT_BEGUN = "not_begun"
    BEGUN = "begun"
    SUBMITTED = "submitted"
    ABSTAINED = "abstained"


STANDING_LABELS: dict[Standing, tuple[str, str]] = {
    Standing.UNDECLARED: (N_("未声明"), "waiting"),
    Standing.NOT_BEGUN: (N_("未开始"), "waiting"),
    Standing.BEGUN: (N_("评分中"), "active"),
    Standing.SUBMITTED: (N_("已提交"), "done"),
    Standing.ABSTAINED: (N_("已弃评"), "quiet"),
}
NOT_BEGUN = (Standing.UNDECLARED, Standing.NOT_BEGUN)
_STANDING_OF = {
    WorkGroup.TO_DECLARE: Standing.UNDECLARED,
    WorkGroup.TO_SCORE: Standing.NOT_BEGUN,
    WorkGroup.IN_PROGRESS: Standing.BEGUN,
    WorkGroup.RETURNED: Standing.BEGUN,
    WorkGroup.SUBMITTED: Standing.SUBMITTED,
    WorkGroup.ABSTAINED: Standing.ABSTAINED,
}


@dataclass(frozen=True, slots=True)
class Seat:
    """One expert's seat on one dossier's panel and how far it is; never a score."""

    assignment_id: int
    sheet_id: int | None
    application_id: int
    application: str
    number: str
    group_key: str
    expert_id: int
    expert: str
    employer: str
    leads: bool
    standing: Standing
    items_scored: int
    items_total: int
    abstained_for: str = ""

    @property
    def is_open(self) -> bool:
        """Something is still to come from it."""
        return self.standing not in (Standing.SUBMITTED, Standing.ABSTAINED)


def standing_of(assignment: AssignmentState, sheet: ScoreSheetState | None, items_scored: int | None) -> Standing:
    return _STANDING_OF[group_of(assignment, sheet, items_scored)]


@dataclass(frozen=True, slots=True)
class Count:
    """The seats of one dossier or of one expert; who abstains is shown and leaves the count."""

    seats: tuple[Seat, ...]

    @property
    def first(self) -> Seat:
        return self.seats[0]

    @property
    def total(self) -> int:
        return len(self.seats) - len(self.abstained)

    @property
    def abstained(self) -> tuple[Seat, ...]:
        return tuple(seat for seat in self.seats if seat.standing is Standing.ABSTAINED)

    @property
    def submitted(self) -> int:
        return sum(seat.standing is Standing.SUBMITTED for seat in self.seats)

    @property
    def complete(self) -> bool:
        return self.submitted == self.total

    @property
    def not_begun(self) -> tuple[Seat, ...]:
        return tuple(seat for seat in self.seats if seat.standing in NOT_BEGUN)

    @property
    def waiting_for(self) -> tuple[Seat, ...]:
        return tuple(seat for seat in self.seats if seat.is_open)


def tally(seats: Iterable[Seat]) -> dict[Standing, int]:
    counts = dict.fromkeys(Standing, 0)
    for seat in seats:
        counts[seat.standing] += 1
    return counts


def by_dossier(seats: Iterable[Seat]) -> list[Count]:
    return _grouped(seats, lambda seat: seat.application_id)


def by_group(seats: Iterable[Seat]) -> list[Count]:
    return _grouped(seats, lambda seat: seat.group_key)


def by_expert(seats: Iterable[Seat]) -> list[Count]:
    return _grouped(seats, lambda seat: seat.expert_id)


def _grouped(seats: Iterable[Seat], key: Callable[[Seat], Hashable]) -> list[Count]:
    """Those who are furthest behind first."""
    found: dict[Hashable, list[Seat]] = {}
    for seat in seats:
        found.setdefault(key(seat), []).append(seat)
    counts = [Count(tuple(group)) for group in found.values()]
    return sorted(counts, key=lambda count: (count.submitted - len(count.seats), count.first.number))


@dataclass(frozen=True, slots=True)
class Closing:
    """What ending a round would mean: `short` dossiers have fewer reviews than the rulebook asks and would stay unranked."""

    open_seats: tuple[Seat, ...]
    short: tuple[Count, ...]
    unstaffed: tuple[str, ...]
    overdue: bool
    abstained: tuple[Seat, ...] = ()

    @property
    def lacks_reviews(self) -> bool:
        return bool(self.short or self.unstaffed)

    @property
    def unranked(self) -> list[str]:
        """Numbers of the dossiers that would stay unranked."""
        return [*(count.first.number for count in self.short), *self.unstaffed]

    @property
    def blockers(self) -> list[Message]:
        """Before the due time every dossier must have its reviews; afterwards the office may end the round with a reason."""
        if self.overdue:
            return []
        return [_short_message(count) for count in self.short] + [
            Message(N_("%(dossier)s：还没有评审专家。请先抽取专家。"), {"dossier": dossier})
            for dossier in self.unstaffed
        ]

    @property
    def warnings(self) -> list[Message]:
        """What must be read before the round is ended all the same."""
        missing = [_short_message(count) for count in self.short] if self.overdue else []
        unfinished = [
            Message(
                N_("%(dossier)s：%(expert)s 的评分表还没有提交，不计入结果。"),
                {"dossier": seat.number, "expert": seat.expert},
            )
            for seat in self.open_seats
        ]
        return missing + [_abstained_message(seat) for seat in self.abstained] + unfinished


def closing(seats: Sequence[Seat], *, minimum: int, dossiers: Mapping[int, str], overdue: bool) -> Closing:
    """A round ends when every dossier has the rulebook's minimum of reviews; sheets not handed in are named."""
    counts = by_dossier(seats)
    return Closing(
        open_seats=tuple(seat for seat in seats if seat.is_open),
        abstained=tuple(seat for seat in seats if seat.standing is Standing.ABSTAINED),
        short=tuple(count for count in counts if count.submitted < minimum),
        unstaffed=_unstaffed(dossiers, counts),
        overdue=overdue,
    )


def _unstaffed(dossiers: Mapping[int, str], counts: Sequence[Count]) -> tuple[str, ...]:
    """Numbers of the dossiers that nobody has been asked to score."""
    staffed = {count.first.application_id for count in counts}
    return tuple(number for application_id, number in dossiers.items() if application_id not in staffed)


def _abstained_message(seat: Seat) -> Message:
    return Message(N_("%(dossier)s：%(expert)s 已弃评。"), {"dossier": seat.number, "expert": seat.expert})


def _short_message(count: Count) -> Message:
    missing: list[str | Message] = [seat.expert for seat in count.waiting_for]
    missing += [Message(N_("%(expert)s（已弃评）"), {"expert": seat.expert}) for seat in count.abstained]
    return Message(
        N_("%(dossier)s：只有 %(n)s 份评分，还缺 %(experts)s。"),
        {
            "dossier": count.first.number,
            "n": count.submitted,
            "experts": tuple(missing) or "—",
        },
    )


# --- whose score may still come ------------------------------------------------------------------------------------


def is_awaited(seat: AssignmentState, *, handed_in: bool, followed: bool) -> bool:
    """A held seat whose sheet is not in, or one that was left and that nobody has taken over."""
    if seat in (AssignmentState.WAITING, AssignmentState.CLEARED):
        return not handed_in
    return seat in (AssignmentState.RECUSED, AssignmentState.EXCUSED) and not followed
