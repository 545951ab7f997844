"""What a hearing adds up to with the rounds before it. The ranking comes later in the pipeline, so it tells."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.kernel.words import N_, Message
from app.programmes.models import Round
from app.programmes.queries import rulebook_of
from app.programmes.rules.review import RoundRule
from app.programmes.rules.values import RoundMode


@dataclass(frozen=True, slots=True)
class Combined:
    """A dossier's value in each round and all of them together, as the ranking shows them."""

    rounds: Mapping[str, str]
    shown: str


Source = Callable[[Round], Mapping[int, Combined]]
_sources: list[Source] = []


def learn(source: Source) -> None:
    """Called once by create_app; of a round, by dossier."""
    _sources[:] = [source]


def combined(round_: Round) -> Mapping[int, Combined]:
    return _sources[0](round_) if _sources else {}


def parts(round_: Round) -> list[tuple[RoundRule, Message]]:
    """The rounds up to this one, each with how it counts by the rulebook: by its weight, or as a correction within its bound."""
    rounds = rulebook_of(round_.edition).rounds
    last = [rule.key for rule in rounds].index(round_.key) + 1
    return [(rule, counts(rule)) for rule in rounds[:last]]


def counts(rule: RoundRule) -> Message:
    if rule.mode is RoundMode.ADDEND:
        return Message(N_("计入总分，权重 %(n)s%%"), {"n": rule.weight})
    return Message(N_("作为修正，上下不超过 %(n)s 分"), {"n": rule.correction_bound})
