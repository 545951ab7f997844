"""A panel's talk about one dossier in one round, from the scores that are all in to the released report."""

from app.kernel.words import N_
from app.workflow.shapes import Lifecycle, Transition
from app.workflow.shapes import label as _label
from app.workflow.states import ConsensusState

_C = ConsensusState

CONSENSUS = Lifecycle(
    "consensus",
    N_("合议"),
    ConsensusState,
    _C.OPEN,
    {
        _C.OPEN: _label(N_("合议中"), "active"),
        _C.PROPOSED: _label(N_("待组员确认"), "waiting"),
        _C.AGREED: _label(N_("已达成一致，待报告"), "waiting"),
        _C.NO_CONSENSUS: _label(N_("未达成一致，待报告"), "waiting"),
        _C.RELEASED: _label(N_("合议报告已发布"), "done"),
    },
    (
        Transition("consensus.propose", N_("提出合议结果"), (_C.OPEN,), _C.PROPOSED),
        Transition("consensus.revise", N_("收回合议结果再议"), (_C.PROPOSED,), _C.OPEN),
        Transition("consensus.agree", N_("宣布达成一致"), (_C.PROPOSED,), _C.AGREED),
        Transition("consensus.give_up", N_("宣布合议不成"), (_C.OPEN, _C.PROPOSED), _C.NO_CONSENSUS, needs_reason=True),
        Transition("consensus.release", N_("发布合议报告"), (_C.AGREED, _C.NO_CONSENSUS), _C.RELEASED),
    ),
)
