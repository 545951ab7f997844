#!/usr/bin/env python3
"""Checks the published record of a draw of panels, without the product: `python3 draw.py record.json`.

A repair (empty seats filled together) and a replacement (one seat) follow such a draw under its seed; their records are
checked alike.

Python 3.9 or newer, nothing to install. What is computed here is written down in docs/draw.md; this file shares no line
with the program that made the draw. One sentence a check, in Chinese and English. Exit code 0: everything holds; 1:
something does not; 2: this is no record of a draw.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FORMAT, MARGINALS = "zhiheng-record/1", "zhiheng-marginals/1"
REPAIR, REPLACEMENT = "zhiheng-repair/1", "zhiheng-replacement/1"  # of the input of a draw that follows another one
POINT = 1 << 20  # one basis point of affinity weighs so many lots
WORD = (1 << 64) - 1
FIRST_DIVISIONS = (1, 6, 13, 44, 47, 51, 53, 61, 63, 66, 70, 71, 73, 76, 80, 83, 84, 86, 91, 97)  # of section A, B …
MUNICIPALITIES = {"11", "12", "31", "50"}
DIGITS = {"province": 2, "city": 4, "county": 6}
Record = dict  # of text to anything

HOLDS = {
    "input": ("输入的摘要与公布的一致。", "The input has the published digest."),
    "marginals": ("概率表的摘要与公布的一致。", "The shares have the published digest."),
    "result": ("结果的摘要与公布的一致。", "The result has the published digest."),
    "commitments": ("每一方公开的秘密都与其承诺相符。", "Every party's secret is the one it had committed to."),
    "seed": (
        "种子由输入、公共数值和全部秘密算出，与公布的一致。",
        "The seed follows from the input, the public value and all secrets.",
    ),
    "rules": ("名单上每一对专家与材料都符合规则。", "Every pair of expert and dossier on the list is lawful."),
    "panels": ("每个专家组的人数和组成都符合规则。", "Every panel has its size and composition."),
    "loads": ("没有专家超过任务上限。", "No expert has more than the highest load."),
    "cap": (
        "没有一对专家与材料的概率超过上限，席位和任务都恰好满足。",
        "No pair's share is above the cap; seats and loads are met exactly.",
    ),
    "optimal": (
        "概率表是规则下总匹配度最高的，价格逐对证明。",
        "The shares are the best there are under the rule; the prices prove it for every pair.",
    ),
    "unique": ("最优的概率表只有这一个。", "They are the only ones as good."),
    "balance": ("抽取网络的每个节点都平衡。", "Every node of the network is in balance."),
    "replay": (
        "用种子重新抽取，得到的名单逐字节相同。",
        "Drawing again from the seed gives the very same list, byte for byte.",
    ),
    "no marginals": (
        "这次抽取没有概率表：只核对了承诺、规则和摘要；没有重新抽取，也没有核对名单是否最优。",
        "This draw has no shares: only commitments, rules and digests were checked; it was not drawn again, nor proven best.",
    ),
    "no prices": (
        "概率表没有附价格：没有核对它是否最优，只核对了上限、席位和抽取。",
        "The shares carry no prices: whether they are the best was not checked, only the cap, the seats and the draw.",
    ),
    "no input": (
        "这份公开记录不含输入（专家和申报书的资料）：没有核对规则，核对了承诺、种子、概率和名单。",
        "This record is without the input: the rules were not checked; commitments, seed, shares and list were.",
    ),
    "lawful": ("有机会的每一对都符合规则。", "Every pair that has a chance is lawful."),
    "seed after": (
        "种子是所依据的那次抽取的种子，由它的输入（摘要{0}）、公共数值和全部秘密算出，与公布的一致。",
        "The seed is that of the draw it follows, from that draw's input (digest {0}), public value and all secrets.",
    ),
    "stays": ("其余席位都没有变动。", "No other seat was changed."),
    "moved": (
        "另有{0}个席位随之调整；没有核对能否更少。",
        "{0} other seats moved with it; whether fewer would do was not checked.",
    ),
    "empty": (
        "空席都补齐了，失去席位的专家没有回到原席位。",
        "Every empty seat was filled, and nobody came back to a seat that was lost.",
    ),
    "leads": (
        "在任的组长留任，新组长是可以带队的人中分量最高的。",
        "Leaders who sit stay leaders; a new one weighs most of those who may lead.",
    ),
    "order": (
        "每个空席都按种子排定的次序补齐：排在前面的，依规则都不能补。",
        "Every seat went by the order of the seed's lots: whoever stood before could not take it under the rules.",
    ),
    "no order": (
        "同一专家组失去几个席位、另有席位调整或专家只在一个组，没有核对次序。",
        "A panel lost several seats, others moved or experts keep to one group: the order of the lots was not checked.",
    ),
    "successor": (
        "按种子排定的次序重新查找，得到同一名替补。",
        "Looked up again in the order of the seed's lots, the successor is the same.",
    ),
}
FAULTS = {
    "input": ("输入被改动：摘要与公布的不一致。", "The input was changed: its digest is not the published one."),
    "marginals": (
        "概率表被改动：摘要与公布的不一致。",
        "The shares were changed: their digest is not the published one.",
    ),
    "result": ("结果被改动：摘要与公布的不一致。", "The result was changed: its digest is not the published one."),
    "commitments": ("{}公开的秘密与承诺不符。", "The secret of {} is not the one committed to."),
    "parties": (
        "承诺的各方与公开秘密的各方不一致：{}。",
        "Those who committed are not those who opened: {}.",
    ),
    "seed": (
        "种子不是由输入、公共数值和秘密算出的。",
        "The seed does not follow from the input, the public value and the secrets.",
    ),
    "result seed": (
        "结果记录的输入或种子与本次抽取不同。",
        "The result names another input or seed than this draw's.",
    ),
    "unknown": ("名单上的{}不在输入里。", "{} on the list is not in the input."),
    "state": ("专家{}不可参加，却在{}的名单上。", "Expert {} is not available but sits on the panel of {}."),
    "region": (
        "专家{}与材料{}属于同一地区，或所在地没有登记。",
        "Expert {} and dossier {} share a region, or a place is unknown.",
    ),
    "conflict": ("专家{}与材料{}存在利害关系。", "Expert {} has a conflict of interest with dossier {}."),
    "load": ("专家{}的任务超过上限：{}。", "Expert {} has more than the highest load: {}."),
    "size": ("材料{}的专家组人数不对：{}。", "The panel of {} has the wrong size: {}."),
    "twice": ("材料{}的专家组有重复的专家。", "An expert sits twice on the panel of {}."),
    "leader": ("材料{}的组长不合规则：{}。", "The leader of {} is not lawful: {}."),
    "employer": ("材料{}的专家组有同一单位的专家。", "Two experts of one employer sit on the panel of {}."),
    "province": ("材料{}的专家组来自同一省份的专家过多。", "Too many experts of one province sit on the panel of {}."),
    "missing": ("材料{}没有专家组。", "Dossier {} has no panel."),
    "forbidden": ("专家{}与材料{}已指定不安排在一起。", "Expert {} and dossier {} were to be kept apart."),
    "fixed": ("已确定的席位没有保留：专家{}，材料{}。", "A fixed seat was not kept: expert {}, dossier {}."),
    "kinds": ("材料{}的专家组{}不足。", "The panel of {} has too few of a kind: {}."),
    "provinces": ("材料{}的专家组来自的省份太少。", "The panel of {} comes from too few provinces."),
    "promised": ("专家{}的任务少于最低数：{}。", "Expert {} has fewer dossiers than promised: {}."),
    "groups": ("专家{}评了不止一个组。", "Expert {} serves more than one group."),
    "crossing": (
        "跨组评审的份数为{}，应在{}至{}之间。",
        "{} reviews cross groups; between {} and {} were asked for.",
    ),
    "joined": ("没有共同专家与其他组相连的组：{}。", "Groups that no expert joins with the others: {}."),
    "cap": ("专家{}与材料{}的概率不合规则：{}。", "The share of expert {} for dossier {} is not lawful: {}."),
    "seats": ("材料{}的概率之和不是席位数。", "The shares for dossier {} do not add up to its seats."),
    "shares load": (
        "专家{}的概率之和超出任务上下限。",
        "The shares of expert {} are outside the lowest and highest load.",
    ),
    "optimal": (
        "概率表不是最优，或价格不能证明：专家{}与材料{}。",
        "The shares are not the best, or the prices do not prove it: expert {} and dossier {}.",
    ),
    "expert price": ("专家{}的价格与其任务不符。", "The price of expert {} does not fit the load."),
    "unique": ("还有另一个同样好的概率表。", "There are other shares as good."),
    "balance": ("抽取网络的节点{}不平衡。", "Node {} of the network is out of balance."),
    "returned": (
        "专家{}回到了在材料{}失去的席位。",
        "Expert {} came back to the seat that was lost on the panel of {}.",
    ),
    "unseated": ("材料{}的在任组长{}不再带队。", "The panel of {} is no longer led by {}, who still sits."),
    "promoted": ("材料{}的新组长不是分量最高的：应为{}。", "The new leader of {} should be {}, who weighs most."),
    "passed": (
        "材料{}的空席没有按次序补：专家{}排在{}之前，依规则可以补。",
        "The seat of {} was not filled in order: expert {} stands before {} and could take it under the rules.",
    ),
    "replay": (
        "用种子重新抽取，得到的名单不同：材料{}。",
        "Drawing again from the seed gives another list: dossier {}.",
    ),
}


class Fault(Exception):
    """A check that failed: its key in FAULTS and what its sentence names."""

    def __init__(self, key: str, *named: Any) -> None:
        super().__init__(key)
        self.sentences = tuple(text.format(*named) for text in FAULTS[key])


def digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


# --- commitments and seed -----------------------------------------------------------------------------------------


def input_digest(record: Record) -> str:
    """Worked out where the record holds the input, else as it was published."""
    return digest(record["input"]) if "input" in record else record["digests"]["input"]


def check_digest(record: Record, part: str) -> None:
    if digest(record[part]) != record["digests"][part]:
        raise Fault(part)


def normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def check_commitments(record: Record) -> None:
    promised = {entry["party"]: entry["commitment"] for entry in record["commitments"]}
    opened = {entry["party"]: entry for entry in record["openings"]}
    if promised.keys() != opened.keys() or len(opened) != len(record["openings"]):
        raise Fault("parties", ", ".join(sorted(promised.keys() ^ opened.keys())) or "—")
    for party, entry in opened.items():
        said = hashlib.sha256((normal(entry["secret"]) + entry["nonce"]).encode()).hexdigest()
        if not entry["withheld"] and said != promised[party]:
            raise Fault("commitments", party)


def check_seed(record: Record) -> None:
    secrets = []
    for entry in sorted(record["openings"], key=lambda entry: entry["party"]):
        secret, nonce = normal(entry["secret"]), entry["nonce"]
        if entry["withheld"]:
            secret, nonce = record["public"], ""
        secrets.append({"party": entry["party"], "secret": secret, "nonce": nonce})
    source = {"format": "zhiheng-seed/1", **seed_source(record), "public": record["public"]}
    if digest({**source, "secrets": secrets}) != record["seed"]:
        raise Fault("seed")


def seed_source(record: Record) -> Record:
    """The digests that the seed was made from: the draw's own, or those of the draw that this one follows."""
    if "follows" in record:
        return dict(record["follows"])
    shares = {"marginals": digest(record["marginals"])} if "marginals" in record else {}
    return {"input": input_digest(record), **shares}


def check_result(record: Record) -> None:
    """Of a repair the result names the rules' own input, which its input holds."""
    given = record.get("input", {})
    named = digest(given["input"]) if given.get("format") == REPAIR else input_digest(record)
    known = record["result"]["input"] == named or ("input" not in record and "follows" in record)
    if record["result"]["seed"] != record["seed"] or not known:
        raise Fault("result seed")


def check_seed_and_result(record: Record) -> Any:
    check_seed(record)
    check_result(record)
    return ("seed after", record["follows"]["input"]) if "follows" in record else None


# --- the rules on the list ----------------------------------------------------------------------------------------


def level_of(code: str) -> str:
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "county"


def same_region(one: str, other: str, level: str) -> bool:
    """As far as the coarser of the two codes goes; all districts and counties of a municipality are one city."""
    digits = min(DIGITS[level], DIGITS[level_of(one)], DIGITS[level_of(other)])
    if digits == DIGITS["city"] and one[:2] in MUNICIPALITIES:
        digits = DIGITS["province"]
    return one[:digits] == other[:digits]


def counted(expert: Record, rule: Record) -> list[str]:
    """The codes of an expert's places that the rule looks at."""
    kinds, window = rule["expert_regions"], rule.get("places_since", "")
    found = []
    for kind, code, *days in expert["regions"]:
        left = days[1] if len(days) > 1 else ""
        if (not kinds or kind in kinds) and not (left and window and left < window):
            found.append(code)
    return found


def against(expert: Record, dossier: Record, record: Record) -> Iterator[str]:
    """The rules that a pair breaks, before exceptions."""
    rule = record["input"]["rule"]
    if expert["state"] != "available":
        yield "state"
    if rule["region_level"] != "none":
        mine, theirs = counted(expert, rule), [entry[1] for entry in dossier["regions"]]
        if not mine or not theirs or any(same_region(a, b, rule["region_level"]) for a in mine for b in theirs):
            yield "region"
    declared = any((c["expert"], c["dossier"]) == (expert["id"], dossier["id"]) for c in record["input"]["conflicts"])
    if declared or (expert["employer_code"] and expert["employer_code"] == dossier["credit_code"]):
        yield "conflict"


def lifted(expert: Record, dossier: str, rule: str) -> bool:
    return any(entry[:2] == [dossier, rule] for entry in expert.get("exceptions", []))


def facts(record: Record, part: str) -> dict[str, Record]:
    return {entry["id"]: entry for entry in record["input"][part]}


def seats(record: Record) -> Iterator[tuple[Record, Record]]:
    experts, dossiers = facts(record, "experts"), facts(record, "dossiers")
    for panel in record["result"]["panels"]:
        for member in panel["members"]:
            for name, known in ((member, experts), (panel["dossier"], dossiers)):
                if name not in known:
                    raise Fault("unknown", name)
            yield experts[member], dossiers[panel["dossier"]]


def check_rules(record: Record) -> None:
    for expert, dossier in seats(record):
        for rule in against(expert, dossier, record):
            if not lifted(expert, dossier["id"], rule):
                raise Fault(rule, expert["id"], dossier["id"])

    for name, dossier in record["input"].get("forbidden", []):
        if (name, dossier) in listed_pairs(record):
            raise Fault("forbidden", name, dossier)
    for dossier, name, leads in record["input"]["fixed"]:
        leader = next((p["leader"] for p in record["result"]["panels"] if p["dossier"] == dossier), "")
        if (name, dossier) not in listed_pairs(record) or (leads and leader != name):
            raise Fault("fixed", name, dossier)


def listed_pairs(record: Record) -> set[tuple[str, str]]:
    return {(member, panel["dossier"]) for panel in record["result"]["panels"] for member in panel["members"]}


def check_loads(record: Record) -> None:
    loads: dict[str, int] = {}
    for expert, _ in seats(record):
        loads[expert["id"]] = loads.get(expert["id"], 0) + 1
    for expert in record["input"]["experts"]:
        total = expert["load"] + loads.get(expert["id"], 0)
        if expert["id"] in loads and total > expert["max_load"]:
            raise Fault("load", expert["id"], total)
        if total < expert.get("min_load", 0):
            raise Fault("promised", expert["id"], total)
    if record["input"].get("one_group"):
        check_groups(record)


def check_groups(record: Record) -> None:
    """Every expert in one group; or so many reviews outside their experts' home groups as asked, joining all groups."""
    served: dict[str, dict[str, int]] = {}
    for expert, dossier in seats(record):
        counts = served.setdefault(expert["id"], {})
        counts[dossier["group"]] = counts.get(dossier["group"], 0) + 1
    groups, percent = {d["group"] for d in record["input"]["dossiers"]}, record["input"].get("crossing", 0)
    if not percent or len(groups) < 2:
        for name in sorted(name for name, counts in served.items() if len(counts) > 1):
            raise Fault("groups", name)
        return
    total = len(record["input"]["dossiers"]) * record["input"]["shape"]["size"]
    least, most = max(total * percent // 100, len(groups) - 1), max(-(-total * percent // 100), len(groups) - 1)
    away = sum(sum(counts.values()) - max(counts.values()) for counts in served.values())
    if not least <= away <= most:
        raise Fault("crossing", away, least, most)
    reached = {min(groups)}
    while any(reached & counts.keys() and counts.keys() - reached for counts in served.values()):
        reached.update(*(counts for counts in served.values() if reached & counts.keys()))
    if groups - reached:
        raise Fault("joined", ", ".join(sorted(groups - reached)))


def check_panels(record: Record) -> None:
    listed = {panel["dossier"] for panel in record["result"]["panels"]}
    for dossier in record["input"]["dossiers"]:
        if dossier["id"] not in listed:
            raise Fault("missing", dossier["id"])
    for panel in record["result"]["panels"]:
        check_panel(record, panel)


def check_panel(record: Record, panel: Record) -> None:
    """One panel as a whole, each of its pairs apart."""
    experts, shape = facts(record, "experts"), record["input"]["shape"]
    name, members = panel["dossier"], panel["members"]
    if len(set(members)) != len(members):
        raise Fault("twice", name)
    if len(members) != shape["size"]:
        raise Fault("size", name, len(members))
    check_leader(record, panel)
    employers = [experts[member]["employer_code"] for member in members if experts[member]["employer_code"]]
    if shape["one_per_employer"] and len(set(employers)) != len(employers):
        raise Fault("employer", name)
    provinces = [home[:2] for home in map(home_of, map(experts.__getitem__, members)) if home]
    most = shape["max_per_province"]
    if most and any(provinces.count(province) > most for province in provinces):
        raise Fault("province", name)
    if len(set(provinces)) < shape.get("provinces", 0):
        raise Fault("provinces", name)
    check_kinds(record, panel)


def check_kinds(record: Record, panel: Record) -> None:
    """Experts of each kind; where nobody may fill two roles, every role needs members of its own."""
    experts, shape = facts(record, "experts"), record["input"]["shape"]
    members = [experts[member] for member in panel["members"]]
    industry = facts(record, "dossiers")[panel["dossier"]]["industry"]
    able = {
        "industry": {m["id"] for m in members if "industry" in m["kinds"] and knows(m, industry)},
        "quality": {m["id"] for m in members if "quality" in m["kinds"]},
        "finance": {m["id"] for m in members if "finance" in m["kinds"]},
    }
    needed = {"industry": shape["industry_experts"], "quality": shape["examiners"]}
    needed["finance"] = shape.get("finance_experts", 0)
    for kind, least in needed.items():
        if len(able[kind]) < least:
            raise Fault("kinds", panel["dossier"], kind)
    roles = [able[kind] for kind, least in needed.items() for _ in range(least)]
    if shape["leader"]:
        roles.insert(0, {m["id"] for m in members if may_lead(m, record)})
    if shape.get("apart") and not can_sit(roles, frozenset()):
        raise Fault("kinds", panel["dossier"], "apart")


def division(code: str) -> str:
    """GB/T 4754: `C3911` and `39` are division 39, `c` is section C; anything else stays what it is."""
    found = re.fullmatch(r"[A-T]?([0-9]{2})[0-9]*", code.strip().upper())
    return found[1] if found else code.strip().upper()


def knows(expert: Record, industry: str) -> bool:
    """A section covers its divisions; a dossier without an industry asks for nothing."""
    asked = division(industry)
    place = bisect_right(FIRST_DIVISIONS, int(asked)) if asked.isdigit() else 0
    covering = {asked, "ABCDEFGHIJKLMNOPQRST"[place - 1]} if place else {asked}
    return not industry or any(division(code) in covering for code in expert["industries"])


def can_sit(roles: list[set[str]], taken: frozenset[str]) -> bool:
    return not roles or any(can_sit(roles[1:], taken | {name}) for name in roles[0] - taken)


def home_of(expert: Record) -> str:
    """The code of the employer's place, else of the first one on record."""
    places = sorted(expert["regions"], key=lambda entry: entry[0] != "employer")
    return places[0][1] if places else ""


def check_leader(record: Record, panel: Record) -> None:
    leader = panel["leader"]
    if not record["input"]["shape"]["leader"] and not leader:
        return
    if leader not in panel["members"]:
        raise Fault("leader", panel["dossier"], leader or "—")
    if not may_lead(facts(record, "experts")[leader], record):
        raise Fault("leader", panel["dossier"], leader)


def may_lead(expert: Record, record: Record) -> bool:
    rule = record["input"]["rule"]
    outside = rule["leader_outside_prefix"]
    home = outside.ljust(6, "0")
    places = counted(expert, rule)
    at_home = outside and (not places or any(same_region(code, home, level_of(home)) for code in places))
    return bool(expert["may_lead"] and not at_home)


# --- the shares ---------------------------------------------------------------------------------------------------


class Shares:
    """The marginals of a record, by the places of dossiers and experts."""

    def __init__(self, marginals: Record) -> None:
        self.most, self.whole = marginals["most"], marginals["whole"]
        self.experts, self.dossiers = marginals["experts"], marginals["dossiers"]
        self.unit, self.affinity = marginals.get("unit", 1), marginals.get("affinity")
        counter = f"zhiheng-tie/1|{marginals.get('counter', 0)}"
        self.key = int.from_bytes(hashlib.sha256(counter.encode()).digest()[:8], "big")
        expert_at = {entry[0]: place for place, entry in enumerate(self.experts)}
        dossier_at = {entry[0]: place for place, entry in enumerate(self.dossiers)}
        self.parts: dict[tuple[int, int], int] = {}
        for _, _, parts, expert, dossier in marginals["arcs"]:
            if expert or dossier:
                if expert not in expert_at or dossier not in dossier_at:
                    raise Fault("unknown", expert if expert not in expert_at else dossier)
                pair = (dossier_at[dossier], expert_at[expert])
                self.parts[pair] = self.parts.get(pair, 0) + parts
        self.filled, self.loads = [0] * len(self.dossiers), [0] * len(self.experts)
        for (row, column), parts in self.parts.items():
            self.filled[row] += parts
            self.loads[column] += parts

    def worth(self, row: int, column: int) -> int:
        mixed = ((row * len(self.experts) + column) * 0x9E3779B97F4A7C15 + self.key) & WORD
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & WORD
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & WORD
        return self.affinity[row][column] * self.unit + (mixed ^ (mixed >> 31)) % self.unit


def check_cap(record: Record) -> None:
    """Pinned pairs are sure; no other has more than the cap."""
    shares = Shares(record["marginals"])
    fixed = {(seat[1], seat[0]) for seat in record.get("input", {}).get("fixed", [])}
    for (row, column), parts in shares.parts.items():
        pair = (shares.experts[column][0], shares.dossiers[row][0])
        barred = parts and shares.affinity is not None and shares.affinity[row][column] < 0
        sure = parts == shares.whole and (pair in fixed or "input" not in record)
        if not (0 <= parts <= shares.most or sure) or barred:
            raise Fault("cap", *pair, f"{parts}/{shares.whole}")
    for (name, needed), filled in zip(shares.dossiers, shares.filled):
        if filled != needed * shares.whole:
            raise Fault("seats", name)
    for (name, lowest, highest), load in zip(shares.experts, shares.loads):
        if not lowest * shares.whole <= load <= highest * shares.whole:
            raise Fault("shares load", name)


def check_optimal(marginals: Record) -> None:
    """Complementary slackness: every pair and every expert agrees with the prices."""
    shares, prices = Shares(marginals), marginals["prices"]
    for row, values in enumerate(shares.affinity):
        for column, value in enumerate(values):
            if value >= 0:
                gain = shares.worth(row, column) - prices["dossiers"][row] - prices["experts"][column]
                parts = shares.parts.get((row, column), 0)
                if (gain > 0 and parts != shares.most) or (gain < 0 and parts):
                    raise Fault("optimal", shares.experts[column][0], shares.dossiers[row][0])
    for (name, lowest, highest), load, price in zip(shares.experts, shares.loads, prices["experts"]):
        if (price > 0 and load != highest * shares.whole) or (price < 0 and load != lowest * shares.whole):
            raise Fault("expert price", name)


def free_arcs(marginals: Record) -> Iterator[tuple[int, int, bool, bool]]:
    """Expert, dossier (or source), can grow, can shrink: what the prices leave open."""
    shares, prices = Shares(marginals), marginals["prices"]
    count = len(shares.experts)
    for row, values in enumerate(shares.affinity):
        for column, value in enumerate(values):
            if value >= 0 and shares.worth(row, column) == prices["dossiers"][row] + prices["experts"][column]:
                parts = shares.parts.get((row, column), 0)
                yield column, count + row, parts < shares.most, parts > 0
    source = count + len(shares.dossiers)
    for column, ((_, lowest, highest), load) in enumerate(zip(shares.experts, shares.loads)):
        if not prices["experts"][column]:
            yield source, column, load < highest * shares.whole, load > lowest * shares.whole


def check_unique(marginals: Record) -> None:
    nodes = len(marginals["experts"]) + len(marginals["dossiers"]) + 1
    joined, one_way = list(range(nodes)), []

    def root(node: int) -> int:
        while joined[node] != node:
            node = joined[node]
        return node

    for tail, head, grows, shrinks in free_arcs(marginals):
        if grows and shrinks:
            if root(tail) == root(head):
                raise Fault("unique")
            joined[root(tail)] = root(head)
        elif grows or shrinks:
            one_way.append((tail, head) if grows else (head, tail))
    if not ends([(root(tail), root(head)) for tail, head in one_way], nodes):
        raise Fault("unique")


def ends(arcs: list[tuple[int, int]], nodes: int) -> bool:
    """Whether the arcs close no circle: nodes that nothing leads to are taken away until none is left."""
    after: dict[int, list[int]] = {}
    waiting = [0] * nodes
    for tail, head in arcs:
        after.setdefault(tail, []).append(head)
        waiting[head] += 1
    ready, gone = [node for node in range(nodes) if not waiting[node]], 0
    while ready:
        gone += 1
        for follower in after.get(ready.pop(), []):
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    return gone == nodes


# --- drawing again ------------------------------------------------------------------------------------------------


def words(seed: str) -> Iterator[int]:
    key, counter = hashlib.sha256(("zhiheng-round/1|" + seed).encode()).digest(), 0
    while True:
        block = hashlib.sha256(key + counter.to_bytes(8, "big")).digest()
        for place in (0, 8, 16, 24):
            yield int.from_bytes(block[place : place + 8], "big")
        counter += 1


def below(limit: int, stream: Iterator[int]) -> int:
    fair = (1 << 64) - (1 << 64) % limit
    while True:
        word = next(stream)
        if word < fair:
            return word % limit


def check_balance(marginals: Record) -> None:
    balance: dict[Any, int] = {}
    for tail, head, parts, _, _ in marginals["arcs"]:
        balance[tail] = balance.get(tail, 0) + parts
        balance[head] = balance.get(head, 0) - parts
    for node, parts in balance.items():
        if parts % marginals["whole"]:
            raise Fault("balance", node)


def drawn(marginals: Record, seed: str) -> list[int]:
    """How often each arc is used: cycle rounding as docs/draw.md describes it."""
    arcs, whole, stream = marginals["arcs"], marginals["whole"], words(seed)
    parts = [arc[2] for arc in arcs]
    broken: dict[Any, list[int]] = {}
    for number, arc in enumerate(arcs):
        if parts[number] % whole:
            broken.setdefault(arc[0], []).append(number)
            broken.setdefault(arc[1], []).append(number)
    for start in broken:
        path, way = [start], []
        while broken[path[-1]]:
            here = path[-1]
            number = next(n for n in broken[here] if not way or n != way[-1])
            there = arcs[number][1] if arcs[number][0] == here else arcs[number][0]
            way.append(number)
            if there not in path:
                path.append(there)
                continue
            first = path.index(there)
            push(parts, [(n, arcs[n][0] == node) for node, n in zip(path[first:], way[first:])], whole, stream)
            for number in way[first:]:
                if not parts[number] % whole:
                    broken[arcs[number][0]].remove(number)
                    broken[arcs[number][1]].remove(number)
            del path[first + 1 :], way[first:]
    return [value // whole for value in parts]


def push(parts: list[int], cycle: list[tuple[int, bool]], whole: int, stream: Iterator[int]) -> None:
    """Changes the arcs of a cycle, each with whether it is passed from tail to head."""
    rooms = [(parts[number] % whole, ahead) for number, ahead in cycle]
    up = min(whole - part if ahead else part for part, ahead in rooms)
    down = min(part if ahead else whole - part for part, ahead in rooms)
    step = up if below(up + down, stream) < down else -down
    for number, ahead in cycle:
        parts[number] += step if ahead else -step


def check_replay(record: Record) -> None:
    marginals, found = record["marginals"], {}
    for (_, _, _, expert, dossier), used in zip(marginals["arcs"], drawn(marginals, record["seed"])):
        if expert and used:
            found.setdefault(dossier, []).extend([expert] * used)
    listed = {panel["dossier"]: panel["members"] for panel in record["result"]["panels"]}
    for dossier in sorted(found.keys() | listed.keys()):
        if sorted(found.get(dossier, [])) != listed.get(dossier):
            raise Fault("replay", dossier)


def check_chances_lawful(record: Record) -> None:
    """Of every pair that has a chance, not only of those that were drawn."""
    experts, dossiers = facts(record, "experts"), facts(record, "dossiers")
    for _, _, parts, name, number in record["marginals"]["arcs"]:
        if name and parts:
            if name not in experts or number not in dossiers:
                raise Fault("unknown", name if name not in experts else number)
            for rule in against(experts[name], dossiers[number], record):
                if not lifted(experts[name], number, rule):
                    raise Fault(rule, name, number)


# --- what followed a draw: seats filled again ---------------------------------------------------------------------


def within(record: Record) -> Record:
    """The record as one of the panels alone: of a repair the rules' own input is inside its input."""
    return {**record, "input": record["input"]["input"]}


class Lots:
    """What pairs weigh under an input and a seed; the reserve order is the order of falling weight."""

    def __init__(self, given: Record, seed: str) -> None:
        self.known = {(expert, dossier): value for expert, dossier, value in given["affinity"]}
        self.span, self.seed = given["lot"] * POINT, seed

    def weight(self, expert: Record, dossier: Record) -> int:
        text = "|".join(("lot", self.seed, expert["id"], dossier["id"]))
        drawn = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        return self.affinity(expert, dossier) * POINT + (drawn % self.span if self.span else 0)

    def affinity(self, expert: Record, dossier: Record) -> int:
        if self.known:
            return self.known.get((expert["id"], dossier["id"]), 0)
        industry = dossier["industry"]
        if industry and knows(expert, industry):
            return 10_000
        section = section_of(industry)
        return 4_000 if section and any(section_of(code) == section for code in expert["industries"]) else 0


def section_of(code: str) -> str:
    found = division(code)
    if found.isdigit() and 1 <= int(found) <= 97:
        return "ABCDEFGHIJKLMNOPQRST"[bisect_right(FIRST_DIVISIONS, int(found)) - 1]
    return found if len(found) == 1 and found in "ABCDEFGHIJKLMNOPQRST" else ""


def may_sit(expert: Record, dossier: Record, record: Record, load: int) -> bool:
    """Whether the rules of the pair and the load allow a seat; `load` counts the seats that `expert` does not."""
    apart = [expert["id"], dossier["id"]] in record["input"].get("forbidden", [])
    broken = [rule for rule in against(expert, dossier, record) if not lifted(expert, dossier["id"], rule)]
    return not (apart or broken) and expert["load"] + load < expert["max_load"]


def completes(panel: Record, record: Record) -> bool:
    try:
        check_panel(record, panel)
    except Fault:
        return False
    return True


def check_stays(record: Record) -> Any:
    """Every seat that stood and is not on the list any more was moved."""
    listed = listed_pairs(record)
    moved = sum((name, dossier) not in listed for dossier, name, _ in record["input"]["standing"])
    return ("moved", moved) if moved else None


def check_empty(record: Record) -> None:
    listed = {panel["dossier"] for panel in record["result"]["panels"]}
    for dossier, name, _ in record["input"]["lost"]:
        if dossier not in listed:
            raise Fault("missing", dossier)
        if (name, dossier) in listed_pairs(record):
            raise Fault("returned", name, dossier)


def check_leads(record: Record) -> None:
    """Whoever led and still sits leads; a new leader is the one of highest weight of those who may."""
    inner = within(record)
    experts, dossiers, lots = facts(inner, "experts"), facts(inner, "dossiers"), Lots(inner["input"], record["seed"])
    led = {dossier: name for dossier, name, leads in record["input"]["standing"] if leads}
    for panel in record["result"]["panels"]:
        number, members = panel["dossier"], panel["members"]
        if led.get(number) in members:
            if panel["leader"] != led[number]:
                raise Fault("unseated", number, led[number])
        elif inner["input"]["shape"]["leader"]:
            able = [experts[name] for name in sorted(members) if may_lead(experts[name], inner)]
            first = max(able, key=lambda expert: lots.weight(expert, dossiers[number]))["id"]
            if panel["leader"] != first:
                raise Fault("promoted", number, first)


def check_order(record: Record) -> Any:
    """Where each panel lacked one member and nobody moved, no seat can be taken by anybody who weighs more."""
    stood = {(name, dossier) for dossier, name, _ in record["input"]["standing"]}
    new = sorted((dossier, name) for name, dossier in listed_pairs(record) - stood)
    several = len({dossier for dossier, _ in new}) != len(new)
    if several or not stood <= listed_pairs(record) or record["input"]["input"].get("one_group"):
        return ("no order",)
    for dossier, name in new:
        check_nobody_before(record, dossier, name)
    return None


def check_nobody_before(record: Record, number: str, chosen: str) -> None:
    inner = within(record)
    experts, dossier, lots = (
        facts(inner, "experts"),
        facts(inner, "dossiers")[number],
        Lots(inner["input"], record["seed"]),
    )
    seated = [member for panel in record["result"]["panels"] for member in panel["members"]]
    panel = next(panel for panel in record["result"]["panels"] if panel["dossier"] == number)
    barred = {*panel["members"], *(name for where, name, _ in record["input"]["lost"] if where == number)}
    least = lots.weight(experts[chosen], dossier)
    for name, expert in experts.items():
        if name in barred or lots.weight(expert, dossier) <= least:
            continue
        if may_sit(expert, dossier, inner, seated.count(name)) and fits(inner, panel, chosen, name):
            raise Fault("passed", number, name, chosen)


def fits(record: Record, panel: Record, chosen: str, other: str) -> bool:
    """Whether a panel is whole with another expert in the place of the one chosen, under some leader."""
    members = sorted({*panel["members"], other} - {chosen})
    leaders = members if panel["leader"] == chosen else [panel["leader"]]
    return any(completes({**panel, "members": members, "leader": leader}, record) for leader in leaders)


def check_successor(record: Record) -> None:
    """Of a replacement: the first of the reserve order who may take the seat, found again."""
    (number, _, leads), inner = record["input"]["lost"], within(record)
    dossier, lots = facts(inner, "dossiers")[number], Lots(inner["input"], record["seed"])
    ordered = sorted(inner["input"]["experts"], key=lambda expert: (-lots.weight(expert, dossier), expert["id"]))
    first = next((expert["id"] for expert in ordered if may_succeed(expert, dossier, record)), "—")
    if record["result"]["seat"] != [number, first, leads]:
        raise Fault("passed", number, first, record["result"]["seat"][1])


def may_succeed(expert: Record, dossier: Record, record: Record) -> bool:
    number, gone, leads = record["input"]["lost"]
    standing, name = record["input"]["standing"], expert["id"]
    others = {who: heads for where, who, heads in standing if where == number and who != gone}
    leader = name if leads else next((who for who, heads in others.items() if heads), "")
    panel = {"dossier": number, "members": sorted({*others, name}), "leader": leader}
    load = sum(where != number and who == name for where, who, _ in standing)
    new, inner = name not in others and name != gone, within(record)
    return new and may_sit(expert, dossier, inner, load) and completes(panel, inner)


# --- all checks ---------------------------------------------------------------------------------------------------


def checks(record: Record) -> Iterator[tuple[str, Any]]:
    if "input" in record:
        yield "input", lambda: check_digest(record, "input")
    yield "result", lambda: check_digest(record, "result")
    yield "commitments", lambda: check_commitments(record)
    yield "seed", lambda: check_seed_and_result(record)
    if "input" not in record:
        yield "no input", lambda: None
    else:
        yield from CHECKS_OF.get(record["input"].get("format"), checks_of_list)(record)
    if "marginals" in record:
        yield from checks_of_shares(record)
    elif "follows" not in record:
        yield "no marginals", lambda: None


def checks_of_list(record: Record) -> Iterator[tuple[str, Any]]:
    yield "rules", lambda: check_rules(record)
    yield "panels", lambda: check_panels(record)
    yield "loads", lambda: check_loads(record)


def checks_of_repair(record: Record) -> Iterator[tuple[str, Any]]:
    yield from checks_of_list(within(record))
    yield "empty", lambda: check_empty(record)
    yield "stays", lambda: check_stays(record)
    yield "leads", lambda: check_leads(record)
    yield "order", lambda: check_order(record)


def checks_of_replacement(record: Record) -> Iterator[tuple[str, Any]]:
    yield "successor", lambda: check_successor(record)


CHECKS_OF = {REPAIR: checks_of_repair, REPLACEMENT: checks_of_replacement}


def checks_of_shares(record: Record) -> Iterator[tuple[str, Any]]:
    marginals = record["marginals"]
    yield "marginals", lambda: check_digest(record, "marginals")
    yield "cap", lambda: check_cap(record)
    if "input" in record:
        yield "lawful", lambda: check_chances_lawful(record)
    if "prices" in marginals:
        yield "optimal", lambda: check_optimal(marginals)
        yield "unique", lambda: check_unique(marginals)
    else:
        yield "no prices", lambda: None
    yield "balance", lambda: check_balance(marginals)
    yield "replay", lambda: check_replay(record)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("用法 / usage: python3 draw.py record.json", file=sys.stderr)
        return 2
    try:
        record = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
        known = record["format"] == FORMAT and record.get("marginals", {"format": MARGINALS})["format"] == MARGINALS
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        known, record = False, {}
    if not known:
        print("这不是抽取记录，或格式不同。/ This is no record of a draw, or one of another format.", file=sys.stderr)
        return 2
    return report(record)


def report(record: Record) -> int:
    failed = 0
    for key, check in checks(record):
        try:
            said, *named = check() or (key,)
            print("✓", *(text.format(*named) for text in HOLDS[said]))
        except Fault as fault:
            failed += 1
            print("✗", *fault.sentences)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, StopIteration) as wrong:
            failed += 1
            print("✗ 记录不完整，无法核对 / The record is incomplete:", key, type(wrong).__name__, wrong)
    print(f"有 {failed} 项不符。/ {failed} checks failed." if failed else "全部相符。/ Everything holds.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
