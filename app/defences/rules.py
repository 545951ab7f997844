"""Statements and defences, purely: the lot that anybody can draw again, the overtime, what a step still lacks.

The seed follows from the sealed input, the public value and the system's secret as in a draw of experts (docs/draw.md). Of
the seed, the stream `order` shuffles the dossiers as they stand in the input; the stream `questions NUMBER` shuffles the
questions for each dossier, of which the first so many are its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.kernel.canonical import digest
from app.kernel.randomness import Stream
from app.kernel.words import N_, Message
from app.panels.ceremony import Opening, normal, seed_of
from app.programmes.rules.review import DefenceRule
from app.programmes.rules.values import OvertimeMinutes

FORMAT = "zhiheng-lot/1"
SYSTEM = "system"
MINUTE = 60

Record = dict[str, Any]


def lot_input(about: Mapping[str, Any], dossiers: Sequence[str], questions: Sequence[str], rule: DefenceRule) -> Record:
    """What is sealed before the lot: who is heard, and every question by its digest, so that the record tells none of them."""
    return {
        "format": FORMAT,
        **about,
        "order_by_lot": rule.order_by_lot,
        "dossiers": list(dossiers),
        "drawn_questions": rule.drawn_questions,
        "questions": [digest({"question": question}) for question in questions],
    }


def seed(input_digest: str, public_value: str, *, secret: str, nonce: str) -> str:
    return seed_of(input_digest, normal(public_value), [Opening(SYSTEM, secret, nonce)])


def drawn(given: Mapping[str, Any], seed_text: str) -> Record:
    """The order and each dossier's questions, by number from 1."""
    raw = seed_text.encode()
    dossiers, numbers = given["dossiers"], range(1, len(given["questions"]) + 1)
    order = Stream(raw, "order").shuffled(dossiers) if given["order_by_lot"] else list(dossiers)
    asked = {
        number: Stream(raw, f"questions {number}").shuffled(numbers)[: given["drawn_questions"]] for number in dossiers
    }
    return {"seed": seed_text, "order": order, "questions": asked}


# --- the clock ----------------------------------------------------------------------------------------------------


def overtime_points(seconds: int, rule: DefenceRule) -> int:
    """What a statement of so many seconds costs: each minute beyond its time and the grace (rulebook: `defence.overtime_…`)."""
    over = seconds - MINUTE * (rule.statement_minutes + (rule.overtime_grace_minutes or 0))
    begun = rule.overtime_minutes is OvertimeMinutes.BEGUN
    minutes = (over + MINUTE - 1) // MINUTE if begun else over // MINUTE
    return max(minutes, 0) * (rule.overtime_points_per_minute or 0)


# --- what a step still lacks --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heard:
    """One dossier's turn as the end of a session asks: whether it has spoken, and whose sheets are still to come."""

    number: str
    is_over: bool
    awaited: int


def missing_for_sealing(dossiers: int, questions: int, rule: DefenceRule) -> list[Message]:
    conditions = (
        (dossiers > 0, Message(N_("这一场还没有安排申报。"))),
        (
            questions >= rule.drawn_questions,
            Message(N_("题目只有 %(n)s 道，每家要抽 %(k)s 道。"), {"n": questions, "k": rule.drawn_questions}),
        ),
    )
    return [message for holds, message in conditions if not holds]


def missing_for_ending(heard: Sequence[Heard]) -> list[Message]:
    silent = [Message(N_("%(number)s 还没有答辩完毕。"), {"number": each.number}) for each in heard if not each.is_over]
    awaited = [
        Message(N_("%(number)s 还有 %(n)s 份评分表没有提交。"), {"number": each.number, "n": each.awaited})
        for each in heard
        if each.awaited
    ]
    return silent + awaited
