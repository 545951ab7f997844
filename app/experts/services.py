"""Use cases of the expert pool: import in two steps (preview, apply), and editing one expert."""

import hashlib
from collections.abc import Mapping
from typing import Any

from app.accounts import services as accounts
from app.accounts.models import User
from app.accounts.queries import find_by_email
from app.audit import services as audit
from app.experts import queries
from app.experts.models import Expert, ExpertIndustry, ExpertKind, ExpertRegion, ExpertRegionKind, PoolImport
from app.experts.rules import (
    BY_KEY,
    CHANGED,
    NEW,
    REFUSED,
    ExpertEntry,
    RowVerdict,
    TableRefused,
    examine,
    examine_again,
)
from app.experts.spreadsheet import read_table
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady, Stale
from app.kernel.words import N_, Message
from app.lifecycle import advance
from app.policy import demand

FORM_SOURCE = N_("秘书处登记")


def preview_import(actor: Actor, *, filename: str, content: bytes) -> PoolImport:
    """Read the file and keep what it would do; the pool is not touched."""
    demand(actor, "pool_import.create")
    try:
        preview = examine(read_table(filename, content), queries.pool_facts())
    except TableRefused as refused:
        raise Invalid(refused.message, field="file") from refused
    pool_import = PoolImport(
        filename=filename[-200:],
        digest=hashlib.sha256(content).hexdigest(),
        uploaded_by=actor.user_id or 0,
        uploaded_at=clock.now(),
        rows=[_stored(row) for row in preview.rows],
        counts={**preview.counts, "ignored": list(preview.ignored)},
    )
    db.session.add(pool_import)
    db.session.flush()
    audit.record(actor, "pool_import.create", pool_import, detail=_told(pool_import))
    return pool_import


def apply_import(actor: Actor, pool_import: PoolImport, *, without_refused: bool = False) -> None:
    """Take every good row into the pool, or none: rows are judged again against the pool of today.

    Refused rows are left out only by explicit choice. New experts get their account and the role.
    """
    demand(actor, "pool_import.apply", pool_import)
    if pool_import.counts[REFUSED] and not without_refused:
        text = N_("有 %(n)s 行被拒绝。请改正文件后重新上传，或者勾选“只导入其余各行”。")
        raise NotReady([Message(text, {"n": pool_import.counts[REFUSED]})])
    good = _judged_again(pool_import)
    advance(pool_import, "pool_import.apply", actor, detail=_told(pool_import))
    for row in good:
        if row.entry is not None and row.verdict in (NEW, CHANGED):
            _take(actor, row.entry, source=pool_import.filename)
    db.session.flush()


def discard_import(actor: Actor, pool_import: PoolImport) -> None:
    advance(pool_import, "pool_import.discard", actor)


def edit_expert(actor: Actor, expert: Expert, texts: Mapping[str, str], *, version: int) -> None:
    """Change one expert by hand, under the same rules as a row of an import."""
    demand(actor, "expert.edit", expert)
    old = queries.entry_of(expert)
    if version != expert.version:
        stored = {BY_KEY[key].name.zh: _plain(getattr(old, key)) for key in texts}
        typed = {BY_KEY[key].name.zh: text for key, text in texts.items()}
        raise Stale(stored=stored, typed=typed, current_version=expert.version)
    (row,) = examine_again([(0, {**texts, "number": expert.number})], queries.pool_facts()).rows
    if row.entry is None:
        raise RowInvalid(row)
    _fill(expert, row.entry, source=FORM_SOURCE)
    db.session.flush()
    audit.record(actor, "expert.edit", expert, detail={c.column: [_plain(c.old), _plain(c.new)] for c in row.changes})


class RowInvalid(Invalid):
    """Every fault of a form at once: `reasons` holds one for each column."""

    def __init__(self, row: RowVerdict) -> None:
        super().__init__(row.reasons[0].text, field=row.reasons[0].column)
        self.reasons = row.reasons


def _plain(value: object) -> str:
    return ";".join(value) if isinstance(value, tuple) else str(value)


def _stored(row: RowVerdict) -> dict[str, Any]:
    reasons = [{"column": r.column, "text": r.text.text, "values": dict(r.text.values)} for r in row.reasons]
    changes = [{"column": c.column, "old": _listed(c.old), "new": _listed(c.new)} for c in row.changes]
    number = row.texts.get("number", "")
    return {
        "row": row.row,
        "number": number,
        "verdict": row.verdict,
        "texts": dict(row.texts),
        "reasons": reasons,
        "changes": changes,
    }


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _told(pool_import: PoolImport) -> dict[str, Any]:
    return {"filename": pool_import.filename, "digest": pool_import.digest, **pool_import.counts}


def _judged_again(pool_import: PoolImport) -> tuple[RowVerdict, ...]:
    """The good rows, if they would still do exactly what the preview said."""
    shown = [row for row in pool_import.rows if row["verdict"] != REFUSED]
    preview = examine_again([(row["row"], row["texts"]) for row in shown], queries.pool_facts())
    if [_stored(row) for row in preview.rows] != shown:
        raise NotReady(
            [Message(N_("预览之后专家库有了变化，这次预览已经过时，什么都没有导入。请放弃它，重新上传文件。"))]
        )
    return preview.rows


def _take(actor: Actor, entry: ExpertEntry, *, source: str) -> None:
    expert = queries.find_by_number(entry.number)
    if expert is None:
        expert = _new_expert(entry)
    _fill(expert, entry, source=source)
    if expert.user_id is None:
        user = accounts.account_for(entry.email, entry.name)
        expert.user_id = user.id
        accounts.grant_by_stage(actor, "pool_import.apply", user, Role.EXPERT, expert_id=expert.id)


def _new_expert(entry: ExpertEntry) -> Expert:
    expert = Expert(
        number=entry.number,
        name=entry.name,
        email=entry.email,
        kind=ExpertKind(entry.kind),
        employer=entry.employer,
        created_at=clock.now(),
    )
    db.session.add(expert)
    db.session.flush()
    return expert


def _fill(expert: Expert, entry: ExpertEntry, *, source: str) -> None:
    if expert.user_id is not None and expert.email != entry.email:
        _move_account(expert.user_id, entry)
    for name in ("name", "email", "title", "specialty", "employer", "employer_code"):
        setattr(expert, name, getattr(entry, name))
    expert.kind = ExpertKind(entry.kind)
    expert.may_lead, expert.max_load, expert.available = entry.may_lead, entry.max_load, entry.available
    _set_regions(expert, entry, source)
    known = {industry.division: industry for industry in expert.industries}
    expert.industries = [known.get(code) or ExpertIndustry(division=code) for code in entry.industries]
    db.session.flush()


def _move_account(user_id: int, entry: ExpertEntry) -> None:
    """The pool's address is the one that the expert signs in with."""
    user = db.session.get_one(User, user_id)
    if find_by_email(entry.email) not in (None, user):
        raise Invalid(Message(N_("这个邮箱已是别人的账号，不能用作这位专家的邮箱。请换一个邮箱。")), field="email")
    user.email = entry.email


def _set_regions(expert: Expert, entry: ExpertEntry, source: str) -> None:
    """A region that stays keeps its own source and date."""
    known = {(region.kind, region.region_code): region for region in expert.regions}
    wanted = [
        (ExpertRegionKind.EMPLOYER, entry.employer_region),
        (ExpertRegionKind.RESIDENCE, entry.residence_region),
        *((ExpertRegionKind.FORMER_EMPLOYER, code) for code in entry.former_regions),
    ]
    expert.regions = [
        known.get((kind, code)) or ExpertRegion(kind=kind, region_code=code, source=source[:200])
        for kind, code in wanted
    ]
