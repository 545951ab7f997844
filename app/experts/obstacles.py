"""What later stages hold against the merge of two entries: seats and draws belong to them, so the application asks them here."""

from collections.abc import Callable

from app.experts.models import Expert
from app.kernel.words import Message

Source = Callable[[Expert, Expert], list[Message]]

_sources: list[Source] = []


def install(*sources: Source) -> None:
    """Called once by create_app; each is asked with the survivor and the other entry."""
    _sources[:] = sources


def against(survivor: Expert, other: Expert) -> list[Message]:
    return [message for source in _sources for message in source(survivor, other)]
