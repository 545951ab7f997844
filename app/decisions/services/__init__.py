"""The committee's acts: members, convening, attendance, recusal, the secret ballot, rounds, the count, the list."""

from app.decisions.services.counting import close, count, vote_again
from app.decisions.services.members import (
    add_member,
    convene,
    missing_for_convening,
    plan_agenda,
    record_attendance,
    recuse,
)
from app.decisions.services.printed import hand_out_papers, read_paper
from app.decisions.services.voting import NO_RIGHT, missing_for_vote, open_voting, vote, voting_papers

__all__ = [
    "NO_RIGHT",
    "add_member",
    "close",
    "convene",
    "count",
    "hand_out_papers",
    "missing_for_convening",
    "missing_for_vote",
    "open_voting",
    "plan_agenda",
    "read_paper",
    "record_attendance",
    "recuse",
    "vote",
    "vote_again",
    "voting_papers",
]
