"""The minutes as a paper to sign: Chinese, with the count of every round, the list and the whole box."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.decisions.models import BallotRound
from app.decisions.queries import Minutes
from app.decisions.rules import Counted
from app.kernel.typesetting import typeset

TEMPLATE = Path(__file__).parent / "papers" / "minutes.typ"


def minutes_pdf(minutes: Minutes) -> bytes:
    return typeset(TEMPLATE, {"minutes": _record(minutes)})


def _record(minutes: Minutes) -> dict[str, Any]:
    held = minutes.session
    return {
        "edition": minutes.edition.title_zh,
        "organiser": minutes.rulebook.organiser.zh,
        "number": f"{minutes.edition.code}-{held.id}",
        "digest": minutes.digest,
        "facts": _facts(minutes),
        "agenda": held.agenda,
        "present": [member.user.name for member in minutes.members if member.id in minutes.present],
        "recusals": [f"{name}回避“{dossier}”：{reason}" for name, dossier, reason in minutes.recusals],
        "rules": _rules(minutes),
        "rounds": [_round(minutes, *each) for each in minutes.rounds],
        "levels": _levels(minutes),
        "remarks": _remarks(minutes),
    }


def _facts(minutes: Minutes) -> list[tuple[str, str]]:
    held, zone = minutes.session, ZoneInfo(minutes.edition.time_zone)
    closed = held.closed_at or held.held_at
    quorum = f"委员共 {held.members_total} 人，须到会 {minutes.needed} 人，实到 {len(minutes.present)} 人"
    return [
        ("届次", minutes.edition.title_zh),
        ("开会时间", f"{held.held_at.astimezone(zone):%Y-%m-%d %H:%M}"),
        ("闭会时间", f"{closed.astimezone(zone):%Y-%m-%d %H:%M}"),
        ("地点", held.place),
        ("法定人数", quorum),
        ("投票", f"无记名投票，共 {len(held.rounds)} 轮"),
    ]


def _rules(minutes: Minutes) -> list[str]:
    rule = minutes.rulebook.committee
    voters = "全体委员" if rule.counted_of == "all_members" else "到会委员"
    shares = (
        f"{minutes.choice_names[row.level].zh}须有{'超过' if row.strict else '不少于'} {row.share} 的赞成票"
        for row in rule.majorities
    )
    return [f"{'；'.join(shares)}；得票比例以{voters}为基数，回避该件的除外"]


def _round(minutes: Minutes, voted: BallotRound, rows: Sequence[Counted], votes: tuple[int, int]) -> dict[str, Any]:
    names, choices = minutes.names, minutes.choice_names
    return {
        "number": str(voted.number),
        "lines": _said(voted, votes, minutes.without_ballot(voted.number)),
        "columns": ["表决人数", *(name.zh for name in choices.values()), "结果"],
        "rows": [
            [
                names[row.application_id].zh,
                str(row.entitled),
                *(str(row.votes.get(key, 0)) for key in choices),
                _result(minutes, row),
            ]
            for row in rows
        ],
        "box": [
            {"name": names[row.application_id].zh, "slips": _slips(minutes, row.application_id, voted.number)}
            for row in rows
        ],
    }


def _said(voted: BallotRound, votes: tuple[int, int], away: Sequence[str]) -> list[str]:
    lines = [f"发出选票 {votes[1]} 份，收回 {votes[0]} 份"]
    if away:
        lines.append(f"后到或已离会而没有选票：{'、'.join(away)}")
    if voted.reason:
        lines.append(f"再投的理由：{voted.reason}")
    if voted.clerks:
        lines.append(f"纸质选票由{'、'.join(voted.clerks)}分别录入，两次一致才计入；曾不一致 {voted.differed} 次")
    return lines


def _result(minutes: Minutes, row: Counted) -> str:
    if row.level_key:
        return minutes.choice_names[row.level_key].zh + _by_lot(row.lot_at == row.level_key)
    return "须重新表决" if row.new_vote else "不列入"


def _by_lot(drawn: bool) -> str:  # noqa: FBT001 - the one fact it marks
    return "（抽签决定）" if drawn else ""


def _slips(minutes: Minutes, dossier: int, number: int) -> list[str]:
    return [
        f"{slip.code[:5]}-{slip.code[5:]} {minutes.choice_names[slip.choice].zh}"
        for slip in minutes.box.get(dossier, ())
        if slip.round_number == number
    ]


def _levels(minutes: Minutes) -> list[dict[str, Any]]:
    return [
        {
            "name": level.name.zh,
            "names": [
                dossier.name + _by_lot(proposal.counts.get("lot_at") == level.key)
                for proposal, dossier in minutes.proposals
                if proposal.level_key == level.key
            ],
        }
        for level in minutes.rulebook.levels
    ]


def _remarks(minutes: Minutes) -> list[str]:
    vacant = [f"{name.zh}空缺 {seats} 个名额" for name, seats in minutes.vacant]
    passed = [
        f"“{name.zh}”排名在前而未列入{level.zh}，列入的有排名在后的{'、'.join(each.zh for each in ahead)}"
        for name, level, ahead in minutes.departures
    ]
    tied = [f"票数与排名相同而名额不够，须重新表决：{'、'.join(minutes.tied)}"] if minutes.tied else []
    because = [f"理由：{minutes.session.because}"] if minutes.session.because else []
    return [*vacant, *tied, *_lots(minutes), *passed, *because]


def _lots(minutes: Minutes) -> list[str]:
    return [
        f"{name.zh}：{'、'.join(won + lost)}票数与排名相同而名额不够，按首轮抽取专家时公布的种子 {minutes.seed} 抽签，"
        f"{'、'.join(won)}列入"
        for name, won, lost in minutes.lots
    ]
