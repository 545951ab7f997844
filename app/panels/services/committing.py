"""Commit – public number – reveal: what has to be public before the draw can be known, in the order of docs/draw.md."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor, Role
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady, Stale
from app.kernel.words import N_, Message
from app.lifecycle import advance, demand_step
from app.panels import ceremonies, ceremony, facts, policies
from app.panels import draw as drawing
from app.panels.ceremony import NONCE_LENGTH, SYSTEM, Opening, commitment
from app.panels.engine import Infeasible
from app.panels.models import PARTIES, Draw, DrawParty
from app.panels.plan import plan_words
from app.panels.planned import plan_of, planned_input, settled
from app.panels.services.finding import find_conflicts
from app.panels.services.refusals import Unstaffable
from app.policy import demand

T = TypeVar("T")
SECRET_BYTES = 32
HEXADECIMAL = re.compile(r"[0-9a-f]{64}")
SHORTEST_SECRET = 6


@dataclass(frozen=True)
class Terms:
    """Named in advance: where the public number comes from, when it will be known, until when secrets are revealed, and
    until when the drawn list stays sealed from everybody who runs the award; None: it may be unsealed once drawn."""

    source: str
    known_at: datetime
    reveal_by: datetime
    unseal_at: datetime | None = None


@dataclass(frozen=True)
class SystemSecret:
    """The system's own part and the key of the codes; fresh ones unless a demonstration or test names its own."""

    secret: str
    nonce: str
    key: str


def fresh_secret() -> SystemSecret:
    return SystemSecret(
        secrets.token_hex(SECRET_BYTES), secrets.token_hex(NONCE_LENGTH // 2), secrets.token_hex(SECRET_BYTES)
    )


def commit(
    actor: Actor, draw: Draw, terms: Terms, *, version: int | None = None, system: SystemSecret | None = None
) -> None:
    """Freeze the input and publish its digest with the system's commitment; from now on nobody can change any of it.

    `version`: of the plan that the page showed. Raises Unstaffable where the rules leave too few experts.
    """
    demand_step(draw, "draw.commit", actor)
    _demand_ready(draw, terms, draw.version if version is None else version)
    find_conflicts(actor, draw.edition)
    own = system or fresh_secret()
    _freeze(draw, own)
    draw.source, draw.known_at, draw.reveal_by = terms.source.strip(), terms.known_at, terms.reveal_by
    draw.unseal_at, draw.committed_at = terms.unseal_at, clock.now()
    promise = commitment(own.secret, own.nonce)
    _add_party(draw, SYSTEM, PARTIES[SYSTEM], promise, nonce=own.nonce, sealed=own.secret)
    told = {"input_digest": draw.input_digest, "codes_digest": draw.codes_digest, "commitment": promise}
    told |= {"policy": plan_of(draw).policy, "marginals_digest": draw.marginals_digest}
    known = {"source": draw.source, "known_at": terms.known_at.isoformat(), "reveal_by": terms.reveal_by.isoformat()}
    known |= {"unseal_at": terms.unseal_at.isoformat()} if terms.unseal_at else {}
    advance(draw, "draw.commit", actor, detail=told | known)


def _demand_ready(draw: Draw, terms: Terms, version: int) -> None:
    if version != draw.version:
        raise Stale(stored=plan_words(plan_of(draw)), typed={}, current_version=draw.version)
    _demand_terms(terms)
    missing = ceremonies.missing_for_commitment(draw)
    if missing:
        raise NotReady(missing)


def _freeze(draw: Draw, own: SystemSecret) -> None:
    plan = settled(plan_of(draw), facts.live_seats(draw.round))
    draw.plan, given = plan.record(), planned_input(draw.round, plan)
    names = ceremony.codes(own.key, [expert.id for expert in given.experts])
    hidden = ceremony.coded(given, names)
    most, chances = _possible(policies.most_possible(hidden)), _possible(drawing.shares(hidden))
    draw.input = drawing.input_record(hidden)
    draw.input_digest = digest(draw.input)
    draw.marginals, draw.marginals_digest = chances, digest(chances) if chances else ""
    draw.measured = policies.cost_expected(hidden, most, chances)
    draw.codes = {"key": own.key, "experts": {code: number for number, code in names.items()}}
    draw.codes_digest = digest(draw.codes)


def _possible(found: T | Infeasible) -> T:
    if isinstance(found, Infeasible):
        raise Unstaffable(found.shortages)
    return found


def _demand_terms(terms: Terms) -> None:
    if not terms.source.strip():
        raise Invalid(Message(N_("请写明公开数取自哪里，例如哪一期开奖号码。")), field="source")
    if terms.known_at <= clock.now():
        raise Invalid(Message(N_("公开数必须在封定之后才能知道。请填写一个将来的时间。")), field="known_at")
    if terms.reveal_by < terms.known_at:
        raise Invalid(Message(N_("揭示期限不能早于公开数的时间。")), field="reveal_by")
    if (terms.unseal_at or terms.known_at) < terms.known_at:
        raise Invalid(Message(N_("名单在抽取之后才能启封，启封时间不能早于公开数的时间。")), field="unseal_at")


def _add_party(draw: Draw, key: str, name: str, promise: str, *, nonce: str = "", sealed: str = "") -> DrawParty:
    party = DrawParty(
        draw_id=draw.id,
        key=key,
        name=name,
        commitment=promise,
        committed_at=clock.now(),
        nonce=nonce,
        sealed=sealed,
    )
    db.session.add(party)
    db.session.flush()
    db.session.expire(draw, ["parties"])
    return party


# --- further parties ----------------------------------------------------------------------------------------------


def own_key(actor: Actor) -> Role:
    """The part an actor plays: the supervisor's own, else the office's."""
    return Role.SUPERVISOR if actor.has(Role.SUPERVISOR) else Role.OFFICE


def promise_secret(actor: Actor, draw: Draw, secret: str) -> DrawParty:
    """Put one's own secret in: only its hash is kept, so that the same words must be typed again at the reveal."""
    if len(ceremony.normal(secret)) < SHORTEST_SECRET:
        raise Invalid(Message(N_("至少 %(n)s 个字，越难猜越好。"), {"n": SHORTEST_SECRET}), field="secret")
    nonce = secrets.token_hex(NONCE_LENGTH // 2)
    return _promise(actor, draw, commitment(secret, nonce), nonce=nonce)


def promise_hash(actor: Actor, draw: Draw, promise: str) -> DrawParty:
    """Put in the hash alone; secret and nonce stay on the party's own paper until the reveal."""
    return _promise(actor, draw, promise)


def promise_for_guest(actor: Actor, draw: Draw, name: str, promise: str) -> DrawParty:
    """The office writes down the hash that somebody without an account, such as a notary, hands over."""
    demand(actor, "draw.invite", draw)
    if not name.strip():
        raise Invalid(Message(N_("请写明这一方的名称。")), field="name")
    guests = sum(party.key.startswith("guest") for party in draw.parties)
    return _kept(actor, draw, f"guest{guests + 1}", name=name.strip(), promise=promise)


def _promise(actor: Actor, draw: Draw, promise: str, *, nonce: str = "") -> DrawParty:
    demand(actor, "draw.promise", draw)
    role = own_key(actor)
    if any(party.key == role.value for party in draw.parties):
        raise Invalid(Message(N_("这一方已经作出承诺，不能更改。")))
    return _kept(actor, draw, role.value, name=PARTIES[role.value], promise=promise, nonce=nonce)


def _kept(actor: Actor, draw: Draw, key: str, *, name: str, promise: str, nonce: str = "") -> DrawParty:
    if not HEXADECIMAL.fullmatch(promise := promise.strip().lower()):
        raise Invalid(Message(N_("承诺值是 64 位十六进制数。请核对。")), field="promise")
    if draw.known_at is None or clock.now() >= draw.known_at:
        raise NotReady([Message(N_("公开数的时间已到，不能再作承诺。"))])
    party = _add_party(draw, key, name, promise, nonce=nonce)
    audit.record(actor, "draw.promise", draw, detail={"party": key, "name": name, "commitment": promise})
    return party


# --- the public number and the reveal -----------------------------------------------------------------------------


def record_public_value(actor: Actor, draw: Draw, value: str, *, again: str, witnesses: str) -> None:
    """Write down the public number before witnesses, typed twice; it cannot be changed afterwards."""
    demand(actor, "draw.witness", draw)
    if draw.public_value:
        raise NotReady([Message(N_("公开数已经录入，不能更改。录错时请写明理由作废这次抽取。"))])
    if draw.known_at is None or clock.now() < draw.known_at:
        raise NotReady([Message(N_("公开数的时间还没有到。"))])
    if not ceremony.normal(value):
        raise Invalid(Message(N_("请录入公开数。")), field="value")
    if ceremony.normal(value) != ceremony.normal(again):
        raise Invalid(Message(N_("两次录入不一致。请对照来源重新录入。")), field="again")
    if not witnesses.strip():
        raise Invalid(Message(N_("请写明在场见证人的姓名。")), field="witnesses")
    draw.public_value, draw.public_at, draw.witnesses = ceremony.normal(value), clock.now(), witnesses.strip()
    audit.record(actor, "draw.witness", draw, detail={"public_value": draw.public_value, "witnesses": draw.witnesses})


def reveal(actor: Actor, draw: Draw, party: DrawParty, secret: str, *, nonce: str = "") -> None:
    """Open a commitment: the secret must be what was promised, to the letter."""
    demand(actor, "draw.reveal", draw)
    if party.key in tuple(Role) and party.key != own_key(actor).value:
        raise Invalid(Message(N_("这一方的秘密只能由其本人揭示。")), field="secret")
    if not draw.public_value:
        raise NotReady([Message(N_("先录入公开数，再揭示各方的秘密。"))])
    if party.secret or party.withheld or party.key == SYSTEM:
        raise NotReady([Message(N_("这一方已经揭示。"))])
    kept = _nonce_of(party) or nonce.strip().lower()
    if commitment(secret, kept) != party.commitment:
        raise Invalid(Message(N_("与当初的承诺不符。请逐字核对秘密和随机码。")), field="secret")
    party.secret, party.nonce, party.revealed_at = ceremony.normal(secret), kept, clock.now()
    audit.record(actor, "draw.reveal", draw, detail={"party": party.key, "secret": party.secret, "nonce": kept})


def _nonce_of(party: DrawParty) -> str:
    return db.session.scalars(select(DrawParty.nonce).where(DrawParty.id == party.id)).one()


def open_all(draw: Draw) -> list[Opening]:
    """Reveal the system's secret, last of all, and mark who withheld; the openings from which the seed follows."""
    parties = db.session.scalars(
        select(DrawParty)
        .where(DrawParty.draw_id == draw.id)
        .options(undefer(DrawParty.nonce), undefer(DrawParty.sealed))
        .order_by(DrawParty.key)
        .execution_options(populate_existing=True)
    ).all()
    for party in parties:
        if party.key == SYSTEM:
            party.secret, party.revealed_at = party.sealed, clock.now()
        party.withheld = not party.secret
    return [Opening(party.key, party.secret, party.nonce, withheld=party.withheld) for party in parties]
