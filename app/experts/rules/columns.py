"""The columns of the pool's spreadsheet, by their names in both languages."""

import unicodedata
from dataclasses import dataclass

from app.kernel.words import LocalText


@dataclass(frozen=True)
class Column:
    """`key` is the field; `needed`: the file must have the column and every row a value in it; `dated`: a cell that the
    spreadsheet program holds for a date is what is wanted."""

    key: str
    name: LocalText
    needed: bool
    maximum: int
    note: LocalText
    example: str
    dated: bool = False


def _column(key: str, zh: str, en: str, note: LocalText, **more: str | int | bool) -> Column:
    return Column(
        key,
        LocalText(zh, en),
        needed=bool(more.get("needed", False)),
        maximum=int(more.get("maximum", 200)),
        note=note,
        example=str(more.get("example", "")),
        dated=bool(more.get("dated", False)),
    )


YES_OR_NO = LocalText("填“是”或“否”", "Yes or no")

COLUMNS: tuple[Column, ...] = (
    _column(
        "number",
        "编号",
        "Number",
        LocalText(
            "专家库内的固定编号，字母、数字和连字符，不超过 20 位；已有的编号表示修改该专家",
            "The pool's own stable number: letters, digits and hyphens, at most 20; a known number changes that expert",
        ),
        needed=True,
        maximum=20,
        example="E001",
    ),
    _column("name", "姓名", "Name", LocalText("真实姓名", "Real name"), needed=True, maximum=60, example="张三"),
    _column(
        "email",
        "邮箱",
        "Email",
        LocalText("登录和接收通知用，每人一个，不能重复", "For signing in and for mail; one each, never shared"),
        needed=True,
        maximum=254,
        example="zhangsan@example.org",
    ),
    _column(
        "kind",
        "类别",
        "Kind",
        LocalText(
            "质量管理评审员、行业专家、财务专家三者之一", "One of: quality examiner, industry expert, finance expert"
        ),
        needed=True,
        example="行业专家",
    ),
    _column("title", "职称", "Title", LocalText("可不填", "Optional"), maximum=60, example="正高级工程师"),
    _column(
        "degree",
        "学历学位",
        "Degree",
        LocalText("大专、本科、硕士、博士之一；可不填", "One of: college, bachelor, master, doctor; optional"),
        maximum=20,
        example="博士",
    ),
    _column("specialty", "专业特长", "Specialty", LocalText("可不填", "Optional"), example="精益生产"),
    _column(
        "employer",
        "工作单位",
        "Employer",
        LocalText("现单位全称；退休的填返聘单位或原单位", "Full name; for the retired the present or last employer"),
        needed=True,
        maximum=120,
        example="示例大学",
    ),
    _column(
        "employer_code",
        "单位统一社会信用代码",
        "Employer credit code",
        LocalText(
            "18 位；据此发现专家与申报者同属一家单位。没有代码的单位可不填",
            "18 characters; finds experts who work for an applicant. Optional where the employer has none",
        ),
    ),
    _column(
        "employer_region",
        "单位所在地代码",
        "Employer region code",
        LocalText(
            "GB/T 2260 六位行政区划代码，例如 330100（杭州市）", "Six digits of GB/T 2260, e.g. 330100 (Hangzhou)"
        ),
        needed=True,
        example="330100",
    ),
    _column(
        "employer_since",
        "单位所在地起始日期",
        "Employer region since",
        LocalText(
            "到现单位所在地工作的日期，例如 2019-09-01；可不填", "Since when at that seat, e.g. 2019-09-01; optional"
        ),
        example="2019-09-01",
        dated=True,
    ),
    _column(
        "residence_region",
        "常住地代码",
        "Residence region code",
        LocalText("GB/T 2260 六位行政区划代码", "Six digits of GB/T 2260"),
        needed=True,
        example="330100",
    ),
    _column(
        "residence_since",
        "常住起始日期",
        "Residence since",
        LocalText("可不填", "Optional"),
        example="2019-09-01",
        dated=True,
    ),
    _column(
        "registration_region",
        "户籍地代码",
        "Household registration code",
        LocalText("GB/T 2260 六位行政区划代码；可不填", "Six digits of GB/T 2260; optional"),
        example="330100",
    ),
    _column(
        "former_regions",
        "原单位所在地代码",
        "Former employer region code",
        LocalText(
            "可不填；多个用分号分隔，可在括号里写起止，例如 320500（2012-03至2019-08）。导入只增加、不删除",
            "Optional; several are separated by semicolons, dates may follow in brackets, e.g. 320500(2012-03~2019-08). "
            "An import adds and never deletes",
        ),
        maximum=400,
        example="320500（2012-03至2019-08）",
    ),
    _column(
        "industries",
        "行业代码",
        "Industry codes",
        LocalText(
            "GB/T 4754-2017 大类两位代码，多个用分号分隔，例如 34;38；行业专家必填",
            "Two-digit divisions of GB/T 4754-2017, separated by semicolons, e.g. 34;38; needed for industry experts",
        ),
        example="34;38",
    ),
    _column(
        "criteria",
        "擅长类目",
        "Criteria categories",
        LocalText(
            "领导、战略、顾客与市场、资源、过程管理、测量分析与改进、结果；多个用分号分隔，可不填",
            "leadership, strategy, customers, resources, processes, measurement, results; several by semicolons, optional",
        ),
        example="领导;战略",
    ),
    _column(
        "certificates",
        "资格证书",
        "Certificates",
        LocalText(
            "名称,编号,有效期至；编号和有效期可不填，多个用分号分隔",
            "Name,number,valid until; the last two are optional, several are separated by semicolons",
        ),
        maximum=600,
        example="质量奖评审员,PS-0012,2027-12-31",
    ),
    _column(
        "languages",
        "工作语言",
        "Languages",
        LocalText(
            "中文、英语、日语、韩语、德语、法语、俄语、西班牙语；多个用分号分隔，可不填",
            "Chinese, English, Japanese, Korean, German, French, Russian, Spanish; several by semicolons, optional",
        ),
        example="中文;英语",
    ),
    _column("may_lead", "可任组长", "May lead", YES_OR_NO, example="是"),
    _column(
        "max_load", "承担上限", "Maximum load", LocalText("1 至 50，不填为 10", "1 to 50, 10 if empty"), example="10"
    ),
    _column(
        "min_load",
        "承担下限",
        "Minimum load",
        LocalText("0 至 50，不大于承担上限，不填为 0", "0 to 50, not above the maximum, 0 if empty"),
        example="2",
    ),
    _column(
        "blocked",
        "不能参加的日期",
        "Blocked dates",
        LocalText(
            "例如 2026-05-01至2026-05-07；多个用分号分隔，可不填",
            "E.g. 2026-05-01~2026-05-07; several are separated by semicolons, optional",
        ),
        maximum=400,
        example="2026-05-01至2026-05-07",
        dated=True,
    ),
    _column("available", "可参加", "Available", YES_OR_NO, example="是"),
)

BY_KEY = {column.key: column for column in COLUMNS}


def plain(text: str) -> str:
    """A heading as it is compared: full-width letters, spaces, case and a remark in brackets do not matter."""
    narrow = unicodedata.normalize("NFKC", text).partition("(")[0].replace("*", "")
    return "".join(narrow.split()).casefold()


_BY_NAME = {plain(name): column for column in COLUMNS for name in (column.name.zh, column.name.en, column.key)}


def column_named(heading: str) -> Column | None:
    return _BY_NAME.get(plain(heading))


def required_columns() -> tuple[Column, ...]:
    return tuple(column for column in COLUMNS if column.needed)
