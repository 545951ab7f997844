"""The watch period: a yearly declaration from the honoured, and a fact that may speak against an honour."""

from app.kernel.words import N_
from app.workflow.shapes import Lifecycle, Transition
from app.workflow.shapes import label as _label
from app.workflow.states import DeclarationState, WatchFactState

_D, _F = DeclarationState, WatchFactState

YEARLY_DECLARATION = Lifecycle(
    "yearly_declaration",
    N_("年度声明"),
    DeclarationState,
    _D.OWED,
    {
        _D.OWED: _label(N_("待提交"), "waiting"),
        _D.SUBMITTED: _label(N_("已提交，待审阅"), "active", N_("已提交")),
        _D.ACCEPTED: _label(N_("已审阅"), "done"),
        _D.LAPSED: _label(N_("不再需要"), "quiet"),
    },
    (
        Transition("yearly_declaration.submit", N_("提交年度声明"), (_D.OWED,), _D.SUBMITTED),
        Transition("yearly_declaration.accept", N_("审阅完毕"), (_D.SUBMITTED,), _D.ACCEPTED),
        Transition("yearly_declaration.send_back", N_("退回补充声明"), (_D.SUBMITTED,), _D.OWED, needs_reason=True),
        Transition(
            "yearly_declaration.lapse",
            N_("年度声明不再需要"),
            (_D.OWED, _D.SUBMITTED),
            _D.LAPSED,
            needs_reason=True,
        ),
    ),
)

WATCH_FACT = Lifecycle(
    "watch_fact",
    N_("监督期内的情况"),
    WatchFactState,
    _F.OPEN,
    {
        _F.OPEN: _label(N_("待核实处理"), "waiting"),
        _F.DISMISSED: _label(N_("不影响奖项"), "done"),
        _F.INTERVIEWED: _label(N_("已约谈整改"), "done"),
        _F.REVOKED: _label(N_("已撤销奖项"), "fault"),
    },
    (
        Transition("watch_fact.dismiss", N_("认定不影响奖项"), (_F.OPEN,), _F.DISMISSED, needs_reason=True),
        Transition("watch_fact.interview", N_("约谈并要求整改"), (_F.OPEN,), _F.INTERVIEWED, needs_reason=True),
        Transition("watch_fact.revoke", N_("因此撤销奖项"), (_F.OPEN,), _F.REVOKED, needs_reason=True),
    ),
)
