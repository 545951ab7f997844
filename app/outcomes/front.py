"""The public home: rendered once for each language, and again only when something public has changed or a day is over."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, render_template
from markupsafe import Markup

from app.kernel import clock
from app.notices import rules as notice_rules
from app.outcomes import queries
from app.programmes import current
from app.programmes.models import Edition
from app.programmes.queries import find_edition
from app.programmes.rules.sentences import sentences
from app.web.language import chosen
from app.workflow import EditionState

KEPT = "public_home"


@dataclass(frozen=True)
class Front:
    """A rendered page and how long it holds: while the record's stamp is the same and the moment has not come."""

    stamp: str
    valid_until: datetime
    title: str
    content: Markup
    may_apply: bool


def front() -> Front | None:
    """The page's title and content in the reader's language; None while there is no edition to speak of."""
    header = current.header()
    if header is None:
        return None
    kept: dict[str, Front] = current_app.extensions.setdefault(KEPT, {})
    stamp, found = queries.home_stamp(), kept.get(chosen())
    if found is None or found.stamp != stamp or clock.now() >= found.valid_until:
        edition = _spoken_of(header.id, header.state)
        if edition is None:
            return None
        found = kept[chosen()] = _render(edition, stamp)
    return found


def _spoken_of(edition_id: int, state: EditionState) -> Edition | None:
    """A draft is nobody's business yet: until its call opens, the page speaks of the latest published edition."""
    if state is not EditionState.DRAFT:
        return find_edition(edition_id)
    return next(iter(queries.past_editions()), None)


def _render(edition: Edition, stamp: str) -> Front:
    home = queries.home(edition)
    told = {section.key: section.lines for section in sentences(home.rulebook)}
    content = render_template(
        "outcomes/home_content.html",
        home=home,
        told=told,
        local=notice_rules.local,
    )
    title = home.rulebook.name.in_language(chosen())
    return Front(stamp, home.valid_until, title, Markup(content), home.may_apply)  # noqa: S704 - rendered by our own template
