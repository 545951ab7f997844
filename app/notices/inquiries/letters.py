"""Mails of an inquiry: Chinese first, English below. No mail to an applicant says who objects."""

from app.accounts.models import User
from app.applications.letters import Letter, tell_owner
from app.applications.models import Application
from app.kernel import outbox
from app.kernel.words import LocalText
from app.notices.models import Objection

ASKED: Letter = (
    LocalText("请就异议作出说明：%(number)s", "Please comment on an objection: %(number)s"),
    LocalText(
        "公示期间收到对“%(applicant)s”的异议，正在核查。请于 %(due)s 前登录，在“我的待办”中说明，可以附材料。\n需要说明的问题：\n%(question)s",
        "An objection to %(applicant)s was received during the public notice and is being looked into. Please sign in before "
        "%(due)s and answer under My tasks; files may be attached.\nWhat is asked:\n%(question)s",
    ),
)
ASKED_AGAIN: Letter = (
    LocalText("异议说明即将到期：%(number)s", "Your comment is due: %(number)s"),
    LocalText(
        "关于“%(applicant)s”的异议，请您说明的期限是 %(due)s，尚未收到。逾期未说明的，按已有材料核查。",
        "Your comment on the objection to %(applicant)s is due on %(due)s and has not been received. "
        "Without it the objection is decided on what is there.",
    ),
)
ASSIGNED: Letter = (
    LocalText("请承办异议：%(number)s", "An objection to handle: %(number)s"),
    LocalText(
        "您被指定办理异议 %(number)s，答复期限 %(due)s。请登录后声明有无利害关系。",
        "You are named to handle objection %(number)s, due on %(due)s. Sign in and declare whether you have an interest.",
    ),
)
COMMENTED: Letter = (
    LocalText("申报者已作说明：%(number)s", "The applicant has answered: %(number)s"),
    LocalText("申报者已就异议 %(number)s 作出说明。", "The applicant has commented on objection %(number)s."),
)
STILL_OPEN = LocalText(
    "异议 %(number)s 的答复期限是 %(due)s，尚未答复。",
    "Objection %(number)s is to be answered by %(due)s and has no answer yet.",
)
DUE: Letter = (LocalText("异议答复将到期：%(number)s", "An answer is due: %(number)s"), STILL_OPEN)
LATE: Letter = (LocalText("异议答复已超期：%(number)s", "An answer is overdue: %(number)s"), STILL_OPEN)
EXTENDED: Letter = (
    LocalText("异议答复期限延长：%(number)s", "The term was extended for objection %(number)s"),
    LocalText(
        "您提出的异议 %(number)s，答复期限延长到 %(due)s。理由：%(words)s",
        "Your objection %(number)s will be answered by %(due)s. Reason: %(words)s",
    ),
)
ANSWERED: Letter = (
    LocalText("异议答复：%(number)s", "Answer to objection %(number)s"),
    LocalText(
        "您提出的异议 %(number)s 已有核查结论：\n\n%(words)s",
        "Your objection %(number)s has been answered:\n\n%(words)s",
    ),
)
BY_LINK = LocalText(
    "您也可以打开提交时得到的查询链接查看；答复以后，正式函件（PDF）也在那里下载。",
    "You can also open the link that you were given when you filed it; once answered, the letter (PDF) is there, too.",
)


def ask(dossier: Application, *, question: str, due: str) -> None:
    tell_owner("objection.ask", dossier, ASKED, question=question, due=due)


def ask_again(dossier: Application, *, due: str) -> None:
    tell_owner("objection.remind", dossier, ASKED_AGAIN, due=due)


def tell(action: str, receiver: User, objection: Objection, letter: Letter) -> None:
    """To somebody of the house."""
    _post(action, (receiver.name, receiver.email), objection, letter)


def tell_objector(action: str, objection: Objection, letter: Letter, *, words: str) -> None:
    """By mail where the contact is an address; otherwise the office calls, and the secret link shows it anyway."""
    if "@" in objection.contact:
        subject, body = letter
        linked = LocalText(f"{body.zh}\n\n{BY_LINK.zh}", f"{body.en}\n\n{BY_LINK.en}")
        _post(action, (objection.contact_name, objection.contact), objection, (subject, linked), words=words)


def _post(action: str, receiver: tuple[str, str], objection: Objection, letter: Letter, *, words: str = "") -> None:
    name, address = receiver
    values = {"number": objection.number, "due": objection.due_on.isoformat(), "words": words}
    subject, body = letter
    outbox.post(
        action,
        address,
        subject=f"{subject.zh % values} / {subject.en % values}",
        body=f"{name}：\n\n{body.zh % values}\n\n{body.en % values}\n",
        edition_id=objection.edition_id,
    )
