"""The demo's people: accounts to sign in with, and the fictitious applicants and experts."""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from app.kernel import clock, credit_code
from app.kernel.actor import Role

DATA = Path(__file__).parent / "data"
DOMAIN = "demo.example"
POOL_SIZE = 120

ACCOUNTS: dict[Role, str] = {
    Role.APPLICANT: "申报员示例",
    Role.RECOMMENDER: "推荐员示例",
    Role.OFFICE: "秘书处示例",
    Role.EXPERT: "专家示例",
    Role.LEADER: "小组长示例",
    Role.HEAD: "大组长示例",
    Role.COMMITTEE: "委员示例",
    Role.SUPERVISOR: "监督员示例",
    Role.OPERATOR: "运维员示例",
}
SECOND_OF_OFFICE = (f"office2@{DOMAIN}", "秘书处复核示例")
"""For what two people of the office do together: to propose and to confirm, to enter and to enter again."""
COMMITTEE_SIZE = 9


@dataclass(frozen=True)
class DemoApplicant:
    """`quality` is the true percentage around which the demo's experts score; it exists only here."""

    number: int
    name: str
    kind: str
    region_code: str
    industry: str
    group: str
    founded: date
    quality: int
    credit_code: str

    @property
    def city_code(self) -> str:
        return f"{self.region_code[:4]}00"


def email(role: Role) -> str:
    return f"{role.value}@{DOMAIN}"


def applicants() -> list[DemoApplicant]:
    """Forty, from all eleven cities and all groups. An individual carries the credit code of the employer named in brackets."""
    with (DATA / "applicants.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    codes = {row["name"]: credit_code.make(number, row["region_code"]) for number, row in enumerate(rows, start=1)}
    return [
        DemoApplicant(
            number,
            row["name"],
            row["kind"],
            row["region_code"],
            row["industry"],
            row["group"],
            date.fromisoformat(row["founded"]),
            int(row["quality"]),
            codes[_employer(row["name"])],
        )
        for number, row in enumerate(rows, start=1)
    ]


def _employer(name: str) -> str:
    return name.partition("（")[2].removesuffix("）") or name


SURNAMES = "陈林黄吴徐朱马胡郭何高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于"
GIVEN = ("明远", "静怡", "志强", "晓岚", "建国", "雨桐", "文博", "丽华")
PROVINCES = (
    "110105", "120103", "130102", "150102", "210102", "220102", "230102", "310104", "320106", "330106", "340104",
    "350102", "360102", "370102", "410105", "420106", "430104", "440106", "450103", "500106", "510104", "520102",
    "530102", "610113", "620102",
)  # fmt: skip
DIVISIONS = (
    "34", "31", "83", "65", "37", "30", "84", "35", "59", "25", "38", "27", "26", "33", "78", "14", "44", "13", "32",
    "47", "39", "15", "52",
)  # fmt: skip
RARE = ("84", "78", "30", "35", "37")
"""Few know these industries, so that the demo's own experts get several dossiers each."""
WHO_KNOW_THE_RARE = (1, 3, 6)
KINDS = ("评审员", "行业专家", "评审员", "行业专家", "财务专家")
TITLES = ("教授", "正高级工程师", "研究员", "高级工程师")
DEGREES = ("硕士", "博士", "本科", "博士", "硕士", "本科", "大专")
CATEGORIES = ("领导", "战略", "顾客与市场", "资源", "过程管理", "测量分析与改进", "结果")
CERTIFICATES = ("质量奖评审员", "质量管理体系审核员", "注册会计师")
FURTHER_LANGUAGES = ("", "英语", "", "英语;日语", "", "英语;德语")
HEADER = (
    "编号", "姓名", "邮箱", "类别", "职称", "专业特长", "工作单位", "单位统一社会信用代码", "单位所在地代码", "常住地代码",
    "原单位所在地代码", "行业代码", "可任组长", "承担上限", "可参加", "学历学位", "擅长类目", "资格证书", "工作语言",
    "不能参加的日期",
)  # fmt: skip
LEADERS_EVERY = 4
HOME_EVERY = 15
"""Every fifteenth expert is from Shanxi itself: in the pool, but never on a panel of this award."""


def expert_rows() -> list[tuple[str, ...]]:
    """One hundred and twenty experts from 26 provinces, as the rows of the pool's spreadsheet."""
    return [_expert_row(number) for number in range(1, POOL_SIZE + 1)]


def _profession(number: int) -> tuple[str, str]:
    """What he is good at, and where he works."""
    if number % 2:
        return "卓越绩效管理与现场改进", f"示例大学质量研究院第{number}研究室"
    return "行业技术与质量提升", f"示例质量技术研究所第{number}分所"


def _regions_of_expert(number: int) -> tuple[str, str]:
    """Where he works and where he lives: every ninth lives elsewhere."""
    if number % HOME_EVERY == 0:
        return "140105", "140105"
    region = PROVINCES[(number * 7) % len(PROVINCES)]
    return region, PROVINCES[(number * 11) % len(PROVINCES)] if number % 9 == 0 else region


def _expert_row(number: int) -> tuple[str, ...]:
    region, residence = _regions_of_expert(number)
    return (
        f"E{number:03d}",
        _expert_name(number),
        _expert_email(number),
        KINDS[number % len(KINDS)],
        TITLES[number % len(TITLES)],
        *_profession(number),
        credit_code.make(1000 + number, region),
        region,
        residence,
        "140106" if number % 40 == 1 else "",
        "；".join(sorted(_divisions(number))),
        "是" if number <= 3 or number % LEADERS_EVERY == 0 else "否",
        "8",
        "否" if number % 59 == 0 else "是",
        DEGREES[number % len(DEGREES)] if number % 17 else "",
        ";".join(sorted({CATEGORIES[number % len(CATEGORIES)], CATEGORIES[number * 3 % len(CATEGORIES)]})),
        _certificates(number),
        f"中文;{FURTHER_LANGUAGES[number % len(FURTHER_LANGUAGES)]}".rstrip(";"),
        _blocked(number),
    )


def _certificates(number: int) -> str:
    """Two of three have one, every seventh an expired one; so the pool shows what a real one shows."""
    if number % 3 == 0 and number > len(ACCOUNTS):
        return ""
    year = clock.today().year + (number % 3 if number % 7 else -1)
    held = [f"{CERTIFICATES[number % len(CERTIFICATES)]},PS-{number:04d},{year}-12-31"]
    if number % 5 == 2:
        held.append(f"六西格玛黑带,BB-{number:04d}")
    return ";".join(held)


def _blocked(number: int) -> str:
    """Every eighth is away for some days, never for a whole round."""
    first = clock.today() + timedelta(days=10 + number % 20)
    return f"{first}至{first + timedelta(days=4)}" if number % 8 == 1 else ""


def _divisions(number: int) -> set[str]:
    if number in WHO_KNOW_THE_RARE:
        return set(RARE)
    common = [division for division in DIVISIONS if division not in RARE]
    return {common[(number * step) % len(common)] for step in (1, 5, 7)}


def _expert_name(number: int) -> str:
    named = {1: ACCOUNTS[Role.EXPERT], 2: ACCOUNTS[Role.LEADER], 3: ACCOUNTS[Role.HEAD]}
    return named.get(number, SURNAMES[number % len(SURNAMES)] + GIVEN[(number * 3) % len(GIVEN)])


def _expert_email(number: int) -> str:
    named = {1: email(Role.EXPERT), 2: email(Role.LEADER), 3: email(Role.HEAD)}
    return named.get(number, f"expert{number:03d}@pool.{DOMAIN}")


def pool_workbook() -> bytes:
    """The spreadsheet that the office uploads."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet("专家库")
        for number, row in enumerate((HEADER, *expert_rows())):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()
