"""What a role can be tied to: bodies, experts and editions belong to later stages, so the application offers them here."""

from collections.abc import Callable, Mapping
from typing import Any

TieSource = Callable[[], list[tuple[int, str]]]

_sources: dict[str, TieSource] = {}


def install(sources: Mapping[str, TieSource]) -> None:
    """Called once by create_app: `body_id`, `expert_id`, `edition_id` → (id, name) of everything to choose from."""
    _sources.clear()
    _sources.update(sources)


def choices() -> dict[str, list[tuple[int, str]]]:
    return {tie: source() for tie, source in _sources.items()}


def names_of(granted: Any, offered: Mapping[str, list[tuple[int, str]]]) -> list[str]:
    """What a grant is tied to, in words."""
    found = []
    for tie, pairs in offered.items():
        held = getattr(granted, tie)
        if held is not None:
            found.append(dict(pairs).get(held, str(held)))
    return found
