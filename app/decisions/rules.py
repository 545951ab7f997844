"""How the committee decides: quorum, what may be chosen, and how ballots become a proposed list. Pure.

The count (field.md 2.7, rulebook `committee`): levels are filled from the highest down. A voice for a higher level is
a voice for every lower one, so a dossier that misses the award's majority is a nominee when its award and nomination
voices together reach the nomination's. Voters are the members present who are not recused for that dossier; who
abstains or does not vote stays in the denominator. Seats go by voices, then by official rank; where both are equal
and not all of them fit, nobody is seated quietly: all of them go to a new vote, and the seats in question stay open.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from hashlib import sha256
from itertools import groupby
from math import ceil, inf
from operator import attrgetter
from typing import Any

from app.kernel.words import N_, LocalText, Message
from app.programmes.rules.admission import Level
from app.programmes.rules.review import Majority
from app.programmes.rules.values import ApplicantKind, BallotKind

REJECT, ABSTAIN, UNMARKED = "reject", "abstain", "unmarked"
OTHER_CHOICES: dict[BallotKind, dict[str, LocalText]] = {
    BallotKind.EACH: {REJECT: LocalText("不同意", "Reject"), ABSTAIN: LocalText("弃权", "Abstain")},
    BallotKind.UP_TO: {UNMARKED: LocalText("不选", "Not chosen")},
}
"""What a ballot may say beside the levels, by the kind of ballot."""


CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 10
LOT = attrgetter("lot")
FEWEST_PAPERS = 2
"""One paper alone would tell whoever types it in what its member voted."""


def code_on_paper(serial: str, dossier: int) -> str:
    """The code that a printed ballot carries beside a dossier; whoever has the paper can work it out, the box alone tells nothing."""
    number = int.from_bytes(sha256(f"zhiheng/ballot-paper/1\0{serial}\0{dossier}".encode()).digest())
    places = [number // len(CODE_ALPHABET) ** place for place in range(CODE_LENGTH)]
    return "".join(CODE_ALPHABET[each % len(CODE_ALPHABET)] for each in places)


# --- members --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Term:
    """From when until when a member may sit, and which term of his it is."""

    starts: date | None = None
    ends: date | None = None
    number: int = 1

    def holds_on(self, day: date) -> bool:
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)


def term_problems(term: Term, *, years: int, terms: int) -> list[tuple[str, Message]]:
    """What is wrong with a term, at which field (rulebook `committee.term_years`, `committee.terms`; 0: not limited)."""
    found = [("term_until", sentence) for sentence in _wrong_dates(term, years)]
    if 0 < terms < term.number:
        found.append(("term_number", Message(N_("连任不能超过 %(n)s 届。"), {"n": terms})))
    return found


def _wrong_dates(term: Term, years: int) -> list[Message]:
    if term.starts is None or term.ends is None:
        needed = Message(N_("规则规定每届任期 %(years)s 年，请填写任期的起止日期。"), {"years": years})
        return [needed] if years else []
    if term.ends < term.starts:
        return [Message(N_("任期的止日不能早于起日。"))]
    last = years_later(term.starts, years) if years else term.ends
    too_long = Message(N_("任期不能超过 %(years)s 年，最迟到 %(day)s。"), {"years": years, "day": last})
    return [too_long] if term.ends > last else []


def years_later(day: date, years: int) -> date:
    """The last day of so many years that begin on this day."""
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if leap else day.day) - timedelta(days=0 if leap else 1)


# --- before the vote ----------------------------------------------------------------------------------------------


def quorum_needed(total: int, share: Fraction) -> int:
    """Members who must be present: at least the share of all members (rulebook `committee.quorum`)."""
    return ceil(share * total)


def missing_for_opening(*, present: int, total: int, share: Fraction, papers: int, secret: bool) -> list[Message]:
    """What stands against opening the vote, every item at once."""
    checks = (
        (not papers, Message(N_("没有待表决的申报：最终排名中的申报都已有结论。"))),
        (not secret, Message(N_("规则写明记名投票，而本系统只办理无记名投票，不能在此表决。"))),
    )
    return [sentence for failed, sentence in checks if failed] + missing_for_quorum(present, total, share)


def missing_for_quorum(present: int, total: int, share: Fraction) -> list[Message]:
    needed = quorum_needed(total, share)
    if total and present >= needed:
        return []
    values = {"total": total, "needed": needed, "present": present, "share": share}
    return [
        Message(
            N_(
                "未达到法定人数：委员共 %(total)s 人，按规则须有 %(share)s（%(needed)s 人）到会，现到会 %(present)s 人。"
            ),
            values,
        )
    ]


def open_levels(levels: Sequence[Level], *, kind: ApplicantKind, score: Fraction | None) -> tuple[str, ...]:
    """Levels a dossier may be voted into: open to its kind and not above its score (rulebook `levels.*.floor`)."""
    if score is None:
        return ()
    return tuple(level.key for level in levels if kind in level.kinds and _is_above_floor(score, level))


def _is_above_floor(score: Fraction, level: Level) -> bool:
    return level.floor is None or score >= level.floor


def too_many(limits: Mapping[str, int], choices: Mapping[int, str], names: Mapping[str, LocalText]) -> list[Message]:
    """A ballot chooses no more for a level than it may (rulebook `committee.ballot`)."""
    chosen = Counter(choices.values())
    text = N_("%(level)s最多选 %(most)s 件，您选了 %(n)s 件。请减少后再投。")
    return [
        Message(text, {"level": names[level], "most": most, "n": chosen[level]})
        for level, most in limits.items()
        if chosen[level] > most
    ]


def missing_for_vote_again(*, number: int, most: int, left: int) -> list[Message]:
    """What stands against a further round: the rulebook's number of rounds is used up, or nobody is left for a seat."""
    checks = (
        (
            number >= most,
            Message(N_("规则规定一次会议最多投 %(most)s 轮，已经投了 %(n)s 轮。"), {"most": most, "n": number}),
        ),
        (not left, Message(N_("没有可以再投的申报：或者都已列入，或者相应奖项已无名额。"))),
    )
    return [sentence for failed, sentence in checks if failed]


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
        taken = min(self.seats, kinds.total(), *within_reserve)
        return replace(
            self,
            seats=self.seats - taken,
            by_kind={kind: limit - min(taken, kinds[kind]) for kind, limit in self.by_kind.items()},
            others={tags: max(0, left - min(taken, _without(tags, given))) for tags, left in self.others.items()},
        )

    def _at_most(self, wanted: Counter[ApplicantKind]) -> Counter[ApplicantKind]:
        """As many of each kind as the limits leave."""
        return Counter({kind: min(count, self.by_kind.get(kind, count)) for kind, count in wanted.items()})


def _without(tags: frozenset[str], candidates: Iterable[Candidate]) -> int:
    return sum(tags.isdisjoint(each.tags) for each in candidates)


@dataclass(frozen=True)
class Verdict:
    """`level_key` empty: not proposed, or, with `new_vote`, undecided; `lot_at`: where the lot parted it from its equals."""

    id: int
    level_key: str
    yes: Mapping[str, int]
    new_vote: bool = False
    lot_at: str = ""


def decide(candidates: Sequence[Candidate], levels: Sequence[LevelSeats]) -> tuple[Verdict, ...]:
    """The proposed list, in its order: levels from the highest down, within a level by voices then rank; then the rest."""
    seated, undecided, drawn = _seat(candidates, levels)
    by_id = {each.id: each for each in candidates}
    order = dict.fromkeys([*seated, *by_id])
    return tuple(
        Verdict(each, seated.get(each, ""), _yes(by_id[each], levels), each in undecided, drawn.get(each, ""))
        for each in order
    )


def _seat(
    candidates: Sequence[Candidate], levels: Sequence[LevelSeats]
) -> tuple[dict[int, str], set[int], dict[int, str]]:
    """Level of each who is seated, in order; those who go to a new vote; at which level the lot parted whom."""
    waiting, seated, undecided, drawn = list(candidates), dict[int, str](), set[int](), dict[int, str]()
    for place, level in enumerate(levels):
        above = tuple(each.key for each in levels[: place + 1])
        filled = _fill(level, above, [each for each in waiting if _reaches(each, level, above)])
        seated |= dict.fromkeys(filled.won, level.key)
        undecided |= filled.tied
        drawn |= dict.fromkeys(filled.drawn, level.key)
        waiting = [each for each in waiting if each.id not in seated.keys() | undecided]
    return seated, undecided, drawn


def _reaches(candidate: Candidate, level: LevelSeats, above: Sequence[str]) -> bool:
    yes = candidate.voices(above)
    return level.key in candidate.levels and level.majority.reached(yes=yes, voters=candidate.entitled)


def _yes(candidate: Candidate, levels: Sequence[LevelSeats]) -> dict[str, int]:
    keys = [level.key for level in levels]
    return {key: candidate.voices(keys[: place + 1]) for place, key in enumerate(keys) if key in candidate.levels}


@dataclass
class _Filled:
    """Who is seated at a level, in order, who goes to a new vote, and among whom the lot decided."""

    level: LevelSeats
    won: list[int] = field(default_factory=list)
    tied: set[int] = field(default_factory=set)
    drawn: list[int] = field(default_factory=list)

    def seat(self, alike: Iterable[Candidate]) -> None:
        parts = _parted(self.level, alike)
        for part in parts:
            contenders = [each for each in part if self.level.has_room_for(each)]
            add = self.won.extend if self.level.fits(contenders) else self.tied.update
            add(each.id for each in contenders)
            self.level = self.level.less(contenders)
        if len(parts) > 1:
            self.drawn += (each.id for part in parts for each in part)


def _fill(level: LevelSeats, above: Sequence[str], reached: list[Candidate]) -> _Filled:
    def order(candidate: Candidate) -> tuple[int, float]:
        return -candidate.voices(above), inf if candidate.rank is None else candidate.rank

    filled = _Filled(level)
    for _order, alike in groupby(sorted(reached, key=order), key=order):
        filled.seat(alike)
    return filled


def _parted(level: LevelSeats, alike: Iterable[Candidate]) -> list[list[Candidate]]:
    """Equals for whom there is room: together where all of them fit, else as their lots part them."""
    contenders = sorted((each for each in alike if level.has_room_for(each)), key=LOT, reverse=True)
    if level.fits(contenders):
        return [contenders]
    return [list(same) for _lot_of, same in groupby(contenders, key=LOT)]


# --- several rounds, and the list they make -------------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """What one round found about one dossier; kept as it is in the round's record."""

    application_id: int
    round_number: int
    level_key: str
    entitled: int
    votes: Mapping[str, int]
    yes: Mapping[str, int]
    new_vote: bool
    lot_at: str = ""

    @property
    def counts(self) -> dict[str, Any]:
        """As the list and the bundle keep it; the lot only where one was drawn."""
        told = {"votes": self.votes, "yes": self.yes, "new_vote": self.new_vote}
        return told | ({"lot_at": self.lot_at} if self.lot_at else {})


def settled(rounds: Sequence[Sequence[Counted]], levels: Sequence[str], ranked: Sequence[int]) -> list[Counted]:
    """The list after all rounds: of each dossier what its last round found; levels from the highest, then the rest.

    Within a level who was seated in an earlier round stands first; the rest keeps the official order.
    """
    counted = [each for results in rounds for each in results]
    last = {each.application_id: each for each in counted}
    found = {each.application_id: place for place, each in enumerate(counted)}

    def order(each: Counted) -> tuple[int, int]:
        if each.level_key:
            return levels.index(each.level_key), found[each.application_id]
        return len(levels), ranked.index(each.application_id)

    return sorted(last.values(), key=order)


@dataclass(frozen=True)
class Departure:
    """A dossier passed over for a level by dossiers behind it in the official ranking."""

    passed: int
    level_key: str
    for_whom: tuple[int, ...]


def departures(listed: Sequence[Counted], candidates: Sequence[Candidate], levels: Sequence[str]) -> list[Departure]:
    """Where the list departs from the official order; for a dossier that waits for a new vote the seat is still open."""
    lost = {each.application_id: levels[: _place(each, levels)] for each in listed if not each.new_vote}
    seated = {level: {each.application_id for each in listed if each.level_key == level} for level in levels}
    of_each = (_departures_of(each, lost.get(each.id, ()), candidates, seated) for each in candidates)
    return [departure for found in of_each for departure in found]


def _place(counted: Counted, levels: Sequence[str]) -> int:
    return levels.index(counted.level_key) if counted.level_key else len(levels)


def _departures_of(
    passed: Candidate, lost: Sequence[str], candidates: Sequence[Candidate], seated: Mapping[str, Container[int]]
) -> list[Departure]:
    behind = [each.id for each in candidates if _is_behind(each, passed)]
    by_level = {level: tuple(each for each in behind if each in seated[level]) for level in lost}
    return [Departure(passed.id, level, ahead) for level, ahead in by_level.items() if ahead and level in passed.levels]


def _is_behind(candidate: Candidate, passed: Candidate) -> bool:
    return (inf if candidate.rank is None else candidate.rank) > (inf if passed.rank is None else passed.rank)


def missing_for_close(*, departs: bool, unfilled: Sequence[LocalText], reason: str) -> list[Message]:
    """Why a list may not stand without a word: it departs from the official order, or leaves empty what must be given."""
    if reason.strip():
        return []
    empty = (Message(N_("%(level)s名额应当授满，现有空缺，请写明理由。"), {"level": level}) for level in unfilled)
    order = (Message(N_("名单与官方排名的次序不一致，请写明理由。")),) if departs else ()
    return [*order, *empty]
