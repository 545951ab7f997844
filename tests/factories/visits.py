"""Visits: arranged within their round's days, planned, notified, opened, and brought to their report."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from PIL import Image

from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.visits import queries, services
from app.visits.models import Side, Visit, VisitPaper
from app.visits.rules import Days
from app.visits.services import Appointment, Minutes, Picture
from tests.factories.decisions import office
from tests.factories.scoring import Panel, declare, panel, seated
from tests.support.built import built_once

SECTION = 0x8825  # GPS
PLACE, DAYS = "太原市示例路 1 号", 2


@built_once
def site(experts: int = 3) -> Panel:
    """One dossier in a running site round."""
    return panel(1, experts, round_key="site")


def on_site(paper: Panel, experts: int, *, first_expert: int = 1) -> Panel:
    """The same dossier in the round after, with its experts cleared."""
    round_ = next(each for each in paper.edition.rounds if each.key == "site")
    paper.dossiers[0].round_id = round_.id
    made = seated(paper.edition, round_, paper.dossiers, experts, first_expert=first_expert)
    for assignment in made.assignments:
        declare(assignment)
    return made


def days_of(made: Panel, *, after: int = 1, count: int = DAYS) -> Days:
    first = queries.window_of(made.round).first
    assert first is not None
    start = first + timedelta(days=after)
    return Days(start, start + timedelta(days=count - 1), PLACE, "王经理 0351-0000000")


@built_once
def arranged(made: Panel | None = None) -> tuple[Panel, Visit]:
    made = made or site()
    visit = services.arrange(office(), made.round, made.dossiers[0], days_of(made))
    return made, fresh(visit)


def fresh(visit: Visit) -> Visit:
    db.session.flush()
    db.session.expire(visit)
    found = queries.find(visit.id)
    assert found is not None
    return found


def at(visit: Visit, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(visit.starts_on, time(hour, minute), queries.zone_of(visit.round.edition))


@contextmanager
def on_the_day(visit: Visit) -> Iterator[None]:
    with clock.fixed(at(visit)):
        yield


def planned(visit: Visit, actor: Actor | None = None) -> None:
    row = Appointment(at(visit), at(visit, 10), "高层领导，会议室", "首次会议", "")
    services.appoint(actor or office(), visit, row)


@built_once
def notified() -> tuple[Panel, Visit]:
    made, visit = arranged()
    planned(visit)
    services.notify(office(), visit)
    return made, visit


def owner_of(visit: Visit) -> Actor:
    return Actor(user_id=visit.application.owner_id, name="申报者", roles=frozenset({Role.APPLICANT}))


@built_once
def confirmed() -> tuple[Panel, Visit]:
    made, visit = notified()
    services.confirm(owner_of(visit), visit)
    return made, visit


@built_once
def opened() -> tuple[Panel, Visit]:
    made, visit = confirmed()
    with on_the_day(visit):
        services.open_(made.actors[0], visit)
    return made, visit


def met(made: Panel, visit: Visit) -> None:
    """Both meetings are on record, signed by the leader and by somebody of the applicant."""
    for paper in (VisitPaper.OPENING, VisitPaper.CLOSING):
        minutes = Minutes(at(visit), "会议室", "介绍评审组和日程。")
        services.record_meeting(made.actors[0], visit, paper, minutes, version=0)
        services.sign(made.actors[0], visit, paper, Side.TEAM, name=made.experts[0].name, post="组长")
        services.sign(made.actors[0], visit, paper, Side.APPLICANT, name="王经理", post="质量总监")


def over(made: Panel) -> None:
    """Every dossier of a site round has been visited, so that its sheets may be submitted."""
    for dossier in made.dossiers:
        visit = fresh(services.arrange(office(), made.round, dossier, days_of(made)))
        planned(visit)
        services.notify(office(), visit)
        services.confirm(owner_of(visit), visit)
        with on_the_day(visit):
            services.open_(made.actors[0], visit)
        met(made, visit)
        services.close(made.actors[0], visit)


@built_once
def reported() -> tuple[Panel, Visit]:
    made, visit = opened()
    met(made, visit)
    services.close(made.actors[0], visit)
    services.report(made.actors[0], visit, text="现场情况与申报材料相符。")
    return made, visit


def photograph(name: str = "JPEG", *, width: int = 60, height: int = 40, turned: bool = False) -> bytes:
    """A picture as a telephone takes it: with place, camera and how it was held."""
    picture = Image.new("RGB", (width, height), "white")
    picture.paste("red", (0, 0, width // 2, height // 2))
    notes = Image.Exif()
    notes[0x010F] = "Telephone"
    notes[0x0112] = 6 if turned else 1
    notes.get_ifd(SECTION)[1] = "N"
    written = io.BytesIO()
    picture.save(written, name, exif=notes)
    return written.getvalue()


def picture(mark: str = "a", content: bytes | None = None, filename: str = "IMG_1.jpg") -> Picture:
    return Picture(mark, filename, io.BytesIO(content or photograph()), "一车间看板")
