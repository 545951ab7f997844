"""One expert as the spreadsheet or the form tells it: every field read, every fault named at its column."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from app.experts.rules import cells
from app.experts.rules.cells import Refused, narrow
from app.experts.rules.columns import BY_KEY
from app.kernel import credit_code, industries
from app.kernel.words import N_, Message

NUMBER = re.compile(r"[0-9A-Z]([0-9A-Z-]*[0-9A-Z])?")
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}")
INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
REGION_COLUMNS = ("employer_region", "residence_region", "registration_region", "former_regions")
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
REMEMBERED = 150_000


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
    degree: str = ""
    employer_since: str = ""
    residence_since: str = ""
    registration_region: str = ""
    former_regions: tuple[str, ...] = field(default=())
    industries: tuple[str, ...] = field(default=())
    criteria: tuple[str, ...] = field(default=())
    certificates: tuple[str, ...] = field(default=())
    languages: tuple[str, ...] = field(default=())
    may_lead: bool = False
    max_load: int = DEFAULT_LOAD
    min_load: int = 0
    blocked: tuple[str, ...] = field(default=())
    available: bool = True
    typed: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Abolished codes that were written, by the code that stands for them today."""


@dataclass(frozen=True)
class Reason:
    """Why a row is refused, at its column."""

    column: str
    text: Message


def parse_entry(
    texts: Mapping[str, str], known: ExpertEntry | None = None
) -> tuple[ExpertEntry | None, tuple[Reason, ...]]:
    """The entry, or every reason why there is none. A column that is absent keeps what is known, else its default."""
    values: dict[str, Any] = {} if known is None else {key: getattr(known, key) for key in BY_KEY}
    reasons: list[Reason] = []
    for key, text in texts.items():
        try:
            values[key] = _read(key, text)
        except Refused as refused:
            reasons.append(Reason(key, refused.message))
    reasons += contradictions(values, {reason.column for reason in reasons})
    if reasons:
        return None, tuple(reasons)
    typed: dict[str, str] = {}
    for key in REGION_COLUMNS:
        typed |= cells.typed_codes(texts.get(key, ""))
    return ExpertEntry(**values, typed=typed), ()


def contradictions(values: Mapping[str, Any], blamed: set[str]) -> list[Reason]:
    """What is wrong with fields that are each well written; a field that is faulty already is left alone."""
    found = [*_without_industry(values), *([] if "max_load" in blamed else _loads_crossed(values))]
    return [reason for reason in found if reason.column not in blamed]


def _without_industry(values: Mapping[str, Any]) -> list[Reason]:
    if values.get("kind") != "industry" or values.get("industries"):
        return []
    return [Reason("industries", Message(N_("行业专家至少要有一个行业代码，例如 34。")))]


def _loads_crossed(values: Mapping[str, Any]) -> list[Reason]:
    least, most = values.get("min_load", 0), values.get("max_load", DEFAULT_LOAD)
    text = N_("承担下限 %(least)s 大于承担上限 %(most)s。")
    return [Reason("min_load", Message(text, {"least": least, "most": most}))] if least > most else []


@lru_cache(maxsize=REMEMBERED)
def _read(key: str, text: str) -> Any:
    """Remembered: in a large file most cells say what others say, and its rows are read again when they are taken in."""
    column = BY_KEY[key]
    if INVISIBLE.search(text):
        raise Refused(N_("含有看不见的控制字符。请删除后重新输入。"))
    plain = " ".join(text.split())
    if column.needed and not plain:
        raise Refused(N_("没有填写。这一列每行都要有内容。"))
    if len(plain) > column.maximum:
        raise Refused(N_("有 %(n)s 个字，最多 %(limit)s 个。"), n=len(plain), limit=column.maximum)
    return READERS.get(column.key, str)(plain)


def _number(text: str) -> str:
    number = narrow(text).upper().replace(" ", "")
    if not NUMBER.fullmatch(number):
        raise Refused(N_("“%(text)s”不能作编号：只用字母、数字和连字符。"), text=text)
    return number


def _email(text: str) -> str:
    email = narrow(text).lower()
    if not EMAIL.fullmatch(email) or ".." in email:
        raise Refused(N_("“%(text)s”不是有效的邮箱地址，应形如 name@example.org。"), text=text)
    return email


def _kind(text: str) -> str:
    kind = KINDS.get("".join(narrow(text).casefold().split()))
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


def _industries(text: str) -> tuple[str, ...]:
    return tuple(sorted({_industry(part) for part in cells.parts(text)}))


def _industry(text: str) -> str:
    division = industries.normal(narrow(text))
    if industries.find(division) is None or division in industries.SECTIONS:
        raise Refused(
            N_("“%(text)s”不是行业大类代码：请填 GB/T 4754-2017 的两位大类代码，例如 34。个位数前面补 0。"), text=text
        )
    return division


def _flag(text: str, *, otherwise: bool) -> bool:
    if not text:
        return otherwise
    flag = FLAGS.get(narrow(text).casefold())
    if flag is None:
        raise Refused(N_("“%(text)s”无法识别：请填“是”或“否”。"), text=text)
    return flag


def _load(text: str, *, least: int, otherwise: int) -> int:
    if not text:
        return otherwise
    digits = narrow(text)
    if not (digits.isascii() and digits.isdigit()) or not least <= int(digits) <= MOST_LOAD:
        raise Refused(N_("“%(text)s”应为 %(least)s 至 %(most)s 的整数。"), text=text, least=least, most=MOST_LOAD)
    return int(digits)


READERS: dict[str, Callable[[str], Any]] = {
    "number": _number,
    "email": _email,
    "kind": _kind,
    "degree": cells.degree,
    "employer_code": _credit_code,
    "employer_region": cells.region,
    "employer_since": cells.day,
    "residence_region": cells.region,
    "residence_since": cells.day,
    "registration_region": cells.optional_region,
    "former_regions": cells.places,
    "industries": _industries,
    "criteria": cells.criteria,
    "certificates": cells.certificates,
    "languages": cells.languages,
    "may_lead": lambda text: _flag(text, otherwise=False),
    "max_load": lambda text: _load(text, least=1, otherwise=DEFAULT_LOAD),
    "min_load": lambda text: _load(text, least=0, otherwise=0),
    "blocked": cells.blocked,
    "available": lambda text: _flag(text, otherwise=True),
}
