"""What anybody may read of an edition's draws: digests, commitments, the public number, the seed; never a name."""

from flask import Response, render_template

from app.kernel.canonical import canonical
from app.kernel.errors import NotFound
from app.panels import ceremonies, published, queries
from app.panels.models import SEAT_ORIGIN_LABELS, SEAT_ROLE_LABELS
from app.panels.planned import policy_words
from app.panels.views.room import attached, blueprint, record_name
from app.programmes.queries import published_edition
from app.web.guard import actor, needs


@blueprint.get("/editions/<code>/draws")
@needs("public.read")
def public_draws(code: str) -> str:
    edition = published_edition(code, actor())
    if edition is None:
        raise NotFound
    return render_template(
        "panels/public.html",
        found=edition,
        draws=ceremonies.public_draws(edition),
        by_name=queries.seats_by_name(edition),
        origins=SEAT_ORIGIN_LABELS,
        roles=SEAT_ROLE_LABELS,
        name_of=ceremonies.party_name,
        policy_words=policy_words,
    )


@blueprint.get("/editions/<code>/draws/<round_key>/<int:number>.json")
@needs("public.read")
def public_record(code: str, round_key: str, number: int) -> Response:
    """What `verify/draw.py` checks without any fact about an expert; there once the list is published."""
    edition = published_edition(code, actor())
    draw = ceremonies.find_published(edition, round_key, number) if edition is not None else None
    if draw is None:
        raise NotFound
    return attached(canonical(published.public_record(draw)), record_name(draw, "public"))
