"""The import of the pool: a file is received, read into a preview, and carried out whole or not at all.

Reading and carrying out come in four parts, so that a job holds no transaction while it thinks: `prepare` reads what is
needed, `judge` works on plain data, `arrange` makes rows as the driver takes them, `settle` writes them if nothing has changed
meanwhile. Small files go through all of it in the request that brings them.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.accounts.many import accounts_of, grants_by_stage
from app.accounts.models import User
from app.accounts.queries import actor_of_user
from app.audit import services as audit
from app.experts import queries
from app.experts.models import Expert, PoolImport, PoolImportRow
from app.experts.rules import (
    CHANGED,
    NEW,
    REFUSED,
    ExpertEntry,
    PoolFacts,
    Preview,
    RowVerdict,
    TableRefused,
    Tell,
    examine,
    examine_again,
    to_nobody,
)
from app.experts.services.writing import Writing, arranged, write
from app.experts.spreadsheet import MOST_BYTES, look_over, read_cells
from app.kernel import clock, files
from app.kernel.actor import Actor, Role
from app.kernel.bulk import Batch, add_batch, alter_rows, batch, many_objects
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.policy import demand
from app.workflow import PoolImportState

READER = Actor.system("pool import")
AT_ONCE_BYTES, AT_ONCE_ROWS = 200_000, 1_000
"""What a request does by itself; anything larger is left to the clock, and the page shows how far it is."""
UNREADABLE = N_("读取时出了意外的错误，专家库没有任何改动。请另存为新的 .xlsx 再上传；仍然不行时请联系系统运维员。")
OVERTAKEN = N_("预览之后专家库有了变化，这次预览已经过时，什么都没有导入。请放弃它，重新上传文件。")

Stored = tuple[int, str, dict[str, Any]]
"""Row number, verdict and content of a row of a stored preview."""


@dataclass(frozen=True)
class Work:
    """All that reading or carrying out an import needs to know; `rows` are those of a stored preview."""

    import_id: int
    state: PoolImportState
    filename: str
    content: bytes
    rows: tuple[Stored, ...]
    pool: PoolFacts
    fingerprint: tuple[int, ...]


@dataclass(frozen=True)
class Arranged:
    """What `settle` is to write: the rows of the preview, or the experts themselves (none where the preview is overtaken)."""

    preview: Preview
    rows: Batch | None = None
    writing: Writing | None = None


# --- asked for by the office --------------------------------------------------------------------------------------


def receive_import(actor: Actor, *, filename: str, content: bytes) -> PoolImport:
    """Keep the file, to be read; whatever could hurt is refused before."""
    demand(actor, "pool_import.create")
    try:
        look_over(filename, content)
    except TableRefused as refused:
        raise Invalid(refused.message, field="file") from refused
    files.store().put(io.BytesIO(content), limit=MOST_BYTES, check=lambda _path: None)
    pool_import = PoolImport(
        filename=filename[-200:],
        digest=hashlib.sha256(content).hexdigest(),
        uploaded_by=actor.user_id or 0,
        uploaded_at=clock.now(),
    )
    db.session.add(pool_import)
    db.session.flush()
    audit.record(actor, "pool_import.create", pool_import, detail=_told(pool_import))
    return pool_import


def preview_import(actor: Actor, *, filename: str, content: bytes) -> PoolImport:
    """Receive a file and read it at once; the pool is not touched."""
    pool_import = receive_import(actor, filename=filename, content=content)
    try:
        carry_on(pool_import)
    except TableRefused as refused:
        raise Invalid(refused.message, field="file") from refused
    return pool_import


def order_import(actor: Actor, pool_import: PoolImport, *, without_refused: bool = False) -> None:
    """The office confirms; refused rows are left out only by explicit choice."""
    demand(actor, "pool_import.apply", pool_import)
    refused = pool_import.counts.get(REFUSED, 0)
    if refused and not without_refused:
        text = N_("有 %(n)s 行被拒绝。请改正文件后重新上传，或者勾选“只导入其余各行”。")
        raise NotReady([Message(text, {"n": refused})])
    pool_import.applied_by, pool_import.problem = actor.user_id, {}
    advance(pool_import, "pool_import.apply", actor, detail=_told(pool_import))


def apply_import(actor: Actor, pool_import: PoolImport, *, without_refused: bool = False) -> None:
    """Confirm and carry out at once: every good row, or none. New experts get their account and the role."""
    order_import(actor, pool_import, without_refused=without_refused)
    carry_on(pool_import)


def discard_import(actor: Actor, pool_import: PoolImport) -> None:
    advance(pool_import, "pool_import.discard", actor)


def is_small(pool_import: PoolImport, size: int = 0) -> bool:
    counts = pool_import.counts
    return size <= AT_ONCE_BYTES and counts.get(NEW, 0) + counts.get(CHANGED, 0) <= AT_ONCE_ROWS


# --- done in the request or by the clock --------------------------------------------------------------------------


def stage_of(pool_import: PoolImport, *, done: int, total: int) -> Message:
    """What the clock is doing with an import, in words."""
    if not total:
        return Message(N_("正在等待处理，通常几秒内开始。"))
    values = {"done": done, "total": total}
    if pool_import.state is PoolImportState.RECEIVED:
        return Message(N_("正在逐行检查：第 %(done)s 行，共 %(total)s 行。"), values)
    if done < total:
        return Message(N_("正在导入：已核对 %(done)s 行，共 %(total)s 行。"), values)
    return Message(N_("已核对全部 %(total)s 行，正在写入专家库。"), {"total": total})


def carry_on(pool_import: PoolImport) -> None:
    work = prepare(pool_import.id)
    settle(work, arrange(work, judge(work)))


@many_objects()
def prepare(import_id: int) -> Work:
    pool_import = db.session.get_one(PoolImport, import_id)
    content = b""
    rows: tuple[Stored, ...] = ()
    if pool_import.state is PoolImportState.RECEIVED:
        with files.store().open(pool_import.digest) as file:
            content = file.read()
    else:
        rows = _good_rows(import_id)
    return Work(
        import_id,
        pool_import.state,
        pool_import.filename,
        content,
        rows,
        queries.pool_facts(),
        queries.fingerprint(),
    )


def _good_rows(import_id: int) -> tuple[Stored, ...]:
    good = (PoolImportRow.import_id == import_id, PoolImportRow.verdict != REFUSED)
    columns = (PoolImportRow.row, PoolImportRow.verdict, PoolImportRow.content)
    found = db.session.execute(select(*columns).where(*good).order_by(PoolImportRow.row))
    return tuple((row, verdict, content) for row, verdict, content in found)


@many_objects()
def judge(work: Work, tell: Tell = to_nobody) -> Preview:
    """No database: what the file says (raises TableRefused), or what its good rows would do today."""
    if work.state is PoolImportState.RECEIVED:
        return examine(read_cells(work.content), work.pool, tell)
    return examine_again([(row, content["texts"]) for row, _verdict, content in work.rows], work.pool, tell)


@many_objects()
def arrange(work: Work, preview: Preview) -> Arranged:
    """No database: what is to be written, ready for the driver."""
    if work.state is PoolImportState.RECEIVED:
        columns = {"import_id": work.import_id}
        rows = [columns | {"row": row.row, "verdict": row.verdict, "content": _stored(row)} for row in preview.rows]
        return Arranged(preview, rows=batch(PoolImportRow, ("import_id", "row", "verdict", "content"), rows))
    if any(map(_differs, preview.rows, work.rows)):
        return Arranged(preview)
    verdicts = [row for row in preview.rows if row.verdict in (NEW, CHANGED)]
    return Arranged(preview, writing=arranged(verdicts, source=work.filename))


@many_objects()
def settle(work: Work, made: Arranged) -> None:
    """Write what was arranged; where the pool has changed in the meantime it is judged again first."""
    if queries.fingerprint() != work.fingerprint:
        return carry_on(db.session.get_one(PoolImport, work.import_id))
    pool_import = db.session.get_one(PoolImport, work.import_id)
    if made.rows is not None:
        return _keep_preview(pool_import, made.rows, made.preview)
    return _take_in(pool_import, made.writing)


def give_up(import_id: int, problem: Message) -> None:
    """Say on the import's page why it could not be read or carried out; the pool is as it was."""
    pool_import = db.session.get_one(PoolImport, import_id)
    pool_import.problem = {"text": problem.text, "values": _plain_values(problem)}
    step = "refuse" if pool_import.state is PoolImportState.RECEIVED else "give_back"
    advance(pool_import, f"pool_import.{step}", READER, reason=str(problem))


def _plain_values(problem: Message) -> dict[str, object]:
    return {key: value if isinstance(value, int) else str(value) for key, value in problem.values.items()}


def _keep_preview(pool_import: PoolImport, rows: Batch, preview: Preview) -> None:
    add_batch(rows)
    pool_import.counts = {**preview.counts, "ignored": list(preview.ignored)}
    advance(pool_import, "pool_import.preview", READER, detail=_told(pool_import))


def _take_in(pool_import: PoolImport, writing: Writing | None) -> None:
    """New experts get their account first and are written with it; of the others whoever has none gets one."""
    if writing is None:
        raise NotReady([Message(OVERTAKEN)])
    actor = actor_of_user(db.session.get_one(User, pool_import.applied_by))
    move_accounts(writing.known)
    users = accounts_of({entry.email: entry.name for entry in writing.fresh})
    ids = write(writing, users)
    own = [(users[entry.email], ids[entry.number]) for entry in writing.fresh]
    grants_by_stage(actor, "pool_import.apply", own, Role.EXPERT)
    _open_accounts(actor, writing.known, ids)
    advance(pool_import, "pool_import.finish", READER, detail=_told(pool_import))


def _differs(row: RowVerdict, stored: Stored) -> bool:
    return stored != (row.row, row.verdict, _stored(row))


def _open_accounts(actor: Actor, entries: Sequence[ExpertEntry], ids: Mapping[str, int]) -> None:
    without = set(db.session.scalars(select(Expert.id).where(Expert.user_id.is_(None))))
    people = [(entry.email, entry.name, ids[entry.number]) for entry in entries if ids[entry.number] in without]
    if not people:
        return
    users = accounts_of({email: name for email, name, _ in people})
    opened = [(users[email], expert_id) for email, _, expert_id in people]
    grants_by_stage(actor, "pool_import.apply", opened, Role.EXPERT)
    alter_rows(Expert, [{"id": expert_id, "user_id": user_id} for user_id, expert_id in opened])


def _stored(row: RowVerdict) -> dict[str, Any]:
    reasons = [{"column": r.column, "text": r.text.text, "values": _plain_values(r.text)} for r in row.reasons]
    changes = [{"column": c.column, "old": _listed(c.old), "new": _listed(c.new)} for c in row.changes]
    return {
        "texts": dict(row.texts),
        "reasons": reasons,
        "changes": changes,
        "typed": dict(row.entry.typed) if row.entry else {},
    }


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _told(pool_import: PoolImport) -> dict[str, Any]:
    return {"filename": pool_import.filename, "digest": pool_import.digest, **pool_import.counts}


def move_account(user_id: int, email: str) -> None:
    """The pool's address is the one that the expert signs in with."""
    taken = db.session.scalar(select(User.id).where(User.email == email, User.id != user_id))
    if taken is not None:
        raise Invalid(Message(N_("这个邮箱已是别人的账号，不能用作这位专家的邮箱。请换一个邮箱。")), field="email")
    db.session.get_one(User, user_id).email = email


def move_accounts(entries: Sequence[ExpertEntry]) -> None:
    """Accounts follow a changed mail address, before the pool is written."""
    tied = select(Expert.number, Expert.user_id, Expert.email).where(Expert.user_id.is_not(None))
    held = {number: (user_id, email) for number, user_id, email in db.session.execute(tied)}
    for entry in entries:
        user_id, email = held.get(entry.number, (None, entry.email))
        if user_id is not None and email != entry.email:
            move_account(user_id, entry.email)
    db.session.flush()
