"""Mails to experts about their seats: Chinese first, English below. No applicant is named in a mail."""

from app.experts.models import Expert
from app.kernel import outbox
from app.kernel.words import LocalText
from app.programmes.models import Edition

GREETING = LocalText("%(name)s：", "Dear %(name)s,")
Letter = tuple[LocalText, LocalText]

SEATED: Letter = (
    LocalText("请声明利害关系：%(edition)s%(round)s", "Please declare your interests: %(edition)s, %(round)s"),
    LocalText(
        "您已被抽取为%(edition)s%(round)s的评审专家，共 %(n)s 份材料。\n"
        "请登录系统，逐份声明是否有利害关系；声明没有利害关系后才能打开材料。\n"
        "第一次登录时，请在登录页选择“用邮箱设置密码”。",
        "You have been drawn as an expert of %(edition)s, %(round)s, for %(n)s dossier(s).\n"
        "Please sign in and declare for each whether you have an interest; a dossier opens after your declaration.\n"
        "If you have not signed in before, choose “Set a password by email” on the sign-in page.",
    ),
)
NAMED: Letter = (
    SEATED[0],
    LocalText(
        "秘书处指定您为%(edition)s%(round)s的评审专家，共 %(n)s 份材料。\n"
        "请登录系统，逐份声明是否有利害关系；声明没有利害关系后才能打开材料。\n"
        "第一次登录时，请在登录页选择“用邮箱设置密码”。",
        "The office has named you as an expert of %(edition)s, %(round)s, for %(n)s dossier(s).\n"
        "Please sign in and declare for each whether you have an interest; a dossier opens after your declaration.\n"
        "If you have not signed in before, choose “Set a password by email” on the sign-in page.",
    ),
)
EXCUSED: Letter = (
    LocalText("评审任务已收回：%(edition)s%(round)s", "A review task was withdrawn: %(edition)s, %(round)s"),
    LocalText(
        "秘书处调整了您在%(edition)s%(round)s中的一项评审任务（%(number)s），您不必再评审这份材料。\n理由：%(reason)s",
        "The office has withdrawn one of your review tasks in %(edition)s, %(round)s (%(number)s).\nReason: %(reason)s",
    ),
)
NO_INTEREST: Letter = (
    LocalText("利害关系已认定：%(edition)s%(round)s", "Your question was answered: %(edition)s, %(round)s"),
    LocalText(
        "您就%(number)s提出的情况，秘书处认定不构成利害关系。\n理由：%(reason)s\n请登录系统完成声明；如您仍有顾虑，可以申请回避。",
        "The office finds that what you told about %(number)s is no interest.\nReason: %(reason)s\n"
        "Please sign in and complete your declaration; if you still have doubts you may recuse yourself.",
    ),
)
HEAD: Letter = (
    LocalText("任命您为%(edition)s大组长", "You are head of panel of %(edition)s"),
    LocalText(
        "您已被任命为%(edition)s大组长。登录系统后可以查看评分进度和排名。",
        "You have been appointed head of panel of %(edition)s. Sign in to follow progress and rankings.",
    ),
)


def tell(action: str, expert: Expert, letter: Letter, edition: Edition, **values: object) -> None:
    """Into the outbox of the running transaction; it leaves after the commit, or never."""
    subject, body = written(letter, edition, {"name": LocalText.same(expert.name), **values})
    outbox.post(action, expert.email, subject=subject[:200], body=body, edition_id=edition.id)


def written(letter: Letter, edition: Edition, values: dict[str, object]) -> tuple[str, str]:
    """Subject and body, Chinese and English."""
    known = {"edition": edition.title, **values}
    subject, body = letter
    texts = [f"{_filled(GREETING, language, known)}\n\n{_filled(body, language, known)}" for language in ("zh", "en")]
    return " / ".join(_filled(subject, language, known) for language in ("zh", "en")), "\n\n".join(texts) + "\n"


def _filled(text: LocalText, language: str, values: dict[str, object]) -> str:
    said = {
        key: value.in_language(language) if isinstance(value, LocalText) else value for key, value in values.items()
    }
    return text.in_language(language) % said
