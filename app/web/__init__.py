"""What every screen shares: the guard, the transaction of a request, forms, formats, errors, the look."""

from flask import Flask

from app.web import addresses, assets, errors, formats, guard, headers, language, menu, sessions, transactions


def install(app: Flask) -> None:
    """Order matters: who acts (accounts, before this) → guard → stored answers; on the way out commit, then headers."""
    sessions.install(app)
    language.install(app)
    formats.install(app)
    addresses.install(app)
    assets.install(app)
    menu.install(app)
    headers.install(app)
    guard.install(app)
    transactions.install(app)
    errors.install(app)
