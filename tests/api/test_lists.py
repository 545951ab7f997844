"""A token reads what its owner's pages show: every role, before and after release; no field that the document does not name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import Select, select, update

from app.accounts import tokens
from app.accounts.models import User
from app.accounts.queries import actor_of_user
from app.api import queries
from app.api.listings import LISTINGS
from app.api.openapi import schema_name
from app.applications import queries as applications
from app.applications.models import Application
from app.decisions import services as sessions
from app.decisions.models import CommitteeSession
from app.decisions.queries.papers import papers
from app.experts.models import Expert
from app.kernel import unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.notices.models import Objection
from app.outcomes import queries as outcomes
from app.outcomes.models import Outcome
from app.panels.models import Assignment
from app.policy import allows
from app.policy.scopes import Scope
from app.programmes import queries as programmes
from app.programmes.models import Edition
from app.ranking import queries as rankings
from app.ranking import services as ranking
from app.ranking.models import Ranking, RankingRow
from app.scoring import queries as scoring
from app.scoring.models import ScoreSheet
from app.scoring.queries import find_round
from app.scoring.services import close_round
from tests.factories import decisions, notices
from tests.factories import scoring as factory
from tests.factories.tokens import bearer, token_of
from tests.outcomes.test_bundle_rules import Case, reviewed
from tests.support.client import Client
from tests.support.server import FrozenClock

NewClient = Callable[[], Client]
VISIBLE: dict[str, tuple[Any, Callable[[Actor], Any]]] = {
    "editions": (Edition, programmes.visible_to),
    "applications": (Application, applications.visible_to),
    "experts": (Expert, lambda _actor: Expert.removed_at.is_(None)),
    "panels": (Assignment, queries.seats_visible_to),
    "sheets": (ScoreSheet, scoring.visible_to),
    "rankings": (Ranking, rankings.visible_to),
    "results": (Outcome, outcomes.visible_to),
    "objections": (Objection, lambda _actor: True),
}


def everything(client: Client, secret: str, name: str) -> tuple[int, list[dict[str, Any]]]:
    """Status, and all rows of all pages."""
    items: list[dict[str, Any]] = []
    address: str | None = f"/api/v1/{name}?limit=50"
    while address:
        answer = client.get(address, headers=bearer(secret))
        if answer.status_code != 200 or answer.json is None:
            return answer.status_code, items
        items += answer.json["items"]
        address = answer.json["next"]
    return 200, items


def seen(name: str, actor: Actor) -> set[int]:
    model, visible_to = VISIBLE[name]
    condition = visible_to(actor)
    chosen = condition if isinstance(condition, Select) else select(model).where(condition)
    return {row.id for row in db.session.scalars(chosen)}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("stage", [pytest.param(name, marks=pytest.mark.demo(name)) for name in ("scoring", "result")])
def test_a_token_reads_what_the_pages_of_its_owner_show(app: Flask, client: Client, stage: str, role: Role) -> None:
    with app.app_context(), unit_of_work.transaction():
        user = db.session.scalars(select(User).where(User.email == f"{role}@demo.example")).one()
        secret, actor = token_of(user), actor_of_user(user)
        expected = {name: seen(name, actor) for name in VISIBLE}
    for listing in LISTINGS:
        if listing.name not in VISIBLE:
            continue
        status, items = everything(client, secret, listing.name)
        if not allows(actor, listing.scope):
            assert (status, items) == (403, []), (stage, listing.name)
        else:
            assert {item["id"] for item in items} == expected[listing.name], (stage, listing.name)


@pytest.mark.demo("result")
def test_the_document_is_sound_and_every_answer_is_as_it_says(app: Flask, client: Client) -> None:
    with app.app_context(), unit_of_work.transaction():
        secrets = [
            token_of("supervisor@demo.example"),
            token_of("expert@demo.example"),
            token_of("office@demo.example"),
        ]
    document = client.get("/api/v1/openapi.json").json
    assert document is not None
    OpenAPIV31SpecValidator(document).validate()
    checked = set()
    for secret in secrets:
        for listing in LISTINGS:
            status, items = everything(client, secret, listing.name)
            schema = {**document["components"]["schemas"][schema_name(listing)], "components": document["components"]}
            for item in items:
                Draft202012Validator(schema).validate(item)
            checked |= {listing.name} if items and status == 200 else set()
    assert {each.name for each in LISTINGS} - checked <= {"objections"}


def test_every_route_and_every_field_is_in_the_document(app: Flask, client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document is not None
    served = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/v1/")}
    assert {f"/api/v1{path}" for path in document["paths"]} == served - {"/api/v1/openapi.json"}
    for listing in LISTINGS:
        described = document["components"]["schemas"][schema_name(listing)]
        assert list(described["properties"]) == [each.name for each in listing.fields]
        assert all(each["description"] for each in described["properties"].values())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_guide_for_people_names_every_field(client: Client, language: str) -> None:
    client.set_cookie("language", language)
    page = client.page("/api").text
    assert all(f"/api/v1/{listing.name}" in page for listing in LISTINGS)
    assert all(each.name in page for listing in LISTINGS for each in listing.fields)


# --- before and after release -------------------------------------------------------------------------------------

PEOPLE = {
    "applicant": "owner-示例制造001有限公司@example.org",
    "leader": "expert1@example.org",
    "member": "expert2@example.org",
    "head": "head@example.org",
    "committee": "committee@example.org",
    "office": "office@example.org",
    "supervisor": "supervisor@example.org",
    "operator": "operator@example.org",
}
SECRETS = ("秘密优势甲", "秘密改进甲")


@pytest.fixture
def scored(app: Flask) -> dict[str, str]:
    """Two of three sheets are in; tokens of everybody with all that each may give."""
    with app.app_context(), unit_of_work.transaction():
        made = factory.panel(1, 3)
        for who in ("head", "committee", "office", "supervisor", "operator"):
            edition = made.edition.id if who == "committee" else None
            factory.person(PEOPLE[who], Role(who), edition_id=edition)
        factory.person(PEOPLE["leader"], Role.LEADER)
        factory.judge(made.sheet(0, 2), 40, text=SECRETS[0])
        factory.services.submit(made.actors[2], made.sheet(0, 2))
        factory.hand_in(made.sheet(0, 0), 50)
        return {who: token_of(email) for who, email in PEOPLE.items()}


def whole_text(client: Client, secret: str) -> str:
    texts = [client.get(f"/api/v1/{each.name}", headers=bearer(secret)).get_data(as_text=True) for each in LISTINGS]
    return "\n".join(texts)


def readers(new_client: NewClient, secrets: dict[str, str], wanted: str) -> set[str]:
    return {who for who, secret in secrets.items() if wanted in whole_text(new_client(), secret)}


def test_no_score_leaks_before_its_release_and_to_nobody_else_after(
    app: Flask, new_client: NewClient, scored: dict[str, str]
) -> None:
    assert readers(new_client, scored, SECRETS[0]) == {"supervisor"}
    assert readers(new_client, scored, '"400.00"') == {"supervisor"}
    with app.app_context(), unit_of_work.transaction():
        last = db.session.scalars(select(ScoreSheet).where(ScoreSheet.state == "draft")).one()
        factory.hand_in(last, 50)
    assert readers(new_client, scored, SECRETS[0]) == {"supervisor", "leader"}
    with app.app_context(), unit_of_work.transaction():
        round_ = find_round(1)
        assert round_ is not None
        close_round(factory.office(), round_)
        ranking_id = ranking.compute(factory.office(), round_).id
    assert readers(new_client, scored, '"466.67"') == {"supervisor", "office", "head"}
    with app.app_context(), unit_of_work.transaction():
        ranking.confirm(factory.office(), db.session.get_one(Ranking, ranking_id))
    assert readers(new_client, scored, '"466.67"') == {"supervisor", "office", "head", "committee"}
    assert readers(new_client, scored, SECRETS[0]) == {"supervisor", "leader"}


def test_an_applicant_is_told_the_public_state_until_the_result_is_out(
    app: Flask, client: Client, scored: dict[str, str]
) -> None:
    with app.app_context(), unit_of_work.transaction():
        factory.hand_in(db.session.scalars(select(ScoreSheet).where(ScoreSheet.state == "draft")).one(), 50)
        round_ = find_round(1)
        assert round_ is not None
        close_round(factory.office(), round_)
        ranking.confirm(factory.office(), ranking.compute(factory.office(), round_))
        assert db.session.get_one(Application, 1).state == "not_advanced"
    [own] = everything(client, scored["applicant"], "applications")[1]
    assert own["state"] == "under_review"
    [inside] = everything(client, scored["office"], "applications")[1]
    assert inside["state"] == "not_advanced"


COMMITTEE, WATCHER = "member1@example.org", "supervisor@example.org"


def before_the_committee(key: str, *, value: bool) -> int:
    """A confirmed final ranking under a rulebook with this key changed; the id of its committee's session."""
    ranking = reviewed(Case({key: value}))
    decisions.committee(ranking.edition, 2)
    factory.person(WATCHER, Role.SUPERVISOR)
    decisions.let_in(COMMITTEE, WATCHER)
    return sessions.convene(decisions.office(), ranking, held_at=decisions.HELD_AT, place="A").id


def test_blind_papers_are_blind_on_every_page_and_in_the_api(
    app: Flask, client: Client, signed_in: Callable[[str], Client]
) -> None:
    with app.app_context(), unit_of_work.transaction():
        session_id = before_the_committee("committee.blind_papers", value=True)
        dossiers = {each.number: each.name for each in db.session.scalars(select(Application))}
        order = db.session.scalars(select(Application.number).join(RankingRow).order_by(RankingRow.position)).all()
        secrets = {email: token_of(email, Scope.RANKINGS) for email in (COMMITTEE, WATCHER)}
    member = signed_in(COMMITTEE)
    assert "我的待办" in member.page("/desk").text
    for address in (f"/committee/{session_id}", "/rankings/1"):
        page = member.page(address).text
        assert "第 1 号" in page
        assert [word for word in (*dossiers, *dossiers.values()) if word in page] == [], address
    assert "隐去申报者的名称、编号和城市" in member.page("/rankings/1").text
    assert dossiers[order[0]] in signed_in(WATCHER).page("/rankings/1").text
    rows = everything(client, secrets[COMMITTEE], "ranking-rows")[1]
    told = [(row["name"], row["application"], row["region_code"]) for row in rows]
    assert told == [("第 1 号", None, None), ("第 2 号", None, None)]
    [first, _second] = everything(client, secrets[WATCHER], "ranking-rows")[1]
    assert (first["name"], first["application"]) == (dossiers[order[0]], order[0])


def test_where_the_papers_list_ranks_alone_no_page_and_no_list_gives_a_member_the_scores(
    app: Flask, client: Client, signed_in: Callable[[str], Client]
) -> None:
    with app.app_context(), unit_of_work.transaction():
        before_the_committee("committee.scores_shown", value=False)
        secrets = {email: token_of(email, Scope.RANKINGS) for email in (COMMITTEE, WATCHER)}
    member, watcher = signed_in(COMMITTEE), signed_in(WATCHER)
    for address in ("/rankings/1", "/rankings/1/advice"):
        refused = member.get(address)
        assert refused.status_code == 403
        assert "只列名次，不列得分" in refused.text
        assert watcher.get(address).status_code == 200
    assert everything(client, secrets[COMMITTEE], "ranking-rows")[1] == []
    assert len(everything(client, secrets[WATCHER], "ranking-rows")[1]) == 2


def test_a_dossiers_number_on_blind_papers_stays_when_others_have_left(app_context: Flask) -> None:
    session = db.session.get_one(CommitteeSession, before_the_committee("committee.blind_papers", value=True))
    first, second = papers(session)
    db.session.execute(update(Application).where(Application.id == first.application_id).values(state="withdrawn"))
    db.session.expire_all()
    [left] = papers(session)
    assert (left.application_id, left.place) == (second.application_id, 2)


def test_an_objections_finding_and_effect_are_read_as_on_its_page(
    app: Flask, client: Client, frozen_clock: FrozenClock, signed_in: Callable[[str], Client]
) -> None:
    with app.app_context(), unit_of_work.transaction():
        made = notices.published(frozen_clock)
        notices.upheld(made, against=made.room.dossiers[0].id)
        notices.objection(made)
        factory.person(WATCHER, Role.SUPERVISOR)
        member = factory.person("head@example.org", Role.HEAD)
        decisions.let_in(WATCHER)
        secrets = {WATCHER: token_of(WATCHER, Scope.OBJECTIONS), "head": token_of(member)}
    decided, open_ = everything(client, secrets[WATCHER], "objections")[1]
    assert (decided["finding"], decided["effect"], decided["answer"]) == (
        notices.FOUND.text,
        "new_vote",
        notices.FOUND.answer,
    )
    assert (open_["finding"], open_["effect"], open_["answer"]) == ("", None, "")
    assert notices.FOUND.text in signed_in(WATCHER).page("/objections/1").text
    assert everything(client, secrets["head"], "objections") == (403, [])
    assert [word for word in ("张三", "z@example.org", "证据.pdf") if word in str((decided, open_))] == []
    document = client.get("/api/v1/openapi.json").json
    assert document is not None
    schema = document["components"]["schemas"][schema_name(LISTINGS[-1])] | {"components": document["components"]}
    for item in (decided, open_):
        Draft202012Validator(schema).validate(item)


@pytest.mark.demo("scoring")
def test_mail_addresses_need_a_scope_of_their_own(app: Flask, client: Client) -> None:
    with app.app_context(), unit_of_work.transaction():
        plain = token_of("office@demo.example", Scope.EXPERTS)
        full = token_of("office@demo.example", Scope.EXPERTS, Scope.CONTACTS, name="另一个")
    assert "@" not in client.get("/api/v1/experts", headers=bearer(plain)).get_data(as_text=True)
    assert "@" in client.get("/api/v1/experts", headers=bearer(full)).get_data(as_text=True)


def test_what_a_person_may_not_read_no_token_may(app_context: Flask) -> None:
    actor = actor_of_user(factory.person("expert@example.org", Role.EXPERT))
    assert set(tokens.offered(actor)) == {Scope.EDITIONS, Scope.PANELS, Scope.SHEETS, Scope.RESULTS}
