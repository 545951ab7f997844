"""Who may apply: the conditions of the rule, case by case."""

from dataclasses import replace
from datetime import date

import pytest

from app.programmes.rules.eligibility import (
    ApplicantFacts,
    Honour,
    PastIncident,
    Revocation,
    eligibility_reasons,
    years_after,
)
from app.programmes.rules.values import ApplicantKind, Incident, Institution, Rank, Severity
from tests.support.rulebooks import GONE, Place, edited_rulebook, rulebook

TODAY = date(2026, 5, 8)
EDITION = 5
FIRM = ApplicantFacts(
    kind=ApplicantKind.ORGANISATION, region="140105", founded=date(2010, 1, 1), institution=Institution.ENTERPRISE
)
PERSON = ApplicantFacts(kind=ApplicantKind.INDIVIDUAL, region="140400", founded=date(2000, 7, 1))
WON_LAST = Honour("award", 4, date(2025, 4, 25))
BAR, WARN = Severity.BAR, Severity.WARNING

CASES: list[tuple[str, ApplicantFacts, dict[Place, object], list[tuple[str, Severity]]]] = [
    ("a firm in order", FIRM, {}, []),
    ("a person in order", PERSON, {}, []),
    ("a team, but teams are closed", replace(FIRM, kind=ApplicantKind.TEAM), {}, [("groups", BAR)]),
    ("a university", replace(FIRM, institution=Institution.UNIVERSITY), {}, [("eligibility.institutions", BAR)]),
    ("a primary school", replace(FIRM, institution=Institution.PRIMARY_SCHOOL), {}, []),
    ("another province", replace(FIRM, region="370100"), {}, [("eligibility.within_region", BAR)]),
    ("another province where any may apply", replace(FIRM, region="370100"), {"eligibility.within_region": False}, []),
    ("three years to the day", replace(FIRM, founded=date(2023, 5, 8)), {}, []),
    ("a day short", replace(FIRM, founded=date(2023, 5, 9)), {}, [("eligibility.years_in_operation", BAR)]),
    ("a day short, no minimum", replace(FIRM, founded=date(2023, 5, 9)), {"eligibility.years_in_operation": 0}, []),
    ("founding unknown", replace(FIRM, founded=None), {}, [("eligibility.years_in_operation", WARN)]),
    ("a person too new", replace(PERSON, founded=date(2024, 1, 1)), {}, [("eligibility.years_of_quality_work", BAR)]),
    ("a young giant", replace(FIRM, founded=date(2024, 1, 1), tags=frozenset({"giant"})), {"eligibility.years_exceptions": [{"tag": "giant", "years": 2}, {"tag": "other", "years": 1}]}, []),
    ("too young for a giant", replace(FIRM, founded=date(2025, 1, 1), tags=frozenset({"giant"})), {"eligibility.years_exceptions": [{"tag": "giant", "years": 2}]}, [("eligibility.years_exceptions.giant", BAR)]),
    ("excellence not yet long", replace(FIRM, excellence_since=date(2024, 1, 1)), {"eligibility.years_of_excellence": 3}, [("eligibility.years_of_excellence", BAR)]),
    ("excellence long enough", replace(FIRM, excellence_since=date(2020, 1, 1)), {"eligibility.years_of_excellence": 3}, []),
    ("excellence unknown", FIRM, {"eligibility.years_of_excellence": 3}, [("eligibility.years_of_excellence", WARN)]),
    ("excellence is no matter of persons", PERSON, {"eligibility.years_of_excellence": 3}, []),
    ("an accident in the window", replace(FIRM, incidents=(PastIncident(Incident.SAFETY, date(2023, 5, 9)),)), {}, [("eligibility.look_backs.safety", BAR)]),
    ("an accident before it", replace(FIRM, incidents=(PastIncident(Incident.SAFETY, date(2023, 5, 8)),)), {}, []),
    ("a failed spot check", replace(FIRM, incidents=(PastIncident(Incident.SPOT_CHECK, date(2025, 1, 1)),)), {}, [("eligibility.look_backs.spot_check", WARN)]),
    ("an incident the rule does not name", replace(FIRM, incidents=(PastIncident(Incident.PENALTY, date(2025, 1, 1)),)), {}, []),
    ("each incident counts", replace(FIRM, incidents=(PastIncident(Incident.SAFETY, TODAY), PastIncident(Incident.QUALITY, TODAY))), {}, [("eligibility.look_backs.safety", BAR), ("eligibility.look_backs.quality", BAR)]),
    ("an excluded rank", replace(PERSON, rank=Rank.CIVIL_SERVANT), {"eligibility.excluded_ranks": ["civil_servant"]}, [("eligibility.excluded_ranks", BAR)]),
    ("a rank nobody excludes", replace(PERSON, rank=Rank.CIVIL_SERVANT), {}, []),
    ("won the last edition", replace(FIRM, honours=(WON_LAST,)), {}, [("eligibility.winner_bans.award", BAR)]),
    ("won two editions ago", replace(FIRM, honours=(Honour("award", 3, date(2021, 4, 25)),)), {}, []),
    ("won two editions ago, ban in years", replace(FIRM, honours=(Honour("award", 3, date(2021, 4, 25)),)), {"eligibility.winner_bans[0]": {"level": "award", "years": 6}}, [("eligibility.winner_bans.award", BAR)]),
    ("ban in years is over", replace(FIRM, honours=(Honour("award", 3, date(2021, 4, 25)),)), {"eligibility.winner_bans[0]": {"level": "award", "years": 5}}, []),
    ("nominated in the last edition", replace(FIRM, honours=(Honour("nomination", 4, date(2025, 4, 25)),)), {}, []),
    ("the parent won", replace(FIRM, parent_honours=(WON_LAST,)), {}, [("eligibility.parent_win", WARN)]),
    ("the parent won and bars", replace(FIRM, parent_honours=(WON_LAST,)), {"eligibility.parent_win": "bar"}, [("eligibility.parent_win", BAR)]),
    ("the parent won, no rule", replace(FIRM, parent_honours=(WON_LAST,)), {"eligibility.parent_win": GONE, ("defaults", "eligibility.parent_win"): GONE}, []),
    ("prerequisite missing", FIRM, {"eligibility.prerequisites": [{"level": "nomination", "years": 3}]}, [("eligibility.prerequisites.nomination", BAR)]),
    ("prerequisite too new", replace(FIRM, honours=(Honour("nomination", 4, date(2025, 4, 25)),)), {"eligibility.prerequisites": [{"level": "nomination", "years": 3}]}, [("eligibility.prerequisites.nomination", BAR)]),
    ("prerequisite held", replace(FIRM, honours=(Honour("nomination", 3, date(2021, 4, 25)),)), {"eligibility.prerequisites": [{"level": "nomination", "years": 3}]}, []),
    ("revoked for fraud", replace(FIRM, revocations=(Revocation(3, fraud=True),)), {}, [("watch.fraud_ban_editions", BAR)]),
    ("revoked for fraud long ago", replace(FIRM, revocations=(Revocation(2, fraud=True),)), {}, []),
    ("barred for ever", replace(FIRM, revocations=(Revocation(1, fraud=True),)), {"watch.fraud_ban_editions": GONE}, [("watch.fraud_ban_editions", BAR)]),
    ("revoked for an incident", replace(FIRM, revocations=(Revocation(4, fraud=False),)), {}, [("watch.incident_ban_editions", BAR)]),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "changes", "expected"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_eligibility(facts: ApplicantFacts, changes: dict[Place, object], expected: list[tuple[str, Severity]]) -> None:
    book = edited_rulebook(changes)
    reasons = eligibility_reasons(facts, book, edition=EDITION, on=TODAY)
    assert [(reason.clause, reason.severity) for reason in reasons] == expected
    for reason in reasons:
        assert "%(" not in str(reason.text)
        if reason.clause != "groups":
            assert book.basis(reason.clause)


def test_every_reason_is_given_at_once() -> None:
    facts = replace(FIRM, region="110105", founded=date(2025, 1, 1), honours=(WON_LAST,))
    reasons = eligibility_reasons(facts, rulebook(), edition=EDITION, on=TODAY)
    assert [str(reason.text) for reason in reasons] == [
        "所在地区 110105 不在本奖项的地区内。",
        "自 2025-01-01 起不满 3 年，到 2028-01-01 才满。",
        "第 4 届已获质量奖，限制期未满。",
    ]


@pytest.mark.parametrize(
    ("day", "years", "ends"),
    [
        (date(2023, 5, 8), 3, date(2026, 5, 8)),
        (date(2024, 2, 29), 3, date(2027, 2, 28)),
        (date(2020, 2, 29), 4, date(2024, 2, 28)),
    ],
)
def test_years_end_on_the_same_day(day: date, years: int, ends: date) -> None:
    assert years_after(day, years) == ends
