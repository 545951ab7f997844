"""An expert's work list: everything asked of one person in an edition, in one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from app.applications.models import Application
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.words import LocalText
from app.panels.models import Assignment, Draw, SeatRole
from app.programmes.models import Edition, Period, Round
from app.programmes.queries import rulebook_with_digest
from app.scoring import rules
from app.scoring.models import ScoreSheet
from app.scoring.queries.progress import WINDOW_OF_ROUND
from app.scoring.queries.visibility import SEATED
from app.workflow import ApplicationState, RoundState, ScoreSheetState


@dataclass(frozen=True, slots=True)
class Task:
    """One line of an expert's work list."""

    assignment_id: int
    sheet_id: int | None
    title: str
    number: str
    group_key: str
    round_id: int
    round_open: bool
    leads: bool
    items_scored: int
    items_total: int
    submitted_at: datetime | None
    group: rules.WorkGroup
    application_id: int
    skipped_at: datetime | None


@dataclass(frozen=True, slots=True)
class Window:
    """A round of the work list with its due time."""

    round_id: int
    name: LocalText
    due: datetime | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class Worklist:
    tasks: dict[rules.WorkGroup, list[Task]]
    windows: dict[int, Window]
    rulebook_digest: str

    @property
    def total(self) -> int:
        return sum(map(len, self.tasks.values()))

    @property
    def submitted(self) -> int:
        return len(self.tasks[rules.WorkGroup.SUBMITTED])

    @property
    def rounds(self) -> list["RoundOfWork"]:
        """Those still open first, then the later before the earlier."""
        found = [
            RoundOfWork(window, {group: _in_round(tasks, key) for group, tasks in self.tasks.items()})
            for key, window in self.windows.items()
        ]
        return sorted(found, key=lambda each: (not each.window.is_open, -each.window.round_id))


@dataclass(frozen=True, slots=True)
class RoundOfWork:
    """What one round asks of an expert; what was abstained from is not asked any more."""

    window: Window
    tasks: dict[rules.WorkGroup, list[Task]]

    @property
    def asked(self) -> int:
        return sum(map(len, self.tasks.values())) - len(self.tasks[rules.WorkGroup.ABSTAINED])

    @property
    def submitted(self) -> int:
        return len(self.tasks[rules.WorkGroup.SUBMITTED])


def _in_round(tasks: list[Task], round_id: int) -> list[Task]:
    return [task for task in tasks if task.round_id == round_id]


TASKS = (
    select(
        Assignment.id,
        Assignment.state,
        Assignment.role,
        ScoreSheet.id.label("sheet_id"),
        ScoreSheet.state.label("sheet_state"),
        ScoreSheet.items_scored,
        ScoreSheet.items_total,
        ScoreSheet.submitted_at,
        ScoreSheet.skipped_at,
        ScoreSheet.returned_at,
        Application.id.label("application_id"),
        Application.name,
        Application.number,
        Application.group_key,
        Round.id.label("round_id"),
        Round.key,
        Round.state.label("round_state"),
        Round.name_zh,
        Round.name_en,
        Period.closes_at,
        Edition.rulebook_digest,
        Draw.seed,
    )
    .join(Application, Application.id == Assignment.application_id)
    .join(Round, Round.id == Assignment.round_id)
    .join(Edition, Edition.id == Assignment.edition_id)
    .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
    .outerjoin(Period, WINDOW_OF_ROUND)
    .outerjoin(Draw, Draw.id == Assignment.draw_id)
    .where(
        Assignment.expert_id == bindparam("expert_id"),
        Assignment.edition_id == bindparam("edition_id"),
        Assignment.state.in_(SEATED),
        or_(
            Application.state == ApplicationState.UNDER_REVIEW,
            ScoreSheet.state.in_((ScoreSheetState.SUBMITTED, ScoreSheetState.ABSTAINED)),
        ),
    )
)
"""Put together once: building it costs several times more than sending it."""


def worklist(actor: Actor, edition_id: int) -> Worklist:
    """Everything this expert has been asked to do in an edition, in one statement."""
    rows = db.session.execute(TASKS, {"expert_id": actor.expert_id, "edition_id": edition_id}).all()
    found = Worklist(
        tasks={group: [] for group in rules.WorkGroup},
        windows={row.round_id: _window(row) for row in rows},
        rulebook_digest=rows[0].rulebook_digest if rows else "",
    )
    blind = _blind_rounds(edition_id, found.rulebook_digest)
    for row in sorted(rows, key=lambda row: rules.shuffle_key(row.seed or "", actor.expert_id or 0, row.id)):
        task = _task(row, row.key in blind)
        found.tasks[task.group].append(task)
    return found


def _window(row: Any) -> Window:
    is_open = row.round_state is RoundState.SCORING
    return Window(row.round_id, LocalText(row.name_zh, row.name_en), row.closes_at, is_open)


def next_task(actor: Actor, sheet: ScoreSheet) -> Task | None:
    """The dossier with the fewest reviews among those that wait for this expert; the numbers themselves never leave here."""
    found = worklist(actor, sheet.edition_id)
    waiting = [
        task
        for group in rules.TO_BE_SCORED
        for task in found.tasks[group]
        if task.sheet_id != sheet.id and task.round_open
    ]
    reviews = _reviews(waiting)
    return min(
        waiting,
        key=lambda task: rules.next_key(
            task.group, task.skipped_at, reviews.get((task.round_id, task.application_id), 0)
        ),
        default=None,
    )


def _reviews(tasks: list[Task]) -> dict[tuple[int, int], int]:
    """Sheets handed in, by round and dossier."""
    rows = db.session.execute(
        select(ScoreSheet.round_id, ScoreSheet.application_id, func.count())
        .where(
            ScoreSheet.application_id.in_({task.application_id for task in tasks}),
            ScoreSheet.state == ScoreSheetState.SUBMITTED,
        )
        .group_by(ScoreSheet.round_id, ScoreSheet.application_id)
    )
    return {(round_id, application_id): number for round_id, application_id, number in rows}


def _blind_rounds(edition_id: int, rulebook_digest: str) -> set[str]:
    """The rounds in which experts see a dossier's number instead of its applicant."""
    if not rulebook_digest:
        return set()
    return {rule.key for rule in rulebook_with_digest(edition_id, rulebook_digest).rounds if rule.blind}


def _task(row: Any, is_blind: bool) -> Task:  # noqa: FBT001 - a fact about the row
    return Task(
        assignment_id=row.id,
        sheet_id=row.sheet_id,
        title=row.number if is_blind else row.name,
        number="" if is_blind else row.number,
        group_key=row.group_key,
        round_id=row.round_id,
        round_open=row.round_state is RoundState.SCORING,
        leads=row.role is SeatRole.LEADER,
        items_scored=row.items_scored or 0,
        items_total=row.items_total or 0,
        submitted_at=row.submitted_at,
        group=rules.group_of(row.state, row.sheet_state, row.items_scored, row.returned_at),
        application_id=row.application_id,
        skipped_at=row.skipped_at,
    )
