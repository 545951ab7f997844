"""What may tie an expert to a dossier that he may lawfully judge: places and kind of employer that both have."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.applications.models import Application
from app.experts.models import Expert
from app.intake.models import RecommendingBody
from app.kernel import regions
from app.kernel.database import db
from app.kernel.words import N_
from app.panels import facts
from app.panels.rules import Level, RegionFact
from app.panels.rules.places import counted
from app.programmes.models import Edition
from app.ranking.advice.ties import Labels
from app.scoring.models import ScoreSheet

NEAR, PAST, BODY, EMPLOYER = "near", "past", "body", "employer"
KIND_OF_EMPLOYER = slice(0, 2)
"""Of a unified social credit code (GB 32100): who registered the organisation, and as what."""
GREAT_AREA = slice(0, 1)
"""Of a code of GB/T 2260: 1 the north, 2 the north-east, 3 the east …"""
NEAR_LABELS: dict[Level, str] = {
    "county": N_("工作地或居住地与申报者同在一市"),
    "city": N_("工作地或居住地与申报者同在一省"),
    "province": N_("工作地或居住地与申报者同在一个大区（华北、华东等）"),
    "none": N_("工作地或居住地与申报者同在一省"),
}
"""By the level of the out-of-region rule: the next larger region."""
LABELS = {
    PAST: N_("从前的工作地或户籍地（回避规则不计的）与申报者同在一地"),
    BODY: N_("工作地、居住地或户籍地与推荐单位同在一市"),
    EMPLOYER: N_("专家单位与申报者的登记性质相同（信用代码前两位）"),
}


@dataclass(frozen=True)
class Party:
    """An expert with his places and the code of his employer, or a dossier with its own and the place of its recommending body."""

    number: str
    places: tuple[RegionFact, ...]
    code: str
    body: str = ""


def labels_of(edition: Edition) -> dict[str, Labels]:
    """By relation, what all who had a sheet in the edition and its numbered dossiers carry today."""
    rule, experts, dossiers = facts.pair_rule(edition), _experts(edition), _dossiers(edition)
    level = rule.region_level

    def wider(places: Iterable[RegionFact]) -> list[str]:
        return [_wider(place.code, level) for place in places]

    return {
        NEAR: Labels(
            _held(experts, lambda each: wider(counted(each.places, rule))),
            _held(dossiers, lambda each: wider(each.places)),
        ),
        PAST: Labels(
            _held(experts, lambda each: _within(set(each.places) - set(counted(each.places, rule)), level)),
            _held(dossiers, lambda each: _within(each.places, level)),
        ),
        BODY: Labels(
            _held(experts, lambda each: _cities(place.code for place in each.places)),
            _held(dossiers, lambda each: _cities(filter(None, [each.body]))),
        ),
        EMPLOYER: Labels(_held(experts, _kind), _held(dossiers, _kind)),
    }


def _held(parties: Iterable[Party], carried: Callable[[Party], list[str]]) -> dict[str, list[str]]:
    return {each.number: carried(each) for each in parties}


def _wider(code: str, level: Level) -> str:
    if level == "county":
        return regions.prefix(code, "city")
    province = regions.prefix(code, "province")
    return province[GREAT_AREA] if level == "province" else province


def _within(places: Iterable[RegionFact], level: Level) -> list[str]:
    return [regions.prefix(place.code, "province" if level == "none" else level) for place in places]


def _cities(codes: Iterable[str]) -> list[str]:
    """A code that names a whole province names no city."""
    found = (regions.prefix(code, "city") for code in codes)
    return [city for city in found if not city.endswith("00")]


def _kind(party: Party) -> list[str]:
    return [party.code[KIND_OF_EMPLOYER]] if party.code else []


def _experts(edition: Edition) -> list[Party]:
    seated = select(ScoreSheet.expert_id).where(ScoreSheet.edition_id == edition.id)
    rows = db.session.scalars(select(Expert).where(Expert.id.in_(seated)).options(selectinload(Expert.regions)))
    return [
        Party(
            expert.number,
            tuple(RegionFact(each.kind.value, each.region_code, each.since, each.until) for each in expert.regions),
            expert.employer_code,
        )
        for expert in rows
    ]


def _dossiers(edition: Edition) -> list[Party]:
    rows = db.session.execute(
        select(Application, RecommendingBody.region_code)
        .outerjoin(RecommendingBody, RecommendingBody.id == Application.body_id)
        .where(Application.edition_id == edition.id, Application.number != "")
        .options(selectinload(Application.regions))
    )
    return [
        Party(
            dossier.number,
            tuple(RegionFact(each.kind.value, each.region_code) for each in dossier.regions),
            dossier.credit_code,
            body or "",
        )
        for dossier, body in rows
    ]
