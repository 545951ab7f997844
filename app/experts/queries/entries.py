"""Experts as the plain entries that the rules of an import and of a form want: read column by column, not object by object."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import aliased

from app.accounts.models import RoleGrant, User
from app.experts.models import Expert, ExpertBlocked, ExpertCertificate, ExpertIndustry, ExpertRegion
from app.experts.models import ExpertRegionKind as RegionKind
from app.experts.rules import ExpertEntry, PoolFacts
from app.experts.rules.cells import Certificate, Place, Span
from app.kernel.actor import Role
from app.kernel.database import db

NEVER_EXPERTS = (Role.APPLICANT, Role.RECOMMENDER, Role.OFFICE, Role.SUPERVISOR, Role.OPERATOR)
PLAIN: tuple[str, ...] = (
    "number",
    "name",
    "email",
    "title",
    "specialty",
    "degree",
    "employer",
    "employer_code",
    "may_lead",
    "max_load",
    "min_load",
    "available",
)
Texts = dict[int, list[str]]


def pool_facts() -> PoolFacts:
    """The whole pool as the rules of an import want it."""
    foreign = select(User.email).join(RoleGrant).where(RoleGrant.role.in_(NEVER_EXPERTS)).distinct()
    return PoolFacts(
        {entry.number: entry for entry in entries().values()},
        frozenset(db.session.scalars(select(Expert.number).where(Expert.removed_at.is_not(None)))),
        frozenset(db.session.scalars(select(User.email))),
        frozenset(db.session.scalars(foreign)),
        _merged(),
    )


def _merged() -> dict[str, str]:
    """The numbers that were merged, with the number that goes on for each."""
    into = aliased(Expert)
    pairs = select(Expert.number, into.number).join(into, into.id == Expert.merged_into_id)
    return dict(db.session.execute(pairs).all())


def fingerprint() -> tuple[int, ...]:
    """Changes with every change of an expert or of the accounts: whether facts that were read are still true."""
    experts = db.session.execute(
        select(func.count(), func.coalesce(func.sum(Expert.version), 0), func.count(Expert.removed_at))
    ).one()
    accounts = db.session.execute(select(func.count(), func.coalesce(func.max(User.id), 0))).one()
    grants = db.session.execute(select(func.count(), func.coalesce(func.max(RoleGrant.id), 0))).one()
    return (*experts, *accounts, *grants)


def entry_of(expert: Expert) -> ExpertEntry:
    return entries(Expert.id == expert.id)[expert.id]


def entries(*conditions: ColumnElement[bool]) -> dict[int, ExpertEntry]:
    """By the expert's id; a fixed number of statements for any number of experts."""
    columns = [getattr(Expert, name) for name in (*PLAIN, "kind", "criteria", "languages")]
    places = _places(_of(conditions, ExpertRegion.expert_id, *_region_columns()))
    industries = _texts(_of(conditions, ExpertIndustry.expert_id, ExpertIndustry.division))
    certificates = _certificates(conditions)
    blocked = _blocked(conditions)
    rows = db.session.execute(select(Expert.id, *columns).where(*conditions).order_by(Expert.number)).mappings()
    return {
        row["id"]: ExpertEntry(
            **{name: row[name] for name in PLAIN},
            **places[row["id"]].fields,
            kind=row["kind"].value,
            criteria=tuple(row["criteria"]),
            languages=tuple(row["languages"]),
            industries=tuple(sorted(industries[row["id"]])),
            certificates=tuple(sorted(certificates[row["id"]])),
            blocked=tuple(sorted(blocked[row["id"]])),
        )
        for row in rows
    }


def _of(conditions: Iterable[ColumnElement[bool]], expert_id: Any, *columns: Any) -> Select[Any]:
    wanted = select(expert_id, *columns)
    given = tuple(conditions)
    return wanted.join(Expert, Expert.id == expert_id).where(*given) if given else wanted


def _texts(found: Select[Any]) -> Texts:
    texts: Texts = defaultdict(list)
    for expert_id, text in db.session.execute(found):
        texts[expert_id].append(text)
    return texts


def _certificates(conditions: Iterable[ColumnElement[bool]]) -> Texts:
    texts: Texts = defaultdict(list)
    columns = (ExpertCertificate.name, ExpertCertificate.number, ExpertCertificate.expires_on)
    for expert_id, name, number, expires_on in db.session.execute(
        _of(conditions, ExpertCertificate.expert_id, *columns)
    ):
        texts[expert_id].append(Certificate(name, number, expires_on).text)
    return texts


def _blocked(conditions: Iterable[ColumnElement[bool]]) -> Texts:
    texts: Texts = defaultdict(list)
    found = _of(conditions, ExpertBlocked.expert_id, ExpertBlocked.first_day, ExpertBlocked.last_day)
    for expert_id, first_day, last_day in db.session.execute(found):
        texts[expert_id].append(Span(first_day, last_day).text)
    return texts


# --- where they are and were --------------------------------------------------------------------------------------


@dataclass
class _Places:
    """The fields of an entry that come out of the dated region facts; a place that is over is no field, but kept."""

    current: dict[RegionKind, tuple[str, str]] = field(default_factory=dict)
    former: list[str] = field(default_factory=list)

    def take(self, kind: RegionKind, code: str, since: date | None, until: date | None) -> None:
        if kind is RegionKind.FORMER_EMPLOYER:
            self.former.append(Place(code, Span(since, until)).text)
        elif until is None:
            self.current[kind] = (code, since.isoformat() if since else "")

    @property
    def fields(self) -> Mapping[str, Any]:
        employer, employer_since = self.current.get(RegionKind.EMPLOYER, ("", ""))
        residence, residence_since = self.current.get(RegionKind.RESIDENCE, ("", ""))
        return {
            "employer_region": employer,
            "employer_since": employer_since,
            "residence_region": residence,
            "residence_since": residence_since,
            "registration_region": self.current.get(RegionKind.REGISTRATION, ("", ""))[0],
            "former_regions": tuple(sorted(self.former)),
        }


def _region_columns() -> tuple[Any, ...]:
    return ExpertRegion.kind, ExpertRegion.region_code, ExpertRegion.since, ExpertRegion.until


def _places(found: Select[Any]) -> dict[int, _Places]:
    places: dict[int, _Places] = defaultdict(_Places)
    for expert_id, kind, code, since, until in db.session.execute(found):
        places[expert_id].take(kind, code, since, until)
    return places
