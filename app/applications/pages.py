"""The dossier's table of contents: numbered entries, each with a word for how far it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.applications.rules.readiness import DossierFacts, Gap
from app.applications.rules.sections import Section
from app.kernel.words import N_, LocalText, Message

Words = Message | LocalText


@dataclass(frozen=True)
class Progress:
    word: str
    tone: str


EMPTY = Progress(N_("未填写"), "waiting")
BEGUN = Progress(N_("填写中"), "active")
FILLED = Progress(N_("已填写"), "done")
OPTIONAL = Progress(N_("选填"), "quiet")


@dataclass(frozen=True)
class Entry:
    """`section` is where a click leads; a category of the criteria holds its items."""

    code: str
    title: Words
    section: Section
    progress: Progress
    items: tuple["Entry", ...] = ()

    def holds(self, key: str) -> bool:
        return self.section.key == key or any(item.section.key == key for item in self.items)


def table_of_contents(sections: Iterable[Section], facts: DossierFacts, gaps: Iterable[Gap]) -> list[Entry]:
    lacking = {gap.section for gap in gaps}
    entries: list[Entry] = []
    for section in sections:
        progress = _progress(_has_content(section, facts), section.key in lacking)
        if section.item is None:
            entries.append(Entry(str(len(entries) + 1), section.title, section, progress))
        elif section.begins_category:
            entries.append(
                Entry(str(len(entries) + 1), _category_title(section), section, progress, (_item(section, progress),))
            )
        else:
            entries[-1] = _joined(entries[-1], _item(section, progress))
    return entries


def _item(section: Section, progress: Progress) -> Entry:
    code = section.item.code if section.item else ""
    return Entry(code, section.title, section, progress)


def _joined(entry: Entry, item: Entry) -> Entry:
    items = (*entry.items, item)
    words = {each.progress for each in items}
    progress = words.pop() if len(words) == 1 else BEGUN
    return Entry(entry.code, entry.title, entry.section, progress, items)


def _category_title(section: Section) -> LocalText:
    category = section.category
    assert category is not None
    return LocalText(
        f"自评报告 {category.code} {category.name.zh}", f"Self-assessment {category.code} {category.name.en}"
    )


def _has_content(section: Section, facts: DossierFacts) -> bool:
    if section.key == "identity":
        return True
    if section.part == "text":
        return bool(facts.texts.get(section.key))
    if section.part == "evidence":
        return bool(facts.evidence)
    return any(_answered(facts.answers.get(field.key)) for field in section.fields)


def _answered(kept: object) -> bool:
    return any(kept.values()) if isinstance(kept, Mapping) else bool(kept)


def _progress(has_content: bool, is_lacking: bool) -> Progress:  # noqa: FBT001 - two facts of one table
    table = {(False, True): EMPTY, (True, True): BEGUN, (True, False): FILLED, (False, False): OPTIONAL}
    return table[has_content, is_lacking]
