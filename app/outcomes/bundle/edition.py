"""The frame of a bundle: the edition, its frozen rulebook, the dossiers that were reviewed, the published honours."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.applications.models import Application
from app.kernel.database import db
from app.kernel.words import LocalText
from app.notices.models import Notice
from app.notices.queries import PUBLIC_STATES
from app.notices.rules import listed_names
from app.outcomes.bundle.files import File, document, table, text
from app.outcomes.bundle.scope import Scope
from app.outcomes.models import Outcome
from app.programmes.rules.parsing import said
from app.programmes.rules.tags import tags_of
from app.ranking.models import RankingRow


def files(scope: Scope) -> Iterator[File]:
    yield _edition(scope)
    yield from _rulebook(scope)
    yield _dossiers(scope)
    yield _outcomes(scope)


def _both(words: LocalText) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _edition(scope: Scope) -> File:
    edition = scope.edition
    return document(
        "edition.json",
        "zhiheng-edition/1",
        {
            "code": edition.code,
            "number": edition.number,
            "title": _both(edition.title),
            "organiser": _both(edition.programme.organiser),
            "time_zone": edition.time_zone,
            "state": edition.state.value,
            "frozen_at": edition.frozen_at.isoformat() if edition.frozen_at else "",
            "rulebook_digest": edition.rulebook_digest,
            "rounds": list(scope.rounds.values()),
            "region_rule": {
                "level": scope.rulebook.panel.region_level.value,
                "expert_regions": sorted(filter(None, edition.expert_region_kinds.split(","))),
                "leader_outside_prefix": edition.leader_outside_prefix,
            },
        },
    )


def _rulebook(scope: Scope) -> Iterator[File]:
    """The texts as they were frozen, and the data in them, over which the published digest is."""
    edition = scope.edition
    criteria = {each.key: edition.criteria[each.key] for each in scope.rulebook.criteria_sets}
    yield document("rulebook/rulebook.json", "zhiheng-rulebook/1", {"said": said(edition.rulebook, criteria)})
    yield text("rulebook/rulebook.toml", "toml", edition.rulebook)
    yield from (text(f"rulebook/criteria/{key}.toml", "toml", content) for key, content in sorted(criteria.items()))


# --- dossiers -----------------------------------------------------------------------------------------------------

DOSSIER = ("number", "kind", "group", "tags", "regions", "state", "level", "listed_as", "name")


def _dossiers(scope: Scope) -> File:
    listed = _listed(scope)
    rows = (_dossier_row(scope, each, listed) for each in _reviewed(scope))
    return table("dossiers.csv", "zhiheng-dossiers/1", DOSSIER, rows)


def _dossier_row(scope: Scope, dossier: Application, listed: set[int]) -> Sequence[str]:
    """Whoever was on no public notice has a number and no name in the public version."""
    places = {scope.place(region.region_code) for region in dossier.regions}
    return (
        dossier.number,
        dossier.kind.value,
        dossier.group_key,
        " ".join(sorted(tags_of(dossier.group_key, dossier.answers))),
        " ".join(sorted(filter(None, places))),
        dossier.state.value,
        dossier.level_key,
        str(dossier.id) if dossier.id in listed else "",
        dossier.name if scope.full or dossier.id in listed else "",
    )


def _reviewed(scope: Scope) -> Sequence[Application]:
    """All that were handed in; for the public those that came into a ranking."""
    found = select(Application).where(Application.edition_id == scope.edition.id, Application.sequence.is_not(None))
    if not scope.full:
        ranked = select(RankingRow.application_id).where(RankingRow.ranking_id.in_([r.id for r in scope.rankings]))
        found = found.where(Application.id.in_(ranked))
    return db.session.scalars(found.options(selectinload(Application.regions)).order_by(Application.sequence)).all()


def _listed(scope: Scope) -> set[int]:
    published = select(Notice.content).where(Notice.edition_id == scope.edition.id, Notice.state.in_(PUBLIC_STATES))
    return {number for content in db.session.scalars(published) for number in listed_names(content)}


# --- honours ------------------------------------------------------------------------------------------------------

OUTCOME = (
    "position",
    "level",
    "name",
    "dossier",
    "kind",
    "region",
    "group",
    "approval_document",
    "approved_on",
    "published_at",
    "state",
)


def _outcomes(scope: Scope) -> File:
    rows = (_outcome_row(scope, each) for each in scope.honours)
    return table("outcomes.csv", "zhiheng-outcomes/1", OUTCOME, rows, key=3)


def _outcome_row(scope: Scope, outcome: Outcome) -> Sequence[str | int]:
    return (
        outcome.position,
        outcome.level_key,
        outcome.name,
        scope.numbers.get(outcome.application_id or 0, ""),
        outcome.kind,
        outcome.region_code,
        outcome.group_name,
        outcome.approval_document,
        outcome.approved_on.isoformat() if outcome.approved_on else "",
        outcome.published_at.isoformat(timespec="seconds") if outcome.published_at else "",
        outcome.state.value,
    )
