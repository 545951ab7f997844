"""The demo's visits: every dossier of the round is visited, from the arrangement to the report, by the people whose steps these are."""

import io
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.queries import actor_of_user
from app.applications.models import Application
from app.demo import cast
from app.demo.documents import site_photo
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.programmes.models import Round
from app.visits import queries, services
from app.visits.models import IssueKind, LogKind, Side, Visit, VisitPaper
from app.visits.rules import Days
from app.workflow import ApplicationState

PLACE, CONTACT, HOST = "申报者厂区会议室（演示）", "质量部 示例联系人", "示例负责人"
PLAN = (
    (9, "高层领导，会议室", "首次会议"),
    (10, "生产部门负责人，现场", "过程与结果核实"),
    (16, "高层领导，会议室", "末次会议"),
)
ASKED = "请在现场核实近三年结果数据的来源和对标口径。（演示用虚构内容）"
FOUND = "查阅台账并抽查两个月的原始记录，与申报材料一致。（演示用虚构内容）"
HEARD = "介绍了改进项目的立项、评价和推广，能出示记录。（演示用虚构内容）"
MINUTES = "双方介绍到会人员，确认日程、保密和廉洁要求。（演示用虚构内容）"
REPORT = "评审组按日程完成现场评审，核实事项均有结果，现场情况与申报材料基本相符。（演示用虚构内容）"
PICTURED = 3
"""So many visits have a picture; one more would show nothing new."""


def visit_all(round_: Round) -> None:
    dossiers = select(Application).where(
        Application.round_id == round_.id, Application.state == ApplicationState.UNDER_REVIEW
    )
    for place, dossier in enumerate(db.session.scalars(dossiers.order_by(Application.sequence)).all()):
        _visit(_announced(round_, dossier), pictured=place < PICTURED)


def _announced(round_: Round, dossier: Application) -> Visit:
    office, today = cast.as_role(Role.OFFICE), clock.today()
    made = services.arrange(office, round_, dossier, Days(today, today + timedelta(days=1), PLACE, CONTACT))
    db.session.flush()
    visit = queries.find(made.id)
    assert visit is not None
    for hour, whom, topic in PLAN:
        row = services.Appointment(_at(visit, today, hour), _at(visit, today, hour + 1), whom, topic)
        services.appoint(office, visit, row)
    services.notify(office, visit)
    services.confirm(actor_of_user(db.session.get_one(User, dossier.owner_id)), visit)
    return visit


def _at(visit: Visit, day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), queries.zone_of(visit.round.edition))


def _visit(visit: Visit, *, pictured: bool) -> None:
    assert visit.led_by is not None
    leader, member = cast.as_expert(visit.led_by), cast.as_expert(max(visit.panel - {visit.led_by}))
    code = queries.criteria_of(visit).item_codes[-1]
    services.raise_issue(member, visit, IssueKind.VERIFY, code, text=ASKED)
    services.open_(leader, visit)
    services.note(member, visit, LogKind.INTERVIEW, about="质量部部长（示例）", code=code, text=HEARD)
    if pictured:
        photo = io.BytesIO(site_photo())
        services.keep_photo(member, visit, services.Picture("demo", "现场.jpg", photo, "一车间看板（演示）", code))
    _meet(leader, visit)
    services.close(leader, visit)
    for issue in queries.issues(visit):
        services.settle(member, issue, finding=FOUND, version=issue.version)
    services.report(leader, visit, text=REPORT)


def _meet(leader: Actor, visit: Visit) -> None:
    for paper, hour in ((VisitPaper.OPENING, 9), (VisitPaper.CLOSING, 16)):
        minutes = services.Minutes(_at(visit, visit.starts_on, hour), PLACE, MINUTES)
        services.record_meeting(leader, visit, paper, minutes, version=0)
        services.sign(leader, visit, paper, Side.TEAM, name=visit.name_of(visit.led_by), post="组长")
        services.sign(leader, visit, paper, Side.APPLICANT, name=HOST, post="质量部")
