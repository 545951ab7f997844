"""What stands between an expert and an applicant, and what two people may except from the rules."""

from app.kernel.words import N_
from app.workflow.shapes import Lifecycle, Transition
from app.workflow.shapes import label as _label
from app.workflow.states import ConflictState, ExceptionState, InterestQuestionState

CONFLICT = Lifecycle(
    "conflict",
    N_("利害关系"),
    ConflictState,
    ConflictState.STANDING,
    {
        ConflictState.STANDING: _label(N_("已登记"), "active"),
        ConflictState.WITHDRAWN: _label(N_("已撤销登记"), "quiet"),
    },
    (
        Transition(
            "conflict.withdraw",
            N_("撤销登记利害关系"),
            (ConflictState.STANDING,),
            ConflictState.WITHDRAWN,
            needs_reason=True,
        ),
    ),
)

EXCEPTION = Lifecycle(
    "exception",
    N_("例外"),
    ExceptionState,
    ExceptionState.PROPOSED,
    {
        ExceptionState.PROPOSED: _label(N_("待另一人确认"), "waiting"),
        ExceptionState.CONFIRMED: _label(N_("已确认"), "done"),
        ExceptionState.REFUSED: _label(N_("未获确认"), "quiet"),
        ExceptionState.REVOKED: _label(N_("已撤销例外"), "quiet"),
    },
    (
        Transition("exception.confirm", N_("确认例外"), (ExceptionState.PROPOSED,), ExceptionState.CONFIRMED),
        Transition(
            "exception.refuse", N_("不予确认"), (ExceptionState.PROPOSED,), ExceptionState.REFUSED, needs_reason=True
        ),
        Transition(
            "exception.revoke", N_("撤销例外"), (ExceptionState.CONFIRMED,), ExceptionState.REVOKED, needs_reason=True
        ),
    ),
)

INTEREST_QUESTION = Lifecycle(
    "interest_question",
    N_("待认定的利害关系"),
    InterestQuestionState,
    InterestQuestionState.OPEN,
    {
        InterestQuestionState.OPEN: _label(N_("待秘书处认定"), "waiting"),
        InterestQuestionState.NO_INTEREST: _label(N_("已认定没有利害关系"), "done"),
        InterestQuestionState.INTEREST: _label(N_("已认定有利害关系"), "quiet"),
        InterestQuestionState.LAPSED: _label(N_("已不需认定"), "quiet"),
    },
    (
        Transition(
            "interest_question.deny",
            N_("认定没有利害关系"),
            (InterestQuestionState.OPEN,),
            InterestQuestionState.NO_INTEREST,
            needs_reason=True,
        ),
        Transition(
            "interest_question.affirm",
            N_("认定有利害关系"),
            (InterestQuestionState.OPEN,),
            InterestQuestionState.INTEREST,
            needs_reason=True,
        ),
        Transition(
            "interest_question.lapse",
            N_("不再需要认定"),
            (InterestQuestionState.OPEN,),
            InterestQuestionState.LAPSED,
            needs_reason=True,
        ),
    ),
)
