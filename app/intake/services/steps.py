"""What every step from hand-in to acceptance shares: the demand before it and the mail after it."""

from app.applications.letters import tell_owner, with_paper
from app.applications.models import Application
from app.intake import queries
from app.intake.letters import LETTERS, ON_PAPER
from app.kernel.actor import Actor
from app.lifecycle import advance
from app.policy import demand
from app.workflow import find


def demand_step(actor: Actor, application: Application, action: str) -> None:
    """Who may and from where, before anything else is looked at; `advance` says why not."""
    demand(actor, action, application)
    if application.state not in find(action)[1].sources:
        advance(application, action, actor)


def tell(application: Application, action: str, **values: object) -> None:
    letter = with_paper(LETTERS[action]) if action in ON_PAPER else LETTERS[action]
    tell_owner(action, application, letter, body=queries.body_name(application), **values)
