"""The head of panel reports to the committee about a round that has ended."""

from app.audit import services as audit
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.canonical import digest
from app.kernel.database import db
from app.kernel.errors import Invalid
from app.kernel.words import N_, Message
from app.policy import demand
from app.programmes.models import Round
from app.scoring import comparison, queries
from app.scoring.models import CommitteeReport

EMPTY = Message(N_("请写报告正文。"))


def write_report(actor: Actor, round_: Round, *, text: str) -> CommitteeReport:
    """A new version; those before stay. The comparison of the groups as it stands now goes with it."""
    demand(actor, "committee_report.write", round_)
    if not text.strip():
        raise Invalid(EMPTY, field="body")
    assert actor.user_id is not None
    number = queries.next_report_number(round_.id)
    about = {"edition": round_.edition.code, "round": round_.key, "number": number, "author": actor.name}
    content = comparison.report_content(about, comparison.groups_of(queries.rated(round_.id)), text.strip())
    report = CommitteeReport(
        edition_id=round_.edition_id,
        round_id=round_.id,
        number=number,
        content=content,
        digest=digest(content),
        written_by=actor.user_id,
        written_at=clock.now(),
    )
    db.session.add(report)
    db.session.flush()
    audit.record(actor, "committee_report.write", report, detail={"number": number, "digest": report.digest})
    return report


def note_comparison(actor: Actor, round_: Round) -> None:
    audit.record_look(actor, "comparison.read", round_)
