"""The list of the pool: its facets with their counts, the search, the pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import SimpleNamespace

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_, select
from sqlalchemy.orm import aliased, selectinload

from app.experts.models import (
    EXPERT_KIND_LABELS,
    Expert,
    ExpertCertificate,
    ExpertIndustry,
    ExpertKind,
    ExpertRegion,
)
from app.experts.rules.cells import folded
from app.kernel import clock, industries
from app.kernel.database import db
from app.kernel.words import N_

PAGE_ROWS = 50
LONG_AGO_YEARS = 3
EXPORTED = SimpleNamespace(__tablename__="expert", id=None)
"""What an export looks at: nobody in particular."""

Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to; empty means all who are not removed."""

    search: str = ""
    province: str = ""
    section: str = ""
    kind: str = ""
    mark: str = ""
    page: int = 1

    @property
    def is_set(self) -> bool:
        return any((self.search, self.province, self.section, self.kind, self.mark))

    @property
    def asked(self) -> dict[str, str]:
        names = ("search", "province", "section", "kind", "mark")
        return {name: getattr(self, name) for name in names if getattr(self, name)}

    def to_page(self, page: int) -> dict[str, str]:
        return self.asked | {"page": str(page)}

    def but(self, **changed: str) -> dict[str, str]:
        return replace(self, **changed).asked  # type: ignore[arg-type]  # every facet is a text


@dataclass(frozen=True)
class Listing:
    experts: Sequence[Expert]
    total: int
    first: int

    @property
    def last(self) -> int:
        return self.first + len(self.experts) - 1


@dataclass(frozen=True)
class Chip:
    label: str
    value: str
    count: int


def pool(narrowed: Filter) -> Listing:
    given = conditions(narrowed)
    total = db.session.scalar(select(func.count()).select_from(Expert).where(*given)) or 0
    offset = (max(narrowed.page, 1) - 1) * PAGE_ROWS
    wanted = select(Expert).where(*given).order_by(Expert.number).offset(offset).limit(PAGE_ROWS)
    children = (Expert.regions, Expert.industries, Expert.certificates, Expert.absorbed, Expert.merged_into)
    found = db.session.scalars(wanted.options(*(selectinload(child) for child in children))).all()
    return Listing(found, total, offset + 1)


def conditions(narrowed: Filter) -> list[Condition]:
    return [*_standing(narrowed.mark), *_searched(narrowed), *_kind(narrowed.kind)]


def chips(narrowed: Filter) -> tuple[list[Chip], list[Chip]]:
    """The kinds and the marks, each with how many it would show beside the other filters; one statement for all."""
    kinds = {kind.value: label for kind, label in EXPERT_KIND_LABELS.items()}
    numbers = _counted(
        _searched(narrowed),
        [and_(*_standing(narrowed.mark), *_kind(kind)) for kind in kinds]
        + [and_(*_standing(mark), *_kind(narrowed.kind)) for mark in MARKS],
    )
    return _chips(kinds, numbers), _chips(MARKS, numbers[len(kinds) :])


def _chips(labels: Mapping[str, str], numbers: Sequence[int]) -> list[Chip]:
    return [Chip(label, value, n) for (value, label), n in zip(labels.items(), numbers, strict=False)]


def _counted(within: Sequence[Condition], counted: Sequence[Condition]) -> Sequence[int]:
    sums = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in counted]
    return list(db.session.execute(select(*sums).select_from(Expert).where(*within)).one())


def _standing(mark: str) -> list[Condition]:
    """Who is marked so; the removed are shown only where they are asked for."""
    return _mark(mark) if mark == "removed" else [Expert.removed_at.is_(None), *_mark(mark)]


def _searched(narrowed: Filter) -> list[Condition]:
    """Every word of the search, without width, case and spaces, in number, name, employer or specialty; an expert is found
    by a number that was merged into his, too."""
    found = [_has(folded(word)) for word in narrowed.search.split()]
    if narrowed.province:
        found.append(Expert.regions.any(ExpertRegion.region_code.startswith(narrowed.province[:2])))
    if narrowed.section:
        found.append(Expert.industries.any(ExpertIndustry.division.in_(_divisions(narrowed.section))))
    return found


def _has(word: str) -> Condition:
    older = aliased(Expert)
    by_old_number = func.lower(older.number).contains(word, autoescape=True)
    merged = select(older.merged_into_id).where(older.merged_into_id.is_not(None), by_old_number)
    return or_(Expert.searchable.contains(word, autoescape=True), Expert.id.in_(merged))


def _divisions(section: str) -> list[str]:
    return [industry.code for industry in industries.divisions(section)] if section in industries.SECTIONS else []


def _kind(kind: str) -> list[Condition]:
    if not kind:
        return []
    return [Expert.kind == kind if kind in set(ExpertKind) else false()]


# --- marks --------------------------------------------------------------------------------------------------------

MARKS: dict[str, str] = {
    "leads": N_("可任组长"),
    "away": N_("暂不参加"),
    "lacking": N_("资料不全"),
    "expired": N_("证书过期"),
    "unused": N_("三年未参加"),
    "unconfirmed": N_("今年未确认"),
    "removed": N_("已移出"),
}
NEEDED = ("title", "degree", "specialty", "employer_code")
NEEDED_LABELS: dict[str, str] = {
    "title": N_("职称"),
    "degree": N_("学历学位"),
    "specialty": N_("专业特长"),
    "employer_code": N_("单位统一社会信用代码"),
    "industries": N_("行业"),
    "certificates": N_("资格证书"),
}


def missing_of(expert: Expert) -> list[str]:
    """What a complete entry still lacks, as texts of the catalogue; an examiner needs a certificate, others do not."""
    needed = (*NEEDED, "industries", *(("certificates",) if expert.kind is ExpertKind.QUALITY else ()))
    return [NEEDED_LABELS[name] for name in needed if not getattr(expert, name)]


def expired_of(expert: Expert) -> list[ExpertCertificate]:
    today = clock.today()
    return [held for held in expert.certificates if held.expires_on is not None and held.expires_on < today]


def is_confirmed(expert: Expert) -> bool:
    return expert.confirmed_at is not None and expert.confirmed_at.astimezone(clock.BEIJING).year == clock.today().year


def _mark(mark: str) -> list[Condition]:
    today = clock.today()
    conditions_of: dict[str, Condition] = {
        "leads": Expert.may_lead.is_(True),
        "away": Expert.available.is_(False),
        "lacking": or_(
            *(getattr(Expert, name) == "" for name in NEEDED),
            not_(Expert.industries.any()),
            and_(Expert.kind == ExpertKind.QUALITY, not_(Expert.certificates.any())),
        ),
        "expired": Expert.certificates.any(ExpertCertificate.expires_on < today),
        "unused": or_(
            Expert.last_used_on.is_(None), Expert.last_used_on < today.replace(year=today.year - LONG_AGO_YEARS, day=1)
        ),
        "unconfirmed": or_(Expert.confirmed_at.is_(None), Expert.confirmed_at < _new_year(today)),
        "removed": Expert.removed_at.is_not(None),
    }
    return [conditions_of.get(mark, false())] if mark else []


def _new_year(today: date) -> datetime:
    return clock.start_of(date(today.year, 1, 1))
