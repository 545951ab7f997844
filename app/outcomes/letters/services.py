"""Letters: what follows from a decision that the applicant is told of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.applications.letters import filled, tell_owner, with_paper
from app.applications.models import Application
from app.audit import services as audit
from app.defences.models import DefenceSession
from app.defences.services import rule_for
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.numbering import next_in_sequence, numbered
from app.kernel.typesetting import typeset
from app.kernel.words import LocalText
from app.notices.models import Objection
from app.notices.queries import objected_to
from app.outcomes.letters import queries
from app.outcomes.letters.models import Letter
from app.outcomes.letters.rules import RESTS_ON, Occasion
from app.outcomes.letters.texts import BY_THE_RULES, EFFECTS, FOUND, GONE_ON, TEXTS, TO_OBJECTOR, WITH_SOURCE
from app.policy import demand
from app.programmes.models import Edition, Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.rulebook import Rulebook
from app.visits.models import Visit
from app.workflow import ApplicationState

TEMPLATE = Path(__file__).parent / "papers" / "letter.typ"
WRITER = Actor.system("letters")
LANGUAGES = ("zh", "en")
NO_ROUND = LocalText("评审", "the review")

Values = Mapping[str, object]


@dataclass(frozen=True)
class Draft:
    """What is to be told about what, to whoever it belongs to; `values` fill the text of the occasion."""

    about: Application | Objection
    occasion: Occasion
    values: Values = field(default_factory=dict)


# --- written ------------------------------------------------------------------------------------------------------


def issue(drafts: Sequence[Draft]) -> list[Letter]:
    """Write letters of one edition, numbered in their order.

    Who decided stands in the line of the decision; the letter follows by itself. That line holds the record's head, so that
    writers stand in line and no number is given twice.
    """
    demand(WRITER, "letter.issue")
    if not drafts:
        return []
    edition = _edition_of(drafts[0].about)
    first = next_in_sequence(Letter.sequence, Letter.edition_id == edition.id)
    letters = [_letter(edition, draft, sequence) for sequence, draft in enumerate(drafts, start=first)]
    db.session.add_all(letters)
    db.session.flush()
    for letter in letters:
        detail = {"number": letter.number, "occasion": letter.occasion, "digest": letter.digest}
        audit.record(WRITER, "letter.issue", letter, detail=detail)
    return letters


def _edition_of(about: Application | Objection) -> Edition:
    return about.edition if isinstance(about, Application) else about.notice.edition


def _letter(edition: Edition, draft: Draft, sequence: int) -> Letter:
    number = numbered(f"{edition.code}-HJ", sequence)
    content = compose(edition, draft, number=number)
    return Letter(
        edition_id=edition.id,
        application_id=draft.about.id if isinstance(draft.about, Application) else None,
        objection_id=draft.about.id if isinstance(draft.about, Objection) else None,
        occasion=draft.occasion,
        sequence=sequence,
        number=number,
        content=content,
        digest=digest(content),
        issued_at=clock.now(),
    )


def compose(edition: Edition, draft: Draft, *, number: str) -> dict[str, Any]:
    """All that is printed, in both languages."""
    rulebook, about = rulebook_of(edition), draft.about
    subject, body = TEXTS[draft.occasion]
    values = {"number": about.number, "applicant": about.name, **draft.values}
    said = {language: filled(body, language, values) for language in LANGUAGES}
    return {
        "schema": 1,
        "occasion": draft.occasion.value,
        "number": number,
        "date": clock.now().astimezone(ZoneInfo(edition.time_zone)).date().isoformat(),
        "award": _both(rulebook.name),
        "edition": _both(edition.title),
        "organiser": _both(rulebook.organiser),
        "to": about.name,
        "about": about.number,
        "subject": {language: filled(subject, language, values) for language in LANGUAGES},
        "paragraphs": {language: [*filter(str.strip, text.splitlines())] for language, text in said.items()},
        "basis": _both(_basis(rulebook, draft.occasion)),
    }


def _both(text: LocalText) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _basis(rulebook: Rulebook, occasion: Occasion) -> LocalText:
    """The frozen rulebook; and the regulation it was taken from, where that part of it is published."""
    known: Values = {"rules": rulebook.name, "version": rulebook.version}
    rules, source = _said(BY_THE_RULES, known), rulebook.basis(RESTS_ON[occasion])
    return _said(WITH_SOURCE, {"rules": rules, "source": source.text}) if source.published else rules


def _said(text: LocalText, values: Values) -> LocalText:
    return LocalText(*(filled(text, language, values) for language in LANGUAGES))


def pdf_of(letter: Letter) -> bytes:
    """The sheet; the same bytes each time."""
    return typeset(TEMPLATE, {"letter": letter.content, "digest": letter.digest})


# --- what a decision leads to -------------------------------------------------------------------------------------


def accepted(dossier: Application, _actor: Actor) -> None:
    issue([Draft(dossier, Occasion.ACCEPTED)])


def returned(dossier: Application, _actor: Actor) -> None:
    values = {"reason": queries.reason_of("application.return", dossier), "due": _due(dossier)}
    issue([Draft(dossier, Occasion.RETURNED, values)])


def _due(dossier: Application) -> str:
    due = dossier.correction_due
    return f"{due.astimezone(ZoneInfo(dossier.edition.time_zone)):%Y-%m-%d %H:%M}" if due else "—"


def refused(dossier: Application, _actor: Actor) -> None:
    issue([Draft(dossier, Occasion.REFUSED, {"reason": queries.reason_of("application.refuse", dossier)})])


def visit_announced(visit: Visit, _actor: Actor) -> None:
    """Who is visited has been shortlisted, where a round went before; the mail is the visit's own."""
    days = f"{visit.starts_on:%Y-%m-%d} – {visit.ends_on:%Y-%m-%d}"
    values = {"shortlisted": _shortlisted(visit.application, visit.round), "days": days, "place": visit.place}
    issue([Draft(visit.application, Occasion.VISIT, values)])


def defence_sealed(session: DefenceSession, _actor: Actor) -> None:
    """Once its list is sealed the session holds: everybody on it is invited."""
    rule = rule_for(session)
    known = {
        "at": f"{session.held_at.astimezone(ZoneInfo(session.edition.time_zone)):%Y-%m-%d %H:%M}",
        "room": session.room,
        "statement": rule.statement_minutes,
        "questions": rule.question_minutes,
    }
    drafts = [
        Draft(
            slot.application,
            Occasion.DEFENCE,
            {**known, "shortlisted": _shortlisted(slot.application, session.round)},
        )
        for slot in session.slots
    ]
    _issue_and_tell("defence.commit", drafts)


def _shortlisted(dossier: Application, round_: Round) -> LocalText:
    before = [each for each in dossier.edition.rounds if each.position < round_.position]
    values = {"applicant": dossier.name, "before": before[-1].name if before else NO_ROUND, "round": round_.name}
    return _said(GONE_ON, values)


def honoured(dossier: Application, _actor: Actor) -> None:
    """The mail is the result's own."""
    honour = queries.honour_of(dossier)
    values = {"level": honour.level, "document": honour.approval_document}
    issue([Draft(dossier, Occasion.HONOURED, values)])


def concluded(edition: Edition, _actor: Actor) -> None:
    """Until the result is out nobody is told how far a dossier came; now all who hold no honour are, together."""
    _issue_and_tell("edition.conclude", [_without_honour(dossier) for dossier in queries.not_honoured(edition.id)])


def _without_honour(dossier: Application) -> Draft:
    if dossier.state is ApplicationState.NOT_PROPOSED:
        return Draft(dossier, Occasion.NOT_PROPOSED)
    return Draft(dossier, Occasion.NOT_ADVANCED, {"round": dossier.round.name if dossier.round else NO_ROUND})


def objection_answered(objection: Objection, _actor: Actor) -> None:
    """To whoever raised it; the mail is the inquiry's own."""
    assert objection.effect is not None, "by a constraint"
    known = {"words": objection.answer, "found": FOUND[objection.state], "effect": TO_OBJECTOR[objection.effect]}
    issue([Draft(objection, Occasion.OBJECTION_ANSWERED, known)])


def objection_upheld(objection: Objection, _actor: Actor) -> None:
    _objection_settled("objection.uphold", objection, Occasion.OBJECTION_UPHELD)


def objection_rejected(objection: Objection, _actor: Actor) -> None:
    """Whoever was never asked about an objection need not hear of one that came to nothing."""
    if queries.was_asked(objection.id):
        _objection_settled("objection.reject", objection, Occasion.OBJECTION_REJECTED)


def _objection_settled(action: str, objection: Objection, occasion: Occasion) -> None:
    dossier = objected_to(objection)
    if dossier is not None:
        values = {"objection": objection.number, "effect": EFFECTS[occasion]}
        _issue_and_tell(action, [Draft(dossier, occasion, values)])


def _issue_and_tell(action: str, drafts: Sequence[Draft]) -> None:
    """For decisions that no other mail tells the applicant of: the mail says what the letter says."""
    issue(drafts)
    for draft in drafts:
        if isinstance(draft.about, Application):
            tell_owner(action, draft.about, with_paper(TEXTS[draft.occasion]), **draft.values)
