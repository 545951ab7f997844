"""The catalogue of English texts: `collect` from the sources, or only `compile`. Message ids are the Chinese sentences themselves."""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "app" / "translations"
LANGUAGES = ("en",)
HEADER = "# The English texts of Zhiheng. An id is the Chinese sentence itself; `make translations` collects them."
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
ONE, PLURAL = None, (1, 2)
KEYWORDS = {
    "_": ONE,
    "N_": ONE,
    "_l": ONE,
    "gettext": ONE,
    "lazy_gettext": ONE,
    "ngettext": PLURAL,
    "lazy_ngettext": PLURAL,
}


def catalogue(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def collected() -> Catalog:
    """Every text of the sources, with the files in which it stands."""
    found = Catalog(charset="utf-8")
    for name, _line, message, comments, context in extract_from_dir(
        ROOT / "app", method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS, comment_tags=("NOTE:",)
    ):
        found.add(message, locations=[(f"app/{name}", 0)], auto_comments=comments, context=context)
    return found


def read(language: str) -> Catalog:
    path = catalogue(language)
    if not path.exists():
        return Catalog(
            locale=language, project="Zhiheng", version="1", charset="utf-8", header_comment=HEADER, fuzzy=False
        )
    with path.open("rb") as handle:
        return read_po(handle, locale=language)


def update(language: str) -> Catalog:
    """New texts come in empty, those that stand nowhere any more go; what is translated stays."""
    known = read(language)
    known.update(collected(), no_fuzzy_matching=True, update_creation_date=False)
    known.obsolete.clear()
    path = catalogue(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as handle:
        write_po(handle, known, width=120, include_lineno=False, omit_header=False, sort_by_file=True)
    return known


def untranslated(known: Catalog) -> list[str]:
    return [str(message.id) for message in known if message.id and not message.string]


def compile_all() -> None:
    """Make each .mo that is older than its .po."""
    for source in FOLDER.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        temporary = target.with_suffix(".tmp")
        with source.open("rb") as text, temporary.open("wb") as compiled:
            write_mo(compiled, read_po(text, locale=source.parent.parent.name))
        temporary.replace(target)


def collect() -> None:
    for language in LANGUAGES:
        known = update(language)
        print(f"{language}: {len(known)} texts, {len(untranslated(known))} without translation")
    compile_all()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["compile"]:
            compile_all()
        case ["collect"]:
            collect()
        case _:
            sys.exit("usage: translations.py collect|compile")
