"""Reads of invitations: who was asked in an edition, who may be, who declined, what one expert still has to answer."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, func, select

from app.experts.models import Expert, ExpertInvitation
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.words import N_, Message
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from app.workflow import EditionState, InvitationState

OPEN_EDITIONS = (EditionState.DRAFT, EditionState.RUNNING)
ASKED = ExpertInvitation.state != InvitationState.WITHDRAWN


def find_invitation(invitation_id: int) -> ExpertInvitation | None:
    return db.session.get(ExpertInvitation, invitation_id)


def invitations(edition: Edition, state: str = "") -> Sequence[ExpertInvitation]:
    """Of one edition; `overdue` are the unanswered whose due date has passed."""
    wanted = select(ExpertInvitation).join(Expert).where(ExpertInvitation.edition_id == edition.id, *_in_state(state))
    return db.session.scalars(wanted.order_by(Expert.number, ExpertInvitation.id)).unique().all()


def _in_state(state: str) -> list[ColumnElement[bool]]:
    if state == "overdue":
        return [ExpertInvitation.state == InvitationState.SENT, ExpertInvitation.due_at < clock.now()]
    return [ExpertInvitation.state == state] if state in set(InvitationState) else []


def counted(edition: Edition) -> dict[str, int]:
    """How many invitations of the edition stand in each state, and how many are overdue."""
    of_edition = ExpertInvitation.edition_id == edition.id
    rows = db.session.execute(
        select(ExpertInvitation.state, func.count()).where(of_edition).group_by(ExpertInvitation.state)
    )
    found = {state.value: 0 for state in InvitationState} | {state.value: count for state, count in rows}
    late = select(func.count()).select_from(ExpertInvitation).where(of_edition, *_in_state("overdue"))
    return found | {"overdue": db.session.scalar(late) or 0}


def picked(edition: Edition, numbers: Iterable[int]) -> Sequence[ExpertInvitation]:
    """These invitations of the edition, of those that still wait for an answer and may be reminded."""
    wanted = (
        select(ExpertInvitation)
        .join(Expert)
        .where(
            ExpertInvitation.edition_id == edition.id,
            ExpertInvitation.id.in_(list(numbers)),
            ExpertInvitation.state == InvitationState.SENT,
            ExpertInvitation.due_at >= clock.now(),
        )
    )
    return db.session.scalars(wanted.order_by(Expert.number)).unique().all()


def invitable(edition: Edition, conditions: Sequence[ColumnElement[bool]]) -> Sequence[Expert]:
    """Of the experts so narrowed, those who can be asked: in the pool, available, and not asked in this edition yet."""
    asked = select(ExpertInvitation.expert_id).where(ExpertInvitation.edition_id == edition.id, ASKED)
    wanted = select(Expert).where(
        *conditions, Expert.removed_at.is_(None), Expert.available.is_(True), Expert.id.not_in(asked)
    )
    return db.session.scalars(wanted.order_by(Expert.number)).all()


def declined_in(edition: Edition) -> frozenset[int]:
    """Experts who have declined to serve in this edition: no draw may take them. An answer under a number that was merged
    counts for the person as long as nobody asked him again."""
    rows = db.session.execute(
        select(ExpertInvitation.expert_id, Expert.merged_into_id, ExpertInvitation.state)
        .join(Expert, Expert.id == ExpertInvitation.expert_id)
        .where(ExpertInvitation.edition_id == edition.id, ASKED)
    ).all()
    own = {row.expert_id for row in rows}
    refused = [row for row in rows if row.state is InvitationState.DECLINED]
    inherited = {row.merged_into_id for row in refused if row.merged_into_id not in (None, *own)}
    return frozenset(row.expert_id for row in refused) | frozenset(filter(None, inherited))


def invitations_of(actor: Actor) -> Sequence[ExpertInvitation]:
    """What the signed-in expert was asked and can still answer, the most urgent first."""
    mine = ExpertInvitation.expert_id == actor.expert_id, ASKED, ExpertInvitation.due_at >= clock.now()
    return db.session.scalars(select(ExpertInvitation).where(*mine).order_by(ExpertInvitation.due_at)).unique().all()


def most_dossiers(edition: Edition) -> int:
    """The most dossiers an expert can promise to take in a round: what the rulebook lets anybody hold."""
    rulebook = rulebook_of(edition)
    return min(max(rule.load_limit for rule in rulebook.rounds), rulebook.panel.yearly_load_limit)


def closed(invitation: ExpertInvitation) -> Message | None:
    """Why this invitation can no longer be answered, or None."""
    if invitation.state is InvitationState.WITHDRAWN:
        return Message(N_("秘书处已经撤回这份邀请，不必再答复。"))
    if invitation.expert.merged_into_id is not None:
        return Message(N_("您的两份专家资料已合并，这份邀请不能再答复。如需更改，请联系秘书处。"))
    if invitation.due_at < clock.now():
        return Message(N_("答复期限已过，不能再答复或修改。如需更改，请直接联系秘书处。"))
    if invitation.edition.state not in OPEN_EDITIONS:
        return Message(N_("这一届评审已经结束，不必再答复。"))
    return None


def proposals() -> Sequence[Expert]:
    """Experts who have asked the office to correct what the pool knows of them, the oldest first."""
    wanted = select(Expert).where(Expert.proposed_at.is_not(None), Expert.removed_at.is_(None))
    return db.session.scalars(wanted.order_by(Expert.proposed_at)).all()
