"""Who and what one rule could bar, as conditions for the database: never too few, so that the rule itself looks at few more."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from app.applications.models import Application
from app.experts.models import Expert, ExpertRegion
from app.experts.queries import PERSON_ID
from app.kernel import regions
from app.kernel.database import db
from app.panels import facts
from app.panels.grouping import grouping_in
from app.panels.models import Assignment, Conflict
from app.panels.rules import PairRule
from app.programmes.models import Round
from app.workflow import ConflictState

Condition = ColumnElement[bool]


def dossiers_barred(round_: Round, rule: str, people: Sequence[Condition]) -> Condition:
    """The dossiers for which a rule about single pairs could bar one of these people; all of them for any other rule."""
    if rule == "group":
        return true() if grouping_in(round_) else false()
    return _with_interests(round_, select(Expert.id).where(*people)) if rule == "conflict" else true()


def _with_interests(round_: Round, people: Select[int]) -> Condition:
    standing = (Conflict.state == ConflictState.STANDING, Conflict.expert_id.in_(people))
    met = or_(
        and_(Assignment.round_id == round_.id, Assignment.state.in_(facts.LOST)),
        and_(*facts.rounds_apart(round_)),
    )
    seats = select(Assignment.application_id).join(Expert, Expert.id == Assignment.expert_id)
    employers = select(Expert.employer_code).where(Expert.employer_code != "", Expert.id.in_(people))
    return or_(
        Application.id.in_(select(Conflict.application_id).where(*standing)),
        Application.id.in_(seats.where(met, PERSON_ID.in_(people))),
        Application.credit_code.in_(employers),
    )


def experts_barred(round_: Round, rule: str, dossiers: Sequence[Application]) -> Condition:
    """The experts whom a rule could bar from one of these dossiers."""
    found = {"state": _unavailable, "load": _full, "conflict": _interested, "group": _tied, "region": _at_home}
    return found[rule](round_, dossiers) if rule in found else false()


def _unavailable(round_: Round, _dossiers: Sequence[Application]) -> Condition:
    known = facts.known_in(round_)
    return or_(Expert.available.is_(False), Expert.id.in_(known.declined | known.away), _candidate(round_))


def _candidate(round_: Round) -> Condition:
    if not facts.panel_rule(round_).candidates_barred:
        return false()
    applying = (Application.edition_id == round_.edition_id, Application.state.not_in(facts.NOT_CANDIDATES))
    codes = select(Application.credit_code).where(*applying, Application.credit_code != "")
    owners = select(Application.owner_id).where(*applying)
    return or_(Expert.user_id.in_(owners), Expert.employer_code.in_(codes))


def _full(round_: Round, _dossiers: Sequence[Application]) -> Condition:
    """By counting, without reading anything else of them."""
    held, limit_of = facts.held_in(round_), facts.limits_in(round_)
    rows = db.session.execute(select(Expert.id, Expert.max_load)).all()
    return Expert.id.in_([number for number, own in rows if held.get(number, 0) >= limit_of(number, own)])


def _interested(round_: Round, dossiers: Sequence[Application]) -> Condition:
    pairs = facts.conflicts(round_, {dossier.id for dossier in dossiers})
    codes = {dossier.credit_code for dossier in dossiers if dossier.credit_code}
    return or_(Expert.number.in_({expert for expert, _dossier in pairs}), Expert.employer_code.in_(codes))


def _tied(round_: Round, _dossiers: Sequence[Application]) -> Condition:
    live = (Assignment.round_id == round_.id, Assignment.state.in_(facts.LIVE))
    return Expert.id.in_(select(PERSON_ID).join(Assignment, Assignment.expert_id == Expert.id).where(*live))


def _at_home(round_: Round, dossiers: Sequence[Application]) -> Condition:
    """With a place in a region of one of the dossiers, or with none that counts; everybody where a dossier has none."""
    rule = facts.pair_rule(round_.edition)
    if rule.region_level == "none":
        return false()
    if not all(dossier.regions for dossier in dossiers):
        return true()
    codes = {place.region_code for dossier in dossiers for place in dossier.regions}
    close = _close_to(codes, rule.region_level)
    return or_(Expert.regions.any(ExpertRegion.region_code.in_(close)), ~Expert.regions.any(_counted(rule)))


def _close_to(codes: set[str], level: regions.Level) -> list[str]:
    """The experts' codes that name a place in the region of one of these."""
    known = db.session.scalars(select(ExpertRegion.region_code).distinct())
    return [code for code in known if any(regions.same_region(code, other, level) for other in codes)]


def _counted(rule: PairRule) -> Condition:
    of_kind = ExpertRegion.kind.in_(rule.expert_regions) if rule.expert_regions else true()
    since = or_(ExpertRegion.until.is_(None), ExpertRegion.until >= rule.places_since) if rule.places_since else true()
    return and_(of_kind, since)
