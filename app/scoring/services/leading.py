"""What leaders and the office do for a round on its way: remind, give a sheet back. Neither ever touches a score."""

from collections.abc import Collection, Iterable
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.audit import services as audit
from app.experts.models import Expert
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import NotReady, WrongState
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.panels import letters as mail
from app.policy import demand
from app.programmes.models import Round
from app.scoring import letters, queries, rules
from app.scoring.models import ScoreSheet
from app.scoring.services.sheets import demand_open_round

SEEN_OTHERS = Message(N_("这位专家已经看过同一申报的其他评分，自己的独立评分从此不再改动，不能退回。"))
NOBODY = Message(N_("所选专家都已提交，或不在您的组里，没有可以提醒的人。请刷新页面再看。"))


# --- reminded -----------------------------------------------------------------------------------------------------


def to_remind(actor: Actor, round_: Round) -> list[rules.Count]:
    """The experts from whom something is still to come, as far as the actor watches them."""
    counts = rules.by_expert(queries.seats(round_.id, watched_by=actor))
    return [count for count in counts if count.waiting_for]


def remind(actor: Actor, round_: Round, expert_ids: Collection[int], *, note: str = "") -> int:
    """One mail to each of them, with the number of sheets that are missing; how many were written to."""
    demand(actor, "progress.remind", round_)
    demand_open_round(round_)
    chosen = _chosen(to_remind(actor, round_), expert_ids)
    experts = db.session.scalars(select(Expert).where(Expert.id.in_(chosen)).order_by(Expert.number)).all()
    for expert in experts:
        missing = len(chosen[expert.id].waiting_for)
        mail.tell("progress.remind", expert, letters.REMINDER, round_.edition, **_said(round_, note), n=missing)
    detail = {"experts": [expert.number for expert in experts], "note": note}
    audit.record(actor, "progress.remind", round_, detail=detail)
    return len(experts)


def _chosen(counts: Iterable[rules.Count], expert_ids: Collection[int]) -> dict[int, rules.Count]:
    chosen = {count.first.expert_id: count for count in counts if count.first.expert_id in expert_ids}
    if not chosen:
        raise NotReady([NOBODY])
    return chosen


def reminder(round_: Round, note: str = "") -> str:
    """The mail as it is read before it is sent."""
    values = {"name": letters.NAME, "n": letters.SOME, **_said(round_, note)}
    return "\n\n".join(mail.written(letters.REMINDER, round_.edition, values))


def _said(round_: Round, note: str) -> dict[str, object]:
    due = queries.due_of(round_)
    moment = f"{due.astimezone(ZoneInfo(round_.edition.time_zone)):%Y-%m-%d %H:%M}" if due else "—"
    return {"round": round_.name, "due": moment, "note": letters.note_of(note)}


# --- given back ---------------------------------------------------------------------------------------------------


def reopen(actor: Actor, sheet: ScoreSheet, *, reason: str) -> None:
    """Give a submitted sheet back to its expert, who is told why; what was submitted before stays on record."""
    demand(actor, "score_sheet.reopen", sheet)
    _give_back(actor, "score_sheet.reopen", sheet, reason)
    _tell(sheet, "score_sheet.reopen", letters.REOPENED)


def send_back(actor: Actor, sheet: ScoreSheet, *, reason: str) -> None:
    """The leader asks for missing comments: the texts may be completed, the scores stay as they were handed in."""
    demand(actor, "score_sheet.send_back", sheet)
    _give_back(actor, "score_sheet.send_back", sheet, reason)
    sheet.comments_only = True
    _tell(sheet, "score_sheet.send_back", letters.SENT_BACK)


def _give_back(actor: Actor, action: str, sheet: ScoreSheet, reason: str) -> None:
    demand_open_round(sheet.round)
    if queries.has_seen_others(sheet):
        raise WrongState(SEEN_OTHERS)
    advance(sheet, action, actor, reason=reason)
    sheet.submitted_at, sheet.receipt_digest, sheet.abstained_for = None, "", ""
    sheet.returned_at, sheet.returned_for = clock.now(), reason.strip()


def _tell(sheet: ScoreSheet, action: str, letter: mail.Letter) -> None:
    db.session.flush()
    seat = sheet.assignment
    values = {"number": seat.application.number, "reason": sheet.returned_for}
    mail.tell(action, seat.expert, letter, seat.round.edition, **values)
