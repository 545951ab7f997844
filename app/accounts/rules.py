"""What a password must be, and when guessing is stopped."""

import hashlib
from collections.abc import Mapping, Sequence

from zxcvbn import zxcvbn

from app.kernel.actor import Role
from app.kernel.words import N_, Message

MINIMUM_LENGTH = 10
MINIMUM_SCORE = 3
LONGEST_MEASURED = 72
"""zxcvbn refuses to measure more; what is longer is only cut for measuring."""

ATTEMPTS_BY_EMAIL = 5
ATTEMPTS_BY_ADDRESS = 20
ATTEMPT_WINDOW_MINUTES = 15


def password_problem(password: str, *, known: Sequence[str] = ()) -> Message | None:
    """Why a new password cannot be taken, or None. `known`: name, mail and the like, which a guesser tries first."""
    if len(password) < MINIMUM_LENGTH:
        return Message(
            N_("密码至少需要 %(n)s 个字符，现在只有 %(given)s 个。"), {"n": MINIMUM_LENGTH, "given": len(password)}
        )
    measured = zxcvbn(password[:LONGEST_MEASURED], user_inputs=[text for text in known if text])
    if measured["score"] < MINIMUM_SCORE:
        return Message(
            N_("这个密码太容易被猜到。请改用更长的、由几个不相干的词组成的密码，不要用姓名、单位或常见数字。")
        )
    return None


def token_hash(token: str) -> str:
    """What is kept of a token of a session or of a program: they are too random to be tried out."""
    return hashlib.sha256(token.encode()).hexdigest()


TOKEN_DAYS = (30, 90, 180, 365)
REQUESTS_PER_MINUTE = 120
"""By one token; a whole list of ten thousand rows takes fifty."""


def must_wait(*, by_email: int, by_address: int) -> bool:
    """Failed attempts within the window, counted for one mail address and for one network address."""
    return by_email >= ATTEMPTS_BY_EMAIL or by_address >= ATTEMPTS_BY_ADDRESS


TIES: dict[Role, str] = {
    Role.RECOMMENDER: "body_id",
    Role.EXPERT: "expert_id",
    Role.LEADER: "expert_id",
    Role.HEAD: "expert_id",
    Role.COMMITTEE: "edition_id",
}
"""What a role is tied to; a role without its tie could do nothing."""

TIE_MISSING: dict[str, str] = {
    "body_id": N_("请选择这位推荐员所属的推荐单位。"),
    "expert_id": N_("请选择专家库中对应的专家。"),
    "edition_id": N_("请选择委员所属的届次。"),
}


def tie_problem(role: Role, ties: Mapping[str, int | None]) -> Message | None:
    """Why a role cannot be granted with these ties, or None."""
    needed = TIES.get(role)
    return Message(TIE_MISSING[needed]) if needed and ties.get(needed) is None else None


BROWSERS: dict[str, str] = {
    "MicroMessenger": N_("微信"),
    "Edg": "Edge",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS: dict[str, str] = {
    "Windows": "Windows",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}
"""What a user agent says of itself; the more particular word stands first, since Edge also calls itself Chrome."""


def _first_named(names: Mapping[str, str], user_agent: str) -> str | None:
    return next((name for sign, name in names.items() if sign in user_agent), None)


def browser_name(user_agent: str) -> Message:
    """A signed-in browser as its owner would name it."""
    browser, system = _first_named(BROWSERS, user_agent), _first_named(SYSTEMS, user_agent)
    if browser is None or system is None:
        return Message(N_("其他浏览器或程序"))
    return Message(N_("%(browser)s（%(system)s）"), {"browser": Message(browser), "system": system})
