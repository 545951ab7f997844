"""What the ranking's page and its exports show, put into the reader's words once for all rows."""

from dataclasses import dataclass, replace
from itertools import chain

from app.kernel import regions, spreadsheets
from app.kernel.words import N_, LocalText
from app.programmes.queries import rulebook_with_digest
from app.programmes.rules.labels import LABELS
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import AggregationMethod, TrimFallback
from app.ranking import rules
from app.ranking.explanation import explanation
from app.ranking.queries import Line, RankingView
from app.web.downloads import file_name
from app.web.formats import moment, say
from app.web.language import _

WIDTHS = (8, 36, 18, 14, 14, 12, 22, 10)
AGREED = N_("合议")
TIED, ACROSS = N_("并列"), N_("跨线并列")
ONWARD = N_("入围")
HEADINGS = (
    N_("名次"),
    N_("申报者"),
    N_("编号"),
    N_("城市"),
    N_("组别"),
    N_("得分"),
    N_("精确值"),
    N_("评分份数"),
)


@dataclass(frozen=True)
class Words:
    """Names by key in the reader's language, each looked up once."""

    groups: dict[str, str]
    levels: dict[str, str]
    rounds: dict[str, str]
    cities: dict[str, str]


def words_for(view: RankingView, lines: list[Line], rulebook: Rulebook) -> Words:
    last = rulebook.rounds.index(rulebook.round(view.round_key)) + 1
    return Words(
        groups={group.key: say(group.name) for group in rulebook.groups},
        levels={level.key: say(level.name) for level in rulebook.levels},
        rounds={rule.key: say(rule.name) for rule in rulebook.rounds[:last]},
        cities={code: say(city(code)) if code else "—" for code in {line.region_code for line in lines}},
    )


def without_names(lines: list[Line]) -> list[Line]:
    """As the committee's blind papers show them: neither name nor number nor place."""
    return [replace(line, name=say(rules.alias(line.position)), number="", region_code="") for line in lines]


def city(region_code: str) -> LocalText:
    found = regions.find(regions.prefix(region_code, "city"))
    return found.name if found else LocalText.same(region_code)


def marks(view: RankingView, rulebook: Rulebook) -> dict[int, list[str]]:
    return {after: [say(text) for text in texts] for after, texts in rules.marks(view.summary, rulebook).items()}


def rulebook_for(view: RankingView) -> Rulebook:
    return rulebook_with_digest(view.edition_id, view.rulebook_digest)


def result_of(line: Line, words: Words, said: dict[str, str]) -> str:
    """The level a dossier is in line for, or that it goes on, or that its place is open."""
    if line.straddles:
        return said["across"]
    if line.line:
        return words.levels[line.line]
    return said["onward"] if line.advances else ""


def said() -> dict[str, str]:
    return {"tied": _(TIED), "across": _(ACROSS), "onward": _(ONWARD), rules.CONSENSUS: _(AGREED)} | {
        way.value: say(LABELS[way]) for way in (*AggregationMethod, *TrimFallback)
    }


def bases_of(line: Line, words: Words, said: dict[str, str]) -> str:
    """How the value of each round came about, in one cell of the export."""
    return _("；").join(f"{words.rounds[key]} {said[basis]}" for key, basis in line.bases.items())


def reason_of(line: Line, rulebook: Rulebook) -> str:
    found = rules.reason(line.reason, rulebook)
    return say(found) if found else ""


def table(view: RankingView, lines: list[Line]) -> spreadsheets.Table:
    rulebook = rulebook_for(view)
    words, marked = words_for(view, lines, rulebook), said()
    rows = [
        [
            str(line.rank or ""),
            line.name,
            line.number,
            words.cities[line.region_code],
            words.groups[line.group_key],
            line.shown,
            line.score,
            str(line.reviews),
            *(line.rounds.get(key, "") for key in words.rounds),
            bases_of(line, words, marked),
            result_of(line, words, marked),
            marked["tied"] if line.tied else "",
            reason_of(line, rulebook),
        ]
        for line in lines
    ]
    headings = [*map(_, HEADINGS), *words.rounds.values(), _("得分来源"), _("结果"), _(TIED), _("未参加排名的原因")]
    return spreadsheets.Table(_("排名"), _("计算说明"), headings, rows, _notes(view, rulebook), WIDTHS)


def _notes(view: RankingView, rulebook: Rulebook) -> list[str]:
    """How the table came about, and what is marked in it."""
    computed = _(
        "%(round)s，第 %(n)s 次计算，%(time)s",
        round=say(view.round_name),
        n=view.number,
        time=moment(view.computed_at),
    )
    return [
        computed,
        _("摘要（SHA-256）：%(digest)s", digest=view.digest),
        *map(say, explanation(rulebook, view.round_key)),
        *chain.from_iterable(marks(view, rulebook).values()),
    ]


def filename(view: RankingView, suffix: str) -> str:
    what = _("%(round)s排名", round=say(view.round_name))
    return file_name(view.edition_code, f"{what}-{view.number}", suffix)
