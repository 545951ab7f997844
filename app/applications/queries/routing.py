"""Where a dossier goes when it is handed in. Recommending bodies come later in the pipeline, so the stage of intake tells."""

from collections.abc import Callable
from dataclasses import dataclass

from app.applications.models import Application
from app.kernel.words import Message


@dataclass(frozen=True)
class Destination:
    """`body`: who would recommend it, empty where nobody does yet; `problem`: why it cannot be handed in without a choice."""

    body: str = ""
    may_choose: bool = False
    problem: Message | None = None


DestinationSource = Callable[[Application], Destination]
_sources: list[DestinationSource] = []


def learn_destination(source: DestinationSource) -> None:
    """Called once by create_app."""
    _sources[:] = [source]


def destination_of(application: Application) -> Destination:
    return _sources[0](application) if _sources else Destination()
