"""Mails of recommendation and formal check to the applicant."""

from app.applications.letters import Letter
from app.kernel.words import LocalText

LETTERS: dict[str, Letter] = {
    "application.recommend": (
        LocalText("申报书 %(number)s 已获推荐", "Application %(number)s recommended"),
        LocalText(
            "“%(applicant)s”的申报书已由%(body)s推荐，转入秘书处形式审查。",
            "%(body)s has recommended the application of %(applicant)s; the office now checks it.",
        ),
    ),
    "application.decline": (
        LocalText("申报书 %(number)s 未予推荐", "Application %(number)s not recommended"),
        LocalText(
            "%(body)s对“%(applicant)s”的申报未予推荐。理由：\n%(reason)s",
            "%(body)s does not recommend the application of %(applicant)s. Reason:\n%(reason)s",
        ),
    ),
    "application.send_back": (
        LocalText("申报书 %(number)s 退回修改", "Application %(number)s sent back"),
        LocalText(
            "%(body)s把“%(applicant)s”的申报书退回修改。意见：\n%(reason)s\n请登录系统修改后重新提交。",
            "%(body)s has sent the application of %(applicant)s back for changes:\n%(reason)s\n"
            "Sign in, change it and submit it again.",
        ),
    ),
    "application.accept": (
        LocalText("申报书 %(number)s 已受理", "Application %(number)s accepted"),
        LocalText(
            "“%(applicant)s”的申报书通过形式审查，已受理，将进入评审。",
            "The application of %(applicant)s has passed the formal check and goes on to review.",
        ),
    ),
    "application.return": (
        LocalText("申报书 %(number)s 需要补正", "Application %(number)s needs correction"),
        LocalText(
            "“%(applicant)s”的申报书需要补正：\n%(reason)s\n请于 %(due)s 前登录系统补正并重新提交，逾期不予受理。",
            "The application of %(applicant)s needs correction:\n%(reason)s\n"
            "Sign in, correct it and submit it again before %(due)s; later it cannot be accepted.",
        ),
    ),
    "application.refuse": (
        LocalText("申报书 %(number)s 不予受理", "Application %(number)s refused"),
        LocalText(
            "“%(applicant)s”的申报书经形式审查不予受理。理由：\n%(reason)s",
            "The application of %(applicant)s has been refused in the formal check. Reason:\n%(reason)s",
        ),
    ),
}
ON_PAPER = frozenset({"application.accept", "application.return", "application.refuse"})
"""Decisions that are told by a letter as well."""
