"""What can be had as a file, purely."""

from datetime import timedelta
from enum import StrEnum

from app.kernel.words import N_


class ExportKind(StrEnum):
    SCORES = "scores"
    COMMENTS = "comments"
    SUMMARY = "summary"
    LETTERS = "letters"


class ExportFormat(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"
    PDF = "pdf"
    ZIP = "zip"


KIND_LABELS: dict[ExportKind, str] = {
    ExportKind.SCORES: N_("评分明细"),
    ExportKind.COMMENTS: N_("评审意见"),
    ExportKind.SUMMARY: N_("评分汇总表"),
    ExportKind.LETTERS: N_("全部函件"),
}
FORMAT_LABELS: dict[ExportFormat, str] = {
    ExportFormat.XLSX: "Excel",
    ExportFormat.CSV: "CSV",
    ExportFormat.PDF: "PDF",
    ExportFormat.ZIP: "ZIP",
}
TABLES = (ExportFormat.XLSX, ExportFormat.CSV)
FORMATS_OF: dict[ExportKind, tuple[ExportFormat, ...]] = {
    ExportKind.SCORES: TABLES,
    ExportKind.COMMENTS: TABLES,
    ExportKind.SUMMARY: (ExportFormat.PDF,),
    ExportKind.LETTERS: (ExportFormat.ZIP,),
}
OF_A_ROUND = (ExportKind.SCORES, ExportKind.COMMENTS)
"""A summary needs ranks, so it is one of a ranking."""
OF_A_RANKING = (*OF_A_ROUND, ExportKind.SUMMARY)
KEPT_FOR = timedelta(days=1)
MADE_AT_ONCE = 400
"""Up to so many sheets a file is made while its orderer waits; more are made by the clock."""


def is_offered(kind: str, suffix: str, *, ranked: bool) -> bool:
    known = suffix in FORMATS_OF.get(ExportKind(kind), ()) if kind in set(ExportKind) else False
    return known and kind in (OF_A_RANKING if ranked else OF_A_ROUND)
