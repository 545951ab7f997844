"""Who acts: handed to every service as its first argument; services know no session and no request."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from app.kernel.words import N_


class Role(StrEnum):
    APPLICANT = "applicant"
    RECOMMENDER = "recommender"
    OFFICE = "office"
    EXPERT = "expert"
    LEADER = "leader"
    HEAD = "head"
    COMMITTEE = "committee"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"


ROLE_LABELS: dict[Role, str] = {
    Role.APPLICANT: N_("申报者"),
    Role.RECOMMENDER: N_("推荐单位"),
    Role.OFFICE: N_("秘书处"),
    Role.EXPERT: N_("评审专家"),
    Role.LEADER: N_("行业小组长"),
    Role.HEAD: N_("大组长"),
    Role.COMMITTEE: N_("评审委员会委员"),
    Role.SUPERVISOR: N_("监督员"),
    Role.OPERATOR: N_("系统运维员"),
}


@dataclass(frozen=True)
class Actor:
    """`body_id`: the recommending body acted for; `expert_id`: the actor's row in the expert pool; `editions`: those on
    whose committee the actor sits."""

    user_id: int | None
    name: str
    roles: frozenset[Role] = frozenset()
    body_id: int | None = None
    expert_id: int | None = None
    language: str = "zh"
    session_id: int | None = None
    editions: frozenset[int] = field(default=frozenset())

    @property
    def is_authenticated(self) -> bool:
        return self.user_id is not None

    @property
    def is_system(self) -> bool:
        return self.user_id is None and self.name.startswith("system:")

    def has(self, *roles: Role) -> bool:
        return not self.roles.isdisjoint(roles)

    @classmethod
    def anonymous(cls, language: str = "zh") -> Self:
        return cls(user_id=None, name="anonymous", language=language)

    @classmethod
    def by_link(cls, expert_id: int, number: str) -> Self:
        """An expert who came by a link mailed to him, without signing in: no role, and only what an invited one may."""
        return cls(user_id=None, name=f"link:{number}", expert_id=expert_id)

    @classmethod
    def system(cls, job: str) -> Self:
        """What the clock does by itself; it holds no role and may only do what the table grants to the system."""
        return cls(user_id=None, name=f"system:{job}")
