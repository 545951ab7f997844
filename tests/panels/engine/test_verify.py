import copy
import subprocess
import sys
from collections.abc import Callable

import pytest

from app.kernel.canonical import Record, digest
from tests.panels.engine.records import PROGRAM, drawn_record, sealed, verified


@pytest.fixture(scope="module")
def honest() -> Record:
    return drawn_record()


def test_an_honest_record_holds_without_the_product_or_any_package(honest, tmp_path):
    code, said = verified(honest, tmp_path)
    assert code == 0, said
    assert [line[0] for line in said.splitlines()[:-1]] == ["✓"] * 14
    assert "用种子重新抽取，得到的名单逐字节相同。 Drawing again from the seed gives the very same list" in said


def test_a_record_without_shares_is_checked_as_far_as_it_goes(honest, tmp_path):
    source = {"format": "zhiheng-seed/1", "input": honest["digests"]["input"], "public": honest["public"]}
    record = copy.deepcopy({key: value for key, value in honest.items() if key != "marginals"})
    opened = {entry["party"]: entry for entry in record["openings"]}
    secrets = [
        {"party": name, "secret": entry["secret"] or record["public"], "nonce": entry["nonce"]}
        for name, entry in sorted(opened.items())
    ]
    record["seed"] = record["result"]["seed"] = digest({**source, "secrets": secrets})
    record["digests"]["result"] = digest(record["result"])
    code, said = verified(record, tmp_path)
    assert code == 0, said
    assert "This draw has no shares" in said


Tamper = Callable[[Record], object]


def swapped_member(record: Record) -> None:
    """Somebody lawful, who was not drawn; the organiser has made all digests fit."""
    panel = record["result"]["panels"][0]
    others = {seat[3] for seat in record["marginals"]["arcs"] if seat[4] == panel["dossier"]} - set(panel["members"])
    panel["members"] = sorted([*panel["members"][1:], min(others)])
    record["digests"]["result"] = digest(record["result"])


def local_member(record: Record) -> None:
    panel = record["result"]["panels"][0]
    panel["members"] = sorted([*panel["members"][1:], "E00"])
    record["digests"]["result"] = digest(record["result"])


def favoured(record: Record) -> None:
    """One expert's share given to another before the draw, everything afterwards honest."""
    arcs = record["marginals"]["arcs"]
    taken = {(arc[3], arc[4]) for arc in arcs}
    eligible = record["marginals"]["affinity"][0]
    names = [entry[0] for entry in record["marginals"]["experts"]]
    arc = next(arc for arc in arcs if arc[4] == "D0")
    other = next(name for name, value in zip(names, eligible, strict=True) if value >= 0 and (name, "D0") not in taken)
    arc[0], arc[3] = f"e|{other}", other
    for name in {other, *names}:
        _balance(arcs, name)
    fresh = sealed({key: record[key] for key in ("format", "input", "marginals", "public")})
    record.update(fresh)


def _balance(arcs: list[list[object]], name: str) -> None:
    """Gives the expert's node the arc to `rest` that makes it whole."""
    arcs[:] = [arc for arc in arcs if arc[:2] != [f"e|{name}", "rest"]]
    carried = sum(int(str(arc[2])) for arc in arcs if arc[0] == f"e|{name}")
    if carried % 2:
        arcs.append([f"e|{name}", "rest", 1, "", ""])


@pytest.mark.parametrize(
    ("tamper", "sentence"),
    [
        (lambda record: record["input"]["experts"][3].update(max_load=11), "输入被改动"),
        (lambda record: record["marginals"]["affinity"][0].__setitem__(1, 9_999), "概率表被改动"),
        (lambda record: record["result"]["panels"].reverse(), "结果被改动"),
        (lambda record: record["openings"][0].update(secret="coffee grounds"), "notary公开的秘密与承诺不符"),
        (lambda record: record["openings"].pop(), "承诺的各方与公开秘密的各方不一致：office"),
        (lambda record: record.update(public="another number"), "种子不是由输入、公共数值和秘密算出的"),
        (swapped_member, "得到的名单不同：材料D0"),
        (local_member, "专家E00与材料D0属于同一地区"),
        (favoured, "概率表不是最优，或价格不能证明"),
        (lambda record: record["marginals"]["arcs"][0].__setitem__(2, 2), "概率不合规则：2/2"),
        (lambda record: record["marginals"]["arcs"].pop(0), "概率之和不是席位数"),
        (lambda record: record["marginals"]["prices"]["dossiers"].__setitem__(0, 0), "价格不能证明"),
        (lambda record: record["marginals"].pop("prices"), "没有核对它是否最优"),
        (lambda record: record["marginals"].pop("affinity"), "记录不完整"),
        (lambda record: record["result"]["panels"][0]["members"].append("E99"), "名单上的E99不在输入里"),
    ],
)
def test_a_record_that_was_tampered_with_is_refused_by_the_right_sentence(honest, tmp_path, tamper: Tamper, sentence):
    record = copy.deepcopy(honest)
    tamper(record)
    code, said = verified(record, tmp_path)
    assert code == 1
    assert sentence in said


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "zhiheng-record/9"}'])
def test_another_file_is_no_record(tmp_path, content):
    file = tmp_path / "other.json"
    file.write_text(content, encoding="utf-8")
    done = subprocess.run([sys.executable, str(PROGRAM), str(file)], capture_output=True, check=False, encoding="utf-8")
    assert done.returncode == 2
    assert "这不是抽取记录" in done.stderr


def test_an_equally_good_answer_beside_the_published_one_is_noticed(honest, tmp_path):
    """Two experts alike in everything but their number, and no tie-break between them."""
    record = copy.deepcopy(honest)
    shares = record["marginals"]
    shares.update(
        most=1,
        whole=1,
        unit=1,
        experts=[["E00", 0, 9], ["E01", 0, 9]],
        dossiers=[["D0", 1]],
        affinity=[[5_000, 5_000]],
        prices={"dossiers": [5_000], "experts": [0, 0]},
        arcs=[["e|E01", "d|D0", 1, "E01", "D0"]],
    )
    code, said = verified(record, tmp_path)
    assert code == 1
    assert "还有另一个同样好的概率表。" in said
    assert "They" not in said
