"""What people type, made plain: full-width digits and letters of a Chinese keyboard are a way of typing, not an error."""

import unicodedata

FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
WIDE_SPACE = {0x3000: " "}


def one_line(text: str) -> str:
    """A name or a title: plain digits and letters, single spaces; Chinese punctuation stays as it is."""
    return " ".join(text.translate(FULL_WIDTH | WIDE_SPACE).split())


def paragraph(text: str) -> str:
    """A long text: browsers send CRLF where people typed one new line, and it must count as one character."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def code(text: str) -> str:
    """Digits and letters of a code, a number or a date, without any space."""
    return "".join(unicodedata.normalize("NFKC", text).split())
