"""What is on record, in words: each action and each kind of subject. Steps of a lifecycle bring their label from workflow.py."""

from app import workflow
from app.kernel.words import N_, Message

OTHER_ACTIONS: dict[str, str] = {
    "account.register": N_("注册账号"),
    "account.sign_in": N_("登录"),
    "account.sign_out": N_("退出登录"),
    "account.edit": N_("修改账号资料"),
    "account.set_password": N_("设置密码"),
    "account.ask_link": N_("请求重新设置密码"),
    "account.end_session": N_("退出另一个浏览器"),
    "user.invite": N_("邀请用户"),
    "user.grant": N_("授予角色"),
    "user.revoke": N_("收回角色"),
    "user.suspend": N_("停用账号"),
    "user.restore": N_("恢复账号"),
    "edition.create": N_("建立一届"),
    "edition.plan": N_("修改日程"),
    "edition.change_rulebook": N_("更换规则"),
    "workdays.edit": N_("修改工作日历"),
    "applicant.register": N_("登记申报者"),
    "applicant.edit": N_("修改申报者资料"),
    "application.create": N_("新建申报书"),
    "application.edit": N_("修改申报书"),
    "application.attach": N_("上传证实性材料"),
    "application.remove_file": N_("移除证实性材料"),
    "application.read_file": N_("查看证实性材料"),
    "application.choose_body": N_("选择推荐单位"),
    "avoidance.edit": N_("修改须避开的专家和人员名单"),
    "application.route": N_("分派推荐单位"),
    "body.edit": N_("修改推荐单位"),
    "formal_check.save": N_("保存形式审查"),
    "consultation.begin": N_("征求部门意见"),
    "consultation.record": N_("登记部门答复"),
    "consultation.read": N_("查看部门书面意见"),
    "expert.edit": N_("修改专家资料"),
    "expert.read": N_("查看专家资料"),
    "expert.remove": N_("移出专家库"),
    "expert.restore": N_("恢复入库"),
    "expert_merge.propose": N_("提出合并专家"),
    "expert.confirm": N_("专家确认本人资料"),
    "expert.export": N_("导出专家名单"),
    "credit_fact.record": N_("记入信誉档案"),
    "credit_fact.withdraw": N_("撤回信誉档案中的事实"),
    "credit_fact.reply": N_("专家说明信誉档案中的事实"),
    "expert.edit_own": N_("专家修改本人意愿"),
    "expert.propose": N_("专家提出更正"),
    "expert.settle": N_("办结专家提出的更正"),
    "expert_invitation.create": N_("邀请专家"),
    "expert_invitation.remind": N_("提醒专家答复邀请"),
    "pool_import.create": N_("上传专家名单"),
    "yearly_declaration.remind": N_("提醒提交年度声明"),
    "yearly_declaration.read_file": N_("查看年度声明的附件"),
    "watch_fact.record": N_("记录监督期内的情况"),
    "draw.create": N_("拟定抽取方案"),
    "draw.edit": N_("修改抽取方案"),
    "draw.measure": N_("测算抽取方案"),
    "draw.promise": N_("为抽取作出承诺"),
    "draw.witness": N_("录入公开数"),
    "draw.reveal": N_("揭示秘密"),
    "draw.read_list": N_("查看封存的名单"),
    "practice_sheet.begin": N_("开始练习案例"),
    "assignment.seat": N_("指定专家"),
    "assignment.lead": N_("由成员改任组长"),
    "conflict.find": N_("系统发现利害关系"),
    "conflict.record": N_("登记利害关系"),
    "conflict.end": N_("记录利害关系已结束"),
    "interest_question.ask": N_("请秘书处认定利害关系"),
    "exception.propose": N_("提出例外"),
    "blinding.edit": N_("标记盲评须遮盖的内容"),
    "head.appoint": N_("任命大组长"),
    "assignment.read_dossier": N_("查阅评审材料"),
    "score_sheet.open": N_("建立评分表"),
    "score_sheet.save": N_("保存评分"),
    "score_sheet.skip": N_("先跳过"),
    "score_sheet.read": N_("查看评分表"),
    "consensus.open": N_("开始合议"),
    "consensus.discuss": N_("合议讨论"),
    "consensus.edit": N_("议定条款"),
    "consensus.answer": N_("答复合议结果"),
    "consensus.read": N_("查看合议"),
    "paper_entry.type": N_("录入纸质评分表"),
    "paper_entry.read": N_("查看纸质评分录入"),
    "comparison.read": N_("查看各组比较"),
    "committee_report.write": N_("大组长写报告"),
    "progress.remind": N_("提醒提交评分"),
    "series.read": N_("对照查看各次评分"),
    "visit.arrange": N_("安排现场评审"),
    "visit.edit": N_("修改现场评审安排"),
    "visit.plan": N_("修改现场评审日程"),
    "visit.confirm": N_("申报者确认现场评审日期和日程"),
    "visit.go_ahead": N_("未经申报者确认，按原计划现场评审"),
    "visit.raise": N_("提出现场核实事项"),
    "visit.settle": N_("记录核实结果"),
    "visit.note": N_("记录现场访谈、查阅或照片"),
    "visit.meet": N_("记录首次会议或末次会议"),
    "visit.sign": N_("签名"),
    "visit.read": N_("查看现场评审记录"),
    "defence.arrange": N_("安排答辩场次"),
    "defence.edit": N_("修改答辩场次"),
    "defence.call": N_("答辩叫号和计时"),
    "defence.deduct": N_("记录答辩用时和超时扣分"),
    "defence.read_results": N_("查看答辩结果表"),
    "ranking.compute": N_("计算排名"),
    "ranking.export": N_("导出排名"),
    "export.order": N_("安排导出"),
    "export.take": N_("下载导出文件"),
    "member.add": N_("增加评审委员会委员"),
    "member.grant": N_("开通委员账号"),
    "session.convene": N_("召集评委会会议"),
    "session.attend": N_("登记到会委员"),
    "session.recuse": N_("委员申请回避"),
    "session.vote": N_("投票"),
    "session.plan": N_("修改会议议程"),
    "session.hand_out_papers": N_("发出纸质选票"),
    "session.read_paper": N_("录入纸质选票"),
    "notice.create": N_("拟定公示"),
    "objection.create": N_("提出异议"),
    "objection.read": N_("查看异议"),
    "objection.read_evidence": N_("查看异议证据"),
    "objection.ask": N_("请申报者说明"),
    "objection.extend": N_("延长异议答复期限"),
    "objection_request.answer": N_("申报者说明"),
    "outcome.record": N_("记录批准文件"),
    "certificate.issue": N_("颁发证书"),
    "feedback_report.draft": N_("生成反馈报告草稿"),
    "feedback_report.edit": N_("编辑反馈报告"),
    "feedback_report.typeset": N_("排版反馈报告"),
    "bundle.order": N_("安排制作存档包"),
    "bundle.export": N_("下载完整版存档包"),
}

SUBJECTS: dict[str, str] = {
    "": N_("（无对象）"),
    "user": N_("账号"),
    "login_session": N_("登录记录"),
    "programme": N_("奖项"),
    "edition": N_("届次"),
    "round": N_("评审轮次"),
    "applicant": N_("申报者"),
    "application": N_("申报"),
    "evidence_file": N_("证实性材料"),
    "recommending_body": N_("推荐单位"),
    "recommendation": N_("推荐意见"),
    "formal_check": N_("形式审查"),
    "expert": N_("专家"),
    "credit_fact": N_("信誉档案中的事实"),
    "pool_import": N_("专家库导入"),
    "expert_invitation": N_("专家邀请"),
    "expert_merge": N_("专家合并"),
    "conflict": N_("利害关系"),
    "pair_exception": N_("例外"),
    "practice_sheet": N_("练习评分表"),
    "interest_question": N_("待认定的利害关系"),
    "draw": N_("抽取"),
    "visit": N_("现场评审"),
    "defence_session": N_("陈述答辩场次"),
    "assignment": N_("评审任务"),
    "score_sheet": N_("评分表"),
    "paper_entry": N_("纸质评分录入"),
    "committee_report": N_("大组长报告"),
    "consensus": N_("合议"),
    "ranking": N_("排名"),
    "committee_member": N_("评审委员会委员"),
    "committee_session": N_("评委会会议"),
    "notice": N_("公示"),
    "objection": N_("异议"),
    "outcome": N_("授奖结果"),
    "certificate": N_("证书"),
    "feedback_report": N_("反馈报告"),
    "yearly_declaration": N_("年度声明"),
    "watch_fact": N_("监督期内的情况"),
    "bundle": N_("存档包"),
    "export": N_("导出文件"),
}

SYSTEM_PREFIX = "system:"
LINK_PREFIX = "link:"


def action_label(action: str) -> str:
    """Raises KeyError for an action that has no words: whoever records a new one gives it a label here."""
    known = OTHER_ACTIONS.get(action)
    return known if known is not None else workflow.find(action)[1].label


def all_actions() -> dict[str, str]:
    """Every action that can stand on record, with its label."""
    return OTHER_ACTIONS | {step.action: step.label for _lifecycle, step in workflow.transitions()}


def state_label(action: str, state: str) -> str:
    """The internal word of a state, found through the action's lifecycle."""
    table = workflow.LIFECYCLES[action.partition(".")[0]]
    return table.labels[table.states(state)].internal


def actor_label(name: str) -> Message:
    """Who did it; what the clock did by itself says so."""
    if name.startswith(SYSTEM_PREFIX):
        return Message(N_("系统（%(job)s）"), {"job": name.removeprefix(SYSTEM_PREFIX)})
    if name.startswith(LINK_PREFIX):
        return Message(N_("专家 %(number)s（凭邮件链接）"), {"number": name.removeprefix(LINK_PREFIX)})
    if name == "anonymous":
        return Message(N_("访客"))
    return Message("%(name)s", {"name": name})
