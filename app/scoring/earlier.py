"""What an expert may see beside a sheet that is filled in after a visit. The consensus comes later in the pipeline, so it tells."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from app.kernel.words import Message
from app.programmes.rules.criteria import CriteriaSet
from app.programmes.rules.review import RoundRule
from app.scoring import queries, rules

AgreedSource = Callable[[int, int, int], Mapping[str, int]]
_sources: list[AgreedSource] = []


def learn_agreed(source: AgreedSource) -> None:
    """Called once by create_app; by expert, application and round, of the panels on which the expert sat."""
    _sources[:] = [source]


def before(rule: RoundRule, key: queries.SheetKey) -> rules.Befores:
    """Nothing in a round without a visit: there every score is given as if it were the first."""
    if rule.visit is None:
        return {}
    agreed = _sources[0](key.expert_id, key.application_id, key.round_id) if _sources else {}
    return rules.befores(queries.own_before(key), agreed)


def gaps(
    rule: RoundRule, entries: Iterable[rules.Entry], befores: rules.Befores, criteria: CriteriaSet
) -> Sequence[tuple[str, Message]]:
    """What keeps a sheet from being submitted: items without a percentage, and changes without the reason that is asked for."""
    known = list(entries)
    asked = rule.visit is not None and rule.visit.change_needs_reason
    return rules.gaps(known, criteria) + (rules.unexplained(known, befores, criteria) if asked else [])
