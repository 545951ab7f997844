"""The demo's evidence: small real PDF files, one an evidence kind, saying that they are fictitious."""

import io

import pikepdf
from PIL import Image

PAGE = b"BT /F1 18 Tf 72 720 Td (Zhiheng demo evidence: %s) Tj 0 -28 Td (Fictitious. Not a real document.) Tj ET"


def evidence_pdf(title: str) -> bytes:
    """One A4 page with an ASCII title; the same bytes for the same title."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
        page.Contents = pdf.make_stream(PAGE % title.encode("ascii", "replace"))
        buffer = io.BytesIO()
        pdf.save(buffer, deterministic_id=True)
    return buffer.getvalue()


def site_photo() -> bytes:
    """A plain picture in the place of a photo: a board with three columns, nobody on it."""
    board = Image.new("RGB", (480, 320), "#e8e4da")
    for column, colour in enumerate(("#4a6b57", "#a5793a", "#7a8791")):
        board.paste(colour, (40 + 140 * column, 60, 160 + 140 * column, 260))
    buffer = io.BytesIO()
    board.save(buffer, "JPEG")
    return buffer.getvalue()
