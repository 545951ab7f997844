"""Seats that are to be written, each judged beside those that stand and those accepted before it; pure.

Every way into the assignment table ends here: the pair is asked of the rules, and the panel of what it would become.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed

from app.kernel.words import N_, Message
from app.panels import rules
from app.panels.draw import DrawInput
from app.panels.engine import Seat, Shape
from app.panels.rules import DossierFacts, ExpertFacts, Grouping, Objection

KIND_NAMES = {
    "industry_experts": N_("行业专家"),
    "examiners": N_("质量管理评审员"),
    "finance_experts": N_("财务专家"),
}
HOLDERS = {
    "industry_experts": rules.is_industry_expert,
    "examiners": rules.is_examiner,
    "finance_experts": rules.is_finance_expert,
}


@dataclass(frozen=True)
class JudgedSeat:
    seat: Seat
    objections: tuple[Objection, ...]

    @property
    def is_lawful(self) -> bool:
        return not self.objections


class Guard:
    """The panels as they grow: a seat that is accepted counts for every later one."""

    def __init__(self, given: DrawInput, standing: Iterable[Seat], grouping: Grouping | None) -> None:
        self._given = given
        self._groups = None if grouping is None else _Groups(grouping)
        self._experts = {expert.id: expert for expert in given.experts}
        self._dossiers = {dossier.id: dossier for dossier in given.dossiers}
        self._panels: defaultdict[str, list[Seat]] = defaultdict(list)
        self._held: Counter[str] = Counter()
        for seat in standing:
            self._take(seat)
        if self._groups:
            self._groups.admit(self._dossiers)

    def judge(self, seat: Seat) -> JudgedSeat:
        """Every objection to this seat as the panels stand now."""
        others = self._panels[seat.dossier]
        expert, dossier = self._experts[seat.expert], self._dossiers[seat.dossier]
        mates = [self._experts[other.expert] for other in others if other.expert in self._experts]
        found = rules.judge(
            changed(expert, load=self._held[expert.id]),
            dossier,
            self._given.rule,
            as_leader=seat.is_leader,
            conflicts=self._given.conflicts,
            panel=mates if self._given.shape.one_per_employer else (),
        ).objections
        of_panel = _of_panel(seat, others, [*mates, expert], dossier, shape=self._given.shape)
        return JudgedSeat(seat, (*found, *of_panel, *self._of_groups(seat, known=found)))

    def _of_groups(self, seat: Seat, known: Sequence[Objection]) -> list[Objection]:
        """What the groups have against the seat, where the pair's own rules have not said so already."""
        said = [objection.text for objection in known]
        return [each for each in self._groups.objections(seat) if each.text not in said] if self._groups else []

    def accept(self, seat: Seat) -> JudgedSeat:
        """The same, and a lawful seat is taken."""
        judged = self.judge(seat)
        if judged.is_lawful:
            self._take(seat)
        return judged

    def _take(self, seat: Seat) -> None:
        self._panels[seat.dossier].append(seat)
        self._held[seat.expert] += 1
        if self._groups:
            self._groups.take(seat)


class _Groups:
    """Which industry groups experts serve as the panels grow, and how many reviews cross."""

    def __init__(self, grouping: Grouping) -> None:
        self._grouping = grouping
        self._served: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._dossiers: set[str] = set()
        self._crossing = self._most = 0

    def admit(self, dossiers: Iterable[str]) -> None:
        """The dossiers that have panels or get them now: of all their reviews so many may cross."""
        self._dossiers.update(dossiers)
        self._most = self._grouping.rule_for(self._dossiers).most

    def objections(self, seat: Seat) -> Iterator[Objection]:
        if self._crosses(seat) and self._crossing >= self._most:
            home = min(rules.homes(self._served[seat.expert]))
            yield Objection("group", rules.apart_text(self._grouping.kind, self._grouping.names[home]))

    def take(self, seat: Seat) -> None:
        self._crossing += self._crosses(seat)
        self._served[seat.expert][self._grouping.group[seat.dossier]] += 1
        self._dossiers.add(seat.dossier)

    def _crosses(self, seat: Seat) -> bool:
        served = self._served[seat.expert]
        return bool(served) and self._grouping.group[seat.dossier] not in rules.homes(served)


def _of_panel(
    seat: Seat, others: Sequence[Seat], members: Sequence[ExpertFacts], dossier: DossierFacts, *, shape: Shape
) -> Iterator[Objection]:
    """What stands against a panel of these members, whole or not yet; what it still lacks must fit into its free seats."""
    if any(other.expert == seat.expert for other in others):
        yield _objection(N_("专家已经在这份申报书的专家组里。"))
        return
    free = shape.size - len(others) - 1
    if free < 0:
        yield _objection(N_("专家组已满：每组 %(n)s 人。"), n=shape.size)
        return
    led = [other for other in (*others, seat) if other.is_leader]
    if len(led) > 1:
        yield _objection(N_("专家组已有组长。"))
    if shape.leader and not led and not free:
        yield _objection(N_("剩下的席位须留给组长。"))
    yield from _of_origins(members, shape, free)
    yield from _of_kinds(members, dossier, shape, free)


def _of_origins(members: Sequence[ExpertFacts], shape: Shape, free: int) -> Iterator[Objection]:
    provinces = Counter(map(rules.province_of, members))
    if shape.max_per_province and provinces[rules.province_of(members[-1])] > shape.max_per_province:
        yield _objection(N_("专家组中来自同一省份的专家已达上限 %(n)s 人。"), n=shape.max_per_province)
    if shape.provinces - len(provinces) > free:
        yield _objection(N_("专家组须来自至少 %(n)s 个省份。"), n=shape.provinces)


def _of_kinds(members: Sequence[ExpertFacts], dossier: DossierFacts, shape: Shape, free: int) -> Iterator[Objection]:
    for name, holds in HOLDERS.items():
        lacking = getattr(shape, name) - sum(holds(member, dossier) for member in members)
        if lacking > free:
            kind = Message(KIND_NAMES[name])
            yield _objection(N_("剩下的席位须留给%(kind)s，还缺 %(n)s 人。"), kind=kind, n=lacking)


def _objection(text: str, **values: object) -> Objection:
    return Objection("panel", Message(text, values))
