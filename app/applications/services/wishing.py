"""What an applicant tells only the office before the experts are drawn: whom to keep away, and who works for it."""

from sqlalchemy import func, select

from app.applications.models import Application, AvoidedExpert, StaffList
from app.applications.queries import rulebook_for
from app.applications.rules import typed
from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, Stale
from app.kernel.words import N_, Message
from app.policy import demand

LONGEST_LIST = 20_000
ENOUGH = N_("最多可以请求避开 %(limit)s 名专家，已经写满。请先去掉一名。")
TWICE = N_("已经请求避开这位专家。")


def avoid_expert(actor: Actor, application: Application, *, name: str, employer: str, reason: str) -> AvoidedExpert:
    """Ask for an expert to be kept away, with the reason; the rulebook bounds how many."""
    demand(actor, "avoidance.edit", application)
    plain, limit = typed.one_line(name), rulebook_for(application).panel.avoid_limit
    named = list(db.session.scalars(select(AvoidedExpert.name).where(AvoidedExpert.application_id == application.id)))
    if plain in named:
        raise Invalid(Message(TWICE), field="name")
    if len(named) >= limit:
        raise Invalid(Message(ENOUGH, {"limit": limit}), field="name")
    wish = AvoidedExpert(
        application_id=application.id,
        name=plain,
        employer=typed.one_line(employer),
        reason=typed.paragraph(reason),
        named_at=clock.now(),
    )
    db.session.add(wish)
    db.session.flush()
    audit.record(actor, "avoidance.edit", application, detail={"named": wish.id, "experts": len(named) + 1})
    return wish


def drop_wish(actor: Actor, application: Application, wish: AvoidedExpert) -> None:
    demand(actor, "avoidance.edit", application)
    db.session.delete(wish)
    db.session.flush()
    left = select(func.count()).select_from(AvoidedExpert).where(AvoidedExpert.application_id == application.id)
    audit.record(
        actor, "avoidance.edit", application, detail={"dropped": wish.id, "experts": db.session.scalar(left) or 0}
    )


def save_staff(actor: Actor, application: Application, names: str, *, version: int) -> None:
    """Keep the list of the applicant's people; `version` is the list's own, 0 before it was ever saved."""
    demand(actor, "avoidance.edit", application)
    plain = typed.paragraph(names)
    if len(plain) > LONGEST_LIST:
        raise Invalid(Message(N_("人员名单不能超过 %(limit)s 字。"), {"limit": LONGEST_LIST}), field="names")
    kept = db.session.get(StaffList, application.id)
    stored, current = ("", 0) if kept is None else (kept.names, kept.version)
    if stored == plain:
        return
    if version != current:
        raise Stale(stored={"names": stored}, typed={"names": plain}, current_version=current)
    kept = kept or StaffList(application_id=application.id, updated_at=clock.now())
    kept.names, kept.updated_at = plain, clock.now()
    db.session.add(kept)
    db.session.flush()
    audit.record(actor, "avoidance.edit", application, detail={"staff": len(plain)})
