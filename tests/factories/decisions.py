"""Committee: people, dossiers under review, a confirmed final ranking, sessions. Whatever has a state reached it step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from app import lifecycle
from app.accounts import services as accounts
from app.accounts.models import User
from app.accounts.services import grant_by_stage
from app.applications.models import Applicant, ApplicantRegionKind, Application, ApplicationRegion
from app.decisions import queries, services
from app.decisions.models import CommitteeMember, CommitteeSession
from app.kernel import clock, credit_code
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.programmes import services as programmes
from app.programmes.models import Edition
from app.programmes.rules.values import ApplicantKind
from app.ranking.models import Ranking, RankingRow
from app.workflow import ApplicationState
from tests.support.built import built_once
from tests.support.databases import DEMO_PASSWORD

NO_CHANGE: Mapping[str, str] = {}
CITIES = ("140100", "140200", "140400", "140700", "140800", "141100")
HELD_AT = datetime(2026, 8, 5, 1, 0, tzinfo=UTC)


def office() -> Actor:
    return acting(person("office@example.org", Role.OFFICE))


def supervisor() -> Actor:
    return acting(person("supervisor@example.org", Role.SUPERVISOR))


def person(email: str, role: Role, *, edition_id: int | None = None) -> User:
    """An account with that role; the same one when asked for again."""
    user = accounts.account_for(email, email.partition("@")[0])
    grant_by_stage(Actor.system("tests"), "user.grant", user, role, edition_id=edition_id)
    return user


def acting(user: User, *, body_id: int | None = None) -> Actor:
    db.session.flush()
    db.session.expire(user, ["grants"])
    return Actor(
        user_id=user.id,
        name=user.name,
        roles=frozenset(grant.role for grant in user.grants),
        body_id=body_id,
        editions=frozenset(grant.edition_id for grant in user.grants if grant.edition_id),
    )


def let_in(*emails: str) -> None:
    """Give these people a password: for tests that sign in."""
    for email in emails:
        accounts.set_password(accounts.account_for(email, email), DEMO_PASSWORD)


@built_once
def running_edition(
    *,
    rulebook_key: str = "shanxi-2021",
    code: str = "SX2026",
    number: int = 4,
    text: str = "",
    lines: Mapping[str, str] = NO_CHANGE,
) -> Edition:
    """`text`: a rulebook of its own in place of the shipped one; `lines`: lines of it that read otherwise."""
    edition = programmes.create_edition(
        office(), rulebook_key=rulebook_key, number=number, code=code, starts=date(2026, 3, 2)
    )
    text = text or edition.rulebook
    for line, other in lines.items():
        assert line in text
        text = text.replace(line, other)
    programmes.replace_rulebook(office(), edition, text)
    programmes.open_edition(office(), edition)
    return edition


def dossier_under_review(edition: Edition, name: str, *, city: str = "140100", group: str = "machinery") -> Application:
    """Submitted, recommended, accepted and in review, with as little in it as the rules of those steps let through."""
    owner = person(f"owner-{name}@example.org", Role.APPLICANT)
    sequence = db.session.query(Application).filter_by(edition_id=edition.id).count() + 1
    applicant = Applicant(
        owner_id=owner.id,
        kind=ApplicantKind.ORGANISATION,
        name=name,
        credit_code=credit_code.make(sequence, city),
        region_code=city,
        industry_code="34",
        created_at=clock.now(),
    )
    db.session.add(applicant)
    db.session.flush()
    dossier = Application(
        edition_id=edition.id,
        applicant_id=applicant.id,
        owner_id=owner.id,
        kind=applicant.kind,
        name=name,
        credit_code=applicant.credit_code,
        region_code=city,
        industry_code=applicant.industry_code,
        group_key=group,
        body_id=1,
        sequence=sequence,
        number=f"{edition.code}-{sequence:03d}",
        submitted_at=clock.now(),
        created_at=clock.now(),
    )
    dossier.regions.append(ApplicationRegion(kind=ApplicantRegionKind.REGISTERED, region_code=city))
    db.session.add(dossier)
    db.session.flush()
    lifecycle.advance(dossier, "application.submit", acting(owner))
    dossier.body_id = 1
    recommender = Actor(user_id=owner.id, name="body", roles=frozenset({Role.RECOMMENDER}), body_id=1)
    if dossier.state == ApplicationState.SUBMITTED:  # where nobody recommends, handing in goes straight to the check
        lifecycle.advance(dossier, "application.recommend", recommender)
    lifecycle.advance(dossier, "application.accept", office())
    lifecycle.advance(dossier, "application.begin_review", office())
    return dossier


@built_once
def final_ranking(
    edition: Edition, scores: Sequence[int], *, names: Sequence[str] = (), group: str = "machinery"
) -> Ranking:
    """A confirmed final ranking over dossiers with these scores, best first; equal scores share a rank."""
    ranking = Ranking(
        edition_id=edition.id,
        round_id=edition.rounds[-1].id,
        number=1,
        is_final=True,
        snapshot={},
        digest="",
        computed_at=clock.now(),
    )
    db.session.add(ranking)
    db.session.flush()
    for position, score in enumerate(scores):
        name = names[position] if names else f"企业{position + 1:02d}"
        dossier = dossier_under_review(edition, name, city=CITIES[position % len(CITIES)], group=group)
        db.session.add(
            RankingRow(
                ranking_id=ranking.id,
                application_id=dossier.id,
                position=position + 1,
                rank=scores.index(score) + 1,
                score=f"{score}/1",
                shown=f"{score}.00",
                line="award" if position < 5 else "nomination",
                reviews=3,
            )
        )
    db.session.flush()
    lifecycle.advance(ranking, "ranking.confirm", office())
    return ranking


@dataclass
class Committee:
    """A session with its members; `members[0]` acts as the first of them."""

    edition: Edition
    ranking: Ranking
    session: CommitteeSession
    members: list[CommitteeMember]
    actors: list[Actor]
    dossiers: list[Application] = field(default_factory=list)

    def mark(self, *choices: str) -> dict[int, str]:
        """A ballot: one choice for each dossier in the order of the ranking."""
        return {dossier.id: choice for dossier, choice in zip(self.dossiers, choices, strict=True)}


@built_once
def committee(edition: Edition, size: int) -> tuple[list[CommitteeMember], list[Actor]]:
    members, actors = [], []
    for number in range(1, size + 1):
        user = person(f"member{number}@example.org", Role.COMMITTEE)
        members.append(services.add_member(office(), edition, user, post=f"委员{number}"))
        actors.append(acting(user))
    return members, actors


@built_once
def convened(
    scores: Sequence[int] = (700, 650, 600),
    *,
    size: int = 6,
    rulebook_key: str = "shanxi-2021",
    text: str = "",
    lines: Mapping[str, str] = NO_CHANGE,
) -> Committee:
    edition = running_edition(rulebook_key=rulebook_key, text=text, lines=lines)
    ranking = final_ranking(edition, scores)
    members, actors = committee(edition, size)
    session = services.convene(office(), ranking, held_at=HELD_AT, place="太原")
    dossiers = [row.Application for row in queries.waiting_rows(ranking.id)]
    return Committee(edition, ranking, session, members, actors, dossiers)


@built_once
def voting(
    scores: Sequence[int] = (700, 650, 600),
    *,
    size: int = 6,
    present: int | None = None,
    text: str = "",
    lines: Mapping[str, str] = NO_CHANGE,
) -> Committee:
    made = convened(scores, size=size, text=text, lines=lines)
    attending = [member.id for member in made.members[: present or size]]
    services.record_attendance(office(), made.session, attending)
    services.open_voting(office(), made.session)
    return made


def voted(made: Committee, ballots: Mapping[str, int] | Sequence[Sequence[str]]) -> Committee:
    """Each member present casts the ballot at his place; then the session is closed."""
    papers = [list(choice) for choice in ballots]
    for actor, choices in zip(made.actors, papers, strict=False):
        services.vote(actor, made.session, made.mark(*choices))
    close(made.session)
    return made


def close(session: CommitteeSession) -> None:
    """Counted and closed, with a reason where the list needs one."""
    services.count(office(), session)
    services.close(office(), session, reason="以表决为准" if queries.standing(session).needs_reason else "")


AWARD, NOMINATION, REJECT, ABSTAIN = "award", "nomination", "reject", "abstain"


@built_once
def decided(*choices: str, scores: Sequence[int] = (700, 650, 600), size: int = 6) -> Committee:
    """A closed session in which all voted alike: by default award, nomination, reject."""
    made = voting(scores, size=size)
    return voted(made, [list(choices or (AWARD, NOMINATION, REJECT))] * size)
