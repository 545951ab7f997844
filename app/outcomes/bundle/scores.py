"""Score sheets, what panels agreed on, what overtime cost, and the confirmed ranking of every round.

In the public version nothing joins a sheet to a seat: the sheets of a dossier are numbered in the order of what they say,
and each dossier's numbers stand for themselves. Where a tie was parted by who scored both dossiers, the ranking says how
often each was put higher.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

from sqlalchemy import Row, select

from app.applications.models import Application
from app.consensus.models import Consensus, PanelReport
from app.defences.models import DefenceDeduction, DefenceSlot
from app.experts.models import Expert
from app.kernel.canonical import Record, canonical
from app.kernel.database import db
from app.outcomes.bundle.files import File, document, lines, table
from app.outcomes.bundle.scope import Scope
from app.panels.models import Assignment
from app.programmes.models import Round
from app.ranking.models import Ranking
from app.scoring.models import ScoreSheet, SubmittedSheet
from app.workflow import ScoreSheetState

HEAD_TO_HEAD, WEIGHED, BY_JUDGE = "head_to_head", "weighted_mean", "judge_z"


@dataclass(frozen=True)
class Sheet:
    """What was handed in last on a sheet that counts; `number` among the sheets of its dossier and round."""

    dossier: str
    round: str
    expert: str
    content: Record
    digest: str
    earlier: tuple[Record, ...]
    number: int = 0

    @property
    def scores(self) -> Record:
        """The numbers alone."""
        fields = ("code", "points", "percent", "twentieths")
        return {
            "criteria": self.content["criteria"],
            "items": [{field: item[field] for field in fields} for item in self.content["items"]],
            "total_twentieths": self.content["total_twentieths"],
        }


def files(scope: Scope) -> Iterator[File]:
    sheets = sheets_of(scope)
    records = (_sheet_record(scope, sheet) for sheet in sheets)
    yield lines("scores/sheets.jsonl", "zhiheng-sheets/1", records, key=("dossier", "round", "sheet"))
    reports = (_report_record(scope, report) for report in reports_of(scope))
    yield lines("scores/consensus.jsonl", "zhiheng-consensus/1", reports, key=("dossier", "round"))
    yield _deductions(scope)
    numbers = {(sheet.dossier, sheet.round, sheet.expert): str(sheet.number) for sheet in sheets}
    yield from (_ranking(scope, ranking, numbers) for ranking in scope.rankings)


# --- sheets -------------------------------------------------------------------------------------------------------


def sheets_of(scope: Scope) -> list[Sheet]:
    """In the order of dossiers and rounds, numbered."""
    return list(_numbered(_sheets(scope)))


def _sheets(scope: Scope) -> list[Sheet]:
    found = (
        select(SubmittedSheet, Application.number.label("dossier"), Round.key, Expert.number.label("expert"))
        .join(ScoreSheet, ScoreSheet.id == SubmittedSheet.sheet_id)
        .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
        .join(Application, Application.id == ScoreSheet.application_id)
        .join(Round, Round.id == ScoreSheet.round_id)
        .join(Expert, Expert.id == ScoreSheet.expert_id)
        .where(ScoreSheet.edition_id == scope.edition.id, ScoreSheet.state == ScoreSheetState.SUBMITTED)
        .order_by(Application.sequence, Round.position, SubmittedSheet.sheet_id, SubmittedSheet.number)
    )
    rows = db.session.execute(found).all()
    return [_sheet(list(versions)) for _id, versions in groupby(rows, key=lambda row: row.SubmittedSheet.sheet_id)]


def _sheet(versions: Sequence[Row[SubmittedSheet, str, str, str]]) -> Sheet:
    last, dossier, round_key, expert = versions[-1]
    before = tuple(each[0].content for each in versions[:-1])
    return Sheet(dossier, round_key, expert, last.content, last.digest, before)


def _numbered(sheets: Sequence[Sheet]) -> Iterator[Sheet]:
    for _place, group in groupby(sheets, key=lambda sheet: (sheet.dossier, sheet.round)):
        ordered = sorted(group, key=lambda sheet: (canonical(sheet.scores), sheet.expert))
        for number, each in enumerate(ordered, start=1):
            yield Sheet(each.dossier, each.round, each.expert, each.content, each.digest, each.earlier, number)


def _sheet_record(scope: Scope, sheet: Sheet) -> Record:
    record: Record = {"dossier": sheet.dossier, "round": sheet.round, "sheet": sheet.number, **sheet.scores}
    if scope.full:
        told = {"digest": sheet.digest, "content": sheet.content, "earlier": list(sheet.earlier)}
        record |= {"expert": sheet.expert, **told}
    return record


# --- what panels agreed on ----------------------------------------------------------------------------------------


def reports_of(scope: Scope) -> Iterator[Record]:
    """What each panel released: `dossier`, `round`, `digest` and the whole content."""
    found = (
        select(PanelReport, Application.number, Round.key)
        .join(Consensus, Consensus.id == PanelReport.consensus_id)
        .join(Application, Application.id == Consensus.application_id)
        .join(Round, Round.id == Consensus.round_id)
        .where(Consensus.edition_id == scope.edition.id)
        .order_by(Application.sequence, Round.position)
    )
    for report, dossier, round_key in db.session.execute(found):
        yield {"dossier": dossier, "round": round_key, "digest": report.digest, "content": report.content}


def _report_record(scope: Scope, report: Record) -> Record:
    content = report["content"]
    items = [{field: item[field] for field in ("code", "points", "percent")} for item in content["items"]]
    record = {"dossier": report["dossier"], "round": report["round"], "criteria": content["criteria"]}
    record |= {"items": items, "total_twentieths": content["total_twentieths"]}
    return record | ({"digest": report["digest"], "content": content} if scope.full else {})


def deductions_of(scope: Scope) -> Sequence[Row[str, str, int, int]]:
    """Round, dossier, number and points, in order; the last of a dossier counts."""
    found = (
        select(Round.key, Application.number, DefenceDeduction.number, DefenceDeduction.points)
        .join(DefenceSlot, DefenceSlot.id == DefenceDeduction.slot_id)
        .join(Application, Application.id == DefenceSlot.application_id)
        .join(Round, Round.id == DefenceSlot.round_id)
        .where(Round.edition_id == scope.edition.id)
        .order_by(Round.position, Application.sequence, DefenceDeduction.number)
    )
    return db.session.execute(found).all()


def _deductions(scope: Scope) -> File:
    columns = ("round", "dossier", "number", "points")
    rows = ((key, dossier, number, points) for key, dossier, number, points in deductions_of(scope))
    return table("scores/deductions.csv", "zhiheng-deductions/1", columns, rows, key=3)


# --- rankings -----------------------------------------------------------------------------------------------------

Numbers = Mapping[tuple[str, str, str], str]


def _ranking(scope: Scope, ranking: Ranking, numbers: Numbers) -> File:
    key = ranking.round.key
    snapshot = ranking.snapshot if scope.full else _pseudonymous(ranking.snapshot, numbers)
    record = {
        "round": key,
        "number": ranking.number,
        "is_final": ranking.is_final,
        "digest": ranking.digest,
        "snapshot": snapshot,
    }
    return document(f"rankings/{key}.json", "zhiheng-ranking-record/1", record)


def _pseudonymous(snapshot: Record, numbers: Numbers) -> Record:
    """Each review under its sheet's number, with its role only where the rule weighs it; who was compared by whom is counted
    only."""
    weighed = any(rule["method"] == WEIGHED for rule in snapshot["rules"]["rounds"])
    reviews = [
        [dossier, key, numbers[dossier, key, reviewer], role if weighed else "", total, results]
        for dossier, key, reviewer, role, total, results in snapshot["reviews"]
    ]
    compared = _compared(snapshot) if HEAD_TO_HEAD in snapshot["rules"]["ties"] else []
    return snapshot | {"reviews": sorted(reviews), "compared": compared} | _judges(snapshot, numbers)


def _judges(snapshot: Record, numbers: Numbers) -> Record:
    """Where scores are standardised by expert: which sheets of a round are one expert's, numbered in the order of the sheets."""
    if all(rule["method"] != BY_JUDGE for rule in snapshot["rules"]["rounds"]):
        return {}
    given: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for dossier, key, reviewer, *_scores in snapshot["reviews"]:
        given[key, reviewer].append((dossier, key, numbers[dossier, key, reviewer]))
    cells = enumerate(sorted(map(sorted, given.values())), start=1)
    return {"judges": sorted([*sheet, f"{number:03d}"] for number, sheets in cells for sheet in sheets)}


def _compared(snapshot: Record) -> list[list[object]]:
    """For every pair in a tie across a line: by how many experts who scored both each was put higher."""
    given: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for dossier, key, reviewer, _role, total, _results in snapshot["reviews"]:
        given[dossier][key, reviewer] = total
    pairs = {pair for cut in snapshot["cuts"] for pair in combinations(sorted(cut["tied"]), 2)}
    return [[one, other, *_higher(given[one], given[other])] for one, other in sorted(pairs)]


def _higher(mine: Mapping[tuple[str, str], int], theirs: Mapping[tuple[str, str], int]) -> tuple[int, int]:
    both = [(mine[each], theirs[each]) for each in mine.keys() & theirs.keys()]
    return sum(a > b for a, b in both), sum(a < b for a, b in both)
