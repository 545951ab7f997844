"""Files ordered, made, taken along and deleted again; who had what is on record with the digest of the very file."""

from app.audit import services as audit
from app.exports import queries, rules
from app.exports.models import Export
from app.exports.rules import ExportFormat, ExportKind
from app.kernel import clock, files
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import NotFound, NotReady
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.outcomes.letters import queries as letters
from app.policy import demand
from app.programmes.models import Edition, Round
from app.workflow import ExportState

MAKER = Actor.system("exports")
NOTHING = Message(N_("这一轮没有您可以查看的评分表，所以没有可导出的内容。"))
UNEXPECTED = N_("制作中发生意外错误，详情在系统日志里。请再导出一次；仍不成的，请联系系统运维员。")
NO_LETTERS = Message(N_("本届还没有函件，所以没有可导出的内容。"))
NO_LONGER = N_("您已不能查看这些内容，所以没有制作。")

SHEETS_UNDER_WAY = N_("正在制作：已写入 %(done)s 份评分表，共 %(total)s 份。")
UNDER_WAY = {ExportKind.LETTERS: N_("正在制作：已写入 %(done)s 份函件，共 %(total)s 份。")}


def order(
    actor: Actor, round_: Round, kind: ExportKind, suffix: ExportFormat, *, ranking_id: int | None = None
) -> Export:
    """A file for the actor alone; nothing is made of what the actor may not read."""
    demand(actor, "export.order")
    source = queries.of_round(actor, round_) if ranking_id is None else queries.of_ranking(actor, ranking_id)
    if source is None:
        raise NotFound
    if not source.reviewers:
        raise NotReady([NOTHING])
    made = Export(
        user_id=actor.user_id or 0,
        edition_id=round_.edition_id,
        round_id=round_.id,
        ranking_id=ranking_id,
        kind=kind,
        suffix=suffix,
        language=actor.language,
        ordered_at=clock.now(),
        sheets=len(source.reviewers),
    )
    return _ordered(actor, made, {"format": suffix, "round": round_.key, "ranking": ranking_id})


def order_letters(actor: Actor, edition: Edition) -> Export:
    """All letters of an edition in one archive; the clock makes it, however few there are."""
    demand(actor, "export.order")
    demand(actor, "letter.list")
    count = letters.count(edition.id)
    if not count:
        raise NotReady([NO_LETTERS])
    made = Export(
        user_id=actor.user_id or 0,
        edition_id=edition.id,
        kind=ExportKind.LETTERS,
        suffix=ExportFormat.ZIP,
        language=actor.language,
        ordered_at=clock.now(),
        sheets=count,
    )
    return _ordered(actor, made, {"format": ExportFormat.ZIP})


def _ordered(actor: Actor, made: Export, detail: dict[str, object]) -> Export:
    db.session.add(made)
    db.session.flush()
    known = {"kind": made.kind, **detail, "sheets": made.sheets}
    audit.record(actor, "export.order", made, after=made.state, detail=known)
    return made


def is_small(export: Export) -> bool:
    return export.sheets <= rules.MADE_AT_ONCE


def keep(export: Export, *, stored: files.Stored, filename: str, sheets: int) -> None:
    export.sha256, export.size, export.sheets = stored.sha256, stored.size, sheets
    export.filename, export.expires_at = filename, clock.now() + rules.KEPT_FOR
    advance(export, "export.make", MAKER, detail={"sha256": stored.sha256, "bytes": stored.size, "sheets": sheets})


def give_up(export: Export, why: Message) -> None:
    advance(export, "export.fail", MAKER, reason=str(why))


def note_taken(actor: Actor, export: Export) -> None:
    audit.record_look(actor, "export.take", export, detail={"sha256": export.sha256, "file": export.filename})


def expire() -> int:
    """Delete the files whose day is over; the record of who had them stays."""
    outlived = queries.outlived()
    for export in outlived:
        advance(export, "export.expire", MAKER)
    db.session.flush()
    for export in outlived:
        if not queries.is_still_wanted(export.sha256):
            files.passing().remove(export.sha256)
    return len(outlived)


def stage_of(export: Export, *, done: int, total: int) -> Message:
    """What the clock is doing with a file, in words."""
    if export.state is not ExportState.ORDERED:
        return Message(N_("制作已结束。"))
    if not total:
        return Message(N_("正在等待处理，通常几秒内开始。"))
    return Message(UNDER_WAY.get(export.kind, SHEETS_UNDER_WAY), {"done": done, "total": total})
