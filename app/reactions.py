"""What follows from a step: action → calls into later stages, messages to send. Nothing else reacts to a step."""

from app.intake import services as intake
from app.lifecycle import Reaction
from app.scoring import services as scoring

TABLE: dict[str, tuple[Reaction, ...]] = {
    "application.submit": (intake.route,),
    "assignment.clear": (scoring.open_sheet,),
    "assignment.recuse": (scoring.void_sheet,),
    "assignment.excuse": (scoring.void_sheet,),
}
