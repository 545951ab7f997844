"""What is wrong with a rulebook, and what would be right."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.kernel.words import N_, Message


@dataclass(frozen=True)
class RulebookError:
    path: str
    problem: Message
    expected: Message

    @property
    def sentence(self) -> Message:
        values = {"path": self.path, "problem": self.problem, "expected": self.expected}
        return Message(N_("%(path)s：%(problem)s。应为：%(expected)s。"), values)

    def __str__(self) -> str:
        return f"{self.path}: {self.problem} → {self.expected}"


class RulebookInvalid(ValueError):
    """Carries every error that could be found, in the order of the file."""

    def __init__(self, errors: Sequence[RulebookError]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = tuple(errors)
