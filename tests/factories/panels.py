"""An edition with accepted dossiers and a pool from many provinces, ready to be drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from app import lifecycle
from app.accounts import services as accounts
from app.accounts.models import User
from app.applications.models import Applicant, ApplicantRegionKind, Application, ApplicationRegion, Receipt
from app.applications.queries import content_of
from app.experts.models import Expert
from app.kernel import clock, credit_code
from app.kernel.actor import Actor, Role
from app.kernel.canonical import digest
from app.kernel.database import db
from app.panels import queries, services
from app.panels.models import Assignment, Draw, InterestDegree
from app.programmes import services as programmes
from app.programmes.models import Edition, Round
from app.programmes.rules.values import ApplicantKind
from tests.factories import experts
from tests.factories.accounts import office
from tests.factories.practice import practised
from tests.support.built import built_once
from tests.support.databases import DEMO_PASSWORD

PROVINCES = ("330100", "320100", "440100", "370100", "420100", "510100", "610100", "350100")
SYSTEM = services.SystemSecret("5eed" * 16, "0" * 32, "1" * 64)
KINDS = ("质量管理评审员", "行业专家", "财务专家")


@dataclass
class Setting:
    """Before the draw: who acts for the office, the first round, its dossiers and the pool."""

    office: Actor
    edition: Edition
    dossiers: list[Application]
    pool: list[Expert]

    @property
    def round(self) -> Round:
        return self.edition.rounds[0]

    def expert(self, number: int) -> Expert:
        return next(expert for expert in self.pool if expert.number == f"E{number:03d}")


@built_once
def setting(
    dossiers: int = 2,
    pool: int = 16,
    *,
    actor: Actor | None = None,
    rulebook: tuple[str, str] = ("", ""),
    rows: Sequence[dict[str, str]] = (),
) -> Setting:
    """Accepted dossiers from Shanxi, and experts of all kinds from eight other provinces, every third may lead.

    `rulebook` replaces one text of the rulebook by another; `rows` are further experts.
    """
    actor = actor or office()
    edition = running_edition(actor, rulebook)
    people = experts.pool(actor, *(pool_row(number) for number in range(1, pool + 1)), *rows)
    entered = [accepted(actor, edition, number) for number in range(1, dossiers + 1)]
    return Setting(actor, edition, entered, people)


@built_once
def running_edition(actor: Actor, rulebook: tuple[str, str] = ("", "")) -> Edition:
    edition = programmes.create_edition(
        actor, rulebook_key="shanxi-2021", number=4, code="SX2026", starts=date(2026, 3, 2)
    )
    if rulebook != ("", ""):
        assert rulebook[0] in edition.rulebook
        programmes.replace_rulebook(actor, edition, edition.rulebook.replace(*rulebook))
    programmes.open_edition(actor, edition)
    return edition


def pool_row(number: int, **texts: str) -> dict[str, str]:
    home = PROVINCES[number % len(PROVINCES)]
    return experts.row(
        number,
        kind=KINDS[number % 2],
        employer_region=home,
        residence_region=home,
        may_lead="否" if number % 3 else "是",
        **texts,
    )


def accepted(actor: Actor, edition: Edition, number: int, *, city: str = "140100", parent: str = "") -> Application:
    """Handed in, recommended and accepted, with a receipt that holds what experts will read."""
    owner = accounts.account_for(f"owner{number}@test.example", f"owner {number}")
    applicant = Applicant(
        owner_id=owner.id,
        kind=ApplicantKind.ORGANISATION,
        name=f"示例制造{number}有限公司",
        credit_code=credit_code.make(number, city),
        region_code=city,
        industry_code="34",
        created_at=clock.now(),
    )
    db.session.add(applicant)
    db.session.flush()
    application = Application(
        edition_id=edition.id,
        applicant_id=applicant.id,
        owner_id=owner.id,
        kind=applicant.kind,
        name=applicant.name,
        credit_code=applicant.credit_code,
        region_code=city,
        industry_code="34",
        group_key="machinery",
        body_id=1,
        sequence=number,
        number=f"SX2026-{number:03d}",
        answers={"parent_credit_code": parent} if parent else {},
        submitted_at=clock.now(),
        created_at=clock.now(),
    )
    application.regions.append(ApplicationRegion(kind=ApplicantRegionKind.REGISTERED, region_code=city))
    db.session.add(application)
    db.session.flush()
    _walk(actor, application, owner)
    return application


def _walk(actor: Actor, application: Application, owner: User) -> None:
    applicant = Actor(user_id=owner.id, name=owner.name, roles=frozenset({Role.APPLICANT}))
    body = Actor(user_id=owner.id, name="body", roles=frozenset({Role.RECOMMENDER}), body_id=application.body_id)
    content = content_of(application)
    db.session.add(
        Receipt(
            application_id=application.id,
            version_number=1,
            submitted_at=clock.now(),
            submitted_by=owner.id,
            signatory="李明",
            content=content,
            digest=digest(content),
        )
    )
    lifecycle.advance(application, "application.submit", applicant)
    application.body_id = body.body_id  # no body is registered here to whom the submission could go
    lifecycle.advance(application, "application.recommend", body)
    lifecycle.advance(application, "application.accept", actor)


def terms() -> services.Terms:
    """The public number becomes known an hour from now; secrets are due an hour later."""
    now = clock.now()
    return services.Terms("第 2026123 期开奖号码", now + timedelta(hours=1), now + timedelta(hours=2))


@built_once
def committed(made: Setting, system: services.SystemSecret = SYSTEM) -> Draw:
    draw = services.start_draw(made.office, made.round)
    services.commit(made.office, draw, terms(), system=system)
    return draw


@built_once
def witnessed(made: Setting, value: str = "3 5 1") -> Draw:
    draw = committed(made)
    with later(draw):
        services.record_public_value(made.office, draw, value, again=value, witnesses="王某、李某")
    return draw


@contextmanager
def later(draw: Draw) -> Iterator[None]:
    """When the public number is known, and the office's clock shows it."""
    assert draw.known_at is not None
    with clock.fixed(draw.known_at):
        yield


@built_once
def drawn(made: Setting, value: str = "3 5 1") -> Draw:
    draw = witnessed(made, value)
    with later(draw):
        services.draw_panels(made.office, draw)
    return draw


@built_once
def published(made: Setting, value: str = "3 5 1") -> list[Assignment]:
    draw = drawn(made, value)
    services.publish_draw(made.office, draw)
    seats = list(queries.assignments_of(draw))
    for expert in {seat.expert_id: seat.expert for seat in seats}.values():
        practised(made.edition, expert)
    return seats


def acting(expert: Expert) -> Actor:
    return Actor(user_id=expert.user_id, name=expert.name, roles=frozenset({Role.EXPERT}), expert_id=expert.id)


def direct(kind: str, note: str = "") -> services.Interest:
    """An interest of the expert's own, as he would declare it."""
    return services.Interest(kind, note, degree=InterestDegree.DIRECT)


def let_sign_in(expert: Expert) -> str:
    """The mail address with which this expert can now sign in."""
    accounts.set_password(db.session.get_one(User, expert.user_id), DEMO_PASSWORD)
    return expert.email
