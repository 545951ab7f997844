"""Reads of the expert pool: the list with its filters, one expert, an import and its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import selectinload

from app.accounts.models import RoleGrant, User
from app.experts.models import EXPERT_KIND_LABELS, Expert, ExpertIndustry, ExpertKind, ExpertRegion, PoolImport
from app.experts.models import ExpertRegionKind as RegionKind
from app.experts.rules import BY_KEY, ExpertEntry, PoolFacts
from app.kernel import industries, regions
from app.kernel.actor import Role
from app.kernel.database import db
from app.kernel.words import N_, LocalText, Message

PAGE_ROWS = 50
NEVER_EXPERTS = (Role.APPLICANT, Role.RECOMMENDER, Role.OFFICE, Role.SUPERVISOR, Role.OPERATOR)
YES, NO = Message(N_("是")), Message(N_("否"))
REGION_COLUMNS = frozenset({"employer_region", "residence_region", "former_regions"})

Shown = str | Message | LocalText


@dataclass(frozen=True)
class Filter:
    """What the list is narrowed to; empty means all."""

    search: str = ""
    province: str = ""
    section: str = ""
    kind: str = ""
    may_lead: str = ""
    available: str = ""
    page: int = 1

    @property
    def is_set(self) -> bool:
        return any((self.search, self.province, self.section, self.kind, self.may_lead, self.available))

    def to_page(self, page: int) -> dict[str, str]:
        names = ("search", "province", "section", "kind", "may_lead", "available")
        return {name: getattr(self, name) for name in names if getattr(self, name)} | {"page": str(page)}


@dataclass(frozen=True)
class Listing:
    experts: Sequence[Expert]
    total: int
    first: int

    @property
    def last(self) -> int:
        return self.first + len(self.experts) - 1


def pool(narrowed: Filter) -> Listing:
    conditions = list(_conditions(narrowed))
    total = db.session.scalar(select(func.count()).select_from(Expert).where(*conditions)) or 0
    offset = (max(narrowed.page, 1) - 1) * PAGE_ROWS
    wanted = select(Expert).where(*conditions).order_by(Expert.number).offset(offset).limit(PAGE_ROWS)
    found = db.session.scalars(wanted.options(selectinload(Expert.regions), selectinload(Expert.industries))).all()
    return Listing(found, total, offset + 1)


def _conditions(narrowed: Filter) -> Sequence[ColumnElement[bool]]:
    asked = (
        (narrowed.search, _matching(narrowed.search)),
        (narrowed.province, Expert.regions.any(ExpertRegion.region_code.startswith(narrowed.province[:2]))),
        (narrowed.section, Expert.industries.any(ExpertIndustry.division.in_(_divisions(narrowed.section)))),
        (narrowed.kind, Expert.kind == narrowed.kind if narrowed.kind in set(ExpertKind) else true()),
        (narrowed.may_lead, Expert.may_lead.is_(narrowed.may_lead == "1")),
        (narrowed.available, Expert.available.is_(narrowed.available == "1")),
    )
    return [condition for value, condition in asked if value]


def _matching(text: str) -> ColumnElement[bool]:
    return or_(
        Expert.name.contains(text, autoescape=True),
        Expert.employer.contains(text, autoescape=True),
        Expert.number.contains(text, autoescape=True),
    )


def _divisions(section: str) -> list[str]:
    return [industry.code for industry in industries.divisions(section)] if section in industries.SECTIONS else []


def find_expert(expert_id: int) -> Expert | None:
    return db.session.get(Expert, expert_id)


def find_by_number(number: str) -> Expert | None:
    return db.session.scalar(select(Expert).where(Expert.number == number.strip().upper()))


def find_import(import_id: int) -> PoolImport | None:
    return db.session.get(PoolImport, import_id)


def recent_imports() -> Sequence[Any]:
    """The last ten imports, without their rows."""
    columns = (PoolImport.id, PoolImport.filename, PoolImport.uploaded_at, PoolImport.counts, PoolImport.state)
    return db.session.execute(select(*columns).order_by(PoolImport.id.desc()).limit(10)).all()


def pool_facts() -> PoolFacts:
    """The whole pool as the rules of an import want it."""
    everybody = db.session.scalars(
        select(Expert).options(selectinload(Expert.regions), selectinload(Expert.industries))
    ).all()
    foreign = select(User.email).join(RoleGrant).where(RoleGrant.role.in_(NEVER_EXPERTS)).distinct()
    return PoolFacts(
        {expert.number: entry_of(expert) for expert in everybody},
        frozenset(expert.number for expert in everybody if expert.removed_at is not None),
        frozenset(db.session.scalars(select(User.email))),
        frozenset(db.session.scalars(foreign)),
    )


def entry_of(expert: Expert) -> ExpertEntry:
    codes = {kind: sorted(r.region_code for r in expert.regions if r.kind == kind) for kind in RegionKind}
    return ExpertEntry(
        number=expert.number,
        name=expert.name,
        email=expert.email,
        kind=expert.kind.value,
        title=expert.title,
        specialty=expert.specialty,
        employer=expert.employer,
        employer_code=expert.employer_code,
        employer_region="".join(codes[RegionKind.EMPLOYER][:1]),
        residence_region="".join(codes[RegionKind.RESIDENCE][:1]),
        former_regions=tuple(codes[RegionKind.FORMER_EMPLOYER]),
        industries=tuple(sorted(known.division for known in expert.industries)),
        may_lead=expert.may_lead,
        max_load=expert.max_load,
        available=expert.available,
    )


# --- an import's rows as they are shown ---------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownChange:
    column: LocalText
    old: list[Shown]
    new: list[Shown]


@dataclass(frozen=True)
class ShownRow:
    """One row of a preview: its number in the file, whom it is about, and what is wrong or would change."""

    row: int
    number: str
    name: str
    employer: str
    reasons: list[tuple[LocalText, Message]]
    changes: list[ShownChange]
    values: list[tuple[LocalText, list[Shown]]]


def import_rows(pool_import: PoolImport, verdict: str) -> list[ShownRow]:
    return [_shown_row(row) for row in pool_import.rows if row["verdict"] == verdict]


def _shown_row(row: dict[str, Any]) -> ShownRow:
    texts = row["texts"]
    return ShownRow(
        row["row"],
        texts.get("number", ""),
        texts.get("name", ""),
        texts.get("employer", ""),
        [(BY_KEY[r["column"]].name, Message(r["text"], r["values"])) for r in row["reasons"]],
        [ShownChange(BY_KEY[c["column"]].name, _values(c, "old"), _values(c, "new")) for c in row["changes"]],
        [(BY_KEY[key].name, [text]) for key, text in texts.items() if text],
    )


def _values(change: dict[str, Any], side: str) -> list[Shown]:
    value = change[side]
    return [shown(change["column"], part) for part in (value if isinstance(value, list) else [value])]


def shown(column: str, value: Any) -> Shown:
    """One value as a person reads it: codes with their names, yes and no in words."""
    if isinstance(value, bool):
        return YES if value else NO
    if column in REGION_COLUMNS and value:
        return Message("%(code)s %(name)s", {"code": value, "name": regions.full_name(value)})
    if column == "industries" and (industry := industries.find(value)):
        return Message("%(code)s %(name)s", {"code": value, "name": industry.name})
    return Message(EXPERT_KIND_LABELS[ExpertKind(value)]) if column == "kind" else str(value)
