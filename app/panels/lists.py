"""A list of seats, from a spreadsheet or from an earlier panel: what each row asks for, and every reason why it cannot be.

Nothing is stored while a list is looked at: what is confirmed is judged again, row by row, by the guard of all ways in.
"""

import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.applications.models import Application
from app.experts.models import Expert
from app.experts.rules import TableRefused
from app.experts.spreadsheet import Table, read_table
from app.kernel.database import db
from app.kernel.words import N_, LocalText, Message
from app.panels import facts, queries
from app.panels.engine import Seat
from app.panels.grouping import grouping_in
from app.panels.guard import Guard
from app.panels.models import SEAT_ROLE_LABELS, Assignment, SeatRole
from app.panels.rules import RULE_LABELS
from app.programmes.models import Round

COLUMNS: dict[str, LocalText] = {
    "dossier": LocalText("申报书编号", "Dossier number"),
    "expert": LocalText("专家编号", "Expert number"),
    "role": LocalText("角色", "Role"),
}
ROLES: dict[str, SeatRole] = {"": SeatRole.MEMBER, "leader": SeatRole.LEADER, "member": SeatRole.MEMBER} | {
    label: role for role, label in SEAT_ROLE_LABELS.items()
}
HEADING_ROWS, MOST_ROWS = 10, 3_000
FILENAME = N_("专家组名单模板.xlsx")


@dataclass(frozen=True)
class ListedSeat:
    """One row as typed; `row` as the spreadsheet program counts it."""

    row: int
    dossier: str
    expert: str
    role: str


@dataclass(frozen=True)
class Fault:
    """In which column, against which rule (empty where the cell cannot be read), and the sentence."""

    column: str
    rule: str
    text: Message


@dataclass(frozen=True)
class ProposedSeat:
    listed: ListedSeat
    dossier_name: str
    expert_name: str
    faults: tuple[Fault, ...]
    seat: Seat | None


@dataclass(frozen=True)
class Proposal:
    rows: tuple[ProposedSeat, ...]

    @property
    def lawful(self) -> list[ProposedSeat]:
        return [row for row in self.rows if not row.faults]

    @property
    def refused(self) -> list[ProposedSeat]:
        return [row for row in self.rows if row.faults]

    @property
    def seats(self) -> list[Seat]:
        return [row.seat for row in self.lawful if row.seat is not None]


# --- a spreadsheet ------------------------------------------------------------------------------------------------


def read_list(filename: str, content: bytes) -> list[ListedSeat]:
    """The rows below the heading. Raises TableRefused with a sentence for what no spreadsheet may be."""
    table = read_table(filename, content)
    place = next((number for number, row in enumerate(table[:HEADING_ROWS]) if len(_headings(row)) > 1), None)
    if place is None:
        raise TableRefused(N_("找不到表头。前几行里要有“申报书编号”和“专家编号”两列，可对照模板。"))
    columns = _headings(table[place])
    if missing := [name for name in ("dossier", "expert") if name not in columns]:
        raise TableRefused(N_("缺少“%(column)s”这一列。请对照模板补上。"), column=COLUMNS[missing[0]])
    found = list(_listed(table, place, columns))
    if not found:
        raise TableRefused(N_("表头下面没有数据。请填好名单再上传。"))
    if len(found) > MOST_ROWS:
        raise TableRefused(N_("表格超过 %(limit)s 行。请分几次导入。"), limit=MOST_ROWS)
    return found


def _listed(table: Table, heading: int, columns: Mapping[str, int]) -> Iterator[ListedSeat]:
    for number, cells in enumerate(table[heading + 1 :], start=heading + 2):
        texts = {name: _typed(cells[at]) if at < len(cells) else "" for name, at in columns.items()}
        if any(texts.values()):
            yield ListedSeat(number, texts["dossier"], texts["expert"].upper(), texts.get("role", ""))


def _headings(cells: Sequence[object]) -> dict[str, int]:
    names = {name.lower(): key for key, both in COLUMNS.items() for name in (both.zh, both.en)}
    return {names[text]: at for at, cell in enumerate(cells) if (text := _typed(cell).lower()) in names}


def _typed(cell: object) -> str:
    """Full-width digits are digits; a whole number has no decimal point."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return unicodedata.normalize("NFKC", str(cell)).strip()


def template(language: str) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    bold, text = (
        book.add_format({"bold": True, "bg_color": "#E8EDF3", "border": 1}),
        book.add_format({"num_format": "@"}),
    )
    sheet = book.add_worksheet(LocalText("专家组", "Panels").in_language(language))
    sheet.set_column(0, len(COLUMNS) - 1, 20, text)
    for place, name in enumerate(COLUMNS.values()):
        sheet.write_string(0, place, name.in_language(language), bold)
    roles = list(SEAT_ROLE_LABELS.values()) if language == "zh" else [role.value for role in SeatRole]
    sheet.data_validation(1, 2, MOST_ROWS, 2, {"validate": "list", "source": roles})
    book.close()
    return buffer.getvalue()


# --- an earlier panel ---------------------------------------------------------------------------------------------


def earlier_rounds(round_: Round) -> Sequence[Round]:
    """Every other round of any edition in which experts sit."""
    held = select(Assignment.round_id).where(Assignment.state.in_(facts.LIVE), Assignment.round_id != round_.id)
    found = select(Round).options(joinedload(Round.edition)).where(Round.id.in_(held))
    return db.session.scalars(found.order_by(Round.edition_id.desc(), Round.position.desc())).all()


def from_round(round_: Round, source: Round) -> list[ListedSeat]:
    """The seats of another round for the same applicants, told by their credit codes; the leader of each panel first."""
    here = {each.credit_code: each.number for each in queries.to_name(round_) if each.credit_code}
    seats = [seat for view in queries.panels(queries.held_seats(source)) for seat in view.seats]
    wanted = [seat for seat in seats if seat.application.credit_code in here]
    return [
        ListedSeat(number, here[seat.application.credit_code], seat.expert.number, SEAT_ROLE_LABELS[seat.role])
        for number, seat in enumerate(wanted, start=1)
    ]


# --- what it would come to ----------------------------------------------------------------------------------------


def propose(round_: Round, listed: Sequence[ListedSeat]) -> Proposal:
    """Each row in its turn: what is lawful counts for the rows after it."""
    dossiers = {each.number: each for each in queries.to_name(round_)}
    wanted = {row.expert for row in listed}
    people = {each.number: each for each in facts.experts(Expert.number.in_(wanted))}
    named = {row.dossier for row in listed}
    given = facts.draw_input(round_, [each for number, each in dossiers.items() if number in named])
    guard = Guard(given, facts.live_seats(round_), grouping_in(round_))
    return Proposal(tuple(_proposed(row, dossiers.get(row.dossier), people.get(row.expert), guard) for row in listed))


def _proposed(row: ListedSeat, dossier: Application | None, expert: Expert | None, guard: Guard) -> ProposedSeat:
    names = (dossier.name if dossier else "", expert.name if expert else "")
    faults = tuple(_unread(row, dossier, expert))
    if faults:
        return ProposedSeat(row, *names, faults, None)
    seat = Seat(row.dossier, row.expert, ROLES[row.role.lower()] is SeatRole.LEADER)
    objections = guard.accept(seat).objections
    return ProposedSeat(
        row, *names, tuple(Fault("expert", RULE_LABELS[each.rule], each.text) for each in objections), seat
    )


def _unread(row: ListedSeat, dossier: Application | None, expert: Expert | None) -> Iterator[Fault]:
    if dossier is None:
        yield Fault("dossier", "", Message(N_("“%(text)s”不是本轮评审中的申报书编号。请核对。"), {"text": row.dossier}))
    if expert is None:
        yield Fault("expert", "", Message(N_("专家库中没有编号“%(text)s”。请核对。"), {"text": row.expert}))
    if row.role.lower() not in ROLES:
        yield Fault("role", "", Message(N_("“%(text)s”不是角色。请填“组长”或“成员”。"), {"text": row.role}))
