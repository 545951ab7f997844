"""The papers of a session: the dossiers still to be decided, as the committee sees them."""

from dataclasses import dataclass

from sqlalchemy import Row, select

from app.applications.models import Application
from app.decisions.models import CommitteeSession
from app.decisions.rules import OTHER_CHOICES, open_levels
from app.kernel import regions
from app.kernel.database import db
from app.kernel.exact import from_text
from app.kernel.words import N_, LocalText, Message
from app.programmes.models import Edition
from app.programmes.queries import rulebook_of
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.tags import tag_name, tags_of
from app.programmes.rules.values import ApplicantKind, BallotKind
from app.ranking.models import RankingRow
from app.ranking.rules import alias
from app.workflow import ApplicationState


@dataclass(frozen=True)
class Paper:
    """One dossier as the committee sees it; `name` and `city` are empty where the rulebook blinds the papers. `place`: its
    place in the ranking, the same in every session and on the ranking's own page."""

    application_id: int
    place: int
    number: str
    name: str
    city: LocalText | None
    group: LocalText
    kind: ApplicantKind
    rank: int | None
    shown: str
    line: str
    line_name: LocalText | None
    levels: tuple[str, ...]
    ballot: BallotKind
    tags: frozenset[str] = frozenset()

    @property
    def called(self) -> LocalText | Message:
        """Its name, or its number where the papers are blind."""
        return LocalText.same(self.name) if self.name else alias(self.place)

    @property
    def choices(self) -> tuple[str, ...]:
        return (*self.levels, *OTHER_CHOICES[self.ballot])


def rulebook_for(session: CommitteeSession) -> Rulebook:
    edition = db.session.get_one(Edition, session.edition_id)
    return rulebook_of(edition)


def papers(session: CommitteeSession) -> list[Paper]:
    """The dossiers still to be decided, in the order of the official ranking."""
    rulebook = rulebook_for(session)
    every = [_paper(row, rulebook) for row in waiting_rows(session.ranking_id)]
    return [paper for paper in every if paper.levels]


def waiting_rows(ranking_id: int) -> list[Row[RankingRow, Application]]:
    """Ranking rows whose dossier is still under review: nobody has decided on it yet, or a new vote is due."""
    found = (
        select(RankingRow, Application)
        .join(Application, Application.id == RankingRow.application_id)
        .where(RankingRow.ranking_id == ranking_id, Application.state == ApplicationState.UNDER_REVIEW)
        .order_by(RankingRow.position)
    )
    return list(db.session.execute(found))


def _paper(row: Row[RankingRow, Application], rulebook: Rulebook) -> Paper:
    ranked, dossier = row.RankingRow, row.Application
    blind = rulebook.committee.blind_papers
    line = ranked.line if ranked.line in {level.key for level in rulebook.levels} else ""
    score = None if ranked.rank is None else from_text(ranked.score)
    return Paper(
        application_id=dossier.id,
        place=ranked.position,
        number=dossier.number,
        name="" if blind else dossier.name,
        city=None if blind else city_of(dossier.region_code),
        group=rulebook.group(dossier.group_key).name,
        kind=dossier.kind,
        rank=ranked.rank,
        shown=ranked.shown if rulebook.committee.scores_shown else "",
        line=line,
        line_name=rulebook.level(line).name if line else None,
        levels=open_levels(rulebook.levels, kind=dossier.kind, score=score),
        ballot=rulebook.committee.ballot,
        tags=tags_of(dossier.group_key, dossier.answers),
    )


def choice_names(rulebook: Rulebook) -> dict[str, LocalText]:
    """Everything that a ballot of this award may say, with its name."""
    return {level.key: level.name for level in rulebook.levels} | OTHER_CHOICES[rulebook.committee.ballot]


def city_of(region_code: str) -> LocalText:
    found = regions.find(regions.prefix(region_code, "city"))
    return found.name if found else LocalText.same(region_code)


def dossiers_by_name(session: CommitteeSession) -> dict[int, Application]:
    """By name, not by rank: for stepping aside, which must work where the papers are blind."""
    dossiers = sorted((row.Application for row in waiting_rows(session.ranking_id)), key=lambda each: each.name)
    return {each.id: each for each in dossiers}


def lot_seed(session: CommitteeSession) -> str:
    """The seed in the ranking's record, where the rulebook lets a lot follow the committee's vote; empty: it votes again."""
    ties = rulebook_for(session).aggregation.ties
    return str(session.ranking.snapshot.get("seed", "")) if "committee" in ties else ""


def count_rules(session: CommitteeSession) -> list[Message]:
    """What the count keeps for whom, and what becomes of equals, in words for the page before it."""
    again = N_("票数与排名都相同而名额不够的，不列入名单，须重新表决。")
    lots = N_("票数与排名都相同而名额不够的，按抽取首轮专家时公布的种子抽签决定，不再表决。")
    return [Message(lots if lot_seed(session) else again), *_kept_seats(session)]


def _kept_seats(session: CommitteeSession) -> list[Message]:
    """What the count keeps for whom."""
    rulebook = rulebook_for(session)
    return [
        Message(
            N_("%(level)s为“%(tag)s”保留 %(seats)s 个，没有合适人选时空缺。"),
            {"level": level.name, "tag": tag_name(rulebook, kept.tag), "seats": kept.seats},
        )
        for level in rulebook.levels
        for kept in level.reserved
    ]


@dataclass(frozen=True)
class Seated:
    """A seat that an earlier session of this edition has given."""

    level_key: str
    kind: ApplicantKind
    tags: frozenset[str]


def seats_taken(edition_id: int) -> list[Seated]:
    given = select(Application.level_key, Application.kind, Application.group_key, Application.answers).where(
        Application.edition_id == edition_id,
        Application.state.in_((ApplicationState.PROPOSED, ApplicationState.HONOURED)),
    )
    return [Seated(row.level_key, row.kind, tags_of(row.group_key, row.answers)) for row in db.session.execute(given)]
