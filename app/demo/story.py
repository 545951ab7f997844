"""One fictitious edition, lived through to a chosen point, each step at its own time and by the person whose step it is."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.accounts.models import User
from app.decisions.models import CommitteeSession
from app.demo import cast, intake, review, table
from app.demo.documents import evidence_pdf
from app.demo.people import email
from app.kernel import clock, unit_of_work
from app.kernel.actor import Role
from app.kernel.database import db
from app.kernel.errors import Invalid
from app.kernel.words import N_, Message
from app.notices import services as notices
from app.notices.inquiries import services as inquiries
from app.notices.inquiries.services import Finding
from app.notices.models import Notice, Objection
from app.outcomes import services as outcomes
from app.panels.models import Assignment
from app.panels.plan import PairWish
from app.programmes import services as programmes
from app.programmes.models import Edition, Round
from app.workflow import AssignmentState

ZONE = ZoneInfo("Asia/Shanghai")
NOON = time(11, 30)
OBJECTOR = notices.Objector(
    is_unit=False,
    name="异议人示例",
    identity="110101199003070000",
    contact_name="异议人示例",
    contact="objector@demo.example",
)
WORK_OF_EVERY_KIND = tuple(
    PairWish("E001", f"SX2026-{number:03d}", "演示：让演示账号在任何一天都有待声明、待评和评了一半的材料。")
    for number in (7, 9, 10)
)
FINDING = Finding(
    text="核对了公开的评审规则和各轮排名，规则中没有行业名额的规定。（演示用虚构内容）",
    answer="评审规则按得分排序，不设行业名额；规则全文已公开。异议不成立。",
)
CODE, NUMBER, RULEBOOK = "SX2026", 4, "shanxi-2021"

Tell = Callable[[str], None]


@dataclass
class Story:
    """`day` n is the n-th day after the call opened; `target` is the point where the story stops."""

    target: str
    starts: date
    tell: Tell
    edition_id: int = 0
    dossiers: intake.Dossiers = field(default_factory=dict)

    @property
    def edition(self) -> Edition:
        return db.session.get_one(Edition, self.edition_id)

    @property
    def late(self) -> bool:
        """At the scoring stage a few dossiers are still on their way, so that every role has something to do."""
        return self.target == "scoring"

    def at(self, day: int) -> datetime:
        return datetime.combine(self.starts + timedelta(days=day), NOON, ZONE)

    def round(self, key: str) -> Round:
        return db.session.scalars(select(Round).where(Round.edition_id == self.edition_id, Round.key == key)).one()

    @contextmanager
    def on(self, day: int) -> Iterator[datetime]:
        """One step of the story: its own time and its own transaction."""
        with clock.fixed(self.at(day)) as moment, unit_of_work.transaction():
            yield moment


def _edition(story: Story) -> None:
    with story.on(-20):
        cast.open_accounts()
        office = cast.as_role(Role.OFFICE)
        outcomes.record_third_shanxi(office)
        edition = programmes.create_edition(
            office, rulebook_key=RULEBOOK, number=NUMBER, code=CODE, starts=story.starts
        )
        story.edition_id = edition.id
        intake.register_bodies()
        review.appoint_committee(edition)
    with story.on(0):
        programmes.open_edition(cast.as_role(Role.OFFICE), story.edition)
        intake.register_applicants()


def _applications(story: Story) -> None:
    with story.on(38):
        if story.target == "applications":
            intake.start_some(story.edition)
        else:
            story.dossiers = intake.submit_all(story.edition)


def _recommendation(story: Story) -> None:
    if story.target == "recommendation":
        return
    with story.on(58):
        intake.recommend_all(story.dossiers, late=story.late)


def _formal_check(story: Story) -> None:
    with story.on(59):
        intake.consult_departments(story.dossiers)
    if story.target == "formal_check":
        return
    with story.on(70):
        intake.record_replies(story.dossiers, late=story.late)
    with story.on(74):
        intake.check_all(story.edition, story.dossiers, late=story.late)


def _pool(story: Story) -> None:
    with story.on(80):
        review.import_pool(story.edition)
        review.invite_pool(story.edition, story.at(90).date())


def _draw(story: Story) -> None:
    if story.target == "draw":
        return
    with story.on(83):
        review.draw_round(story.round("paper"), together=WORK_OF_EVERY_KIND if story.late else ())


def _declarations(story: Story) -> None:
    if story.target == "declaration":
        return
    with story.on(85):
        review.practise_all(story.round("paper"))
    with story.on(86):
        review.declare_all(story.round("paper"), except_for=frozenset(_first_of(story, Role.EXPERT, 1)))


def _scoring(story: Story) -> None:
    """At the scoring stage the demo's own expert and leader still have work of every kind before them."""
    if story.target != "scoring":
        with story.on(86):
            review.declare_all(story.round("paper"))
        with story.on(100):
            review.score_all(story.round("paper"))
        with story.on(103):
            table.settle_all(story.round("paper"))
        return
    with story.on(92):
        mine = {*_first_of(story, Role.EXPERT, 4), *_first_of(story, Role.LEADER, 2)}
        half = frozenset(_first_of(story, Role.EXPERT, 2)[1:])
        untouched = frozenset(mine - half) | frozenset(_every(story, 5))
        review.score_all(story.round("paper"), except_for=untouched, half=half)
        intake.extend_windows(story.edition, until=story.at(104))
        intake.return_mine(story.edition, story.dossiers)


def _first_of(story: Story, role: Role, count: int) -> list[int]:
    """The first assignments of one of the demo's own experts in the paper round."""
    expert_id = cast.as_person(email(role)).expert_id
    found = select(Assignment.id).where(
        Assignment.round_id == story.round("paper").id,
        Assignment.expert_id == expert_id,
        Assignment.state.in_((AssignmentState.WAITING, AssignmentState.CLEARED)),
    )
    return list(db.session.scalars(found.order_by(Assignment.id).limit(count)))


def _every(story: Story, nth: int) -> list[int]:
    found = select(Assignment.id).where(Assignment.round_id == story.round("paper").id).order_by(Assignment.id)
    return list(db.session.scalars(found))[::nth]


def _ranking(story: Story) -> None:
    with story.on(105):
        review.close_and_rank(story.round("paper"), confirm=story.target != "ranking")


def _later_rounds(story: Story) -> None:
    for day, key in ((110, "site"), (138, "defence")):
        with story.on(day):
            review.whole_round(story.round(key))


def _committee(story: Story) -> None:
    with story.on(147) as held_at:
        session = review.open_session(story.edition, held_at)
        mine = frozenset({email(Role.COMMITTEE)}) if story.target == "committee" else frozenset[str]()
        review.vote_all(session, except_for=mine)
        if story.target != "committee":
            review.close_session(session)


def _notice(story: Story) -> None:
    with story.on(149):
        session = db.session.scalars(
            select(CommitteeSession).where(CommitteeSession.edition_id == story.edition_id)
        ).one()
        notice = review.publish_notice(session)
    with story.on(151):
        objection, _token = notices.file_objection(
            cast.FOUNDER,
            notice,
            objector=OBJECTOR,
            application_id=None,
            evidence=notices.Evidence("书面证据.pdf", io.BytesIO(evidence_pdf("objection"))),
            text="认为公示名单中缺少服务业单位，请说明评审规则对行业分布的规定。（演示用虚构内容）",
        )
        objection_id = objection.id
    if story.target != "notice":
        with story.on(153):
            office, objection = cast.as_role(Role.OFFICE), db.session.get_one(Objection, objection_id)
            inquiries.assign(office, objection, db.session.get_one(User, office.user_id))
            inquiries.declare(office, objection)
            inquiries.reject(office, objection, FINDING)


def _result(story: Story) -> None:
    with story.on(165):
        notice = db.session.scalars(select(Notice).where(Notice.edition_id == story.edition_id)).one()
        notices.close(cast.as_role(Role.OFFICE), notice)
    with story.on(175) as approved:
        review.conclude(story.edition, notice, approved)


@dataclass(frozen=True)
class Stage:
    """A point at which the demo may stop; `day`: how many days after the call opened that is."""

    key: str
    title: str
    day: int
    play: Callable[[Story], None]


STAGES: tuple[Stage, ...] = (
    Stage("edition", N_("启动本届"), 3, _edition),
    Stage("applications", N_("自愿申报"), 40, _applications),
    Stage("recommendation", N_("推荐"), 55, _recommendation),
    Stage("formal_check", N_("形式审查"), 70, _formal_check),
    Stage("experts", N_("专家库导入"), 82, _pool),
    Stage("draw", N_("抽取专家"), 83, _draw),
    Stage("declaration", N_("利害关系声明"), 86, _declarations),
    Stage("scoring", N_("专家评分"), 94, _scoring),
    Stage("ranking", N_("排名"), 106, _ranking),
    Stage("rounds", N_("现场评审与答辩"), 142, _later_rounds),
    Stage("committee", N_("评委会表决"), 147, _committee),
    Stage("notice", N_("公示与异议"), 152, _notice),
    Stage("result", N_("公布结果"), 176, _result),
)
DEFAULT = "scoring"


def play(target: str, *, today: date, tell: Tell) -> Story:
    """Bring a fresh database to that stage, so that `today` is a day within it."""
    keys = [stage.key for stage in STAGES]
    if target not in keys:
        raise Invalid(
            Message(
                N_("没有名为 %(stage)s 的演示阶段，可用：%(stages)s。"), {"stage": target, "stages": " ".join(keys)}
            )
        )
    upto = keys.index(target)
    story = Story(target, today - timedelta(days=STAGES[upto].day), tell)
    for stage in STAGES[: upto + 1]:
        tell(stage.title)
        stage.play(story)
    return story
