"""Approval, publication, revocation and past editions: each done, refused, not ready, in the wrong state."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.decisions import queries as decisions
from app.decisions import services as committee_services
from app.decisions.models import CommitteeSession
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady, WrongState
from app.kernel.outbox import OutboxMessage
from app.notices import services as notices
from app.outcomes import queries, services
from app.outcomes.models import RevokedFor
from app.outcomes.rules import PastWinner
from tests.factories import decisions as committee
from tests.factories import notices as noticed_factory
from tests.factories import outcomes as made
from tests.factories.decisions import office, supervisor
from tests.support.server import FrozenClock

pytestmark = pytest.mark.usefixtures("app_context")
DAY = date(2026, 8, 31)


def events(action: str) -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


def said(refused: pytest.ExceptionInfo[NotReady]) -> str:
    return " ".join(str(sentence) for sentence in refused.value.missing)


def test_the_approval_makes_one_honour_of_each_dossier_on_the_list(frozen_clock: FrozenClock) -> None:
    noticed, outcomes = made.approved(frozen_clock)
    assert [(each.name, each.level_key, each.state) for each in outcomes] == [
        ("企业01", "award", "approved"),
        ("企业02", "nomination", "approved"),
    ]
    assert {(each.approval_document, each.approved_on) for each in outcomes} == {(made.DOCUMENT, DAY)}
    event = events("outcome.record")[0]
    assert (event.subject_type, event.subject_id) == ("notice", noticed.notice.id)
    assert event.detail["document"] == made.DOCUMENT


def test_nothing_is_recorded_while_the_notice_runs_or_an_objection_is_open(frozen_clock: FrozenClock) -> None:
    noticed = noticed_factory.published(frozen_clock)
    objection, _token = noticed_factory.objection(noticed)
    with pytest.raises(NotReady) as refused:
        services.record_approval(office(), noticed.notice, document="x", approved_on=DAY)
    assert "公示还没有期满" in said(refused)
    assert objection.number in said(refused)


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"document": " "}, "document", "请填写批准文件的文号"),
        ({"approved_on": date(2026, 8, 19)}, "approved_on", "不能早于公示期满"),
        ({"approved_on": date(2026, 9, 1)}, "approved_on", "不能晚于今天"),
    ],
)
def test_an_approval_has_a_number_and_a_possible_day(
    frozen_clock: FrozenClock, given: dict[str, Any], field: str, sentence: str
) -> None:
    noticed = made.ended(frozen_clock)
    frozen_clock.move_to(made.APPROVED)
    with pytest.raises(Invalid, match=sentence) as refused:
        services.record_approval(office(), noticed.notice, **({"document": "甲", "approved_on": DAY} | given))
    assert refused.value.field == field


def test_an_approval_is_recorded_once_and_by_the_office(frozen_clock: FrozenClock) -> None:
    noticed, _outcomes = made.approved(frozen_clock)
    with pytest.raises(NotReady) as refused:
        services.record_approval(office(), noticed.notice, document="x", approved_on=DAY)
    assert "没有待批准的申报" in said(refused)
    with pytest.raises(Forbidden):
        services.record_approval(supervisor(), noticed.notice, document="x", approved_on=DAY)


def test_publication_honours_the_dossiers_tells_them_and_ends_the_edition(frozen_clock: FrozenClock) -> None:
    noticed, outcomes = made.concluded(frozen_clock)
    assert {each.state for each in outcomes} == {"published"}
    assert [dossier.state for dossier in noticed.room.dossiers] == ["honoured", "honoured", "not_proposed"]
    assert noticed.room.edition.state == "concluded"
    mails = db.session.scalars(select(OutboxMessage).where(OutboxMessage.action == "outcome.publish")).all()
    assert len(mails) == 2
    assert made.DOCUMENT in mails[0].body
    assert len(events("outcome.publish")) == 2


def test_nothing_approved_nothing_published(frozen_clock: FrozenClock) -> None:
    noticed = made.ended(frozen_clock)
    with pytest.raises(NotReady) as refused:
        services.publish(office(), noticed.room.edition)
    assert "请先记录批准文件" in said(refused)
    with pytest.raises(Forbidden):
        services.publish(supervisor(), noticed.room.edition)


def test_an_upheld_objection_keeps_its_dossier_out_until_a_new_vote(frozen_clock: FrozenClock) -> None:
    noticed = noticed_factory.published(frozen_clock)
    award, nominee, _other = noticed.room.dossiers
    noticed_factory.upheld(noticed, against=award.id)
    frozen_clock.move_to(made.ENDED)
    notices.close(office(), noticed.notice)
    frozen_clock.move_to(made.APPROVED)
    outcomes = services.record_approval(office(), noticed.notice, document="甲", approved_on=DAY)
    assert [each.application_id for each in outcomes] == [nominee.id]
    services.publish(office(), noticed.room.edition)
    assert noticed.room.edition.state == "running", "a dossier still waits for its vote"

    vote_again(noticed.room, "reject")
    assert award.state == "not_proposed"


def vote_again(room: committee.Committee, choice: str) -> CommitteeSession:
    session = committee_services.convene(office(), room.ranking, held_at=committee.HELD_AT, place="太原")
    committee_services.record_attendance(office(), session, [member.id for member in room.members])
    committee_services.open_voting(office(), session)
    for actor in room.actors:
        papers = decisions.papers(session)
        committee_services.vote(actor, session, {paper.application_id: choice for paper in papers})
    committee.close(session)
    return session


def test_a_seat_confirmed_by_the_new_vote_is_noticed_approved_and_ends_the_edition(frozen_clock: FrozenClock) -> None:
    noticed = noticed_factory.published(frozen_clock)
    award = noticed.room.dossiers[0]
    noticed_factory.upheld(noticed, against=award.id)
    frozen_clock.move_to(made.ENDED)
    notices.close(office(), noticed.notice)
    frozen_clock.move_to(made.APPROVED)
    services.record_approval(office(), noticed.notice, document="甲", approved_on=DAY)
    services.publish(office(), noticed.room.edition)
    second = notices.draft(office(), vote_again(noticed.room, "award"))
    notices.publish(office(), second)
    frozen_clock.move_to(made.APPROVED.replace(month=10))
    notices.close(office(), second)
    recorded = services.record_approval(office(), second, document="乙", approved_on=date(2026, 10, 30))
    assert [each.application_id for each in recorded] == [award.id]
    services.publish(office(), noticed.room.edition)
    assert noticed.room.edition.state == "concluded"


def test_a_revoked_honour_leaves_list_and_counts_and_stays_in_the_history(frozen_clock: FrozenClock) -> None:
    noticed, outcomes = made.concluded(frozen_clock)
    services.revoke(office(), outcomes[0], reason="申报材料弄虚作假。", because=RevokedFor.FRAUD)
    result = queries.result(noticed.room.edition)
    assert [[each.name for each in level.honours] for level in result.levels] == [[], ["企业02"]]
    assert [sum(row.total for row in each.counts) for each in result.statistics] == [1, 1, 1]
    assert [(each.name, each.reason) for each in result.revoked] == [("企业01", "申报材料弄虚作假。")]
    with pytest.raises(WrongState):
        services.revoke(office(), outcomes[0], reason="再次", because=RevokedFor.FRAUD)


def test_a_revocation_needs_its_reason_and_the_office(frozen_clock: FrozenClock) -> None:
    _noticed, outcomes = made.concluded(frozen_clock)
    with pytest.raises(Invalid, match="请写明撤销理由"):
        services.revoke(office(), outcomes[0], reason=" ", because=RevokedFor.FRAUD)
    with pytest.raises(Forbidden):
        services.revoke(supervisor(), outcomes[0], reason="理由", because=RevokedFor.FRAUD)


def test_the_third_shanxi_award_is_a_past_edition_with_fifteen_honours() -> None:
    edition = services.record_third_shanxi(office())
    result = queries.result(edition)
    assert edition.state == "archived"
    assert edition.periods == []
    assert [(level.name.zh, len(level.honours)) for level in result.levels] == [("质量奖", 5), ("提名奖", 10)]
    assert (result.statistics[0].counts[0].label.zh, result.statistics[0].counts[0].total) == ("太原市", 7)
    assert result.published_at is not None
    assert {each.credit_code for each in queries.of_edition(edition.id)} == {""}, "published facts only"


def test_a_past_edition_speaks_the_levels_of_its_rulebook() -> None:
    row = PastWinner("金奖", "某公司", "organisation", "140100", "")
    with pytest.raises(Invalid, match="规则中没有名为“金奖”的奖项"):
        services.record_past_edition(
            office(), rulebook_key="shanxi-2021", code="SX1", number=1, published_on=date(2015, 1, 1), rows=[row]
        )
    with pytest.raises(Forbidden):
        services.record_third_shanxi(supervisor())
