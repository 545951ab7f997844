"""What can go wrong for a person: each error carries the sentence that its page shows."""

from collections.abc import Sequence

from app.kernel.words import N_, Message


class Problem(Exception):
    """Something a person did that cannot be done; `message` says what happened, why and what to do."""

    status = 400

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class Forbidden(Problem):
    """The actor may not do this; `rule` names the part of the permission that failed."""

    status = 403

    def __init__(self, message: Message, rule: str) -> None:
        super().__init__(message)
        self.rule = rule


class NotFound(Problem):
    """Unknown and foreign objects answer alike."""

    status = 404

    def __init__(self) -> None:
        super().__init__(Message(N_("没有找到这个页面。地址可能有误，或者您没有查看它的权限。")))


class WrongState(Problem):
    """The workflow table has no such step from where the subject stands."""

    status = 409


class Stale(Problem):
    """Somebody else saved in between: both texts are shown and neither is lost."""

    status = 409

    def __init__(self, *, stored: dict[str, str], typed: dict[str, str], current_version: int) -> None:
        super().__init__(Message(N_("您打开此页之后，内容已被他人修改。下面并列两份文字，请核对后再保存。")))
        self.stored = stored
        self.typed = typed
        self.current_version = current_version


class NotReady(Problem):
    """Conditions of a step are missing; `missing` names every one of them at once."""

    status = 422

    def __init__(self, missing: Sequence[Message]) -> None:
        super().__init__(Message(N_("还不能办理这一步：以下条件尚未满足。")))
        self.missing = tuple(missing)


class Invalid(Problem):
    """One field of a form is wrong in a way that only the service or the database could see."""

    status = 422

    def __init__(self, message: Message, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field
