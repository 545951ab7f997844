"""Mails of the watch period, in both languages."""

from collections.abc import Iterable

from app.accounts.models import User
from app.kernel import outbox
from app.outcomes.watch.models import WatchFact, YearlyDeclaration
from app.outcomes.watch.rules import Letter

TEXTS: dict[Letter, tuple[str, str, str]] = {
    Letter.OPEN: (
        "年度声明可以提交",
        "Yearly declaration may be handed in",
        "现在可以提交，期限是 {due}。\n\nIt may be handed in now, until {due}.",
    ),
    Letter.SOON: (
        "年度声明即将到期",
        "Yearly declaration due soon",
        "尚未提交，期限是 {due}。\n\nIt has not been handed in yet and is due by {due}.",
    ),
    Letter.LATE: (
        "年度声明已逾期",
        "Yearly declaration overdue",
        (
            "没有在 {due} 之前提交，秘书处已得到通知。请尽快提交。\n\n"
            "It was not handed in by {due}; the office has been told. Please hand it in without delay."
        ),
    ),
}
"""Subject in both languages, and what the letter says of the term, Chinese and English."""


def to_holder(declaration: YearlyDeclaration, letter: Letter) -> None:
    subject, subject_en, sentence = TEXTS[letter]
    due, outcome = declaration.due_on.isoformat(), declaration.outcome
    years = f"{declaration.begins_on} – {declaration.ends_on}"
    outbox.post(
        "yearly_declaration.remind",
        declaration.owner.email,
        subject=f"{subject}：{outcome.name} / {subject_en}",
        body=(
            f"{outcome.name}：\n\n贵方获{outcome.level_zh}，在监督期内每年提交声明，登录后在“我的待办”中办理。\n"
            f"As holder of the {outcome.level_en} you declare once a year; sign in and find it under My tasks.\n\n"
            f"第 {declaration.year} 年度 / Year {declaration.year}（{years}）：{sentence.format(due=due)}\n"
        ),
        edition_id=declaration.edition_id,
    )


def to_office(declaration: YearlyDeclaration, people: Iterable[User]) -> None:
    outcome = declaration.outcome
    for person in people:
        outbox.post(
            "yearly_declaration.remind",
            person.email,
            subject=f"年度声明逾期：{outcome.name} / Yearly declaration overdue",
            body=(
                f"{outcome.name}（{outcome.level_zh}）第 {declaration.year} 年度的声明应在 {declaration.due_on} 之前提交，尚未收到。\n\n"
                f"{outcome.name} ({outcome.level_en}) has not handed in the declaration of year {declaration.year}, "
                f"due by {declaration.due_on}.\n"
            ),
            edition_id=declaration.edition_id,
        )


def sent_back(declaration: YearlyDeclaration, reason: str) -> None:
    outcome = declaration.outcome
    outbox.post(
        "yearly_declaration.send_back",
        declaration.owner.email,
        subject=f"年度声明须补充：{outcome.name} / Yearly declaration sent back",
        body=(
            f"{outcome.name}：\n\n第 {declaration.year} 年度的声明须补充，期限是 {declaration.due_on}。理由：{reason}\n\n"
            f"The declaration of year {declaration.year} needs more, until {declaration.due_on}. Reason: {reason}\n"
        ),
        edition_id=declaration.edition_id,
    )


def called_in(fact: WatchFact, owner: User, reason: str) -> None:
    outcome = fact.outcome
    outbox.post(
        "watch_fact.interview",
        owner.email,
        subject=f"约谈和整改要求：{outcome.name} / Called in by the office",
        body=(
            f"{outcome.name}：\n\n关于监督期内的情况，秘书处的意见如下：\n\n{reason}\n\n"
            f"About what happened in the watch period the office writes:\n\n{reason}\n"
        ),
        edition_id=fact.edition_id,
    )
