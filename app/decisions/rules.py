"""How the committee decides: quorum, what may be chosen, and how ballots become a proposed list. Pure.

The count (field.md 2.7, rulebook `committee`): levels are filled from the highest down. A voice for a higher level is
a voice for every lower one, so a dossier that misses the award's majority is a nominee when its award and nomination
voices together reach the nomination's. Voters are the members present who are not recused for that dossier; who
abstains or does not vote stays in the denominator. Seats go by voices, then by official rank; where both are equal
and not all of them fit, nobody is seated quietly: all of them go to a new vote, and the seats in question stay open.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import groupby
from math import ceil, inf

from app.kernel.words import N_, LocalText, Message
from app.programmes.rules.admission import Level
from app.programmes.rules.review import Majority
from app.programmes.rules.values import ApplicantKind

REJECT, ABSTAIN = "reject", "abstain"
OTHER_CHOICES: dict[str, LocalText] = {
    REJECT: LocalText("不同意", "Reject"),
    ABSTAIN: LocalText("弃权", "Abstain"),
}


# --- before the vote ----------------------------------------------------------------------------------------------


def quorum_needed(total: int, share: Fraction) -> int:
    """Members who must be present: at least the share of all members (rulebook `committee.quorum`)."""
    return ceil(share * total)


def missing_for_opening(*, present: int, total: int, share: Fraction, papers: int, secret: bool) -> list[Message]:
    """What stands against opening the vote, every item at once."""
    needed = quorum_needed(total, share)
    values = {"total": total, "needed": needed, "present": present, "share": share}
    checks = (
        (not papers, Message(N_("没有待表决的申报：最终排名中的申报都已有结论。"))),
        (not secret, Message(N_("规则写明记名投票，而本系统只办理无记名投票，不能在此表决。"))),
        (
            not total or present < needed,
            Message(
                N_(
                    "未达到法定人数：委员共 %(total)s 人，按规则须有 %(share)s（%(needed)s 人）到会，现到会 %(present)s 人。"
                ),
                values,
            ),
        ),
    )
    return [sentence for failed, sentence in checks if failed]


def open_levels(levels: Sequence[Level], *, kind: ApplicantKind, score: Fraction | None) -> tuple[str, ...]:
    """Levels a dossier may be voted into: open to its kind and not above its score (rulebook `levels.*.floor`)."""
    if score is None:
        return ()
    return tuple(level.key for level in levels if kind in level.kinds and _is_above_floor(score, level))


def _is_above_floor(score: Fraction, level: Level) -> bool:
    return level.floor is None or score >= level.floor


def ballot_problems(allowed: Mapping[int, Sequence[str]], choices: Mapping[int, str]) -> list[Message]:
    """A ballot paper is complete when it holds one allowed choice for each dossier and nothing else."""
    unmarked = sum(choices.get(dossier, "") == "" for dossier in allowed)
    stray = sum(bool(choice) and choice not in allowed.get(dossier, ()) for dossier, choice in choices.items())
    problems = []
    if unmarked:
        problems.append(Message(N_("还有 %(n)s 件没有选择。每件都要选一项；不愿表态的请选“弃权”。"), {"n": unmarked}))
    if stray:
        problems.append(Message(N_("有 %(n)s 项选择不在您的选票上。请刷新页面后重新填写。"), {"n": stray}))
    return problems


# --- the count ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """One dossier with the voices in its box; `levels` are those it may be voted into, `entitled` its voters."""

    id: int
    rank: int | None
    kind: ApplicantKind
    levels: tuple[str, ...]
    votes: Mapping[str, int]
    entitled: int
    tags: frozenset[str] = frozenset()
    lot: int = 0
    """Parts equals where the rulebook lets a lot follow the vote; 0: none."""

    def voices(self, levels: Iterable[str]) -> int:
        return sum(self.votes.get(level, 0) for level in levels)


@dataclass(frozen=True)
class LevelSeats:
    """What is left to give at one level: seats in all, and seats for a kind of applicant where the rulebook limits it.

    `others` by tags: seats that may still go to dossiers with none of them (rulebook `levels.*.reserved`); the rest of
    them is kept for those that carry it, and stays empty where none of them reaches the majority.
    """

    majority: Majority
    seats: int
    by_kind: Mapping[ApplicantKind, int] = field(default_factory=dict)
    others: Mapping[frozenset[str], int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.majority.level

    def has_room_for(self, candidate: Candidate) -> bool:
        kept_from = (left for tags, left in self.others.items() if tags.isdisjoint(candidate.tags))
        return min(self.seats, self.by_kind.get(candidate.kind, self.seats), *kept_from) > 0

    def fits(self, wanted: Sequence[Candidate]) -> bool:
        """Whether all of them can be seated at once."""
        kinds = Counter(each.kind for each in wanted)
        within_reserve = all(_without(tags, wanted) <= left for tags, left in self.others.items())
        return len(wanted) <= self.seats and kinds == self._at_most(kinds) and within_reserve

    def less(self, given: Sequence[Candidate]) -> "LevelSeats":
        """What is left when these are seated, or when as many seats as they could get are kept open for a new vote."""
        kinds = self._at_most(Counter(each.kind for each in given))
        within_reserve = [left + len(given) - _without(tags, given) for tags, left in self.others.items()]
        return replace(
            self,
            seats=self.seats - min(self.seats, kinds.total(), *within_reserve),
            by_kind={kind: limit - kinds[kind] for kind, limit in self.by_kind.items()},
            others={tags: max(0, left - _without(tags, given)) for tags, left in self.others.items()},
        )

    def _at_most(self, wanted: Counter[ApplicantKind]) -> Counter[ApplicantKind]:
        """As many of each kind as the limits leave."""
        return Counter({kind: min(count, self.by_kind.get(kind, count)) for kind, count in wanted.items()})


def _without(tags: frozenset[str], candidates: Iterable[Candidate]) -> int:
    return sum(tags.isdisjoint(each.tags) for each in candidates)


@dataclass(frozen=True)
class Verdict:
    """`level_key` empty: not proposed, or, with `new_vote`, not decided."""

    id: int
    level_key: str
    yes: Mapping[str, int]
    new_vote: bool = False


def decide(candidates: Sequence[Candidate], levels: Sequence[LevelSeats]) -> tuple[Verdict, ...]:
    """The proposed list, in its order: levels from the highest down, within a level by voices then rank; then the rest."""
    seated, undecided = _seat(candidates, levels)
    by_id = {each.id: each for each in candidates}
    order = dict.fromkeys([*seated, *by_id])
    return tuple(
        Verdict(each, seated.get(each, ""), _yes(by_id[each], levels), new_vote=each in undecided) for each in order
    )


def _seat(candidates: Sequence[Candidate], levels: Sequence[LevelSeats]) -> tuple[dict[int, str], set[int]]:
    """Level of each who is seated, in order, and those who go to a new vote."""
    waiting, seated, undecided = list(candidates), dict[int, str](), set[int]()
    for place, level in enumerate(levels):
        above = tuple(each.key for each in levels[: place + 1])
        won, tied = _fill(level, above, [each for each in waiting if _reaches(each, level, above)])
        seated |= dict.fromkeys(won, level.key)
        undecided |= tied
        waiting = [each for each in waiting if each.id not in seated.keys() | undecided]
    return seated, undecided


def _reaches(candidate: Candidate, level: LevelSeats, above: Sequence[str]) -> bool:
    yes = candidate.voices(above)
    return level.key in candidate.levels and level.majority.reached(yes=yes, voters=candidate.entitled)


def _yes(candidate: Candidate, levels: Sequence[LevelSeats]) -> dict[str, int]:
    keys = [level.key for level in levels]
    return {key: candidate.voices(keys[: place + 1]) for place, key in enumerate(keys) if key in candidate.levels}


def _fill(level: LevelSeats, above: Sequence[str], reached: list[Candidate]) -> tuple[list[int], set[int]]:
    """Who is seated at this level, in order, and who goes to a new vote."""

    def order(candidate: Candidate) -> tuple[int, float, int]:
        return -candidate.voices(above), inf if candidate.rank is None else candidate.rank, -candidate.lot

    won: list[int] = []
    tied: set[int] = set()
    for _order, alike in groupby(sorted(reached, key=order), key=order):
        contenders = [each for each in alike if level.has_room_for(each)]
        if level.fits(contenders):
            won += [each.id for each in contenders]
        else:
            tied |= {each.id for each in contenders}
        level = level.less(contenders)
    return won, tied
