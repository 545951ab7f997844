"""A bundle of an edition: ordered by the office, made by the clock."""

from app.kernel.words import N_
from app.workflow.shapes import Lifecycle, Transition
from app.workflow.shapes import label as _label
from app.workflow.states import BundleState

BUNDLE = Lifecycle(
    "bundle",
    N_("存档包"),
    BundleState,
    BundleState.ORDERED,
    {
        BundleState.ORDERED: _label(N_("正在制作"), "active"),
        BundleState.MADE: _label(N_("已制成"), "done"),
        BundleState.FAILED: _label(N_("未能制成"), "quiet"),
    },
    (
        Transition("bundle.make", N_("制成存档包"), (BundleState.ORDERED,), BundleState.MADE),
        Transition("bundle.fail", N_("存档包未能制成"), (BundleState.ORDERED,), BundleState.FAILED, needs_reason=True),
    ),
)
