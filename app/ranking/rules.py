"""From the rulebook to the official ranking and to the lines between its rows: who goes on, who is above which line."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from app.consensus.rules import fallback
from app.kernel.actor import Actor, Role
from app.kernel.canonical import Record
from app.kernel.exact import display, score_twentieths
from app.kernel.words import N_, LocalText, Message
from app.programmes.rules.criteria import CriteriaSet
from app.programmes.rules.rulebook import Level as LevelRule
from app.programmes.rules.rulebook import Rulebook
from app.programmes.rules.values import Spread
from app.ranking import official
from app.ranking.official import Agreed, Deduction, Facts, Level, Ranking, Review, RoundRule, Row, Rules, Traits
from app.ranking.official.data import LOT, NOTHING_MORE

LEADER, MEMBER = "leader", "member"
"""Roles of a seat, as a review names them."""


@dataclass(frozen=True)
class Shortlist:
    """Who goes on: so many places, nobody below the floor (in points); `places` None: all above the floor."""

    places: int | None
    floor: int | None


def is_final(rulebook: Rulebook, round_key: str) -> bool:
    return rulebook.round_after(round_key) is None


def official_rules(rulebook: Rulebook, round_key: str) -> Rules:
    """The rounds up to and including this one; the award's lines only where the result is the final one."""
    last = rulebook.rounds.index(rulebook.round(round_key)) + 1
    combined, final = rulebook.aggregation, is_final(rulebook, round_key)
    return Rules(
        rounds=tuple(_round_rule(rulebook, rule.key) for rule in rulebook.rounds[:last]),
        levels=tuple(_level(rulebook, level) for level in rulebook.levels) if final else (),
        ties=combined.ties,
        decimals=combined.decimals,
        rounding=combined.rounding.value,
    )


def _round_rule(rulebook: Rulebook, key: str) -> RoundRule:
    rule, combined = rulebook.round(key), rulebook.aggregation
    return RoundRule(
        key,
        minimum_reviews=rule.minimum_reviews,
        method=combined.method.value,
        mode=rule.mode.value,
        weight=rule.weight or 0,
        bound=rule.correction_bound or 0,
        role_weights=role_weights(combined.leader_weight),
        trim_from=combined.trim_from,
        trim_each=combined.trim_each,
        fallback=combined.trim_fallback.value,
        spread=(combined.spread or Spread.SAMPLE).value,
    )


def role_weights(leader_weight: Fraction | None) -> dict[str, int]:
    """A leader's 3/2 of a member is 3 to 2."""
    if leader_weight is None:
        return {}
    return {LEADER: leader_weight.numerator, MEMBER: leader_weight.denominator}


def _level(rulebook: Rulebook, level: LevelRule) -> Level:
    """What limits nobody of this award is left out."""
    closed = set(rulebook.applicant_kinds) - set(level.kinds)
    return Level(
        level.key,
        level.seats,
        level.floor,
        kinds=tuple(sorted(kind.value for kind in level.kinds)) if closed else (),
        limits={limit.kind.value: limit.seats for limit in level.limits},
        reserved={kept.tag: kept.seats for kept in level.reserved},
    )


def needs_traits(rules: Rules) -> bool:
    """Whether a rule looks at anything of a dossier but its scores."""
    return any(level.is_limited for level in rules.levels) or any(rule.method == "group_z" for rule in rules.rounds)


def needs_seed(rules: Rules) -> bool:
    """Whether a tie across a line may be parted by lot."""
    return bool(rules.levels) and LOT in rules.ties


def shortlist_rule(rulebook: Rulebook, round_key: str) -> Shortlist | None:
    """None after the last round: then the committee decides. Nobody goes on who is below every level's floor."""
    if is_final(rulebook, round_key):
        return None
    floors = [level.floor for level in rulebook.levels]
    lowest = None if None in floors else min(floor for floor in floors if floor is not None)
    return Shortlist(rulebook.seats_forward(round_key), lowest)


def results_codes(criteria: CriteriaSet) -> frozenset[str]:
    """The items of the categories that ask for results only: what the first step of the chain of ties compares."""
    return frozenset(item.code for category in criteria.categories if category.results_only for item in category.items)


@dataclass(frozen=True)
class Computed:
    """A ranking with the record over which its digest is taken."""

    ranking: Ranking
    record: Record


def results_part(percents: Mapping[str, tuple[int, int]], criteria: CriteriaSet) -> int:
    """The part of an agreed total that comes from the results categories, in 1/20 point; `percents`: points and percentage."""
    codes = results_codes(criteria)
    return sum(score_twentieths(*given) for code, given in percents.items() if code in codes)


def compute(
    rulebook: Rulebook,
    round_key: str,
    dossiers: Sequence[str],
    reviews: Iterable[Review],
    *,
    agreed: Iterable[Agreed] = (),
    deductions: Iterable[Deduction] = (),
    facts: Facts = NOTHING_MORE,
) -> Computed:
    """The same dossiers, reviews, agreed totals, deductions, facts and rulebook give the same record to the last character.
    Raises Unscorable where standardised scores are prescribed and have no value."""
    rules, given, totals, off = official_rules(rulebook, round_key), list(reviews), list(agreed), list(deductions)
    ranking = official.rank(dossiers, given, rules, agreed=totals, deductions=off, facts=facts)
    onward = shortlist_rule(rulebook, round_key)
    if onward is not None:
        places = len(dossiers) if onward.places is None else onward.places
        ranking = official.shortlist(ranking, places, floor=onward.floor)
    record = official.snapshot(ranking, given, rules, agreed=totals, deductions=off, facts=facts) | {
        "round": round_key,
        "shortlist": None if onward is None else {"places": onward.places, "floor": onward.floor},
    }
    return Computed(ranking, record)


def stored_input(record: Mapping[str, object]) -> tuple[list[str], list[Review], list[Agreed]]:
    """Dossiers, reviews and agreed totals back from a stored record."""
    rows, reviews, agreed = (_listed(record, name) for name in ("rows", "reviews", "agreed"))
    given = [
        Review(dossier, key, reviewer, total, results, role) for dossier, key, reviewer, role, total, results in reviews
    ]
    return [row["dossier"] for row in rows], given, [Agreed(*each) for each in agreed]


def stored_deductions(record: Mapping[str, object]) -> list[Deduction]:
    """What was taken off for overtime, back from a stored record; most have nothing."""
    return [Deduction(*each) for each in _listed(record, "deductions")] if "deductions" in record else []


def stored_facts(record: Mapping[str, object]) -> Facts:
    """Traits and seed back from a stored record; most have none."""
    traits = _listed(record, "traits") if "traits" in record else []
    told = {dossier: Traits(group, kind, frozenset(tags)) for dossier, group, kind, tags in traits}
    return Facts(told, str(record.get("seed", "")))


def deducted_points(record: Mapping[str, object]) -> dict[str, dict[str, int]]:
    """By dossier and round how many points were taken off."""
    found: dict[str, dict[str, int]] = {}
    for each in stored_deductions(record):
        found.setdefault(each.dossier, {})[each.round] = each.points
    return found


def _listed(record: Mapping[str, object], name: str) -> list[Any]:
    found = record[name]
    assert isinstance(found, list)
    return found


CONSENSUS = "consensus"


def bases(record: Mapping[str, object], rulebook: Rulebook) -> dict[str, dict[str, str]]:
    """By dossier and round how its value came about: by consensus, or by the way its sheets were combined."""
    _dossiers, reviews, agreed = stored_input(record)
    sheets = Counter((review.dossier, review.round) for review in reviews)
    found: dict[str, dict[str, str]] = {}
    for (dossier, key), count in sorted(sheets.items()):
        found.setdefault(dossier, {})[key] = fallback(count, rulebook.aggregation).value
    for each in agreed:
        found.setdefault(each.dossier, {})[each.round] = CONSENSUS
    return found


# --- what is drawn between the rows -------------------------------------------------------------------------------


def _lines(ranking: Ranking, rulebook: Rulebook) -> list[Record]:
    return [
        {
            "level": cut.level,
            "after": _last(ranking.rows, [each.level for each in ranking.cuts[: place + 1]]),
            "seats": cut.seats,
            "filled": cut.filled,
            "vacant": cut.vacant,
            "open": cut.open_seats,
            "tied": len(cut.tied),
            "passed": len(cut.passed),
            "decided_by": cut.decided_by,
            "floor": rulebook.level(cut.level).floor,
        }
        for place, cut in enumerate(ranking.cuts)
    ]


def _floors(ranking: Ranking, rulebook: Rulebook) -> list[Record]:
    floors = {level.floor for level in rulebook.levels if level.floor is not None}
    return [{"floor": floor, "after": _last_at(ranking.rows, floor)} for floor in sorted(floors, reverse=True)]


def summary(computed: Computed, rulebook: Rulebook) -> Record:
    """The lines with the position after which each is drawn, as data: the page puts them into words."""
    rows = computed.ranking.rows
    onward = computed.record["shortlist"]
    return {
        "lines": _lines(computed.ranking, rulebook),
        "floors": _floors(computed.ranking, rulebook),
        "onward": onward and onward | {"after": sum(row.advances for row in rows)},
        "ranked": sum(row.rank is not None for row in rows),
        "total": len(rows),
    }


def _last(rows: Sequence[Row], levels: Sequence[str]) -> int:
    return max((row.position for row in rows if row.line in levels), default=0)


def _last_at(rows: Sequence[Row], floor: int) -> int:
    return sum(row.score is not None and row.score >= floor for row in rows)


def marks(summed: Mapping[str, object], rulebook: Rulebook) -> dict[int, list[Message]]:
    """The rule rows of the page by the position after which they stand; 0 is before the first row."""
    found: dict[int, list[Message]] = {}
    for line in records(summed["lines"]):
        found.setdefault(line["after"], []).append(_line_message(line, rulebook.level(line["level"]).name))
    onward = summed["onward"]
    if isinstance(onward, dict):
        found.setdefault(onward["after"], []).append(_onward_message(onward))
    for floor in records(summed["floors"]):
        if floor["after"] < int(str(summed["ranked"])):
            text = Message(N_("以下得分低于 %(floor)s 分"), {"floor": floor["floor"]})
            found.setdefault(floor["after"], []).append(text)
    return found


def cut_positions(summed: Mapping[str, object]) -> set[int]:
    """After which rows something is decided; a floor without a line is only noted."""
    onward = summed["onward"]
    drawn = [*records(summed["lines"]), *([onward] if isinstance(onward, dict) else [])]
    return {line["after"] for line in drawn}


def records(value: object) -> list[Record]:
    assert isinstance(value, list)
    return value


def _line_message(line: Record, level: LocalText) -> Message:
    values = {"level": level, "seats": line["seats"], "filled": line["filled"]}
    if line["open"]:
        text = N_(
            "%(level)s线：%(seats)s 席，已确定 %(filled)s 席；余下 %(open)s 席由下方 %(tied)s 家并列者经评委会表决"
        )
        return Message(text, values | {"open": line["open"], "tied": line["tied"]})
    if line.get("passed"):
        text = N_(
            "%(level)s线：%(seats)s 席，列入 %(filled)s 家，空缺 %(vacant)s 席；名次在前的 %(passed)s 家因名额限制或保留名额没有列入"
        )
        return Message(text, values | {"vacant": line["vacant"], "passed": line["passed"]})
    if line["vacant"]:
        text = N_("%(level)s线：%(seats)s 席，达到得分要求的 %(filled)s 家，空缺 %(vacant)s 席")
        return Message(text, values | {"vacant": line["vacant"]})
    return Message(N_("%(level)s线：以上 %(filled)s 家（%(seats)s 席）"), values)


def _onward_message(onward: Record) -> Message:
    if onward["places"] is None:
        return Message(N_("入围线：以上 %(n)s 家进入下一轮"), {"n": onward["after"]})
    text = N_("入围线：以上 %(n)s 家进入下一轮（名额 %(places)s 家，同分一并入围）")
    return Message(text, {"n": onward["after"], "places": onward["places"]})


def shown_rounds(row: Row, rulebook: Rulebook) -> dict[str, str]:
    """The value of each round in decimals, for people."""
    combined = rulebook.aggregation
    return {key: display(value, combined.decimals, combined.rounding.value) for key, value in row.rounds.items()}


def names_hidden(rulebook: Rulebook, actor: Actor) -> bool:
    """Where the committee's papers are blind, nobody but the office and the supervisor reads a ranking with names."""
    return rulebook.committee.blind_papers and not actor.has(Role.OFFICE, Role.SUPERVISOR)


def scores_hidden(rulebook: Rulebook, actor: Actor) -> bool:
    """Where the committee's papers list ranks alone, a ranking with its scores is not for its members."""
    return not rulebook.committee.scores_shown and not actor.has(Role.OFFICE, Role.SUPERVISOR, Role.HEAD)


def alias(position: int) -> Message:
    """What stands for a dossier whose name is hidden: its place in this ranking, as on the committee's papers."""
    return Message(N_("第 %(n)s 号"), {"n": position})


def reason(stored: Mapping[str, object] | None, rulebook: Rulebook) -> Message | None:
    """Why a dossier was not ranked, with the round's name in place of its key."""
    if not stored:
        return None
    values = dict(stored["values"]) if isinstance(stored["values"], dict) else {}
    return with_names(Message(str(stored["text"]), values), rulebook)


def with_names(message: Message, rulebook: Rulebook) -> Message:
    """With the names of a round and of a group in place of their keys."""
    named = {
        "round": {rule.key: rule.name for rule in rulebook.rounds},
        "cell": {group.key: group.name for group in rulebook.groups},
    }
    values = {name: named.get(name, {}).get(str(value), value) for name, value in message.values.items()}
    return Message(message.text, values)
