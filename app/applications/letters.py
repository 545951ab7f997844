"""Mails to whoever owns a dossier: Chinese first, English below, in one mail."""

from collections.abc import Mapping

from app.accounts.models import User
from app.applications.models import Application
from app.kernel import outbox
from app.kernel.database import db
from app.kernel.words import LocalText

GREETING = LocalText("%(name)s：", "Dear %(name)s,")
SUBMITTED = (
    LocalText("申报书 %(number)s 已收到", "Application %(number)s received"),
    LocalText(
        "“%(applicant)s”的申报书已收到，编号 %(number)s，第 %(version)s 版。\n材料摘要（SHA-256）：%(digest)s\n请登录系统查看回执和后续进展。",
        "The application of %(applicant)s has been received under number %(number)s, version %(version)s.\n"
        "Digest of the dossier (SHA-256): %(digest)s\nSign in to see the receipt and what follows.",
    ),
)
Letter = tuple[LocalText, LocalText]
PAPER = LocalText(
    "正式函件（PDF）请登录后在“我的待办”的“函件”中下载。",
    "The letter itself (PDF) is ready: sign in and find it under My tasks, Letters.",
)


def tell_owner(action: str, application: Application, letter: Letter, **values: object) -> None:
    """Into the outbox of the running transaction; it leaves after the commit, or never."""
    owner = db.session.get_one(User, application.owner_id)
    known = {"number": application.number, "applicant": application.name, **values}
    subject, body = letter
    texts = [
        f"{filled(GREETING, language, {'name': owner.name})}\n\n{filled(body, language, known)}"
        for language in ("zh", "en")
    ]
    outbox.post(
        action,
        owner.email,
        subject=" / ".join(filled(subject, language, known) for language in ("zh", "en"))[:200],
        body="\n\n".join(texts) + "\n",
        edition_id=application.edition_id,
    )


def with_paper(letter: Letter) -> Letter:
    """The mail of a decision that is told by letter, too."""
    subject, body = letter
    return subject, LocalText(f"{body.zh}\n{PAPER.zh}", f"{body.en}\n{PAPER.en}")


def filled(text: LocalText, language: str, values: Mapping[str, object]) -> str:
    """Values that are texts themselves are said in the same language."""
    said = {
        key: value.in_language(language) if isinstance(value, LocalText) else value for key, value in values.items()
    }
    return text.in_language(language) % said
