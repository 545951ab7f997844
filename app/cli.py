"""Commands: thin, they call services."""

import hashlib
import secrets
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import func, select

from app import doctor, jobs
from app.accounts import services as accounts
from app.accounts.models import User
from app.config import Settings
from app.demo import cast, story
from app.kernel import signing, unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import NotReady, Problem
from app.kernel.schema import on_tables
from app.kernel.words import Message
from app.outcomes import services as outcomes
from app.outcomes.models import Outcome
from app.outcomes.retention import queries as terms
from app.outcomes.retention.models import RETENTION_KIND_LABELS
from app.programmes.models import Edition
from app.ranking.queries import final_ranking


def install(app: Flask) -> None:
    app.cli.add_command(demo)
    app.cli.add_command(examine)
    app.cli.add_command(create_operator)
    app.cli.add_command(archive)
    app.cli.add_command(retention)
    app.cli.add_command(jobs.group)


@click.command("demo")
@click.option("--stage", default=story.DEFAULT, help=" ".join(stage.key for stage in story.STAGES))
@click.option("--all", "whole", is_flag=True, help="Run the edition to its result and print the proposed list.")
@click.option("--if-empty", is_flag=True, help="Do nothing where there is an edition already.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day on which the demo stands; default: today.")
@on_tables
def demo(stage: str, whole: bool, if_empty: bool, today: datetime | None) -> None:  # noqa: FBT001 - flags of a command
    """Fill a fresh database with a fictitious edition at the chosen stage."""
    if db.session.scalar(select(func.count()).select_from(Edition)):
        _refuse_full_database(quietly=if_empty)
        return
    _live_through("result" if whole else stage, today.date() if today else datetime.now(UTC).date())
    _print_accounts()
    if whole:
        print_result()


def _refuse_full_database(*, quietly: bool) -> None:
    if not quietly:
        click.echo(
            "数据库里已有届次，演示数据只能装入空库。请另设 INSTANCE_PATH 或 DATABASE_URL 后再试。\n"
            "The database already holds an edition; the demo needs an empty one. Set INSTANCE_PATH or DATABASE_URL.",
            err=True,
        )
        sys.exit(1)


def _live_through(stage: str, today: date) -> None:
    try:
        story.play(stage, today=today, tell=lambda title: click.echo(f"· {title}"))
    except Problem as problem:
        details = getattr(problem, "missing", ())
        click.echo("\n".join([str(problem), *(f"  - {missing}" for missing in details)]), err=True)
        sys.exit(1)


def _print_accounts() -> None:
    """Passwords are printed once and stored only as hashes."""
    settings: Settings = current_app.extensions["settings"]
    password = settings.demo_password or "-".join(secrets.token_hex(2) for _ in range(4))
    with unit_of_work.transaction():
        cast.set_passwords(password)
    known = set(db.session.scalars(select(User.email)))
    click.echo("\n演示账号（密码相同，只显示这一次） Demo accounts (one password, shown only once):")
    for address, name in cast.named_accounts():
        if address in known:
            click.echo(f"  {address:<28} {name}")
    click.echo(f"  密码 password: {password}\n")


def print_result() -> None:
    """The edition's official ranking and what was awarded, one line a dossier."""
    edition = db.session.scalars(select(Edition).where(Edition.code == story.CODE)).one()
    ranking = final_ranking(edition)
    assert ranking is not None
    click.echo(f"{edition.title.zh}　最终排名 {ranking.digest}")
    for row in ranking.rows:
        click.echo(f"{row.rank or '—':>4} {row.shown:>9} {row.line or '-':<11}{row.application.name}")
    click.echo("拟奖名单")
    honours = select(Outcome).where(Outcome.edition_id == edition.id).order_by(Outcome.position)
    for outcome in db.session.scalars(honours):
        click.echo(f"{outcome.position:>4} {outcome.level_zh}　{outcome.name}")


@click.command("doctor")
@on_tables
def examine() -> None:
    """Run every invariant on the live data; exit 1 when something comes back."""
    findings = doctor.examine()
    for finding in findings:
        click.echo(f"{'✗' if finding.faults else '✓'} {finding.check}")
        for fault in finding.faults:
            click.echo(f"    {fault}")
    sys.exit(any(finding.faults for finding in findings))


@click.command("create-operator")
@click.argument("address")
@click.argument("name")
@on_tables
def create_operator(address: str, name: str) -> None:
    """Open the first operator's account; the mail with the link for the password waits in the outbox."""
    founder = Actor(user_id=None, name="system:create-operator", roles=frozenset({Role.OPERATOR}))
    try:
        with unit_of_work.transaction():
            accounts.invite(founder, email=address, name=name, role=Role.OPERATOR)
    except Problem as problem:
        click.echo(str(problem), err=True)
        sys.exit(1)
    click.echo(
        f"{address}: 账号已开通，设置密码的邮件已放入发件箱。 Account opened; the mail with the link is in the outbox."
    )


@click.command("retention")
@on_tables
def retention() -> None:
    """Print what of archived editions is kept until when, and how much of it is due; changes nothing."""
    for each in terms.table(current_app.extensions["settings"]):
        due = "到期 due" if each.is_due and each.counts else "—"
        counts = "，".join(f"{Message(terms.COUNT_LABELS[key])} {number}" for key, number in each.counts.items())
        kind = Message(RETENTION_KIND_LABELS[each.kind])
        click.echo(f"{each.edition.code}  {each.due_on.isoformat()}  {due}  {kind}  {counts}")


archive = AppGroup("archive", help="The bundle of an edition, from which anybody can compute its result again.")


@archive.command("export")
@click.option("--edition", "code", required=True, help="The edition's code, as it stands in its addresses.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The ZIP to write.")
@click.option("--full", is_flag=True, help="With names, comments and reasons; not to be published.")
@on_tables
def export(code: str, out: Path, full: bool) -> None:  # noqa: FBT001 - a flag of a command
    """Write the bundle of an edition whose result is public; the same edition gives the same bytes."""
    edition = db.session.scalar(select(Edition).where(Edition.code == code))
    if edition is None:
        click.echo(f"没有代码为 {code} 的届次。There is no edition with the code {code}.", err=True)
        sys.exit(1)
    try:
        with unit_of_work.transaction():
            _name, content = outcomes.make_bundle(edition, full=full)
    except NotReady as refused:
        click.echo("\n".join(map(str, refused.missing)), err=True)
        sys.exit(1)
    out.write_bytes(content)
    click.echo(f"{out}  SHA-256 {hashlib.sha256(content).hexdigest()}")
    click.echo(f"python3 verify/verify.py {out} --key {signing.public_key()}")
