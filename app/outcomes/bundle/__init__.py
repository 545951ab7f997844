"""The bundle of an edition: one archive in open formats from which anybody can compute the result again (docs/bundle.md)."""

from collections.abc import Callable, Iterator

from app.kernel import signing
from app.outcomes.bundle import (
    certificates,
    decision,
    edition,
    hearings,
    letters,
    log,
    on_paper,
    panels,
    result_sheets,
    scores,
)
from app.outcomes.bundle.files import File, archive, text
from app.outcomes.bundle.scope import Scope, scope_of
from app.outcomes.bundle.words import readme

__all__ = ["PARTS", "Scope", "build", "file_name", "scope_of"]
PARTS: tuple[Callable[[Scope], Iterator[File]], ...] = (
    edition.files,
    panels.files,
    hearings.files,
    scores.files,
    decision.files,
    on_paper.files,
    result_sheets.files,
    certificates.files,
    letters.files,
    log.files,
)
Tell = Callable[[int, int], None]


def build(scope: Scope, tell: Tell = lambda _done, _total: None) -> bytes:
    """The same edition gives the same bytes; `tell` hears how many parts are done, of how many."""
    made = [_readme(scope)]
    for done, part in enumerate(PARTS):
        tell(done, len(PARTS))
        made += part(scope)
    head = {"edition": scope.edition.code, "version": _version(scope), "audit_root": scope.checkpoint.root}
    return archive(made, head, key=signing.public_key(), sign=signing.sign)


def file_name(scope: Scope) -> str:
    return f"{scope.edition.code}-{_version(scope)}.zip"


def _version(scope: Scope) -> str:
    return "full" if scope.full else "public"


def _readme(scope: Scope) -> File:
    titles = (scope.edition.title.zh, scope.edition.title.en)
    method = scope.rulebook.aggregation.method
    words = readme(code=scope.edition.code, titles=titles, key=signing.public_key(), full=scope.full, method=method)
    return text("README.txt", "text", words)
