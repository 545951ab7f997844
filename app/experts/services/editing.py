"""One expert changed by hand, under the same rules as a row of an import."""

from collections.abc import Mapping

from sqlalchemy import update

from app.accounts.erasing import ERASED
from app.audit import services as audit
from app.experts import queries
from app.experts.models import Expert
from app.experts.rules import BY_KEY, ExpertEntry, RowVerdict, examine_one
from app.experts.services.importing import move_accounts
from app.experts.services.writing import write_entries
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady, Stale
from app.kernel.words import N_, Message
from app.policy import demand

FORM_SOURCE = N_("秘书处登记")


class RowInvalid(Invalid):
    """Every fault of a form at once: `reasons` holds one for each column."""

    def __init__(self, row: RowVerdict) -> None:
        super().__init__(row.reasons[0].text, field=row.reasons[0].column)
        self.reasons = row.reasons


def edit_expert(actor: Actor, expert: Expert, texts: Mapping[str, str], *, version: int) -> None:
    """The office changes what the pool knows of one expert."""
    demand(actor, "expert.edit", expert)
    demand_unmerged(expert)
    change_expert(actor, "expert.edit", expert, texts, version=version, source=FORM_SOURCE)


def change_expert(
    actor: Actor, action: str, expert: Expert, texts: Mapping[str, str], *, version: int, source: str
) -> None:
    """What a form says, held against the pool, written and put on record under `action`."""
    old = queries.entry_of(expert)
    if version != expert.version:
        raise _stale(expert, old, texts)
    row = examine_one(texts, old, queries.pool_facts())
    if row.entry is None:
        raise RowInvalid(row)
    move_accounts([row.entry])
    write_entries([row], source=source)
    db.session.expire(expert)
    audit.record(actor, action, expert, detail={c.column: [_plain(c.old), _plain(c.new)] for c in row.changes})


def _stale(expert: Expert, old: ExpertEntry, texts: Mapping[str, str]) -> Stale:
    stored = {BY_KEY[key].name.zh: _plain(getattr(old, key)) for key in texts}
    typed = {BY_KEY[key].name.zh: text for key, text in texts.items()}
    return Stale(stored=stored, typed=typed, current_version=expert.version)


def _plain(value: object) -> str:
    return ";".join(value) if isinstance(value, tuple) else str(value)


def remove_expert(actor: Actor, expert: Expert, *, reason: str) -> None:
    """Out of the pool: no draw finds the expert any more. What he did and what is known of him stays."""
    demand(actor, "expert.remove", expert)
    if expert.removed_at is not None:
        raise NotReady([Message(N_("这位专家已经移出专家库。"))])
    if not reason.strip():
        raise Invalid(Message(N_("请写明理由。")), field="reason")
    expert.removed_at, expert.removal_reason = clock.now(), reason.strip()
    audit.record(actor, "expert.remove", expert, reason=reason.strip())


def restore_expert(actor: Actor, expert: Expert) -> None:
    """Back into the pool, as the expert was."""
    demand(actor, "expert.restore", expert)
    if expert.removed_at is None:
        raise NotReady([Message(N_("这位专家没有被移出，不必恢复。"))])
    demand_unmerged(expert)
    demand_known(expert)
    expert.removed_at, expert.removal_reason = None, ""
    audit.record(actor, "expert.restore", expert)


def demand_known(expert: Expert) -> None:
    """Nobody knows any more who an entry was that has been erased."""
    if expert.email.endswith(ERASED):
        raise NotReady([Message(N_("这位专家的个人信息已按规定删除，不能恢复。请作为新专家登记。"))])


def demand_unmerged(expert: Expert) -> None:
    """An entry that was merged stays as it was on that day."""
    if expert.merged_into is not None:
        text = N_("编号 %(number)s 已并入 %(into)s，不能再改动。请改用 %(into)s。")
        raise NotReady([Message(text, {"number": expert.number, "into": expert.merged_into.number})])


def confirm_own(actor: Actor, expert: Expert) -> None:
    """The expert says once a year that what the pool knows of him is true."""
    demand(actor, "expert.confirm", expert)
    expert.confirmed_at = clock.now()
    audit.record(actor, "expert.confirm", expert)


def note_used(expert_id: int) -> None:
    """A seat of this expert was published: remembered beside the version, so that no open form turns stale."""
    db.session.execute(update(Expert).where(Expert.id == expert_id).values(last_used_on=clock.today()))
