"""The data that is measured: 200 dossiers, 60 experts, 5 reviews each, a confirmed ranking, the public past edition.

Put in through the application's models, in bulk: rights, workflow and record are not what is measured here. The round is open and every
sheet is complete but not handed in, so that each page has everything to show and each save is allowed.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from app.accounts.models import LoginSession, RoleGrant, User
from app.accounts.sign_in import token_hash
from app.applications.models import Applicant, ApplicantRegionKind, Application, ApplicationRegion, Receipt
from app.applications.queries import content_of
from app.applications.rules.sections import OVERVIEW, item_key, sections_of
from app.config import ROOT
from app.experts.models import Expert, ExpertKind, ExpertRegion, ExpertRegionKind
from app.kernel import clock, credit_code
from app.kernel.actor import Actor, Role
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.exact import score_twentieths
from app.outcomes import services as outcomes
from app.outcomes.rules import read_past_winners
from app.panels.models import Assignment, Draw, SeatRole
from app.programmes import services as programmes
from app.programmes.models import Edition, Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.admission import FormField
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import ApplicantKind, FieldKind
from app.ranking import services as rankings
from app.ranking.models import Ranking
from app.scoring.models import ItemScore, ScoreSheet
from app.workflow import (
    ApplicationState,
    AssignmentState,
    DrawState,
    EditionState,
    RankingState,
    RoundState,
    ScoreSheetState,
)

DOSSIERS, EXPERTS, REVIEWS = 200, 60, 5
HOME = ("140100", "140200", "140300", "140400", "140500", "140600", "140700", "140800", "140900", "141000", "141100")
ELSEWHERE = ("330100", "320100", "440100", "370100", "420100", "510100", "610100")
GROUP = "machinery"
SENTENCES = (
    "企业以顾客需求为起点，建立了从设计、采购、制造到服务的全过程质量控制体系。",
    "近三年主要产品一次交验合格率保持在 99.2% 以上，顾客满意度逐年提高。",
    "高层领导每季度主持质量分析会，按数据确定改进项目并跟踪验证效果。",
    "关键过程的能力指数定期测量，异常由跨部门小组在 24 小时内处置。",
    "与同行业标杆相比，单位能耗与交付周期仍有差距，已列入下一年度改进计划。",
    "员工提案制度覆盖全部班组，上年采纳提案 1,260 条，年化收益约 830 万元。",
)
OFFICE = Actor(user_id=None, name="benchmark", roles=frozenset({Role.OFFICE}))
DRAW = random.Random(20260508)


@dataclass(frozen=True)
class Size:
    """How much there is; `characters` of an item's text in a dossier."""

    dossiers: int = DOSSIERS
    experts: int = EXPERTS
    reviews: int = REVIEWS
    characters: int = 400


USUAL = Size()


@dataclass(frozen=True)
class People:
    """Who sends requests: tokens of signed-in browsers, and the user each belongs to."""

    experts: Sequence[tuple[int, str]]
    office: tuple[int, str]


@dataclass(frozen=True)
class Made:
    """What the requests need to know of the data: `sheets` by the user who scores them."""

    people: People
    sheets: dict[int, list[int]]
    item_codes: tuple[str, ...]
    ranking_id: int
    edition_id: int


def text(characters: int) -> str:
    """A paragraph of about that length."""
    words = itertools.cycle(DRAW.sample(SENTENCES, len(SENTENCES)))
    return "".join(itertools.islice(words, max(1, characters // 36)))


def fill(size: Size = USUAL) -> Made:
    """Everything, in the running transaction of a migrated, empty database."""
    _past_edition()
    edition = _edition()
    rulebook = rulebook_of(edition)
    people = _people(size)
    experts = _experts(people)
    round_ = edition.rounds[0]
    dossiers = _dossiers(edition, round_, people.office[0], size)
    sheets = _sheets(_draw(edition, round_), dossiers, experts, size)
    ranking = _ranking(round_)
    return Made(people, sheets, rulebook.criteria_for(GROUP).item_codes, ranking.id, edition.id)


def _edition() -> Edition:
    """Shanxi's rulebook, begun so long ago that the first round of review is on today."""
    edition = programmes.create_edition(
        OFFICE, rulebook_key="shanxi-2021", number=4, code="SX2026", starts=date(2026, 3, 2)
    )
    programmes.open_edition(OFFICE, edition)
    first = next(period for period in edition.periods if period.key == rulebook_of(edition).rounds[0].key)
    late = clock.now() + timedelta(days=9) - first.closes_at
    for period in edition.periods:
        period.opens_at, period.closes_at = period.opens_at + late, period.closes_at + late
    edition.rounds[0].state = RoundState.SCORING
    edition.state = EditionState.RUNNING
    db.session.flush()
    return edition


def _people(size: Size) -> People:
    users = [
        User(email=f"e{n}@bench.example", name=_name(n), created_at=clock.now()) for n in range(1, size.experts + 1)
    ]
    office = User(email="office@bench.example", name="秘书处", created_at=clock.now())
    db.session.add_all([*users, office])
    db.session.flush()
    signed_in = [(user.id, f"benchmark-{user.id}") for user in (*users, office)]
    for user_id, token in signed_in:
        db.session.add(_session(user_id, token))
    db.session.add(RoleGrant(user_id=office.id, role=Role.OFFICE, granted_at=clock.now()))
    db.session.flush()
    return People(signed_in[:-1], signed_in[-1])


def _session(user_id: int, token: str) -> LoginSession:
    now = clock.now()
    return LoginSession(
        user_id=user_id, token_hash=token_hash(token), created_at=now, expires_at=now + timedelta(hours=12)
    )


def _name(number: int) -> str:
    return f"{'王李张刘陈杨黄赵吴周'[number % 10]}{'明华芳伟敏静磊洋艳勇'[number // 10 % 10]}"


def _experts(people: People) -> list[Expert]:
    made = []
    for number, (user_id, _token) in enumerate(people.experts, start=1):
        place = ELSEWHERE[number % len(ELSEWHERE)]
        expert = Expert(
            number=f"E{number:03d}",
            user_id=user_id,
            name=_name(number),
            email=f"e{number}@bench.example",
            kind=ExpertKind.QUALITY,
            employer=f"示例大学{number}",
            may_lead=True,
            max_load=20,
            created_at=clock.now(),
        )
        expert.regions = [
            ExpertRegion(kind=kind, region_code=place)
            for kind in (ExpertRegionKind.EMPLOYER, ExpertRegionKind.RESIDENCE)
        ]
        made.append(expert)
    db.session.add_all(made)
    db.session.flush()
    for expert in made:
        grant = RoleGrant(user_id=expert.user_id or 0, role=Role.EXPERT, expert_id=expert.id, granted_at=clock.now())
        db.session.add(grant)
    db.session.flush()
    return made


# --- dossiers -----------------------------------------------------------------------------------------------------


def _dossiers(edition: Edition, round_: Round, owner_id: int, size: Size) -> list[Application]:
    rulebook = rulebook_of(edition)
    made = [_dossier(edition, rulebook, number) for number in range(1, size.dossiers + 1)]
    db.session.add_all(made)
    db.session.flush()
    db.session.execute(update(Application).values(state=ApplicationState.UNDER_REVIEW, round_id=round_.id))
    for dossier in made:
        content = content_of(dossier) | {"texts": dict(_texts(rulebook, size))}
        db.session.add(
            Receipt(
                application_id=dossier.id,
                version_number=1,
                submitted_at=clock.now(),
                submitted_by=owner_id,
                signatory="李明",
                content=content,
                digest=digest(content),
            )
        )
    db.session.flush()
    return made


def _dossier(edition: Edition, rulebook: Rulebook, number: int) -> Application:
    city = HOME[number % len(HOME)]
    owner = User(email=f"a{number}@bench.example", name=f"申报人{number}", created_at=clock.now())
    db.session.add(owner)
    db.session.flush()
    facts: dict[str, Any] = {
        "kind": ApplicantKind.ORGANISATION,
        "name": f"示例精密制造第{number:03d}有限公司",
        "credit_code": credit_code.make(number, city),
        "region_code": city,
        "industry_code": "34",
        "created_at": clock.now(),
    }
    applicant = Applicant(owner_id=owner.id, **facts)
    db.session.add(applicant)
    db.session.flush()
    dossier = Application(
        edition_id=edition.id,
        applicant_id=applicant.id,
        owner_id=owner.id,
        group_key=GROUP,
        sequence=number,
        number=f"{edition.code}-{number:03d}",
        answers=_answers(rulebook),
        submitted_at=clock.now(),
        **facts,
    )
    dossier.regions = [ApplicationRegion(kind=ApplicantRegionKind.REGISTERED, region_code=city)]
    return dossier


def _answers(rulebook: Rulebook) -> dict[str, Any]:
    sections = sections_of(rulebook, ApplicantKind.ORGANISATION, GROUP)
    return {field.key: _answer(field) for section in sections for field in section.fields}


def _answer(field: FormField) -> Any:
    plain = {
        FieldKind.PARAGRAPH: text(200),
        FieldKind.YES_NO: True,
        FieldKind.YEARLY: {str(year): f"{DRAW.randint(100, 99999)}.5" for year in range(2020, 2027)},
        FieldKind.REGION: "140100",
        FieldKind.INDUSTRY: "34",
        FieldKind.INTEGER: "860",
        FieldKind.DATE: "1998-05-08",
    }
    if field.kind is FieldKind.CHOICE:
        return field.choices[0].key
    return plain.get(field.kind, "示例")


def _texts(rulebook: Rulebook, size: Size) -> Iterator[tuple[str, str]]:
    yield OVERVIEW, text(800)
    for code in rulebook.criteria_for(GROUP).item_codes:
        yield item_key(code), text(size.characters)


# --- seats, sheets, ranking ---------------------------------------------------------------------------------------


def _sheets(draw: Draw, dossiers: Sequence[Application], experts: Sequence[Expert], size: Size) -> dict[int, list[int]]:
    """The sheets of each expert's user, in the order of the dossiers."""
    seats = [
        (dossier, experts[(number * size.reviews + seat) % len(experts)], seat)
        for number, dossier in enumerate(dossiers)
        for seat in range(size.reviews)
    ]
    shared = {"edition_id": draw.edition_id, "round_id": draw.round_id, "draw_id": draw.id, "version": 1}
    db.session.execute(
        insert(Assignment),
        [
            shared
            | {
                "application_id": dossier.id,
                "expert_id": expert.id,
                "role": SeatRole.MEMBER if seat else SeatRole.LEADER,
                "declared_at": clock.now(),
                "declaration_text": "本人与申报者没有利害关系。",
                "state": AssignmentState.CLEARED,
            }
            for dossier, expert, seat in seats
        ],
    )
    users = {expert.id: expert.user_id or 0 for expert in experts}
    return _fill_sheets(rulebook_of(draw.edition), users)


def _draw(edition: Edition, round_: Round) -> Draw:
    draw = Draw(
        edition_id=edition.id,
        round_id=round_.id,
        number=1,
        created_at=clock.now(),
        public_value="0",
        seed="0" * 64,
        drawn_at=clock.now(),
    )
    db.session.add(draw)
    db.session.flush()
    draw.state = DrawState.PUBLISHED
    return draw


def _fill_sheets(rulebook: Rulebook, users: dict[int, int]) -> dict[int, list[int]]:
    criteria = rulebook.criteria_for(GROUP)
    items: list[dict[str, Any]] = []
    sheets: list[dict[str, Any]] = []
    owned: dict[int, list[int]] = {user_id: [] for user_id in users.values()}
    for number, seat in enumerate(db.session.scalars(select(Assignment).order_by(Assignment.id)).all(), start=1):
        scored = [_item(number, position, item) for position, item in enumerate(criteria.items, start=1)]
        items += scored
        sheets.append(_sheet(number, seat, scored, opened_at=clock.now()) | {"criteria_key": criteria.key})
        owned[users[seat.expert_id]].append(number)
    db.session.execute(insert(ScoreSheet), sheets)
    db.session.execute(insert(ItemScore), items)
    _continue_numbering(len(sheets))
    return owned


def _item(sheet: int, position: int, item: Any) -> dict[str, Any]:
    return {
        "sheet_id": sheet,
        "item_code": item.code,
        "position": position,
        "points": item.points,
        "percent": 5 * DRAW.randint(8, 17),
        "strengths": text(110),
        "improvements": text(75),
        "version": 1,
    }


def _sheet(number: int, seat: Assignment, items: Sequence[dict[str, Any]], *, opened_at: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "assignment_id": seat.id,
        "edition_id": seat.edition_id,
        "round_id": seat.round_id,
        "application_id": seat.application_id,
        "expert_id": seat.expert_id,
        "total_twentieths": sum(score_twentieths(item["points"], item["percent"]) for item in items),
        "items_scored": len(items),
        "items_total": len(items),
        "opened_at": opened_at,
        "receipt_digest": "",
        "state": ScoreSheetState.DRAFT,
        "version": 1,
    }


def _continue_numbering(sheets: int) -> None:
    """The sheets were numbered by hand; PostgreSQL's own counter has to know."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.setval(func.pg_get_serial_sequence("score_sheet", "id"), sheets)))


def _ranking(round_: Round) -> Ranking:
    """What the office would get if all sheets were handed in, confirmed; then the sheets are open again."""
    db.session.execute(update(ScoreSheet).values(state=ScoreSheetState.SUBMITTED))
    round_.state = RoundState.CLOSED
    ranking = rankings.compute(OFFICE, round_)
    db.session.execute(update(ScoreSheet).values(state=ScoreSheetState.DRAFT))
    round_.state, ranking.state = RoundState.SCORING, RankingState.CONFIRMED
    db.session.flush()
    return ranking


def _past_edition() -> None:
    winners = read_past_winners((ROOT / "app/outcomes/data/shanxi-3rd-winners.csv").read_text(encoding="utf-8"))
    outcomes.record_past_edition(
        OFFICE, rulebook_key="shanxi-2021", code="SX2023", number=3, published_on=date(2023, 12, 29), rows=winners
    )
