"""What marks a dossier beside its kind: its group, and whether its applicant is a small or medium enterprise."""

from collections.abc import Mapping
from typing import Any

from app.kernel.words import LocalText
from app.programmes.rules.rulebook import Rulebook

SME = "sme"
SME_NAME = LocalText("中小企业", "small and medium enterprises")
SME_SIZES = frozenset({"medium", "small", "micro"})


def tags_of(group_key: str, answers: Mapping[str, Any]) -> frozenset[str]:
    """By the group applied in and the size declared in the form."""
    return frozenset({group_key} | ({SME} if answers.get("size") in SME_SIZES else set()))


def known_tags(book: Rulebook) -> frozenset[str]:
    return frozenset({SME} | {group.key for group in book.groups})


def tag_name(book: Rulebook, tag: str) -> LocalText:
    """The group's own name, else what the tag means."""
    named = {SME: SME_NAME} | {group.key: group.name for group in book.groups}
    return named.get(tag, LocalText.same(tag))
