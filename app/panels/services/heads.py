"""The head of panel of an edition: from outside the award's own region, and no candidate."""

from dataclasses import replace

from app.accounts import services as accounts
from app.accounts.models import User
from app.audit import services as audit
from app.experts.models import Expert
from app.kernel.actor import Actor, Role
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.panels import facts, letters, rules
from app.policy import demand
from app.programmes.models import Edition


def appoint_head(actor: Actor, edition: Edition, expert: Expert) -> None:
    """Give the role for this edition, and tell the expert. Every rule that stands against it is named."""
    demand(actor, "head.appoint", edition)
    known = facts.facts_of(expert, facts.known_of(edition), limit=1, load=0)
    anywhere = replace(
        facts.pair_rule(edition), region_level="none"
    )  # of no dossier, so only the award's region counts
    objections = rules.judge(known, rules.DossierFacts("", ()), anywhere, as_leader=True).objections
    if objections:
        raise NotReady([objection.text for objection in objections])
    if expert.user_id is None:
        raise Invalid(Message(N_("这位专家还没有账号。请先通过导入为他建立账号。")), field="expert")
    user = db.session.get_one(User, expert.user_id)
    accounts.grant_by_stage(actor, "head.appoint", user, Role.HEAD, expert_id=expert.id, edition_id=edition.id)
    audit.record(actor, "head.appoint", expert, detail={"edition": edition.code, "expert": expert.number})
    letters.tell("head.appoint", expert, letters.HEAD, edition)
