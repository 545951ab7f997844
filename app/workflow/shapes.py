"""What a lifecycle is made of: states, their words, and steps."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Label:
    """`internal` for those who run the award, `public` for applicants and citizens; `tone` chooses the state word's look."""

    internal: str
    public: str
    tone: str


@dataclass(frozen=True)
class Transition:
    action: str
    label: str
    sources: tuple[StrEnum, ...]
    target: StrEnum
    needs_reason: bool = False


@dataclass(frozen=True)
class Lifecycle:
    subject: str
    title: str
    states: type[StrEnum]
    initial: StrEnum
    labels: dict[StrEnum, Label]
    transitions: tuple[Transition, ...]

    def told(self, state: StrEnum) -> StrEnum:
        """The state that outsiders are told: the one whose own word the public word is, else the state itself."""
        public = self.labels[state].public
        return next((each for each, label in self.labels.items() if label.internal == public), state)

    def transition(self, action: str) -> Transition:
        """The step of that name; an unknown one is an error of the program, never a "no"."""
        for transition in self.transitions:
            if transition.action == action:
                return transition
        raise KeyError(f"{self.subject} has no transition {action!r}")


def label(internal: str, tone: str, public: str | None = None) -> Label:
    return Label(internal, public or internal, tone)
