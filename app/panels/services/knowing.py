"""Experts as people type them: by number, told from one that was merged into another."""

from app.experts.models import Expert
from app.experts.queries import find_by_number
from app.kernel.errors import Invalid
from app.kernel.words import N_, Message

NO_EXPERT = Message(N_("专家库中没有这个编号。请在专家库中核对。"))
MERGED = N_("编号 %(number)s 已并入 %(into)s。请填写 %(into)s。")


def expert_named(number: str) -> Expert:
    """Of the pool; for a number that was merged the sentence names the one that goes on for it."""
    found = find_by_number(number)
    if found is None:
        raise Invalid(NO_EXPERT, field="expert")
    if found.merged_into is not None:
        raise Invalid(Message(MERGED, {"number": found.number, "into": found.merged_into.number}), field="expert")
    return found
