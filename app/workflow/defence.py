"""A session of statements and defences, from the sealed list to its end."""

from app.kernel.words import N_
from app.workflow.shapes import Lifecycle, Transition
from app.workflow.shapes import label as _label
from app.workflow.states import DefenceState

_D = DefenceState

DEFENCE = Lifecycle(
    "defence",
    N_("陈述答辩场次"),
    DefenceState,
    _D.PLANNED,
    {
        _D.PLANNED: _label(N_("待封定"), "quiet"),
        _D.COMMITTED: _label(N_("名单和题目已封定，待抽签"), "waiting"),
        _D.DRAWN: _label(N_("已抽签"), "waiting"),
        _D.RUNNING: _label(N_("答辩中"), "active"),
        _D.ENDED: _label(N_("已结束"), "done"),
    },
    (
        Transition("defence.commit", N_("封定名单和题目"), (_D.PLANNED,), _D.COMMITTED),
        Transition("defence.draw", N_("抽签"), (_D.COMMITTED,), _D.DRAWN),
        Transition("defence.begin", N_("宣布开始"), (_D.DRAWN,), _D.RUNNING),
        Transition("defence.end", N_("宣布结束"), (_D.RUNNING,), _D.ENDED),
    ),
)
