"""The reliability box of the committee's page as data: every figure with the name of its exact variant, or why there is none."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from statistics import harmonic_mean, median
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from app.kernel.words import N_, Message
from app.ranking.calibration.data import TWENTIETHS, Refusal, Review, Table
from app.ranking.calibration.fit import refusal
from app.ranking.calibration.graph import parts
from app.ranking.reliability.alpha import krippendorff_alpha
from app.ranking.reliability.components import Components, components, reliability_of_mean, reviews_needed
from app.ranking.reliability.concordance import Concordance, kendall_w
from app.ranking.reliability.intraclass import Intraclass, intraclass
from app.ranking.reliability.kappa import quadratic_kappa
from app.ranking.reliability.undefined import Undefined

GOAL = 0.9
"""The reliability for which the needed reviews are told."""
FEWEST_SHARED = 10
"""Sheets that two experts share, for a kappa of theirs."""
FEWEST_DOSSIERS = 3
"""Dossiers that a complete panel scored, for a figure of its own."""
STEP = 5
STEPS = 100 // STEP + 1

VARIANTS: Mapping[str, Message] = MappingProxyType(
    {
        "shares": Message(N_("方差分量：申报与专家均为随机（REML）")),
        "alpha": Message(N_("Krippendorff α（定距，允许缺失）")),
        "concordance": Message(N_("Kendall W（同分已校正）")),
        "two_single": Message(N_("组内相关 ICC(2,1)：一份评分")),
        "two_mean": Message(N_("组内相关 ICC(2,k)：全组平均")),
        "kappa": Message(N_("二次加权 κ")),
    }
)
"""The exact name of each figure, as the page must give it."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One expert's independent sheet of one dossier: its total in twentieths, and percentages by item where they were set."""

    dossier: str
    expert: str
    twentieths: int
    percents: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shares:
    """`components` in squared points. The reliabilities are shares of variance between dossiers: of one score, of the mean of
    `reviews` scores (the harmonic mean of what dossiers have), of that mean with the experts' severity taken off, which is
    an upper bound since severities are only estimated. `needed`: reviews a dossier for a reliability of .9, None: never."""

    components: Components
    reviews: float
    single: float
    mean: float
    calibrated: float
    needed: int | None
    needed_calibrated: int | None

    @property
    def between(self) -> tuple[float, float, float]:
        """Shares of the whole variance: dossiers, experts, chance."""
        whole, found = self.components.total, self.components
        return found.dossiers / whole, found.experts / whole, found.chance / whole


@dataclass(frozen=True, slots=True)
class PanelAgreement:
    """A complete panel: these experts scored exactly these dossiers."""

    experts: tuple[str, ...]
    dossiers: tuple[str, ...]
    concordance: Concordance
    intraclass: Intraclass


@dataclass(frozen=True, slots=True)
class PairAgreement:
    item: str
    first: str
    second: str
    shared: int
    kappa: float


@dataclass(frozen=True, slots=True)
class ItemAgreement:
    """The pairs that share enough sheets with this item; `median` is over them."""

    item: str
    pairs: tuple[PairAgreement, ...]

    @property
    def median(self) -> float:
        return median(pair.kappa for pair in self.pairs)


@dataclass(frozen=True, slots=True)
class Reliability:
    """What the box shows. A `Refusal` says in a sentence why there is nothing to show."""

    shares: Shares | Refusal
    alpha: float | Refusal
    panels: tuple[PanelAgreement, ...] | Refusal
    items: tuple[ItemAgreement, ...] | Refusal


def reliability(sheets: Iterable[Sheet]) -> Reliability:
    """From the independent sheets of one round, one of an expert for a dossier; the order of the input does not matter."""
    rows = sorted(sheets, key=lambda sheet: (sheet.dossier, sheet.expert))
    by_dossier: dict[str, dict[str, Sheet]] = defaultdict(dict)
    for row in rows:
        by_dossier[row.dossier][row.expert] = row
    return Reliability(
        _shares(Table.of(Review(row.dossier, row.expert, row.twentieths) for row in rows)),
        _alpha(by_dossier.values()),
        _panels(by_dossier),
        _items(by_dossier.values()),
    )


def _told(figure: Callable[[], T]) -> T | Refusal:
    try:
        return figure()
    except Undefined as undefined:
        return Refusal(undefined.reason)


# --- variance -----------------------------------------------------------------------------------------------------


def _shares(table: Table) -> Shares | Refusal:
    count_of_parts = len(parts(table))
    refused = refusal(table, count_of_parts)
    if refused is not None:
        return refused
    if np.ptp(table.y) == 0:
        return Refusal(Message(N_("全部评分相同，没有差别可以分解。")))
    found = components(table, count_of_parts)
    return shares_of(found, harmonic_mean(table.per_dossier.tolist()))


def shares_of(found: Components, reviews: float) -> Shares:
    """What components of variance mean where dossiers have so many reviews."""
    return Shares(
        found,
        reviews,
        reliability_of_mean(found, 1, calibrated=False),
        reliability_of_mean(found, reviews, calibrated=False),
        reliability_of_mean(found, reviews, calibrated=True),
        reviews_needed(found, GOAL, calibrated=False),
        reviews_needed(found, GOAL, calibrated=True),
    )


# --- agreement ----------------------------------------------------------------------------------------------------

ByExpert = Mapping[str, Sheet]


def _alpha(dossiers: Iterable[ByExpert]) -> float | Refusal:
    units = [[float(sheet.twentieths) for sheet in each.values()] for each in dossiers]
    return _told(lambda: krippendorff_alpha(units, "interval"))


def _panels(by_dossier: Mapping[str, ByExpert]) -> tuple[PanelAgreement, ...] | Refusal:
    text = N_("没有一组专家共同评过 %(n)s 家以上且无缺席的申报；W 和 ICC 只对完整的专家组计算。")
    found = _defined(_told(partial(_panel, by_dossier, *panel)) for panel in _whole_panels(by_dossier))
    return found or Refusal(Message(text, {"n": FEWEST_DOSSIERS}))


def _whole_panels(by_dossier: Mapping[str, ByExpert]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Two experts or more with the dossiers that they and nobody else scored."""
    panels: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for dossier, sheets in by_dossier.items():
        panels[tuple(sheets)].append(dossier)
    for experts, dossiers in sorted(panels.items()):
        if len(experts) > 1 and len(dossiers) >= FEWEST_DOSSIERS:
            yield experts, dossiers


def _panel(by_dossier: Mapping[str, ByExpert], experts: tuple[str, ...], dossiers: Sequence[str]) -> PanelAgreement:
    scores = np.array([[by_dossier[dossier][expert].twentieths for expert in experts] for dossier in dossiers])
    points = scores / TWENTIETHS
    return PanelAgreement(experts, tuple(dossiers), kendall_w(points), intraclass(points))


def _defined(found: Iterable[T | Refusal]) -> tuple[T, ...] | Refusal:
    """What has a value; where nothing has, why the first has none; empty where there was nothing."""
    listed = list(found)
    told = tuple(each for each in listed if not isinstance(each, Refusal))
    refused = filter(None, (each if isinstance(each, Refusal) else None for each in listed))
    return told or next(refused, ())


def _items(dossiers: Iterable[ByExpert]) -> tuple[ItemAgreement, ...] | Refusal:
    text = N_("没有两位专家共同评过 %(n)s 份以上的申报；条款的加权 κ 只对这样的两位计算。")
    found = _defined(_told(partial(_pair, *pair)) for pair in _often(dossiers))
    if isinstance(found, Refusal):
        return found
    return tuple(_by_median(found)) or Refusal(Message(text, {"n": FEWEST_SHARED}))


def _pair(item: str, first: str, second: str, scored: Sequence[tuple[int, int]]) -> PairAgreement:
    ours, theirs = ([percents[side] // STEP for percents in scored] for side in (0, 1))
    return PairAgreement(item, first, second, len(scored), quadratic_kappa(ours, theirs, STEPS))


def _by_median(found: Iterable[PairAgreement]) -> Iterator[ItemAgreement]:
    """The items on which experts agree least come first."""
    pairs: dict[str, list[PairAgreement]] = defaultdict(list)
    for each in found:
        pairs[each.item].append(each)
    items = (ItemAgreement(item, tuple(agreed)) for item, agreed in pairs.items())
    yield from sorted(items, key=lambda each: (each.median, each.item))


def _often(dossiers: Iterable[ByExpert]) -> Iterator[tuple[str, str, str, list[tuple[int, int]]]]:
    """Item and two experts with both their percentages on every dossier that they share, where these are enough."""
    for (first, second), sheets in sorted(_shared(dossiers).items()):
        for item, scored in _by_item(sheets).items():
            if len(scored) >= FEWEST_SHARED:
                yield item, first, second, scored


def _shared(dossiers: Iterable[ByExpert]) -> dict[tuple[str, str], list[tuple[Sheet, Sheet]]]:
    """By two experts their sheets on the dossiers that both scored, where these are enough."""
    found: dict[tuple[str, str], list[tuple[Sheet, Sheet]]] = defaultdict(list)
    for sheets in dossiers:
        for first, second in combinations(sheets, 2):
            found[first, second].append((sheets[first], sheets[second]))
    return {pair: both for pair, both in found.items() if len(both) >= FEWEST_SHARED}


def _by_item(pairs: Iterable[tuple[Sheet, Sheet]]) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for one, other in pairs:
        for item in one.percents.keys() & other.percents.keys():
            found[item].append((one.percents[item], other.percents[item]))
    return found
