"""What a panel's leader may do for his group: remind, ask for comments, unlock, and read scores when all are in."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.audit import services as audit
from app.audit.models import AuditEvent
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, WrongState
from app.kernel.outbox import OutboxMessage
from app.policy import allows
from app.scoring import queries, services
from app.scoring.models import ScoreSheet
from app.scoring.queries import visible_to
from app.workflow import ScoreSheetState
from tests.factories import scoring as factory
from tests.factories.decisions import office
from tests.factories.scoring import Panel, acting, hand_in, judge, panel

pytestmark = pytest.mark.usefixtures("app_context")


def leader_of(made: Panel) -> Actor:
    return acting(made.experts[0], Role.LEADER)


def mails(action: str) -> list[OutboxMessage]:
    return list(
        db.session.scalars(select(OutboxMessage).where(OutboxMessage.action == action).order_by(OutboxMessage.id))
    )


def recorded(action: str) -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


# --- reminded -----------------------------------------------------------------------------------------------------


def test_a_leader_reminds_one_of_his_group_by_a_real_mail_that_names_nobody_else() -> None:
    made = panel(2, 3)
    hand_in(made.sheet(0, 1))
    sent = services.remind(leader_of(made), made.round, [made.experts[1].id], note="周五前请交")
    (mail,) = mails("progress.remind")
    assert sent == 1
    assert mail.recipient == made.experts[1].email
    assert "1 份评分没有提交" in mail.body
    assert "附言：周五前请交" in mail.body
    told = [*(expert.name for expert in made.experts if expert is not made.experts[1])]
    told += [dossier.name for dossier in made.dossiers]
    assert [name for name in told if name in mail.body + mail.subject] == []
    (line,) = recorded("progress.remind")
    assert line.detail == {"experts": ["E002"], "note": "周五前请交"}


def test_reminding_all_writes_only_to_those_from_whom_something_is_still_to_come() -> None:
    made = panel(1, 3)
    hand_in(made.sheet(0, 2))
    services.remind(office(), made.round, [expert.id for expert in made.experts])
    assert {mail.recipient for mail in mails("progress.remind")} == {made.experts[0].email, made.experts[1].email}
    assert set(queries.last_reminders(made.edition.id)) == {made.experts[0].id, made.experts[1].id}


def test_a_leader_reminds_nobody_of_another_group() -> None:
    made = panel(1, 2)
    other = panel(1, 2, edition=made.edition, first_expert=5)
    with pytest.raises(NotReady):
        services.remind(leader_of(made), made.round, [other.experts[1].id])
    assert mails("progress.remind") == []


def test_a_member_reminds_nobody() -> None:
    made = panel(1, 2)
    with pytest.raises(Forbidden):
        services.remind(made.actors[1], made.round, [made.experts[0].id])


# --- sent back for comments ---------------------------------------------------------------------------------------


@pytest.mark.databases
def test_a_sheet_sent_back_for_comments_keeps_its_scores_and_both_versions() -> None:
    made = panel(1, 3)
    sheet = made.sheet(0, 1)
    hand_in(sheet, 50)
    services.send_back(leader_of(made), sheet, reason="4.1.2 请补写改进机会")
    assert (sheet.state, sheet.comments_only) == (ScoreSheetState.DRAFT, True)
    (mail,) = mails("score_sheet.send_back")
    assert (mail.recipient, "4.1.2 请补写改进机会" in mail.body) == (made.experts[1].email, True)
    with pytest.raises(Invalid, match="得分比例已经锁定"):
        judge(sheet, {"4.1.2": 55}, text="补写")
    judge(sheet, {"4.1.2": 50}, text="补写")
    services.submit(made.actors[1], sheet)
    first, second = sorted(queries.submitted_versions(sheet.id), key=lambda version: version.number)
    assert first.content["total_twentieths"] == second.content["total_twentieths"]
    assert [item["improvements"] for item in second.content["items"] if item["code"] == "4.1.2"] == ["补写"]
    assert (sheet.comments_only, sheet.returned_for) == (False, "")
    assert [line.reason for line in recorded("score_sheet.send_back")] == ["4.1.2 请补写改进机会"]


def test_a_sheet_unlocked_with_a_reason_may_be_scored_anew() -> None:
    made = panel(1, 3)
    sheet = made.sheet(0, 1)
    hand_in(sheet, 50)
    services.reopen(leader_of(made), sheet, reason="专家来信说点错了一格")
    hand_in(sheet, 55)
    totals = [version.content["total_twentieths"] for version in queries.submitted_versions(sheet.id)]
    assert totals == [11000, 10000]
    assert [line.actor_name for line in recorded("score_sheet.reopen")] == [made.experts[0].name]


@pytest.mark.parametrize("act", [services.send_back, services.reopen])
def test_who_does_not_lead_the_panel_and_who_leads_it_for_himself_gives_nothing_back(act) -> None:
    made = panel(1, 2)
    other = panel(1, 2, edition=made.edition, first_expert=5)
    for each in (made.sheet(0, 0), made.sheet(0, 1)):
        judge(each, 50)
    hand_in(made.sheet(0, 0))
    for who, sheet in ((leader_of(other), made.sheet(0, 0)), (leader_of(made), made.sheet(0, 0))):
        with pytest.raises(Forbidden):
            act(who, sheet, reason="无权")
    with pytest.raises(Forbidden):
        act(made.actors[1], made.sheet(0, 0), reason="无权")


def test_the_office_asks_for_no_comments() -> None:
    made = panel(1, 2)
    hand_in(made.sheet(0, 1))
    with pytest.raises(Forbidden):
        services.send_back(office(), made.sheet(0, 1), reason="秘书处不看意见")


def test_items_without_a_comment_are_counted_of_sheets_that_are_in_only() -> None:
    made = panel(1, 2)
    judge(made.sheet(0, 0), 50)
    judge(made.sheet(0, 1), {"4.1.2": 50}, text="写了")
    hand_in(made.sheet(0, 1), {code: 50 for code in codes(made) if code != "4.1.2"})
    (silent,) = queries.uncommented(made.round.id).items()
    assert silent == (made.sheet(0, 1).id, tuple(code for code in codes(made) if code != "4.1.2"))


def codes(made: Panel) -> list[str]:
    return [row.code for row in queries.item_rows(made.sheet(0, 0).id)]


# --- read when all are in -----------------------------------------------------------------------------------------


def readable(who: Actor) -> set[int]:
    found = set(db.session.scalars(select(ScoreSheet.id).where(visible_to(who))))
    db.session.expire_all()
    sheets = db.session.scalars(select(ScoreSheet))
    assert found == {sheet.id for sheet in sheets if allows(who, "score_sheet.read", sheet)}
    return found


@pytest.mark.databases
def test_a_leader_reads_the_scores_of_a_dossier_when_the_last_one_is_in() -> None:
    made = panel(2, 2)
    leader, own = leader_of(made), {made.sheet(0, 0).id, made.sheet(1, 0).id}
    hand_in(made.sheet(0, 1))
    assert readable(leader) == own
    hand_in(made.sheet(0, 0))
    assert readable(leader) == own | {made.sheet(0, 1).id}
    assert readable(made.actors[1]) == {made.sheet(0, 1).id, made.sheet(1, 1).id}


@pytest.mark.databases
def test_an_abstention_keeps_the_scores_closed_until_somebody_follows_or_the_round_ends() -> None:
    made = panel(1, 3)
    hand_in(made.sheet(0, 0))
    hand_in(made.sheet(0, 1))
    services.abstain(made.actors[2], made.sheet(0, 2), reason="超出专业范围")
    assert len(readable(leader_of(made))) == 1
    services.close_round(office(), made.round, reason="弃评后不再补")
    assert len(readable(leader_of(made))) == 2


def test_whoever_has_read_another_score_never_gets_his_own_sheet_back() -> None:
    made = panel(1, 2)
    for number in (0, 1):
        hand_in(made.sheet(0, number))
    audit.record(leader_of(made), "score_sheet.read", made.sheet(0, 1))
    with pytest.raises(WrongState, match="已经看过"):
        services.reopen(office(), made.sheet(0, 0), reason="想改")


# --- progress -----------------------------------------------------------------------------------------------------


def test_the_last_activity_is_that_of_the_sheets_own_expert(frozen_clock) -> None:
    made = panel(1, 2)
    judge(made.sheet(0, 0), {"4.1.2": 50})
    at = factory.clock.now()
    last = queries.last_activity(made.round.id)
    assert last[made.sheet(0, 0).id] == at
    audit.record(office(), "score_sheet.read", made.sheet(0, 1))
    assert made.sheet(0, 1).id not in queries.last_activity(made.round.id)
