"""A file without what it says about its makers: the content stays, author, company, place and camera go."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import BinaryIO

import pikepdf
from PIL import Image

EMPTY_PROPERTIES = {
    "docProps/core.xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties '
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
    ),
    "docProps/app.xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>'
    ),
    "docProps/custom.xml": (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>'
    ),
}
NO_DATE = (1980, 1, 1, 0, 0, 0)


def without_metadata(content: BinaryIO, suffix: str) -> BytesIO:
    """A copy in memory. Raises KeyError for a type whose metadata nobody knows how to remove: it must not be sent."""
    out = BytesIO()
    WRITERS[suffix.lower()](content, out)
    out.seek(0)
    return out


def _pdf(content: BinaryIO, out: BytesIO) -> None:
    with pikepdf.open(content) as document:
        if "/Info" in document.trailer:
            del document.trailer["/Info"]
        if "/Metadata" in document.Root:
            del document.Root["/Metadata"]
        document.save(out, fix_metadata_version=False)


def _jpeg(content: BinaryIO, out: BytesIO) -> None:
    with Image.open(content, formats=("JPEG",)) as picture:
        picture.save(out, "JPEG", quality="keep", comment=b"")


def _png(content: BinaryIO, out: BytesIO) -> None:
    with Image.open(content, formats=("PNG",)) as picture:
        picture.load()
        picture.info.clear()
        picture.save(out, "PNG")


def _office(content: BinaryIO, out: BytesIO) -> None:
    with zipfile.ZipFile(content) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            empty = EMPTY_PROPERTIES.get(name)
            copy.writestr(zipfile.ZipInfo(name, NO_DATE), source.read(name) if empty is None else empty)


WRITERS: dict[str, Callable[[BinaryIO, BytesIO], None]] = {
    "pdf": _pdf,
    "jpg": _jpeg,
    "jpeg": _jpeg,
    "png": _png,
    "docx": _office,
    "xlsx": _office,
}
