"""Papers for the room, and entry on behalf: typed by one person, confirmed by another, never by one alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.audit.models import AuditEvent
from app.doctor import examine
from app.kernel import clock, unit_of_work
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, WrongState
from app.kernel.outbox import OutboxMessage
from app.scoring import receipts, services
from app.scoring.models import PaperEntry
from app.scoring.rules import Judgement
from app.workflow import PaperEntryState, ScoreSheetState
from tests.factories import scoring as factory
from tests.support.client import document

TYPIST, SECOND, EXPERT = "office@example.org", "second@example.org", "expert1@example.org"
SUPERVISOR, LEADER = "supervisor@example.org", "expert1@example.org"


def office(email: str) -> Actor:
    user = factory.person(email, Role.OFFICE)
    return Actor(user_id=user.id, name=user.name, roles=frozenset({Role.OFFICE}))


def written(percent: int = 60) -> dict[str, Judgement]:
    criteria = services.criteria_of(db.session.get_one(factory.ScoreSheet, 1))
    return {code: Judgement(percent, f"{code} 好", "") for code in criteria.item_codes}


def typed(made: factory.Panel) -> PaperEntry:
    return services.type_entry(office(TYPIST), made.sheet(), written(), signed_on=clock.today())


@pytest.fixture
def arrange(app: Flask) -> Callable[[], object]:
    @contextmanager
    def arranging() -> Iterator[None]:
        with app.app_context(), unit_of_work.transaction():
            for email, role in ((TYPIST, Role.OFFICE), (SECOND, Role.OFFICE), (SUPERVISOR, Role.SUPERVISOR)):
                factory.person(email, role)
            yield

    return arranging


# --- by two people ------------------------------------------------------------------------------------------------


@pytest.mark.databases
@pytest.mark.usefixtures("app_context")
def test_what_two_people_entered_counts_and_says_so_for_good() -> None:
    made = factory.panel(1, 2)
    factory.judge(made.sheet(), {"4.1.2": 95}, text="网上的草稿")
    entry = typed(made)
    assert made.sheet().state is ScoreSheetState.DRAFT, "one person alone changes nothing"
    submitted = services.confirm_entry(office(SECOND), entry, compared=True)
    sheet = made.sheet()
    assert (sheet.state, sheet.total_twentieths, sheet.items_scored) == (ScoreSheetState.SUBMITTED, 12000, 23)
    people = {"typed_by": "office", "confirmed_by": "second", "signed_on": clock.today().isoformat()}
    assert submitted.content["on_behalf"] == people
    assert receipts.check([submitted], sheet.receipt_digest)[0] == "done"
    assert [row[2] for row in entry.before if row[0] == "4.1.2"] == [95]
    lines = {line.action: line for line in db.session.scalars(select(AuditEvent))}
    assert lines["paper_entry.type"].actor_name == "office"
    assert lines["paper_entry.confirm"].actor_name == "second"
    assert lines["score_sheet.take_over"].detail["typed_by"] == "office"
    mail = db.session.scalars(select(OutboxMessage).where(OutboxMessage.action == "score_sheet.take_over")).one()
    assert (mail.recipient, sheet.receipt_digest in mail.body, "600" in mail.body) == (EXPERT, True, False)
    bare = ("来历", "每个文件")  # the factory draws no lots and stores no files
    broken = [str(each.check) for each in examine() if each.faults]
    assert [check for check in broken if not any(word in check for word in bare)] == []


@pytest.mark.usefixtures("app_context")
def test_nobody_confirms_what_he_typed_himself_and_nobody_without_the_paper() -> None:
    entry = typed(factory.panel(1, 1))
    with pytest.raises(Forbidden):
        services.confirm_entry(office(TYPIST), entry, compared=True)
    with pytest.raises(Invalid, match="对照纸质评分表"):
        services.confirm_entry(office(SECOND), entry, compared=False)
    assert entry.state is PaperEntryState.TYPED


@pytest.mark.databases
@pytest.mark.usefixtures("app_context")
def test_the_database_refuses_one_person_twice_and_a_change_afterwards() -> None:
    entry = typed(factory.panel(1, 1))
    db.session.commit()
    same = text("UPDATE paper_entry SET state = 'confirmed', confirmed_by = proposed_by WHERE id = :id")
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(same, {"id": entry.id})
    services.confirm_entry(office(SECOND), entry, compared=True)
    db.session.commit()
    for statement in ("UPDATE paper_entry SET total_twentieths = 0", "DELETE FROM paper_entry"):
        with pytest.raises(IntegrityError), db.session.begin_nested():
            db.session.execute(text(statement))


@pytest.mark.usefixtures("app_context")
def test_a_paper_with_a_gap_or_of_tomorrow_or_for_a_sheet_that_waits_or_is_in_is_not_entered() -> None:
    made = factory.panel(1, 2)
    gap = written() | {"4.1.2": Judgement(None)}
    with pytest.raises(NotReady) as missing:
        services.type_entry(office(TYPIST), made.sheet(), gap, signed_on=clock.today())
    assert "4.1.2" in str(missing.value.missing[0])
    with pytest.raises(Invalid, match="不能晚于今天"):
        services.type_entry(office(TYPIST), made.sheet(), written(), signed_on=clock.today() + timedelta(days=1))
    typed(made)
    with pytest.raises(WrongState, match="已经有一份录入"):
        typed(made)
    factory.hand_in(made.sheet(0, 1))
    with pytest.raises(Forbidden):
        services.type_entry(office(TYPIST), made.sheet(0, 1), written(), signed_on=clock.today())


@pytest.mark.usefixtures("app_context")
def test_an_entry_that_differs_is_discarded_with_a_reason_and_may_be_typed_again() -> None:
    made = factory.panel(1, 1)
    entry = typed(made)
    with pytest.raises(Forbidden):
        services.refuse_entry(office(TYPIST), entry, reason="自己作废")
    services.refuse_entry(office(SECOND), entry, reason="4.1.2 纸上是 65")
    assert typed(made).id != entry.id
    assert made.sheet().state is ScoreSheetState.DRAFT


@pytest.mark.usefixtures("app_context")
def test_what_the_expert_hands_in_himself_meanwhile_wins() -> None:
    made = factory.panel(1, 1)
    entry = typed(made)
    factory.hand_in(made.sheet(), 70)
    with pytest.raises(WrongState):
        services.confirm_entry(office(SECOND), entry, compared=True)


# --- on pages -----------------------------------------------------------------------------------------------------


def test_a_sheet_travels_from_paper_through_two_people_to_its_receipt(arrange, signed_in) -> None:
    with arrange():
        factory.panel(1, 2)
    typist, second = signed_in(TYPIST), signed_in(SECOND)
    assert "/sheets/1/paper-entry" in typist.page("/rounds/1/papers").links()
    page = typist.page("/sheets/1/paper-entry")
    names = {name for form in page.forms for name in form.names if name.endswith("-percent")}
    wrong = typist.submit("/sheets/1/paper-entry", form="entry", signed_on="2026-03-02", **{"4.1.2-percent": "63"})
    assert wrong.status_code == 422
    assert "您填的是“63”" in document(wrong).text
    sent = dict.fromkeys(names, "60")
    assert typist.submit("/sheets/1/paper-entry", form="entry", signed_on="2026-03-02", **sent).status_code == 303
    assert "须由录入人以外" in typist.page("/paper-entries/1").text
    unread = second.submit("/paper-entries/1", form="confirm")
    assert unread.status_code == 422
    assert second.submit("/paper-entries/1", form="confirm", compared="y").status_code == 303
    assert "office 录入，second 对照纸质评分表核对" in signed_in(EXPERT).page("/sheets/1/receipt").text
    assert "已核对并提交" in second.page("/rounds/1/papers").text
    for person in (typist, second):
        assert person.get("/paper-entries/1").status_code == 404, "the office reads no score that is in"
    assert signed_in(SUPERVISOR).get("/paper-entries/1").status_code == 200


def test_papers_for_the_room_name_no_pair_and_no_score(arrange, signed_in) -> None:
    with arrange():
        made = factory.panel(2, 2, groups=("machinery", "power"))
        factory.hand_in(made.sheet(0, 1), 65)
    desk = signed_in(TYPIST)
    signing, wall, blank = (
        desk.page(each) for each in ("/rounds/1/sign-in-sheet", "/rounds/1/wall-list", "/sheets/2/blank")
    )
    assert {"专家001", "专家002"} <= set(signing.text.replace("（", " ").split())
    assert "示例制造" not in signing.text
    assert "示例制造001有限公司" in wall.text
    assert "专家" not in wall.texts("main//table")[0]
    assert len(blank.all("table/tbody/tr")) == 23
    for page in (signing, wall, blank):
        assert "65" not in " ".join(page.texts("td"))


def test_the_wall_list_of_a_round_keeps_its_dossiers_when_they_have_gone_on(arrange, signed_in) -> None:
    with arrange():
        made = factory.panel(1, 1)
        later = next(each for each in made.edition.rounds if each.id != made.round.id)
        made.dossiers[0].round_id = later.id
    assert "示例制造001有限公司" in signed_in(TYPIST).page("/rounds/1/wall-list").text


def test_papers_are_for_those_who_watch_and_a_leader_sees_his_own_groups(arrange, signed_in) -> None:
    with arrange():
        made = factory.panel(1, 1)
        factory.person(LEADER, Role.LEADER)
        factory.panel(1, 2, edition=made.edition, first_expert=5)
    leader = signed_in(LEADER)
    assert "专家006" not in leader.page("/rounds/1/sign-in-sheet").text
    assert leader.get("/sheets/3/blank").status_code == 404
    assert leader.get("/sheets/1/paper-entry").status_code == 403
    assert signed_in("expert6@example.org").get("/rounds/1/papers").status_code in (403, 404)
