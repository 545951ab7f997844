"""Feedback reports: drafted for a whole edition, edited by a second person, approved, typeset by the clock, released together."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import lifecycle
from app.accounts.models import User
from app.applications.models import RELEASED, Application
from app.audit import services as audit
from app.kernel import clock, files, outbox
from app.kernel.actor import Actor
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import Invalid, NotFound, NotReady, Stale
from app.kernel.typesetting import typeset
from app.kernel.words import N_, Message
from app.outcomes.feedback import queries, rules
from app.outcomes.feedback.models import FeedbackItem, FeedbackReport
from app.policy import demand
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from app.workflow import FeedbackState

TEMPLATE = Path(__file__).parent / "papers" / "feedback.typ"
LARGEST_PDF = 20 * files.MEGABYTE
BROKEN = N_("排版时出了意外的错误，没有生成 PDF。请退回再编辑后重新批准；仍然不行时请联系系统运维员。")
TYPESETTER = Actor.system("feedback")


# --- drafted ------------------------------------------------------------------------------------------------------


def missing_for_drafts(edition: Edition) -> list[Message]:
    checks = (
        (
            edition.state not in RELEASED and queries.has_open_round(edition.id),
            Message(N_("还有评审轮次没有结束，意见没有收齐。")),
        ),
        (not queries.unreported(edition.id), Message(N_("没有评过分而还没有反馈报告的申报。"))),
    )
    return [sentence for failed, sentence in checks if failed]


def draft_all(actor: Actor, edition: Edition) -> int:
    """One draft for every scored dossier that has none, from what its panels and experts wrote, without their names."""
    demand(actor, "feedback_report.draft")
    if missing := missing_for_drafts(edition):
        raise NotReady(missing)
    scored = queries.unreported(edition.id)
    remarks, names = queries.remarks_of(edition.id), queries.names_of_experts(edition.id)
    percents = {key: queries.percents_of(*key) for key in {(each.round_id, each.criteria_key) for each in scored}}
    for each in scored:
        own = percents[each.round_id, each.criteria_key].get(each.application_id, {})
        _draft(actor, edition, each, _items(own, remarks[each.application_id], names))
    return len(scored)


def _draft(actor: Actor, edition: Edition, scored: queries.Scored, items: Mapping[str, FeedbackItem]) -> None:
    report = FeedbackReport(
        edition_id=edition.id,
        application_id=scored.application_id,
        round_id=scored.round_id,
        criteria_key=scored.criteria_key,
        drafted_by=actor.user_id or 0,
        drafted_at=clock.now(),
    )
    codes = rulebook_of(edition).criteria(scored.criteria_key).item_codes
    report.items = [items[code] for code in codes if code in items]
    for place, item in enumerate(report.items, start=1):
        item.position = place
    db.session.add(report)
    db.session.flush()
    audit.record(actor, "feedback_report.draft", report, after=report.state)


def _items(own: rules.Percents, remarks: queries.Remarks, names: Sequence[str]) -> dict[str, FeedbackItem]:
    return {
        code: _item(code, percent, *(rules.gathered(texts, names) for texts in remarks[code]))
        for code, percent in own.items()
    }


def _item(code: str, percent: int, strengths: str, improvements: str) -> FeedbackItem:
    """What the editor begins with is what was drafted."""
    return FeedbackItem(
        item_code=code,
        position=0,
        percent=percent,
        drafted_strengths=strengths,
        drafted_improvements=improvements,
        strengths=strengths,
        improvements=improvements,
    )


# --- edited -------------------------------------------------------------------------------------------------------

Texts = Mapping[str, str]


def save_item(actor: Actor, report: FeedbackReport, code: str, texts: Texts, *, version: int) -> None:
    """The editor's words on one item (`strengths`, `improvements`). The same content sent twice is stored once; a stale
    one answers with both texts."""
    demand(actor, "feedback_report.edit", report)
    item = queries.item_for_writing(report, code)
    if item is None:
        raise NotFound
    if _write(item, texts, version=version, limit=rules.TEXT_LIMIT):
        _note_editor(actor, report)
        audit.record(actor, "feedback_report.edit", report, detail={"item": code})


def save_summary(actor: Actor, report: FeedbackReport, text: str, *, version: int) -> None:
    demand(actor, "feedback_report.edit", report)
    if _write(report, {"summary": text}, version=version, limit=rules.SUMMARY_LIMIT):
        _note_editor(actor, report)
        audit.record(actor, "feedback_report.edit", report, detail={"item": ""})


def _write(row: FeedbackItem | FeedbackReport, texts: Texts, *, version: int, limit: int) -> bool:
    """Whether anything changed."""
    for name, text in texts.items():
        if len(text) > limit:
            raise Invalid(Message(N_("文字超出了字数限制。")), field=name)
    stored = {name: getattr(row, name) for name in texts}
    if stored == dict(texts):
        return False
    if row.version != version:
        raise Stale(stored=stored, typed=dict(texts), current_version=row.version)
    for name, text in texts.items():
        setattr(row, name, text)
    return True


def _note_editor(actor: Actor, report: FeedbackReport) -> None:
    report.editors = sorted({*report.editors, actor.user_id})
    report.edited_by, report.edited_at = actor.user_id, clock.now()


def missing_for_handing_over(report: FeedbackReport) -> list[Message]:
    empty = tuple(item.item_code for item in report.items if not (item.strengths or item.improvements))
    checks = (
        (not report.summary, Message(N_("还没有写总体评语。"))),
        (bool(empty), Message(N_("这些条款既没有优势也没有改进机会：%(codes)s。"), {"codes": empty})),
    )
    return [sentence for failed, sentence in checks if failed]


def hand_over(actor: Actor, report: FeedbackReport) -> None:
    """The editor answers for the text; it goes to a person who has not edited it."""
    demand(actor, "feedback_report.hand_over", report)
    if missing := missing_for_handing_over(report):
        raise NotReady(missing)
    _note_editor(actor, report)
    lifecycle.advance(report, "feedback_report.hand_over", actor)


def send_back(actor: Actor, report: FeedbackReport, *, reason: str) -> None:
    """To be edited again; what was approved, and the file made of it, holds no longer."""
    lifecycle.demand_step(report, "feedback_report.send_back", actor)
    if not reason.strip():
        raise Invalid(Message(N_("请写明退回的理由。")), field="reason")
    lifecycle.advance(report, "feedback_report.send_back", actor, reason=reason.strip())
    report.approved_by = report.approved_at = None
    report.content, report.digest, report.pdf_sha256, report.problem = {}, "", "", ""


# --- approved and typeset -----------------------------------------------------------------------------------------


def approve(actor: Actor, report: FeedbackReport) -> None:
    """Freeze what the report says, with its digest; the clock makes the file."""
    lifecycle.demand_step(report, "feedback_report.approve", actor)
    report.content = compose(report)
    report.digest = digest(report.content)
    report.approved_by, report.approved_at = actor.user_id, clock.now()
    lifecycle.advance(report, "feedback_report.approve", actor, detail={"digest": report.digest})


def compose(report: FeedbackReport) -> dict[str, Any]:
    """What the report says as things stand: the preview, and what approval freezes."""
    criteria, dossier = queries.criteria_of(report), report.application
    own, others = queries.others_of(report)
    score = queries.official_score(dossier.id)
    rulebook = rulebook_of(report.edition)
    about = {
        "award": {"zh": rulebook.name.zh, "en": rulebook.name.en},
        "edition": {"zh": report.edition.title_zh, "en": report.edition.title_en},
        "organiser": {"zh": rulebook.organiser.zh, "en": rulebook.organiser.en},
        "number": dossier.number,
        "name": dossier.name,
        "round": {"zh": report.round.name.zh, "en": report.round.name.en},
        "others": len(others),
        "summary": report.summary.splitlines(),
    }
    texts = [rules.Texts(each.item_code, each.percent, each.strengths, each.improvements) for each in report.items]
    band = None if score is None else rules.band_of(score, criteria.points)
    return rules.content_of(about, criteria, texts, band=band, lines=rules.profile(own, others, criteria))


@dataclass(frozen=True)
class Typeset:
    report_id: int
    digest: str
    content: dict[str, Any]
    pdf: bytes = b""


def prepare(report_id: int) -> Typeset:
    report = db.session.get_one(FeedbackReport, report_id)
    return Typeset(report.id, report.digest, report.content)


def work_out(waiting: Typeset) -> Typeset:
    """No database: the report's file."""
    return Typeset(waiting.report_id, waiting.digest, waiting.content, pdf_of(waiting.content, waiting.digest))


def pdf_of(content: Mapping[str, Any], sealed: str) -> bytes:
    return typeset(TEMPLATE, {"report": content, "digest": sealed})


def keep(made: Typeset) -> None:
    """Unless it was sent back in the meantime."""
    report = db.session.get_one(FeedbackReport, made.report_id)
    demand(TYPESETTER, "feedback_report.typeset", report)
    if (report.state, report.digest) != (FeedbackState.APPROVED, made.digest):
        return
    stored = files.store().put(io.BytesIO(made.pdf), limit=LARGEST_PDF, check=lambda _path: None)
    report.pdf_sha256 = stored.sha256
    audit.record(TYPESETTER, "feedback_report.typeset", report, detail={"sha256": stored.sha256})


def note_trouble(report_id: int) -> None:
    """Said in the office's list: without its file no report is released."""
    db.session.get_one(FeedbackReport, report_id).problem = BROKEN


# --- released -----------------------------------------------------------------------------------------------------


def missing_for_release(edition: Edition) -> list[Message]:
    """Everybody gets the report on the same day, after the result."""
    progress = queries.progress(edition.id)
    unapproved = progress.counts.get(FeedbackState.DRAFTED, 0) + progress.counts.get(FeedbackState.EDITED, 0)
    without = len(queries.unreported(edition.id))
    checks = (
        (edition.state not in RELEASED, Message(N_("本届结果还没有全部公布。反馈报告在结果公布之后发给申报者。"))),
        (not progress.counts.get(FeedbackState.APPROVED), Message(N_("没有已批准、待发布的反馈报告。"))),
        (without > 0, Message(N_("还有 %(n)s 件评过分的申报没有反馈报告。"), {"n": without})),
        (unapproved > 0, Message(N_("还有 %(n)s 份反馈报告没有批准。"), {"n": unapproved})),
        (
            progress.typeset < progress.approved,
            Message(N_("还有 %(n)s 份反馈报告没有排好版。"), {"n": progress.approved - progress.typeset}),
        ),
    )
    return [sentence for failed, sentence in checks if failed]


def release_all(actor: Actor, edition: Edition) -> int:
    demand(actor, "feedback_report.release")
    if missing := missing_for_release(edition):
        raise NotReady(missing)
    waiting = [each for each in queries.reports(actor, edition.id) if each.state is FeedbackState.APPROVED]
    for report in waiting:
        report.released_at = clock.now()
        lifecycle.advance(report, "feedback_report.release", actor, detail={"sha256": report.pdf_sha256})
        _tell_owner(report.application)
    return len(waiting)


def _tell_owner(dossier: Application) -> None:
    owner = db.session.get_one(User, dossier.owner_id)
    outbox.post(
        "feedback_report.release",
        owner.email,
        subject=f"反馈报告已发布：{dossier.number} / Feedback report: {dossier.number}",
        body=(
            f"{dossier.name}：\n\n{dossier.number} 的评审反馈报告已经发布。请登录后在“我的待办”中查看和下载。\n\n"
            f"The feedback report on {dossier.number} is ready. Sign in and find it under My tasks.\n"
        ),
        edition_id=dossier.edition_id,
    )
