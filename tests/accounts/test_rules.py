"""What a password must be, when guessing stops, what a role must be tied to."""

import pytest

from app.accounts import rules
from app.kernel.actor import Role


@pytest.mark.parametrize(
    ("password", "known", "problem"),
    [
        ("short", (), "至少需要 10 个字符，现在只有 5 个"),
        ("password1234", (), "太容易被猜到"),
        ("zhangsan@taiyuan.example", ("zhangsan@taiyuan.example",), "太容易被猜到"),
        ("correct horse battery staple", (), None),
        ("梧桐 晨钟 算盘 七里河 渡船", (), None),
        ("x7#Lq9!vTz2@" * 40, (), None),
    ],
)
def test_a_password_that_can_be_guessed_is_refused(password: str, known: tuple[str, ...], problem: str | None) -> None:
    found = rules.password_problem(password, known=known)
    assert found is None if problem is None else problem in str(found)


@pytest.mark.parametrize(
    ("by_email", "by_address", "waits"), [(0, 0, False), (4, 19, False), (5, 0, True), (0, 20, True)]
)
def test_guessing_is_stopped_for_one_account_and_for_one_address(
    *, by_email: int, by_address: int, waits: bool
) -> None:
    assert rules.must_wait(by_email=by_email, by_address=by_address) is waits


@pytest.mark.parametrize("role", Role)
def test_a_role_that_needs_a_tie_is_not_granted_without_it(role: Role) -> None:
    needed = rules.TIES.get(role)
    assert (rules.tie_problem(role, {}) is None) is (needed is None)
    if needed:
        assert rules.tie_problem(role, {needed: 1}) is None


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
            "Edge（Windows）",
        ),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 MicroMessenger/8.0", "微信（Android）"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1", "Safari（iPhone）"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox（Linux）"),
        ("curl/8.5.0", "其他浏览器或程序"),
        ("", "其他浏览器或程序"),
    ],
)
def test_a_browser_is_named_as_its_owner_would(user_agent: str, name: str) -> None:
    assert str(rules.browser_name(user_agent)) == name
