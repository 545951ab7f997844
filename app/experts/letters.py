"""Mails to experts who are asked to serve: Chinese first, English below, in one mail."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.experts import links
from app.experts.models import ExpertInvitation
from app.kernel import outbox
from app.kernel.words import LocalText
from app.programmes.models import Edition

Letter = tuple[LocalText, LocalText]

INVITATION: Letter = (
    LocalText("邀请您担任%(edition)s评审专家", "You are asked to be an expert of %(edition)s"),
    LocalText(
        "%(name)s：\n\n%(organiser)s邀请您担任%(edition)s的评审专家。\n"
        "请在 %(due)s 前打开下面的链接，查看工作量和日程，接受或谢绝邀请；不必登录，期限之前可以修改答复：\n%(link)s",
        "Dear %(name)s,\n\n%(organiser)s asks you to serve as an expert of %(edition)s.\n"
        "Please open this link by %(due)s, see the workload and the dates, and accept or decline; you need not sign in, "
        "and you may change your answer until then:\n%(link)s",
    ),
)
REMINDER: Letter = (
    LocalText("请答复：%(edition)s评审专家邀请", "Please answer: invitation as an expert of %(edition)s"),
    LocalText(
        "%(name)s：\n\n%(organiser)s此前邀请您担任%(edition)s的评审专家，尚未收到您的答复。\n"
        "请在 %(due)s 前打开下面的链接，接受或谢绝邀请：\n%(link)s",
        "Dear %(name)s,\n\n%(organiser)s has asked you to serve as an expert of %(edition)s and has no answer from you yet.\n"
        "Please open this link by %(due)s and accept or decline:\n%(link)s",
    ),
)
WITHDRAWN: Letter = (
    LocalText("邀请已撤回：%(edition)s评审专家", "Invitation withdrawn: expert of %(edition)s"),
    LocalText(
        "%(name)s：\n\n秘书处撤回了请您担任%(edition)s评审专家的邀请，原来的链接不再有效。\n理由：%(reason)s",
        "Dear %(name)s,\n\nThe office has withdrawn the invitation to serve as an expert of %(edition)s; the link no longer "
        "works.\nReason: %(reason)s",
    ),
)
NAME = LocalText("（专家姓名）", "(name)")
LINK = LocalText("（每人自己的链接）", "(a link of one's own)")


def send(action: str, letter: Letter, invitation: ExpertInvitation, **values: object) -> None:
    """Into the outbox of the running transaction."""
    expert, link = invitation.expert, links.address_for(invitation)
    known = {
        "name": LocalText.same(expert.name),
        "link": LocalText.same(link),
        "due": _due(invitation.due_at),
        **values,
    }
    subject, body = written(letter, invitation.edition, known)
    outbox.post(action, expert.email, subject=subject[:200], body=body, edition_id=invitation.edition_id)


def shown(letter: Letter, edition: Edition, due_at: datetime | None) -> str:
    """The mail as the office reads it before it sends it to many."""
    due = _due(due_at) if due_at else LocalText("（答复期限）", "(due date)")
    return "\n\n".join(written(letter, edition, {"name": NAME, "link": LINK, "due": due}))


def written(letter: Letter, edition: Edition, values: dict[str, object]) -> tuple[str, str]:
    known = {"edition": edition.title, "organiser": edition.programme.organiser, **values}
    subjects, bodies = ([_filled(text, language, known) for language in ("zh", "en")] for text in letter)
    return " / ".join(subjects), "\n\n".join(bodies) + "\n"


def _filled(text: LocalText, language: str, values: dict[str, object]) -> str:
    said = {
        key: value.in_language(language) if isinstance(value, LocalText) else value for key, value in values.items()
    }
    return text.in_language(language) % said


def _due(due_at: datetime) -> str:
    return f"{due_at.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}"
