"""Reads of draws: what waits, what a working copy would come to, how far a ceremony is, and whether its record holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import defer, joinedload, undefer

from app.applications.models import Application
from app.kernel import clock
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.words import N_, Message
from app.panels import allowed, ceremony, records, rules
from app.panels.ceremony import SYSTEM, Opening
from app.panels.draw import DrawInput
from app.panels.engine import Seat
from app.panels.facts import live_seats
from app.panels.models import PARTIES, Assignment, Draw, DrawParty
from app.panels.plan import Plan, read_plan
from app.panels.planned import dossiers_of, planned_input, settled
from app.panels.queries import REVIEWABLE, to_staff, to_top_up
from app.programmes.models import Edition, Round
from app.workflow import AssignmentState, DrawState, EditionState, RoundState

__all__ = ["REVIEWABLE"]
OPEN = (DrawState.SKETCH, DrawState.COMMITTED, DrawState.DRAWN)


def find_draw(draw_id: int) -> Draw | None:
    whole = (joinedload(Draw.round), joinedload(Draw.edition))
    return db.session.scalar(select(Draw).options(*whole).where(Draw.id == draw_id))


def find_party(draw: Draw, party_id: int) -> DrawParty | None:
    return next((party for party in draw.parties if party.id == party_id), None)


def party_name(party: DrawParty) -> Message | str:
    """A guest's own name, or ours in the reader's language."""
    return Message(PARTIES[party.key]) if party.key in PARTIES else party.name


def draws_of(edition: Edition) -> Sequence[Draw]:
    """All draws of an edition with their rounds, the newest first; inputs and results stay where they are."""
    return db.session.scalars(
        select(Draw)
        .options(joinedload(Draw.round), defer(Draw.input), defer(Draw.result))
        .where(Draw.edition_id == edition.id)
        .order_by(Draw.id.desc())
    ).all()


def open_draw(round_: Round) -> Draw | None:
    """The one draw of the round that is neither published nor discarded."""
    return db.session.scalar(select(Draw).where(Draw.round_id == round_.id, Draw.state.in_(OPEN)))


# --- what is missing ----------------------------------------------------------------------------------------------


def missing_to_start(round_: Round, plan: Plan | None = None) -> list[Message]:
    """For a plan, or (without one) for any: a round where panels are to be topped up can be drawn for too."""
    missing = _missing_of_round(round_, plan or Plan(top_up=True))
    if open_draw(round_) is not None:
        missing.append(Message(N_("本轮已有一次抽取正在进行。请先完成或作废它。")))
    return missing


def missing_for_commitment(draw: Draw) -> list[Message]:
    plan = read_plan(draw.plan)
    kept = settled(plan, live_seats(draw.round)).moved
    late = N_("申报书 %(dossier)s 已有专家，不能再移到另一个行业组。请在“行业组”一步取消这项移动。")
    return [
        *_missing_of_round(draw.round, plan),
        *(text for _, text in allowed.objections(draw.round, plan.policy, plan.share)),
        *(Message(late, {"dossier": move.dossier}) for move in plan.moved if move not in kept),
    ]


def _missing_of_round(round_: Round, plan: Plan) -> list[Message]:
    missing = missing_while_open(round_)
    if not dossiers_of(round_, plan):
        missing.append(Message(N_("没有待抽取的申报书：首轮须先受理，以后各轮须先确认上一轮的排名。")))
    return missing


def missing_while_open(round_: Round) -> list[Message]:
    missing = []
    if round_.edition.state is not EditionState.RUNNING:
        missing.append(Message(N_("本届尚未启动或已经结束。")))
    if round_.state is RoundState.CLOSED:
        missing.append(Message(N_("本轮评分已经结束，不能再抽取。")))
    return missing


def missing_for_draw(draw: Draw) -> list[Message]:
    """What has to happen before the draw: the public number, and every secret or the end of its term."""
    if not draw.public_value:
        return [Message(N_("还没有录入公开数。"))]
    if draw.reveal_by is not None and clock.now() >= draw.reveal_by:
        return []
    return [
        Message(N_("%(party)s还没有揭示。到揭示期限仍不揭示的，以公开数代替。"), {"party": party_name(party)})
        for party in draw.parties
        if party.key != SYSTEM and not party.secret
    ]


# --- the working copy ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Staffing:
    """What the rules leave of the pool for one dossier."""

    application: Application
    removals: rules.Removals
    leaders: int
    needed: int

    @property
    def is_short(self) -> bool:
        return self.removals.eligible < self.needed


def precheck(round_: Round, plan: Plan | None = None) -> list[Staffing]:
    """Every dossier to be drawn with how many experts each rule removes; the hardest first. Nothing is written."""
    given = planned_input(round_, plan or Plan())
    by_number = {application.number: application for application in dossiers_of(round_, plan or Plan())}
    dossiers = [dossier for dossier in given.dossiers if dossier.id in by_number]
    removed = rules.removals(dossiers, given.experts, given.rule, conflicts=given.conflicts)
    found = [
        Staffing(by_number[dossier.id], each, _leaders(dossier, given), given.shape.size)
        for dossier, each in zip(dossiers, removed, strict=True)
    ]
    return sorted(found, key=lambda staffing: (staffing.removals.eligible, staffing.leaders, staffing.removals.dossier))


def _leaders(dossier: rules.DossierFacts, given: DrawInput) -> int:
    return sum(
        rules.judge(expert, dossier, given.rule, as_leader=True, conflicts=given.conflicts).is_lawful
        for expert in given.experts
    )


@dataclass(frozen=True)
class RoundCard:
    """One round on the page of draws: what waits, what has been drawn, how far the declarations are."""

    round: Round
    waiting_dossiers: int
    partial_panels: int
    draws: list[Draw]
    states: dict[AssignmentState, int]

    @property
    def open(self) -> Draw | None:
        return next((draw for draw in self.draws if draw.state in OPEN), None)

    def seats(self, *states: str) -> int:
        return sum(self.states.get(AssignmentState(state), 0) for state in states)


def round_cards(edition: Edition) -> list[RoundCard]:
    draws = draws_of(edition)
    counted = db.session.execute(
        select(Assignment.round_id, Assignment.state, func.count())
        .where(Assignment.edition_id == edition.id)
        .group_by(Assignment.round_id, Assignment.state)
    ).all()
    return [
        RoundCard(
            round_,
            len(to_staff(round_)),
            len(to_top_up(round_)),
            [draw for draw in draws if draw.round_id == round_.id],
            {state: number for round_id, state, number in counted if round_id == round_.id},
        )
        for round_ in edition.rounds
    ]


# --- what was committed and drawn ---------------------------------------------------------------------------------


def dossiers_in(draw: Draw) -> Sequence[Application]:
    """The dossiers of the frozen input."""
    numbers = [entry["id"] for entry in draw.input.get("dossiers", ())]
    return db.session.scalars(
        select(Application)
        .where(Application.edition_id == draw.edition_id, Application.number.in_(numbers))
        .order_by(Application.number)
    ).all()


@dataclass(frozen=True)
class CodedPanel:
    """One dossier's panel under codes, the leader first."""

    dossier: str
    leader: str
    members: tuple[str, ...]


def coded_panels(draw: Draw) -> list[CodedPanel]:
    return [
        CodedPanel(
            panel["dossier"],
            panel["leader"],
            tuple(sorted(panel["members"], key=lambda code: (code != panel["leader"], code))),
        )
        for panel in draw.result.get("panels", ())
    ]


def coded_loads(panels: Sequence[CodedPanel]) -> list[tuple[int, int]]:
    """How many experts hold how many dossiers: (dossiers, experts)."""
    members = [code for panel in panels for code in panel.members]
    held = [members.count(code) for code in set(members)]
    return [(number, held.count(number)) for number in sorted(set(held))]


def seats_drawn(draw: Draw) -> list[Seat]:
    """The drawn seats under the experts' own numbers. Only publication and the supervisor's look ask for them."""
    numbers: dict[str, str] = codes_of(draw)["experts"]
    return [
        Seat(panel.dossier, numbers[code], code == panel.leader)
        for panel in coded_panels(draw)
        for code in panel.members
    ]


def codes_of(draw: Draw) -> dict[str, dict[str, str]]:
    codes: dict[str, dict[str, str]] = db.session.scalars(select(Draw.codes).where(Draw.id == draw.id)).one()
    return codes


@dataclass(frozen=True)
class InputCounts:
    """What may be said of a frozen input without telling who is in it."""

    dossiers: int
    experts: int
    left_out: int
    pinned: int
    forbidden: int


def counts_of(draw: Draw) -> InputCounts:
    plan = read_plan(draw.plan)
    return InputCounts(
        len(draw.input.get("dossiers", ())),
        sum(expert["state"] == "available" for expert in draw.input.get("experts", ())),
        len(plan.left_out),
        len(plan.pinned),
        len(plan.forbidden),
    )


def step_of(draw: Draw) -> int:
    """Where the ceremony is, as the step of the hall's page that comes next."""
    if draw.state in (DrawState.DRAWN, DrawState.PUBLISHED):
        return 6
    if draw.state is not DrawState.COMMITTED:
        return 1
    if not draw.public_value:
        return 3 if draw.known_at is not None and clock.now() >= draw.known_at else 2
    return 4 if missing_for_draw(draw) else 5


def public_draws(edition: Edition) -> Sequence[Draw]:
    """All draws of an edition that were ever committed, replacements too, the newest first."""
    return [draw for draw in draws_of(edition) if draw.committed_at is not None or draw.parent_id is not None]


def find_published(edition: Edition, round_key: str, number: int) -> Draw | None:
    """A whole round's draw by what the public calls it; a replacement is none."""
    return db.session.scalar(
        select(Draw)
        .join(Round, Round.id == Draw.round_id)
        .where(Draw.edition_id == edition.id, Round.key == round_key, Draw.number == number)
        .where(Draw.parent_id.is_(None), Draw.state == DrawState.PUBLISHED)
    )


def opened(root: Draw) -> Sequence[DrawParty]:
    """The parties with their nonces; a withheld secret has none, the public value stands for it."""
    return db.session.scalars(
        select(DrawParty).where(DrawParty.draw_id == root.id).options(undefer(DrawParty.nonce)).order_by(DrawParty.key)
    ).all()


def root_of(draw: Draw) -> Draw:
    """The draw of the round that a chain of replacements began with."""
    while draw.parent_id is not None:
        draw = db.session.get_one(Draw, draw.parent_id)
    return draw


def names_for(draw: Draw, numbers: Sequence[str]) -> dict[str, str]:
    """The codes of experts by the key of a draw: those who joined the pool later get theirs by the same key."""
    return ceremony.codes(str(codes_of(draw)["key"]), numbers)


# --- checks -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verification:
    """A draw computed again from what is stored, and whether each part is what was published."""

    computed: records.Recomputed
    input_agrees: bool
    result_agrees: bool
    seed_agrees: bool
    promises_agree: bool
    codes_agree: bool
    marginals_agree: bool

    @property
    def agrees(self) -> bool:
        return self.input_agrees and self.result_agrees and self.proof_agrees

    @property
    def proof_agrees(self) -> bool:
        return self.seed_agrees and self.promises_agree and self.codes_agree and self.marginals_agree


def verify(draw: Draw) -> Verification:
    """The frozen input, the commitments, the seed from all parts, the panels and the codes, each computed again."""
    root = root_of(draw)
    parties = opened(root)
    openings = [Opening(party.key, party.secret, party.nonce, withheld=party.withheld) for party in parties]
    codes = codes_of(root)
    computed = _again(draw)
    seed = ceremony.seed_of(root.input_digest, root.public_value, openings, marginals_digest=root.marginals_digest)
    return Verification(
        computed,
        computed.input_digest == draw.input_digest,
        computed.result_digest == draw.result_digest,
        not draw.seed or seed == draw.seed,
        all(_kept(party) for party in parties),
        digest(codes) == root.codes_digest and _coded_by_key(codes),
        (digest(root.marginals) if root.marginals else "") == root.marginals_digest,
    )


def _again(draw: Draw) -> records.Recomputed:
    if not draw.seed:
        return records.Recomputed(digest(draw.input), "")
    return records.recompute(draw.input, draw.seed, draw.marginals)


def _kept(party: DrawParty) -> bool:
    return not party.secret or ceremony.commitment(party.secret, party.nonce) == party.commitment


def _coded_by_key(codes: dict[str, dict[str, str]]) -> bool:
    key = str(codes["key"])
    return all(ceremony.code(key, number) == code for code, number in codes["experts"].items())
