"""The numbered parts of a dossier, as the rulebook and the group's criteria set make them."""

from dataclasses import dataclass

from app.kernel.words import N_, LocalText, Message
from app.programmes.rules.admission import FormField
from app.programmes.rules.criteria import Category, Item
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import ApplicantKind, FieldSection

OVERVIEW = "overview"
EVIDENCE = "evidence"
ITEM_PREFIX = "item:"

FORM_TITLES: dict[FieldSection, str] = {
    FieldSection.IDENTITY: N_("申报者与地区"),
    FieldSection.PROFILE: N_("基本情况"),
    FieldSection.FIGURES: N_("经营与绩效数据"),
    FieldSection.DECLARATION: N_("声明与承诺"),
    FieldSection.CONTACT: N_("联系方式"),
}
OVERVIEW_TITLES: dict[bool, str] = {False: N_("组织概述"), True: N_("个人概述")}
COPIED = ("name", "credit_code", "region", "industry")
"""Answered by the registration of the applicant; the dossier keeps a copy."""


@dataclass(frozen=True)
class Section:
    """`key` is what addresses and rows use: `profile`, `overview`, `item:4.1.2`, `evidence`."""

    key: str
    title: Message | LocalText
    part: str = "form"
    category: Category | None = None
    item: Item | None = None
    fields: tuple[FormField, ...] = ()

    @property
    def begins_category(self) -> bool:
        return self.category is not None and self.item is self.category.items[0]


def item_key(code: str) -> str:
    return f"{ITEM_PREFIX}{code}"


def form_fields(rulebook: Rulebook, kind: ApplicantKind, section: FieldSection) -> tuple[FormField, ...]:
    return tuple(
        field
        for field in rulebook.dossier.fields_for(kind)
        if field.section is section and not (section is FieldSection.IDENTITY and field.key in COPIED)
    )


def sections_of(rulebook: Rulebook, kind: ApplicantKind, group_key: str) -> tuple[Section, ...]:
    """In the order in which they are numbered: form, overview, one text a criteria item, evidence."""
    overview = Section(OVERVIEW, Message(OVERVIEW_TITLES[kind is ApplicantKind.INDIVIDUAL]), part="text")
    items = [
        Section(item_key(item.code), item.name, part="text", category=category, item=item)
        for category in rulebook.criteria_for(group_key).categories
        for item in category.items
    ]
    evidence = Section(EVIDENCE, Message(N_("证实性材料")), part="evidence")
    return (*_forms(rulebook, kind), overview, *items, evidence)


def _forms(rulebook: Rulebook, kind: ApplicantKind) -> list[Section]:
    """The identity even where the rulebook asks nothing more of it: what was registered is read there."""
    return [
        Section(section.value, Message(FORM_TITLES[section]), fields=fields)
        for section in FieldSection
        if (fields := form_fields(rulebook, kind, section)) or section is FieldSection.IDENTITY
    ]
