"""`python -m benchmarks [--database sqlite] [--repetitions 7] [--pages worklist save] [--dry]`."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime

import flask_migrate
from flask import Flask

from app import create_app
from app.config import Settings
from app.kernel import unit_of_work
from app.kernel.database import db
from benchmarks import bare
from benchmarks.assets import FirstVisit, first_visit
from benchmarks.client import opened
from benchmarks.data import DOSSIERS, EXPERTS, REVIEWS, USUAL, Made, Size, fill
from benchmarks.machine import load, machine, software
from benchmarks.measure import Asked, Result, counting, measured
from benchmarks.pages import PAGES, Browser, Page, Script, unsaved_items
from benchmarks.report import RESULTS, Surroundings, further_parts, report
from benchmarks.servers import SECRET, Place, Server, place, running

DATA = f"{DOSSIERS} dossiers, {EXPERTS} experts, {REVIEWS} reviews each, 23 items a review, a confirmed ranking of {DOSSIERS} rows"


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are stopped too
    chosen = _arguments()
    pages = [page for page in PAGES if page.key in chosen.pages]
    before = load()
    with place(chosen.database) as where:
        app, made = filled(where)
        results, visit = _measured(pages, app, made, where=where, repetitions=chosen.repetitions)
        kept = report(results, visit, _surroundings(app, before))
    print(kept)
    if not chosen.dry:
        RESULTS.write_text(kept + further_parts(), encoding="utf-8")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure pages against a bare one.")
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--repetitions", type=int, default=7)
    parser.add_argument(
        "--pages", nargs="+", choices=[page.key for page in PAGES], default=[page.key for page in PAGES]
    )
    parser.add_argument("--dry", action="store_true", help="print only, leave results.md as it is")
    return parser.parse_args()


def filled(where: Place, size: Size = USUAL) -> tuple[Flask, Made]:
    print("… data", flush=True)
    app = create_app(
        Settings(environment="testing", secret_key=SECRET, database_url=where.url, instance_path=where.folder)
    )
    with app.app_context():
        flask_migrate.upgrade()
        bare.BareEvent.__table__.create(db.engine)
        with unit_of_work.transaction():
            made = fill(size)
        if db.engine.dialect.name == "postgresql":
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
    return app, made


def _measured(
    pages: Sequence[Page], app: Flask, made: Made, *, where: Place, repetitions: int
) -> tuple[list[Result], FirstVisit]:
    with ExitStack() as stack:
        product = stack.enter_context(running("product", "wsgi:app", where))
        plain = stack.enter_context(running("bare", "benchmarks.bare:create_app()", where))
        os.environ |= {"DATABASE_URL": where.url, "SECRET_KEY": SECRET}
        plain_app = bare.create_app()
        both = asked_of(app, plain_app, made, product=product, plain=plain)
        results = []
        for page in pages:
            print(f"… {page.title}", flush=True)
            results.append(measured(page, *both, where=where, repetitions=repetitions))
        _count(results, app, plain_app, both=both)
        visit = first_visit(product.port)
    return results, visit


def asked_of(app: Flask, plain_app: Flask, made: Made, *, product: Server, plain: Server) -> tuple[Asked, Asked]:
    people = [*made.people.experts, made.people.office]
    mine = [
        _browser(product.port, user_id, _cookie(app, {"_user_id": token, "_fresh": True})) for user_id, token in people
    ]
    theirs = [Browser(user_id, _cookie(plain_app, {"user_id": user_id}), "") for user_id, _token in people]
    items = unsaved_items(made, mine[:-1])
    return (
        Asked(product, Script(made, mine[:-1], mine[-1], items)),
        Asked(plain, Script(made, theirs[:-1], theirs[-1], items)),
    )


def _browser(port: int, user_id: int, cookie: str) -> Browser:
    """A browser that is signed in and has seen a page, so that it has the token of its forms."""
    renewed, token = opened(port, "/account", cookie)
    return Browser(user_id, renewed, token)


def _cookie(app: Flask, content: dict[str, object]) -> str:
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(content)}"


def _count(results: Sequence[Result], app: Flask, plain_app: Flask, *, both: tuple[Asked, Asked]) -> None:
    product, plain = both
    for result in results:
        with counting(app) as count:
            count(next(product.script.requests(result.page.key, 1)))
            result.statements = count(next(product.script.requests(result.page.key, 1)))
        with counting(plain_app) as count:
            result.bare_statements = count(next(plain.script.requests(result.page.key, 1)))


def _surroundings(app: Flask, before: str) -> Surroundings:
    with app.app_context(), db.engine.connect() as connection:
        numbers = ".".join(map(str, connection.dialect.server_version_info or ()))
        database = f"{connection.dialect.name} {numbers}"
    return Surroundings(
        date=datetime.now(UTC).strftime("%Y-%m-%d"),
        machine=machine(),
        software=software(database),
        load=f"{before}; {load()}",
        command=f"make bench ARGS='{' '.join(sys.argv[1:])}'" if sys.argv[1:] else "make bench",
        data=DATA,
    )


if __name__ == "__main__":
    sys.exit(main())
