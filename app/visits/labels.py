"""How the kinds of what is written on a visit read."""

from enum import StrEnum

from app.kernel.words import N_
from app.visits.models import IssueKind, IssueSource, LogKind, Side, VisitPaper

SOURCES: dict[IssueSource, str] = {
    IssueSource.TEAM: N_("评审组提出"),
    IssueSource.CONSENSUS: N_("合议带来"),
}
LABELS: dict[StrEnum, str] = {
    IssueKind.CLARIFY: N_("需澄清"),
    IssueKind.VERIFY: N_("需核实"),
    LogKind.INTERVIEW: N_("访谈"),
    LogKind.DOCUMENT: N_("查阅资料"),
    VisitPaper.OPENING: N_("首次会议"),
    VisitPaper.CLOSING: N_("末次会议"),
    VisitPaper.REPORT: N_("现场评审报告"),
    Side.TEAM: N_("评审组"),
    Side.APPLICANT: N_("申报者"),
    Side.OFFICE: N_("秘书处"),
}
