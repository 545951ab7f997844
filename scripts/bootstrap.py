"""Make the environment `.venv` ready: `bootstrap.py run` for the product, `bootstrap.py test` for tests and browser too.

Standard library only, because it runs before anything is installed. A second call compares one stamp and returns.
Each failure ends in one sentence, in Chinese and in English, that says what to do.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("VENV", ROOT / ".venv"))
PYTHON = VENV / "bin" / "python"
LOG = VENV / "bootstrap.log"
OLDEST_PYTHON = (3, 11)
NEEDED_MEGABYTES = {"run": 700, "test": 1600}
LOCKS = {"run": ROOT / "requirements.txt", "test": ROOT / "requirements-dev.txt"}
BOOT_LOCK = ROOT / "requirements-boot.txt"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TEST_PACKAGES: dict[str, Callable[[], bool]] = {
    "chromium": lambda: any(shutil.which(name) for name in BROWSERS),
    "fonts-noto-cjk": lambda: any(font_files("NotoSansCJK*")),
    "libatomic1": lambda: any(library_files("libatomic.so.1")),
}


def main() -> None:
    purpose = sys.argv[1] if len(sys.argv) > 1 else "run"
    if purpose not in LOCKS:
        sys.exit("usage: bootstrap.py [run|test]")
    check_python()
    if not is_stamped(purpose):
        check_disk(purpose)
        make_environment()
        install(LOCKS[purpose])
        stamp(purpose)
    if purpose == "test":
        install_test_packages()


def stop(chinese: str, english: str, *, details: Path | None = None) -> NoReturn:
    print(f"\n✗ {chinese}\n  {english}", file=sys.stderr, flush=True)
    if details and details.exists():
        print(f"  详情 / details: {details}", file=sys.stderr)
    sys.exit(1)


@contextmanager
def step(chinese: str, english: str) -> Iterator[None]:
    print(f"… {chinese} / {english}", flush=True)
    begun = time.monotonic()
    yield
    print(f"  ✓ {time.monotonic() - begun:.1f} s", flush=True)


# --- what must be there before ------------------------------------------------------------------------------------


def check_python() -> None:
    if sys.version_info[:2] < OLDEST_PYTHON:
        stop(
            f"需要 Python 3.11 或更高版本，当前是 {sys.version.split()[0]}：请安装后重试，例如 make run PYTHON=python3.11。",
            f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: install it and try again, "
            "for example make run PYTHON=python3.11.",
        )


def check_disk(purpose: str) -> None:
    free = shutil.disk_usage(ROOT).free // 1_000_000
    needed = NEEDED_MEGABYTES[purpose]
    if free < needed:
        stop(
            f"磁盘空间不足：{ROOT} 还剩 {free} MB，需要 {needed} MB，请清理后重试。",
            f"The disk is too full: {ROOT} has {free} MB left and {needed} MB are needed; make room and try again.",
        )
    if not os.access(ROOT, os.W_OK):
        stop(
            f"不能写入 {ROOT}：请换一个您有权写入的目录。",
            f"{ROOT} cannot be written: use a folder that you may write to.",
        )


# --- one stamp a purpose --------------------------------------------------------------------------------------------


def fingerprint(purpose: str) -> str:
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for lock in (BOOT_LOCK, LOCKS[purpose]):
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def stamp_file(purpose: str) -> Path:
    return VENV / f".stamp-{purpose}"


def is_stamped(purpose: str) -> bool:
    recorded = stamp_file(purpose)
    return PYTHON.exists() and recorded.exists() and recorded.read_text() == fingerprint(purpose)


def stamp(purpose: str) -> None:
    """What the tests need contains what the product needs, so the stamp for `test` is one for `run` too."""
    for each in LOCKS if purpose == "test" else (purpose,):
        stamp_file(each).write_text(fingerprint(each))


# --- environment and packages ---------------------------------------------------------------------------------------


def make_environment() -> None:
    if succeeds(PYTHON, "-m", "pip", "--version"):
        return
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    with step("建立 Python 环境 .venv", "making the Python environment .venv"):
        if not venv_made() and not (is_root() and apt_install([package]) and venv_made()):
            stop(
                f"这台机器的 Python 缺少 venv 模块：请运行 sudo apt-get install {package} 后重试。",
                f"This Python has no venv module: run `sudo apt-get install {package}` and try again.",
            )


def venv_made() -> bool:
    """A half-made environment is left by a Python without ensurepip; --clear removes it."""
    arguments = ["--clear"] if VENV.exists() and not succeeds(PYTHON, "-m", "pip", "--version") else []
    return succeeds(sys.executable, "-m", "venv", *arguments, VENV) and PYTHON.exists()


def install(lock: Path) -> None:
    count = sum("==" in line for line in lock.read_text().splitlines())
    LOG.write_text("")
    with step(f"安装 {lock.name} 锁定的 {count} 个软件包", f"installing the {count} packages locked in {lock.name}"):
        if not (installed_by_uv(lock) or installed_by_pip(lock)):
            stop(
                "软件包下载或安装失败：请检查网络、代理和 pip 镜像设置（pip config list），然后重试。",
                "Packages could not be downloaded or installed: check the network, the proxy and pip's mirror "
                "(pip config list), then try again.",
                details=LOG,
            )


def installed_by_uv(lock: Path) -> bool:
    uv = VENV / "bin" / "uv"
    if not uv.exists() and not installed_by_pip(BOOT_LOCK):
        return False
    environment = {"UV_HTTP_TIMEOUT": "120", "UV_NO_PROGRESS": "1", **uv_index(), **os.environ}
    return succeeds(uv, "pip", "install", "--python", PYTHON, "--require-hashes", "-r", lock, environment=environment)


def installed_by_pip(lock: Path) -> bool:
    return succeeds(PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r", lock)


def uv_index() -> dict[str, str]:
    """uv does not read pip's settings, and a mirror set there is the usual case in China."""
    listed = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False).stdout
    return uv_settings(listed)


def uv_settings(pip_settings: str) -> dict[str, str]:
    """The lines of `pip config list`: a setting for `install` outranks a global one, the environment's outranks both."""
    names = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    found: dict[str, str] = {}
    for section in ("global", "install", ":env:"):
        for line in pip_settings.splitlines():
            key, _, value = line.partition("=")
            place, _, setting = key.rpartition(".")
            if place == section and setting in names:
                found[names[setting]] = value.strip("'\"")
    return found


# --- packages of the system, for tests only -------------------------------------------------------------------------


def install_test_packages() -> None:
    missing = [name for name, present in TEST_PACKAGES.items() if not present()]
    if not missing:
        return
    command = f"apt-get install --no-install-recommends {' '.join(missing)}"
    if not is_root() or shutil.which("apt-get") is None:
        stop(
            f"测试需要的 {'、'.join(missing)} 尚未安装：请先运行 sudo {command}。",
            f"The tests need {', '.join(missing)}: run `sudo {command}` first.",
        )
    with step(f"安装测试所需的 {'、'.join(missing)}", f"installing {', '.join(missing)} for the tests"):
        if not apt_install(missing):
            stop(
                f"apt 未能安装 {'、'.join(missing)}：请检查网络和软件源，然后运行 {command}。",
                f"apt could not install {', '.join(missing)}: check the network and the package sources, then run "
                f"`{command}`.",
                details=LOG,
            )


def apt_install(packages: list[str]) -> bool:
    """Three tries, because a mirror that has just moved on answers the first with errors."""
    if shutil.which("apt-get") is None:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for attempt in range(3):
        time.sleep(5 * attempt)
        succeeds("apt-get", "update", "-q", environment=environment)
        if succeeds("apt-get", "install", "-q", "-y", "--no-install-recommends", *packages, environment=environment):
            return True
    return False


def font_files(pattern: str) -> Iterator[Path]:
    for folder in (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts"):
        yield from folder.rglob(pattern)


def library_files(name: str) -> Iterator[Path]:
    for folder in ("/usr/lib", "/lib", "/usr/lib64"):
        yield from Path(folder).glob(name)
        yield from Path(folder).glob(f"*-linux-gnu*/{name}")


def is_root() -> bool:
    return os.geteuid() == 0


def succeeds(*command: str | Path, environment: dict[str, str] | None = None) -> bool:
    """What the command prints goes to a file, which is named when something fails."""
    if not Path(command[0]).exists() and shutil.which(command[0]) is None:
        return False
    result = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, check=False
    )
    if VENV.exists():
        with LOG.open("a", encoding="utf-8") as log:
            log.write(f"$ {' '.join(map(str, command))}\n{result.stdout}")
    return result.returncode == 0


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        stop(f"无法完成安装：{error}。", f"The installation could not be completed: {error}.")
