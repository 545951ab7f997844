"""What waits for an actor: one section for each of his roles, from the reads of all stages."""

from collections.abc import Callable

from app.desk.queries import applicant, committee, expert, office, operator, recommender, supervisor
from app.desk.queries.sections import Around, Section
from app.kernel.actor import Actor, Role
from app.programmes.models import Edition

Source = Callable[[Actor, Around], Section]

SOURCES: dict[Role, Source] = {
    Role.OFFICE: office.section,
    Role.APPLICANT: applicant.section,
    Role.RECOMMENDER: recommender.section,
    Role.EXPERT: expert.section,
    Role.LEADER: expert.led,
    Role.HEAD: expert.headed,
    Role.COMMITTEE: committee.section,
    Role.SUPERVISOR: supervisor.section,
    Role.OPERATOR: operator.section,
}
"""In the order in which the sections stand for somebody with several roles."""


def sections(actor: Actor, edition: Edition | None) -> list[Section]:
    around = Around.of(edition)
    return [
        source(actor, around) for role, source in SOURCES.items() if actor.has(role) and not _is_covered(actor, role)
    ]


def _is_covered(actor: Actor, role: Role) -> bool:
    """The head watches all panels, those he leads himself among them."""
    return role is Role.LEADER and actor.has(Role.HEAD)
