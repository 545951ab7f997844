"""The five requests that are measured, for the product and for the bare application alike."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.client import Request
from benchmarks.data import Made

LONG = "针对关键过程建立了量化目标并按季度评价，改进有数据支持，成果在各分厂推广。" * 3


@dataclass(frozen=True)
class Page:
    """`at_once`: requests in one run; `statements`: how many SQL statements the product may send."""

    key: str
    title: str
    at_once: int
    statements: int


PAGES = (
    Page("worklist", "expert's work list", 200, 6),
    Page("sheet", "scoring form (23 items and the dossier)", 100, 6),
    Page("save", "save of one item", 200, 8),
    Page("ranking", "ranking of 200 dossiers", 60, 5),
    Page("public", "public page", 800, 6),
)


@dataclass(frozen=True)
class Browser:
    """A signed-in expert's browser; `user_id` 0 is a visitor."""

    user_id: int
    cookie: str
    token: str


class Script:
    """What is asked of one server. Items to save come from `items`, which both servers share: none is saved twice."""

    def __init__(
        self, made: Made, experts: Sequence[Browser], office: Browser, items: Iterator[tuple[Browser, int, str]]
    ) -> None:
        self.made, self.office = made, office
        self.experts = itertools.cycle(experts)
        self.by_user = {browser.user_id: browser for browser in experts}
        self.items = items
        self.turns = itertools.count()

    def requests(self, key: str, count: int) -> Iterator[Request]:
        makers: dict[str, Callable[[], Request]] = {
            "worklist": self._worklist,
            "sheet": self._sheet,
            "save": self._save,
            "ranking": self._ranking,
            "public": lambda: Request("/", "中车大同电力机车有限公司".encode()),
        }
        return iter([makers[key]() for _ in range(count)])

    def _worklist(self) -> Request:
        expert = next(self.experts)
        last = self.made.sheets[expert.user_id][-1]
        return Request("/work", f'href="/sheets/{last}"'.encode(), expert.cookie)

    def _sheet(self) -> Request:
        expert = next(self.experts)
        sheets = self.made.sheets[expert.user_id]
        sheet = sheets[next(self.turns) // len(self.by_user) % len(sheets)]
        return Request(f"/sheets/{sheet}", f'id="{self.made.item_codes[-1]}-improvements"'.encode(), expert.cookie)

    def _save(self) -> Request:
        owner, sheet, code = next(self.items)
        expert = self.by_user[owner.user_id]
        number = next(self.turns)
        sent = {
            "csrf_token": expert.token,
            f"{code}-version": "1",
            f"{code}-percent": str(5 * (number % 7)),
            f"{code}-strengths": f"{number} {LONG}",
            f"{code}-improvements": f"{number} {LONG[:70]}",
        }
        return Request(f"/sheets/{sheet}/items/{code}", b'"version":2', expert.cookie, sent)

    def _ranking(self) -> Request:
        return Request(f"/rankings/{self.made.ranking_id}", b"SX2026-200", self.office.cookie)


def unsaved_items(made: Made, experts: Sequence[Browser]) -> Iterator[tuple[Browser, int, str]]:
    """Every item of every sheet once, the experts in turn. Percentages below 40 are new to each: no save changes nothing."""
    deepest = max(map(len, made.sheets.values()))
    for code, place in itertools.product(made.item_codes, range(deepest)):
        for expert in experts:
            sheets = made.sheets[expert.user_id]
            if place < len(sheets):
                yield expert, sheets[place], code
