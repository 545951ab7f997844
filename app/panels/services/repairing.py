"""Several seats that fell empty are filled together: the same rules, the lots of the round's own draw, nobody else moved
unless it must be (ADR 13)."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed

from app.applications.models import Application
from app.kernel.actor import Actor
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.panels import ceremonies, ceremony, facts, letters, origins, queries, records, rules
from app.panels import draw as drawing
from app.panels.draw import DrawInput, DrawResult
from app.panels.engine import Infeasible, Panel, Seat, Shortage
from app.panels.grouping import has_crossing
from app.panels.models import Assignment, Draw, SeatOrigin
from app.panels.plan import planned
from app.panels.planned import as_held, plan_of, seasoned
from app.panels.rules import ExpertFacts, Objection
from app.panels.services.beginning import begin
from app.panels.services.excusing import excuse
from app.panels.services.leading import promote
from app.panels.services.recording import record_after
from app.panels.services.refusals import Unstaffable
from app.panels.services.replacing import WITHOUT_ORDER
from app.panels.services.seating import Warrant, seat
from app.policy import demand
from app.programmes.models import Round

ONE_BY_ONE = Message(
    N_(
        "本届行业组之间有跨组评审，空席不能一并补齐。请新建抽取方案补抽不满员的专家组，或逐个席位替补，或写明理由指定专家。"
    )
)
MOVED = N_("为补齐空席，依规则须一并调整：%(reason)s")


@dataclass(frozen=True)
class Repaired:
    """The records of a repair, how many seats it filled and how many others it had to move."""

    draws: tuple[Draw, ...]
    filled: int
    moved: int


def repair(actor: Actor, round_: Round, *, reason: str) -> Repaired:
    """Every empty seat of the round at once, so that nobody chooses which are filled together."""
    demand(actor, "draw.repair", round_)
    if not reason.strip():
        raise Invalid(Message(N_("请写明理由。")), field="reason")
    if missing := missing_to_repair(round_):
        raise NotReady(missing)
    done = [_repair(actor, root, lost, reason=reason) for root, lost in _lost_by_root(round_)]
    draws, moved = zip(*done, strict=True)
    return Repaired(draws, sum(len(draw.input["lost"]) for draw in draws), sum(moved))


def missing_to_repair(round_: Round) -> list[Message]:
    return [ONE_BY_ONE] if has_crossing(round_) else []


def _lost_by_root(round_: Round) -> list[tuple[Draw, list[Assignment]]]:
    """The empty seats under the draw that fixed who follows on them."""
    lost = [each.assignment for each in queries.seats_to_fill(round_.edition) if each.assignment.round_id == round_.id]
    roots = _root_of_each(lost)
    found: dict[int, tuple[Draw, list[Assignment]]] = {}
    for seat_lost in lost:
        root = roots[seat_lost.application_id]
        found.setdefault(root.id, (root, []))[1].append(seat_lost)
    if not found:
        raise NotReady([Message(N_("本轮没有待补的空席。"))])
    return [found[key] for key in sorted(found)]


def _root_of_each(lost: Sequence[Assignment]) -> dict[int, Draw]:
    """One draw a panel, the first of those whose seats it lost: a panel is filled as a whole."""
    roots: dict[int, Draw] = {}
    for each in lost:
        root = _root_for(each)
        roots[each.application_id] = min(roots.get(each.application_id, root), root, key=lambda draw: draw.id)
    return roots


def _root_for(lost: Assignment) -> Draw:
    root = origins.root_for(lost)
    if root is None:
        raise NotReady([WITHOUT_ORDER])
    return root


def _repair(actor: Actor, root: Draw, lost: Sequence[Assignment], *, reason: str) -> tuple[Draw, int]:
    case, found = _solved(root, lost)
    made = record_after(root, actor, "draw.repair", case.record, result=found.record, reason=reason)
    return made, _carry_out(actor, made, case, found, reason=reason)


def _solved(root: Draw, lost: Sequence[Assignment]) -> tuple["_Case", DrawResult]:
    """First the lost seats alone, a leader followed by a newcomer; then a leader from among those who sit; then the whole
    round, where others may have to move."""
    alone = {each.application_id: each.application for each in lost}
    whole = {each.id: each for each in _whole_panels(root.round)} | alone
    shortages: tuple[Shortage, ...] = ()
    for dossiers, is_led_anew in ((alone, True), (alone, False), (whole, False)):
        case = _case(root, lost, dossiers, is_led_anew=is_led_anew)
        found = case.solve()
        if isinstance(found, DrawResult):
            return case, found
        shortages = found.shortages
    raise Unstaffable(shortages)


@dataclass(frozen=True)
class _Case:
    """The dossiers in question as the draw's own input under its codes, with the seats that stand and those lost."""

    root: Draw
    dossiers: dict[int, Application]
    given: DrawInput
    standing: tuple[Seat, ...]
    lost: tuple[Seat, ...]
    codes: dict[str, str]

    @property
    def record(self) -> dict[str, object]:
        return records.repair_input(self.given, self.lost, self.standing)

    def solve(self) -> DrawResult | Infeasible:
        return drawing.restore(self.given, self.root.seed, self.lost, standing=self.standing)


def _case(root: Draw, lost: Sequence[Assignment], dossiers: dict[int, Application], *, is_led_anew: bool) -> _Case:
    numbers = {application.number for application in dossiers.values()}
    seats = facts.live_seats(root.round)
    standing = [each for each in seats if each.dossier in numbers]
    given = _given(root, dossiers, standing, [each for each in seats if each.dossier not in numbers])
    _demand_lawful(given, standing)
    if is_led_anew:
        given = changed(given, experts=_left_as_members(given.experts, standing))
    codes = ceremonies.names_for(root, [expert.id for expert in given.experts])
    gone = [Seat(each.application.number, each.expert.number, each.role == "leader") for each in lost]
    hidden = ceremony.coded(given, codes)
    return _Case(root, dossiers, hidden, _under(codes, standing), _under(codes, gone), codes)


def _under(codes: dict[str, str], seats: Sequence[Seat]) -> tuple[Seat, ...]:
    return tuple(changed(each, expert=codes[each.expert]) for each in seats)


def _given(root: Draw, dossiers: dict[int, Application], standing: Sequence[Seat], others: Sequence[Seat]) -> DrawInput:
    """The facts of today under the choices of the draw's own plan, the seats of other panels counted as loads."""
    plain = planned(facts.draw_input(root.round, list(dossiers.values())), plan_of(root), seasoned(root.round))
    kept, elsewhere = Counter(each.expert for each in standing), Counter(each.expert for each in others)
    held = tuple(_as_held(each, elsewhere[each.id], kept[each.id]) for each in plain.experts)
    return changed(plain, experts=held, fixed=())


def _as_held(expert: ExpertFacts, elsewhere: int, kept: int) -> ExpertFacts:
    """Whoever sits keeps his seats, whatever he may take on from now; what was promised was the draw's to keep."""
    known = changed(expert, load=elsewhere, min_load=0)
    return as_held(known, kept) if kept else known


def _left_as_members(experts: Sequence[ExpertFacts], standing: Sequence[Seat]) -> tuple[ExpertFacts, ...]:
    """Nobody who sits on a panel without a leader becomes one, so that a newcomer has to."""
    led = {each.dossier for each in standing if each.is_leader}
    members = {each.expert for each in standing if each.dossier not in led}
    leaders = {each.expert for each in standing if each.is_leader}
    return tuple(changed(each, may_lead=False) if each.id in members - leaders else each for each in experts)


def _demand_lawful(given: DrawInput, standing: Sequence[Seat]) -> None:
    """A seat that a later change has made unlawful is taken back first, by name: a repair would not tell it from the rest."""
    judge = _judge(given)
    text = N_("先收回 %(dossier)s 专家组里不再合规的席位：%(expert)s。")
    faults = [Message(text, {"dossier": each.dossier, "expert": each.expert}) for each in standing if judge(each)]
    if faults:
        raise NotReady(faults)


def _judge(given: DrawInput) -> Callable[[Seat], tuple[Objection, ...]]:
    """Whether a seat that is held still stands under the rules, its load apart."""
    experts = {expert.id: changed(expert, load=0) for expert in given.experts}
    dossiers = {dossier.id: dossier for dossier in given.dossiers}
    return lambda each: (
        rules.judge(
            experts[each.expert],
            dossiers[each.dossier],
            given.rule,
            as_leader=each.is_leader,
            conflicts=given.conflicts,
        ).objections
    )


def _whole_panels(round_: Round) -> list[Application]:
    size, held = facts.shape_of(round_).size, Counter(each.dossier for each in facts.live_seats(round_))
    return [each for each in queries.to_name(round_) if held[each.number] == size]


def _carry_out(actor: Actor, made: Draw, case: _Case, found: DrawResult, *, reason: str) -> int:
    """Seats that had to move are taken back first, leaders are named, then the new seats are written; how many moved."""
    before = {(each.dossier, each.expert) for each in case.standing}
    now = {(seat.dossier, seat.expert): seat for panel in found.panels for seat in _seats(panel)}
    held = {(each.application.number, case.codes[each.expert.number]): each for each in queries.held_seats(made.round)}
    moved = sorted(before - set(now))
    for pair in moved:
        excuse(actor, held[pair], reason=MOVED % {"reason": reason.strip()})
    for pair in sorted(pair for pair in before & set(now) if now[pair].is_leader):
        promote(actor, "draw.repair", held[pair])
    _write(actor, made, case, [now[pair] for pair in sorted(set(now) - before)])
    return len(moved)


def _write(actor: Actor, made: Draw, case: _Case, coded: Sequence[Seat]) -> None:
    number_of = {code: number for number, code in case.codes.items()}
    new = [changed(each, expert=number_of[each.expert]) for each in coded]
    written = seat(Warrant(made.round, SeatOrigin.REPAIR, made), new)
    begin(actor, "draw.repair", made.round, written, letter=letters.SEATED)


def _seats(panel: Panel) -> list[Seat]:
    return [Seat(panel.dossier, member, member == panel.leader) for member in panel.members]
