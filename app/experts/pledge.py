"""The pledge that an expert signs with an acceptance. A changed text gets a new version; what was signed stays as it was."""

from app.kernel.words import LocalText

SERVICE_PLEDGE_VERSION = "2026-1"
SERVICE_PLEDGE = (
    LocalText(
        "我在专家库中的工作单位、常住地等资料真实；有变化时立即告知秘书处。",
        "What the pool knows of my employer and my places is true; I tell the office at once when it changes.",
    ),
    LocalText(
        "我逐份声明利害关系，有利害关系的一律回避。",
        "I declare my interests for every dossier and stand aside wherever there is one.",
    ),
    LocalText(
        "我独立、公正评审，不与申报者私下接触，不接受馈赠、宴请和报酬。",
        "I judge independently and fairly, meet no applicant in private, and accept no gifts, meals or payments.",
    ),
    LocalText(
        "我对申报材料、评审过程和结果保密，评审结束后不留存副本。",
        "I keep dossiers, review and results confidential and keep no copy afterwards.",
    ),
)


def signed_words() -> str:
    """What is kept with an acceptance: the very words, in both languages."""
    return "\n".join(f"{sentence.zh} {sentence.en}" for sentence in SERVICE_PLEDGE)
