"""Filling a dossier in. Saving a text leaves no audit line: the receipt freezes the whole text with its digest."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, BinaryIO

from sqlalchemy import func, select

from app.applications.models import Application, DossierSection, EvidenceFile
from app.applications.queries import figure_years, rulebook_for
from app.applications.rules import typed
from app.applications.rules.answers import AnswerRefused, read_answer
from app.applications.rules.sections import COPIED, sections_of
from app.audit import services as audit
from app.kernel import clock, file_types, files
from app.kernel.actor import Actor
from app.kernel.database import db
from app.kernel.errors import Invalid, Stale
from app.kernel.words import N_, Message
from app.policy import demand
from app.programmes.rules.rulebook import DossierRule, FormField

LONGEST_TEXT = 100_000
"""No text of a dossier is near this; what is over the rulebook's own limit is kept and told, never cut."""

NO_SUCH_FIELD = N_("申报表里没有“%(key)s”这一项。请刷新页面后再填。")
NO_SUCH_SECTION = N_("申报书里没有这一节。请刷新页面后再填。")
NO_SUCH_KIND = N_("请选择材料的类别。")
TOO_LONG = N_("这一节超过 %(limit)s 字，没有保存。请把图表和附件放到证实性材料里。")
SAME_FILE = N_("这个文件已经上传过，名为“%(name)s”。不需要重复上传。")
NO_ROOM = N_("全部材料合计不能超过 %(limit)s MB，现在已有 %(used)s MB，放不下这个文件。请先移除不需要的材料。")


def save_form(actor: Actor, application: Application, answers: Mapping[str, Any], *, version: int) -> None:
    """Keep answers of the application form; those not given stay. A stale page is answered with both versions."""
    demand(actor, "application.edit", application)
    kept = _read(application, answers)
    merged = {**application.answers, **kept}
    if merged == application.answers:
        return  # a repeat of what is stored already is no conflict
    if version != application.version:
        raise _stale(application, kept)
    application.answers = merged
    db.session.flush()


def save_section(actor: Actor, application: Application, key: str, text: str, *, version: int) -> DossierSection:
    """Keep one text of the dossier; `version` is the section's own, 0 before it was ever saved."""
    demand(actor, "application.edit", application)
    sections = sections_of(rulebook_for(application), application.kind, application.group_key)
    if key not in {section.key for section in sections if section.part == "text"}:
        raise Invalid(Message(NO_SUCH_SECTION), field="body")
    plain = typed.paragraph(text)
    if len(plain) > LONGEST_TEXT:
        raise Invalid(Message(TOO_LONG, {"limit": LONGEST_TEXT}), field="body")
    return _keep_section(application, key, plain, version)


def attach(
    actor: Actor, application: Application, *, section_key: str, filename: str, content: BinaryIO
) -> EvidenceFile:
    """Store an evidence file: its ending, first bytes and parser must agree, and both limits of size are kept."""
    demand(actor, "application.edit", application)
    rule = rulebook_for(application).dossier
    if section_key not in {kind.key for kind in rule.evidence_for(application.kind)}:
        raise Invalid(Message(NO_SUCH_KIND), field="section_key")
    name = _safe_name(filename)
    kind = file_types.expected_type(name, rule.file_types)
    stored = files.store().put(
        content, limit=rule.file_megabytes * files.MEGABYTE, check=lambda path: file_types.inspect(path, kind)
    )
    _demand_new(application, stored)
    _demand_room(application, rule, stored)
    file = EvidenceFile(
        application_id=application.id,
        section_key=section_key,
        filename=name,
        media_type=kind.media_type,
        size=stored.size,
        sha256=stored.sha256,
        uploaded_at=clock.now(),
    )
    db.session.add(file)
    db.session.flush()
    detail = {"file": file.id, "section": section_key, "name": name, "sha256": stored.sha256}
    audit.record(actor, "application.attach", application, detail=detail)
    return file


def remove_file(actor: Actor, file: EvidenceFile) -> None:
    """Hide a file from the dossier; versions handed in before keep it."""
    demand(actor, "application.edit", file.application)
    if file.removed_at is None:
        file.removed_at = clock.now()
        audit.record(
            actor, "application.remove_file", file.application, detail={"file": file.id, "name": file.filename}
        )


def _read(application: Application, answers: Mapping[str, Any]) -> dict[str, Any]:
    rulebook = rulebook_for(application)
    fields = {field.key: field for field in rulebook.dossier.fields_for(application.kind) if field.key not in COPIED}
    years = figure_years(application.edition, rulebook)
    return {key: _read_one(fields.get(key), key, raw, years) for key, raw in answers.items()}


def _read_one(field: FormField | None, key: str, raw: object, years: tuple[int, ...]) -> Any:
    if field is None:
        raise Invalid(Message(NO_SUCH_FIELD, {"key": key}), field=key)
    try:
        return read_answer(field, raw, years=years)
    except AnswerRefused as refused:
        raise Invalid(refused.message, field=key) from refused


def _stale(application: Application, typed_answers: Mapping[str, Any]) -> Stale:
    stored = {key: application.answers.get(key, "") for key in typed_answers}
    return Stale(stored=_flat(stored), typed=_flat(typed_answers), current_version=application.version)


def _flat(answers: Mapping[str, Any]) -> dict[str, str]:
    """By the names of the form's inputs: yearly figures have one a year."""
    flat: dict[str, str] = {}
    for key, value in answers.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}_{year}": str(figure) for year, figure in value.items()}
        elif not isinstance(value, bool):
            flat[key] = str(value)
    return flat


def _keep_section(application: Application, key: str, text: str, version: int) -> DossierSection:
    section = db.session.scalar(
        select(DossierSection).where(DossierSection.application_id == application.id, DossierSection.key == key)
    )
    if section is not None and section.text == text:
        return section  # a repeat of what is stored already is no conflict
    current = section.version if section else 0
    if version != current:
        raise Stale(stored={"body": section.text if section else ""}, typed={"body": text}, current_version=current)
    if section is None:
        section = DossierSection(application_id=application.id, key=key, text=text, updated_at=clock.now())
        db.session.add(section)
    else:
        section.text, section.updated_at = text, clock.now()
    db.session.flush()
    return section


def _safe_name(filename: str) -> str:
    """The last part of what the browser sent, without what a file system or a header could misread."""
    name = PurePath(filename.replace("\\", "/")).name
    plain = typed.one_line("".join(character for character in name if character.isprintable()))
    stem, dot, suffix = plain.rpartition(".")
    return f"{stem[:180]}{dot}{suffix[:10]}" if dot else plain[:190]


def _demand_new(application: Application, stored: files.Stored) -> None:
    same = select(EvidenceFile.filename).where(
        EvidenceFile.application_id == application.id,
        EvidenceFile.sha256 == stored.sha256,
        EvidenceFile.removed_at.is_(None),
    )
    name = db.session.scalar(same)
    if name is not None:
        raise Invalid(Message(SAME_FILE, {"name": name}), field="file")


def _demand_room(application: Application, rule: DossierRule, stored: files.Stored) -> None:
    used = db.session.scalar(
        select(func.coalesce(func.sum(EvidenceFile.size), 0)).where(
            EvidenceFile.application_id == application.id, EvidenceFile.removed_at.is_(None)
        )
    )
    if (used or 0) + stored.size > rule.total_megabytes * files.MEGABYTE:
        values = {"limit": rule.total_megabytes, "used": -(-(used or 0) // files.MEGABYTE)}
        raise Invalid(Message(NO_ROOM, values), field="file")
