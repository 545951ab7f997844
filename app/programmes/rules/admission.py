"""What is awarded, who may apply, and how a dossier comes in."""

from dataclasses import dataclass
from itertools import combinations
from typing import Annotated

from app.kernel.words import LocalText
from app.programmes.rules.rows import row_by
from app.programmes.rules.values import (
    NAME,
    ApplicantKind,
    BodyKind,
    CheckKind,
    Count,
    FieldKind,
    FieldSection,
    Incident,
    IndustryCode,
    Institution,
    Key,
    Positive,
    Rank,
    Severity,
    Slug,
    Suffix,
    Years,
)

# --- what is awarded, to whom -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SeatLimit:
    kind: Annotated[ApplicantKind, NAME]
    seats: Count


@dataclass(frozen=True)
class ReservedSeats:
    tag: Key
    seats: Positive


@dataclass(frozen=True)
class Level:
    key: Key
    name: LocalText
    seats: Positive
    vacancy_allowed: bool
    kinds: tuple[ApplicantKind, ...]
    floor: Positive | None = None
    """Points of the combined score below which the seat stays empty."""
    limits: tuple[SeatLimit, ...] = ()
    reserved: tuple[ReservedSeats, ...] = ()
    reward: LocalText | None = None

    def open_without(self) -> dict[frozenset[str], int]:
        """By every choice of tags for which seats are kept: the seats that dossiers with none of them may have."""
        choices = (kept for size in range(len(self.reserved)) for kept in combinations(self.reserved, size + 1))
        return {frozenset(kept.tag for kept in each): self.seats - sum(kept.seats for kept in each) for each in choices}


@dataclass(frozen=True)
class Group:
    key: Key
    name: LocalText
    criteria: Slug
    kinds: tuple[ApplicantKind, ...]
    enabled: bool
    industries: tuple[IndustryCode, ...] = ()
    """Sections or divisions of GB/T 4754 that suggest this group."""


# --- who may apply ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class YearsException:
    tag: Key
    years: Years


@dataclass(frozen=True)
class LookBack:
    incident: Annotated[Incident, NAME]
    years: Years
    severity: Severity


@dataclass(frozen=True)
class WinnerBan:
    """Counted in editions, in years, or both; whichever still runs bars."""

    level: Key
    editions: Positive | None = None
    years: Years | None = None


@dataclass(frozen=True)
class Prerequisite:
    """An honour of this programme that must have been held for some years."""

    level: Key
    years: Count


@dataclass(frozen=True)
class EligibilityRule:
    within_region: bool
    institutions: tuple[Institution, ...]
    years_in_operation: Count
    years_of_quality_work: Count
    look_backs: tuple[LookBack, ...]
    excluded_ranks: tuple[Rank, ...]
    years_exceptions: tuple[YearsException, ...] = ()
    years_of_excellence: Years | None = None
    winner_bans: tuple[WinnerBan, ...] = ()
    parent_win: Severity | None = None
    """What an earlier win of the parent means for a subsidiary; nothing when absent."""
    prerequisites: tuple[Prerequisite, ...] = ()


# --- recommendation and formal check ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quota:
    body: Annotated[BodyKind, NAME]
    organisations: Count | None = None
    individuals: Count | None = None

    def places(self, kind: ApplicantKind) -> int | None:
        """None: no cap. Teams and governments count as organisations."""
        return self.individuals if kind is ApplicantKind.INDIVIDUAL else self.organisations


@dataclass(frozen=True)
class RecommendationRule:
    required: bool
    local_notice_working_days: Count
    internal_notice_working_days: Count
    opinion_required: bool
    quotas: tuple[Quota, ...]

    def quota(self, body: BodyKind) -> Quota:
        return row_by(self.quotas, "body", body)


@dataclass(frozen=True)
class CheckItem:
    key: Key
    kind: CheckKind
    text: LocalText
    kinds: tuple[ApplicantKind, ...]


@dataclass(frozen=True)
class Department:
    key: Key
    name: LocalText


@dataclass(frozen=True)
class FormalCheckRule:
    items: tuple[CheckItem, ...]
    departments: tuple[Department, ...]
    consultation_working_days: Count
    silence: Severity = Severity.WARNING
    """What a department's silence past its due time means for acceptance."""

    def items_for(self, kind: ApplicantKind) -> tuple[CheckItem, ...]:
        return tuple(item for item in self.items if kind in item.kinds)


@dataclass(frozen=True)
class CorrectionRule:
    rounds: Count
    working_days: Count


# --- the dossier --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    key: Key
    name: LocalText


@dataclass(frozen=True)
class FormField:
    key: Key
    section: FieldSection
    kind: FieldKind
    name: LocalText
    required: bool
    kinds: tuple[ApplicantKind, ...]
    unit: LocalText | None = None
    hint: LocalText | None = None
    maximum_characters: Positive | None = None
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class EvidenceKind:
    key: Key
    name: LocalText
    required: bool
    kinds: tuple[ApplicantKind, ...]
    hint: LocalText | None = None


@dataclass(frozen=True)
class DossierRule:
    overview_characters: Positive
    self_assessment_characters: Positive
    file_megabytes: Positive
    total_megabytes: Positive
    file_types: tuple[Suffix, ...]
    years_of_figures: Positive
    fields: tuple[FormField, ...]
    evidence: tuple[EvidenceKind, ...]

    def fields_for(self, kind: ApplicantKind) -> tuple[FormField, ...]:
        return tuple(field for field in self.fields if kind in field.kinds)

    def evidence_for(self, kind: ApplicantKind) -> tuple[EvidenceKind, ...]:
        return tuple(evidence for evidence in self.evidence if kind in evidence.kinds)
