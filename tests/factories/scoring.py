"""Panels at work: experts seated on dossiers, sheets opened by their declarations, scored and handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from sqlalchemy import select

from app import lifecycle
from app.accounts import services as accounts
from app.accounts.models import User
from app.accounts.services import grant_by_stage
from app.applications.models import Application, DossierSection, EvidenceFile, Receipt
from app.applications.queries import content_of
from app.experts.models import Expert, ExpertKind, ExpertRegion, ExpertRegionKind
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.canonical import digest
from app.kernel.database import db
from app.panels.models import Assignment, Draw, SeatRole
from app.programmes.models import Edition, Round
from app.programmes.queries import rulebook_of
from app.scoring import queries, rules, services
from app.scoring.models import ScoreSheet
from app.workflow import AssignmentState, RoundState
from tests.factories import decisions
from tests.factories.decisions import dossier_under_review, office, running_edition
from tests.support.built import built_once
from tests.support.databases import DEMO_PASSWORD

ELSEWHERE = ("330100", "320100", "440100", "370100", "420100", "510100", "610100")


@cache
def _password_hash() -> str:
    """Hashing is slow by design; every account of these tests has the same password."""
    user = User(email="", name="", created_at=clock.now())
    accounts.set_password(user, DEMO_PASSWORD)
    return user.password_hash


def person(email: str, role: Role, *, edition_id: int | None = None) -> User:
    """An account that can sign in; the same one when asked for again."""
    user = decisions.person(email, role, edition_id=edition_id)
    user.password_hash = _password_hash()
    return user


def expert(number: int = 1) -> tuple[Expert, Actor]:
    """An expert from another province, with the account that acts; the same one when asked for again."""
    email = f"expert{number}@example.org"
    found = db.session.scalar(select(Expert).where(Expert.email == email))
    if found is None:
        found = Expert(
            number=f"E{number:03d}",
            name=f"专家{number:03d}",
            email=email,
            kind=ExpertKind.QUALITY,
            employer=f"示例学院{number}",
            may_lead=True,
            created_at=clock.now(),
        )
        place = ELSEWHERE[number % len(ELSEWHERE)]
        found.regions = [ExpertRegion(kind=kind, region_code=place) for kind in ExpertRegionKind]
        db.session.add(found)
        db.session.flush()
        user = person(email, Role.EXPERT)
        grant_by_stage(Actor.system("tests"), "pool_import.apply", user, Role.EXPERT, expert_id=found.id)
        found.user_id = user.id
        db.session.flush()
    return found, acting(found)


def acting(found: Expert, *roles: Role) -> Actor:
    return Actor(
        user_id=found.user_id,
        name=found.name,
        roles=frozenset({Role.EXPERT, *roles}),
        expert_id=found.id,
    )


@dataclass
class Panel:
    """One round with its dossiers and sheets, `sheets[dossier][expert]`; `actors[n]` is the n-th expert."""

    edition: Edition
    round: Round
    dossiers: list[Application]
    experts: list[Expert]
    actors: list[Actor]
    assignments: list[Assignment] = field(default_factory=list)

    def assignment(self, dossier: int = 0, expert: int = 0) -> Assignment:
        wanted = (self.dossiers[dossier].id, self.experts[expert].id)
        return next(each for each in self.assignments if (each.application_id, each.expert_id) == wanted)

    def sheet(self, dossier: int = 0, expert: int = 0) -> ScoreSheet:
        found = queries.sheet_of_assignment(self.assignment(dossier, expert).id)
        assert found is not None
        return found


@built_once
def panel(
    dossiers: int = 1,
    experts: int = 1,
    *,
    round_key: str = "",
    declared: bool = True,
    edition: Edition | None = None,
    first_expert: int = 1,
    groups: Sequence[str] = (),
) -> Panel:
    """Every expert sits on every dossier; the first one leads. `declared`: nobody has a conflict, the sheets are open."""
    edition = edition or running_edition()
    groups = groups or [rulebook_of(edition).enabled_groups[0].key]
    round_ = next(each for each in edition.rounds if round_key in ("", each.key))
    entered = [dossier(edition, round_, groups[number % len(groups)]) for number in range(dossiers)]
    made = seated(edition, round_, entered, experts, first_expert=first_expert)
    for assignment in made.assignments if declared else ():
        declare(assignment)
    return made


def seated(edition: Edition, round_: Round, dossiers: list[Application], experts: int, *, first_expert: int) -> Panel:
    """The round is open and every expert has a seat on every dossier; nobody has declared anything."""
    people = [expert(first_expert + number) for number in range(experts)]
    made = Panel(edition, round_, dossiers, [found for found, _actor in people], [actor for _found, actor in people])
    if round_.state is RoundState.PLANNED:
        lifecycle.advance(round_, "round.open", office())
    made.assignments = seats(made)
    return made


def dossier(edition: Edition, round_: Round, group: str) -> Application:
    number = db.session.query(Application).filter_by(edition_id=edition.id).count() + 1
    found = dossier_under_review(edition, f"示例制造{number:03d}有限公司", group=group)
    found.round_id = round_.id
    write_dossier(found)
    content = content_of(found)
    db.session.add(
        Receipt(
            application_id=found.id,
            version_number=1,
            submitted_at=clock.now(),
            submitted_by=found.owner_id,
            signatory="李明",
            content=content,
            digest=digest(content),
        )
    )
    db.session.flush()
    return found


def write_dossier(application: Application) -> None:
    """A text on the first item and two files of evidence."""
    rulebook = rulebook_of(application.edition)
    key = f"item:{rulebook.criteria_for(application.group_key).items[0].code}"
    text = "高层领导每季度与员工座谈，见材料2。座谈后逐条回复。"
    section = DossierSection(application_id=application.id, key=key, text=text, updated_at=clock.now())
    db.session.add(section)
    for number in (1, 2):
        db.session.add(
            EvidenceFile(
                application_id=application.id,
                section_key=rulebook.dossier.evidence[0].key,
                filename=f"证明{number}.pdf",
                media_type="application/pdf",
                size=1000 * number,
                sha256=f"{number}" * 64,
                uploaded_at=clock.now(),
            )
        )
    db.session.flush()
    db.session.expire(application, ["sections", "files"])


def seats(made: Panel) -> list[Assignment]:
    draw = Draw(
        edition_id=made.edition.id,
        round_id=made.round.id,
        number=db.session.query(Draw).filter_by(round_id=made.round.id).count() + 1,
        seed="0" * 64,
        input={},
        input_digest="",
        result={},
        result_digest="",
        created_at=clock.now(),
        drawn_at=clock.now(),
        drawn_by=None,
    )
    db.session.add(draw)
    db.session.flush()
    rows = [
        Assignment(
            edition_id=made.edition.id,
            draw_id=draw.id,
            round_id=made.round.id,
            application_id=entered.id,
            expert_id=found.id,
            role=SeatRole.MEMBER if position else SeatRole.LEADER,
        )
        for entered in made.dossiers
        for position, found in enumerate(made.experts)
    ]
    db.session.add_all(rows)
    db.session.flush()
    for row in rows:
        lifecycle.advance(row, "assignment.notify", office())
    return rows


def declare(assignment: Assignment) -> None:
    if assignment.state is AssignmentState.WAITING:
        lifecycle.advance(assignment, "assignment.clear", acting(assignment.expert))


def judge(sheet: ScoreSheet, percents: int | Mapping[str, int], *, text: str = "") -> None:
    """Score every item alike, or those that are named."""
    rows = {row.code: row for row in queries.item_rows(sheet.id)}
    wanted = dict.fromkeys(rows, percents) if isinstance(percents, int) else percents
    judgements = {code: rules.Judgement(percent, text, text, rows[code].version) for code, percent in wanted.items()}
    services.save_items(acting(sheet.assignment.expert), sheet, judgements)


def hand_in(sheet: ScoreSheet, percents: int | Mapping[str, int] = 50) -> None:
    judge(sheet, percents)
    services.submit(acting(sheet.assignment.expert), sheet)


@built_once
def reviewed(
    scores: Sequence[Sequence[int]], *, close: bool = True, round_key: str = "", edition: Edition | None = None
) -> Panel:
    """A round whose sheets are all in: one row of percentages a dossier, one percentage an expert."""
    made = panel(len(scores), len(scores[0]), round_key=round_key, edition=edition)
    for number, row in enumerate(scores):
        for position, percent in enumerate(row):
            hand_in(made.sheet(number, position), percent)
    if close:
        services.close_round(office(), made.round)
    return made
