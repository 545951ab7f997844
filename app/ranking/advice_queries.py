"""Reads of what is said beside rankings: its input from frozen records, the stored advice, and its recomputation."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from app.applications.models import Application
from app.experts.models import Expert
from app.kernel.canonical import Record, digest
from app.kernel.database import db
from app.programmes.queries import rulebook_of
from app.ranking import advising, queries
from app.ranking.advice import record
from app.ranking.models import Ranking, RankingAdvice
from app.ranking.tied import labels_of
from app.scoring.models import ItemScore, ScoreSheet
from app.workflow import ScoreSheetState

STORED = select(RankingAdvice.content, RankingAdvice.digest, RankingAdvice.version, RankingAdvice.computed_at).where(
    RankingAdvice.ranking_id == bindparam("ranking_id")
)


def basis(ranking: Ranking) -> advising.Basis:
    """Frozen records only: what was computed once can be computed again."""
    groups = db.session.execute(
        select(Application.number, Application.group_key).where(Application.edition_id == ranking.edition_id)
    )
    return advising.Basis(
        rulebook=rulebook_of(ranking.edition),
        round_key=ranking.round.key,
        snapshot=ranking.snapshot,
        summary=ranking.summary,
        digest=ranking.digest,
        earlier={each.round.key: each.snapshot for each in queries.earlier(ranking.round)},
        groups={row.number: row.group_key for row in groups},
    )


def beside(ranking: Ranking) -> advising.Beside:
    """As it is today."""
    return advising.Beside(percents(ranking), labels_of(ranking.edition))


def percents(ranking: Ranking) -> dict[str, dict[str, int]]:
    """The percentages of the sheets of the ranking's own round, by dossier and expert, by item."""
    rows = db.session.execute(
        select(Application.number, Expert.number.label("expert"), ItemScore.item_code, ItemScore.percent)
        .join(ItemScore.sheet)
        .join(Application, Application.id == ScoreSheet.application_id)
        .join(Expert, Expert.id == ScoreSheet.expert_id)
        .where(
            ScoreSheet.round_id == ranking.round_id,
            ScoreSheet.state == ScoreSheetState.SUBMITTED,
            ItemScore.percent.is_not(None),
        )
        .order_by(Application.number, Expert.number, ItemScore.item_code)
    )
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(f"{row.number} {row.expert}", {})[row.item_code] = row.percent
    return found


@dataclass(frozen=True)
class Advised:
    content: Record
    digest: str
    version: str
    computed_at: datetime


def advised(ranking_id: int) -> Advised | None:
    """What is stored; nothing where the ranking is not confirmed."""
    row = db.session.execute(STORED, {"ranking_id": ranking_id}).one_or_none()
    return None if row is None else Advised(*row)


def digest_of(given: Record, content: Record) -> str:
    return digest({"given": given, "content": content})


def recomputes(stored: RankingAdvice) -> bool:
    """Whether the stored advice has its digest, its input is what the rankings' records say, and it follows from that input."""
    base, read = basis(stored.ranking), advising.Beside.stored(stored.given)
    return (
        digest_of(stored.given, stored.content) == stored.digest
        and advising.given(base, read) == stored.given
        and record.agrees(stored.content, advising.content(base, read))
    )


def names_of_experts(edition_id: int) -> dict[str, str]:
    """Names by number of those who had a sheet in the edition."""
    seated = select(ScoreSheet.expert_id).where(ScoreSheet.edition_id == edition_id)
    return {
        row.number: row.name
        for row in db.session.execute(select(Expert.number, Expert.name).where(Expert.id.in_(seated)))
    }
