"""From a confirmed ranking and those of the rounds before it to the question that the advice answers, and to what is stored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import accumulate

from app.kernel.canonical import Record
from app.kernel.exact import TWENTIETHS, from_text
from app.kernel.words import N_, Message
from app.programmes.rules.rulebook import Rulebook
from app.ranking import reliability, rules
from app.ranking.advice import Advice, Part, Place, Question, calibrated_scores, consider, record
from app.ranking.advice.extra import worth
from app.ranking.advice.relied import relied
from app.ranking.advice.scale import use_of
from app.ranking.advice.sensitivity import Counted, sensitivity
from app.ranking.advice.ties import Labels
from app.ranking.calibration import Review
from app.ranking.official import Agreed, Deduction, RoundRule
from app.ranking.official import Review as Sheet

ONWARD = "onward"
STANDARDISED = N_("规则以标准分排名，标准分已经按专家或组别折算过，不再校准，也不给出可能性。")


@dataclass(frozen=True)
class Basis:
    """A ranking's record and summary with those of the confirmed rankings of earlier rounds, by round; the groups of all dossiers."""

    rulebook: Rulebook
    round_key: str
    snapshot: Record
    summary: Mapping[str, object]
    digest: str
    earlier: Mapping[str, Record]
    groups: Mapping[str, str]


def question(basis: Basis) -> Question:
    """The seed is the ranking's own digest: nobody can choose it, and it is known with the ranking."""
    _dossiers, sheets, agreed = rules.stored_input(basis.snapshot)
    moved = _moved(sheets, agreed, rules.stored_deductions(basis.snapshot))
    official = rules.official_rules(basis.rulebook, basis.round_key)
    return Question(
        dossiers={row["dossier"]: from_text(row["score"]) for row in basis.snapshot["rows"] if row["rank"] is not None},
        parts=tuple(_part(basis, rule, sheets, moved.get(rule.key, {})) for rule in official.rounds),
        cuts=tuple(cuts(basis.summary)),
        seed=int(basis.digest[:32], 16),
    )


def cuts(summary: Mapping[str, object]) -> list[Place]:
    """Where something is decided, in places: the seats that were filled or are open at each line, and who goes on. A line
    that passes over somebody (seats kept or limited) is no cut of the order, and no chance is told of it."""
    lines = rules.records(summary["lines"])
    filled = accumulate(line["filled"] for line in lines)
    found = [
        Place(line["level"], line["after"] + line["open"])
        for line, above in zip(lines, filled, strict=True)
        if above == line["after"]
    ]
    onward = summary["onward"]
    if isinstance(onward, dict):
        found.append(Place(ONWARD, onward["after"]))
    ranked = int(str(summary["ranked"]))
    first = {cut.places: cut for cut in reversed(found)}
    return [cut for places, cut in sorted(first.items()) if 0 < places < ranked]


def _part(basis: Basis, rule: RoundRule, sheets: Sequence[Sheet], kept: Mapping[str, float]) -> Part:
    """The sheets of this ranking, and of an earlier round those of dossiers that did not go on."""
    own = [each for each in (*sheets, *_gone(basis, rule.key, sheets)) if each.round == rule.key]
    read = sorted({each.dossier for each in own})
    return Part(
        key=rule.key,
        reviews=tuple(Review(each.dossier, each.reviewer, each.total) for each in own),
        groups={name: basis.groups.get(name, "") for name in read},
        mode=rule.mode,
        weight=rule.weight,
        bound=rule.bound,
        planned=basis.rulebook.round(rule.key).panel_size * len(read),
        kept=kept,
    )


def _gone(basis: Basis, key: str, sheets: Sequence[Sheet]) -> list[Sheet]:
    """The sheets of dossiers that had this round and did not go on from it."""
    here = {each.dossier for each in sheets}
    before = rules.stored_input(basis.earlier[key])[1] if key in basis.earlier else []
    return [each for each in before if each.dossier not in here]


def _moved(
    sheets: Iterable[Sheet], agreed: Iterable[Agreed], deductions: Iterable[Deduction]
) -> dict[str, dict[str, float]]:
    """By round and dossier: what talk moved the value away from the mean of the sheets, less what overtime cost."""
    totals: dict[tuple[str, str], list[int]] = {}
    for each in sheets:
        totals.setdefault((each.round, each.dossier), []).append(each.total)
    found: dict[str, dict[str, float]] = {}
    for talk in agreed:
        own = totals[talk.round, talk.dossier]
        points = Fraction(talk.total, TWENTIETHS) - Fraction(sum(own), TWENTIETHS * len(own))
        found.setdefault(talk.round, {})[talk.dossier] = float(points)
    for off in deductions:
        of_round = found.setdefault(off.round, {})
        of_round[off.dossier] = of_round.get(off.dossier, 0.0) - off.points
    return found


Percents = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Beside:
    """What stands in no ranking's record and is read once, when the ranking is confirmed. `percents`: of the sheets of the ranking's
    own round, by "dossier expert", by item; `labels`: by relation, what may tie experts and dossiers."""

    percents: Percents
    labels: Mapping[str, Labels]

    @classmethod
    def stored(cls, given: Record) -> "Beside":
        return cls(given["percents"], record.stored_labels(given["labels"]))

    def record(self) -> Record:
        percents = {key: dict(found) for key, found in self.percents.items()}
        return {"percents": percents, "labels": record.labels_record(self.labels)}


def given(basis: Basis, beside: Beside) -> Record:
    """All that the advice is computed from."""
    return record.question_record(question(basis)) | beside.record()


def content(basis: Basis, beside: Beside) -> Record:
    """What is said beside the ranking."""
    asked, percents = question(basis), beside.percents
    advice, rounds = consider(asked)
    manners = {key: each.manners for key, each in rounds.items()}
    _dossiers, sheets, agreed = rules.stored_input(basis.snapshot)
    counted = Counted(
        tuple(asked.dossiers),
        rules.official_rules(basis.rulebook, basis.round_key),
        tuple(sheets),
        tuple(agreed),
        tuple(rules.stored_deductions(basis.snapshot)),
        rules.stored_facts(basis.snapshot),
    )
    if counted.rules.is_standardised:
        advice = Advice(refusals=(Message(STANDARDISED),))
    scores = None if advice.refusals else calibrated_scores(advice)
    changes = sensitivity(counted, list(asked.dossiers), [cut.places for cut in asked.cuts], scores)
    reviews = {row["dossier"]: row["reviews"] for row in basis.snapshot["rows"]}
    return record.written(advice, changes, manners, worth(advice, asked.draws, reviews)) | {
        "cuts": [[cut.key, cut.places] for cut in asked.cuts],
        "draws": asked.draws,
        "ties": {
            key: list(map(record.relation_record, each.ties(beside.labels, asked.seed))) for key, each in rounds.items()
        },
        "uses": _uses(percents),
        "reliability": relied(_own_sheets(asked, basis.round_key, percents)),
    }


def _uses(percents: Percents) -> dict[str, Record]:
    """By expert, how the scale was used in the ranking's own round."""
    found: dict[str, list[Mapping[str, int]]] = {}
    for key, marks in sorted(percents.items()):
        found.setdefault(key.split()[1], []).append(marks)
    used = {expert: use_of(marks) for expert, marks in found.items()}
    return {expert: record.plain(asdict(use)) for expert, use in used.items() if use is not None}


def _own_sheets(asked: Question, round_key: str, percents: Percents) -> list[reliability.Sheet]:
    (part,) = (each for each in asked.parts if each.key == round_key)
    return [
        reliability.Sheet(each.dossier, each.expert, each.twentieths, percents.get(f"{each.dossier} {each.expert}", {}))
        for each in part.reviews
    ]
