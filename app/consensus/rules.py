"""Consensus, purely: where a panel lies apart, what it proposes, who stands behind it, and what counts without agreement.

Percentages are whole numbers in the criteria's steps, totals integers in 1/20 point, medians fractions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median as middle

from app.kernel.exact import TWENTIETHS, rounded, score_twentieths
from app.kernel.words import N_, Message
from app.programmes.rules.review import AggregationRule, ScoringRule
from app.programmes.rules.values import AggregationMethod, ConfirmedBy, ConsensusWhen, TrimFallback

LEAST_TO_TALK = 2
TEXT_LIMIT = 1000
REPORT_LIMIT = 5000
SCHEMA = "zhiheng/panel-report/1"
SHADES = (0, 10, 20)
"""Distances from the median, in percentage points, up to which a cell of the heat map is plain, light or medium."""


# --- where the panel lies apart -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Independent:
    """One expert's independent sheet: percentages by item, total in 1/20 point."""

    expert: str
    percents: Mapping[str, int]
    total: int


@dataclass(frozen=True, slots=True)
class Spread:
    """One item over all sheets."""

    code: str
    lowest: int
    highest: int
    median: Fraction

    @property
    def points(self) -> int:
        return self.highest - self.lowest


@dataclass(frozen=True, slots=True)
class Disagreement:
    """`items` lie further apart than the rulebook lets stand, the widest first; `total` in 1/20 point is the totals' spread."""

    items: tuple[Spread, ...]
    total: int
    total_apart: bool

    @property
    def diverges(self) -> bool:
        return self.total_apart or bool(self.items)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(item.code for item in self.items)


def spread(code: str, percents: Sequence[int]) -> Spread:
    return Spread(code, min(percents), max(percents), middle(map(Fraction, percents)))


def spreads(sheets: Sequence[Independent], codes: Iterable[str]) -> list[Spread]:
    return [spread(code, [sheet.percents[code] for sheet in sheets]) for code in codes]


def disagreement(sheets: Sequence[Independent], codes: Sequence[str], rule: ScoringRule) -> Disagreement:
    """The rulebook's two triggers: an item, or the totals, more than so far apart. Fewer than two sheets never diverge."""
    if len(sheets) < LEAST_TO_TALK:
        return Disagreement((), 0, total_apart=False)
    apart = [found for found in spreads(sheets, codes) if found.points > rule.divergence_percent]
    apart.sort(key=lambda found: -found.points)
    totals = [sheet.total for sheet in sheets]
    between = max(totals) - min(totals)
    return Disagreement(tuple(apart), between, total_apart=between > rule.divergence_points * TWENTIETHS)


def is_called_for(when: ConsensusWhen, found: Disagreement, sheets: int) -> bool:
    """Whether the panel talks about a dossier whose independent scores are all in."""
    if when is ConsensusWhen.NEVER or sheets < LEAST_TO_TALK:
        return False
    return when is ConsensusWhen.ALWAYS or found.diverges


def shade(percent: int, median: Fraction) -> int:
    """How dark a cell of the heat map is, 0 to 3, by its distance from the item's median."""
    distance = abs(percent - median)
    return sum(distance > limit for limit in SHADES)


# --- what it proposes ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proposal:
    """One item as the leader proposes it."""

    code: str
    points: int
    percent: int | None
    reason: str = ""
    strengths: str = ""
    improvements: str = ""

    @property
    def twentieths(self) -> int:
        return 0 if self.percent is None else score_twentieths(self.points, self.percent)


def first_proposal(found: Spread, step: int, *, disputed: bool) -> int | None:
    """Where the panel lies close together it starts from its median, on the nearest step; where not, it must talk."""
    return None if disputed else int(rounded(found.median, Fraction(step)))


def needs_reason(percent: int, median: Fraction, step: int) -> bool:
    """A percentage that is not the step nearest to the panel's own median (either one where it lies between two)."""
    return abs(percent - median) * 2 > step


def total_twentieths(proposals: Iterable[Proposal]) -> int:
    return sum(proposal.twentieths for proposal in proposals)


def missing(proposals: Iterable[Proposal], medians: Mapping[str, Fraction], step: int) -> list[Message]:
    """What keeps the leader from proposing: an item without a percentage, or away from the median without a reason."""
    found = []
    for proposal in proposals:
        if proposal.percent is None:
            found.append(Message(N_("%(code)s：还没有合议的比例。"), {"code": proposal.code}))
        elif needs_reason(proposal.percent, medians[proposal.code], step) and not proposal.reason.strip():
            text = N_("%(code)s：合议的 %(percent)s%% 不是各位评分的中位数，请写明理由。")
            found.append(Message(text, {"code": proposal.code, "percent": proposal.percent}))
    return found


# --- who stands behind it -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tally:
    """The panel's answers to a proposal; the leader stands behind what he proposes."""

    members: int
    confirmed: int
    dissents: int

    @property
    def silent(self) -> int:
        return self.members - self.confirmed - self.dissents


def is_confirmed(tally: Tally, by: ConfirmedBy) -> bool:
    if by is ConfirmedBy.ALL:
        return tally.confirmed == tally.members
    return by is ConfirmedBy.LEADER or 2 * tally.confirmed > tally.members


def unconfirmed(tally: Tally, by: ConfirmedBy) -> list[Message]:
    """Why a proposal is not the panel's agreement yet."""
    if is_confirmed(tally, by):
        return []
    needed = tally.members if by is ConfirmedBy.ALL else tally.members // 2 + 1
    text = N_("合议须 %(needed)s 人确认，现在确认 %(confirmed)s 人，不同意 %(dissents)s 人，未答复 %(silent)s 人。")
    values = {"needed": needed, "confirmed": tally.confirmed, "dissents": tally.dissents, "silent": tally.silent}
    return [Message(text, values)]


# --- what counts without agreement --------------------------------------------------------------------------------


def fallback(sheets: int, rule: AggregationRule) -> AggregationMethod | TrimFallback:
    """How so many independent totals make one: the rulebook's method, or what it says where too few are there to trim."""
    if rule.method is AggregationMethod.TRIMMED and sheets < max(rule.trim_from, 2 * rule.trim_each + 1):
        return rule.trim_fallback
    return rule.method


# --- what is gathered and handed on -------------------------------------------------------------------------------


def gathered(texts: Iterable[str]) -> str:
    """The panel's lines on one item, each once and in the order of the sheets, as far as the field holds them."""
    lines = list(dict.fromkeys(line.strip() for text in texts for line in text.splitlines() if line.strip()))
    while len("\n".join(lines)) > TEXT_LIMIT:
        lines.pop()
    return "\n".join(lines)


def report_content(
    about: Mapping[str, object],
    proposals: Sequence[Proposal],
    answers: Sequence[Mapping[str, object]],
    *,
    total: int | None,
    text: str,
) -> dict[str, object]:
    """What the panel puts its name to, complete in itself; `total` is None where it did not agree."""
    return {
        "schema": SCHEMA,
        **about,
        "total_twentieths": total,
        "items": [
            {
                "code": entry.code,
                "points": entry.points,
                "percent": entry.percent,
                "reason": entry.reason,
                "strengths": entry.strengths,
                "improvements": entry.improvements,
            }
            for entry in proposals
        ],
        "answers": list(answers),
        "text": text,
    }
