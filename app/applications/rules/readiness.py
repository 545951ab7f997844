"""What a dossier still lacks before it can be submitted: everything at once, each with the section where it is mended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.applications.rules.answers import is_empty
from app.applications.rules.sections import EVIDENCE, ITEM_PREFIX, OVERVIEW, Section, sections_of
from app.kernel.words import N_, Message
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import ApplicantKind, FieldKind

NOT_FILLED = N_("“%(field)s”还没有填写。")
NOT_DECLARED = N_("“%(field)s”还没有勾选。")
TEXT_EMPTY = N_("“%(section)s”还没有撰写。")
ITEM_EMPTY = N_("自评报告 %(code)s“%(name)s”还没有撰写。")
OVERVIEW_LONG = N_("“%(section)s”有 %(n)s 字，超过 %(limit)s 字的限制，请删去 %(over)s 字。")
REPORT_LONG = N_("自评报告合计 %(n)s 字，超过 %(limit)s 字的限制，请删去 %(over)s 字。")
NO_EVIDENCE = N_("证实性材料缺少“%(kind)s”。")


@dataclass(frozen=True)
class DossierFacts:
    """A dossier as the rule sees it: `texts` by section key, `evidence` the kinds that have a file."""

    kind: ApplicantKind
    group_key: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    evidence: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Gap:
    section: str
    text: Message


def missing_for_submission(rulebook: Rulebook, facts: DossierFacts) -> list[Message]:
    return [gap.text for gap in gaps_before_submission(rulebook, facts)]


def gaps_before_submission(rulebook: Rulebook, facts: DossierFacts) -> list[Gap]:
    gaps: list[Gap] = []
    for section in sections_of(rulebook, facts.kind, facts.group_key):
        gaps += _gaps_of(section, rulebook, facts)
    return gaps


def report_characters(texts: Mapping[str, str]) -> int:
    """Characters of the whole self-assessment, as its limit counts them."""
    return sum(len(text) for key, text in texts.items() if key.startswith(ITEM_PREFIX))


def _gaps_of(section: Section, rulebook: Rulebook, facts: DossierFacts) -> list[Gap]:
    if section.part == "form":
        return _form_gaps(section, facts)
    if section.key == EVIDENCE:
        return _evidence_gaps(rulebook, facts)
    if section.key == OVERVIEW:
        return _overview_gaps(section, rulebook, facts)
    return _item_gaps(section, rulebook, facts)


def _form_gaps(section: Section, facts: DossierFacts) -> list[Gap]:
    return [
        Gap(section.key, Message(NOT_DECLARED if row.kind is FieldKind.YES_NO else NOT_FILLED, {"field": row.name}))
        for row in section.fields
        if row.required and is_empty(row, facts.answers.get(row.key))
    ]


def _overview_gaps(section: Section, rulebook: Rulebook, facts: DossierFacts) -> list[Gap]:
    text, limit = facts.texts.get(OVERVIEW, ""), rulebook.dossier.overview_characters
    if not text:
        return [Gap(OVERVIEW, Message(TEXT_EMPTY, {"section": section.title}))]
    if len(text) > limit:
        values = {"section": section.title, "n": len(text), "limit": limit, "over": len(text) - limit}
        return [Gap(OVERVIEW, Message(OVERVIEW_LONG, values))]
    return []


def _item_gaps(section: Section, rulebook: Rulebook, facts: DossierFacts) -> list[Gap]:
    gaps: list[Gap] = []
    item = section.item
    if item is not None and not facts.texts.get(section.key):
        gaps.append(Gap(section.key, Message(ITEM_EMPTY, {"code": item.code, "name": item.name})))
    is_last = item is rulebook.criteria_for(facts.group_key).items[-1]
    written, limit = report_characters(facts.texts), rulebook.dossier.self_assessment_characters
    if is_last and written > limit:
        values = {"n": written, "limit": limit, "over": written - limit}
        gaps.append(Gap(section.key, Message(REPORT_LONG, values)))
    return gaps


def _evidence_gaps(rulebook: Rulebook, facts: DossierFacts) -> list[Gap]:
    return [
        Gap(EVIDENCE, Message(NO_EVIDENCE, {"kind": kind.name}))
        for kind in rulebook.dossier.evidence_for(facts.kind)
        if kind.required and kind.key not in facts.evidence
    ]
