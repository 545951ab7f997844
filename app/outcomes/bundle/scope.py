"""Which bundle is made: of which edition, for whom, up to which event of the record; and what all its parts look up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import func, select

from app.applications.models import Application
from app.audit import checkpoints
from app.audit.models import AuditCheckpoint, AuditEvent
from app.kernel import regions
from app.kernel.database import db
from app.outcomes import queries
from app.outcomes.models import Outcome
from app.programmes.models import Edition, Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import RegionLevel
from app.ranking.models import Ranking
from app.workflow import OutcomeState, RankingState

OWN_SUBJECT = "bundle"
"""What is recorded of bundles themselves moves no bundle's end."""


@dataclass(frozen=True)
class Scope:
    """`full`: for the office and the supervisor; otherwise for anybody, under codes and without what people wrote."""

    edition: Edition
    full: bool
    checkpoint: AuditCheckpoint

    @property
    def rulebook(self) -> Rulebook:
        return rulebook_of(self.edition)

    @cached_property
    def rounds(self) -> Mapping[int, str]:
        found = select(Round.id, Round.key).where(Round.edition_id == self.edition.id).order_by(Round.position)
        return {row.id: row.key for row in db.session.execute(found)}

    @cached_property
    def numbers(self) -> Mapping[int, str]:
        """The numbers of all dossiers that were handed in, by id."""
        found = select(Application.id, Application.number).where(
            Application.edition_id == self.edition.id, Application.sequence.is_not(None)
        )
        return {row.id: row.number for row in db.session.execute(found.order_by(Application.sequence))}

    @cached_property
    def rankings(self) -> Sequence[Ranking]:
        """The confirmed ones, in the order of the rounds; each round has one."""
        found = select(Ranking).where(Ranking.edition_id == self.edition.id, Ranking.state == RankingState.CONFIRMED)
        return db.session.scalars(found.join(Ranking.round).order_by(Round.position)).all()

    @cached_property
    def honours(self) -> Sequence[Outcome]:
        """What was published, revoked ones too, in the order of the list."""
        return queries.of_edition(self.edition.id, OutcomeState.PUBLISHED, OutcomeState.REVOKED)

    def place(self, code: str) -> str:
        """A region as far as the out-of-region rule looks: nothing finer is told."""
        level = self.rulebook.panel.region_level
        return "" if level is RegionLevel.NONE else regions.prefix(code, level.value).ljust(6, "0")


def scope_of(edition: Edition, *, full: bool) -> Scope:
    """Up to the first checkpoint over the edition's last step: the same bundle for as long as no further step is taken.

    Signs a checkpoint where none reaches so far.
    """
    step = select(func.max(AuditEvent.id)).where(
        AuditEvent.edition_id == edition.id, AuditEvent.state_after.is_not(None), AuditEvent.subject_type != OWN_SUBJECT
    )
    return Scope(edition, full, checkpoints.covering(db.session.scalar(step) or 1))
