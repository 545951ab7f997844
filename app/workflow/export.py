"""A file that somebody takes along: ordered by a person, made at once or by the clock, gone after a day."""

from app.kernel.words import N_
from app.workflow.shapes import Lifecycle, Transition
from app.workflow.shapes import label as _label
from app.workflow.states import ExportState

_X = ExportState

EXPORT = Lifecycle(
    "export",
    N_("导出文件"),
    ExportState,
    _X.ORDERED,
    {
        _X.ORDERED: _label(N_("正在制作"), "active"),
        _X.MADE: _label(N_("可以下载"), "done"),
        _X.FAILED: _label(N_("未能制成"), "fault"),
        _X.EXPIRED: _label(N_("已过期删除"), "quiet"),
    },
    (
        Transition("export.make", N_("制成导出文件"), (_X.ORDERED,), _X.MADE),
        Transition("export.fail", N_("导出文件未能制成"), (_X.ORDERED,), _X.FAILED, needs_reason=True),
        Transition("export.expire", N_("删除过期的导出文件"), (_X.MADE,), _X.EXPIRED),
    ),
)
