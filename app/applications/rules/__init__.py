"""What a dossier consists of, how an answer is read, and what is still missing."""

from app.applications.rules.answers import AnswerRefused, read_answer
from app.applications.rules.groups import group_problem, suggested_group
from app.applications.rules.places import place_problem, region_named
from app.applications.rules.readiness import Gap, gaps_before_submission, missing_for_submission
from app.applications.rules.sections import Section, sections_of

__all__ = [
    "AnswerRefused",
    "Gap",
    "Section",
    "gaps_before_submission",
    "group_problem",
    "missing_for_submission",
    "place_problem",
    "read_answer",
    "region_named",
    "sections_of",
    "suggested_group",
]
