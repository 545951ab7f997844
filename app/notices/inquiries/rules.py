"""Who may handle an objection, and when somebody is reminded. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.kernel.words import N_, Message

LAST_DAYS = 1
"""With so many working days left, today among them, the handler is reminded."""


@dataclass(frozen=True)
class Ties:
    """What the data say of a person and the dossiers that an objection is about."""

    objects: bool = False
    owns: bool = False
    recommends: bool = False
    employed: bool = False
    interested: bool = False
    reviewed: bool = False
    heads: bool = False
    votes: bool = False


OBSTACLES: dict[str, Message] = {
    "objects": Message(N_("与异议人同名，或联系邮箱相同")),
    "owns": Message(N_("是所涉申报的申报者")),
    "recommends": Message(N_("属于所涉申报的推荐单位")),
    "employed": Message(N_("工作单位就是申报者")),
    "interested": Message(N_("与申报者有登记在案的利害关系")),
    "reviewed": Message(N_("被安排评审过所涉申报")),
    "heads": Message(N_("是大组长，参与了综合评议")),
    "votes": Message(N_("是本届评审委员会委员，参与表决")),
}


def obstacles(ties: Ties) -> list[Message]:
    """Whoever is tied to the applicant, or has scored or decided, does not judge what is said against it."""
    return [sentence for name, sentence in OBSTACLES.items() if getattr(ties, name)]


def same_contact(*, name: str, email: str, objector: str, contacts: Iterable[str]) -> bool:
    """Whether somebody looks like the objector: his name as a person, or his address."""
    return name == objector or email.lower() in {contact.strip().lower() for contact in contacts}


def is_to_be_reminded(today: date, *, days_left: int, reminded_on: date | None, is_working: bool) -> bool:
    """Once a working day, from the last but one on, and as long as it is late."""
    return is_working and days_left <= LAST_DAYS and reminded_on != today
