"""The text that lies on top of a bundle."""

from app.programmes.rules.values import AggregationMethod

ABOUT_PUBLIC = """公开版：专家以代号出现，评分表不与席位相连，没有任何人写的评语、理由和异议原文；未列入公示的申报者只有编号。
Public version: experts stand under codes, no score sheet is joined to a seat, nothing that people wrote themselves is here.
Applicants who were on no public notice have a number only."""
JOINED = {
    AggregationMethod.JUDGE_Z: """
本奖项按专家折算标准分，所以 rankings/ 注明每轮中哪些评分表出自同一位专家，但不写姓名；知道专家组名单的人可能认出他。
Scores of this award are standardised by expert, so rankings/ says which sheets of a round are one expert's, without a name; whoever
knows who sat on the panels may recognise him.""",
    AggregationMethod.WEIGHTED_MEAN: """
本奖项对组长的评分加权，所以 rankings/ 注明哪份评分表是组长的，但不写姓名。
This award weighs the leaders' scores, so rankings/ says which sheet is the leader's, without a name.""",
}
"""What the public version cannot keep apart where a rulebook asks for it (ADR 31)."""
ABOUT_FULL = """完整版：含姓名、评语和理由，仅供秘书处、监督员和依法核查者使用，不得公开。
Full version: with names, comments and reasons, for the office, the supervisor and lawful inspection; not to be published."""
README = """{title_zh}　评审存档包
{title_en}: the archive of the review

{about}

怎样核对（Python 3.9 以上，不需要本系统，也不需要安装任何软件）：
How to check it (Python 3.9 or newer; neither the product nor any package is needed):

    python3 verify/verify.py {code}-{kind}.zip --key {key}

--key 后面是公布结果的页面上给出的公钥。核对程序重算抽取、地区回避、评分合计、正式排名、表决计票和审计链，逐项说明是否一致。
The key after --key is the one on the page of the published result. The program recomputes the draws, the out-of-region rule, all totals,
the official ranking, the count of the ballots and the chain of the audit log, and says of each whether it holds.

各文件的格式见 docs/bundle.md；index.json 列出每个文件的格式和 SHA-256，digests.csv 列出每条记录的 SHA-256。
docs/bundle.md describes every file; index.json lists each with its schema and SHA-256, digests.csv every record.
"""


def readme(*, code: str, titles: tuple[str, str], key: str, full: bool, method: AggregationMethod) -> str:
    return README.format(
        title_zh=titles[0],
        title_en=titles[1],
        about=ABOUT_FULL if full else ABOUT_PUBLIC + JOINED.get(method, ""),
        code=code,
        kind="full" if full else "public",
        key=key,
    )
