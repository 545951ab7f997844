"""What is due and how much of it, which acts there are, what stands in the way."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from app.applications.models import Applicant, Application, AvoidedExpert, EvidenceFile, StaffList
from app.config import Settings
from app.experts.models import Expert, PoolImport, PoolImportRow
from app.experts.queries.merging import PERSON_ID
from app.intake.models import Consultation
from app.kernel import clock
from app.kernel.database import db
from app.kernel.words import N_, Message
from app.notices.inquiries.models import ObjectionPaper, ObjectionRequest
from app.notices.models import Objection
from app.notices.queries import open_objections
from app.outcomes import edition_archive
from app.outcomes.letters.models import Letter
from app.outcomes.letters.queries import KEPT
from app.outcomes.models import Bundle
from app.outcomes.retention.models import ErasedExpert, ErasedFile, RetentionAct, RetentionKind
from app.outcomes.retention.rules import due_on
from app.outcomes.watch.models import WatchFact, YearlyDeclaration
from app.panels.models import Assignment
from app.programmes.models import Edition
from app.visits.models import Visit, VisitPhoto
from app.workflow import DeclarationState, EditionState, PoolImportState, RetentionState, WatchFactState

BY_TERM = (RetentionKind.FILES, RetentionKind.CONTACTS, RetentionKind.NAMES)
UNDER_WAY = (RetentionState.PROPOSED, RetentionState.CONFIRMED)
FILES: dict[InstrumentedAttribute[str], Select[int, str]] = {
    EvidenceFile.sha256: select(EvidenceFile.id, EvidenceFile.sha256).join(EvidenceFile.application),
    VisitPhoto.sha256: select(VisitPhoto.id, VisitPhoto.sha256).join(VisitPhoto.visit).join(Visit.application),
    Consultation.file_sha256: select(Consultation.id, Consultation.file_sha256).join(Consultation.application),
    Objection.evidence_sha256: select(Objection.id, Objection.evidence_sha256),
    ObjectionPaper.sha256: select(ObjectionPaper.id, ObjectionPaper.sha256)
    .join(ObjectionRequest, ObjectionRequest.id == ObjectionPaper.request_id)
    .join(ObjectionRequest.objection),
}
"""The columns that name files of a dossier or an objection, and how each is read."""
WHOSE: dict[str, ColumnElement[Any] | InstrumentedAttribute[Any]] = {
    "evidence_file": Application.edition_id,
    "visit_photo": Application.edition_id,
    "consultation": Application.edition_id,
    "objection": Objection.edition_id,
    "objection_paper": Objection.edition_id,
}
COUNT_LABELS: dict[str, str] = {
    "evidence_file": N_("证实性材料"),
    "visit_photo": N_("现场评审照片"),
    "consultation": N_("部门复函"),
    "objection": N_("异议证据"),
    "objection_paper": N_("申报者说明的附件"),
    "applicant": N_("申报者的联系人和电话"),
    "staff_list": N_("人员名单"),
    "avoided_expert": N_("申请回避的专家及理由"),
    "objector": N_("异议人的姓名和联系方式"),
    "letter": N_("致申报者的函件"),
    "answer": N_("致异议人的答复函"),
    "expert": N_("改用编号的专家"),
    "bundle": N_("含姓名的完整版存档包"),
    "pool_import": N_("导入专家库用的表格文件"),
    "text": N_("改用编号的意见、理由等文字"),
}


@dataclass(frozen=True)
class Due:
    """One kind of an archived edition: from when on it may go, and how much of it there is."""

    edition: Edition
    kind: RetentionKind
    due_on: date
    counts: dict[str, int]
    act: RetentionAct | None

    @property
    def is_due(self) -> bool:
        return self.due_on <= clock.today()

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def years(kind: RetentionKind, settings: Settings) -> int:
    return {
        RetentionKind.FILES: settings.retention_files_years,
        RetentionKind.CONTACTS: settings.retention_contacts_years,
        RetentionKind.NAMES: settings.retention_names_years,
    }[kind]


def term(edition: Edition, kind: RetentionKind, settings: Settings) -> date | None:
    """None while the edition is not archived here; an edition from before the system has nothing that could go."""
    event = edition_archive.archived(edition)
    if event is None:
        return None
    return due_on(event.at.astimezone(ZoneInfo(edition.time_zone)).date(), years(kind, settings))


def table(settings: Settings) -> list[Due]:
    """Every archived edition with every kind, the oldest first."""
    archived = select(Edition).where(Edition.state == EditionState.ARCHIVED).order_by(Edition.id)
    found = (
        (edition, kind, term(edition, kind, settings)) for edition in db.session.scalars(archived) for kind in BY_TERM
    )
    return [
        Due(edition, kind, day, counts(edition, kind, settings), last_act(edition, kind))
        for edition, kind, day in found
        if day is not None
    ]


def find(act_id: int) -> RetentionAct | None:
    return db.session.get(RetentionAct, act_id)


def acts() -> Sequence[RetentionAct]:
    people = joinedload(RetentionAct.proposer), joinedload(RetentionAct.edition), joinedload(RetentionAct.expert)
    return db.session.scalars(select(RetentionAct).options(*people).order_by(RetentionAct.id.desc())).all()


def last_act(edition: Edition, kind: RetentionKind) -> RetentionAct | None:
    mine = RetentionAct.edition_id == edition.id, RetentionAct.kind == kind
    return db.session.scalar(select(RetentionAct).where(*mine).order_by(RetentionAct.id.desc()).limit(1))


def under_way(kind: RetentionKind, subject: Edition | Expert) -> bool:
    column = RetentionAct.edition_id if isinstance(subject, Edition) else RetentionAct.expert_id
    mine = column == subject.id, RetentionAct.kind == kind, RetentionAct.state.in_(UNDER_WAY)
    return db.session.scalar(select(exists().where(*mine))) or False


# --- how much -----------------------------------------------------------------------------------------------------


def counts(edition: Edition, kind: RetentionKind, settings: Settings) -> dict[str, int]:
    """By kind of row, what an act of today would take out; nothing twice."""
    found = {
        RetentionKind.FILES: lambda: _of_files(edition),
        RetentionKind.CONTACTS: lambda: _contacts(edition, settings),
        RetentionKind.NAMES: lambda: _names(edition, settings),
    }[kind]()
    return {key: number for key, number in found.items() if number}


def _of_files(edition: Edition) -> dict[str, int]:
    return {key: len(rows) for key, rows in files_of(edition).items()} | {"letter": _number(*letters(edition))}


def letters(edition: Edition) -> tuple[ColumnElement[bool], ...]:
    """Letters to applicants, which go with the files of their dossiers."""
    return Letter.edition_id == edition.id, KEPT, Letter.application_id.is_not(None)


def answers(edition: Edition) -> tuple[ColumnElement[bool], ...]:
    """Letters to objectors, which go with their names."""
    return Letter.edition_id == edition.id, KEPT, Letter.objection_id.is_not(None)


def _names(edition: Edition, settings: Settings) -> dict[str, int]:
    people = leavers(edition, settings)
    found = of_people([entry for each in people for entry in entries(each)])
    return found | {"bundle": len(full_bundles(edition))}


def of_people(people: Collection[Expert]) -> dict[str, int]:
    """What goes with these entries."""
    return {"expert": len(people), "pool_import": len(spreadsheets(people))}


def files_of(edition: Edition) -> dict[str, list[tuple[int, str]]]:
    """By table, rows and digests of the files that are still there."""
    return {
        column.class_.__tablename__: _present(rows.where(column != ""), column, edition.id)
        for column, rows in FILES.items()
    }


def _present(rows: Select[int, str], column: InstrumentedAttribute[str], edition_id: int) -> list[tuple[int, str]]:
    name = column.class_.__tablename__
    gone = erased_rows(name)
    found = db.session.execute(rows.where(WHOSE[name] == edition_id).order_by(column.class_.id))
    return [(row_id, sha256) for row_id, sha256 in found if (row_id, sha256) not in gone]


def erased_rows(table_name: str) -> set[tuple[int, str]]:
    """Rows of a table whose file went by an act, with its digest."""
    wanted = select(ErasedFile.row_id, ErasedFile.sha256).where(ErasedFile.of_table == table_name)
    return {(row_id, sha256) for row_id, sha256 in db.session.execute(wanted)}


def erased_digests(table_name: str) -> set[str]:
    return {sha256 for _row, sha256 in erased_rows(table_name)}


def full_bundles(edition: Edition) -> list[tuple[int, str]]:
    """Full versions, in which experts stand by name."""
    gone = erased_rows("bundle")
    mine = select(Bundle.id, Bundle.full_sha256).where(Bundle.edition_id == edition.id, Bundle.full_sha256 != "")
    return [(row_id, sha) for row_id, sha in db.session.execute(mine.order_by(Bundle.id)) if (row_id, sha) not in gone]


def _contacts(edition: Edition, settings: Settings) -> dict[str, int]:
    tables = {
        "staff_list": (StaffList.application_id, StaffList.names != ""),
        "avoided_expert": (AvoidedExpert.application_id, AvoidedExpert.name != ""),
    }
    found = {
        "applicant": len(applicants(edition, settings)),
        "objector": _number(Objection.edition_id == edition.id, Objection.contact != ""),
        "answer": _number(*answers(edition)),
    }
    return found | {key: _number(column.in_(dossiers(edition)), told) for key, (column, told) in tables.items()}


def dossiers(edition: Edition) -> Select[int]:
    return select(Application.id).where(Application.edition_id == edition.id)


def _number(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).where(*conditions)) or 0


# --- who ----------------------------------------------------------------------------------------------------------


def applicants(edition: Edition, settings: Settings) -> list[Applicant]:
    """Whose every dossier is in an edition with its term over, and who owes no declaration any more."""
    mine = select(Application.applicant_id).where(Application.edition_id == edition.id)
    owed = select(YearlyDeclaration.owner_id).where(YearlyDeclaration.state == DeclarationState.OWED)
    told = (Applicant.contact_name != "") | (Applicant.contact_phone != "")
    wanted = select(Applicant).where(Applicant.id.in_(mine), told, Applicant.owner_id.not_in(owed))
    elsewhere = select(Application.applicant_id).where(
        Application.edition_id.not_in(over(RetentionKind.CONTACTS, settings))
    )
    return list(db.session.scalars(wanted.where(Applicant.id.not_in(elsewhere)).order_by(Applicant.id)))


def leavers(edition: Edition, settings: Settings) -> list[Expert]:
    """People with a seat in the edition who have left the pool, and whose every seat is in an edition with its term over."""
    ended = over(RetentionKind.NAMES, settings)
    seats = select(PERSON_ID).join(Assignment, Assignment.expert_id == Expert.id)
    here, elsewhere = seats.where(Assignment.edition_id == edition.id), seats.where(Assignment.edition_id.not_in(ended))
    return list(db.session.scalars(_left().where(Expert.id.in_(here), Expert.id.not_in(elsewhere)).order_by(Expert.id)))


def over(kind: RetentionKind, settings: Settings) -> list[int]:
    """Archived editions whose term of this kind is over, and of which nothing is in dispute."""
    archived = db.session.scalars(select(Edition).where(Edition.state == EditionState.ARCHIVED))
    return [each.id for each in archived if _is_over(each, kind, settings)]


def _is_over(edition: Edition, kind: RetentionKind, settings: Settings) -> bool:
    day = term(edition, kind, settings)
    return day is not None and day <= clock.today() and not held(edition)


def departed() -> Sequence[Expert]:
    """Those who have left the pool and are still there by name."""
    return db.session.scalars(_left().order_by(Expert.number)).all()


def find_expert(expert_id: int) -> Expert | None:
    return db.session.get(Expert, expert_id)


def _left() -> Select[Expert]:
    """People, not entries: one that was merged into another goes with that one."""
    gone = select(ErasedExpert.expert_id)
    return select(Expert).where(Expert.removed_at.is_not(None), Expert.merged_into_id.is_(None), Expert.id.not_in(gone))


def is_erased(expert: Expert) -> bool:
    return db.session.get(ErasedExpert, expert.id) is not None


def entries(expert: Expert) -> list[Expert]:
    """All entries of one person."""
    return [expert, *expert.absorbed]


def spreadsheets(people: Collection[Expert]) -> list[tuple[int, str]]:
    """Imports with a row for one of these entries, and whose uploaded file is still there; one that is not yet read waits."""
    gone = erased_rows("pool_import")
    had = select(PoolImportRow.import_id).where(imported(people))
    read = PoolImport.state.not_in((PoolImportState.RECEIVED, PoolImportState.APPLYING))
    found = select(PoolImport.id, PoolImport.digest).where(PoolImport.id.in_(had), read).order_by(PoolImport.id)
    return [(row_id, sha256) for row_id, sha256 in db.session.execute(found) if (row_id, sha256) not in gone]


def imported(people: Collection[Expert]) -> ColumnElement[bool]:
    """Rows of spreadsheets about these entries, known by number or address as they were typed."""
    typed = PoolImportRow.content["texts"]
    number, email = (func.trim(typed[key].as_string()) for key in ("number", "email"))
    return or_(
        func.upper(number).in_([each.number for each in people]),
        func.lower(email).in_([each.email.lower() for each in people]),
    )


# --- names in texts -----------------------------------------------------------------------------------------------


def only_theirs(people: Mapping[int, Expert]) -> dict[str, str]:
    """Their names with their numbers; a name that somebody else in the pool bears too would blame him for their words."""
    borne = select(Expert.name).where(
        Expert.id.not_in(people), Expert.name.in_([each.name for each in people.values()])
    )
    shared = set(db.session.scalars(borne))
    return {each.name: each.number for each in people.values() if each.name not in shared}


def judged_in(people: Collection[int]) -> set[int]:
    return set(db.session.scalars(select(Assignment.edition_id).where(Assignment.expert_id.in_(people)).distinct()))


def applied_in(owners: Collection[int]) -> set[int]:
    wanted = select(Application.edition_id).where(Application.applicant_id.in_(owners))
    return set(db.session.scalars(wanted.distinct()))


def contact_names(edition: Edition, owners: Collection[int]) -> dict[str, str]:
    """Contact persons with their dossier's number, people who objected with the objection's."""
    mine = Application.edition_id == edition.id, Application.applicant_id.in_(owners), Application.number.is_not(None)
    contacts = select(Applicant.contact_name, Application.number).join(Application.applicant).where(*mine)
    told = select(Objection).where(Objection.edition_id == edition.id, Objection.contact != "")
    objectors = [
        (name, each.number)
        for each in db.session.scalars(told)
        for name in (each.contact_name, "" if each.is_unit else each.name)
    ]
    return {name: number for name, number in (*db.session.execute(contacts), *objectors) if name and number}


# --- what stands in the way ---------------------------------------------------------------------------------------


def held(edition: Edition) -> list[Message]:
    """A legal hold: as long as something of the edition is in dispute, nothing of it is taken out."""
    objections = tuple(each.number for each in open_objections(edition.id))
    facts = _number(WatchFact.edition_id == edition.id, WatchFact.state == WatchFactState.OPEN)
    checks = (
        (
            bool(objections),
            Message(N_("还有没有答复的异议：%(numbers)s。答复之前，材料须保全。"), {"numbers": objections}),
        ),
        (
            facts > 0,
            Message(N_("还有 %(n)s 条监督期内的情况没有处理，可能撤销奖项。处理之前，材料须保全。"), {"n": facts}),
        ),
    )
    return [sentence for failed, sentence in checks if failed]


def missing_by_term(edition: Edition, kind: RetentionKind, settings: Settings) -> list[Message]:
    """Everything at once."""
    day = term(edition, kind, settings)
    if day is None:
        return [Message(N_("本届还没有归档，保存期限没有开始。"))]
    checks = (
        (day > clock.today(), Message(N_("保存期限到 %(day)s 才满。"), {"day": day})),
        (not counts(edition, kind, settings), Message(N_("没有可以处理的内容。"))),
    )
    return [*(sentence for failed, sentence in checks if failed), *held(edition)]


def missing_by_wish(expert: Expert) -> list[Message]:
    """He has left the pool, and everything that he judged is archived and undisputed."""
    checks = (
        (expert.removed_at is None, Message(N_("这位专家还在专家库里。请先移出专家库。"))),
        (expert.merged_into_id is not None, Message(N_("这个编号已并入另一编号，请在那个编号下办理。"))),
        (is_erased(expert), Message(N_("这位专家的个人信息已经删除。"))),
    )
    told = [sentence for failed, sentence in checks if failed]
    running = [each for each in _judged(expert) if each.state is not EditionState.ARCHIVED]
    if running:
        titles = tuple(each.code for each in running)
        told.append(Message(N_("他参加过的届次还没有归档：%(codes)s。"), {"codes": titles}))
    return [*told, *(sentence for each in _judged(expert) for sentence in held(each))]


def _judged(expert: Expert) -> Sequence[Edition]:
    seats = select(Assignment.edition_id).where(Assignment.expert_id.in_([each.id for each in entries(expert)]))
    return db.session.scalars(select(Edition).where(Edition.id.in_(seats)).order_by(Edition.id)).all()
