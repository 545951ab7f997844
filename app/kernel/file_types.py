"""What an uploaded file really is: its ending, its first bytes and its own parser must agree, else it is refused."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from PIL import Image, UnidentifiedImageError

from app.kernel.errors import Invalid
from app.kernel.words import N_, Message

MOST_PIXELS = 50_000_000
MOST_UNPACKED = 400 * 1024 * 1024
FIRST_BYTES = 1024
OFFICE = "application/vnd.openxmlformats-officedocument"

UNKNOWN_TYPE = N_("不接受“%(suffix)s”格式。可以上传：%(accepted)s。")
NOT_THAT_TYPE = N_("文件名以 .%(suffix)s 结尾，内容却不是这种格式。请用原来的软件另存一次再上传。")
BROKEN = N_("文件打不开，可能已经损坏。请在本机打开核对，另存一次再上传。")
LOCKED = N_("文件设有密码，评审专家打不开。请去掉密码后再上传。")
EMPTY_PDF = N_("这个 PDF 一页也没有。请检查后重新选择。")
TOO_LARGE_PICTURE = N_("图片超过 %(pixels)s 万像素。请缩小后再上传。")
TOO_MUCH_INSIDE = N_("文件解压后过大，没有保存。请减少其中的图片后再上传。")
WITH_MACROS = N_("文件里含有宏程序，不能接受。请另存为不含宏的格式再上传。")


@dataclass(frozen=True)
class FileType:
    suffix: str
    media_type: str
    first: bytes
    opens: Callable[[Path], None]


def suffix_of(filename: str) -> str:
    return Path(filename).suffix.removeprefix(".").lower()


def expected_type(filename: str, accepted: tuple[str, ...]) -> FileType:
    """By the file's ending; raises Invalid where that is not among the accepted ones."""
    suffix = suffix_of(filename)
    if suffix not in accepted or suffix not in TYPES:
        values = {"suffix": suffix or filename, "accepted": tuple(accepted)}
        raise Invalid(Message(UNKNOWN_TYPE, values), field="file")
    return TYPES[suffix]


def inspect(path: Path, kind: FileType) -> None:
    """Raise Invalid unless the file begins like its type and its own parser opens it to the end."""
    with path.open("rb") as file:
        head = file.read(FIRST_BYTES)
    if kind.first not in head if kind.suffix == "pdf" else not head.startswith(kind.first):
        raise Invalid(Message(NOT_THAT_TYPE, {"suffix": kind.suffix}), field="file")
    kind.opens(path)


def _opens_as_pdf(path: Path) -> None:
    try:
        with pikepdf.open(path) as document:
            pages = len(document.pages)
    except pikepdf.PasswordError:
        raise _refused(LOCKED) from None
    except (pikepdf.PdfError, RuntimeError, ValueError):
        raise _refused(BROKEN) from None
    if not pages:
        raise _refused(EMPTY_PDF)


def _opens_as_picture(path: Path, name: str) -> None:
    too_large = Invalid(Message(TOO_LARGE_PICTURE, {"pixels": MOST_PIXELS // 10000}), field="file")
    try:
        with Image.open(path, formats=(name,)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise too_large
            picture.draft("RGB", (max(1, picture.width // 8), max(1, picture.height // 8)))
            picture.load()
    except Image.DecompressionBombError:
        raise too_large from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise _refused(BROKEN) from None


def _opens_as_office(path: Path, part: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            _look_inside(archive, part)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError):
        raise _refused(BROKEN) from None


def _is_macro(name: str) -> bool:
    return name.lower().endswith("vbaproject.bin")


def _look_inside(archive: zipfile.ZipFile, part: str) -> None:
    names = set(archive.namelist())
    if not {"[Content_Types].xml", part} <= names:
        raise Invalid(Message(NOT_THAT_TYPE, {"suffix": "docx" if "word" in part else "xlsx"}), field="file")
    if any(map(_is_macro, names)):
        raise _refused(WITH_MACROS)
    if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
        raise _refused(TOO_MUCH_INSIDE)
    if archive.testzip() is not None:
        raise _refused(BROKEN)


def _refused(text: str) -> Invalid:
    return Invalid(Message(text), field="file")


TYPES: dict[str, FileType] = {
    kind.suffix: kind
    for kind in (
        FileType("pdf", "application/pdf", b"%PDF-", _opens_as_pdf),
        FileType("jpg", "image/jpeg", b"\xff\xd8\xff", lambda path: _opens_as_picture(path, "JPEG")),
        FileType("jpeg", "image/jpeg", b"\xff\xd8\xff", lambda path: _opens_as_picture(path, "JPEG")),
        FileType("png", "image/png", b"\x89PNG\r\n\x1a\n", lambda path: _opens_as_picture(path, "PNG")),
        FileType(
            "docx",
            f"{OFFICE}.wordprocessingml.document",
            b"PK\x03\x04",
            lambda path: _opens_as_office(path, "word/document.xml"),
        ),
        FileType(
            "xlsx",
            f"{OFFICE}.spreadsheetml.sheet",
            b"PK\x03\x04",
            lambda path: _opens_as_office(path, "xl/workbook.xml"),
        ),
    )
}
