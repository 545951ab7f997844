"""Which two entries of the pool may be one person, each suspicion with its reasons; a person decides, never this rule."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from app.experts.rules.cells import Certificate, folded
from app.experts.rules.entry import ExpertEntry
from app.kernel.words import N_

MOST_ALIKE = 6
"""What more entries than these have in common (a certificate's name typed as its number, a very common name) shows nothing."""

Clue = Callable[[ExpertEntry], Iterable[tuple[str, ...]]]


@dataclass(frozen=True)
class Suspicion:
    """Two entries, the smaller number first, and what speaks for one person, the strongest first."""

    first: ExpertEntry
    second: ExpertEntry
    reasons: tuple[str, ...]


def _certificates(entry: ExpertEntry) -> Iterator[tuple[str, ...]]:
    for held in map(Certificate.parse, entry.certificates):
        if held.number:
            yield folded(held.name), folded(held.number)


def _name_and_code(entry: ExpertEntry) -> Iterator[tuple[str, ...]]:
    if entry.employer_code:
        yield folded(entry.name), entry.employer_code


def _name_and_employer(entry: ExpertEntry) -> Iterator[tuple[str, ...]]:
    yield folded(entry.name), folded(entry.employer)


def _name_and_mailbox(entry: ExpertEntry) -> Iterator[tuple[str, ...]]:
    """The same person often keeps the name before the @ when the provider changes."""
    yield folded(entry.name), entry.email.partition("@")[0].replace(".", "").partition("+")[0]


def _name_and_residence(entry: ExpertEntry) -> Iterator[tuple[str, ...]]:
    yield folded(entry.name), entry.residence_region


def _name_and_former_place(entry: ExpertEntry) -> Iterator[tuple[str, ...]]:
    """Whoever has changed employers was where the older entry still has him."""
    for place in {entry.employer_region, *(text[:6] for text in entry.former_regions)}:
        yield folded(entry.name), place


CLUES: dict[str, tuple[str, Clue]] = {
    "certificate": (N_("同名同号的证书"), _certificates),
    "code": (N_("姓名和单位统一社会信用代码相同"), _name_and_code),
    "employer": (N_("姓名和工作单位相同"), _name_and_employer),
    "mailbox": (N_("姓名相同，邮箱 @ 之前相同"), _name_and_mailbox),
    "residence": (N_("姓名和常住地相同"), _name_and_residence),
    "place": (N_("姓名相同，现在或从前的单位在同一地"), _name_and_former_place),
}
"""In order of their weight."""


def suspicions(entries: Iterable[ExpertEntry]) -> tuple[Suspicion, ...]:
    """Every pair that shares a clue, those with the strongest first, then by their numbers."""
    people = {entry.number: entry for entry in sorted(entries, key=lambda entry: entry.number)}
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, (_label, clue) in CLUES.items():
        for pair in _sharing(people, clue):
            found[pair].append(name)
    weights = list(CLUES)
    ordered = sorted(found, key=lambda pair: ([weights.index(name) for name in found[pair]], pair))
    return tuple(Suspicion(people[pair[0]], people[pair[1]], tuple(found[pair])) for pair in ordered)


def _sharing(people: dict[str, ExpertEntry], clue: Clue) -> set[tuple[str, str]]:
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for number, entry in people.items():
        for key in clue(entry):
            alike[key].append(number)
    groups = (numbers for numbers in alike.values() if 1 < len(numbers) <= MOST_ALIKE)
    return {(first, second) for numbers in groups for first, second in combinations(numbers, 2)}
