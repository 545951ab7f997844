"""An award"s rulebook: everything that one award does differently from another, as frozen data."""

from dataclasses import dataclass
from functools import cached_property

from app.kernel.words import LocalText
from app.programmes.rules.admission import (
    CheckItem,
    Choice,
    CorrectionRule,
    Department,
    DossierRule,
    EligibilityRule,
    EvidenceKind,
    FormalCheckRule,
    FormField,
    Group,
    Level,
    LookBack,
    Prerequisite,
    Quota,
    RecommendationRule,
    ReservedSeats,
    SeatLimit,
    WinnerBan,
    YearsException,
)
from app.programmes.rules.criteria import Band, Category, CriteriaSet, Item
from app.programmes.rules.review import (
    AggregationRule,
    CalendarStage,
    CommitteeRule,
    ConflictKind,
    DefenceRule,
    Majority,
    NoticeRule,
    ObjectionRule,
    PanelRule,
    RetentionRule,
    RoundRule,
    ScoringRule,
    VisitRule,
    WatchRule,
)
from app.programmes.rules.rows import row_by
from app.programmes.rules.values import ApplicantKind, Key, RegionCode, Schema, Years

__all__ = [
    "AggregationRule",
    "Band",
    "Basis",
    "CalendarStage",
    "Category",
    "CheckItem",
    "Choice",
    "CommitteeRule",
    "ConflictKind",
    "CorrectionRule",
    "CriteriaSet",
    "DefenceRule",
    "Department",
    "DossierRule",
    "EligibilityRule",
    "EvidenceKind",
    "FormField",
    "FormalCheckRule",
    "Group",
    "Item",
    "Level",
    "LookBack",
    "Majority",
    "NoticeRule",
    "ObjectionRule",
    "PanelRule",
    "Prerequisite",
    "Quota",
    "RecommendationRule",
    "ReservedSeats",
    "RetentionRule",
    "RoundRule",
    "Rulebook",
    "ScoringRule",
    "SeatLimit",
    "VisitRule",
    "WatchRule",
    "WinnerBan",
    "YearsException",
]


@dataclass(frozen=True)
class Basis:
    """Where a value comes from: a public source, or our default with its reason."""

    path: str
    published: bool
    text: LocalText


@dataclass(frozen=True)
class Rulebook:
    schema: Schema
    key: Key
    version: Key
    name: LocalText
    organiser: LocalText
    authority: LocalText
    """Who approves the proposed list."""
    region: RegionCode
    timezone: str
    cycle_years: Years
    levels: tuple[Level, ...]
    groups: tuple[Group, ...]
    eligibility: EligibilityRule
    recommendation: RecommendationRule
    formal_check: FormalCheckRule
    correction: CorrectionRule
    dossier: DossierRule
    rounds: tuple[RoundRule, ...]
    panel: PanelRule
    scoring: ScoringRule
    aggregation: AggregationRule
    committee: CommitteeRule
    notice: NoticeRule
    objection: ObjectionRule
    watch: WatchRule
    retention: RetentionRule
    calendar: tuple[CalendarStage, ...]
    bases: tuple[Basis, ...]
    criteria_sets: tuple[CriteriaSet, ...]

    def level(self, key: str) -> Level:
        return row_by(self.levels, "key", key)

    def group(self, key: str) -> Group:
        return row_by(self.groups, "key", key)

    def round(self, key: str) -> RoundRule:
        return row_by(self.rounds, "key", key)

    def round_after(self, key: str) -> RoundRule | None:
        place = self.rounds.index(self.round(key)) + 1
        return self.rounds[place] if place < len(self.rounds) else None

    def criteria(self, key: str) -> CriteriaSet:
        return row_by(self.criteria_sets, "key", key)

    def criteria_for(self, group_key: str) -> CriteriaSet:
        return self.criteria(self.group(group_key).criteria)

    def stage(self, key: str) -> CalendarStage:
        return row_by(self.calendar, "key", key)

    def basis(self, path: str) -> Basis:
        """The entry whose path is the longest that covers this one."""
        covering = [entry for entry in self.bases if path == entry.path or path.startswith(f"{entry.path}.")]
        if not covering:
            raise KeyError(path)
        return max(covering, key=lambda entry: len(entry.path))

    @property
    def total_seats(self) -> int:
        return sum(level.seats for level in self.levels)

    def seats_forward(self, round_key: str) -> int | None:
        """How many dossiers go on from this round; None: all that are not below a floor."""
        factor = self.round(round_key).advance_factor
        return None if factor is None else -(-self.total_seats * factor.numerator // factor.denominator)

    @property
    def enabled_groups(self) -> tuple[Group, ...]:
        return tuple(group for group in self.groups if group.enabled)

    @property
    def applicant_kinds(self) -> tuple[ApplicantKind, ...]:
        return tuple(kind for kind in ApplicantKind if any(kind in group.kinds for group in self.enabled_groups))

    @cached_property
    def region_prefix(self) -> str:
        """The digits of GB/T 2260 that every place inside the award's own region begins with; empty: a country."""
        digits = self.region if self.region.isdigit() else ""
        while digits.endswith("00"):
            digits = digits[:-2]
        return digits
