"""What files say, in the words of the person who takes them along; scores exact, in points with two decimals."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.exports.models import Export
from app.exports.queries import Source
from app.exports.rules import KIND_LABELS, ExportKind
from app.kernel import clock
from app.kernel.canonical import Record
from app.kernel.exact import display_twentieths
from app.kernel.spreadsheets import Table
from app.kernel.words import N_
from app.programmes.models import Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.criteria import CriteriaSet, Item
from app.programmes.rules.rulebook import Rulebook
from app.ranking import pages as ranking_pages
from app.ranking import queries as rankings
from app.ranking.explanation import explanation
from app.scoring import queries as scoring
from app.scoring.queries import HandedIn
from app.web.downloads import file_name
from app.web.formats import moment, say
from app.web.language import _

Tell = Callable[[int, int], None]
UNDER_LETTERS = N_("专家以字母代替，与排名页上这家申报的字母一致；字母的次序与专家无关。")
BY_NAME = N_("只含导出人有权查看的评分表。")
LACKING = "—"
BEGIN_WIDTHS = (18, 34, 14, 14, 10, 12)


@dataclass(frozen=True)
class Words:
    """Names by key in the reader's language, each looked up once."""

    groups: Mapping[str, str]
    rounds: Mapping[str, str]
    criteria: Mapping[str, CriteriaSet]
    items: dict[tuple[str, str], str] = field(default_factory=dict)

    def item(self, criteria_key: str, code: str) -> str:
        found = self.items.get((criteria_key, code))
        if found is None:
            found = self.items[criteria_key, code] = say(self.criteria[criteria_key].item(code).name)
        return found


def words_of(rulebook: Rulebook) -> Words:
    return Words(
        groups={group.key: say(group.name) for group in rulebook.groups},
        rounds={rule.key: say(rule.name) for rule in rulebook.rounds},
        criteria={criteria.key: criteria for criteria in rulebook.criteria_sets},
    )


def title_of(export: Export) -> str:
    return f"{say(export.reviewed.name)} {say(KIND_LABELS[export.kind])}"


def filename(export: Export) -> str:
    number = "" if export.ranking is None else f"-{export.ranking.number}"
    what = f"{say(export.reviewed.name)}-{say(KIND_LABELS[export.kind])}{number}"
    return file_name(export.edition.code, what, export.suffix)


def table(export: Export, source: Source, tell: Tell) -> Table:
    """Rows are made while they are written, so that the progress told is true."""
    words = words_of(rulebook_of(export.edition))
    sheets = _read(source, tell)
    if export.kind is ExportKind.COMMENTS:
        return _table(export, source, [*_beginning(), *map(_, COMMENT_HEADINGS)], _comments(sheets, source, words))
    columns = columns_of(_criteria_used(export.reviewed))
    headings = [*_beginning(), *(heading for _codes, heading in columns), _("总分")]
    return _table(export, source, headings, _scores(sheets, source, words, columns=[codes for codes, _h in columns]))


def _read(source: Source, tell: Tell) -> Iterator[HandedIn]:
    total = len(source.reviewers)
    for done, sheet in enumerate(scoring.read(source.sheet_ids), start=1):
        if done % scoring.READ_AT_ONCE == 0:
            tell(done, total)
        yield sheet


def _table(export: Export, source: Source, headings: list[str], rows: Iterator[list[str]]) -> Table:
    return Table(title_of(export), _("说明"), headings, rows, notes_of(export, source), BEGIN_WIDTHS)


def notes_of(export: Export, source: Source) -> list[str]:
    told = [
        _("%(edition)s，%(round)s", edition=say(export.edition.title), round=say(export.reviewed.name)),
        _("%(name)s导出于%(time)s", name=export.user.name, time=moment(clock.now())),
        _("评分表 %(n)s 份", n=len(source.reviewers)),
        _(BY_NAME) if source.view is None else _(UNDER_LETTERS),
    ]
    if source.view is not None:
        told.append(_("排名摘要（SHA-256）：%(digest)s", digest=source.view.digest))
    return told


# --- the rows -----------------------------------------------------------------------------------------------------


def _beginning() -> list[str]:
    return [_("编号"), _("申报者"), _("组别"), _("轮次"), _("专家"), _("专家姓名")]


COMMENT_HEADINGS = (N_("条款"), N_("条款名称"), N_("分值"), N_("得分比例（%）"), N_("得分"), N_("优势"), N_("改进机会"))


def _start(sheet: HandedIn, source: Source, words: Words) -> list[str]:
    """Whose sheet of what; an applicant's name stands only where the reader may know it."""
    return [
        sheet.number,
        sheet.name if source.names else "",
        words.groups[sheet.group_key],
        words.rounds[sheet.round_key],
        *source.reviewers[sheet.sheet_id],
    ]


def _scores(
    sheets: Iterator[HandedIn], source: Source, words: Words, *, columns: Sequence[frozenset[tuple[str, str]]]
) -> Iterator[list[str]]:
    for sheet in sheets:
        scored = {(sheet.criteria_key, item["code"]): _points(item["twentieths"]) for item in sheet.items}
        cells = [next((scored[key] for key in column if key in scored), "") for column in columns]
        yield [*_start(sheet, source, words), *cells, _points(sheet.total)]


def _comments(sheets: Iterator[HandedIn], source: Source, words: Words) -> Iterator[list[str]]:
    for sheet in sheets:
        start = _start(sheet, source, words)
        yield from ([*start, *_comment(item, words.item(sheet.criteria_key, item["code"]))] for item in sheet.items)


def _comment(item: Record, name: str) -> list[str]:
    percent = "" if item["percent"] is None else str(item["percent"])
    scored = [str(item["points"]), percent, _points(item["twentieths"])]
    return [item["code"], name, *scored, item["strengths"], item["improvements"]]


def _points(twentieths: int | None) -> str:
    return "" if twentieths is None else display_twentieths(twentieths)


def _criteria_used(round_: Round) -> list[CriteriaSet]:
    """The criteria sets of the groups that are open in this edition, each once."""
    rulebook = rulebook_of(round_.edition)
    used = [rulebook.criteria_for(group.key) for group in rulebook.enabled_groups]
    return list({criteria.key: criteria for criteria in used}.values())


def columns_of(sets: Sequence[CriteriaSet]) -> list[tuple[frozenset[tuple[str, str]], str]]:
    """One column an item, with its heading; items of several criteria sets share one where code, name and points are the same."""
    found: dict[tuple[str, str, int], set[tuple[str, str]]] = {}
    for criteria in sets:
        for item in criteria.items:
            found.setdefault(_heading_key(item), set()).add((criteria.key, item.code))
    return [
        (frozenset(keys), _("%(code)s %(name)s（%(n)s 分）", code=code, name=name, n=points))
        for (code, name, points), keys in found.items()
    ]


def _heading_key(item: Item) -> tuple[str, str, int]:
    return item.code, say(item.name), item.points


# --- the summary --------------------------------------------------------------------------------------------------


def summary(export: Export, view: rankings.RankingView, source: Source) -> dict[str, Any]:
    """The score summary as data for its paper: every dossier with its sheets, its score, rank and result."""
    rulebook, lines = ranking_pages.rulebook_for(view), rankings.lines(view.id)
    words, totals = ranking_pages.words_for(view, lines, rulebook), _totals(view, source)
    letters = sorted(set().union(*totals.values()))
    earlier = [key for key in words.rounds if key != view.round_key]
    row = _SummaryRow(rulebook, words, ranking_pages.said(), earlier=earlier, letters=letters)
    names = [_("名次"), _("编号"), _("申报者"), _("组别")]
    return {
        "title": _("%(round)s评分汇总表", round=say(view.round_name)),
        "edition": say(export.edition.title),
        "organiser": say(rulebook.organiser),
        "number": f"{view.edition_code}-{view.round_key}-{view.number}",
        "digest": view.digest,
        "language": export.language,
        "headings": [*names, *(words.rounds[key] for key in earlier), *letters, _("得分"), _("结果")],
        "texts": 3,
        "rows": [row.cells(line, totals.get(line.application_id, {})) for line in lines],
        "notes": [*map(say, explanation(rulebook, view.round_key)), *notes_of(export, source)],
        "notes_title": _("说明"),
        "signatures": [_("制表人"), _("复核人"), _("监督员")],
        "dated": _("日期"),
    }


@dataclass(frozen=True)
class _SummaryRow:
    """How a dossier stands in the summary; what it lacks is a dash."""

    rulebook: Rulebook
    words: ranking_pages.Words
    said: dict[str, str]
    earlier: Sequence[str]
    letters: Sequence[str]

    def cells(self, line: rankings.Line, totals: Mapping[str, str]) -> list[str]:
        result = ranking_pages.result_of(line, self.words, self.said)
        return [
            str(line.rank or LACKING),
            line.number,
            line.name,
            self.words.groups[line.group_key],
            *(line.rounds.get(key, LACKING) for key in self.earlier),
            *(totals.get(letter, LACKING) for letter in self.letters),
            line.shown or LACKING,
            result or ranking_pages.reason_of(line, self.rulebook),
        ]


def _totals(view: rankings.RankingView, source: Source) -> dict[int, dict[str, str]]:
    """By dossier and letter, the totals of the ranking's own round."""
    found: dict[int, dict[str, str]] = {}
    for row in source.lettered:
        if row.round_key == view.round_key:
            found.setdefault(row.application_id, {})[row.letter] = display_twentieths(row.total)
    return found
