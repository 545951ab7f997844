"""How panels may be chosen, in words; and what each way costs on a given input, measured.

Shares of the total affinity are taken of the most that the rules allow at all, which the engine proves.
"""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from fractions import Fraction

from app.kernel.canonical import Record
from app.kernel.words import N_, Message
from app.panels import draw as drawing
from app.panels import rules
from app.panels.draw import DrawInput
from app.panels.engine import Infeasible, Panel, Policy, worst_possible
from app.panels.rules import Pair
from app.panels.worded import message_record, read_message

TRIALS = 5
POLICIES: dict[Policy, str] = {
    "best": N_("综合最优"),
    "fairest": N_("最不利者优先"),
    "random": N_("近优随机"),
}
EXPLAINED: dict[Policy, str] = {
    "best": N_("全部席位的匹配度与抽签合计分量最高，并证明没有更高的名单；抽签主要在匹配度相近的专家之间起作用。"),
    "fairest": N_(
        "先让匹配度最低的一组尽量高，并证明最高不过多少；再看总和。不计任务均衡，抽签只在同等时起作用，名单容易预知。"
    ),
    "random": N_(
        "在接近最优的范围内随机：任何一名专家进入任何一份申报书的机会都不超过上限，没有人能预知或买通一个专家组。"
    ),
}
SENTENCES: dict[Policy, str] = {
    "best": N_("抽取方式为综合最优：全部席位的匹配度与抽签合计分量最高。"),
    "fairest": N_("抽取方式为最不利者优先：先让匹配度最低的一组尽量高。"),
    "random": N_("抽取方式为近优随机：任何一名专家进入任何一份申报书的机会不超过 %(most)s/%(whole)s。"),
}
FAIREST = N_("任何合规名单中匹配度最低的一组，平均都不超过 %(bound)s 分（满分 100）。")
EXPECTED = N_("总匹配度平均为规则所许最高值的 %(percent)s %%。")
REACHED = N_("这份名单的总匹配度为规则所许最高值的 %(percent)s %%，匹配度最低的一组平均 %(lowest)s 分（满分 100）。")


def sentence(policy: Policy, share: Sequence[int]) -> Message:
    """The policy of a draw, and its cap, in one sentence."""
    values = {"most": share[0], "whole": share[1]} if policy == "random" else {}
    return Message(SENTENCES[policy], values)


# --- what an input makes possible ---------------------------------------------------------------------------------


def most_possible(given: DrawInput) -> int | Infeasible:
    """The highest total affinity of any lawful list, in basis points."""
    best = drawing.draw(changed(given, policy="best", lot=0, balance=0), "")
    return best if isinstance(best, Infeasible) else sum(_values(given, best.panels).values())


def expected(given: DrawInput, published: Record) -> Fraction:
    """The total affinity of an average random draw, in basis points."""
    affinity = _affinity(given, ((expert, dossier) for *_, expert, dossier in published["arcs"] if expert))
    parts = sum(affinity[expert, dossier] * parts for _, _, parts, expert, dossier in published["arcs"] if expert)
    return Fraction(parts, published["whole"])


def fair_bound(given: DrawInput) -> Fraction:
    """The mean that no lawful list's worst panel could exceed, in basis points."""
    return Fraction(worst_possible(changed(given, policy="fairest").problem("")), given.shape.size)


def reached(given: DrawInput, panels: Sequence[Panel]) -> tuple[int, Fraction]:
    """The total affinity of a list, and the mean of its worst panel, in basis points."""
    values = _values(given, panels)
    worst = min((Fraction(values[panel.dossier], len(panel.members)) for panel in panels), default=Fraction(0))
    return sum(values.values()), worst


def _values(given: DrawInput, panels: Sequence[Panel]) -> dict[str, int]:
    affinity = _affinity(given, ((member, panel.dossier) for panel in panels for member in panel.members))
    return {panel.dossier: sum(affinity[member, panel.dossier] for member in panel.members) for panel in panels}


def _affinity(given: DrawInput, pairs: Iterable[Pair]) -> Mapping[Pair, int]:
    """As the draw itself reads it: from the input where it says, else by industry."""
    experts = {expert.id: expert for expert in given.experts}
    dossiers = {dossier.id: dossier for dossier in given.dossiers}
    if given.affinity:
        return {pair: given.affinity.get(pair, 0) for pair in pairs}
    return {(expert, dossier): rules.affinity(experts[expert], dossiers[dossier]) for expert, dossier in pairs}


# --- what one draw costs ------------------------------------------------------------------------------------------


def cost_expected(given: DrawInput, most: int, published: Record) -> Record:
    """Known with the commitment: the most possible, and of a random draw the average; in basis points."""
    average = {"expected": str(expected(given, published))} if published else {}
    bound = {"bound": str(fair_bound(given))} if given.policy == "fairest" else {}
    return {"most": most, **average, **bound}


def cost_reached(given: DrawInput, panels: Sequence[Panel]) -> Record:
    total, lowest = reached(given, panels)
    return {"total": total, "lowest": str(lowest)}


def cost_words(measured: Record) -> Message | None:
    """The price of a draw in one sentence; none where nobody knows any dossier's field."""
    if not measured.get("most"):
        return None
    if "total" in measured:
        lowest = _points(measured["lowest"])
        return Message(REACHED, {"percent": _percent(measured["total"], measured["most"]), "lowest": lowest})
    if "expected" in measured:
        return Message(EXPECTED, {"percent": _percent(Fraction(measured["expected"]), measured["most"])})
    return None


def bound_words(measured: Record) -> Message | None:
    """What the worst panel of any lawful list could reach, where the worst-off dossier came first."""
    return Message(FAIREST, {"bound": _points(measured["bound"])}) if "bound" in measured else None


def _points(mean: str) -> str:
    return f"{float(Fraction(mean)) / 100:.1f}"


def _percent(part: int | Fraction, whole: int) -> str:
    return f"{float(Fraction(100 * part, whole)):.2f}"


# --- measured side by side ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Price:
    """What one policy comes to: `kept` of the most possible, the mean of the worst panel, how many pairs could be foreseen,
    how long one draw took; `short` where the policy leads to no list."""

    policy: Policy
    kept: Fraction | None = None
    lowest: Fraction = Fraction(0)
    foreseen: int = 0
    seats: int = 0
    seconds: float = 0.0
    short: Message | None = None


def price_of(given: DrawInput, policy: Policy, highest: int) -> Price:
    """`highest`: the most that the rules allow."""
    return _price(changed(given, policy=policy), highest)


def _price(given: DrawInput, highest: int) -> Price:
    begun = time.perf_counter()
    published = drawing.shares(given)
    lists = published if isinstance(published, Infeasible) else _trials(given, published)
    if isinstance(published, Infeasible):
        return Price(given.policy, short=published.shortages[0].text)
    if isinstance(lists, Infeasible):
        return Price(given.policy, short=lists.shortages[0].text)
    return _measured(given, published, lists, highest=highest, seconds=time.perf_counter() - begun)


def _measured(
    given: DrawInput, published: Record, lists: Sequence[Sequence[Panel]], *, highest: int, seconds: float
) -> Price:
    """By trial draws with seeds that will never be the real one. At random the chances themselves are looked at."""
    results = [reached(given, panels) for panels in lists]
    total = expected(given, published) if published else Fraction(sum(total for total, _ in results), TRIALS)
    return Price(
        given.policy,
        total / highest if highest else None,
        min(lowest for _, lowest in results),
        _sure(published) if published else _in_all(lists),
        sum(len(panel.members) for panel in lists[0]),
        seconds if published else seconds / TRIALS,
    )


def _trials(given: DrawInput, published: Record) -> list[tuple[Panel, ...]] | Infeasible:
    lists = []
    for number in range(TRIALS):
        drawn = drawing.draw(given, f"trial {number}", published)
        if isinstance(drawn, Infeasible):
            return drawn
        lists.append(drawn.panels)
    return lists


def _sure(published: Record) -> int:
    return sum(bool(expert) and parts == published["whole"] for _, _, parts, expert, _ in published["arcs"])


def _in_all(lists: Sequence[Sequence[Panel]]) -> int:
    times = Counter((member, panel.dossier) for panels in lists for panel in panels for member in panel.members)
    return sum(number == len(lists) for number in times.values())


# --- as it is kept ------------------------------------------------------------------------------------------------


def price_record(price: Price) -> Record:
    return {
        "policy": price.policy,
        "kept": None if price.kept is None else str(price.kept),
        "lowest": str(price.lowest),
        "foreseen": price.foreseen,
        "seats": price.seats,
        "milliseconds": round(1_000 * price.seconds),
        "short": None if price.short is None else message_record(price.short),
    }


def read_price(record: Record) -> Price:
    kept, short = record["kept"], record["short"]
    return Price(
        record["policy"],
        None if kept is None else Fraction(kept),
        Fraction(record["lowest"]),
        record["foreseen"],
        record["seats"],
        record["milliseconds"] / 1_000,
        None if short is None else read_message(short),
    )
