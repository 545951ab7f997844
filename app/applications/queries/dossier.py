"""A dossier as one value: what is frozen at submission, and how it is read on a page."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select

from app.applications.models import (
    APPLICANT_KIND_LABELS,
    APPLICANT_REGION_LABELS,
    ApplicantRegionKind,
    Application,
    DossierSection,
    Receipt,
)
from app.applications.queries.rows import evidence_files, rulebook_for
from app.applications.rules.readiness import DossierFacts
from app.applications.rules.sections import EVIDENCE, OVERVIEW, Section, item_key, sections_of
from app.kernel import industries, regions
from app.kernel.database import db
from app.kernel.words import N_, LocalText, Message
from app.programmes.models import Edition
from app.programmes.queries import period
from app.programmes.rules.admission import FormField
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import ApplicantKind, FieldKind

Words = Message | LocalText
Content = dict[str, Any]
REGION_ORDER = [kind.value for kind in ApplicantRegionKind]


@dataclass(frozen=True)
class Line:
    """`key` is the form field's own; empty for what is told of the applicant itself."""

    name: Words
    value: Words | str
    is_long: bool = False
    key: str = ""


@dataclass(frozen=True)
class Figures:
    """One row of the yearly figures; `values` in the order of the dossier's years."""

    name: Words
    unit: Words | None
    values: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    key: str
    title: Words
    lines: tuple[Line, ...]
    figures: tuple[Figures, ...] = ()


@dataclass(frozen=True)
class ItemText:
    code: str
    name: LocalText
    points: int
    text: str


@dataclass(frozen=True)
class CategoryText:
    code: str
    name: LocalText
    points: int
    items: tuple[ItemText, ...]


@dataclass(frozen=True)
class FileLine:
    id: int
    kind: Words
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Dossier:
    """What `applications/dossier_text.html` shows; experts get it through their assignment."""

    application_id: int
    number: str
    version: int
    name: str
    kind: str
    group: LocalText
    years: tuple[int, ...]
    parts: tuple[Part, ...]
    overview_title: Words
    overview: str
    categories: tuple[CategoryText, ...]
    files: tuple[FileLine, ...]

    @property
    def total_size(self) -> int:
        return sum(file.size for file in self.files)


def figure_years(edition: Edition, rulebook: Rulebook) -> tuple[int, ...]:
    """The last complete years before the call opened, the earliest first."""
    opening = period(edition, "application")
    since = opening.opens_at if opening else edition.created_at
    year = since.astimezone(ZoneInfo(edition.time_zone)).year
    return tuple(range(year - rulebook.dossier.years_of_figures, year))


def texts_of(application: Application) -> dict[str, str]:
    rows = db.session.execute(
        select(DossierSection.key, DossierSection.text).where(DossierSection.application_id == application.id)
    )
    return {key: text for key, text in rows if text}


def facts_of(application: Application) -> DossierFacts:
    """The dossier as the rule of readiness sees it."""
    return DossierFacts(
        application.kind,
        application.group_key,
        application.answers,
        texts_of(application),
        frozenset(file.section_key for file in evidence_files(application)),
    )


def content_of(application: Application) -> Content:
    """Everything of the dossier as it stands now, ready for canonical JSON."""
    return {
        "application": application.id,
        "edition": application.edition.code,
        "number": application.number,
        "applicant": {
            "kind": application.kind.value,
            "name": application.name,
            "credit_code": application.credit_code,
            "region": application.region_code,
            "industry": application.industry_code,
        },
        "group": application.group_key,
        "regions": sorted(
            ({"kind": place.kind.value, "code": place.region_code} for place in application.regions),
            key=lambda place: (REGION_ORDER.index(place["kind"]), place["code"]),
        ),
        "years": list(figure_years(application.edition, rulebook_for(application))),
        "answers": application.answers,
        "texts": texts_of(application),
        "files": [
            {
                "id": file.id,
                "section": file.section_key,
                "name": file.filename,
                "type": file.media_type,
                "size": file.size,
                "sha256": file.sha256,
            }
            for file in evidence_files(application)
        ],
    }


def current_dossier(application: Application) -> Dossier:
    """As the applicant has it now."""
    return read_content(content_of(application), rulebook_for(application))


LAST_RECEIPT = (
    select(Receipt.content, Receipt.version_number)
    .where(Receipt.application_id == bindparam("application_id"))
    .order_by(Receipt.version_number.desc())
    .limit(1)
)
"""Put together once: every scoring form asks it."""


def submitted_dossier(application_id: int, rulebook: Rulebook) -> Dossier | None:
    """The version handed in last, in one statement; None before the first submission."""
    receipt = db.session.execute(LAST_RECEIPT, {"application_id": application_id}).one_or_none()
    return None if receipt is None else read_content(receipt.content, rulebook, version=receipt.version_number)


def read_content(content: Content, rulebook: Rulebook, *, version: int = 0) -> Dossier:
    kind = ApplicantKind(content["applicant"]["kind"])
    sections = sections_of(rulebook, kind, content["group"])
    return Dossier(
        application_id=content["application"],
        number=content["number"],
        version=version,
        name=content["applicant"]["name"],
        kind=kind.value,
        group=rulebook.group(content["group"]).name,
        years=tuple(content["years"]),
        parts=tuple(_part(section, content) for section in sections if section.part == "form"),
        overview_title=next(section.title for section in sections if section.key == OVERVIEW),
        overview=content["texts"].get(OVERVIEW, ""),
        categories=_categories(rulebook, content),
        files=_files(rulebook, content),
    )


def _files(rulebook: Rulebook, content: Content) -> tuple[FileLine, ...]:
    evidence = {row.key: row.name for row in rulebook.dossier.evidence}
    return tuple(
        FileLine(file["id"], evidence[file["section"]], file["name"], file["type"], file["size"], file["sha256"])
        for file in content["files"]
    )


def _categories(rulebook: Rulebook, content: Content) -> tuple[CategoryText, ...]:
    texts: Mapping[str, str] = content["texts"]
    return tuple(
        CategoryText(
            category.code,
            category.name,
            category.points,
            tuple(
                ItemText(item.code, item.name, item.points, texts.get(item_key(item.code), ""))
                for item in category.items
            ),
        )
        for category in rulebook.criteria_for(content["group"]).categories
    )


def _part(section: Section, content: Content) -> Part:
    return Part(section.key, section.title, tuple(_lines(section, content)), tuple(_figures(section, content)))


def _lines(section: Section, content: Content) -> Iterator[Line]:
    if section.key == "identity":
        yield from _identity(content)
    answers = content["answers"]
    for field in section.fields:
        if field.kind is not FieldKind.YEARLY:
            yield Line(field.name, _shown(field, answers.get(field.key)), field.kind is FieldKind.PARAGRAPH, field.key)


def _figures(section: Section, content: Content) -> Iterator[Figures]:
    years = list(map(str, content["years"]))
    for field in section.fields:
        if field.kind is FieldKind.YEARLY:
            kept = content["answers"].get(field.key) or {}
            yield Figures(field.name, field.unit, tuple(kept.get(year, "") for year in years))


def _identity(content: Content) -> Iterator[Line]:
    applicant = content["applicant"]
    kind = APPLICANT_KIND_LABELS[ApplicantKind(applicant["kind"])]
    yield Line(Message(N_("名称或姓名")), applicant["name"])
    yield Line(Message(N_("申报者类型")), Message(kind))
    yield Line(Message(N_("统一社会信用代码")), applicant["credit_code"])
    yield Line(Message(N_("国民经济行业")), _industry(applicant["industry"]))
    for place in content["regions"]:
        label = APPLICANT_REGION_LABELS[ApplicantRegionKind(place["kind"])]
        yield Line(Message(label), regions.full_name(place["code"]))


def _shown(field: FormField, kept: Any) -> Words | str:
    if field.kind is FieldKind.YES_NO:
        return Message(N_("是") if kept else N_("否"))
    if not kept:
        return ""
    if field.kind is FieldKind.CHOICE:
        return next(choice.name for choice in field.choices if choice.key == kept)
    return NAMED.get(field.kind, str)(kept)


def _industry(code: str) -> LocalText | str:
    industry = industries.find(code)
    return industry.name if industry else code


NAMED: dict[FieldKind, Callable[[str], LocalText | str]] = {
    FieldKind.REGION: regions.full_name,
    FieldKind.INDUSTRY: _industry,
}
"""What is kept as a code and read as a name."""


__all__ = [
    "EVIDENCE",
    "CategoryText",
    "Dossier",
    "FileLine",
    "ItemText",
    "Line",
    "Part",
    "content_of",
    "current_dossier",
    "facts_of",
    "figure_years",
    "read_content",
    "submitted_dossier",
    "texts_of",
]
