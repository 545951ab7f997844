"""Mails to experts about their sheets: Chinese first, English below. No applicant, colleague or score is named in a mail."""

from app.kernel.words import LocalText
from app.panels.letters import Letter

REMINDER: Letter = (
    LocalText("请按时提交评分：%(edition)s%(round)s", "Please hand in your scores: %(edition)s, %(round)s"),
    LocalText(
        "您在%(edition)s%(round)s中还有 %(n)s 份评分没有提交，截止时间 %(due)s。\n"
        "请登录后在“我的评审任务”中完成：先声明有无利害关系，再评分并提交。%(note)s",
        "You have %(n)s score sheet(s) of %(edition)s, %(round)s not handed in yet; they are due by %(due)s.\n"
        "Please sign in and finish them under My work: declare your interests first, then score and submit.%(note)s",
    ),
)
REOPENED: Letter = (
    LocalText("评分表已退回：%(number)s", "Score sheet returned: %(number)s"),
    LocalText(
        "您对 %(number)s 的评分表已退回，请修改后重新提交。\n理由：%(reason)s\n"
        "请登录后在“我的评审任务”中打开它；原来提交的内容保留在案。",
        "Your score sheet for %(number)s was returned; please revise it and submit it again.\nReason: %(reason)s\n"
        "Sign in and open it under My work. What you submitted before stays on record.",
    ),
)
SENT_BACK: Letter = (
    LocalText("请补写评审意见：%(number)s", "Please complete your comments: %(number)s"),
    LocalText(
        "您对 %(number)s 的评分表退回补写意见，得分比例不变，也不能修改。\n需要补写：%(reason)s\n"
        "请登录后在“我的评审任务”中打开它，补写后重新提交。",
        "Your score sheet for %(number)s was returned for its comments; the scores stay as they are.\n"
        "To be completed: %(reason)s\nSign in, open it under My work, complete it and submit it again.",
    ),
)
TAKEN_OVER: Letter = (
    LocalText("您的纸质评分表已录入：%(number)s", "Your score sheet on paper was entered: %(number)s"),
    LocalText(
        "您对 %(number)s 的纸质评分表已由两位工作人员录入并核对，评分表已提交。摘要：%(digest)s\n"
        "请登录后打开回执核对；与您签字的纸质评分表不一致的，请立即告知秘书处。",
        "Your score sheet on paper for %(number)s was typed by one person and confirmed by another; the sheet is handed in. "
        "Digest: %(digest)s\nPlease sign in and check the receipt; tell the office at once where it differs from what you signed.",
    ),
)
NAME, SOME = LocalText("（专家姓名）", "(name)"), LocalText("（份数）", "(number)")


def note_of(text: str) -> LocalText:
    """What the sender adds in his own words, below the letter's."""
    return LocalText(f"\n附言：{text}", f"\nNote: {text}") if text else LocalText.same("")
