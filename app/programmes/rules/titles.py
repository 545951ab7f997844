"""How an edition is called."""

DIGITS = "零一二三四五六七八九"


def chinese_ordinal(number: int) -> str:
    """第三届, 第十二届, 第二十届; `number` from 1 to 99."""
    if not 1 <= number <= 99:
        raise ValueError(f"no edition has the number {number}")
    tens, ones = divmod(number, 10)
    ten = "" if tens == 0 else "十" if tens == 1 else f"{DIGITS[tens]}十"
    return f"第{ten}{DIGITS[ones] if ones else ''}届"
