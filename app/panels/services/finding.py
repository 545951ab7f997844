"""Interests that the data give away: the same credit code, the parent group, a mail domain, a name, a recommending body.

What was found and withdrawn by the office is not found again; what applicants ask to avoid is recorded as theirs.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from sqlalchemy import select

from app.accounts.models import RoleGrant, User
from app.applications.models import Application, AvoidedExpert, StaffList
from app.audit import services as audit
from app.experts.models import Expert
from app.experts.queries import PERSON_ID
from app.intake.models import RecommendingBody
from app.kernel.actor import Actor, Role
from app.kernel.credit_code import normal
from app.kernel.database import db
from app.kernel.words import N_
from app.panels import facts
from app.panels.models import Conflict, ConflictSource
from app.panels.rules import traces
from app.panels.services.conflicts import Interest, add_conflict
from app.policy import demand
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from app.programmes.rules.review import AVOIDED

EMPLOYMENT, BODY = "employment", "recommending_body"
SAME_EMPLOYER = N_("专家的工作单位与申报者是同一单位（统一社会信用代码相同）。")
PARENT_EMPLOYER = N_("专家的工作单位是申报者的上级集团（统一社会信用代码相同）。")
SAME_DOMAIN = N_("专家的邮箱与申报者的邮箱属于同一单位的域名。")
ON_STAFF_LIST = N_("专家的姓名与申报者提供的人员名单中的一人相同，请核实是否同名。")
WORKS_FOR_BODY = N_("专家的工作单位就是这份申报书的推荐单位。")
SERVED_BODY = N_("专家的账号曾是这份申报书的推荐单位的经办人。")


@dataclass(frozen=True)
class Found:
    expert: Expert
    application: Application
    interest: Interest
    source: ConflictSource = ConflictSource.SYSTEM


def find_conflicts(actor: Actor, edition: Edition) -> list[Conflict]:
    """Record every interest that the data show and that was never on record; what stands already stays as it is."""
    demand(actor, "conflict.record", edition)
    kinds = {kind.key for kind in rulebook_of(edition).panel.conflicts}
    known = _on_record(edition)
    found = []
    for each in traces_in(edition):
        key = (each.expert.id, each.application.id, each.interest.kind)
        if each.interest.kind in kinds and key not in known:
            known.add(key)
            found.append(add_conflict(each.expert, each.application, each.interest, source=each.source))
    if found:
        audit.record(actor, "conflict.find", edition, detail={"found": [conflict.id for conflict in found]})
    return found


def traces_in(edition: Edition) -> Iterator[Found]:
    pool = facts.experts(Expert.removed_at.is_(None))
    applications = db.session.scalars(
        select(Application).where(Application.edition_id == edition.id, Application.state.not_in(facts.NOT_CANDIDATES))
    ).all()
    by_id = {application.id: application for application in applications}
    yield from _same_codes(pool, applications)
    yield from _same_domains(pool, applications)
    yield from _on_staff_lists(pool, by_id)
    yield from _of_bodies(pool, applications)
    yield from _avoided(pool, by_id)


def _grouped(pool: Sequence[Expert], key: Callable[[Expert], str]) -> dict[str, list[Expert]]:
    """The experts who share a word; those without one are left out."""
    found: dict[str, list[Expert]] = {}
    for expert in pool:
        if word := key(expert):
            found.setdefault(word, []).append(expert)
    return found


def _same_codes(pool: Sequence[Expert], applications: Sequence[Application]) -> Iterator[Found]:
    by_code = _grouped(pool, attrgetter("employer_code"))
    for application in applications:
        parent = normal(str(application.answers.get("parent_credit_code") or ""))
        for code, why in ((application.credit_code, SAME_EMPLOYER), (parent, PARENT_EMPLOYER)):
            yield from _each(by_code.get(code), application, Interest(EMPLOYMENT, why))


def _each(people: Sequence[Expert] | None, application: Application, interest: Interest) -> Iterator[Found]:
    return (Found(expert, application, interest) for expert in people or ())


def _same_domains(pool: Sequence[Expert], applications: Sequence[Application]) -> Iterator[Found]:
    by_domain = _grouped(pool, lambda expert: traces.own_domain(expert.email))
    owners = {application.owner_id for application in applications}
    rows = db.session.execute(select(User.id, User.email).where(User.id.in_(owners)))
    addresses = {row.id: row.email for row in rows}
    for application in applications:
        written = (str(application.answers.get("email") or ""), addresses[application.owner_id])
        for domain in sorted(set(map(traces.own_domain, written))):
            yield from _each(by_domain.get(domain), application, Interest(EMPLOYMENT, SAME_DOMAIN))


def _on_staff_lists(pool: Sequence[Expert], applications: dict[int, Application]) -> Iterator[Found]:
    for listed in db.session.scalars(select(StaffList).where(StaffList.application_id.in_(applications))):
        names = traces.names_in(listed.names)
        for expert in pool:
            if traces.plain_name(expert.name) in names:
                yield Found(expert, applications[listed.application_id], Interest(EMPLOYMENT, ON_STAFF_LIST))


def _of_bodies(pool: Sequence[Expert], applications: Sequence[Application]) -> Iterator[Found]:
    rows = db.session.execute(select(RecommendingBody.id, RecommendingBody.name)).all()
    names = {row.id: traces.plain_name(row.name) for row in rows}
    by_employer = _grouped(pool, lambda expert: traces.plain_name(expert.employer))
    served = _who_served(pool)
    for application in applications:
        body = application.body_id or 0
        for people, why in ((by_employer.get(names.get(body, "")), WORKS_FOR_BODY), (served.get(body), SERVED_BODY)):
            yield from _each(people, application, Interest(BODY, why))


def _who_served(pool: Sequence[Expert]) -> dict[int, list[Expert]]:
    """By recommending body the experts whose accounts act or acted for it."""
    by_user = {expert.user_id: expert for expert in pool if expert.user_id is not None}
    grants = select(RoleGrant.user_id, RoleGrant.body_id).where(
        RoleGrant.role == Role.RECOMMENDER, RoleGrant.body_id.is_not(None), RoleGrant.user_id.in_(by_user)
    )
    found: dict[int, list[Expert]] = {}
    for user_id, body_id in db.session.execute(grants):
        found.setdefault(body_id or 0, []).append(by_user[user_id])
    return found


def _avoided(pool: Sequence[Expert], applications: dict[int, Application]) -> Iterator[Found]:
    """Every expert of that name, and of that employer where the applicant named one."""
    by_name = _grouped(pool, lambda expert: traces.plain_name(expert.name))
    wishes = select(AvoidedExpert).where(AvoidedExpert.application_id.in_(applications)).order_by(AvoidedExpert.id)
    for wish in db.session.scalars(wishes):
        employer = traces.plain_name(wish.employer)
        for expert in by_name.get(traces.plain_name(wish.name), ()):
            if employer in traces.plain_name(expert.employer):
                interest = Interest(AVOIDED, wish.reason)
                yield Found(expert, applications[wish.application_id], interest, ConflictSource.APPLICANT)


def _on_record(edition: Edition) -> set[tuple[int, int, str]]:
    rows = db.session.execute(
        select(PERSON_ID.label("person_id"), Conflict.application_id, Conflict.kind)
        .join(Expert, Expert.id == Conflict.expert_id)
        .join(Application, Application.id == Conflict.application_id)
        .where(Application.edition_id == edition.id)
    )
    return {(row.person_id, row.application_id, row.kind) for row in rows}
