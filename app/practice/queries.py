"""Reads of practice cases and of who has finished them."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.config import ROOT
from app.experts.models import Expert
from app.kernel.actor import Actor
from app.kernel.database import db
from app.practice.models import PracticeSheet
from app.practice.rules import PracticeCase, Sittings, parse_case, sittings
from app.programmes.models import Edition, Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.files import load_folder
from app.programmes.rules.parsing import parse_criteria
from app.workflow import PracticeState

RULEBOOKS = ROOT / "rulebooks"


@dataclass(frozen=True)
class ShippedCase:
    """A case with the digest of its text, by which a later reader knows which wording was answered."""

    case: PracticeCase
    digest: str


@cache
def shipped() -> dict[str, ShippedCase]:
    """The cases that come with the product, by the key of the criteria set they belong to."""
    criteria = {key: parse_criteria(text) for key, text in load_folder(RULEBOOKS / "criteria").items()}
    texts = load_folder(RULEBOOKS / "practice")
    read = {text: parse_case(text, criteria) for text in texts.values()}
    return {case.criteria: ShippedCase(case, hashlib.sha256(text.encode()).hexdigest()) for text, case in read.items()}


def cases_of(edition: Edition) -> list[ShippedCase]:
    """What the edition's experts practise: a case for each of its criteria sets that has one, if any round asks for it."""
    book = rulebook_of(edition)
    if not any(entry.practice for entry in book.rounds):
        return []
    return [shipped()[each.key] for each in book.criteria_sets if each.key in shipped()]


def case_before(round_: Round, criteria_key: str) -> ShippedCase | None:
    """The case to be finished before a dossier of these criteria opens in this round; None where none is asked for."""
    entry = rulebook_of(round_.edition).round(round_.key)
    return shipped().get(criteria_key) if entry.practice else None


def find_sheet(edition_id: int, expert_id: int, case_key: str) -> PracticeSheet | None:
    return db.session.scalars(
        select(PracticeSheet)
        .options(selectinload(PracticeSheet.answers))
        .where(
            PracticeSheet.edition_id == edition_id,
            PracticeSheet.expert_id == expert_id,
            PracticeSheet.case_key == case_key,
        )
    ).one_or_none()


def has_finished(edition_id: int, expert_id: int, case_key: str) -> bool:
    done = select(PracticeSheet.id).where(
        PracticeSheet.edition_id == edition_id,
        PracticeSheet.expert_id == expert_id,
        PracticeSheet.case_key == case_key,
        PracticeSheet.state == PracticeState.FINISHED,
    )
    return db.session.scalar(done) is not None


def own_sheets(actor: Actor, edition: Edition) -> dict[str, PracticeSheet]:
    found = db.session.scalars(
        select(PracticeSheet).where(
            PracticeSheet.edition_id == edition.id, PracticeSheet.expert_id == (actor.expert_id or 0)
        )
    )
    return {sheet.case_key: sheet for sheet in found}


def sittings_of(edition: Edition) -> dict[str, Sittings]:
    """By case, how long the edition's experts took over it, where enough have finished to say so."""
    rows = db.session.execute(
        select(PracticeSheet.case_key, PracticeSheet.started_at, PracticeSheet.finished_at).where(
            PracticeSheet.edition_id == edition.id, PracticeSheet.state == PracticeState.FINISHED
        )
    )
    taken: defaultdict[str, list[timedelta]] = defaultdict(list)
    for key, started, finished in rows:
        if finished is not None:
            taken[key].append(finished - started)
    found = {key: sittings(times) for key, times in taken.items()}
    return {key: each for key, each in found.items() if each is not None}


def sheets_of(edition: Edition) -> Sequence[PracticeSheet]:
    """Everybody's, by expert, for those who watch over the training."""
    return db.session.scalars(
        select(PracticeSheet)
        .join(Expert, Expert.id == PracticeSheet.expert_id)
        .options(joinedload(PracticeSheet.expert), selectinload(PracticeSheet.answers))
        .where(PracticeSheet.edition_id == edition.id)
        .order_by(Expert.number, PracticeSheet.case_key)
    ).all()
