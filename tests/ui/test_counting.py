"""Counted and listed things read naturally in both languages."""

import pytest
from flask import Flask

from app.kernel.words import LocalText, Message
from app.web.formats import say
from app.web.language import COOKIE

DAYS = "还剩 %(n)s 天"
PLACES = Message(
    "%(city)s没有“%(text)s”。可以填写：%(counties)s；也可以留空。",
    {
        "city": LocalText("太原市", "Taiyuan"),
        "text": "甲",
        "counties": (LocalText("清徐县", "Qingxu"), LocalText("阳曲县", "Yangqu")),
    },
)


@pytest.mark.parametrize(
    ("language", "message", "read"),
    [
        ("zh", Message(DAYS, {"n": 1}), "还剩 1 天"),
        ("en", Message(DAYS, {"n": 1}), "1 day left"),
        ("en", Message(DAYS, {"n": 3}), "3 days left"),
        ("en", Message(DAYS, {"n": 0}), "0 days left"),
        ("en", Message("每 %(years)s 年评选一届。", {"years": 3}), "The award is given every 3 years."),
        ("en", Message("每 %(years)s 年评选一届。", {"years": 1}), "The award is given every year."),
        ("zh", PLACES, "太原市没有“甲”。可以填写：清徐县、阳曲县；也可以留空。"),
        ("en", PLACES, "Taiyuan has no “甲”. Possible are: Qingxu, Yangqu; the field may also stay empty."),
    ],
)
def test_a_sentence_counts_and_lists_as_its_language_does(
    app: Flask, language: str, message: Message, read: str
) -> None:
    with app.test_request_context(headers={"Cookie": f"{COOKIE}={language}"}):
        assert say(message) == read
