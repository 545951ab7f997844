"""The text that lies on top of a bundle."""

ABOUT_PUBLIC = """公开版：专家以代号出现，评分表不与席位相连，没有任何人写的评语、理由和异议原文；未列入公示的申报者只有编号。
Public version: experts stand under codes, no score sheet is joined to a seat, nothing that people wrote themselves is here.
Applicants who were on no public notice have a number only."""
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


def readme(*, code: str, titles: tuple[str, str], key: str, full: bool) -> str:
    return README.format(
        title_zh=titles[0],
        title_en=titles[1],
        about=ABOUT_FULL if full else ABOUT_PUBLIC,
        code=code,
        kind="full" if full else "public",
        key=key,
    )
