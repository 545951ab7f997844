"""PDF from a template and data: tagged for screen readers (PDF/UA-1), the same bytes for the same data.

Data goes in as JSON and is never part of the markup, so nothing that a person wrote is carried out. A template reads only
what lies in its own folder; only the fonts of the package are used, and a character or font that is missing is an error.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst

PDF_TYPE = "application/pdf"
FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent


class NotTypeset(Exception):
    """The template and the data do not make a sound document; the text says where."""


def typeset(template: Path, data: Mapping[str, Any]) -> bytes:
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    try:
        document, warnings = typst.compile_with_warnings(
            template, root=template.parent, font_paths=_fonts(), sys_inputs=inputs, pdf_standards="ua-1"
        )
    except typst.TypstError as error:
        raise NotTypeset(error.diagnostic or error.message) from error
    if warnings:
        raise NotTypeset("; ".join(warning.message for warning in warnings))
    if not isinstance(document, bytes):
        raise NotTypeset("no single document")
    return document


@cache
def _fonts() -> typst.Fonts:
    """Read once a process; a document then takes hundredths of a second."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
