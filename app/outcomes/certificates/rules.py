"""A certificate's code: short enough to type, too long to guess. Pure."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O, U, so that what is read aloud or badly printed is still typed right."""
LENGTH = 12
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "－": None, "\u3000": None})


def plain(typed: str) -> str:
    """As it is kept: capitals, without the hyphens, letters that are misread put right."""
    return typed.strip().upper().translate(MISREAD)


def shown(code: str) -> str:
    """In fours, as it is printed."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def drawn(numbers: list[int]) -> str:
    return "".join(ALPHABET[number] for number in numbers)
