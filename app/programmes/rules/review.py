"""How dossiers are reviewed, combined and decided, and what holds afterwards."""

from calendar import isleap
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Annotated

from app.kernel.words import LocalText
from app.programmes.rules.rows import row_by
from app.programmes.rules.values import (
    AggregationMethod,
    BallotKind,
    Before,
    ConfirmedBy,
    ConsensusWhen,
    Count,
    CrossingPercent,
    Decimals,
    DrawPolicy,
    ExpertRegion,
    GroupMode,
    Key,
    LiftableRule,
    Multiple,
    OvertimeMinutes,
    Percent,
    Positive,
    RegionLevel,
    Rounding,
    RoundKind,
    RoundMode,
    Share,
    Slug,
    Spread,
    TrimFallback,
    VotersCounted,
)

# --- rounds, panels, scores ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class VisitRule:
    days: Positive
    team_named: Annotated[bool, Before(value=False)]
    """The applicant reads before the visit who comes."""
    change_needs_reason: Annotated[bool, Before(value=False)]
    """Whoever gives an item another percentage than before the visit says why."""


@dataclass(frozen=True)
class DefenceRule:
    statement_minutes: Positive
    question_minutes: Positive
    drawn_questions: Count
    order_by_lot: bool
    overtime_grace_minutes: Count | None = None
    overtime_points_per_minute: Count | None = None
    overtime_minutes: OvertimeMinutes | None = None
    """Which minutes of overtime count; None: the full ones, as before the key existed."""


@dataclass(frozen=True)
class RoundRule:
    key: Key
    kind: RoundKind
    name: LocalText
    panel_size: Positive
    panel_minimum: Positive
    panel_maximum: Positive
    leader_required: bool
    minimum_reviews: Positive
    load_limit: Positive
    """Dossiers one expert may hold in this round."""
    blind: bool
    """The experts do not see who the applicant is."""
    consensus: Annotated[ConsensusWhen, Before(ConsensusWhen.NEVER)]
    """For which dossiers the panel talks once all independent scores are in."""
    practice: Annotated[bool, Before(value=False)]
    """Every expert scores the practice case before his first dossier opens."""
    mode: RoundMode
    weight: Percent | None = None
    """Per cent of the combined score, for an addend."""
    correction_bound: Positive | None = None
    """Points by which a correction may move the combined score, up or down."""
    advance_factor: Multiple | None = None
    """How many dossiers go on, as a multiple of all seats; None: all."""
    notice_working_days: Positive | None = None
    """A public notice of those who go on, before the next round."""
    visit: VisitRule | None = None
    defence: DefenceRule | None = None


@dataclass(frozen=True)
class ConflictKind:
    key: Key
    name: LocalText


FORMER_EMPLOYER = "former_employer"
AVOIDED = "avoided"
"""The kind of an expert whom the applicant asks to be kept away."""
DIGITS = {RegionLevel.PROVINCE: 2, RegionLevel.CITY: 4, RegionLevel.COUNTY: 6, RegionLevel.NONE: None}


@dataclass(frozen=True)
class PanelRule:
    region_level: RegionLevel
    expert_regions: tuple[ExpertRegion, ...]
    leader_outside_award_region: bool
    minimum_industry_experts: Count
    minimum_examiners: Count
    one_per_employer: bool
    minimum_provinces: Annotated[Positive, Before(1)]
    """From so many provinces the experts of each panel come at least."""
    former_region_years: Annotated[Count, Before(0)]
    """A place that an expert left still counts for so many years; 0: only where the expert is today."""
    groups: Annotated[GroupMode, Before(GroupMode.MIXED)]
    """Whether experts serve any dossiers, those of one industry group only, or one group but for reviews that cross."""
    draw_policies: Annotated[tuple[DrawPolicy, ...], Before(tuple(DrawPolicy))]
    """How panels may be chosen; a draw begins with the first of them."""
    highest_chance: Annotated[Share, Before(Fraction(1, 2))]
    """In a random draw no expert comes onto any panel with a higher chance, pinned pairs apart."""
    exceptions: Annotated[tuple[LiftableRule, ...], Before(())]
    """Rules that two named people may lift for one pair; empty: none, whoever asks."""
    conflict_window_years: Count
    """An interest that has ended still bars for so many years."""
    avoid_limit: Annotated[Count, Before(0)]
    """Experts whom an applicant may ask to be kept away; 0: none."""
    conflicts: tuple[ConflictKind, ...]
    candidates_barred: bool
    """Who is a candidate of this edition, or whose employer is, does not serve."""
    yearly_load_limit: Positive
    crossing_percent: CrossingPercent | None = None
    """Of all reviews of a round so many at most cross from one industry group to another, where `groups` says crossing."""
    no_repeat_rounds: tuple[Slug, ...] = ()
    """Rounds between which nobody reviews the same applicant twice."""
    age_limit: Positive | None = None

    @property
    def region_digits(self) -> int | None:
        """Leading digits of GB/T 2260 that must differ between expert and applicant; None: no such rule."""
        return DIGITS[self.region_level]

    @property
    def counted_places(self) -> tuple[str, ...]:
        """The kinds of an expert's places that count; an earlier employer's where the window reaches back."""
        reaches_back = self.former_region_years and ExpertRegion.EMPLOYER in self.expert_regions
        return (*self.expert_regions, *((FORMER_EMPLOYER,) if reaches_back else ()))

    def places_since(self, day: date) -> date:
        """A place that was left before counts no longer for what is decided on this day."""
        return years_before(day, self.former_region_years)

    def conflicts_since(self, day: date) -> date:
        """An interest that ended before bars no longer."""
        return years_before(day, self.conflict_window_years)


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; the 29th of February becomes the 28th."""
    year = max(day.year - years, date.min.year)
    leap_day_missing = (day.month, day.day) == (2, 29) and not isleap(year)
    return day.replace(year=year, day=28 if leap_day_missing else day.day)


def years_after(day: date, years: int) -> date:
    return years_before(day, -years)


@dataclass(frozen=True)
class ScoringRule:
    step_percent: Positive
    divergence_points: Positive
    """Spread of two totals on one dossier above which the panel must talk."""
    divergence_percent: Percent
    """The same for one item, in percentage points."""


@dataclass(frozen=True)
class AggregationRule:
    consensus: bool
    """An agreed percentage of the panel replaces the individual ones."""
    confirmed_by: Annotated[ConfirmedBy, Before(ConfirmedBy.ALL)]
    """Whose confirmation makes the leader's proposal the panel's agreement."""
    method: AggregationMethod
    """Of the independent totals; also what counts where a panel talked and did not agree."""
    trim_from: Positive
    """Scores needed before the highest and the lowest are left out."""
    trim_each: Count
    trim_fallback: Annotated[TrimFallback, Before(TrimFallback.MEAN)]
    """What counts below that."""
    decimals: Decimals
    rounding: Rounding
    ties: tuple[Slug, ...]
    """Decided in this order: `results`, `median`, `head_to_head`, the key of a round; at the end `committee`, `lot` or both."""
    leader_weight: Multiple | None = None
    """A leader's total counts so many times as much as a member's, in a weighted mean."""
    spread: Spread | None = None
    """Standard deviation of standardised scores."""


# --- decision and after -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Majority:
    level: Key
    share: Share
    strict: bool
    """More than the share, rather than at least."""

    def reached(self, *, yes: int, voters: int) -> bool:
        return yes > self.share * voters if self.strict else voters > 0 and yes >= self.share * voters


@dataclass(frozen=True)
class CommitteeRule:
    quorum: Share
    secret: bool
    blind_papers: bool
    scores_shown: Annotated[bool, Before(value=True)]
    """The papers carry the combined scores, not only the order."""
    term_years: Annotated[Count, Before(0)]
    """How long a member's term is at most; 0: no term."""
    terms: Annotated[Count, Before(0)]
    """Terms in a row at most; 0: not limited."""
    ballot: Annotated[BallotKind, Before(BallotKind.EACH)]
    counted_of: Annotated[VotersCounted, Before(VotersCounted.PRESENT)]
    """Of whom the majorities are a share."""
    rounds: Annotated[Positive, Before(1)]
    """Rounds of voting within one session at most, when too many or too few pass."""
    majorities: tuple[Majority, ...]

    def majority(self, level: str) -> Majority:
        return row_by(self.majorities, "level", level)


@dataclass(frozen=True)
class NoticeRule:
    working_days: Positive


@dataclass(frozen=True)
class ObjectionRule:
    working_days: Positive
    extension_working_days: Count
    """By so many the term of an inquiry may be made longer, each time."""
    extensions: Annotated[Count, Before(1)]
    """How many times."""
    real_name: bool
    evidence_required: bool


@dataclass(frozen=True)
class WatchRule:
    years: Count
    yearly_declaration: bool
    declaration_days: Annotated[Positive, Before(30)]
    """After each anniversary of the approval: until then the declaration for the year past is due."""
    reminder_days: Annotated[Count, Before(7)]
    """So many days before it is due, whoever has not declared is reminded."""
    fraud_ban_editions: Count | None = None
    """None: barred for ever."""
    incident_ban_editions: Count = 1


@dataclass(frozen=True)
class RetentionRule:
    review_years: Positive
    personal_data_years: Positive
    decision_permanent: bool


@dataclass(frozen=True)
class CalendarStage:
    key: Key
    name: LocalText
    days: Positive
