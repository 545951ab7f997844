"""Alembic's environment: the application's own engine, tables and options."""

from alembic import context
from flask import current_app

from app.outcomes import sealing

migrate = current_app.extensions["migrate"]
database = migrate.db


def leave_out_empty(_context, _revision, directives) -> None:
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


with database.engine.connect() as connection:
    options = {"process_revision_directives": leave_out_empty, **migrate.configure_args}
    context.configure(connection=connection, target_metadata=database.metadata, **options)
    with context.begin_transaction():
        sealing.lift(connection)
        context.run_migrations()
        sealing.lay(connection)
