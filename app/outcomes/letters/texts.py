"""What each letter says: subject and body, Chinese and English. Where a mail tells the same decision, its words are the letter's."""

from app.applications.letters import Letter as Text
from app.intake.letters import LETTERS as FORMAL_CHECK
from app.kernel.words import LocalText
from app.notices.inquiries.letters import ANSWERED
from app.notices.models import ObjectionEffect
from app.outcomes.letters.rules import Occasion
from app.visits.letters import NOTIFIED
from app.workflow import ObjectionState

BY_THE_RULES = LocalText("《%(rules)s评审规则》（版本 %(version)s）", "Rules of the %(rules)s, version %(version)s")
WITH_SOURCE = LocalText("%(rules)s；%(source)s", "%(rules)s; %(source)s")
GONE_ON = LocalText(
    "“%(applicant)s”的申报经%(before)s入围，进入%(round)s。",
    "The application of %(applicant)s has been shortlisted after %(before)s and goes on to %(round)s.",
)

TEXTS: dict[Occasion, Text] = {
    Occasion.ACCEPTED: FORMAL_CHECK["application.accept"],
    Occasion.RETURNED: FORMAL_CHECK["application.return"],
    Occasion.REFUSED: FORMAL_CHECK["application.refuse"],
    Occasion.VISIT: (
        NOTIFIED[0],
        LocalText(f"%(shortlisted)s\n{NOTIFIED[1].zh}", f"%(shortlisted)s\n{NOTIFIED[1].en}"),
    ),
    Occasion.DEFENCE: (
        LocalText("陈述答辩邀请：%(number)s", "Invitation to the defence: %(number)s"),
        LocalText(
            "%(shortlisted)s\n陈述答辩定于 %(at)s 开始，地点：%(room)s。请派代表按时到场。\n"
            "陈述 %(statement)s 分钟，回答提问 %(questions)s 分钟。出场次序和题目当众抽签确定。",
            "%(shortlisted)s\nThe session of statements and defences begins on %(at)s at %(room)s. "
            "Please send your representatives in time.\n"
            "The statement lasts %(statement)s minutes, the answers %(questions)s minutes. "
            "Order and questions are drawn by lot in public.",
        ),
    ),
    Occasion.NOT_ADVANCED: (
        LocalText("评审结果通知：%(number)s", "Result of the review: %(number)s"),
        LocalText(
            "本届评审已经结束。“%(applicant)s”的申报经%(round)s，未进入下一轮评审，本届未获奖。\n"
            "理由：名次在规定的入围名额之外，或得分低于规定的最低分。\n感谢贵方参加本届申报。",
            "The review of this edition has ended. After %(round)s the application of %(applicant)s did not go on to the next "
            "round and holds no honour in this edition.\n"
            "Reason: its rank lies outside the places of the shortlist, or its score below the required floor.\n"
            "Thank you for taking part.",
        ),
    ),
    Occasion.NOT_PROPOSED: (
        LocalText("评审结果通知：%(number)s", "Result of the review: %(number)s"),
        LocalText(
            "本届评审已经结束。“%(applicant)s”的申报进入了最后的评审，经评审委员会审议，未列入拟奖名单，本届未获奖。\n"
            "理由：没有达到规则规定的票数、最低分或名额要求。\n感谢贵方参加本届申报。",
            "The review of this edition has ended. The application of %(applicant)s came before the committee, which did not put "
            "it on the proposed list; it holds no honour in this edition.\n"
            "Reason: it lacked the votes, the score or the place that the rules ask for.\nThank you for taking part.",
        ),
    ),
    Occasion.HONOURED: (
        LocalText("授奖通知：%(number)s", "Notice of the award: %(number)s"),
        LocalText(
            "经批准（%(document)s），授予“%(applicant)s”%(level)s。\n证书请登录后在“我的待办”中查看和下载，凭证书上的查验码可以公开查验。",
            "By %(document)s, %(applicant)s holds the %(level)s.\n"
            "Sign in to see and download the certificate under My tasks; anybody may check it by its code.",
        ),
    ),
    Occasion.OBJECTION_UPHELD: (
        LocalText("异议处理通知：%(number)s", "Outcome of an objection: %(number)s"),
        LocalText(
            "公示期间收到对“%(applicant)s”的异议（%(objection)s），经核查，异议成立。\n处理结果：%(effect)s",
            "During the public notice an objection to %(applicant)s was received (%(objection)s) and, after inquiry, upheld.\n"
            "What follows: %(effect)s",
        ),
    ),
    Occasion.OBJECTION_REJECTED: (
        LocalText("异议处理通知：%(number)s", "Outcome of an objection: %(number)s"),
        LocalText(
            "公示期间收到对“%(applicant)s”的异议（%(objection)s），经核查，异议不成立。\n处理结果：%(effect)s",
            "During the public notice an objection to %(applicant)s was received (%(objection)s) and, after inquiry, "
            "not upheld.\nWhat follows: %(effect)s",
        ),
    ),
    Occasion.OBJECTION_ANSWERED: (
        ANSWERED[0],
        LocalText(
            f"{ANSWERED[1].zh}\n结论：%(found)s\n处理结果：%(effect)s",
            f"{ANSWERED[1].en}\nFinding: %(found)s\nWhat follows: %(effect)s",
        ),
    ),
}
EFFECTS: dict[Occasion, LocalText] = {
    Occasion.OBJECTION_UPHELD: LocalText(
        "贵方的申报退出拟奖名单，由评审委员会重新表决。",
        "the application leaves the proposed list and the committee votes anew.",
    ),
    Occasion.OBJECTION_REJECTED: LocalText("拟奖名单不变。", "the proposed list stands."),
}
"""What the objector is told may name people; the applicant reads only what follows for the application."""
FOUND: dict[ObjectionState, LocalText] = {
    ObjectionState.UPHELD: LocalText("异议成立。", "the objection is upheld."),
    ObjectionState.REJECTED: LocalText("异议不成立。", "the objection is not upheld."),
}
TO_OBJECTOR: dict[ObjectionEffect, LocalText] = {
    ObjectionEffect.NEW_VOTE: LocalText(
        "该申报退出拟奖名单，由评审委员会重新表决；其他申报者不递补。",
        "the application leaves the proposed list and the committee votes anew; nobody moves up in its place.",
    ),
    ObjectionEffect.NEW_NOTICE: LocalText(
        "本次公示作废，须重新公示。", "this public notice is void; there will be a new one."
    ),
    ObjectionEffect.NONE: EFFECTS[Occasion.OBJECTION_REJECTED],
}
