"""The office marks what experts must not read in a blind round."""

from collections.abc import Collection, Sequence

from app.applications.models import Application
from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, Stale
from app.kernel.words import N_, Message
from app.panels import queries
from app.panels.blinding import SHORTEST
from app.panels.models import Blinding
from app.policy import demand

MOST_WORDS, LONGEST = 100, 60


def mark(
    actor: Actor, application: Application, *, words: Sequence[str], files: Collection[int], version: int
) -> Blinding:
    """The whole list as it shall stand; whoever had an older one before the eyes gets both lists to see."""
    demand(actor, "blinding.edit", application)
    wanted = list(dict.fromkeys(filter(None, map(str.strip, words))))
    _demand_sound(wanted)
    found = queries.blinding_of(application.id)
    _demand_fresh(found, wanted, version)
    assert actor.user_id is not None
    if found is None:
        found = Blinding(edition_id=application.edition_id, application_id=application.id, marked_by=actor.user_id)
        db.session.add(found)
    found.words, found.files = wanted, sorted(files)
    found.marked_by, found.marked_at = actor.user_id, clock.now()
    audit.record(actor, "blinding.edit", application, detail={"words": wanted, "files": found.files})
    return found


def _demand_fresh(found: Blinding | None, wanted: Sequence[str], version: int) -> None:
    if _version(found) != version:
        stored = "\n".join(found.words) if found else ""
        raise Stale(stored={"words": stored}, typed={"words": "\n".join(wanted)}, current_version=_version(found))


def _version(found: Blinding | None) -> int:
    return found.version if found else 0


def _demand_sound(words: Sequence[str]) -> None:
    if len(words) > MOST_WORDS:
        raise Invalid(Message(N_("遮盖的词不超过 %(n)s 个。"), {"n": MOST_WORDS}), field="terms")
    for word in words:
        if not SHORTEST <= len(word) <= LONGEST:
            text = N_("“%(word)s”不能遮盖：每个词须有 %(least)s 至 %(most)s 个字，一行一个。")
            raise Invalid(Message(text, {"word": word[:20], "least": SHORTEST, "most": LONGEST}), field="terms")
