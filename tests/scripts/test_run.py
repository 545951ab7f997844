"""`make run` ends in one sentence that says what to do, and loses nothing."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import run

Start = Callable[..., str]


@pytest.fixture
def refused_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Start:
    """What `make run` says with this environment, where it must not start."""

    def start(**environment: str) -> str:
        monkeypatch.setenv("INSTANCE_PATH", str(tmp_path))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit, match="1"):
            run.main()
        assert not list(tmp_path.glob("*.sqlite3"))
        return capsys.readouterr().err

    return start


def test_a_port_in_use_is_named_with_the_next_one(refused_start: Start) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        said = refused_start(PORT=str(port))
    assert f"不能使用 127.0.0.1:{port}" in said
    assert f"make run PORT={port + 1}" in said


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PORT": "http"}, "PORT=http 不是 1–65535 之间的整数"),
        ({"PORT": "0", "HOST": "127.0.0.1"}, "PORT=0 不是"),
        ({"HOST": "203.0.113.7"}, "不能使用 203.0.113.7:8000"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none", "PORT": "8471"}, "无法连接数据库"),
        ({"DATABASE_URL": "nonsense", "PORT": "8472"}, "无法连接数据库"),
        ({"ZHIHENG_ENV": "production", "DEMO_PASSWORD": "x", "SECRET_KEY": "x"}, "DEMO_PASSWORD"),
        ({"ZHIHENG_ENV": "production"}, "SECRET_KEY"),
    ],
)
def test_a_setting_that_cannot_work_is_said_before_anything_starts(
    refused_start: Start, environment: dict[str, str], sentence: str
) -> None:
    assert sentence in refused_start(**environment)
