"""Score sheets, purely: totals, gaps, what a submitted sheet says for good, who is behind, and when a round may end."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from app.kernel.exact import score_twentieths
from app.kernel.words import N_, Message
from app.programmes.rules.criteria import CriteriaSet
from app.workflow import AssignmentState, ScoreSheetState

TEXT_LIMIT = 1000
SCHEMA = "zhiheng/score-sheet/1"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an expert says of one item; `version` is the one that the expert had before the eyes."""

    percent: int | None
    strengths: str = ""
    improvements: str = ""
    version: int = 0
    reason: str = ""
    """Why the percentage is another one than before a visit."""

    @property
    def content(self) -> tuple[int | None, str, str, str]:
        return self.percent, self.strengths, self.improvements, self.reason


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as it stands on a sheet."""

    code: str
    points: int
    percent: int | None
    strengths: str = ""
    improvements: str = ""
    reason: str = ""

    @property
    def twentieths(self) -> int | None:
        return None if self.percent is None else score_twentieths(self.points, self.percent)


def total_twentieths(entries: Iterable[Entry]) -> int:
    """The sheet's total in 1/20 point; items without a percentage count nothing yet."""
    return sum(entry.twentieths or 0 for entry in entries)


def scored(entries: Iterable[Entry]) -> int:
    return sum(entry.percent is not None for entry in entries)


def category_totals(entries: Iterable[Entry], criteria: CriteriaSet) -> dict[str, int]:
    """In 1/20 point by the category's code, in the order of the criteria; a category without items scores nothing."""
    totals = {category.code: 0 for category in criteria.categories}
    for entry in entries:
        totals[criteria.category_of(entry.code).code] += entry.twentieths or 0
    return totals


# --- what may be written ------------------------------------------------------------------------------------------


def percent_problem(typed: str, percents: Sequence[int]) -> Message | None:
    """Percentages move in the steps of the criteria set; an empty one means: not scored yet."""
    if not typed or (typed.isascii() and typed.isdigit() and int(typed) in percents):
        return None
    step = percents[1] - percents[0]
    return Message(
        N_("得分比例须是 0 到 100 之间 %(step)s 的倍数，您填的是“%(typed)s”。请从列出的比例中选一个。"),
        {"step": step, "typed": typed[:20]},
    )


def text_problem(text: str) -> Message | None:
    excess = len(text) - TEXT_LIMIT
    if excess <= 0:
        return None
    return Message(
        N_("这一栏不超过 %(limit)s 字，现在多出 %(excess)s 字。请删减后再保存。"),
        {"limit": TEXT_LIMIT, "excess": excess},
    )


def gaps(entries: Iterable[Entry], criteria: CriteriaSet) -> list[tuple[str, Message]]:
    """The items without a percentage, each with its sentence: a sheet with a gap cannot be submitted."""
    return [
        (
            entry.code,
            Message(
                N_("%(code)s %(name)s：还没有选择得分比例。"),
                {"code": entry.code, "name": criteria.item(entry.code).name},
            ),
        )
        for entry in entries
        if entry.percent is None
    ]


def without_comment(entries: Iterable[Entry]) -> list[str]:
    """The items that say neither a strength nor an improvement: allowed, but the applicant learns nothing there."""
    return [entry.code for entry in entries if not entry.strengths and not entry.improvements]


# --- the submitted sheet ------------------------------------------------------------------------------------------


def submitted_content(
    about: Mapping[str, Any], entries: Sequence[Entry], *, number: int, submitted_at: datetime
) -> dict[str, Any]:
    """What the expert put his name to, complete in itself; its digest is taken over the canonical JSON of this."""
    return {
        "schema": SCHEMA,
        **about,
        "number": number,
        "submitted_at": submitted_at.astimezone(UTC).isoformat(timespec="seconds"),
        "total_twentieths": total_twentieths(entries),
        "items": [_item_content(entry) for entry in entries],
    }


def _item_content(entry: Entry) -> dict[str, Any]:
    """A reason stands only where one was given, so that a sheet without a visit says what it always said."""
    return {
        "code": entry.code,
        "points": entry.points,
        "percent": entry.percent,
        "twentieths": entry.twentieths,
        "strengths": entry.strengths,
        "improvements": entry.improvements,
        **({"reason": entry.reason} if entry.reason else {}),
    }


def entries_of(content: Mapping[str, Any]) -> list[Entry]:
    return [
        Entry(item["code"], item["points"], item["percent"], item["strengths"], item["improvements"])
        for item in content["items"]
    ]


# --- the expert's work list ---------------------------------------------------------------------------------------


class WorkGroup(StrEnum):
    TO_DECLARE = "to_declare"
    RETURNED = "returned"
    TO_SCORE = "to_score"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    ABSTAINED = "abstained"


GROUP_TITLES: dict[WorkGroup, str] = {
    WorkGroup.TO_DECLARE: N_("待声明"),
    WorkGroup.RETURNED: N_("退回修改"),
    WorkGroup.TO_SCORE: N_("待评分"),
    WorkGroup.IN_PROGRESS: N_("评分中"),
    WorkGroup.SUBMITTED: N_("已提交"),
    WorkGroup.ABSTAINED: N_("已弃评"),
}
TO_BE_SCORED = (WorkGroup.RETURNED, WorkGroup.IN_PROGRESS, WorkGroup.TO_SCORE)
_SETTLED = {ScoreSheetState.SUBMITTED: WorkGroup.SUBMITTED, ScoreSheetState.ABSTAINED: WorkGroup.ABSTAINED}


def group_of(
    assignment: AssignmentState,
    sheet: ScoreSheetState | None,
    items_scored: int | None,
    returned_at: datetime | None = None,
) -> WorkGroup:
    if assignment is AssignmentState.WAITING or sheet is None:
        return WorkGroup.TO_DECLARE
    if sheet in _SETTLED:
        return _SETTLED[sheet]
    if returned_at is not None:
        return WorkGroup.RETURNED
    return WorkGroup.IN_PROGRESS if items_scored else WorkGroup.TO_SCORE


def shuffle_key(seed: str, expert_id: int, assignment_id: int) -> bytes:
    """A place in an order of each expert's own that never changes, so that no dossier is always read last and tired.

    `seed` is the one on record of the draw that seated the expert: anybody can work the order out again.
    """
    return hashlib.sha256(f"{seed}:{expert_id}:{assignment_id}".encode()).digest()


def next_key(group: WorkGroup, skipped_at: datetime | None, reviews: int) -> tuple[bool, float, int, bool]:
    """What comes next: skipped ones last, in the order in which they were put off; else fewest reviews, begun ones first."""
    put_off = 0.0 if skipped_at is None else skipped_at.timestamp()
    return skipped_at is not None, put_off, reviews, group is WorkGroup.TO_SCORE
