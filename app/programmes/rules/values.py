"""The small vocabulary a rulebook is written in: kinds, and limits that a value must keep."""

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Annotated

from app.kernel.words import N_, Message


class ApplicantKind(StrEnum):
    ORGANISATION = "organisation"
    TEAM = "team"
    INDIVIDUAL = "individual"
    GOVERNMENT = "government"


class BodyKind(StrEnum):
    """Who may recommend."""

    CITY = "city"
    COUNTY = "county"
    ZONE = "zone"
    PROVINCE = "province"
    DEPARTMENT = "department"
    ASSOCIATION = "association"


class RegionLevel(StrEnum):
    """How far away an expert must come from; `none` for awards without such a rule."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    NONE = "none"


class ExpertRegion(StrEnum):
    EMPLOYER = "employer"
    RESIDENCE = "residence"
    REGISTRATION = "registration"


class RoundKind(StrEnum):
    PAPER = "paper"
    SITE = "site"
    DEFENCE = "defence"


class RoundMode(StrEnum):
    ADDEND = "addend"
    CORRECTION = "correction"


class ItemKind(StrEnum):
    PROCESS = "process"
    RESULT = "result"


class AggregationMethod(StrEnum):
    MEAN = "mean"
    WEIGHTED_MEAN = "weighted_mean"
    TRIMMED = "trimmed"
    MEDIAN = "median"
    GROUP_Z = "group_z"
    JUDGE_Z = "judge_z"

    @property
    def is_standardised(self) -> bool:
        return self in {AggregationMethod.GROUP_Z, AggregationMethod.JUDGE_Z}


class TrimFallback(StrEnum):
    """What becomes of scores that are too few to leave any out."""

    MEAN = "mean"
    MEDIAN = "median"
    CLOSEST_PAIR = "closest_pair"


class Spread(StrEnum):
    """Of which standard deviation a standardised score counts how many."""

    POPULATION = "population"
    SAMPLE = "sample"


class ConsensusWhen(StrEnum):
    """For which dossiers of a round the panel talks about its independent scores."""

    NEVER = "never"
    DIVERGENT = "divergent"
    ALWAYS = "always"


class ConfirmedBy(StrEnum):
    """Who must stand behind the percentages that the leader proposes, so that they are agreed."""

    LEADER = "leader"
    MAJORITY = "majority"
    ALL = "all"


class VotersCounted(StrEnum):
    """Of whom a majority is a share; who steps aside for a dossier is in neither."""

    PRESENT = "present"
    ALL = "all_members"


class BallotKind(StrEnum):
    """How a ballot paper asks: about each dossier by itself, or for at most as many as there are seats."""

    EACH = "each"
    UP_TO = "up_to"


class OvertimeMinutes(StrEnum):
    """Which minutes of overtime cost points: those that are over, or each that has begun."""

    FULL = "full"
    BEGUN = "begun"


class Rounding(StrEnum):
    HALF_EVEN = "half_even"
    HALF_UP = "half_up"


class Incident(StrEnum):
    QUALITY = "quality"
    SAFETY = "safety"
    ENVIRONMENT = "environment"
    PUBLIC_HEALTH = "public_health"
    SERIOUS_VIOLATION = "serious_violation"
    PENALTY = "penalty"
    CREDIT_BLACKLIST = "credit_blacklist"
    SPOT_CHECK = "spot_check"
    AWARD_FRAUD = "award_fraud"


class Institution(StrEnum):
    ENTERPRISE = "enterprise"
    HOSPITAL = "hospital"
    PRIMARY_SCHOOL = "primary_school"
    JUNIOR_SCHOOL = "junior_school"
    VOCATIONAL_SCHOOL = "vocational_school"
    SENIOR_SCHOOL = "senior_school"
    UNIVERSITY = "university"
    RESEARCH_INSTITUTE = "research_institute"
    SOCIAL_BODY = "social_body"
    NON_PROFIT = "non_profit"


class Rank(StrEnum):
    """Ranks of office a rule may exclude."""

    CIVIL_SERVANT = "civil_servant"
    DEPUTY_DEPARTMENT = "deputy_department"


class Severity(StrEnum):
    BAR = "bar"
    WARNING = "warning"


class CheckKind(StrEnum):
    CONDITION = "condition"
    COMPLETENESS = "completeness"
    VETO = "veto"


class FieldKind(StrEnum):
    TEXT = "text"
    PARAGRAPH = "paragraph"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    CREDIT_CODE = "credit_code"
    REGION = "region"
    INDUSTRY = "industry"
    YEARLY = "yearly"
    """One decimal for each of the dossier's `years_of_figures`."""


class LiftableRule(StrEnum):
    """Rules from which two named people may except one pair, where the rulebook allows it."""

    REGION = "region"
    CONFLICT = "conflict"


class GroupMode(StrEnum):
    """Whether experts keep to the industry group of the dossiers they read."""

    MIXED = "mixed"
    SEPARATE = "separate"
    CROSSING = "crossing"


class DrawPolicy(StrEnum):
    """How panels are chosen among the lawful ones."""

    BEST = "best"
    FAIREST = "fairest"
    RANDOM = "random"


class FieldSection(StrEnum):
    IDENTITY = "identity"
    PROFILE = "profile"
    FIGURES = "figures"
    DECLARATION = "declaration"
    CONTACT = "contact"


class ItemBasis(StrEnum):
    PUBLISHED = "published"
    COMMON = "common"
    DEFAULT = "default"


@dataclass(frozen=True)
class Between:
    """Both ends allowed; `above` excludes the lower end."""

    low: int
    high: int
    above: bool = False

    def admits(self, value: int | Fraction) -> bool:
        return (self.low < value if self.above else self.low <= value) and value <= self.high

    @property
    def expected(self) -> Message:
        values = {"low": self.low, "high": self.high}
        if self.above:
            return Message(N_("大于 %(low)s 且不超过 %(high)s"), values)
        return Message(N_("%(low)s 至 %(high)s 之间"), values)


@dataclass(frozen=True)
class Matches:
    pattern: str
    expected: Message

    def admits(self, value: str) -> bool:
        return re.fullmatch(self.pattern, value) is not None


@dataclass(frozen=True)
class Name:
    """Marks what identifies its row: no value of a regulation, and unique among its neighbours."""


@dataclass(frozen=True)
class Before:
    """Marks a key that came later: what held in rulebooks that were frozen before it existed."""

    value: object


NAME = Name()
SLUG = Matches(r"[a-z0-9]+([_-][a-z0-9]+)*", Message(N_("小写字母、数字、连字符或下划线组成的键，例如 paper")))
CODE = Matches(r"[0-9A-Za-z]+(\.[0-9A-Za-z]+)*", Message(N_("条款号，例如 4.1.2")))
REGION = Matches(
    r"[1-9]\d{5}|[A-Z]{2}", Message(N_("六位行政区划代码（GB/T 2260），例如 140000；全国性奖项为国家代码，例如 CN"))
)
INDUSTRY = Matches(r"[A-T](\d{2,4})?", Message(N_("国民经济行业代码（GB/T 4754），例如 C 或 C38")))
SUFFIX = Matches(r"[a-z0-9]{2,5}", Message(N_("文件扩展名，例如 pdf")))

Count = Annotated[int, Between(0, 1_000_000)]
Positive = Annotated[int, Between(1, 1_000_000)]
Percent = Annotated[int, Between(0, 100)]
Years = Annotated[int, Between(1, 100)]
CrossingPercent = Annotated[int, Between(1, 20)]
Decimals = Annotated[int, Between(0, 6)]
Schema = Annotated[int, Between(1, 1), NAME]
Share = Annotated[Fraction, Between(0, 1, above=True)]
Multiple = Annotated[Fraction, Between(1, 100)]
Slug = Annotated[str, SLUG]
Key = Annotated[str, SLUG, NAME]
Code = Annotated[str, CODE, NAME]
RegionCode = Annotated[str, REGION]
IndustryCode = Annotated[str, INDUSTRY]
Suffix = Annotated[str, SUFFIX]
