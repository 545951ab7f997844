"""What follows from a step: action → calls into later stages, messages to send. Nothing else reacts to a step."""

from app.lifecycle import Reaction

TABLE: dict[str, tuple[Reaction, ...]] = {}
