"""What a rulebook's values about industry groups must keep among themselves."""

from app.kernel.words import N_
from app.programmes.rules.cross import CrossRule, Errors, wrong
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import GroupMode


def crossing_said(book: Rulebook) -> Errors:
    panel = book.panel
    if (panel.groups is GroupMode.CROSSING) != (panel.crossing_percent is not None):
        yield wrong(
            "panel.crossing_percent",
            N_("行业组规则 groups 是 %(groups)s，与跨组比例不相配"),
            N_("groups 为 crossing 时写 1 至 20，否则去掉"),
            groups=panel.groups.value,
        )


GROUP_RULES: tuple[CrossRule[Rulebook], ...] = (CrossRule(("panel.groups", "panel.crossing_percent"), crossing_said),)
