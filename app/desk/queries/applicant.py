"""The applicant's desk: start, continue, correct; then the dossier's life as a line of dated steps."""

from collections.abc import Sequence
from datetime import timedelta

from app.applications import queries as applications
from app.desk.queries.sections import Around, Moment, Section
from app.desk.rules import Standing, Task
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.words import N_, LocalText, Message
from app.notices.inquiries import queries as inquiries
from app.notices.inquiries.services import missing_to_answer
from app.notices.queries import zone_of
from app.notices.rules import end_of_day
from app.outcomes.certificates import queries as certificates
from app.outcomes.feedback import queries as feedback
from app.outcomes.letters import queries as letters
from app.outcomes.watch import queries as watch
from app.programmes.models import Edition
from app.visits import queries as visits
from app.workflow import ApplicationState, EditionState, VisitState

ONE_DAY, ONE_MINUTE = timedelta(days=1), timedelta(minutes=1)
WRITING = {ApplicationState.DRAFT: N_("继续填写"), ApplicationState.RETURNED: N_("补正申报书")}


def section(actor: Actor, around: Around) -> Section:
    mine = applications.mine(actor, letters=letters.written())
    steps = _steps(mine)
    return Section(
        Role.APPLICANT,
        [
            *_start(actor, mine, around),
            *_requests(actor),
            *_visits(actor),
            *_declarations(actor),
            *_certificates(actor),
            *_feedback(actor),
            *(_task(row, around) for row in mine),
            *_letters(mine),
        ],
        Message(N_("现在没有可以申报的届次。")),
        _next_call(around),
        timeline=[Moment(step.label, step.at, step.phase, step.words) for step in steps],
        timeline_of=LocalText.same(mine[0].name) if steps else None,
    )


def _steps(mine: Sequence[applications.Mine]) -> list[applications.Step]:
    """The way of the newest dossier, once it has left the desk."""
    newest = applications.find(mine[0].id) if mine and mine[0].state != ApplicationState.DRAFT else None
    return applications.timeline(newest) if newest is not None else []


def _task(row: applications.Mine, around: Around) -> Task:
    dues = {ApplicationState.DRAFT: around.dues.get("application"), ApplicationState.RETURNED: row.correction_due}
    return Task(
        LocalText.same(row.name),
        "applications.show",
        WRITING.get(row.state, N_("查看进展")),
        {"application_id": row.id},
        state=Standing("application", row.state, row.is_released),
        due=dues.get(row.state),
        note=LocalText(f"{row.edition.zh} {row.number}", f"{row.edition.en} {row.number}"),
    )


def _visits(actor: Actor) -> list[Task]:
    """What the applicant has been told of and is not over yet."""
    coming = (VisitState.NOTIFIED, VisitState.OPENED)
    return [
        Task(
            Message(N_("现场评审 %(number)s"), {"number": visit.application.number}),
            "visits.follow",
            N_("查看日程") if visit.confirmed_at or visit.state is VisitState.OPENED else N_("确认日期和日程"),
            {"visit_id": visit.id},
            state=Standing("visit", visit.state),
            note=LocalText.same(f"{visit.starts_on} – {visit.ends_on}"),
        )
        for visit in (visits.of_owner(actor.user_id) if actor.user_id is not None else ())
        if visit.state in coming
    ]


def _requests(actor: Actor) -> list[Task]:
    """What the applicant is asked about an objection, and has not answered."""
    return [
        Task(
            Message(N_("请就异议作出说明")),
            "inquiries.request",
            N_("作出说明"),
            {"request_id": asked.id},
            word=Message(N_("待说明")),
            due=end_of_day(asked.due_on, zone_of(asked.objection.notice.edition)),
            note=asked.objection.notice.edition.title,
        )
        for asked in inquiries.own_requests(actor)
        if not missing_to_answer(asked)
    ]


def _feedback(actor: Actor) -> list[Task]:
    """The reports that have been released to this applicant."""
    return [
        Task(
            Message(N_("反馈报告 %(number)s"), {"number": report.application.number}),
            "feedback.received",
            N_("查看反馈报告"),
            {"report_id": report.id},
            state=Standing("feedback_report", report.state),
            note=report.edition.title,
        )
        for report in feedback.received(actor)
    ]


def _letters(mine: Sequence[applications.Mine]) -> list[Task]:
    """One row for all that were written to this applicant."""
    count = sum(row.letters for row in mine)
    if not count:
        return []
    return [Task(Message(N_("函件")), "letters.mine", N_("查看和下载"), note=Message(N_("共 %(n)s 份"), {"n": count}))]


def _declarations(actor: Actor) -> list[Task]:
    """The next yearly declaration of each honour, with its due day, before it may be handed in as well."""
    return [
        Task(
            Message(N_("年度声明（第 %(n)s 年度）"), {"n": declaration.year}),
            "watch.declaration",
            N_("查看和填写"),
            {"declaration_id": declaration.id},
            state=Standing("yearly_declaration", declaration.state),
            due=clock.start_of(declaration.due_on + ONE_DAY) - ONE_MINUTE,
            note=declaration.outcome.level,
        )
        for declaration in watch.own_next(actor)
    ]


def _certificates(actor: Actor) -> list[Task]:
    return [
        Task(
            Message(N_("证书 %(number)s"), {"number": certificate.number}),
            "certificates.show",
            N_("查看证书"),
            {"certificate_id": certificate.id},
            state=Standing("outcome", certificate.outcome.state),
            note=certificate.outcome.level,
        )
        for certificate in certificates.own(actor)
    ]


def _call(around: Around) -> Edition | None:
    """The running edition, while dossiers may be handed in."""
    edition, window = around.edition, around.window("application")
    if edition is None or edition.state != EditionState.RUNNING:
        return None
    return edition if window is not None and window.phase == "now" else None


def _start(actor: Actor, mine: Sequence[applications.Mine], around: Around) -> list[Task]:
    """Offered until there is a dossier in the open call; whoever has not said yet who applies does that first."""
    call = _call(around)
    if call is None or call.title in {row.edition for row in mine}:
        return []
    is_known = applications.applicant_of(actor) is not None
    return [
        Task(
            Message(N_("申报%(edition)s"), {"edition": call.title}),
            "applications.start" if is_known else "applications.register",
            N_("开始申报") if is_known else N_("登记申报者"),
            word=Message(N_("未开始")),
            tone="quiet",
            due=around.dues.get("application"),
        )
    ]


def _next_call(around: Around) -> Message:
    window = around.window("application")
    if window is not None and window.phase == "next":
        return Message(N_("%(day)s 开始申报。"), {"day": around.day_of(window.opens_at)})
    return Message(N_("下一届启动后，申报入口会出现在这里。"))
