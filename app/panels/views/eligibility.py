"""Who may review what, as a matrix and pair by pair, and the seats that a later change has made unlawful."""

from flask import render_template, request

from app.applications.models import Application
from app.experts.queries import find_by_number
from app.kernel import regions
from app.kernel.errors import NotFound
from app.panels import eligibility, facts, queries
from app.panels.eligibility import DOSSIERS_A_PAGE, Wanted
from app.panels.grouping import grouping_in
from app.panels.models import CONFLICT_SOURCE_LABELS, SEAT_ROLE_LABELS
from app.panels.rules import FACT_LABELS, LEVEL_LABELS, RULE_LABELS, RULE_MARKS
from app.panels.views import room
from app.panels.views.room import Answer, blueprint
from app.programmes.models import Round
from app.programmes.queries import rulebook_of
from app.web.guard import needs, needs_on_subject, reach

TEXTS = ("rule", "expert", "province", "dossier", "group")


def wanted() -> Wanted:
    texts = {name: request.args.get(name, "").strip()[:60] for name in TEXTS}
    return Wanted(**texts, row=_place("row"), column=_place("column"))


def _place(name: str) -> int:
    return max(request.args.get(name, 0, type=int), 0)


@blueprint.get("/rounds/<int:round_id>/matrix")
@needs_on_subject("eligibility.read")
def matrix(round_id: int) -> Answer:
    round_, asked = reach(queries.find_round(round_id), "eligibility.read"), wanted()
    return render_template(
        "panels/matrix.html",
        round=round_,
        wanted=asked,
        matrix=eligibility.matrix(round_, asked),
        marks={name: mark for name, mark in RULE_MARKS.items() if name != "group" or grouping_in(round_)},
        rules=RULE_LABELS,
        groups=rulebook_of(round_.edition).enabled_groups,
        provinces=regions.provinces(),
        step=DOSSIERS_A_PAGE,
    )


@blueprint.get("/rounds/<int:round_id>/eligibility/<expert>/<dossier>")
@needs_on_subject("eligibility.read")
def eligibility_of(round_id: int, expert: str, dossier: str) -> Answer:
    """Why this expert may or may not review this dossier, as a paper."""
    round_ = reach(queries.find_round(round_id), "eligibility.read")
    who, what = find_by_number(expert), _dossier(round_, dossier)
    if who is None or what is None:
        raise NotFound
    return render_template(
        "panels/eligibility.html",
        round=round_,
        edition=round_.edition,
        pair=eligibility.pair(round_, who, what),
        panel=facts.panel_rule(round_),
        rules=RULE_LABELS,
        labels=FACT_LABELS,
        levels=LEVEL_LABELS,
        region=regions.full_name,
        names={kind.key: kind.name for kind in facts.panel_rule(round_).conflicts},
        sources=CONFLICT_SOURCE_LABELS,
    )


def _dossier(round_: Round, number: str) -> Application | None:
    return queries.find_application(round_.edition_id, number)


@blueprint.get("/unlawful-seats")
@needs("eligibility.read")
def unlawful_seats() -> Answer:
    edition = room.edition()
    seats = eligibility.unlawful_seats(edition)
    return render_template(
        "panels/unlawful_seats.html",
        chosen=edition,
        seats=seats,
        rules=RULE_LABELS,
        roles=SEAT_ROLE_LABELS,
    )
