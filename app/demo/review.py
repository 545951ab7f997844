"""The demo's second half: pool, draws, declarations, scores, rankings, committee, notice, result."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.accounts import services as accounts
from app.applications.models import Application
from app.decisions import services as decisions
from app.decisions.models import CommitteeSession
from app.decisions.queries import members_of, standing
from app.demo import cast, hearing, site, table, texts
from app.demo.people import ACCOUNTS, POOL_SIZE, applicants, email, pool_workbook
from app.experts import services as experts
from app.experts.models import CreditFactKind, DeclineKind, Expert
from app.experts.queries import entry_of
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.randomness import Stream
from app.notices import services as notices
from app.notices.models import Notice
from app.outcomes import services as outcomes
from app.panels import services as panels
from app.panels.ceremony import commitment
from app.panels.models import Assignment
from app.panels.plan import Aims, PairWish
from app.practice import queries as practice_cases
from app.practice import services as practice
from app.programmes.models import Edition, Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.rulebook import Item
from app.programmes.rules.values import RoundKind
from app.ranking import services as ranking
from app.ranking.models import Ranking
from app.scoring import earlier
from app.scoring import services as scoring
from app.scoring.models import ScoreSheet
from app.scoring.rules import Before, Judgement
from app.workflow import AssignmentState, RankingState, ScoreSheetState

SOURCE = "监督员当众掷十枚骰子的点数，依次记录（演示）"
SUPERVISORS_WORDS = "汾河流水哗啦啦"
SUPERVISORS_NONCE = "1a" * 16
WITNESSES = "王监督（示例）、李公证（示例）"
DICE = 10
FEW_READ_MUCH = Aims(balance=0)
BUSY_ELSEWHERE = {"paper": tuple(number for number in range(31, POOL_SIZE + 1) if number % 5 in (0, 2, 4))}
BUSY = "同期已应邀参加其他省份的评审，本次不列入。（演示用虚构内容）"
"""Who reads several dossiers can be compared with others; where everybody reads two, the advice says only that it cannot
tell."""
STEP = 5
DEPARTURE = "委员会经无记名投票，按得票多少列入名单；与排名次序不一致之处以表决为准。（演示用虚构内容）"
INTERESTS = (
    (15, 2, "consulting", "为申报者提供管理咨询，合同由申报者提供。", "2023-03-01", ""),
    (30, 5, "kinship", "申报者总工程师是专家的弟弟，专家来电说明。", "", ""),
    (45, 8, "shareholding", "持有申报者上市公司股票，公开年报可查。", "2019-06-01", "2025-11-30"),
    (60, 11, "teacher_student", "申报者质量部负责人是专家的博士生。", "2016-09-01", "2024-06-30"),
    (7, 1, "training", "曾为申报者讲授内训课程。", "2015-04-01", "2018-04-30"),
)
"""Expert, dossier, kind, what shows it, since, until. The last ended long before the window."""
FACTS = (
    (1, CreditFactKind.TRAINING, "2024-11-20", "参加评审员年度培训 16 学时。", "培训签到表 2024-11"),
    (1, CreditFactKind.LATE, "2021-06-18", "材料评审评分表比截止时间晚两天提交。", "秘书处电话记录 2021-06-18"),
    (2, CreditFactKind.TRAINING, "2024-11-20", "参加评审员年度培训 16 学时。", "培训签到表 2024-11"),
    (12, CreditFactKind.DECLINED, "2021-05-10", "因出国访问谢绝上届评审任务。", "本人邮件 2021-05-10"),
)
"""Expert, kind, day, what happened, its source: of the years before this edition."""
ACCEPTING = (1, 2, 3, 4, 5, 6)
DECLINING = {59: (DeclineKind.PROFESSIONAL, ""), 118: (DeclineKind.OTHER, "届时在国外讲学。")}
SILENT = (7, 8, 9)
TAKEN_BACK = 10
ROUND_BONUS = {"paper": 0, "site": 3, "defence": 5}


def import_pool(edition: Edition) -> None:
    office = cast.as_role(Role.OFFICE)
    preview = experts.preview_import(office, filename="评审专家库.xlsx", content=pool_workbook())
    experts.apply_import(office, preview)
    head = db.session.scalars(select(Expert).where(Expert.email == email(Role.HEAD))).one()
    panels.appoint_head(office, edition, head)
    record_interests(office, edition)
    record_facts(office)
    confirm_some()


def record_facts(office: Actor) -> None:
    """Some facts of the years before, one of them about the demo's own expert; none of them keeps anybody from a draw."""
    for number, kind, happened_on, text, source in FACTS:
        expert = _numbered(number)
        day = date.fromisoformat(happened_on)
        experts.record_fact(office, expert, kind, happened_on=day, text=text, source=source)


def invite_pool(edition: Edition, due_on: date) -> None:
    """Some are asked and answer. Who declines was away before and said to be back: for the draw he is as he was."""
    office = cast.as_role(Role.OFFICE)
    for number in DECLINING:
        back = _numbered(number)
        experts.edit_expert(office, back, {"available": "是"}, version=back.version)
    asked = {number: _numbered(number) for number in (*ACCEPTING, *DECLINING, *SILENT, TAKEN_BACK)}
    made = experts.invite_experts(office, edition, list(asked.values()), due_on=due_on)
    invitations = dict(zip(asked, made, strict=True))
    for number in ACCEPTING:
        known = entry_of(asked[number])
        limits = experts.Limits(known.max_load, "中文", "")
        experts.accept(cast.as_expert(asked[number].id), invitations[number], limits, is_pledged=True)
    for number, (kind, text) in DECLINING.items():
        experts.decline(cast.as_expert(asked[number].id), invitations[number], kind, text)
    experts.remind(office, [invitations[number] for number in SILENT[:1]])
    experts.withdraw_invitation(office, invitations[TAKEN_BACK], reason="邮箱登记有误，核实后另行邀请。")


def _numbered(number: int) -> Expert:
    return db.session.scalars(select(Expert).where(Expert.number == f"E{number:03d}")).one()


def confirm_some() -> None:
    """Every third expert has looked at what the pool knows of him; the demo's own still have it to do."""
    for number in range(len(ACCOUNTS), POOL_SIZE, 3):
        expert = _numbered(number)
        experts.confirm_own(cast.as_expert(expert.id), expert)


def record_interests(office: Actor, edition: Edition) -> None:
    """Interests of several kinds; those that still bar are of experts whom the out-of-region rule keeps away as well."""
    for number, dossier, kind, note, since, until in INTERESTS:
        expert = _numbered(number)
        named = f"{edition.code}-{dossier:03d}"
        of_edition = select(Application).where(Application.edition_id == edition.id, Application.number == named)
        began, ended = (date.fromisoformat(day) if day else None for day in (since, until))
        interest = panels.Interest(kind, note, began, ended)
        panels.record_conflict(office, expert, db.session.scalars(of_edition).one(), interest)


def draw_round(round_: Round, *, together: Sequence[PairWish] = ()) -> None:
    """The whole ceremony within one step of the story: committed in the morning, drawn and unsealed at noon."""
    office, noon = cast.as_role(Role.OFFICE), clock.now()
    with clock.fixed(noon - timedelta(hours=3)):
        draw = panels.start_draw(office, round_)
        panels.choose_aims(office, draw, FEW_READ_MUCH, version=draw.version)
        for number in BUSY_ELSEWHERE.get(round_.key, ()):
            panels.leave_out(office, draw, f"E{number:03d}", reason=BUSY, version=draw.version)
        for wish in together:
            panels.keep_together(office, draw, wish, version=draw.version)
        terms = panels.Terms(SOURCE, noon - timedelta(minutes=30), noon - timedelta(minutes=10), noon)
        panels.commit(office, draw, terms, system=_secret_of_demo(round_))
        panels.promise_hash(cast.as_role(Role.SUPERVISOR), draw, commitment(SUPERVISORS_WORDS, SUPERVISORS_NONCE))
    value = Stream(f"{round_.edition.code} {round_.key}".encode(), "demo dice")
    thrown = " ".join(str(1 + value.below(6)) for _throw in range(DICE))
    panels.record_public_value(office, draw, thrown, again=thrown, witnesses=WITNESSES)
    for party in draw.parties:
        if party.key == Role.SUPERVISOR:
            panels.reveal(cast.as_role(Role.SUPERVISOR), draw, party, SUPERVISORS_WORDS, nonce=SUPERVISORS_NONCE)
    panels.draw_panels(office, draw)
    panels.publish_draw(office, draw)


def _secret_of_demo(round_: Round) -> panels.SystemSecret:
    """Fixed, so that a demonstration comes out alike everywhere; a real draw takes 256 fresh bits."""
    stream = Stream(f"{round_.edition.code} {round_.key}".encode(), "demo secret")
    return panels.SystemSecret(stream.bytes(32).hex(), stream.bytes(16).hex(), stream.bytes(32).hex())


def assignments(round_: Round, *states: AssignmentState) -> list[Assignment]:
    found = select(Assignment).where(Assignment.round_id == round_.id, Assignment.state.in_(states))
    return list(db.session.scalars(found.order_by(Assignment.application_id, Assignment.id)))


def practise_all(round_: Round) -> None:
    """Every expert scores the practice cases, each a little kinder or stricter than the model answer."""
    cases = practice_cases.cases_of(round_.edition)
    people = {assignment.expert_id for assignment in assignments(round_, AssignmentState.WAITING)}
    for expert_id in sorted(people):
        expert = cast.as_expert(expert_id)
        lean = Stream(f"practice {expert.name}".encode(), "demo").below(5) - 2
        for shipped in cases:
            sheet = practice.begin(expert, round_.edition, shipped)
            answers = {
                item.code: practice.Answered(_near(item.model, lean, n)) for n, item in enumerate(shipped.case.items)
            }
            practice.save(expert, sheet, answers)
            practice.finish(expert, sheet)


def _near(model: int, lean: int, place: int) -> int:
    return min(100, max(0, model + 5 * (lean + place % 3 - 1)))


def declare_all(round_: Round, *, except_for: frozenset[int] = frozenset()) -> None:
    for assignment in assignments(round_, AssignmentState.WAITING):
        if assignment.id not in except_for:
            panels.declare_clear(cast.as_expert(assignment.expert_id), assignment, text=panels.PLEDGE_VERSION)


def score_all(round_: Round, *, except_for: frozenset[int] = frozenset(), half: frozenset[int] = frozenset()) -> None:
    """Fill and submit the sheets of a round; those in `half` are filled half and stay drafts."""
    quality = {each.name: each.quality for each in applicants()}
    rulebook = rulebook_of(round_.edition)
    sheets = select(ScoreSheet).where(ScoreSheet.round_id == round_.id, ScoreSheet.state == ScoreSheetState.DRAFT)
    for sheet in db.session.scalars(sheets.order_by(ScoreSheet.id)).all():
        if sheet.assignment_id in except_for:
            continue
        expert = cast.as_expert(sheet.expert_id)
        dossier = sheet.assignment.application
        items = rulebook.criteria_for(dossier.group_key).items
        kept = items[: len(items) // 2] if sheet.assignment_id in half else items
        level = quality[dossier.name] + ROUND_BONUS[round_.key]
        scoring.save_items(expert, sheet, judgements(sheet, kept, level))
        if sheet.assignment_id not in half:
            scoring.submit(expert, sheet)


def judgements(sheet: ScoreSheet, items: Iterable[Item], level: int) -> dict[str, Judgement]:
    """What one expert says: the dossier's level, the expert's own severity, and a little noise, in steps of 5 %."""
    severity = Stream(f"severity {sheet.assignment.expert.number}".encode(), "demo").below(13) - 6
    stream = Stream(f"{sheet.assignment.expert.number} {sheet.assignment.application.name}".encode(), "demo scores")
    versions = {item.item_code: item.version for item in sheet.items}
    before = earlier.before(rulebook_of(sheet.round.edition).round(sheet.round.key), sheet)
    said = {
        item.code: Judgement(
            _percent(level + severity + stream.below(17) - 8),
            strengths=texts.STRENGTHS[stream.below(len(texts.STRENGTHS))],
            improvements=texts.IMPROVEMENTS[stream.below(len(texts.IMPROVEMENTS))],
            version=versions[item.code],
        )
        for item in items
    }
    return {code: _explained(each, before.get(code)) for code, each in said.items()}


def _explained(said: Judgement, before: Before | None) -> Judgement:
    changed = before is not None and said.percent != before.standing
    return replace(said, reason=texts.SEEN_ON_SITE) if changed else said


def _percent(level: int) -> int:
    return max(0, min(100, round(level / STEP) * STEP))


def close_and_rank(round_: Round, *, confirm: bool) -> Ranking:
    office = cast.as_role(Role.OFFICE)
    scoring.close_round(office, round_)
    computed = ranking.compute(office, round_)
    if confirm:
        ranking.confirm(office, computed)
    return computed


def whole_round(round_: Round) -> None:
    draw_round(round_)
    declare_all(round_)
    if round_.kind == RoundKind.SITE:
        site.visit_all(round_)
    if round_.kind == RoundKind.DEFENCE:
        hearing.hear_all(round_)
    score_all(round_)
    if round_.kind == RoundKind.DEFENCE:
        hearing.end_all(round_)
    table.settle_all(round_)
    close_and_rank(round_, confirm=True)


def confirmed_final(edition: Edition) -> Ranking:
    wanted = select(Ranking).where(
        Ranking.edition_id == edition.id, Ranking.is_final, Ranking.state == RankingState.CONFIRMED
    )
    return db.session.scalars(wanted).one()


def appoint_committee(edition: Edition) -> None:
    for number, address in enumerate(cast.committee_addresses(), start=1):
        name = ACCOUNTS[Role.COMMITTEE] if number == 1 else f"第{number}委员示例"
        user = accounts.invite(cast.FOUNDER, email=address, name=name, role=Role.COMMITTEE, edition_id=edition.id)
        decisions.add_member(cast.as_role(Role.OFFICE), edition, user, post="评审委员会委员")


def open_session(edition: Edition, held_at: datetime) -> CommitteeSession:
    """Convened, everybody present, one recusal, voting open."""
    office = cast.as_role(Role.OFFICE)
    session = decisions.convene(office, confirmed_final(edition), held_at=held_at, place="太原市示例会议中心")
    members = members_of(edition.id)
    decisions.record_attendance(office, session, [member.id for member in members])
    last = cast.as_person(list(cast.committee_addresses())[-1])
    first_ranked = session.ranking.rows[0].application
    decisions.recuse(last, session, first_ranked, reason="曾任该单位独立董事。")
    decisions.open_voting(office, session)
    return session


def vote_all(session: CommitteeSession, *, except_for: frozenset[str] = frozenset()) -> None:
    """Every member votes along the official lines, each with a dissent of his own."""
    for number, address in enumerate(cast.committee_addresses()):
        if address not in except_for:
            member = cast.as_person(address)
            decisions.vote(member, session, _choices(session, member.user_id or 0, number))


def _choices(session: CommitteeSession, user_id: int, number: int) -> dict[int, str]:
    return {
        paper.application_id: "abstain" if place % 11 == number else paper.line or "reject"
        for place, paper in enumerate(decisions.voting_papers(session, user_id))
    }


def close_session(session: CommitteeSession) -> None:
    office = cast.as_role(Role.OFFICE)
    decisions.count(office, session)
    decisions.close(office, session, reason=DEPARTURE if standing(session).needs_reason else "")


def publish_notice(session: CommitteeSession) -> Notice:
    office = cast.as_role(Role.OFFICE)
    notice = notices.draft(office, session)
    notices.publish(office, notice)
    return notice


def conclude(edition: Edition, notice: Notice, approved_on: datetime) -> None:
    office = cast.as_role(Role.OFFICE)
    outcomes.record_approval(office, notice, document="晋政函〔示例〕1号", approved_on=approved_on.date())
    outcomes.publish(office, edition)
