"""What the forms of all stages build their fields with."""

from typing import Any

import wtforms
from flask_babel.speaklater import LazyString

from app.kernel.words import LocalText, Message
from app.web.formats import say


def choice(value: str, label: str | Message | LocalText) -> Any:
    """An option of a select or radio field; its label is put into the reader's language when the page is written."""
    return wtforms.SelectChoice(value, LazyString(say, label))  # type: ignore[attr-defined]  # the stubs lag behind
