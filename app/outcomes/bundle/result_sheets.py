"""Of the full version, what people lay on the table: every confirmed ranking, and of every dossier that was scored what became of
it, as PDF set from the records beside them. Chinese, as the minutes are; experts stand by their numbers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.applications.models import Application
from app.decisions import queries as decisions
from app.kernel.canonical import Record
from app.kernel.database import db
from app.kernel.exact import display, display_twentieths, from_text
from app.kernel.typesetting import typeset
from app.kernel.words import LocalText
from app.outcomes.bundle import scores
from app.outcomes.bundle.decision import closed_sessions
from app.outcomes.bundle.files import File, binary
from app.outcomes.bundle.scope import Scope
from app.outcomes.models import Outcome
from app.ranking.models import Ranking
from app.ranking.rules import reason
from app.workflow import APPLICATION, OUTCOME

PAPERS = Path(__file__).parent / "papers"
LACKING = "—"
ACROSS, ONWARD = "并列跨线，由评审委员会决定", "进入下一轮"
Row = Mapping[str, Any]


def files(scope: Scope) -> Iterator[File]:
    if not scope.full:
        return
    told = _Told(scope)
    for ranking in scope.rankings:
        yield binary(f"rankings/{ranking.round.key}.pdf", "pdf", typeset(PAPERS / "ranking.typ", told.ranking(ranking)))
    for number in told.scored:
        yield binary(f"results/{number}.pdf", "pdf", typeset(PAPERS / "result_sheet.typ", told.dossier(number)))


@dataclass(frozen=True)
class _Told:
    """What the papers say, looked up once for all of them."""

    scope: Scope

    # --- a ranking -----------------------------------------------------------------------------------------------

    def ranking(self, ranking: Ranking) -> dict[str, Any]:
        keys = [rule["key"] for rule in ranking.snapshot["rules"]["rounds"]]
        names = ["名次", "编号", "申报者", "组别"]
        return self._head(ranking) | {
            "title": f"{self.rounds[ranking.round.key]}排名",
            "headings": [*names, *(self.rounds[key] for key in keys), "得分", "评分份数", "结果"],
            "rows": [self._ranked(row, keys) for row in ranking.snapshot["rows"]],
        }

    def _head(self, ranking: Ranking) -> dict[str, Any]:
        edition = self.scope.edition
        return {
            "edition": edition.title_zh,
            "organiser": self.scope.rulebook.organiser.zh,
            "number": f"{edition.code}-{ranking.round.key}-{ranking.number}",
            "digest": ranking.digest,
        }

    def _ranked(self, row: Row, keys: Sequence[str]) -> list[str]:
        dossier = self.dossiers[row["dossier"]]
        return [
            str(row["rank"] or LACKING),
            dossier.number,
            dossier.name,
            self.groups[dossier.group_key],
            *(self._points(row["rounds"].get(key)) for key in keys),
            row["shown"] or LACKING,
            str(row["reviews"]),
            self._came_to(row),
        ]

    def _points(self, exact: str | None) -> str:
        rule = self.scope.rulebook.aggregation
        return LACKING if exact is None else display(from_text(exact), rule.decimals, rule.rounding.value)

    def _came_to(self, row: Row) -> str:
        if row["straddles"]:
            return ACROSS
        if row["line"]:
            return self.levels[row["line"]]
        return ONWARD if row["advances"] else str(reason(row["reason"], self.scope.rulebook) or "")

    # --- a dossier -----------------------------------------------------------------------------------------------

    def dossier(self, number: str) -> dict[str, Any]:
        dossier, last = self.dossiers[number], self.scope.rankings[-1]
        return self._head(last) | {
            "name": dossier.name,
            "facts": list(self._facts(dossier)),
            "rounds": [self._round(number, key) for key in self.scored[number]],
        }

    def _facts(self, dossier: Application) -> Iterator[tuple[str, str]]:
        yield "编号", dossier.number
        yield "组别", self.groups[dossier.group_key]
        yield "状态", APPLICATION.labels[dossier.state].internal
        for place, held_at, proposal in self.proposals[dossier.number]:
            level = self.levels.get(proposal["level_key"], "未列入拟奖名单")
            votes = "，".join(
                f"{self._choice(choice)} {count} 票" for choice, count in sorted(proposal["votes"].items())
            )
            yield f"第 {place} 次评审委员会（{held_at}）", f"{level}（{votes}）"
        honour = self.honours.get(dossier.id)
        if honour is not None:
            document = f"{honour.approval_document}，{honour.approved_on}" if honour.approval_document else ""
            said = "；".join(filter(None, (honour.level_zh, document, OUTCOME.labels[honour.state].internal)))
            yield "授奖", said

    def _choice(self, choice: str) -> str:
        return self.choices.get(choice, LocalText.same(choice)).zh

    def _round(self, number: str, key: str) -> dict[str, Any]:
        """The items with what each expert and the panel gave, the sums, and what the ranking made of them."""
        sheets, agreed = self.scored[number][key], self.agreed.get((number, key))
        columns = [sheet.content for sheet in sheets] + ([agreed] if agreed else [])
        return {
            "title": self.rounds[key],
            "headings": ["条款", "名称", "分值", *(sheet.expert for sheet in sheets), *(["合议"] if agreed else [])],
            "rows": [self._item(place, columns) for place in range(len(columns[0]["items"]))],
            "totals": [_twentieths(column["total_twentieths"]) for column in columns],
            "after": list(self._after(number, key)),
            "digests": [(sheet.expert, sheet.digest) for sheet in sheets],
        }

    def _item(self, place: int, columns: Sequence[Record]) -> list[str]:
        item = columns[0]["items"][place]
        criteria = self.scope.rulebook.criteria(columns[0]["criteria"])
        given = (_scored(column["items"], item["code"]) for column in columns)
        return [item["code"], criteria.item(item["code"]).name.zh, str(item["points"]), *given]

    def _after(self, number: str, key: str) -> Iterator[str]:
        if off := self.deductions.get((number, key)):
            yield f"超时扣 {off} 分"
        row = self.ranked.get((number, key))
        if row is not None:
            place = f"第 {row['rank']} 名" if row["rank"] else "未排名"
            value = self._points(row["rounds"].get(key))
            came = self._came_to(row)
            yield f"本轮得分 {value}；到本轮为止总分 {row['shown'] or LACKING}，{place}{f'，{came}' if came else ''}"

    # --- looked up -----------------------------------------------------------------------------------------------

    @cached_property
    def rounds(self) -> dict[str, str]:
        return {rule.key: rule.name.zh for rule in self.scope.rulebook.rounds}

    @cached_property
    def levels(self) -> dict[str, str]:
        return {level.key: level.name.zh for level in self.scope.rulebook.levels}

    @cached_property
    def groups(self) -> dict[str, str]:
        return {group.key: group.name.zh for group in self.scope.rulebook.groups}

    @cached_property
    def choices(self) -> Mapping[str, LocalText]:
        return decisions.choice_names(self.scope.rulebook)

    @cached_property
    def dossiers(self) -> dict[str, Application]:
        found = select(Application).where(
            Application.edition_id == self.scope.edition.id, Application.sequence.is_not(None)
        )
        return {each.number: each for each in db.session.scalars(found.order_by(Application.sequence))}

    @cached_property
    def scored(self) -> dict[str, dict[str, list[scores.Sheet]]]:
        """The sheets by dossier and round, both in their order, as they stand in `scores/sheets.jsonl`."""
        found: dict[str, dict[str, list[scores.Sheet]]] = defaultdict(lambda: defaultdict(list))
        for sheet in scores.sheets_of(self.scope):
            found[sheet.dossier][sheet.round].append(sheet)
        return found

    @cached_property
    def agreed(self) -> dict[tuple[str, str], Record]:
        return {(each["dossier"], each["round"]): each["content"] for each in scores.reports_of(self.scope)}

    @cached_property
    def deductions(self) -> dict[tuple[str, str], int]:
        """The last of a dossier counts."""
        return {(dossier, key): points for key, dossier, _number, points in scores.deductions_of(self.scope)}

    @cached_property
    def ranked(self) -> dict[tuple[str, str], Row]:
        return {
            (row["dossier"], ranking.round.key): row
            for ranking in self.scope.rankings
            for row in ranking.snapshot["rows"]
        }

    @cached_property
    def honours(self) -> dict[int, Outcome]:
        return {each.application_id or 0: each for each in self.scope.honours}

    @cached_property
    def proposals(self) -> dict[str, list[tuple[int, str, Record]]]:
        """By dossier: which session, when it was held, what it found."""
        found: dict[str, list[tuple[int, str, Record]]] = defaultdict(list)
        for place, session in enumerate(closed_sessions(self.scope), start=1):
            held_on = session.held_at.astimezone(ZoneInfo(self.scope.edition.time_zone)).date().isoformat()
            for proposal, dossier in decisions.proposals(session.id):
                told = {"level_key": proposal.level_key, "votes": proposal.counts["votes"]}
                found[dossier.number].append((place, held_on, told))
        return found


def _twentieths(total: int | None) -> str:
    return LACKING if total is None else display_twentieths(total)


def _scored(items: Sequence[Record], code: str) -> str:
    """An item's points; what was not scored, or not agreed on, is a dash."""
    percent = next((item["percent"] for item in items if item["code"] == code), None)
    points = next((item["points"] for item in items if item["code"] == code), 0)
    return LACKING if percent is None else display_twentieths(points * percent // 5)
