"""What the demo's applicants write and its experts remark: short, plausible, plainly fictitious."""

from app.programmes.rules.rulebook import Item

FICTITIOUS = "（本段为演示用虚构内容。）"

PROCESS = (
    "本单位围绕“{name}”建立了制度化的方法：由高层主持，每年依据顾客和相关方的要求修订，分解到各部门的年度计划，"
    "按月检查、按季评价，发现的问题进入改进清单并跟踪关闭。近三年据此完成改进项目 {projects} 项，做法已在全部车间和班组推行。"
)
RESULT = (
    "近三年“{name}”的主要指标持续改善：第一年为 {first}，第二年为 {second}，第三年为 {third}，"
    "与同行标杆的差距由 {gap} 个百分点缩小到 {left} 个百分点。数据来自经审计的报表和第三方测评，附证实性材料。"
)
OVERVIEW = (
    "{name}成立于 {year} 年，所属行业为{group}。单位以“质量第一、持续改进”为方针，设首席质量官，"
    "建立了覆盖设计、采购、生产、服务全过程的质量管理体系，并以卓越绩效评价准则开展年度自我评价。"
    "主要顾客分布在省内外，近三年经营平稳，未发生重大质量、安全、环境事故。"
)
STRENGTHS = (
    "方法系统，与战略目标衔接清楚，有定期评价的记录。",
    "展开到主要部门和过程，班组层面能说清楚自己的指标。",
    "用数据说话，改进项目闭环，结果可以追溯。",
)
IMPROVEMENTS = (
    "与标杆的对比不够充分，建议增加行业先进水平的数据。",
    "方法的有效性评价周期偏长，建议与月度经营分析结合。",
    "个别区域的展开还处于起步阶段，建议明确责任和时间。",
)

SEEN_ON_SITE = "现场查阅记录、访谈员工后改动，见现场评审记录。（演示用虚构内容）"


def item_text(item: Item, number: int) -> str:
    """An applicant's text on one criteria item; `number` varies the figures."""
    pattern = PROCESS if item.kind == "process" else RESULT
    said = pattern.format(
        name=item.name.zh,
        projects=5 + number % 17,
        first=80 + number % 9,
        second=83 + number % 9,
        third=86 + number % 9,
        gap=6 + number % 5,
        left=1 + number % 4,
    )
    return said + FICTITIOUS


def overview(name: str, year: int, group: str) -> str:
    return OVERVIEW.format(name=name, year=year, group=group) + FICTITIOUS
