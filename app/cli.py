"""Commands: thin, they call services."""

from flask import Flask


def install(app: Flask) -> None:
    """Commands are registered here, a group a subject."""
