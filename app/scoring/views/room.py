"""What the screens of scoring share: the blueprint, the chosen edition, a sheet's rules and title."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from app.programmes import current
from app.programmes.queries import rulebook_with_digest
from app.programmes.rules.criteria import CriteriaSet
from app.programmes.rules.rulebook import Rulebook
from app.scoring import queries
from app.scoring.queries import SheetHead

blueprint = Blueprint("scoring", __name__, template_folder="../templates")

Page = str | Response | tuple[str, int]


def edition_id() -> int:
    header = current.header()
    return request.args.get("edition", type=int) or (header.id if header else 0)


def rulebook(head: SheetHead | queries.RoundRow) -> Rulebook:
    return rulebook_with_digest(head.edition_id, head.rulebook_digest)


def criteria(head: SheetHead) -> CriteriaSet:
    return rulebook(head).criteria(head.criteria_key)


def title(head: SheetHead) -> str:
    """In a blind round experts see the number only."""
    return head.number if rulebook(head).round(head.round_key).blind else head.name
