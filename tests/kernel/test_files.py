"""Uploaded files: nothing half stored, the same bytes once, what was changed on the disk is not sent."""

import hashlib
import io
from pathlib import Path

import pytest

from app.kernel.errors import Invalid
from app.kernel.file_types import MOST_PIXELS, expected_type, inspect
from app.kernel.files import Damaged, FileStore
from tests.factories import applications as make

ACCEPTED = ("pdf", "docx", "xlsx", "jpg", "jpeg", "png")
LIMIT = 1000


def anything(_path: Path) -> None:
    """A check that finds nothing."""


def never(_path: Path) -> None:
    raise Invalid(None, field="file")  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "uploads")


def put(store: FileStore, content: bytes) -> str:
    return store.put(io.BytesIO(content), limit=LIMIT, check=anything).sha256


def everything_in(store: FileStore) -> list[Path]:
    return [path for path in store.root.rglob("*") if path.is_file()]


def test_a_file_is_kept_by_its_digest_and_read_back(store: FileStore) -> None:
    digest = put(store, "衡".encode())
    assert digest == hashlib.sha256("衡".encode()).hexdigest()
    with store.open(digest) as file:
        assert file.read() == "衡".encode()
    assert list(store.digests()) == [digest]


def test_the_same_bytes_are_kept_once(store: FileStore) -> None:
    assert put(store, b"same") == put(store, b"same")
    assert len(everything_in(store)) == 1


@pytest.mark.parametrize(
    ("content", "check"),
    [(b"x" * (LIMIT + 1), anything), (b"", anything), (b"fine", never)],
    ids=["large", "empty", "refused"],
)
def test_a_refused_file_leaves_nothing(store: FileStore, content: bytes, check) -> None:
    with pytest.raises(Invalid) as refused:
        store.put(io.BytesIO(content), limit=LIMIT, check=check)
    assert refused.value.field == "file"
    assert everything_in(store) == []


def test_a_stream_that_breaks_leaves_nothing(store: FileStore) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.put(Broken(), limit=LIMIT, check=anything)
    assert everything_in(store) == []


def test_a_file_changed_on_the_disk_is_not_read(store: FileStore) -> None:
    digest = put(store, b"original")
    store.path(digest).write_bytes(b"changed!")
    assert not store.is_sound(digest)
    with pytest.raises(Damaged):
        store.open(digest)


def test_storing_again_repairs_a_damaged_file(store: FileStore) -> None:
    digest = put(store, b"original")
    store.path(digest).write_bytes(b"changed!")
    assert put(store, b"original") == digest
    assert store.is_sound(digest)


def test_a_lost_file_says_so(store: FileStore) -> None:
    with pytest.raises(Damaged, match="备份"):
        store.open("0" * 64)


# --- what a file really is ----------------------------------------------------------------------------------------

PDF = make.pdf().getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("A.PDF", b"\n\n" + PDF),
        ("a.jpg", make.picture("JPEG")),
        ("a.jpeg", make.picture("JPEG", (1, 1))),
        ("a.png", make.picture("PNG")),
        ("a.docx", make.office_file("word/document.xml")),
        ("a.xlsx", make.office_file("xl/workbook.xml")),
    ],
)
def test_a_real_file_of_its_type_is_taken(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    inspect(path, expected_type(name, ACCEPTED))


def readable(value: object) -> str:
    """The same name for a case in every process: bytes of an archive carry the second in which they were made."""
    return value if isinstance(value, str) else "content"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.pdf", b"hello", "内容却不是这种格式"),
        ("a.png", PDF, "内容却不是这种格式"),
        ("a.jpg", make.picture("PNG"), "内容却不是这种格式"),
        ("a.docx", make.office_file("xl/workbook.xml"), "内容却不是这种格式"),
        ("a.xlsx", make.office_file("word/document.xml"), "内容却不是这种格式"),
        ("a.pdf", b"%PDF-1.7 and nothing else", "可能已经损坏"),
        ("a.jpg", make.picture("JPEG")[:60], "可能已经损坏"),
        ("a.png", make.picture("PNG")[:50], "可能已经损坏"),
        ("a.docx", make.office_file("word/document.xml")[:60], "可能已经损坏"),
        ("a.pdf", make.locked_pdf(), "设有密码"),
        ("a.docx", make.office_file("word/document.xml", "word/vbaProject.bin"), "宏"),
        ("a.png", make.picture("PNG", (8000, MOST_PIXELS // 8000 + 1)), "万像素"),
    ],
    ids=readable,
)
def test_what_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(Invalid, match=sentence):
        inspect(path, expected_type(name, ACCEPTED))


@pytest.mark.parametrize("name", ["a.exe", "a.pdf.exe", "readme", ".pdf", "a.docm"])
def test_an_ending_that_is_not_accepted_is_named_with_those_that_are(name: str) -> None:
    with pytest.raises(Invalid, match="pdf、docx"):
        expected_type(name, ACCEPTED)
