"""What an expert was given on submission, checked again: the digest is worked out anew from what is stored.

Its place in the audit log can be checked without us: the public archive of an edition has the hash of every line of the log,
and the line that put a submission on record holds its digest.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.kernel.canonical import digest
from app.kernel.words import N_, Message
from app.scoring.models import SubmittedSheet


def recorded(versions: Iterable[SubmittedSheet], events: Iterable[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """By number of the submission the line of the audit log that holds its digest."""
    lines = {event["detail"].get("digest"): event for event in events}
    return {each.number: lines[each.digest] for each in versions if each.digest in lines}


def check(versions: Sequence[SubmittedSheet], typed: str) -> tuple[str, Message]:
    """The look of a banner and its sentence; nothing is compared with a stored digest, only with recomputed ones."""
    wanted = "".join(typed.split()).lower()
    for version in versions:
        if digest(version.content) == wanted:
            return "done", Message(
                N_("一致：刚刚由存档内容重新计算，与第 %(n)s 次提交的摘要相同。"), {"n": version.number}
            )
    if any(digest(version.content) != version.digest for version in versions):
        return "fault", Message(N_("存档内容与其摘要不符，内容可能被改动。请立即联系监督员。"))
    return "warn", Message(N_("不一致：与这份评分表历次提交的摘要都不同。请核对是否抄写完整（64 位）。"))
