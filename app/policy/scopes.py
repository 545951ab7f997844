"""What a token for the API may be given: each scope is one action, which its holder must be allowed at every request too."""

from enum import StrEnum

from app.kernel.permission import Rule, signed_in
from app.kernel.words import N_
from app.policy.facts import (
    applicant,
    committee,
    expert,
    head,
    leader,
    own_account,
    recommender,
    supervisor,
    watching,
)


class Scope(StrEnum):
    EDITIONS = "api.editions"
    APPLICATIONS = "api.applications"
    EXPERTS = "api.experts"
    CONTACTS = "api.contacts"
    PANELS = "api.panels"
    SHEETS = "api.sheets"
    RANKINGS = "api.rankings"
    RESULTS = "api.results"
    OBJECTIONS = "api.objections"


SCOPE_LABELS: dict[Scope, str] = {
    Scope.EDITIONS: N_("届次和轮次"),
    Scope.APPLICATIONS: N_("申报"),
    Scope.EXPERTS: N_("专家库（不含联系方式）"),
    Scope.CONTACTS: N_("专家的联系方式"),
    Scope.PANELS: N_("专家组"),
    Scope.SHEETS: N_("评分表和评审意见"),
    Scope.RANKINGS: N_("排名"),
    Scope.RESULTS: N_("授奖结果"),
    Scope.OBJECTIONS: N_("异议的处理结果"),
}

TOKEN_RULES: dict[str, Rule] = {
    "token.list": signed_in,
    "token.create": signed_in,
    "token.read": signed_in & own_account,
    "token.revoke": signed_in & own_account,
    "api.editions": signed_in,
    "api.applications": applicant | recommender | watching,
    "api.experts": watching,
    "api.contacts": watching,
    "api.panels": watching | head | leader | expert,
    "api.sheets": supervisor | leader | expert,
    "api.rankings": watching | head | committee,
    "api.results": signed_in,
    "api.objections": watching,
}
"""Tokens themselves, and what other systems read with them: the same rows as on the pages."""
