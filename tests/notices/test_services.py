"""Notices and objections: each act done, refused, not ready, in the wrong state."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.kernel import files
from app.kernel.actor import Actor
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import Forbidden, Invalid, NotReady
from app.notices import queries, rules, services
from app.notices.inquiries import services as inquiries
from app.notices.services import Evidence, Objector
from app.programmes.services import mark_day
from tests.factories import decisions as committee
from tests.factories import notices as made
from tests.factories.decisions import office, supervisor
from tests.support.server import FrozenClock

pytestmark = pytest.mark.usefixtures("app_context")
NIGHT = datetime(2026, 8, 19, 15, 59, tzinfo=UTC)


def events(action: str) -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)))


def said(refused: pytest.ExceptionInfo[NotReady]) -> str:
    return " ".join(str(sentence) for sentence in refused.value.missing)


# --- the notice ---------------------------------------------------------------------------------------------------


def test_a_draft_needs_a_closed_session_with_a_list_and_no_other_notice() -> None:
    open_room = committee.voting()
    with pytest.raises(NotReady) as refused:
        services.draft(office(), open_room.session)
    assert "会议还没有闭会" in said(refused)


def test_one_notice_at_a_time() -> None:
    noticed = made.draft()
    with pytest.raises(NotReady) as refused:
        services.draft(office(), noticed.room.session)
    assert "已有公示稿" in said(refused)
    with pytest.raises(Forbidden):
        services.draft(supervisor(), noticed.room.session)


def test_nothing_proposed_needs_no_notice() -> None:
    room = committee.decided("reject", "reject", "abstain")
    with pytest.raises(NotReady) as refused:
        services.draft(office(), room.session)
    assert "没有拟奖名单" in said(refused)


def test_publishing_freezes_the_list_and_counts_working_days_from_the_next_day(frozen_clock: FrozenClock) -> None:
    noticed = made.published(frozen_clock)
    notice = noticed.notice
    assert (notice.state, notice.last_day) == ("published", date(2026, 8, 19))
    assert notice.closes_at == datetime(2026, 8, 19, 16, 0, tzinfo=UTC)
    assert notice.digest == digest(notice.content)
    assert rules.listed_names(notice.content) == {dossier.id: dossier.name for dossier in noticed.room.dossiers[:2]}
    assert events("notice.publish")[0].detail == {"digest": notice.digest, "last_day": "2026-08-19"}


@pytest.mark.parametrize(
    ("published", "last_day"),
    [
        (datetime(2026, 8, 12, 15, 59, tzinfo=UTC), date(2026, 8, 19)),  # 23:59 in Taiyuan, still the 12th
        (datetime(2026, 8, 12, 16, 1, tzinfo=UTC), date(2026, 8, 20)),
        (datetime(2026, 9, 22, 2, 0, tzinfo=UTC), date(2026, 9, 30)),  # over the Mid-Autumn festival
    ],
)
def test_the_last_day_heeds_zone_and_holidays(frozen_clock: FrozenClock, published: datetime, last_day: date) -> None:
    noticed = made.draft()
    frozen_clock.move_to(published)
    services.publish(office(), noticed.notice)
    assert noticed.notice.last_day == last_day


def test_a_day_marked_by_the_office_moves_the_end(frozen_clock: FrozenClock) -> None:
    noticed = made.draft()
    mark_day(office(), date(2026, 8, 14), working=False, note="临时放假")
    frozen_clock.move_to(made.PUBLISHED)
    services.publish(office(), noticed.notice)
    assert noticed.notice.last_day == date(2026, 8, 20)


def test_a_notice_cannot_be_closed_before_its_term_is_over(frozen_clock: FrozenClock) -> None:
    noticed = made.published(frozen_clock)
    frozen_clock.move_to(NIGHT)
    with pytest.raises(NotReady) as refused:
        services.close(office(), noticed.notice)
    assert "公示期到 2026-08-19 24:00 为止" in said(refused)
    frozen_clock.move_to(NIGHT + timedelta(minutes=1))
    services.close(office(), noticed.notice)
    assert noticed.notice.state == "ended"


def test_the_clock_closes_what_is_over(frozen_clock: FrozenClock) -> None:
    noticed = made.published(frozen_clock)
    assert services.close_expired(Actor.system("notices")) == 0
    frozen_clock.move_to(NIGHT + timedelta(days=1))
    assert services.close_expired(Actor.system("notices")) == 1
    assert noticed.notice.state == "ended"
    with pytest.raises(Forbidden):
        services.close(supervisor(), noticed.notice)


# --- objections ---------------------------------------------------------------------------------------------------


def test_an_objection_gets_a_number_a_term_and_a_secret(frozen_clock: FrozenClock) -> None:
    noticed = made.published(frozen_clock)
    objection, token = made.objection(noticed, against=noticed.room.dossiers[0].id)
    assert objection.number == "SX2026-YY-001"
    assert objection.due_on == date(2026, 8, 19)
    assert objection.token_hash == rules.token_hash(token)
    assert queries.objection_by_token(token) is objection
    assert files.store().is_sound(objection.evidence_sha256)
    assert events("objection.create")[0].actor_name == "anonymous"
    assert token not in repr([event.detail for event in db.session.scalars(select(AuditEvent))])
    second, _token = made.objection(noticed)
    assert second.number == "SX2026-YY-002"


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"objector": Objector(False, "某人", "匿名", "某人", "1")}, "identity", "居民身份证号码"),
        ({"objector": Objector(True, "某公司", "91140100XXXX000010", "李四", "1")}, "identity", "校验位"),
        ({"application_id": 99999}, "application_id", "不在公示名单上"),
        ({"evidence": None}, "evidence", "须附书面证据"),
        ({"evidence": Evidence("x.exe", io.BytesIO(b"MZ"))}, "evidence", "不接受“exe”格式"),
        ({"evidence": Evidence("x.pdf", io.BytesIO(b"no pdf"))}, "evidence", "内容却不是这种格式"),
    ],
)
def test_what_is_wrong_with_an_objection_is_said_at_its_field(
    frozen_clock: FrozenClock, change: dict[str, object], field: str, sentence: str
) -> None:
    noticed = made.published(frozen_clock)
    given = {
        "objector": made.PERSON,
        "application_id": None,
        "text": "理由",
        "evidence": Evidence("证据.pdf", io.BytesIO(made.pdf())),
    }
    with pytest.raises(Invalid, match=sentence) as refused:
        services.file_objection(Actor.anonymous(), noticed.notice, **(given | change))
    assert refused.value.field == field
    assert queries.objections(noticed.notice.edition_id) == []


@pytest.mark.parametrize(
    "moment", [NIGHT + timedelta(minutes=1), NIGHT + timedelta(days=3)], ids=["a minute late", "days late"]
)
def test_objections_are_taken_inside_the_term_only(frozen_clock: FrozenClock, moment: datetime) -> None:
    noticed = made.draft()
    with pytest.raises(NotReady):
        made.objection(noticed)
    frozen_clock.move_to(made.PUBLISHED)
    services.publish(office(), noticed.notice)
    frozen_clock.move_to(NIGHT)
    made.objection(noticed)
    frozen_clock.move_to(moment)
    with pytest.raises(NotReady) as refused:
        made.objection(noticed)
    assert "不在公示期内" in said(refused)


def test_an_upheld_objection_to_the_whole_needs_a_new_notice(frozen_clock: FrozenClock) -> None:
    noticed = made.published(frozen_clock)
    made.upheld(noticed)
    frozen_clock.move_to(NIGHT + timedelta(days=1))
    services.close(office(), noticed.notice)
    assert "须重新公示" in " ".join(map(str, services.missing_for_approval(noticed.notice)))
    again = services.draft(office(), noticed.room.session)
    assert again.state == "draft"


def test_the_approval_waits_for_the_term_and_for_every_answer(frozen_clock: FrozenClock) -> None:
    noticed = made.published(frozen_clock)
    objection = made.handled(noticed)
    missing = " ".join(map(str, services.missing_for_approval(noticed.notice)))
    assert "公示还没有期满" in missing
    assert objection.number in missing
    inquiries.reject(office(), objection, made.FOUND)
    frozen_clock.move_to(NIGHT + timedelta(days=1))
    services.close(office(), noticed.notice)
    assert services.missing_for_approval(noticed.notice) == []
    with pytest.raises(NotReady) as refused:
        services.draft(office(), noticed.room.session)
    assert "已经公示期满" in said(refused)
