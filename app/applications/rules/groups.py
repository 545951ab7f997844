"""Which of the rulebook's groups a dossier belongs to."""

from app.kernel import industries, regions
from app.kernel.words import N_, Message
from app.programmes.rules.labels import LABELS
from app.programmes.rules.rulebook import Group, Rulebook
from app.programmes.rules.values import ApplicantKind


def groups_for(rulebook: Rulebook, kind: ApplicantKind) -> tuple[Group, ...]:
    return tuple(group for group in rulebook.enabled_groups if kind in group.kinds)


def suggested_group(rulebook: Rulebook, kind: ApplicantKind, industry_code: str) -> Group | None:
    """The group whose industries hold this one: a division before a section; else one that names no industry."""
    admitted = groups_for(rulebook, kind)
    return (
        _first_holding(industry_code, admitted)
        or _first_holding(industries.section_of(industry_code), admitted)
        or next((group for group in admitted if not group.industries), None)
    )


def _first_holding(industry_code: str, groups: tuple[Group, ...]) -> Group | None:
    return next((group for group in groups if industry_code in map(industries.normal, group.industries)), None)


def group_problem(rulebook: Rulebook, kind: ApplicantKind, group_key: str) -> Message | None:
    """Why a dossier of this kind cannot stand in this group, or None."""
    admitted = groups_for(rulebook, kind)
    if not admitted:
        return Message(N_("本届不接受%(kind)s申报。"), {"kind": LABELS[kind]})
    if group_key not in {group.key for group in admitted}:
        return Message(N_("请选择一个本届设立的申报类别。"))
    return None


def region_problem(rulebook: Rulebook, region_code: str) -> Message | None:
    """Clause `eligibility.within_region`: said before anything is filled in, not after."""
    if not rulebook.eligibility.within_region or region_code.startswith(rulebook.region_prefix):
        return None
    values = {"region": regions.full_name(region_code), "award": regions.full_name(rulebook.region)}
    return Message(N_("登记的所在地区是%(region)s，本奖项只接受%(award)s的申报。"), values)
