"""What stands beside a sheet that is filled in after a visit, and what keeps it from being submitted.

Consensus and visits come later in the pipeline, so they tell.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from app.kernel.words import Message
from app.programmes.rules.criteria import CriteriaSet
from app.programmes.rules.review import RoundRule
from app.scoring import queries, rules

AgreedSource = Callable[[int, int, int], Mapping[str, int]]
VisitSource = Callable[[int, int], Sequence[Message]]
_sources: list[tuple[AgreedSource, VisitSource]] = []


def learn(agreed: AgreedSource, visit: VisitSource) -> None:
    """Called once by create_app. `agreed`: by expert, application and round, of the panels on which the expert sat; `visit`:
    by round and application, what the visit still lacks before scores after it may be submitted."""
    _sources[:] = [(agreed, visit)]


def before(rule: RoundRule, key: queries.SheetKey) -> rules.Befores:
    """Nothing in a round without a visit: there every score is given as if it were the first."""
    if rule.visit is None:
        return {}
    agreed = _sources[0][0](key.expert_id, key.application_id, key.round_id) if _sources else {}
    return rules.befores(queries.own_before(key), agreed)


def held_back(rule: RoundRule, key: queries.SheetKey) -> Sequence[Message]:
    """Why no sheet of a visit's round can be submitted yet: the visit is not over."""
    if rule.visit is None or not _sources:
        return ()
    return _sources[0][1](key.round_id, key.application_id)


def gaps(
    rule: RoundRule, entries: Iterable[rules.Entry], key: queries.SheetKey, criteria: CriteriaSet
) -> Sequence[tuple[str, Message]]:
    """What keeps a sheet from being submitted, by item, or of the whole under an empty code: the visit, items without a
    percentage, and changes without the reason that is asked for."""
    known = list(entries)
    found = [("", message) for message in held_back(rule, key)] + rules.gaps(known, criteria)
    asked = rule.visit is not None and rule.visit.change_needs_reason
    return found + (rules.unexplained(known, before(rule, key), criteria) if asked else [])
