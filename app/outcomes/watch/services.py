"""The watch period: declarations are owed, asked for, handed in, reviewed; facts are recorded and settled."""

from collections.abc import Callable, Sequence

from app import lifecycle
from app.applications.models import Application
from app.audit import services as audit
from app.kernel import clock, file_types, files
from app.kernel.actor import Actor
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import Invalid, NotReady
from app.kernel.words import N_, Message
from app.notices.services import Evidence
from app.outcomes.models import Outcome
from app.outcomes.watch import letters, queries, rules
from app.outcomes.watch.models import DeclarationFile, FactKind, FactSource, WatchFact, YearlyDeclaration
from app.policy import demand
from app.programmes.queries import rulebook_of
from app.workflow import DeclarationState, WatchFactState

REVOKED_SINCE = N_("奖项已撤销，不再需要年度声明。")

# --- owed ---------------------------------------------------------------------------------------------------------


def owe(outcome: Outcome, dossier: Application) -> None:
    """From its publication on an honour owes one declaration a year, as many as its rulebook asks for."""
    rule = rulebook_of(outcome.edition).watch
    approved_on = outcome.approved_on or clock.today()
    for each in rules.owed(rule, approved_on):
        db.session.add(
            YearlyDeclaration(
                outcome_id=outcome.id,
                edition_id=outcome.edition_id,
                owner_id=dossier.owner_id,
                year=each.year,
                begins_on=each.begins_on,
                ends_on=each.ends_on,
                due_on=each.due_on,
            )
        )
    db.session.flush()


def end(actor: Actor, outcome: Outcome, *, reason: str) -> None:
    """The honour is revoked: what was still owed lapses, open facts are settled by the revocation."""
    for declaration in queries.declarations(outcome):
        if declaration.state in (DeclarationState.OWED, DeclarationState.SUBMITTED):
            lifecycle.advance(declaration, "yearly_declaration.lapse", actor, reason=str(Message(REVOKED_SINCE)))
    for fact in queries.open_facts(outcome):
        _settle(actor, fact, "watch_fact.revoke", reason)


def remind(actor: Actor) -> int:
    """For the clock: one letter for each declaration whose day has come, a late one to the office as well; how many."""
    sent = [declaration for declaration in queries.open_for_letters() if _remind(actor, declaration)]
    return len(sent)


def _remind(actor: Actor, declaration: YearlyDeclaration) -> bool:
    rule = rulebook_of(declaration.edition).watch
    letter = rules.letter_due(
        clock.today(),
        opens_on=declaration.opens_on,
        due_on=declaration.due_on,
        reminder_days=rule.reminder_days,
    )
    if letter <= declaration.told:
        return False
    demand(actor, "yearly_declaration.remind", declaration)
    declaration.told = letter
    letters.to_holder(declaration, letter)
    if letter is rules.Letter.LATE:
        letters.to_office(declaration, queries.office_people())
    audit.record(actor, "yearly_declaration.remind", declaration, detail={"letter": letter.name.lower()})
    return True


# --- handed in and reviewed ---------------------------------------------------------------------------------------


def missing_to_submit(declaration: YearlyDeclaration) -> list[Message]:
    if clock.today() >= declaration.opens_on:
        return []
    text = N_("这一年度到 %(last)s 结束，从次日（%(opens)s）起可以提交声明。")
    return [Message(text, {"last": declaration.ends_on, "opens": declaration.opens_on})]


def submit(
    actor: Actor, declaration: YearlyDeclaration, statement: rules.Statement, given: Sequence[Evidence] = ()
) -> None:
    """Freeze what is declared with its digest. Whatever the holder declares of conditions, accidents or penalties is put before the office."""
    lifecycle.demand_step(declaration, "yearly_declaration.submit", actor)
    if missing := missing_to_submit(declaration):
        raise NotReady(missing)
    for field, sentence in rules.problems(statement).items():
        raise Invalid(sentence, field=field)
    for each in given:
        _keep(declaration, each)
    now = clock.now()
    declaration.content = rules.content_of(
        _about(declaration), statement, _named(declaration), submitted_at=now.isoformat(timespec="seconds")
    )
    declaration.digest, declaration.submitted_at = digest(declaration.content), now
    lifecycle.advance(declaration, "yearly_declaration.submit", actor, detail={"digest": declaration.digest})
    for key, text in rules.facts_told(statement.told).items():
        _add_fact(actor, declaration.outcome, FactKind(key), text, declaration=declaration)


def _about(declaration: YearlyDeclaration) -> dict[str, object]:
    outcome = declaration.outcome
    return {
        "edition": declaration.edition.code,
        "level": outcome.level_zh,
        "name": outcome.name,
        "year": declaration.year,
        "begins_on": declaration.begins_on.isoformat(),
        "ends_on": declaration.ends_on.isoformat(),
    }


def _keep(declaration: YearlyDeclaration, given: Evidence) -> None:
    rule = rulebook_of(declaration.edition).dossier
    try:
        kind = file_types.expected_type(given.filename, rule.file_types)
        limit = rule.file_megabytes * files.MEGABYTE
        stored = files.store().put(given.content, limit=limit, check=lambda path: file_types.inspect(path, kind))
    except Invalid as refused:
        raise Invalid(refused.message, field="files") from refused
    if stored.sha256 not in {each.sha256 for each in declaration.files}:
        declaration.files.append(
            DeclarationFile(
                declaration_id=declaration.id, filename=given.filename[:200], sha256=stored.sha256, size=stored.size
            )
        )
    db.session.flush()


def _named(declaration: YearlyDeclaration) -> list[dict[str, object]]:
    return [{"name": each.filename, "sha256": each.sha256, "size": each.size} for each in declaration.files]


def accept(actor: Actor, declaration: YearlyDeclaration, *, note: str) -> None:
    """The office has read it; its note, if any, is for the office and the supervisor."""
    _note(declaration, actor, note)
    lifecycle.advance(declaration, "yearly_declaration.accept", actor)


def send_back(actor: Actor, declaration: YearlyDeclaration, *, reason: str) -> None:
    """Back to its holder with the reason, by mail; there is at least as much time again as before a reminder."""
    if not reason.strip():
        raise Invalid(Message(N_("请写明退回的理由。")), field="reason")
    rule = rulebook_of(declaration.edition).watch
    _note(declaration, actor, reason)
    lifecycle.advance(declaration, "yearly_declaration.send_back", actor, reason=reason.strip())
    declaration.due_on = max(declaration.due_on, rules.again_due(clock.today(), rule))
    declaration.told = rules.Letter.OPEN
    letters.sent_back(declaration, reason.strip())


def _note(declaration: YearlyDeclaration, actor: Actor, note: str) -> None:
    declaration.note, declaration.noted_by, declaration.noted_at = note.strip(), actor.user_id, clock.now()


# --- facts --------------------------------------------------------------------------------------------------------


def record_fact(actor: Actor, outcome: Outcome, *, kind: FactKind, text: str) -> WatchFact:
    """What the office has found out about the holder of an honour that stands."""
    demand(actor, "watch_fact.record", outcome)
    if not text.strip():
        raise Invalid(Message(N_("请写明情况：时间、事实和来源。")), field="situation")
    return _add_fact(actor, outcome, kind, text)


def _add_fact(
    actor: Actor, outcome: Outcome, kind: FactKind, text: str, *, declaration: YearlyDeclaration | None = None
) -> WatchFact:
    fact = WatchFact(
        outcome_id=outcome.id,
        edition_id=outcome.edition_id,
        declaration_id=declaration.id if declaration else None,
        source=FactSource.DECLARED if declaration else FactSource.FOUND,
        kind=kind,
        text=text.strip(),
        recorded_by=actor.user_id,
        recorded_at=clock.now(),
    )
    db.session.add(fact)
    db.session.flush()
    audit.record(actor, "watch_fact.record", fact, after=fact.state, detail={"kind": kind, "source": fact.source})
    return fact


def dismiss(actor: Actor, fact: WatchFact, *, reason: str) -> None:
    """Looked into: it does not touch the honour."""
    _settle(actor, fact, "watch_fact.dismiss", reason)


def interview(actor: Actor, fact: WatchFact, *, reason: str) -> None:
    """Looked into: its holder was called in and told what to put right; by mail as well."""
    _settle(actor, fact, "watch_fact.interview", reason)
    owner = queries.owner_of(fact.outcome)
    if owner is not None:
        letters.called_in(fact, owner, reason.strip())


SETTLE: dict[WatchFactState, Callable[..., None]] = {
    WatchFactState.DISMISSED: dismiss,
    WatchFactState.INTERVIEWED: interview,
}


def _settle(actor: Actor, fact: WatchFact, action: str, reason: str) -> None:
    lifecycle.demand_step(fact, action, actor)
    if not reason.strip():
        raise Invalid(Message(N_("请写明核实的情况和处理的理由。")), field="reason")
    fact.settled, fact.settled_by, fact.settled_at = reason.strip(), actor.user_id, clock.now()
    lifecycle.advance(fact, action, actor, reason=reason.strip())
