"""The recommending body's desk: what to recommend, until when, and how many places are left."""

from app.applications.models import APPLICANT_KIND_LABELS
from app.desk.queries.sections import Around, Section, Stat
from app.desk.rules import Standing, Task
from app.intake import queries as intake
from app.intake.models import RecommendingBody
from app.kernel.actor import Actor, Role
from app.kernel.words import N_, LocalText, Message
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from app.workflow import ApplicationState


def section(actor: Actor, around: Around) -> Section:
    body = intake.find_body(actor.body_id)
    if body is None or around.edition is None:
        return Section(
            Role.RECOMMENDER, [], Message(N_("还没有进行中的届次，或您的账号还没有对应的推荐单位。")), _ask_operator()
        )
    rows = intake.of_body(actor, around.edition.id)
    return Section(
        Role.RECOMMENDER,
        [_task(row, around) for row in rows if row.state == ApplicationState.SUBMITTED],
        Message(N_("现在没有等待推荐的申报书。")),
        Message(N_("申报者提交之后，申报书会出现在这里。")),
        ("intake.recommendations", N_("查看全部申报书")),
        stats=_quota(body, around.edition),
    )


def _task(row: intake.Row, around: Around) -> Task:
    return Task(
        LocalText.same(row.name),
        "intake.recommendation",
        N_("推荐"),
        {"application_id": row.id},
        state=Standing("application", row.state),
        due=around.dues.get("recommendation"),
        note=LocalText.same(row.number),
    )


def _quota(body: RecommendingBody, edition: Edition) -> list[Stat]:
    return [_place(line) for line in intake.quota_lines(body, edition, rulebook_of(edition))]


def _place(line: intake.QuotaLine) -> Stat:
    used = Message(N_("已推荐 %(n)s"), {"n": line.used})
    return Stat(APPLICANT_KIND_LABELS[line.kind], "∞" if line.left is None else str(line.left), used)


def _ask_operator() -> Message:
    return Message(N_("请联系系统运维员核对授权。"))
