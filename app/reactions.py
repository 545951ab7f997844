"""What follows from a step: action → calls into later stages, messages to send. Nothing else reacts to a step."""

from typing import Any

from app.consensus import services as consensus
from app.defences import services as defences
from app.experts import services as experts
from app.experts.models import CreditFactKind
from app.intake import services as intake
from app.kernel.actor import Actor
from app.kernel.words import N_
from app.lifecycle import Reaction
from app.outcomes.letters import services as letters
from app.panels import services as panels
from app.scoring import services as scoring


def note_used(assignment: Any, _actor: Actor) -> None:
    """The pool remembers when an expert served last."""
    experts.note_used(assignment.expert_id)


def note_recused(assignment: Any, _actor: Actor) -> None:
    """The reason stays with the conflict of interest: the file says only that the expert did what the rules ask."""
    _note(assignment, CreditFactKind.RECUSED, N_("声明有利害关系，依规回避。"))


def note_excused(assignment: Any, _actor: Actor) -> None:
    _note(assignment, CreditFactKind.EXCUSED, N_("秘书处收回了评审任务。"))


def note_declined(invitation: Any, _actor: Actor) -> None:
    """The reasons stay with the invitation. Whoever steps back for an interest does not come here: that is a recusal."""
    text = N_("谢绝了本届的评审邀请。")
    experts.note_once(invitation.expert_id, CreditFactKind.DECLINED, text=text, source=invitation.edition.code)


def take_back_declined(invitation: Any, _actor: Actor) -> None:
    """An answer may be changed until it is due: what was declined before and is accepted now is held against nobody."""
    reason = N_("答复期限内改为接受邀请。")
    experts.take_back_fact(invitation.expert_id, CreditFactKind.DECLINED, source=invitation.edition.code, reason=reason)


def note_void(sheet: Any, _actor: Actor) -> None:
    _note(sheet.assignment, CreditFactKind.VOID_SHEET, N_("随评审任务一并作废，不计入结果。"))


def note_late(round_: Any, _actor: Actor) -> None:
    """Scoring ended after its due time: whoever had taken the task and never submitted was late."""
    state = scoring.closing(round_)
    for seat in state.open_seats if state.overdue else ():
        if seat.sheet_id is not None:
            text = N_("评分到期并结束时，评分表尚未提交。")
            experts.note_fact(seat.expert_id, CreditFactKind.LATE, text=text, source=seat.number)


def _note(assignment: Any, kind: CreditFactKind, text: str) -> None:
    experts.note_fact(assignment.expert_id, kind, text=text, source=assignment.application.number)


TABLE: dict[str, tuple[Reaction, ...]] = {
    "application.submit": (intake.route,),
    "application.accept": (letters.accepted,),
    "application.return": (letters.returned,),
    "application.refuse": (letters.refused,),
    "application.honour": (letters.honoured,),
    "visit.notify": (letters.visit_announced,),
    "defence.commit": (letters.defence_sealed,),
    "objection.uphold": (letters.objection_answered, letters.objection_upheld),
    "objection.reject": (letters.objection_answered, letters.objection_rejected),
    "edition.conclude": (letters.concluded,),
    "expert_invitation.decline": (note_declined,),
    "expert_invitation.accept": (take_back_declined,),
    "assignment.notify": (note_used,),
    "assignment.clear": (scoring.open_sheet,),
    "assignment.recuse": (panels.lapse_question, note_recused, scoring.void_sheet),
    "assignment.excuse": (panels.lapse_question, note_excused, scoring.void_sheet),
    "score_sheet.submit": (consensus.open_when_complete,),
    "score_sheet.take_over": (consensus.open_when_complete,),
    "score_sheet.reopen": (consensus.keep_independent, defences.keep_results),
    "score_sheet.send_back": (consensus.keep_independent, defences.keep_results),
    "score_sheet.void": (note_void,),
    "round.close": (note_late, consensus.open_rest),
    "expert_merge.confirm": (panels.follow_merge,),
}
