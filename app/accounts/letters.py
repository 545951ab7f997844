"""Mails about accounts: Chinese first, English below, in one mail."""

from app.accounts.links import LIFETIME_DAYS, Purpose, address_for
from app.accounts.models import User
from app.kernel import outbox
from app.kernel.words import LocalText

INVITATION = (
    LocalText("质衡：请设置密码，启用账号", "Zhiheng: set a password to open your account"),
    LocalText(
        "%(name)s：\n\n质量奖秘书处为您开通了账号，登录邮箱是 %(email)s。\n请在 %(days)s 天内打开下面的链接设置密码，链接只能使用一次：",
        "Dear %(name)s,\n\nThe award office has opened an account for you; you sign in with %(email)s.\n"
        "Please set a password by this link within %(days)s days; it works once:",
    ),
)
FORGOTTEN = (
    LocalText("质衡：重新设置密码", "Zhiheng: set a new password"),
    LocalText(
        "%(name)s：\n\n有人（应该是您本人）请求为 %(email)s 重新设置密码。\n请在 %(days)s 天内打开下面的链接，链接只能使用一次。"
        "如果不是您本人操作，请不必理会此邮件，原密码仍然有效：",
        "Dear %(name)s,\n\nSomebody (most likely you) asked for a new password for %(email)s.\n"
        "Please use this link within %(days)s day(s); it works once. If it was not you, ignore this mail: your password stays as it is.",
    ),
)
LETTERS = {Purpose.FIRST: INVITATION, Purpose.FORGOTTEN: FORGOTTEN}
ACTIONS = {Purpose.FIRST: "user.invite", Purpose.FORGOTTEN: "account.ask_link"}


def send_link(user: User, purpose: Purpose) -> None:
    """Into the outbox of the running transaction."""
    subject, body = LETTERS[purpose]
    known = {"name": user.name, "email": user.email, "days": LIFETIME_DAYS[purpose]}
    link = address_for(user, purpose)
    texts = [f"{body.in_language(language) % known}\n{link}\n" for language in ("zh", "en")]
    outbox.post(ACTIONS[purpose], user.email, subject=f"{subject.zh} / {subject.en}", body="\n\n".join(texts))
