"""Applicants and dossiers; every state is reached through the services, at a time when that is allowed."""

import io
import zipfile
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pikepdf
from PIL import Image

from app.applications import services
from app.applications.models import Applicant, Application
from app.applications.queries import figure_years, rulebook_for
from app.applications.rules.groups import suggested_group
from app.applications.rules.sections import Section, sections_of
from app.kernel import clock, credit_code
from app.kernel.actor import Actor, Role
from app.programmes import services as programmes
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from app.programmes.rules.admission import FormField
from app.programmes.rules.values import ApplicantKind, FieldKind
from tests.factories.accounts import office, person
from tests.support.built import built_once

BEFORE = datetime(2026, 2, 1, 1, tzinfo=UTC)
APPLYING = datetime(2026, 3, 10, 1, tzinfo=UTC)
RECOMMENDING = datetime(2026, 4, 27, 1, tzinfo=UTC)
CHECKING = datetime(2026, 5, 8, 1, tzinfo=UTC)
STARTS = date(2026, 3, 2)
TEXT = "以“每一件铸件都经得起称量”为信条。"

_numbers = count(1)


@built_once
def running_edition(*, rulebook_key: str = "shanxi-2021", code: str = "SX2026", number: int = 4) -> Edition:
    """Application from 2 March to 15 April 2026, recommendation to 5 May, formal check to 20 May."""
    by = office()
    edition = programmes.create_edition(by, rulebook_key=rulebook_key, number=number, code=code, starts=STARTS)
    programmes.open_edition(by, edition)
    return edition


def applicant_person(*, email: str = "", password: bool = False) -> Actor:
    return person(Role.APPLICANT, email=email, password=password)


@built_once
def registered_applicant(
    actor: Actor, *, kind: ApplicantKind = ApplicantKind.ORGANISATION, city: str = "140200", industry: str = "34"
) -> Applicant:
    number = next(_numbers)
    return services.register_applicant(
        actor,
        kind=kind,
        name=f"示例 {number} 号",
        credit_code=credit_code.make(number, city),
        region_code=city,
        industry_code=industry,
        contact=services.Contact("李四", "0352-1234567"),
    )


@built_once
def draft_application(
    edition: Edition,
    actor: Actor | None = None,
    *,
    kind: ApplicantKind = ApplicantKind.ORGANISATION,
    city: str = "140200",
    industry: str = "34",
    sites: tuple[str, ...] = (),
    parent: str = "",
) -> Application:
    actor = actor or applicant_person()
    applicant = registered_applicant(actor, kind=kind, city=city, industry=industry)
    group = suggested_group(rulebook_of(edition), kind, industry)
    with clock.fixed(APPLYING):
        return services.start(
            actor,
            edition,
            applicant,
            group_key=group.key if group else "sme",
            site_regions=sites,
            parent_region=parent,
        )


@built_once
def complete_application(edition: Edition, actor: Actor | None = None, **traits: Any) -> Application:
    """A draft that lacks nothing."""
    actor = actor or applicant_person()
    application = draft_application(edition, actor, **traits)
    rulebook = rulebook_for(application)
    years = figure_years(edition, rulebook)
    with clock.fixed(APPLYING):
        for section in sections_of(rulebook, application.kind, application.group_key):
            fill(actor, application, section, years)
        for kind in rulebook.dossier.evidence_for(application.kind):
            if kind.required:
                services.attach(
                    actor,
                    application,
                    section_key=kind.key,
                    filename=f"{kind.key}.pdf",
                    content=pdf(str(next(_numbers))),
                )
    return application


def fill(actor: Actor, application: Application, section: Section, years: tuple[int, ...]) -> None:
    if section.part == "text":
        services.save_section(actor, application, section.key, TEXT, version=0)
    elif section.fields:
        answers = {field.key: answer(field, years) for field in section.fields}
        services.save_form(actor, application, answers, version=application.version)


def answer(field: FormField, years: tuple[int, ...]) -> object:
    if field.kind is FieldKind.YEARLY:
        return dict.fromkeys(years, "1,234.5")
    if field.kind is FieldKind.CHOICE:
        return field.choices[0].key
    known: dict[FieldKind, object] = {
        FieldKind.YES_NO: True,
        FieldKind.INTEGER: "1200",
        FieldKind.DECIMAL: "1.5",
        FieldKind.DATE: "2001-05-08",
        FieldKind.CREDIT_CODE: "",
        FieldKind.REGION: "140200",
        FieldKind.INDUSTRY: "C34",
    }
    return known.get(field.kind, "示例")


@built_once
def submitted_application(edition: Edition, actor: Actor | None = None, **traits: Any) -> Application:
    actor = actor or applicant_person()
    application = complete_application(edition, actor, **traits)
    with clock.fixed(APPLYING):
        services.submit(actor, application, signatory="王五")
    return application


# --- files --------------------------------------------------------------------------------------------------------


def pdf(title: str = "示例") -> io.BytesIO:
    content = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.docinfo["/Title"] = title
    document.save(content)
    content.seek(0)
    return content


def locked_pdf() -> bytes:
    content = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.save(content, encryption=pikepdf.Encryption(owner="o", user="u"))
    return content.getvalue()


def picture(name: str, size: tuple[int, int] = (40, 30)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "white").save(content, name)
    return content.getvalue()


def office_file(part: str, *more: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("[Content_Types].xml", part, *more):
            archive.writestr(name, "<x/>")
    return content.getvalue()
