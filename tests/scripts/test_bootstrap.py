"""The environment's own promises: one sentence for each failure, locks that name no host, one stamp a purpose."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import bootstrap, licences


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(bootstrap, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(bootstrap, "LOG", venv / "bootstrap.log")
    return venv


def test_an_old_python_is_named_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "OLDEST_PYTHON", (99, 0))
    with pytest.raises(SystemExit, match="1"):
        bootstrap.check_python()
    said = capsys.readouterr().err
    assert "需要 Python 3.11 或更高版本" in said
    assert "make run PYTHON=python3.11" in said


def test_a_full_disk_is_said_before_anything_is_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "NEEDED_MEGABYTES", {"run": 10**12})
    with pytest.raises(SystemExit, match="1"):
        bootstrap.check_disk("run")
    assert "磁盘空间不足" in capsys.readouterr().err


def test_a_missing_browser_names_the_one_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "TEST_PACKAGES", {"chromium": lambda: False, "libatomic1": lambda: True})
    monkeypatch.setattr(bootstrap, "is_root", lambda: False)
    with pytest.raises(SystemExit, match="1"):
        bootstrap.install_test_packages()
    assert "sudo apt-get install --no-install-recommends chromium。" in capsys.readouterr().err


def test_what_the_tests_need_is_enough_to_run(environment: Path) -> None:
    assert not bootstrap.is_stamped("run")
    bootstrap.stamp("test")
    assert bootstrap.is_stamped("test")
    assert bootstrap.is_stamped("run")


def test_a_changed_lock_asks_for_a_new_installation(
    environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("flask==3.1.3\n")
    monkeypatch.setitem(bootstrap.LOCKS, "run", lock)
    bootstrap.stamp("run")
    lock.write_text("flask==3.1.4\n")
    assert not bootstrap.is_stamped("run")


@pytest.mark.parametrize(
    ("pip_settings", "expected"),
    [
        ("", {}),
        ("global.timeout='60'", {}),
        (
            "global.index-url='mirror'\nglobal.cert='/ca.pem'",
            {"UV_DEFAULT_INDEX": "mirror", "SSL_CERT_FILE": "/ca.pem"},
        ),
        (":env:.index-url='mine'\nglobal.index-url='mirror'", {"UV_DEFAULT_INDEX": "mine"}),
        ("install.index-url='mine'\nglobal.index-url='mirror'", {"UV_DEFAULT_INDEX": "mine"}),
    ],
)
def test_the_mirror_set_for_pip_is_used_by_uv_too(pip_settings: str, expected: dict[str, str]) -> None:
    assert bootstrap.uv_settings(pip_settings) == expected


@pytest.mark.parametrize("name", ["requirements-boot", "requirements", "requirements-dev"])
def test_a_lock_pins_every_package_by_digest_and_names_no_host(name: str) -> None:
    lines = (bootstrap.ROOT / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if re.match(r"[\w.-]+(\[\w+\])?==", line)]
    assert pins
    assert all(line.endswith("\\") for line in pins), "a pin without a digest"
    assert not [line for line in lines if "://" in line or "index-url" in line]


def test_the_tests_run_on_the_versions_of_the_product() -> None:
    product = dict(licences.locked(bootstrap.ROOT / "requirements.txt"))
    tested = dict(licences.locked(bootstrap.ROOT / "requirements-dev.txt"))
    assert {name: tested.get(name) for name in product} == product


def test_every_licence_of_the_product_is_allowed() -> None:
    refused = [licences.refusal(*package) for package in licences.locked(bootstrap.ROOT / "requirements.txt")]
    assert list(filter(None, refused)) == []


def test_make_says_in_one_sentence_that_every_python_here_is_too_old(tmp_path: Path) -> None:
    """A Python that is too old cannot even read bootstrap.py, so make asks before it."""
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    make = shutil.which("make")
    assert make is not None
    ran = subprocess.run(
        [make, "-C", str(bootstrap.ROOT), "env"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 2
    assert "没有找到 Python 3.11 或更高版本" in ran.stdout
    assert "sudo apt-get install python3" in ran.stdout
    assert "Traceback" not in ran.stdout + ran.stderr
