"""Reading one answer of the application form: from what was typed to what is kept, or a sentence why not."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from app.applications.rules import typed
from app.applications.rules.places import place_problem, region_named
from app.kernel import credit_code, industries
from app.kernel.words import N_, Message
from app.programmes.rules.admission import FormField
from app.programmes.rules.values import FieldKind

Kept = Any
"""Text, True or False, or for yearly figures a mapping of year to decimal text. Never a float."""

LONGEST_TEXT, LONGEST_PARAGRAPH = 200, 5000
DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?")
TRUE_WORDS = frozenset({"y", "yes", "true", "on", "1"})


class AnswerRefused(Exception):
    """What was typed cannot be kept; the message stands at the field."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def read_answer(field: FormField, raw: object, *, years: tuple[int, ...] = ()) -> Kept:
    """The value to keep; empty text for an empty answer. Required answers may be empty until the dossier is submitted."""
    if field.kind is FieldKind.YEARLY:
        return _yearly(raw, years)
    if field.kind is FieldKind.YES_NO:
        return raw is True or str(raw).strip().lower() in TRUE_WORDS
    text = _stripped(raw)
    return READERS[field.kind](field, text) if text else ""


def is_empty(field: FormField, kept: Kept) -> bool:
    """Whether a required answer is still missing; a declaration counts only when it is made."""
    if field.kind is FieldKind.YEARLY:
        return not kept or not all(kept.values())
    return not kept


def _yearly(raw: object, years: tuple[int, ...]) -> dict[str, str]:
    given = _given(raw)
    unknown = sorted(given.keys() - set(map(str, years)))
    if unknown:
        raise AnswerRefused(Message(N_("本届不填 %(year)s 年的数据。"), {"year": unknown[0]}))
    return {year: _number(value) for year, value in sorted(given.items())}


def _given(raw: object) -> dict[str, str]:
    """The years in which something was typed."""
    typed_years = raw if isinstance(raw, Mapping) else {}
    return {str(year): text for year, value in typed_years.items() if (text := _stripped(value))}


def _stripped(raw: object) -> str:
    return str(raw or "").strip()


def _number(text: str) -> str:
    plain = typed.code(text).replace(",", "")
    if not NUMBER.fullmatch(plain):
        raise AnswerRefused(
            Message(N_("“%(text)s”不是一个数。请只填数字，例如 1234.5，单位已在栏目名称中写明。"), {"text": text})
        )
    return plain


def _text(field: FormField, text: str) -> str:
    return _within(field, typed.one_line(text), LONGEST_TEXT)


def _paragraph(field: FormField, text: str) -> str:
    return _within(field, typed.paragraph(text), LONGEST_PARAGRAPH)


def _within(field: FormField, text: str, otherwise: int) -> str:
    limit = field.maximum_characters or otherwise
    if len(text) > limit:
        raise AnswerRefused(
            Message(
                N_("不能超过 %(limit)s 字，现在有 %(n)s 字，请删去 %(over)s 字。"),
                {"limit": limit, "n": len(text), "over": len(text) - limit},
            )
        )
    return text


def _integer(_field: FormField, text: str) -> str:
    plain = typed.code(text).replace(",", "")
    if not plain.isascii() or not plain.isdigit() or len(plain) > 12:
        raise AnswerRefused(Message(N_("“%(text)s”不是整数。请只填数字，例如 1200。"), {"text": text}))
    return str(int(plain))


def _decimal(_field: FormField, text: str) -> str:
    number = _number(text)
    try:
        return str(Decimal(number))
    except InvalidOperation:  # the pattern admits only decimals
        raise AssertionError(number) from None


def _date(_field: FormField, text: str) -> str:
    match = DATE.fullmatch(typed.code(text))
    try:
        return date(*map(int, match.groups())).isoformat() if match else _no_date(text)
    except ValueError:
        return _no_date(text)


def _no_date(text: str) -> str:
    raise AnswerRefused(Message(N_("“%(text)s”不是一个日期。请按 2001-05-08 的样子填写。"), {"text": text}))


def _choice(field: FormField, text: str) -> str:
    if text not in {choice.key for choice in field.choices}:
        raise AnswerRefused(Message(N_("请从列出的各项中选择一项。")))
    return text


def _credit_code(_field: FormField, text: str) -> str:
    problem = credit_code.problem(text)
    if problem is not None:
        raise AnswerRefused(problem)
    return credit_code.normal(text)


def _region(_field: FormField, text: str) -> str:
    region = region_named(text)
    if region is None:
        raise AnswerRefused(place_problem(text) or Message(text))
    return region


def _industry(_field: FormField, text: str) -> str:
    found = industries.find(typed.code(text))
    if found is None:
        raise AnswerRefused(Message(N_("“%(text)s”不是 GB/T 4754 的行业代码，例如 C38。"), {"text": text}))
    return found.code


READERS: dict[FieldKind, Callable[[FormField, str], str]] = {
    FieldKind.TEXT: _text,
    FieldKind.PARAGRAPH: _paragraph,
    FieldKind.INTEGER: _integer,
    FieldKind.DECIMAL: _decimal,
    FieldKind.DATE: _date,
    FieldKind.CHOICE: _choice,
    FieldKind.CREDIT_CODE: _credit_code,
    FieldKind.REGION: _region,
    FieldKind.INDUSTRY: _industry,
}
