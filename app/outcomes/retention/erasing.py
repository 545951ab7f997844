"""What an act takes out, kind by kind. Each answers with what went, for the counts and the digest of the record."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, update

from app.accounts import erasing as accounts
from app.accounts.models import User
from app.applications.models import Applicant, AvoidedExpert, StaffList
from app.config import Settings
from app.experts.models import (
    Expert,
    ExpertBlocked,
    ExpertCertificate,
    ExpertMerge,
    ExpertRegion,
    PoolImportRow,
)
from app.kernel import clock
from app.kernel.database import db
from app.notices.models import Objection
from app.outcomes.letters.models import Letter
from app.outcomes.retention import queries, texts
from app.outcomes.retention.models import ErasedExpert, ErasedFile, RetentionAct, RetentionKind
from app.programmes.models import Edition

Taken = dict[str, list[Any]]
"""By kind of row (queries.COUNT_LABELS) what was taken out, named by what stays: ids, digests, numbers."""
NOWHERE = "entry-{}" + accounts.ERASED


def take_out(act: RetentionAct, settings: Settings) -> Taken:
    if act.expert is not None:
        return _experts(act, [act.expert])
    assert act.edition is not None, "by a constraint"
    return BY_TERM[act.kind](act, act.edition, settings)


def _files(act: RetentionAct, edition: Edition, _settings: Settings) -> Taken:
    found = queries.files_of(edition)
    for table, rows in found.items():
        _register(act, table, rows)
    gone = _letters(queries.letters(edition))
    return {table: _listed(rows) for table, rows in found.items() if rows} | ({"letter": gone} if gone else {})


def _listed(rows: Iterable[tuple[int, str]]) -> list[Any]:
    return [[row_id, sha256] for row_id, sha256 in rows]


def _register(act: RetentionAct, table: str, rows: Iterable[tuple[int, str]]) -> None:
    db.session.add_all(ErasedFile(act_id=act.id, of_table=table, row_id=row_id, sha256=sha) for row_id, sha in rows)


def _contacts(_act: RetentionAct, edition: Edition, settings: Settings) -> Taken:
    """Through the door of the seal, which is open for these columns while the act is confirmed."""
    owners = [each.id for each in queries.applicants(edition, settings)]
    dossiers = db.session.scalars(queries.dossiers(edition)).all()
    places = texts.rename(queries.contact_names(edition, owners), queries.applied_in(owners) | {edition.id})
    _rewrite(update(Applicant).where(Applicant.id.in_(owners)).values(contact_name="", contact_phone=""))
    lists = _went(
        update(StaffList)
        .where(StaffList.application_id.in_(dossiers), StaffList.names != "")
        .values(names="")
        .returning(StaffList.application_id)
    )
    wishes = AvoidedExpert.application_id.in_(dossiers), AvoidedExpert.name != ""
    avoided = _went(
        update(AvoidedExpert).where(*wishes).values(name="", employer="", reason="").returning(AvoidedExpert.id)
    )
    told = Objection.edition_id == edition.id, Objection.contact != ""
    hidden = {"identity": "", "contact_name": "", "contact": ""}
    objectors = _went(update(Objection).where(*told).values(**hidden).returning(Objection.id))
    people = Objection.id.in_(objectors), Objection.is_unit.is_(False)
    _rewrite(update(Objection).where(*people).values(name=Objection.number))
    found: Taken = {
        "applicant": owners,
        "staff_list": lists,
        "avoided_expert": avoided,
        "objector": objectors,
        "answer": _letters(queries.answers(edition)),
        "text": places,
    }
    return {key: ids for key, ids in found.items() if ids}


def _letters(which: Iterable[ColumnElement[bool]]) -> list[int]:
    """Number, date and occasion stay; the audit log keeps the digest that stands on the sheet of whoever has it."""
    return _went(update(Letter).where(*which).values(content={}, digest="").returning(Letter.id))


def _rewrite(statement: Any) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _went(statement: Any) -> list[int]:
    return sorted(db.session.scalars(statement, execution_options={"synchronize_session": False}))


def _names(act: RetentionAct, edition: Edition, settings: Settings) -> Taken:
    """Experts who have left, and the full bundles in which they stand by name; a new one has their numbers."""
    bundles = queries.full_bundles(edition)
    _register(act, "bundle", bundles)
    found = _experts(act, queries.leavers(edition, settings)) | {"bundle": _listed(bundles)}
    return {key: rows for key, rows in found.items() if rows}


BY_TERM: dict[RetentionKind, Callable[[RetentionAct, Edition, Settings], Taken]] = {
    RetentionKind.FILES: _files,
    RetentionKind.CONTACTS: _contacts,
    RetentionKind.NAMES: _names,
}


def _experts(act: RetentionAct, experts: Iterable[Expert]) -> Taken:
    """All entries of these people go by their numbers, in the pool and in texts; so do the spreadsheets they came in."""
    people = {entry.id: entry for each in experts for entry in queries.entries(each) if not queries.is_erased(entry)}
    places = texts.rename(queries.only_theirs(people), queries.judged_in(people))
    sheets = queries.spreadsheets(list(people.values()))
    _register(act, "pool_import", sheets)
    for entry in people.values():
        _erase(act, entry)
    db.session.flush()
    db.session.expire_all()
    numbers = sorted(entry.number for entry in people.values())
    found: Taken = {"expert": numbers, "text": places, "pool_import": _listed(sheets)}
    return {key: rows for key, rows in found.items() if rows}


def _erase(act: RetentionAct, expert: Expert) -> None:
    """Number, regions and industries stay: panels, scores and the region rule are told by them."""
    if expert.user_id is not None:
        accounts.erase(db.session.get_one(User, expert.user_id), pseudonym=expert.number)
    accounts.forget_mail(expert.email)
    _rewrite(delete(PoolImportRow).where(queries.imported([expert])))
    expert.name = expert.searchable = expert.number
    expert.email = NOWHERE.format(expert.id)
    expert.title = expert.specialty = expert.employer = expert.employer_code = expert.degree = ""
    expert.languages, expert.proposal, expert.removal_reason = [], "", ""
    own = ExpertCertificate.expert_id == expert.id, ExpertBlocked.expert_id == expert.id
    _rewrite(delete(ExpertCertificate).where(own[0]))
    _rewrite(delete(ExpertBlocked).where(own[1]))
    _rewrite(update(ExpertRegion).where(ExpertRegion.expert_id == expert.id).values(source="", typed_code=""))
    merged = or_(ExpertMerge.survivor_id == expert.id, ExpertMerge.other_id == expert.id)
    _rewrite(update(ExpertMerge).where(merged).values(before={}))
    db.session.add(ErasedExpert(expert_id=expert.id, act_id=act.id, at=clock.now()))
