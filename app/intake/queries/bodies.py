"""Reads of recommending bodies: which of them may recommend a dossier, and how many places each has left."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import filterfalse, islice

from sqlalchemy import func, select

from app.applications.models import Application
from app.applications.queries import rulebook_for
from app.applications.queries.routing import Destination
from app.intake import rules
from app.intake.models import Recommendation, RecommendingBody
from app.intake.rules import Body, is_individual, places_left
from app.kernel.database import db
from app.kernel.words import N_, Message
from app.programmes.models import Edition
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import ApplicantKind, BodyKind
from app.workflow import ApplicationState

NOT_COUNTED = (ApplicationState.WITHDRAWN,)
NOT_CHOSEN = N_("还没有选择推荐单位。")


@dataclass(frozen=True)
class QuotaLine:
    """Places of one kind; `places` None: no cap."""

    kind: ApplicantKind
    used: int
    places: int | None
    left: int | None


def bodies() -> list[Body]:
    rows = db.session.execute(select(RecommendingBody.id, RecommendingBody.kind, RecommendingBody.region_code))
    return [Body(row.id, row.kind, row.region_code) for row in rows]


def all_bodies() -> Sequence[RecommendingBody]:
    return db.session.scalars(
        select(RecommendingBody).order_by(RecommendingBody.region_code, RecommendingBody.id)
    ).all()


def body_of(application: Application) -> RecommendingBody | None:
    return None if application.body_id is None else db.session.get(RecommendingBody, application.body_id)


def bodies_of_choice(application: Application) -> list[RecommendingBody]:
    """Those that may recommend this dossier, the nearest first."""
    known = {body.id: body for body in all_bodies()}
    found = rules.bodies_for(application.region_code, bodies(), _admitted(application))
    return [known[body.id] for body in found]


def chosen_or_nearest(application: Application) -> RecommendingBody | None:
    """The applicant's choice while it may still recommend, else the nearest body of the applicant's place."""
    choices = {body.id: body for body in bodies_of_choice(application)}
    nearest = rules.body_for(application.region_code, bodies(), _admitted(application))
    return choices.get(application.body_id or 0) or (choices[nearest.id] if nearest else None)


def destination_of(application: Application) -> Destination:
    """For the applicant's own pages: who would recommend this dossier, and whether there is a choice."""
    if not rulebook_for(application).recommendation.required:
        return Destination()
    if application.state != ApplicationState.DRAFT or application.submitted_at is not None:
        return Destination(body_name(application))
    body = chosen_or_nearest(application)
    return (
        Destination(body.name, may_choose=len(bodies_of_choice(application)) > 1) if body else _undecided(application)
    )


def _undecided(application: Application) -> Destination:
    """Nobody recommends this dossier by itself: a choice is to be made, or its place's body is still to come."""
    must = rules.must_choose(application.region_code, bodies(), _admitted(application))
    may_choose = bool(bodies_of_choice(application))
    return Destination(may_choose=may_choose, problem=Message(NOT_CHOSEN) if must else None)


def _admitted(application: Application) -> set[BodyKind]:
    return {quota.body for quota in rulebook_for(application).recommendation.quotas}


def find_body(body_id: int | None) -> RecommendingBody | None:
    return None if body_id is None else db.session.get(RecommendingBody, body_id)


def body_name(application: Application) -> str:
    body = body_of(application)
    return body.name if body else ""


def without_body() -> Sequence[Application]:
    """Submitted dossiers for whose region no body was known."""
    waiting = (Application.state == ApplicationState.SUBMITTED) & Application.body_id.is_(None)
    return db.session.scalars(select(Application).where(waiting)).all()


def recommended_count(body_id: int, edition_id: int, kind: ApplicantKind) -> int:
    counts = _recommended(body_id, edition_id)
    return counts[is_individual(kind)]


def quota_lines(body: RecommendingBody, edition: Edition, rulebook: Rulebook) -> list[QuotaLine]:
    """Used and left of each kind that the award admits; people apart, all others together."""
    counts = _recommended(body.id, edition.id)
    first_of_others = islice(filterfalse(is_individual, rulebook.applicant_kinds), 1)
    kinds = (*first_of_others, *filter(is_individual, rulebook.applicant_kinds))
    return [_quota_line(rulebook, body, kind, counts[is_individual(kind)]) for kind in kinds]


def _quota_line(rulebook: Rulebook, body: RecommendingBody, kind: ApplicantKind, used: int) -> QuotaLine:
    left = places_left(rulebook.recommendation, body.kind, kind, used)
    return QuotaLine(kind, used, None if left is None else used + left, left)


def _recommended(body_id: int, edition_id: int) -> dict[bool, int]:
    """Recommended dossiers, people (True) and others; one that was withdrawn gives its place back."""
    rows = db.session.execute(
        select(Application.kind, func.count())
        .join(Recommendation, Recommendation.application_id == Application.id)
        .where(
            Recommendation.body_id == body_id,
            Recommendation.recommended,
            Application.edition_id == edition_id,
            Application.state.not_in(NOT_COUNTED),
        )
        .group_by(Application.kind)
    )
    counts = {True: 0, False: 0}
    for kind, count in rows:
        counts[is_individual(kind)] += count
    return counts
