"""A dossier as experts read it in a blind round: without name, region, names in its texts, and what its files tell.

What is always hidden follows from the application itself; the office marks further words and files of each dossier.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from app.applications.models import Application
from app.applications.queries import Dossier
from app.applications.queries.dossier import CategoryText, Figures, FileLine, Line, Part, Words
from app.kernel import regions
from app.kernel.words import LocalText

MASK = "■■"
IDENTIFYING_PARTS = frozenset({"identity", "contact"})
NAMING_FIELDS = ("legal_representative", "quality_officer", "parent", "parent_credit_code", "employer")
"""Fields of the form whose answer is a name: left out, and covered wherever else it stands."""
IDENTIFYING_FIELDS = frozenset({*NAMING_FIELDS, "registered_address", "address", "referees"})
LEGAL_FORMS = re.compile("(集团)?(股份|有限责任|有限)?(公司|集团)$")
REGION_WORDS = re.compile("(省|市|区|县|自治区|自治州|盟|旗)$")
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Hidden:
    """The words that are masked, the longest first, and the ids of the files that experts do not get."""

    words: tuple[str, ...]
    files: frozenset[int] = frozenset()

    @classmethod
    def of(cls, words: Iterable[str], files: Iterable[int] = ()) -> "Hidden":
        found = {word.strip() for word in words if len(word.strip()) >= SHORTEST}
        return cls(tuple(sorted(found, key=lambda word: (-len(word), word))), frozenset(files))


def own_words(application: Application) -> list[str]:
    """Hidden without anybody's doing: its name, its credit code, its people and its group, its places in full and short."""
    answered = [str(application.answers[key]) for key in NAMING_FIELDS if application.answers.get(key)]
    places = [name for row in application.regions for name in _places(row.region_code)]
    return list(
        dict.fromkeys([application.name, _short_name(application.name), application.credit_code, *answered, *places])
    )


def _short_name(name: str) -> str:
    """The name without its legal form, as people write it in a text."""
    return LEGAL_FORMS.sub("", name) or name


def _places(code: str) -> list[str]:
    codes = [code, regions.prefix(code, "city"), regions.prefix(code, "province")]
    names = [found.name.zh for found in map(regions.find, codes) if found is not None]
    return names + [REGION_WORDS.sub("", name) for name in names]


def masked(text: str, hidden: Hidden) -> str:
    """Every hidden word covered, in capitals or not, also where blanks or line breaks were put into it."""
    for word in hidden.words:
        text = _finder(word).sub(MASK, text)
    return text


def _finder(word: str) -> re.Pattern[str]:
    letters = [re.escape(letter) for letter in word if not letter.isspace()]
    return re.compile(r"\s*".join(letters), re.IGNORECASE)


def hits(dossier: Dossier, words: Sequence[str]) -> dict[str, int]:
    """How often each word stands in what experts would read."""
    whole = "\n".join(_texts(dossier))
    return {word: len(_finder(word).findall(whole)) for word in words}


def _texts(dossier: Dossier) -> Iterable[str]:
    yield dossier.overview
    yield from (item.text for category in dossier.categories for item in category.items)
    yield from (str(line.value) for part in _open_parts(dossier) for line in part.lines)


def _open_parts(dossier: Dossier) -> tuple[Part, ...]:
    return tuple(part for part in dossier.parts if part.key not in IDENTIFYING_PARTS)


def blinded(dossier: Dossier, hidden: Hidden) -> Dossier:
    """Files keep their kind and get a number for a name; their metadata goes when they are sent."""

    def cover(text: str) -> str:
        return masked(text, hidden)

    return replace(
        dossier,
        name=dossier.number,
        parts=tuple(_part(part, cover) for part in _open_parts(dossier)),
        overview=cover(dossier.overview),
        categories=tuple(_category(category, cover) for category in dossier.categories),
        files=tuple(_files(dossier, hidden)),
    )


def _category(category: CategoryText, cover: Callable[[str], str]) -> CategoryText:
    return replace(category, items=tuple(replace(item, text=cover(item.text)) for item in category.items))


def _files(dossier: Dossier, hidden: Hidden) -> Iterable[FileLine]:
    given = [file for file in dossier.files if file.id not in hidden.files]
    return (replace(file, name=f"{place}", sha256="") for place, file in enumerate(given, start=1))


def _part(part: Part, cover: Callable[[str], str]) -> Part:
    lines = tuple(_line(line, cover) for line in part.lines if line.key not in IDENTIFYING_FIELDS)
    figures = tuple(_figures(row, cover) for row in part.figures)
    return replace(part, lines=lines, figures=figures)


def _line(line: Line, cover: Callable[[str], str]) -> Line:
    return replace(line, value=_value(line.value, cover))


def _value(value: Words | str, cover: Callable[[str], str]) -> Words | str:
    """A value in words (a region, a choice) is covered as a whole where its Chinese tells."""
    if isinstance(value, str):
        return cover(value)
    return value if cover(str(value)) == str(value) else LocalText.same(MASK)


def _figures(row: Figures, cover: Callable[[str], str]) -> Figures:
    return replace(row, values=tuple(map(cover, row.values)))
