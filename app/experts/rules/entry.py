"""One expert as the spreadsheet or the form tells it: every field read, every fault named at its column."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.experts.rules.columns import BY_KEY, Column
from app.kernel import credit_code, industries, regions
from app.kernel.words import N_, Message

NUMBER = re.compile(r"[0-9A-Z]([0-9A-Z-]*[0-9A-Z])?")
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}")
SEPARATORS = re.compile(r"[;；,，、\s]+")
REGION = re.compile(r"\d{6}")
KINDS: dict[str, str] = {
    "quality": "quality",
    "质量管理评审员": "quality",
    "质量评审员": "quality",
    "评审员": "quality",
    "qualityexaminer": "quality",
    "examiner": "quality",
    "industry": "industry",
    "行业专家": "industry",
    "industryexpert": "industry",
    "finance": "finance",
    "财务专家": "finance",
    "financeexpert": "finance",
}
FLAGS: dict[str, bool] = {
    **dict.fromkeys(("是", "可", "可以", "能", "yes", "y", "true", "1", "√"), True),
    **dict.fromkeys(("否", "不可", "不可以", "不能", "no", "n", "false", "0", "×"), False),
}
DEFAULT_LOAD, MOST_LOAD = 10, 50


@dataclass(frozen=True)
class ExpertEntry:
    """What the pool knows of one expert, in plain values."""

    number: str
    name: str
    email: str
    kind: str
    employer: str
    employer_region: str
    residence_region: str
    title: str = ""
    specialty: str = ""
    employer_code: str = ""
    former_regions: tuple[str, ...] = field(default=())
    industries: tuple[str, ...] = field(default=())
    may_lead: bool = False
    max_load: int = DEFAULT_LOAD
    available: bool = True


@dataclass(frozen=True)
class Reason:
    """Why a row is refused, at its column."""

    column: str
    text: Message


class Refused(Exception):
    def __init__(self, sentence: str, /, **values: object) -> None:
        super().__init__(sentence)
        self.message = Message(sentence, values)


def parse_entry(
    texts: Mapping[str, str], known: ExpertEntry | None = None
) -> tuple[ExpertEntry | None, tuple[Reason, ...]]:
    """The entry, or every reason why there is none. A column that is absent keeps what is known, else its default."""
    values: dict[str, Any] = {} if known is None else {key: getattr(known, key) for key in BY_KEY}
    reasons: list[Reason] = []
    for key, text in texts.items():
        try:
            values[key] = _read(BY_KEY[key], text)
        except Refused as refused:
            reasons.append(Reason(key, refused.message))
    if values.get("kind") == "industry" and not values.get("industries") and not _blames(reasons, "industries"):
        reasons.append(Reason("industries", Message(N_("行业专家至少要有一个行业代码，例如 34。"))))
    return (None, tuple(reasons)) if reasons else (ExpertEntry(**values), ())


def _blames(reasons: list[Reason], key: str) -> bool:
    return any(reason.column == key for reason in reasons)


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) == "Cc" and character not in "\t\r\n"


def _read(column: Column, text: str) -> Any:
    if any(map(_is_invisible, text)):
        raise Refused(N_("含有看不见的控制字符。请删除后重新输入。"))
    plain = " ".join(text.split())
    if column.needed and not plain:
        raise Refused(N_("没有填写。这一列每行都要有内容。"))
    if len(plain) > column.maximum:
        raise Refused(N_("有 %(n)s 个字，最多 %(limit)s 个。"), n=len(plain), limit=column.maximum)
    return READERS.get(column.key, str)(plain)


def _narrow(text: str) -> str:
    """Full-width letters and digits are a way of typing, not an error."""
    return unicodedata.normalize("NFKC", text).strip()


def _number(text: str) -> str:
    number = _narrow(text).upper().replace(" ", "")
    if not NUMBER.fullmatch(number):
        raise Refused(N_("“%(text)s”不能作编号：只用字母、数字和连字符。"), text=text)
    return number


def _email(text: str) -> str:
    email = _narrow(text).lower()
    if not EMAIL.fullmatch(email) or ".." in email:
        raise Refused(N_("“%(text)s”不是有效的邮箱地址，应形如 name@example.org。"), text=text)
    return email


def _kind(text: str) -> str:
    kind = KINDS.get("".join(_narrow(text).casefold().split()))
    if kind is None:
        raise Refused(N_("“%(text)s”不是专家类别：请填质量管理评审员、行业专家或财务专家。"), text=text)
    return kind


def _credit_code(text: str) -> str:
    if not text:
        return ""
    problem = credit_code.problem(text)
    if problem is not None:
        raise Refused(problem.text, **problem.values)
    return credit_code.normal(text)


def _region(text: str) -> str:
    """The code in force of that place: an abolished one stands for its successor."""
    code = _narrow(text).replace(" ", "")
    if not REGION.fullmatch(code):
        raise Refused(N_("“%(text)s”应为 6 位行政区划代码，例如 330100（杭州市）。"), text=text)
    if regions.find(code) is None:
        raise Refused(N_("行政区划代码 %(code)s 不存在（GB/T 2260）。请核对。"), code=code)
    return regions.current(code)


def _regions(text: str) -> tuple[str, ...]:
    return tuple(sorted({_region(part) for part in _parts(text)}))


def _industries(text: str) -> tuple[str, ...]:
    return tuple(sorted({_industry(part) for part in _parts(text)}))


def _industry(text: str) -> str:
    division = industries.normal(_narrow(text))
    if industries.find(division) is None or division in industries.SECTIONS:
        raise Refused(
            N_("“%(text)s”不是行业大类代码：请填 GB/T 4754-2017 的两位大类代码，例如 34。个位数前面补 0。"), text=text
        )
    return division


def _parts(text: str) -> list[str]:
    return [part for part in SEPARATORS.split(_narrow(text)) if part]


def _flag(text: str, *, otherwise: bool) -> bool:
    if not text:
        return otherwise
    flag = FLAGS.get(_narrow(text).casefold())
    if flag is None:
        raise Refused(N_("“%(text)s”无法识别：请填“是”或“否”。"), text=text)
    return flag


def _load(text: str) -> int:
    if not text:
        return DEFAULT_LOAD
    digits = _narrow(text)
    if not (digits.isascii() and digits.isdigit()) or not 1 <= int(digits) <= MOST_LOAD:
        raise Refused(N_("“%(text)s”应为 1 至 %(most)s 的整数。"), text=text, most=MOST_LOAD)
    return int(digits)


READERS: dict[str, Callable[[str], Any]] = {
    "number": _number,
    "email": _email,
    "kind": _kind,
    "employer_code": _credit_code,
    "employer_region": _region,
    "residence_region": _region,
    "former_regions": _regions,
    "industries": _industries,
    "may_lead": lambda text: _flag(text, otherwise=False),
    "max_load": _load,
    "available": lambda text: _flag(text, otherwise=True),
}
