"""What several screens of the dossier share: its contents beside every section, the answer to a save, what is missing."""

from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.applications import pages, queries
from app.applications.models import Application
from app.applications.rules.readiness import gaps_before_submission
from app.applications.rules.sections import Section, sections_of
from app.kernel import clock
from app.kernel.errors import NotFound
from app.kernel.words import N_, Message
from app.web.formats import clock_time, say
from app.web.forms import BaseForm
from app.web.language import _

Refused = tuple[str | Response, int]

TOO_LATE = N_("提交已经截止，不能再提交。如因系统故障未能提交，请尽快联系秘书处。")
TOO_EARLY = N_("申报期还没有开始，到时才能提交。")


def version_sent() -> int:
    """The version that the page was made from; a form without one is as good as a very old one."""
    return request.form.get("version", default=-1, type=int)


def find_section(application: Application, key: str, part: str) -> Section:
    for section in sections_of(queries.rulebook_for(application), application.kind, application.group_key):
        if section.key == key and section.part == part:
            return section
    raise NotFound


def section_url(application: Application, section: Section) -> str:
    if section.key in ("identity", "evidence"):
        return url_for(f"applications.{section.key}", application_id=application.id)
    return url_for(f"applications.{section.part}_section", application_id=application.id, key=section.key)


def contents(application: Application) -> dict[str, Any]:
    """For the templates: the numbered entries with their addresses, and what is missing with links."""
    rulebook, facts = queries.rulebook_for(application), queries.facts_of(application)
    sections = sections_of(rulebook, application.kind, application.group_key)
    gaps = gaps_before_submission(rulebook, facts)
    urls = {section.key: section_url(application, section) for section in sections}
    return {
        "entries": pages.table_of_contents(sections, facts, gaps),
        "urls": urls,
        "missing": [(gap.text, urls[gap.section]) for gap in gaps],
    }


def missing_to_hand_in(application: Application, window: queries.SubmissionWindow) -> list[object]:
    missing: list[object] = list(contents(application)["missing"])
    unsent = queries.destination_of(application).problem
    if unsent:
        missing.append((unsent, url_for("intake.choose_body", application_id=application.id)))
    if not window.is_open:
        early = window.opens_at is not None and clock.now() < window.opens_at
        missing.append(Message(TOO_EARLY if early else TOO_LATE))
    return missing


def section_page(template: str, application: Application, key: str, *, form: BaseForm, **context: Any) -> Refused:
    """The section with the dossier's contents beside it; a refused autosave is answered in short."""
    if _is_autosave() and form.status != 200:
        return jsonify(error=" ".join(_sentences(form))), form.status
    beside = contents(application)
    keys = list(beside["urls"])
    place = keys.index(key)
    page = render_template(
        template,
        **{"version": application.version, **context, **beside},
        application=application,
        section=find_section(application, key, _part(key)),
        form=form,
        previous_url=beside["urls"][keys[place - 1]] if place else None,
        next_url=beside["urls"][keys[place + 1]] if place + 1 < len(keys) else None,
    )
    return page, form.status


def saved(application: Application, version: int, key: str) -> AnyResponse:
    """To a script the new version and the time; to a person the same section again, or the next one."""
    now = clock.now()
    if _is_autosave():
        return jsonify(version=version, saved_at=now.isoformat(), time=clock_time(now))
    flash(_("已保存 %(time)s", time=clock_time(now)), "done")
    return redirect(_next_url(application, key), 303)


def _next_url(application: Application, key: str) -> str:
    sections = sections_of(queries.rulebook_for(application), application.kind, application.group_key)
    keys = [section.key for section in sections]
    step = 1 if request.form.get("then") == "next" else 0
    return section_url(application, sections[min(keys.index(key) + step, len(keys) - 1)])


def _part(key: str) -> str:
    if key == "evidence":
        return "evidence"
    return "text" if key == "overview" or key.startswith("item:") else "form"


def _is_autosave() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _sentences(form: BaseForm) -> list[str]:
    fields = (
        _("%(field)s：%(error)s", field=say(field.label.text), error=say(field.errors[0]))
        for field in form
        if field.errors
    )
    return [*form.general, *fields]
