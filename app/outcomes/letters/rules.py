"""On which occasions an applicant or an objector gets a letter, and on which part of the rulebook each rests. Pure."""

from enum import StrEnum

from app.kernel.words import N_


class Occasion(StrEnum):
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REFUSED = "refused"
    VISIT = "visit"
    DEFENCE = "defence"
    NOT_ADVANCED = "not_advanced"
    NOT_PROPOSED = "not_proposed"
    HONOURED = "honoured"
    OBJECTION_UPHELD = "objection_upheld"
    OBJECTION_REJECTED = "objection_rejected"
    OBJECTION_ANSWERED = "objection_answered"


LABELS: dict[Occasion, str] = {
    Occasion.ACCEPTED: N_("受理通知"),
    Occasion.RETURNED: N_("补正通知"),
    Occasion.REFUSED: N_("不予受理通知"),
    Occasion.VISIT: N_("入围及现场评审通知"),
    Occasion.DEFENCE: N_("陈述答辩邀请"),
    Occasion.NOT_ADVANCED: N_("未入围通知"),
    Occasion.NOT_PROPOSED: N_("评审结果通知（未授奖）"),
    Occasion.HONOURED: N_("授奖通知"),
    Occasion.OBJECTION_UPHELD: N_("异议处理通知（成立）"),
    Occasion.OBJECTION_REJECTED: N_("异议处理通知（不成立）"),
    Occasion.OBJECTION_ANSWERED: N_("异议答复函（致异议人）"),
}
RESTS_ON: dict[Occasion, str] = {
    Occasion.ACCEPTED: "formal_check",
    Occasion.RETURNED: "correction",
    Occasion.REFUSED: "formal_check",
    Occasion.VISIT: "rounds",
    Occasion.DEFENCE: "rounds",
    Occasion.NOT_ADVANCED: "rounds",
    Occasion.NOT_PROPOSED: "committee",
    Occasion.HONOURED: "levels",
    Occasion.OBJECTION_UPHELD: "notice",
    Occasion.OBJECTION_REJECTED: "notice",
    Occasion.OBJECTION_ANSWERED: "objection",
}
"""The part of the rulebook; its published source is named in the letter."""
PAGE = 100
"""How many letters the office's list shows at once."""
