"""Serve the product on this machine: migrate, load the demo into an empty database, start the web server and the jobs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import flask_migrate
from click import ClickException
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from app import create_app
from app.config import ROOT, Settings, SettingsInvalid
from app.kernel.database import db
from scripts import translations

START_SECONDS = 180
STOP_SECONDS = 25


def main() -> None:
    try:
        settings = Settings.from_environment()
    except SettingsInvalid as error:
        stop(str(error))
    check_port(settings)
    check_database(settings)
    translations.compile_all()
    prepare(create_app(settings))
    sys.exit(serve(settings))


def stop(*sentences: str) -> NoReturn:
    print("\n✗ " + "\n  ".join(sentences), file=sys.stderr, flush=True)
    sys.exit(1)


# --- before ---------------------------------------------------------------------------------------------------------


def check_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            stop(
                f"不能使用 {settings.host}:{settings.port}（{error.strerror}）：请停止占用它的程序，或换一个端口，例如 make run PORT={settings.port + 1}。",
                f"{settings.host}:{settings.port} cannot be used: stop the program that holds it, or take another port, "
                f"for example make run PORT={settings.port + 1}.",
            )


def check_database(settings: Settings) -> None:
    try:
        engine = create_engine(settings.database_url)
        engine.connect().close()
        engine.dispose()
    except (SQLAlchemyError, ImportError) as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        stop(
            f"无法连接数据库：请检查 DATABASE_URL 以及数据库是否已启动（{reason}）。",
            "The database cannot be reached: check DATABASE_URL and whether the database is running.",
        )


def prepare(app: Flask) -> None:
    with step("升级数据库结构", "bringing the database up to date"), app.app_context():
        flask_migrate.upgrade()
    with step(
        "检查演示数据（首次装入约需一两分钟）", "looking at the demo (loading it the first time takes a minute or two)"
    ):
        arguments = ["demo", "--if-empty"]
        app.cli.main(arguments, prog_name="flask", obj=ScriptInfo(create_app=lambda: app), standalone_mode=False)
    with app.app_context():
        db.engine.dispose()


@contextmanager
def step(chinese: str, english: str) -> Iterator[None]:
    print(f"… {chinese} / {english}", flush=True)
    begun = time.monotonic()
    try:
        yield
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever went wrong, the start ends in a sentence
        if isinstance(error, ClickException):
            error.show()
        elif isinstance(error, Exception):
            traceback.print_exc()
        stop(
            f"“{chinese}”没有成功，原因见上；这一步没有写入任何数据。",
            f"This step failed for the reason above and has stored nothing ({english}).",
        )
    print(f"  ✓ {time.monotonic() - begun:.1f} s", flush=True)


# --- two children -----------------------------------------------------------------------------------------------------


def serve(settings: Settings) -> int:
    """Both run until one of them ends or this process is told to stop; then both are stopped.

    They have a session of their own, so that Ctrl+C reaches this process alone, which stops them in order.
    """
    commands = (["gunicorn", "wsgi:app"], ["flask", "--app", "wsgi", "jobs", "run"])
    children = [
        subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, start_new_session=True) for command in commands
    ]
    asked_to_stop: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        asked_to_stop.append(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, pass_on)
    announced = slow = False
    begun = time.monotonic()
    while not asked_to_stop and all(child.poll() is None for child in children):
        if not announced and answers(settings):
            announced = True
            announce(settings)
        if slow := not announced and time.monotonic() - begun > START_SECONDS:
            break
        time.sleep(0.2)
    for child in children:
        child.terminate()
    for child in children:
        wait(child)
    if asked_to_stop:
        print("质衡已停止 / Zhiheng has stopped.", flush=True)
        return 0
    if slow:
        stop(
            f"服务在 {START_SECONDS} 秒内没有应答：机器可能太忙。请稍后再运行一次 make run，数据不会丢失。",
            f"The server gave no answer within {START_SECONDS} seconds, the machine may be too busy; run `make run` again later, no data is lost.",
        )
    stop("服务意外停止，原因见上。", "The server stopped by itself for the reason above.")


def wait(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()


def answers(settings: Settings) -> bool:
    try:
        socket.create_connection((reachable(settings.host), settings.port), timeout=1).close()
    except OSError:
        return False
    return True


def reachable(host: str) -> str:
    """A server on every address (all zeroes, in either family) is reached on this machine's own."""
    return "127.0.0.1" if set(host) <= set("0.:") else host


def announce(settings: Settings) -> None:
    address = f"http://{reachable(settings.host)}:{settings.port}/"
    print(
        f"""
质衡 Zhiheng  →  {address}

先试一试：以 office@demo.example（秘书处）登录，看“我的待办”；再以 expert@demo.example（专家）登录，给一份材料打分。
What to try first: sign in as office@demo.example (the office) and look at the tasks; then as expert@demo.example and score a dossier.
账号 / accounts: applicant recommender office expert leader head committee supervisor operator @demo.example
密码在装入演示数据时显示一次 / passwords are shown once, when the demo is loaded. 按 Ctrl+C 停止 / Ctrl+C stops.
""",
        flush=True,
    )


if __name__ == "__main__":
    os.chdir(ROOT)
    try:
        main()
    except KeyboardInterrupt:
        stop(
            "已中断；没有完成的步骤不留下任何数据，再运行一次 make run 即可。",
            "Interrupted; an unfinished step leaves no data: run make run again.",
        )
