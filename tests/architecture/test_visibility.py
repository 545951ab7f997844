"""What a list shows is exactly what the policy lets that person read: two ways of saying it, held against each other."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, select

from app.accounts.models import User
from app.accounts.queries import actor_of_user
from app.applications import queries as applications
from app.applications.models import Application
from app.consensus import queries as consensus
from app.consensus.models import Consensus
from app.decisions import queries as decisions
from app.decisions.models import CommitteeSession
from app.defences import queries as defences
from app.defences.models import DefenceSession
from app.exports import queries as exports
from app.exports.models import Export
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.notices import queries as notices
from app.notices.disclosures import queries as disclosures
from app.notices.disclosures.models import Disclosure
from app.notices.inquiries import queries as inquiries
from app.notices.inquiries.models import ObjectionRequest
from app.notices.models import Notice
from app.outcomes import queries as outcomes
from app.outcomes.certificates import queries as certificates
from app.outcomes.certificates.models import Certificate
from app.outcomes.feedback import queries as feedback
from app.outcomes.feedback.models import FeedbackReport
from app.outcomes.letters import queries as letters
from app.outcomes.letters.models import Letter
from app.outcomes.models import Outcome
from app.outcomes.watch import queries as watch
from app.outcomes.watch.models import YearlyDeclaration
from app.panels import queries as panels
from app.panels.models import Assignment
from app.policy import allows
from app.ranking import queries as ranking
from app.ranking.models import Ranking
from app.scoring import queries as scoring
from app.scoring.models import ScoreSheet
from app.visits import queries as visits
from app.visits.models import Visit

STAGES: list[tuple[str, Any, Callable[[Actor], Any]]] = [
    ("application.read", Application, applications.visible_to),
    ("assignment.read", Assignment, panels.visible_to),
    ("score_sheet.read", ScoreSheet, scoring.visible_to),
    ("consensus.read", Consensus, consensus.visible_to),
    ("visit.read", Visit, visits.visible_to),
    ("defence.read", DefenceSession, defences.visible_to),
    ("ranking.read", Ranking, ranking.visible_to),
    ("session.read", CommitteeSession, decisions.visible_to),
    ("notice.read", Notice, notices.visible_to),
    ("outcome.read", Outcome, outcomes.visible_to),
    ("disclosure.read", Disclosure, disclosures.listed),
    ("objection_request.read", ObjectionRequest, inquiries.listed),
    ("certificate.read", Certificate, certificates.listed),
    ("letter.read", Letter, letters.listed),
    ("yearly_declaration.read", YearlyDeclaration, watch.listed),
    ("feedback_report.read", FeedbackReport, feedback.listed),
    ("export.read", Export, exports.visible_to),
]
MOST_OF_A_ROLE = 12


def people() -> list[Actor]:
    """A visitor, and some of each role as they stand in the database, with all their grants."""
    found = [Actor.anonymous()]
    for role in Role:
        users = db.session.scalars(
            select(User).where(User.grants.any(role=role)).order_by(User.id).limit(MOST_OF_A_ROLE)
        )
        found += [actor_of_user(user) for user in users]
    return found


def listed(model: Any, seen: Any) -> set[int]:
    chosen = seen if isinstance(seen, Select) else select(model).where(seen)
    return {row.id for row in db.session.scalars(chosen)}


@pytest.mark.parametrize(
    ("action", "model", "visible_to"), STAGES, ids=lambda part: part if isinstance(part, str) else ""
)
@pytest.mark.parametrize("stage", [pytest.param(name, marks=pytest.mark.demo(name)) for name in ("scoring", "notice")])
def test_the_list_is_what_the_policy_allows(
    app_context: Flask, stage: str, action: str, *, model: Any, visible_to: Callable[[Actor], Any]
) -> None:
    rows = list(db.session.scalars(select(model)))
    for actor in people():
        allowed = {row.id for row in rows if allows(actor, action, row)}
        assert listed(model, visible_to(actor)) == allowed, f"{stage}: {actor.name} {sorted(actor.roles)}"


SCORES = re.compile(r"\b(ItemScore|SubmittedSheet|PaperEntry)\b|ScoreSheet\.total_twentieths")
READERS = {
    "scoring": "the stage itself; who may see is asked of queries/visibility.py and the policy",
    "api/listings.py": "what the sheets' list says; its rows are those of scoring.queries.visible_to",
    "consensus/services.py": "gathers the sheets of a panel whose scores are all in",
    "consensus/series.py": "every series of a dossier side by side, to whom `series.read` allows it once all are released",
    "outcomes/bundle/scores.py": "sheets of an edition that has ended; the public bundle joins none to a seat or a person",
    "ranking/queries.py": "combines what was handed in when the round has ended",
    "ranking/advice_queries.py": "percentages for the advice that is frozen with a confirmed ranking",
    "ranking/portrait.py": "a dossier of a confirmed ranking under letters, to whom `advice.read` allows it",
    "outcomes/feedback/queries.py": "means of rounds that have ended, from which reports take bands; shows no score",
    "doctor.py": "recomputes totals and digests, shows none",
}


def test_scores_are_read_where_somebody_answers_for_who_sees_them() -> None:
    """A second place that reads scores is where leaks come from: whoever adds one names it here and says who sees it."""
    app = Path(__file__).resolve().parents[2] / "app"
    reading = {
        path.relative_to(app).as_posix()
        for path in app.rglob("*.py")
        if SCORES.search(path.read_text(encoding="utf-8"))
    }
    unnamed = {path for path in reading if path not in READERS and path.partition("/")[0] not in READERS}
    assert unnamed == set()
    assert {name for name in READERS if "." in name} <= reading
