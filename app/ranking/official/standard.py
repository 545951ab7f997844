"""Standardised scores, where a rulebook prescribes them: by how many standard deviations a score lies above the mean of its cell.

A cell is what one expert gave in a round, or the means of one group's dossiers. The square of a standardised score is an exact
fraction; its decimal and the root of that have 34 digits, rounded half to even, so that every machine finds the same. A cell that is too small or
has no spread has no standardised scores: the ranking is refused with the reason, nothing else is put in its place.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import cached_property

from app.kernel.words import N_, Message
from app.ranking.official.data import Facts, Review, RoundRule, Spread

DIGITS = Context(prec=34, rounding=ROUND_HALF_EVEN)
FEWEST = 5
"""Scores in a cell."""
SAME = Fraction(1, 10**9)
"""Scores that agree when rounded to this are equal."""

TOO_FEW = {
    "judge_z": N_("“%(round)s”中专家 %(cell)s 只有 %(found)s 份评分，少于 %(least)s 份，不能标准化，无法排名。"),
    "group_z": N_("“%(round)s”中“%(cell)s”组只有 %(found)s 家有得分，少于 %(least)s 家，不能标准化，无法排名。"),
}
ALL_ALIKE = {
    "judge_z": N_("“%(round)s”中专家 %(cell)s 的评分全部相同，不能标准化，无法排名。"),
    "group_z": N_("“%(round)s”中“%(cell)s”组各家得分全部相同，不能标准化，无法排名。"),
}


class Unscorable(ValueError):
    """Standardised scores are prescribed and some have no value; `reasons` has a sentence for each cell."""

    def __init__(self, reasons: Sequence[Message]) -> None:
        super().__init__("；".join(map(str, reasons)))
        self.reasons = tuple(reasons)


Sheets = Mapping[tuple[str, str], Sequence[Review]]
Cell = dict[str, Fraction]
"""Scores by dossier."""


class Standardised:
    """The values of the rounds for which a standardised rule holds; `sheets` by dossier and round."""

    def __init__(self, rounds: Iterable[RoundRule], sheets: Sheets, facts: Facts) -> None:
        self._rules = [rule for rule in rounds if rule.is_standardised]
        self._sheets, self._facts = sheets, facts

    def demand(self, dossiers: Iterable[str]) -> None:
        """Raises Unscorable where a score that these dossiers need cannot be standardised."""
        if reasons := list(self._faults(set(dossiers))):
            raise Unscorable(reasons)

    def _faults(self, wanted: set[str]) -> Iterator[Message]:
        for rule in self._rules:
            for name, cell in self._cells(rule).items():
                reason = fault(rule.method, list(cell.values()), {"round": rule.key, "cell": name})
                if reason is not None and not wanted.isdisjoint(cell):
                    yield reason

    def value(self, dossier: str, key: str) -> Fraction:
        """The mean of the dossier's standardised scores in this round; `demand` has made sure that there is one."""
        return self._values[key][dossier]

    @cached_property
    def _values(self) -> dict[str, dict[str, Fraction]]:
        return {rule.key: self._standardised(rule) for rule in self._rules}

    def _standardised(self, rule: RoundRule) -> dict[str, Fraction]:
        """Of every dossier that only lies in cells which can be standardised."""
        found: dict[str, list[Fraction]] = {}
        for cell in self._cells(rule).values():
            values = list(cell.values())
            if fault(rule.method, values, {}) is None:
                for dossier, score in zip(cell, standardised(values, rule.spread), strict=True):
                    found.setdefault(dossier, []).append(score)
        return {dossier: sum(scores, Fraction(0)) / len(scores) for dossier, scores in found.items()}

    def _cells(self, rule: RoundRule) -> dict[str, Cell]:
        """By expert what he gave, or by group its dossiers' means; with dossiers that are no longer in the ranking."""
        cells: dict[str, Cell] = {}
        for name, dossier, score in self._by_judge(rule) if rule.method == "judge_z" else self._by_group(rule):
            cells.setdefault(name, {})[dossier] = score
        return dict(sorted(cells.items()))

    def _by_judge(self, rule: RoundRule) -> Iterator[tuple[str, str, Fraction]]:
        for (dossier, key), sheets in self._sheets.items():
            if key == rule.key:
                yield from ((sheet.reviewer, dossier, Fraction(sheet.total)) for sheet in sheets)

    def _by_group(self, rule: RoundRule) -> Iterator[tuple[str, str, Fraction]]:
        for (dossier, key), sheets in self._sheets.items():
            if key == rule.key and len(sheets) >= rule.needed:
                mean = Fraction(sum(sheet.total for sheet in sheets), len(sheets))
                yield self._facts.of(dossier).group, dossier, mean


def fault(method: str, values: Sequence[Fraction], about: Mapping[str, str]) -> Message | None:
    """Why a cell cannot be standardised; `about` names its round and the cell."""
    if len(values) < FEWEST:
        return Message(TOO_FEW[method], {**about, "found": len(values), "least": FEWEST})
    if len(set(values)) == 1:
        return Message(ALL_ALIKE[method], about)
    return None


def standardised(values: Sequence[Fraction], spread: Spread) -> list[Fraction]:
    """Each score's distance from the mean of all in standard deviations, as the exact value of its 34 digits. `spread` says
    whether the cell is the whole population or a sample of one."""
    mean = sum(values, Fraction(0)) / len(values)
    squares = sum(((value - mean) ** 2 for value in values), Fraction(0))
    variance = squares / (len(values) - (spread == "sample"))
    return [_root((value - mean) ** 2 / variance) * (1 if value > mean else -1) for value in values]


def _root(square: Fraction) -> Fraction:
    return Fraction(DIGITS.divide(Decimal(square.numerator), Decimal(square.denominator)).sqrt(DIGITS))
