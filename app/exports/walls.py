"""What is hung up: the dossiers of each group at the door of the room (张榜名单), and the published list (公示榜)."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.kernel.typesetting import typeset
from app.notices import rules as notice_rules
from app.notices.models import Notice
from app.programmes.models import Edition, Round
from app.programmes.queries import rulebook_of
from app.scoring import queries as scoring
from app.web.addresses import public
from app.web.downloads import file_name
from app.web.formats import day, moment, say
from app.web.language import _, chosen

PAPER = Path(__file__).parent / "papers" / "wall_list.typ"


@dataclass(frozen=True)
class Made:
    content: io.BytesIO
    filename: str


def of_round(round_: Round) -> Made:
    """In a blind round by number only, whoever prints it: a wall is read by everybody."""
    rulebook = rulebook_of(round_.edition)
    blind = rulebook.round(round_.key).blind
    names = {group.key: say(group.name) for group in rulebook.groups}
    sections = [
        {
            "title": _("%(group)s（%(n)s 份）", group=names[key], n=len(dossiers)),
            "headings": [_("编号")] if blind else [_("编号"), _("申报者")],
            "rows": [[each.number] if blind else [each.number, each.name] for each in dossiers],
        }
        for key, dossiers in scoring.dossiers_by_group(round_.id)
    ]
    told = [_("本轮匿名评审，只列编号。")] if blind else []
    return _made(
        round_.edition,
        _("%(round)s张榜名单", round=say(round_.name)),
        {"organiser": say(rulebook.organiser), "sections": sections, "after": told, "lead": [], "footer": []},
    )


def of_notice(notice: Notice) -> Made:
    """The frozen content of the notice, its term and its digest; nothing that the public page does not say."""
    content, local = notice.content, notice_rules.local
    lead = [
        _(
            "经申报、推荐、受理、专家评审和评审委员会表决，现将拟奖名单公示如下，排名不分先后。公示期为 %(n)s 个工作日，自发布次日起算。",
            n=notice.working_days,
        ),
        _("公示期至 %(day)s 24:00。", day=day(notice.last_day)),
    ]
    return _made(
        notice.edition,
        say(local(content["title"])),
        {
            "organiser": say(local(content["organiser"])),
            "lead": lead,
            "sections": [_level(level) for level in content["levels"]],
            "after": [
                _(
                    "对名单有异议的，须在公示期内实名提出：单位写明名称、统一社会信用代码和联系方式，个人写明姓名、证件号码和联系方式，并附证据。匿名或逾期的异议不予受理。秘书处在收到之日起 %(n)s 个工作日内核查答复。",
                    n=content["objection"]["working_days"],
                ),
                _("公示页面：%(address)s", address=public("notices.show", notice_id=notice.id)),
            ],
            "footer": [_("发布于%(time)s", time=moment(notice.published_at)), f"SHA-256 {notice.digest}"],
        },
    )


def _level(level: Mapping[str, Any]) -> dict[str, Any]:
    local = notice_rules.local
    rows: Sequence[Mapping[str, Any]] = level["rows"]
    title = _(
        "%(level)s（%(n)s 个，名额不超过 %(seats)s 个）",
        level=say(local(level["name"])),
        n=len(rows),
        seats=level["seats"],
    )
    return {
        "title": title,
        "headings": [_("申报者"), _("所在地"), _("行业组")],
        "rows": [[row["name"], say(local(row["city"])), say(local(row["group"]))] for row in rows],
        "empty": _("空缺。"),
    }


def _made(edition: Edition, title: str, data: Mapping[str, Any]) -> Made:
    said = {"title": title, "edition": say(edition.title), "language": chosen(), **data}
    return Made(io.BytesIO(typeset(PAPER, said)), file_name(edition.code, title, "pdf"))
