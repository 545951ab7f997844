"""The expert pool's own lifecycles: a list that is received, read and taken in; an expert who is asked to serve; two
entries of one person."""

from app.kernel.words import N_
from app.workflow.shapes import Lifecycle, Transition
from app.workflow.shapes import label as _label
from app.workflow.states import InvitationState, MergeState, PoolImportState

POOL_IMPORT = Lifecycle(
    "pool_import",
    N_("专家库导入"),
    PoolImportState,
    PoolImportState.RECEIVED,
    {
        PoolImportState.RECEIVED: _label(N_("正在读取"), "active"),
        PoolImportState.UNREADABLE: _label(N_("不能读取"), "quiet"),
        PoolImportState.PREVIEWED: _label(N_("待确认"), "waiting"),
        PoolImportState.APPLYING: _label(N_("正在导入"), "active"),
        PoolImportState.APPLIED: _label(N_("已导入"), "done"),
        PoolImportState.DISCARDED: _label(N_("已放弃"), "quiet"),
    },
    (
        Transition("pool_import.preview", N_("读完名单"), (PoolImportState.RECEIVED,), PoolImportState.PREVIEWED),
        Transition(
            "pool_import.refuse",
            N_("拒收名单"),
            (PoolImportState.RECEIVED,),
            PoolImportState.UNREADABLE,
            needs_reason=True,
        ),
        Transition("pool_import.apply", N_("确认导入"), (PoolImportState.PREVIEWED,), PoolImportState.APPLYING),
        Transition("pool_import.finish", N_("完成导入"), (PoolImportState.APPLYING,), PoolImportState.APPLIED),
        Transition(
            "pool_import.give_back",
            N_("导入未成"),
            (PoolImportState.APPLYING,),
            PoolImportState.PREVIEWED,
            needs_reason=True,
        ),
        Transition("pool_import.discard", N_("放弃导入"), (PoolImportState.PREVIEWED,), PoolImportState.DISCARDED),
    ),
)

_I = InvitationState

EXPERT_INVITATION = Lifecycle(
    "expert_invitation",
    N_("专家邀请"),
    InvitationState,
    _I.SENT,
    {
        _I.SENT: _label(N_("待答复"), "waiting"),
        _I.ACCEPTED: _label(N_("已接受"), "done"),
        _I.DECLINED: _label(N_("已谢绝"), "quiet"),
        _I.WITHDRAWN: _label(N_("邀请已撤回"), "quiet"),
    },
    (
        Transition("expert_invitation.accept", N_("接受邀请"), (_I.SENT, _I.ACCEPTED, _I.DECLINED), _I.ACCEPTED),
        Transition("expert_invitation.decline", N_("谢绝邀请"), (_I.SENT, _I.ACCEPTED, _I.DECLINED), _I.DECLINED),
        Transition(
            "expert_invitation.withdraw",
            N_("撤回邀请"),
            (_I.SENT, _I.ACCEPTED, _I.DECLINED),
            _I.WITHDRAWN,
            needs_reason=True,
        ),
    ),
)

EXPERT_MERGE = Lifecycle(
    "expert_merge",
    N_("专家合并"),
    MergeState,
    MergeState.PROPOSED,
    {
        MergeState.PROPOSED: _label(N_("待另一人确认"), "waiting"),
        MergeState.CONFIRMED: _label(N_("已合并"), "done"),
        MergeState.REFUSED: _label(N_("未获确认"), "quiet"),
    },
    (
        Transition("expert_merge.confirm", N_("确认合并"), (MergeState.PROPOSED,), MergeState.CONFIRMED),
        Transition(
            "expert_merge.refuse", N_("不予合并"), (MergeState.PROPOSED,), MergeState.REFUSED, needs_reason=True
        ),
    ),
)
