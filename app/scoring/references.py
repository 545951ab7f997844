"""Where in the dossier a line of an expert's text points: "材料3 p.12", "材料3 第12页", or a page alone.

One text field a kind is kept on purpose: whoever writes all day types a line, and the line's beginning is recognised.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.applications.queries.dossier import FileLine

PATTERN = "^[ \\t]*(?:(?:材料|file)[ \\t]*([0-9]{1,3}))?[ \\t,，、]*(?:(?:p\\.?[ \\t]*([0-9]{1,5})(?![0-9a-z])|第[ \\t]*([0-9]{1,5})[ \\t]*页))?"
"""Read by Python and, from an attribute of the form, by the page's script: one source for both."""
_FINDER = re.compile(PATTERN, re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reference:
    """`number` counts the dossier's files as its list shows them, from 1; `page` is empty where only a file is named."""

    number: int
    page: str
    file: FileLine


def references(text: str, files: Sequence[FileLine]) -> Iterator[Reference]:
    """Each once, in the order of the lines; a page alone points somewhere only where the dossier has a single file."""
    seen = set()
    for found in _FINDER.finditer(text):
        material, latin, chinese = found.groups()
        place = (_number(material, latin or chinese, len(files)), latin or chinese or "")
        if 1 <= place[0] <= len(files) and place not in seen:
            seen.add(place)
            yield Reference(*place, files[place[0] - 1])


def _number(material: str | None, page: str | None, count: int) -> int:
    if material:
        return int(material)
    return 1 if page and count == 1 else 0
