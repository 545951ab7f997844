"""Draws, assignments and conflicts.

The out-of-region rule is enforced three times: as a filter before the draw (rules/), again in the one service that
writes an assignment, and by triggers on `assignment` in both databases (migrations/versions/0004_conflicts_and_exceptions.py).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.applications.models import Application
from app.experts.models import Expert
from app.kernel import clock
from app.kernel.database import Base, enumeration, short
from app.kernel.words import N_
from app.programmes.models import Edition, Round
from app.programmes.rules.values import LiftableRule
from app.workflow import AssignmentState, ConflictState, DrawState, ExceptionState, InterestQuestionState


class SeatRole(StrEnum):
    LEADER = "leader"
    MEMBER = "member"


SEAT_ROLE_LABELS: dict[SeatRole, str] = {SeatRole.LEADER: N_("组长"), SeatRole.MEMBER: N_("成员")}


REPAIR_INPUT = "zhiheng-repair/1"
"""The format of the input of a draw that filled all empty seats of a round at once."""


class SeatOrigin(StrEnum):
    """How a seat came about: by lot (from the draw to its top-up), or by somebody who answers for it by name."""

    DRAW = "draw"
    RESERVE = "reserve"
    REPAIR = "repair"
    TOP_UP = "top_up"
    HAND = "hand"
    IMPORT = "import"
    COPY = "copy"


SEAT_ORIGIN_LABELS: dict[SeatOrigin, str] = {
    SeatOrigin.DRAW: N_("抽取"),
    SeatOrigin.RESERVE: N_("替补"),
    SeatOrigin.REPAIR: N_("一并补齐"),
    SeatOrigin.TOP_UP: N_("补抽"),
    SeatOrigin.HAND: N_("秘书处指定"),
    SeatOrigin.IMPORT: N_("按名单导入"),
    SeatOrigin.COPY: N_("沿用以往专家组"),
}
BY_NAME = (SeatOrigin.HAND, SeatOrigin.IMPORT, SeatOrigin.COPY)


class ConflictSource(StrEnum):
    DECLARED = "declared"
    SYSTEM = "system"
    OFFICE = "office"
    APPLICANT = "applicant"


CONFLICT_SOURCE_LABELS: dict[ConflictSource, str] = {
    ConflictSource.DECLARED: N_("专家声明"),
    ConflictSource.SYSTEM: N_("系统发现"),
    ConflictSource.OFFICE: N_("秘书处登记"),
    ConflictSource.APPLICANT: N_("申报者提出"),
}


class InterestDegree(StrEnum):
    """Whether the declared interest is the expert's own, or that of his kin, his employer or somebody else close to him."""

    DIRECT = "direct"
    INDIRECT = "indirect"


INTEREST_DEGREE_LABELS: dict[InterestDegree, str] = {
    InterestDegree.DIRECT: N_("直接：我本人与申报者有这种关系"),
    InterestDegree.INDIRECT: N_("间接：我的近亲属、所在单位或其他密切的人有这种关系"),
}


PARTIES: dict[str, str] = {"system": N_("质衡系统"), "office": N_("秘书处"), "supervisor": N_("监督员")}
"""The parties of a draw that the product knows by itself; guests bring a name of their own."""


class Conflict(Base, kw_only=True):
    """An expert's interest in an applicant's dossier, from `since` to `until` (both may be unknown; open while it lasts).

    While it stands, and until the rulebook's window after its end has passed, it forbids every assignment of the pair.
    `kind` is a key of the rulebook's `panel.conflicts`, `note` what shows it; `recorded_by` is empty for the system;
    `degree` is what an expert said who declared it himself.
    """

    __tablename__ = "conflict"
    __table_args__ = (Index("ix_conflict_pair", "expert_id", "application_id"),)
    lifecycle: ClassVar[str] = "conflict"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), index=True)
    kind: Mapped[str] = mapped_column(short(40))
    source: Mapped[ConflictSource] = mapped_column(enumeration(ConflictSource))
    degree: Mapped[InterestDegree | None] = mapped_column(enumeration(InterestDegree), default=None)
    note: Mapped[str] = mapped_column(default="")
    since: Mapped[date | None] = mapped_column(default=None)
    until: Mapped[date | None] = mapped_column(default=None)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    state: Mapped[ConflictState] = mapped_column(enumeration(ConflictState), default=ConflictState.STANDING, init=False)
    expert: Mapped[Expert] = relationship(init=False)
    application: Mapped[Application] = relationship(init=False)


class InterestQuestion(Base, kw_only=True):
    """An expert who is not sure whether he has an interest asks the office; the dossier stays closed until it has answered."""

    __tablename__ = "interest_question"
    __table_args__ = (
        Index(
            "uq_interest_question_open",
            "assignment_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )
    lifecycle: ClassVar[str] = "interest_question"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), index=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"), index=True)
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    text: Mapped[str]
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[InterestQuestionState] = mapped_column(
        enumeration(InterestQuestionState), default=InterestQuestionState.OPEN, init=False
    )
    version: Mapped[int] = mapped_column(init=False)
    assignment: Mapped["Assignment"] = relationship(init=False)
    answerer: Mapped[User | None] = relationship(init=False)

    __mapper_args__ = {"version_id_col": version}


class PairException(Base, kw_only=True):
    """One rule lifted for one pair: proposed by one named person, confirmed by another, public once it is confirmed.

    `number` counts within the edition; `decision` is what was said when it was refused or revoked.
    """

    __tablename__ = "pair_exception"
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        Index("ix_pair_exception_pair", "expert_id", "application_id"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name="two_people"),
        CheckConstraint("state <> 'confirmed' OR confirmed_by IS NOT NULL", name="confirmer"),
    )
    lifecycle: ClassVar[str] = "exception"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    number: Mapped[int]
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    rule: Mapped[LiftableRule] = mapped_column(enumeration(LiftableRule))
    reason: Mapped[str]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    proposed_at: Mapped[datetime]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    decision: Mapped[str] = mapped_column(default="")
    state: Mapped[ExceptionState] = mapped_column(
        enumeration(ExceptionState), default=ExceptionState.PROPOSED, init=False
    )
    version: Mapped[int] = mapped_column(init=False)
    edition: Mapped[Edition] = relationship(init=False)
    application: Mapped[Application] = relationship(init=False)
    expert: Mapped[Expert] = relationship(init=False)
    proposer: Mapped[User] = relationship(init=False, foreign_keys=[proposed_by])
    confirmer: Mapped[User | None] = relationship(init=False, foreign_keys=[confirmed_by])

    __mapper_args__ = {"version_id_col": version}


class Draw(Base, kw_only=True):
    """One recorded draw for a round, from the office's working copy to its publication; `parent_id`: a replacement.

    With the commitment `input` is frozen: experts stand in it under the codes of `codes`, which stay sealed until the list
    is published; and for a random draw `marginals`, the chance of every pair (docs/draw.md). `measured` is what the policy
    costs on this input (`policies.Cost`). `input` and `seed` give the same `result` on any machine. No draw of a round can stand as drawn without
    a public value, and the database refuses every later change of what was committed (migration 0005).
    """

    __tablename__ = "draw"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint(
            "state IN ('sketch', 'committed', 'discarded') OR parent_id IS NOT NULL OR public_value <> ''",
            name="drawn_with_a_public_value",
        ),
    )
    lifecycle: ClassVar[str] = "draw"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("draw.id"), default=None)
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    plan: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    input: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    input_digest: Mapped[str] = mapped_column(short(64), default="")
    marginals: Mapped[dict[str, Any]] = mapped_column(default_factory=dict, deferred=True)
    marginals_digest: Mapped[str] = mapped_column(short(64), default="")
    measured: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    codes: Mapped[dict[str, Any]] = mapped_column(default_factory=dict, deferred=True)
    codes_digest: Mapped[str] = mapped_column(short(64), default="")
    source: Mapped[str] = mapped_column(short(200), default="")
    known_at: Mapped[datetime | None] = mapped_column(default=None)
    reveal_by: Mapped[datetime | None] = mapped_column(default=None)
    unseal_at: Mapped[datetime | None] = mapped_column(default=None)
    committed_at: Mapped[datetime | None] = mapped_column(default=None)
    public_value: Mapped[str] = mapped_column(short(200), default="")
    public_at: Mapped[datetime | None] = mapped_column(default=None)
    witnesses: Mapped[str] = mapped_column(short(200), default="")
    seed: Mapped[str] = mapped_column(short(64), default="")
    result: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    result_digest: Mapped[str] = mapped_column(short(64), default="")
    drawn_at: Mapped[datetime | None] = mapped_column(default=None)
    drawn_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    state: Mapped[DrawState] = mapped_column(enumeration(DrawState), default=DrawState.SKETCH, init=False)
    version: Mapped[int] = mapped_column(init=False)
    edition: Mapped[Edition] = relationship(init=False)
    round: Mapped[Round] = relationship(init=False)
    assignments: Mapped[list["Assignment"]] = relationship(init=False, back_populates="draw")
    parties: Mapped[list["DrawParty"]] = relationship(init=False, back_populates="draw", order_by="DrawParty.id")

    __mapper_args__ = {"version_id_col": version}

    @property
    def kind(self) -> str:
        """In brackets behind its number: what a draw after the round's own was for."""
        if self.parent_id is None:
            return ""
        return N_("（一并补齐）") if self.input.get("format") == REPAIR_INPUT else N_("（替补）")


class DrawParty(Base, kw_only=True):
    """Who put a secret into a draw: the system, the office, the supervisor, a guest such as a notary.

    Only the commitment is known until the reveal. `sealed` is the system's own secret, which nobody but the draw reads;
    a party whose secret never came is `withheld`, and the public value stands in for it.
    """

    __tablename__ = "draw_party"
    __table_args__ = (UniqueConstraint("draw_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"))
    key: Mapped[str] = mapped_column(short(40))
    name: Mapped[str] = mapped_column(short())
    commitment: Mapped[str] = mapped_column(short(64))
    committed_at: Mapped[datetime]
    nonce: Mapped[str] = mapped_column(short(64), default="", deferred=True)
    sealed: Mapped[str] = mapped_column(short(200), default="", deferred=True)
    secret: Mapped[str] = mapped_column(short(200), default="")
    revealed_at: Mapped[datetime | None] = mapped_column(default=None)
    withheld: Mapped[bool] = mapped_column(default=False)
    draw: Mapped[Draw] = relationship(init=False, back_populates="parties")


class DrawMeasurement(Base, kw_only=True):
    """What the choices of one `kind` come to on a working copy (shares of reviews that cross groups, or policies): asked for by
    the office, worked out one by one in the background, kept until it is asked for again.

    `basis` is the digest of the input that was measured (`measurements.basis`), `highest` the total that the rules allow, `found`
    what is done so far of what is `asked_for`. While `ended_at` is empty it goes on; `problem` is why it ended without an answer.
    """

    __tablename__ = "draw_measurement"
    __table_args__ = (UniqueConstraint("draw_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    draw_id: Mapped[int] = mapped_column(ForeignKey("draw.id"))
    kind: Mapped[str] = mapped_column(short(16))
    asked_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    asked_at: Mapped[datetime]
    asked_for: Mapped[list[Any]]
    basis: Mapped[str] = mapped_column(short(64), default="")
    highest: Mapped[int | None] = mapped_column(default=None)
    found: Mapped[list[Any]] = mapped_column(default_factory=list)
    problem: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    ended_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    version: Mapped[int] = mapped_column(init=False)
    draw: Mapped[Draw] = relationship(init=False)

    __mapper_args__ = {"version_id_col": version}

    @property
    def steps(self) -> int:
        return len(self.asked_for) + 1

    @property
    def done(self) -> int:
        return len(self.found) + (self.highest is not None)


class Assignment(Base, kw_only=True):
    """An expert's seat on the panel of one dossier in one round; the only door through which an expert meets a dossier.

    `origin` tells how it came about: by lot in `draw`, or by a named person (`seated_by`) for a `reason` that is public.
    Places left before `places_since` and interests ended before `conflicts_since` did not count when it was written; the
    database's triggers go by the same two days, and without them by everything on record.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("round_id", "application_id", "expert_id"),
        Index("ix_assignment_expert_state", "expert_id", "state"),
        Index("ix_assignment_application", "application_id"),
        CheckConstraint(
            "(origin IN ('draw', 'reserve', 'repair', 'top_up') AND draw_id IS NOT NULL) OR "
            "(origin IN ('hand', 'import', 'copy') AND draw_id IS NULL AND seated_by IS NOT NULL AND reason <> '')",
            name="answered_for",
        ),
    )
    lifecycle: ClassVar[str] = "assignment"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    draw_id: Mapped[int | None] = mapped_column(ForeignKey("draw.id"), default=None)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id"))
    role: Mapped[SeatRole] = mapped_column(enumeration(SeatRole))
    origin: Mapped[SeatOrigin] = mapped_column(enumeration(SeatOrigin), default=SeatOrigin.DRAW)
    reason: Mapped[str] = mapped_column(default="")
    seated_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"), default=None)
    seated_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"), default=None)
    declared_at: Mapped[datetime | None] = mapped_column(default=None)
    declaration_text: Mapped[str] = mapped_column(default="")
    places_since: Mapped[date] = mapped_column(default=date.min)
    conflicts_since: Mapped[date] = mapped_column(default=date.min)
    state: Mapped[AssignmentState] = mapped_column(
        enumeration(AssignmentState), default=AssignmentState.SEALED, init=False
    )
    version: Mapped[int] = mapped_column(init=False)
    draw: Mapped[Draw | None] = relationship(init=False, back_populates="assignments")
    round: Mapped[Round] = relationship(init=False)
    application: Mapped[Application] = relationship(init=False)
    expert: Mapped[Expert] = relationship(init=False)
    seater: Mapped[User | None] = relationship(init=False)

    @property
    def is_over(self) -> bool:
        """The edition has ended: what was on the desk is closed again."""
        return self.round.edition.state.is_over

    __mapper_args__ = {"version_id_col": version}


class Blinding(Base, kw_only=True):
    """What the office hides of one dossier in blind rounds, beyond what is always hidden: words of its texts, and files."""

    __tablename__ = "blinding"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), unique=True)
    words: Mapped[list[str]] = mapped_column(default_factory=list)
    files: Mapped[list[Any]] = mapped_column(default_factory=list)
    marked_by: Mapped[int] = mapped_column(ForeignKey("user.id"))
    marked_at: Mapped[datetime] = mapped_column(default_factory=clock.now)
    version: Mapped[int] = mapped_column(init=False)

    __mapper_args__ = {"version_id_col": version}
