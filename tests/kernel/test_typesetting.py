"""A document is tagged, the same for the same data, and carries out nothing that a person wrote."""

from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from app.kernel.typesetting import NotTypeset, typeset

PLAIN = """
#set document(title: "标题", date: none)
#set text(font: "Noto Serif SC", lang: "zh")
= 标题
#json(bytes(sys.inputs.data)).words
"""


def template(folder: Path, text: str = PLAIN) -> Path:
    path = folder / "page.typ"
    path.write_text(text, encoding="utf-8")
    return path


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def test_a_document_is_tagged_and_says_its_language(tmp_path: Path) -> None:
    path = tmp_path / "made.pdf"
    path.write_bytes(typeset(template(tmp_path), {"words": "质量"}))
    with pikepdf.open(path) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "zh"
        assert "StructTreeRoot" in str(list(pdf.Root.keys()))


def test_the_same_data_make_the_same_bytes(tmp_path: Path) -> None:
    page = template(tmp_path)
    assert typeset(page, {"words": "质量"}) == typeset(page, {"words": "质量"})
    assert typeset(page, {"words": "质量"}) != typeset(page, {"words": "数量"})


@pytest.mark.parametrize("said", ['#panic("no")', '#read("/etc/passwd")', "#import", "$ x $ *粗* = 标题", "</script>"])
def test_what_a_person_wrote_stays_text(tmp_path: Path, said: str) -> None:
    assert said in words(typeset(template(tmp_path), {"words": said})).replace("\r\n", "")


@pytest.mark.parametrize(
    "text",
    [
        '#set document(title: "a")\n#panic("why")',
        '#set document(title: "a")\n#read("../secret")',
        '#set document(title: "a")\n#set text(font: "No Such Font")\nx',
        "no title",
    ],
    ids=["fails", "outside", "font", "untitled"],
)
def test_a_template_that_is_not_sound_makes_nothing(tmp_path: Path, text: str) -> None:
    with pytest.raises(NotTypeset):
        typeset(template(tmp_path, text), {})
