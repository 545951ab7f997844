"""The pledge that an expert gives before a dossier opens. A changed text gets a new version; the old ones stay as signed."""

from app.kernel.words import LocalText

PLEDGE_VERSION = "2026-1"
PLEDGE = (
    LocalText(
        "我本人、近亲属及所在单位与该申报者没有任职、受聘、咨询、培训、持股、合作等可能影响公正评审的利害关系。",
        "Neither I, my close relatives nor my employer have an interest in this applicant that could affect a fair review: "
        "no employment, consulting, training, shares or joint work.",
    ),
    LocalText(
        "我独立评分，不与申报者及其相关人员私下接触，不接受任何馈赠、宴请和报酬。",
        "I score independently, have no private contact with the applicant and accept no gifts, meals or payments from it.",
    ),
    LocalText(
        "我对申报材料、评分和评审过程保密，评审结束后不留存任何副本。",
        "I keep the dossier, the scores and the review confidential and keep no copy afterwards.",
    ),
    LocalText(
        "评审中发现利害关系时，我立即停止评审并申请回避。",
        "If I find an interest during the review, I stop at once and declare it.",
    ),
)


def signed_text() -> str:
    """What is stored with a declaration: the version and the very words."""
    return "\n".join((PLEDGE_VERSION, *(sentence.zh for sentence in PLEDGE)))
